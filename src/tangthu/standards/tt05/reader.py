"""Reading a package back into the values it was made from, tolerant of profile (AR-60).

Reading judges nothing but what cannot be read at all; `validator` judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from tangthu.standards.mets import (
    DivisionItem,
    FileItem,
    HeaderItem,
    ReferenceItem,
    RootItem,
    path_of,
    read_mets,
)
from tangthu.standards.premis import (
    Agent,
    Event,
    FileObject,
    Identifier,
    IntellectualEntity,
    read_premis,
)
from tangthu.standards.premis.names import name_from_xml
from tangthu.standards.tt05.descriptions import (
    DocumentDescription,
    DossierDescription,
    RequestDescription,
)
from tangthu.standards.tt05.ead import (
    EadReading,
    read_dip_document,
    read_document,
    read_dossier,
    read_request,
)
from tangthu.standards.tt05.errors import PackageUnreadableError
from tangthu.standards.tt05.findings import Finding
from tangthu.standards.tt05.identifiers import uuid_of
from tangthu.standards.tt05.source import PackageLimits, PackageSource, open_package

ROOT_METS = "METS.xml"
REP = "representations/rep1"
REP_METS = f"{REP}/METS.xml"
EAD = "metadata/descriptive/EAD.xml"
PREMIS = "metadata/preservation/PREMIS.xml"
REP_PREMIS = f"{REP}/metadata/preservation/PREMIS_rep1.xml"
# Identifiers of a code's type and value: the UUID of the entity that bears the code.
_Codes = dict[tuple[str, str], UUID]


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A content file as the package states it: path in the package, size in bytes (-1: not stated),
    SHA-256 in hex, original name; format and `id` by PREMIS, empty and None if it says none."""

    path: str
    original_name: str
    size: int
    sha256: str
    media_type: str
    created: str
    format_name: str = ""
    format_version: str = ""
    pronom_id: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document: its description and its files, the main one first; `id` if PREMIS states it."""

    description: DocumentDescription
    files: tuple[ReadFile, ...]
    id: UUID | None


@dataclass(frozen=True, slots=True)
class ReadPackage:
    """A package as read. `findings`: descriptions that could not be read as what they should be.

    A DIP has a `request` and no file of its own: its `dossier` is empty. `dossier_id` if PREMIS
    states it.
    """

    object_id: str
    id: UUID | None
    package_type: str
    record_status: str
    profile: str
    created: str
    modified: str
    organisation: str
    fonds_code: str
    dossier: DossierDescription
    documents: tuple[ReadDocument, ...]
    events: tuple[Event, ...]
    agents: tuple[Agent, ...]
    findings: tuple[Finding, ...]
    request: RequestDescription | None = None
    dossier_id: UUID | None = None


def read_package(path: Path, *, limits: PackageLimits | None = None) -> ReadPackage:
    """Read a package folder or zip. Events of both PREMIS files, in time order.

    Content files are not read. Raises `PackageUnreadableError` if a METS or EAD file is missing or
    out of limits, an `XmlError`, or `PremisError`.
    """
    with open_package(path, limits) as source:
        return read_source(source)


def read_source(source: PackageSource) -> ReadPackage:
    """Read a package out of whatever holds its files; raises what `read_package` does."""
    return _Reading(source).package()


def resolve(folder: str, href: str) -> str | None:
    """Return the path in the package that a reference in a METS file in `folder` names.

    None if it is absolute, leaves the package or names nothing.
    """
    relative = path_of(href)
    if relative is None:
        return None
    parts = [part for part in folder.split("/") if part]
    for part in relative.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or None


class _Reading:
    def __init__(self, source: PackageSource) -> None:
        self.source = source
        self.sections: dict[str, str] = {}
        self.files: dict[str, ReadFile] = {}
        self.links: list[tuple[str, tuple[str, ...], bool]] = []
        self.organisation = ""
        self.fonds_code = ""

    def package(self) -> ReadPackage:
        root, header = self._root()
        self._representation()
        objects, codes, events, agents = self._premis()
        is_dip = header.package_type == "DIP"
        whole = self._ead(EAD, read_request if is_dip else read_dossier)
        findings = list(whole.findings)
        documents: dict[str, tuple[DocumentDescription, list[ReadFile]]] = {}
        for section, targets, main in self.links:
            path = self.sections.get(section, "")
            if "/EAD_doc_" not in path:
                continue
            if path not in documents:
                reading = self._ead(path, read_dip_document if is_dip else read_document)
                findings += reading.findings
                assert isinstance(reading.description, DocumentDescription)
                documents[path] = (reading.description, [])
            named = [_with_format(self.files[t], objects) for t in targets if t in self.files]
            held = documents[path][1]
            documents[path] = (documents[path][0], named + held if main else held + named)
        described = whole.description
        return ReadPackage(
            object_id=root.object_id,
            id=uuid_of(root.object_id),
            package_type=header.package_type,
            record_status=header.status,
            profile=root.profile,
            created=header.created,
            modified=header.modified,
            organisation=self.organisation,
            fonds_code=self.fonds_code,
            dossier=(
                described if isinstance(described, DossierDescription) else DossierDescription()
            ),
            documents=tuple(
                ReadDocument(
                    description,
                    tuple(files),
                    codes.get(("docCode", description.record_archive_code)),
                )
                for description, files in documents.values()
            ),
            events=tuple(sorted(events, key=lambda event: event.when)),
            agents=tuple(agents),
            findings=tuple(findings),
            request=described if isinstance(described, RequestDescription) else None,
            dossier_id=(
                codes.get(("arcFileCode", described.archive_file_code))
                if isinstance(described, DossierDescription)
                else None
            ),
        )

    def _ead(self, path: str, read: type | object) -> EadReading:
        with self.source.open(self._existing(path)) as handle:
            return read(handle, path)  # type: ignore[operator, no-any-return]

    def _existing(self, path: str) -> str:
        if path not in self.source.inventory.sizes:
            raise PackageUnreadableError(
                f"Gói tin thiếu {path}.", "Yêu cầu bên gửi gửi lại gói đầy đủ.", path=path
            )
        return path

    def _root(self) -> tuple[RootItem, HeaderItem]:
        root = header = None
        with self.source.open(self._existing(ROOT_METS)) as handle:
            for item in read_mets(handle):
                if isinstance(item, RootItem):
                    root = item
                elif isinstance(item, HeaderItem):
                    header = item
        if root is None or header is None:
            raise PackageUnreadableError(
                "METS.xml không có phần đầu (metsHdr).",
                "Yêu cầu bên gửi gửi lại gói.",
                path=ROOT_METS,
            )
        return root, header

    def _representation(self) -> None:
        with self.source.open(self._existing(REP_METS)) as handle:
            for item in read_mets(handle):
                if isinstance(item, HeaderItem):
                    self._owner(item)
                elif isinstance(item, ReferenceItem) and item.section == "dmdSec":
                    self.sections[item.section_id] = resolve(REP, item.href) or ""
                elif isinstance(item, FileItem):
                    self._file(item)
                elif isinstance(item, DivisionItem) and item.metadata and item.targets:
                    main = item.labels[-1].endswith("/File")
                    self.links.append((item.metadata[0], item.targets, main))

    def _owner(self, header: HeaderItem) -> None:
        for agent in header.agents:
            if agent.type == "ORGANIZATION":
                self.organisation = agent.name
                codes = [text for kind, text in agent.notes if kind == "IDENTIFICATIONCODE"]
                self.fonds_code = codes[0] if codes else ""
                return

    def _file(self, item: FileItem) -> None:
        path = resolve(REP, item.href)
        if path is None:
            return
        size = item.attributes.get("SIZE", "")
        self.files[item.id] = ReadFile(
            path=path,
            original_name=name_from_xml(item.title) or path.rsplit("/", 1)[-1],
            size=int(size) if size.isascii() and size.isdigit() and len(size) < 20 else -1,
            sha256=item.attributes.get("CHECKSUM", "").lower(),
            media_type=item.attributes.get("MIMETYPE", ""),
            created=item.attributes.get("CREATED", ""),
        )

    def _premis(self) -> tuple[dict[str, FileObject], _Codes, list[Event], list[Agent]]:
        objects: dict[str, FileObject] = {}
        codes: _Codes = {}
        events: list[Event] = []
        agents: dict[Agent, None] = {}
        for path in (PREMIS, REP_PREMIS):
            if path not in self.source.inventory.sizes:
                continue
            with self.source.open(path) as handle:
                for item in read_premis(handle):
                    if isinstance(item, FileObject):
                        objects[item.location] = item
                    elif isinstance(item, Event):
                        events.append(item)
                    elif isinstance(item, Agent):
                        agents[item] = None
                    elif isinstance(item, IntellectualEntity):
                        codes |= _codes(item)
        return objects, codes, events, list(agents)


def _codes(entity: IntellectualEntity) -> _Codes:
    own = _uuid(entity.identifiers)
    return {} if own is None else {(i.type, i.value): own for i in entity.identifiers}


def _uuid(identifiers: tuple[Identifier, ...]) -> UUID | None:
    return next((uuid_of(f"uuid-{one.value}") for one in identifiers if one.type == "UUID"), None)


def _with_format(file: ReadFile, objects: dict[str, FileObject]) -> ReadFile:
    found = objects.get(file.path)
    if found is None:
        return file
    return ReadFile(
        path=file.path,
        original_name=found.original_name or file.original_name,
        size=file.size,
        sha256=file.sha256,
        media_type=file.media_type,
        created=file.created,
        format_name=found.format.name,
        format_version=found.format.version,
        pronom_id=found.format.pronom_id,
        id=_uuid(found.identifiers),
    )
