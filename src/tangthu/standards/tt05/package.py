"""What goes into a package: the input of `aip_hoso.plan` and `dip.plan`, and the plan returned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from tangthu.standards.premis import Agent, Event, Identifier
from tangthu.standards.tt05.descriptions import (
    DocumentDescription,
    DossierDescription,
    RequestDescription,
)
from tangthu.standards.tt05.identifiers import dip_object_id, object_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentFile:
    """One file of a document.

    `source`: where its bytes are; `original_name`: as received, byte for byte (`os.fsdecode` form);
    `size` in bytes; `sha256`: 64 hex digits; `pages`: None where pages make no sense; `id`: the
    file's own UUID, derived from the package if None; `other_ids`: further PREMIS identifiers.
    """

    source: Path | bytes
    original_name: str
    size: int
    sha256: str
    media_type: str
    format_name: str
    created: datetime
    format_version: str = ""
    pronom_id: str = ""
    pages: int | None = None
    id: UUID | None = None
    other_ids: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedDocument:
    """A document: description and files, the main one first; `id` is the record's UUID."""

    description: DocumentDescription
    files: tuple[ContentFile, ...]
    id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraMetadata:
    """A further preservation metadata file, e.g. proof bundles (IN-80).

    `name`: path below `metadata/preservation/`; `other_type`: METS OTHERMDTYPE.
    """

    name: str
    source: Path | bytes
    size: int
    sha256: str
    media_type: str
    other_type: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Kind:
    """What tells one kind of package from another in METS (AR-56, AR-58)."""

    package_type: str
    mets_type: str
    root_profile: str
    object_id: Callable[[UUID], str]


AIP = Kind("AIP", "Mixed", "http://www.ra.ee/METS/v01/IP.xml", object_id)
DIP = Kind("DIP", "MIXED", "https://earkdip.dilcis.eu/profile/E-ARK-DIP.xml", dip_object_id)
KINDS: Mapping[str, Kind] = {kind.package_type: kind for kind in (AIP, DIP)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFrame:
    """What packages of every kind have.

    `record_status`: NEW, SUPPLEMENT, REPLACEMENT, TEST or OTHER. `fonds_code`: mã phông.
    `created`: when the package was first made; `modified`: when this version was. `events` in time
    order. `software`: name and version. `origin`: the deployment mode it comes from (AR-128).
    `extra`: additional description, key → value.
    """

    id: UUID
    documents: tuple[PackagedDocument, ...]
    fonds_code: str
    organisation: str
    software: tuple[str, str]
    created: datetime
    modified: datetime
    events: tuple[Event, ...]
    agents: tuple[Agent, ...]
    record_status: str = "NEW"
    label: str = ""
    metadata: tuple[ExtraMetadata, ...] = ()
    origin: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    kind: Kind = AIP

    @property
    def object_id(self) -> str:
        """The OBJID."""
        return self.kind.object_id(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package(PackageFrame):
    """A file with its documents, as one version of one AIP.

    `events`: all of the earlier versions and the new ones. `dossier_id`: the record's UUID.
    `digitised`: AR-52 binds.
    """

    dossier: DossierDescription
    digitised: bool
    dossier_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DipPackage(PackageFrame):
    """Documents handed out on one request (gói sử dụng, TT05 PL V).

    Each description is a `DipDescription`; its `ordinal` is the place in this package. `sources`:
    OBJIDs of the AIPs from which the content comes.
    """

    request: RequestDescription
    sources: tuple[str, ...] = ()
    kind: Kind = DIP


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file of a package: logical POSIX path, where its bytes are, size, SHA-256 in hex."""

    path: str
    source: Path | bytes
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PackagePlan:
    """Everything a writer of packages needs: no content was copied to make it.

    `object_id`: OBJID; `folder`: the name of the package's folder; `files` in path order, METS.xml
    among them; `mets_sha256`: digest of the root METS, which the `seal` event commits to (IN-81).
    """

    object_id: str
    folder: str
    files: tuple[PlannedFile, ...]
    mets_sha256: str
