"""The XSDs that travel in every package and that we judge packages by.

METS, XLink and the DILCIS extension are vendored unchanged (vendor.toml); EAD.xsd and EAD_doc.xsd
are ours, after TT05 PL I; a DIP has its own two (PL V), below `dip/`.
"""

from __future__ import annotations

import functools
from importlib.resources import files

from tangthu.standards.xml import SchemaSet

NAMES = ("DILCISExtensionMETS.xsd", "EAD.xsd", "EAD_doc.xsd", "METS.xsd", "xlink.xsd")
METS = ("METS.xsd", "DILCISExtensionMETS.xsd")
EAD = ("EAD.xsd",)
EAD_DOC = ("EAD_doc.xsd",)


_OF_DIP = frozenset({"EAD.xsd", "EAD_doc.xsd"})


def schema_bytes(name: str, package_type: str = "AIP") -> bytes:
    """Return the bytes of one schema shipped for a kind of package. Raises FileNotFoundError."""
    place = f"dip/{name}" if package_type == "DIP" and name in _OF_DIP else name
    return (files("tangthu") / "standards/tt05/schemas" / place).read_bytes()


@functools.cache
def shipped(package_type: str = "AIP") -> SchemaSet:
    """Return the schemas shipped for a kind of package, compiled once per process."""
    return SchemaSet({name: schema_bytes(name, package_type) for name in NAMES})
