"""Ground floor: public standards and Vietnamese text as plain Python.

Nothing here imports Django, a database, settings or the kernel. Each package takes bytes, paths,
dataclasses and a rule set, and returns the same; each could be published alone.
"""
