"""Identifiers inside a package: OBJID, `uuid-{UUID}`, `ID-{UUID}`, all upper case (AR-57).

Only the package's own UUID is given from outside. All others are derived from it and from what they
name (RFC 9562 version 5), so that equal input gives equal bytes and a path keeps its identifier in
every version of the package.
"""

from __future__ import annotations

import re
from uuid import UUID, uuid5

_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_OBJID = re.compile(
    rf"(?:urn:uuid:|urn:(?P<fonds>[^\s:/]+):(?:uuid[:-])?|uuid-)(?P<uuid>{_UUID})", re.IGNORECASE
)


def upper(value: UUID) -> str:
    """Return a UUID in upper case with hyphens."""
    return str(value).upper()


def derived(package: UUID, *names: str) -> UUID:
    """Return the UUID of what `names` say, inside `package`."""
    return uuid5(package, "/".join(names))


def element_id(package: UUID, *names: str) -> str:
    """Return `uuid-{UUID}` for a METS element."""
    return f"uuid-{upper(derived(package, *names))}"


def file_id(value: UUID) -> str:
    """Return `ID-{UUID}` for a METS file element."""
    return f"ID-{upper(value)}"


def object_id(package: UUID) -> str:
    """Return the OBJID of an AIP: `urn:uuid:{UUID}`."""
    return f"urn:uuid:{upper(package)}"


def dip_object_id(package: UUID) -> str:
    """Return the OBJID of a DIP: `uuid-{UUID}`."""
    return f"uuid-{upper(package)}"


def folder_name(objid: str) -> str:
    """Return the folder of an AIP or DIP: OBJID with every colon as an underscore (AR-56)."""
    return objid.replace(":", "_")


def uuid_of(objid: str) -> UUID | None:
    """Return the UUID in an OBJID of any form the circular shows, None if it is none of them."""
    found = _OBJID.fullmatch(objid)
    return UUID(found["uuid"]) if found else None
