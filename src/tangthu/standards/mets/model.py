"""What a METS document says, as values to be written. Iterables are consumed once, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agent:
    """A METS header agent: `role`, `type` and the attributes of its one note."""

    role: str
    type: str
    name: str
    other_type: str | None = None
    note: str | None = None
    note_type: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """`metsHdr`: times are ISO 8601 with zone; `status` is RECORDSTATUS; `package_type` OAIS."""

    created: str
    modified: str | None
    status: str
    package_type: str
    agents: tuple[Agent, ...]


@dataclass(frozen=True, slots=True)
class MetadataRef:
    """A section with one `mdRef`: `path` is relative to the METS file, not yet encoded."""

    section_id: str
    id: str
    path: str
    type: str
    media_type: str
    size: int
    created: str
    sha256: str
    other_type: str | None = None
    type_version: str | None = None
    status: str = "CURRENT"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A `file` with one `FLocat`: `path` relative and not encoded, `title` the original name."""

    id: str
    path: str
    media_type: str
    size: int
    created: str
    sha256: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class FileGroup:
    """A `fileGrp` with its files; `content_type` is CSIP's content information type."""

    id: str
    use: str
    files: Iterable[FileEntry]
    content_type: str | None = None
    other_content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Pointer:
    """An `mptr` to another METS; `title` names the file group it stands for (CSIP109)."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Division:
    """A `div` of the structural map. `targets` are IDs of files or file groups (`fptr`)."""

    id: str
    label: str
    metadata: tuple[str, ...] = ()
    administrative: tuple[str, ...] = ()
    pointers: tuple[Pointer, ...] = ()
    targets: tuple[str, ...] = ()
    children: Iterable[Division] = ()


@dataclass(frozen=True, slots=True)
class Mets:
    """A whole document. `schema_locations`: namespace → place, written as given."""

    object_id: str
    label: str | None
    type: str
    profile: str
    content_type: str | None
    other_content_type: str | None
    schema_locations: tuple[tuple[str, str], ...]
    header: Header
    descriptive: Iterable[MetadataRef]
    administrative_id: str
    provenance: Iterable[MetadataRef]
    file_section_id: str
    groups: Iterable[FileGroup]
    structure_id: str
    structure: Division
