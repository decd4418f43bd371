"""The programming interface: what pages and commands do, for programs, at /api/v1/.

Nothing here is imported before the first request to it: the framework costs a second or two.
"""
