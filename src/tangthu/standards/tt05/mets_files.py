"""METS.xml of the package and of rep1 (AR-57…59; CSIP 2.0.4, 2.1 and 2.2 where they agree)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from tangthu.standards.mets import (
    Agent,
    Division,
    FileEntry,
    FileGroup,
    Header,
    MetadataRef,
    Mets,
    Pointer,
    write_mets,
)
from tangthu.standards.premis.names import name_to_xml
from tangthu.standards.tt05.dates import vietnam_time
from tangthu.standards.tt05.identifiers import derived, element_id, file_id
from tangthu.standards.tt05.package import PackageFrame, PlannedFile
from tangthu.standards.tt05.premis_files import StoredContent

REP_PROFILE = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"
_REP = "representations/rep1/"
_XML = "text/xml"
_METS_NS = "http://www.loc.gov/METS/"
_CSIP_NS = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
_XLINK_NS = "http://www.w3.org/1999/xlink"
ORIGIN = "tangthu-origin:"
"""Stands before the deployment mode that a package comes from (AR-128)."""


class MetsFiles:
    """Writes both METS files of a package."""

    def __init__(self, package: PackageFrame, contents: list[StoredContent]) -> None:
        self.package = package
        self.contents = contents
        self.created = vietnam_time(package.created)
        self.modified = vietnam_time(package.modified)

    def write_package(
        self,
        out: BinaryIO,
        dossier: PlannedFile,
        extra: PlannedFile | None,
        premis: PlannedFile,
        schemas: Sequence[PlannedFile],
        rep_mets: PlannedFile,
    ) -> None:
        """Write the root METS.xml from the files it refers to."""
        described = [self._reference("root", dossier, "OTHER", _XML, other="simpledc")]
        if extra is not None:
            described.append(
                self._reference("root", extra, "OTHER", "application/json", other="TANGTHU-EXTRA")
            )
        provenance = [self._reference("root", premis, "PREMIS", _XML, version="3.0")]
        provenance += [
            MetadataRef(
                section_id=self._id("root", "md", item.name),
                id=self._id("root", "ref", item.name),
                path=f"metadata/preservation/{item.name}",
                type="OTHER",
                other_type=item.other_type,
                media_type=item.media_type,
                size=item.size,
                created=vietnam_time(item.created),
                sha256=item.sha256.lower(),
            )
            for item in self.package.metadata
        ]
        schema_group, rep_group = self._id("root", "Schemas"), self._id("root", "rep1")
        groups = (
            FileGroup(schema_group, "Schemas", [self._generated(f, "root") for f in schemas]),
            FileGroup(
                rep_group,
                "Representations/rep1",
                [self._generated(rep_mets, "root")],
                "OTHER",
                "TT05/2025/TT-BNV",
            ),
        )
        structure = Division(
            self._id("root", "div"),
            self.package.object_id,
            children=(
                Division(
                    self._id("root", "div", "Metadata"),
                    "Metadata",
                    tuple(item.section_id for item in described),
                    tuple(item.section_id for item in provenance),
                ),
                Division(self._id("root", "div", "Schemas"), "Schemas", targets=(schema_group,)),
                Division(
                    self._id("root", "div", "rep1"),
                    "Representations/rep1",
                    pointers=(Pointer(rep_mets.path, rep_group),),
                ),
            ),
        )
        software = self._software()
        write_mets(
            out,
            self._mets(
                "root",
                self.package.object_id,
                self.package.kind.root_profile,
                "schemas/",
                (software, *self._origin()),
                described,
                provenance,
                groups,
                structure,
                label=self.package.label,
            ),
        )

    def write_representation(
        self, out: BinaryIO, described: Sequence[PlannedFile], premis: PlannedFile
    ) -> None:
        """Write METS.xml of rep1; `described` are the EAD_doc files in the order of documents."""
        provenance = [self._reference("rep1", premis, "PREMIS", _XML, version="3.0")]
        data = self._id("rep1", "Data")
        structure = Division(
            self._id("rep1", "div"),
            "rep1",
            children=self._rep_divisions(described, provenance[0], data),
        )
        owner = Agent(
            "CREATOR",
            "ORGANIZATION",
            self.package.organisation,
            note=self.package.fonds_code,
            note_type="IDENTIFICATIONCODE",
        )
        write_mets(
            out,
            self._mets(
                "rep1",
                "rep1",
                REP_PROFILE,
                "../../schemas/",
                (owner, self._software()),
                (self._reference("rep1", f, "OTHER", _XML, other="simpledc") for f in described),
                provenance,
                (FileGroup(data, "Data", (self._content(item) for item in self.contents)),),
                structure,
            ),
        )

    def _rep_divisions(
        self, described: Sequence[PlannedFile], premis: MetadataRef, data: str
    ) -> Iterator[Division]:
        administrative = (premis.section_id,)
        yield Division(
            self._id("rep1", "div", "Metadata"), "Metadata", administrative=administrative
        )
        yield Division(self._id("rep1", "div", "Data"), "Data", targets=(data,))
        by_document: dict[int, list[StoredContent]] = {}
        for item in self.contents:
            by_document.setdefault(item.document.description.ordinal or 0, []).append(item)
        for document, planned in zip(self.package.documents, described, strict=True):
            ordinal = document.description.ordinal or 0
            main, *attached = by_document[ordinal]
            section = (self._id("rep1", "md", planned.path),)
            yield Division(
                self._id("rep1", "div", "File", str(ordinal)),
                "MetadataLink/File",
                section,
                administrative,
                targets=(file_id(main.id),),
            )
            if attached:
                yield Division(
                    self._id("rep1", "div", "Attachment", str(ordinal)),
                    "AttachmentFile",
                    section,
                    administrative,
                    targets=tuple(file_id(item.id) for item in attached),
                )

    def _mets(
        self,
        scope: str,
        objid: str,
        profile: str,
        schemas: str,
        agents: tuple[Agent, ...],
        described: Sequence[MetadataRef] | Iterator[MetadataRef],
        provenance: Sequence[MetadataRef],
        groups: tuple[FileGroup, ...],
        structure: Division,
        *,
        label: str = "",
    ) -> Mets:
        return Mets(
            object_id=objid,
            label=label or None,
            type=self.package.kind.mets_type,
            profile=profile,
            content_type="OTHER",
            other_content_type="TT05/2025/TT-BNV",
            schema_locations=(
                (_METS_NS, f"{schemas}METS.xsd"),
                (_XLINK_NS, f"{schemas}xlink.xsd"),
                (_CSIP_NS, f"{schemas}DILCISExtensionMETS.xsd"),
            ),
            header=Header(
                self.created,
                self.modified,
                self.package.record_status,
                self.package.kind.package_type,
                agents,
            ),
            descriptive=described,
            administrative_id=self._id(scope, "amdSec"),
            provenance=provenance,
            file_section_id=self._id(scope, "fileSec"),
            groups=groups,
            structure_id=self._id(scope, "structMap"),
            structure=structure,
        )

    def _software(self) -> Agent:
        name, version = self.package.software
        return Agent("CREATOR", "OTHER", name, "SOFTWARE", version, "SOFTWARE VERSION")

    def _origin(self) -> tuple[Agent, ...]:
        if not self.package.origin:
            return ()
        return (Agent("OTHER", "OTHER", f"{ORIGIN}{self.package.origin}", "DEPLOYMENT"),)

    def _reference(
        self,
        scope: str,
        planned: PlannedFile,
        kind: str,
        media_type: str,
        *,
        other: str | None = None,
        version: str | None = None,
    ) -> MetadataRef:
        return MetadataRef(
            section_id=self._id(scope, "md", planned.path),
            id=self._id(scope, "ref", planned.path),
            path=_relative(scope, planned.path),
            type=kind,
            other_type=other,
            type_version=version,
            media_type=media_type,
            size=planned.size,
            created=self.modified,
            sha256=planned.sha256,
        )

    def _generated(self, planned: PlannedFile, scope: str) -> FileEntry:
        return FileEntry(
            id=file_id(derived(self.package.id, "generated", planned.path)),
            path=_relative(scope, planned.path),
            media_type=_XML,
            size=planned.size,
            created=self.modified,
            sha256=planned.sha256,
        )

    def _content(self, item: StoredContent) -> FileEntry:
        return FileEntry(
            id=file_id(item.id),
            path=_relative("rep1", item.path),
            media_type=item.content.media_type,
            size=item.content.size,
            created=vietnam_time(item.content.created),
            sha256=item.content.sha256.lower(),
            title=name_to_xml(item.content.original_name),
        )

    def _id(self, *names: str) -> str:
        return element_id(self.package.id, "mets", *names)


def _relative(scope: str, path: str) -> str:
    return path.removeprefix(_REP) if scope == "rep1" else path
