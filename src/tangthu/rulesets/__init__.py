"""Dated values of the law as TOML: data, read by `tangthu.standards.rules`, handed to whoever
judges.

Every value names the article it comes from, how surely it was read, and from when to when it holds.
How to change one is told in `docs/rules.md`.
"""
