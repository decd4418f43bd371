"""The XSDs that travel in every package and that we judge packages by.

METS, XLink and the DILCIS extension are vendored unchanged (vendor.toml); EAD.xsd and EAD_doc.xsd
are ours, after TT05 PL I.
"""

from __future__ import annotations

import functools
from importlib.resources import files

from tangthu.standards.xml import SchemaSet

NAMES = ("DILCISExtensionMETS.xsd", "EAD.xsd", "EAD_doc.xsd", "METS.xsd", "xlink.xsd")
METS = ("METS.xsd", "DILCISExtensionMETS.xsd")
EAD = ("EAD.xsd",)
EAD_DOC = ("EAD_doc.xsd",)


def schema_bytes(name: str) -> bytes:
    """Return the bytes of one shipped schema. Raises FileNotFoundError."""
    return (files("tangthu") / "standards/tt05/schemas" / name).read_bytes()


@functools.cache
def shipped() -> SchemaSet:
    """Return the shipped schemas, compiled once per process on first use."""
    return SchemaSet({name: schema_bytes(name) for name in NAMES})
