"""PREMIS.xml of the package and PREMIS_rep1.xml of its representation (AR-63, AR-64).

PREMIS_rep1.xml: representation, documents, content files, and events that speak only of documents
or content files. PREMIS.xml: package, file and representation, with all other events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from tangthu.standards.premis import (
    Agent,
    Event,
    FileObject,
    Fixity,
    Format,
    Identifier,
    IntellectualEntity,
    Link,
    PremisObject,
    Relationship,
    Representation,
    write_premis,
)
from tangthu.standards.tt05.dates import vietnam_time
from tangthu.standards.tt05.identifiers import derived, upper
from tangthu.standards.tt05.package import (
    ContentFile,
    DipPackage,
    Package,
    PackagedDocument,
    PackageFrame,
)

UNKNOWN_FORMAT = "unknown"


@dataclass(frozen=True, slots=True)
class StoredContent:
    """A content file and where it lies in the package; `position` 0 is the document's main file."""

    path: str
    document: PackagedDocument
    position: int
    content: ContentFile
    id: UUID


def file_uuid(package: PackageFrame, document: PackagedDocument, position: int) -> UUID:
    """Return the UUID of a document's file: its own, or one derived from its place."""
    content = document.files[position]
    ordinal = document.description.ordinal
    return content.id or derived(package.id, "file", str(ordinal), str(position))


def representation_uuid(package: PackageFrame) -> UUID:
    """Return the UUID of rep1."""
    return derived(package.id, "rep1")


def package_creation(
    package: UUID,
    event: UUID,
    when: datetime,
    agents: tuple[Link, ...],
    *,
    submission: str | None = None,
    detail: str = "",
) -> Event:
    """Return the event `information package creation` with the AIP as outcome (AR-64).

    `submission`: OBJID of the SIP it was made from, linked as source; None for digitised files.
    """
    objects: tuple[Link, ...] = (Link(Identifier("UUID", upper(package)), ("outcome",)),)
    if submission is not None:
        objects = (Link(Identifier("OBJID", submission), ("source",)), *objects)
    return Event(
        identifier=Identifier("UUID", upper(event)),
        type="information package creation",
        when=vietnam_time(when),
        detail=detail,
        outcome="success",
        agents=agents,
        objects=objects,
    )


class PremisFiles:
    """Writes both PREMIS files of a package."""

    def __init__(self, package: PackageFrame, contents: list[StoredContent]) -> None:
        self.package = package
        self.contents = contents
        ids = {upper(item.id) for item in contents}
        ids |= {i.value for item in contents for i in item.content.other_ids}
        ids |= {upper(self._document_uuid(document)) for document in package.documents}
        self._inner = ids

    def write_package(self, out: BinaryIO) -> None:
        """Write PREMIS.xml."""
        events = [event for event in self.package.events if not self._is_inner(event)]
        idle = [
            agent for agent in self.package.agents if not self._acted(agent, self.package.events)
        ]
        agents = [*self._agents(events), *idle]
        write_premis(out, self._package_objects(), events, agents)

    def write_representation(self, out: BinaryIO) -> None:
        """Write PREMIS_rep1.xml."""
        events = [event for event in self.package.events if self._is_inner(event)]
        write_premis(out, self._representation_objects(), events, self._agents(events))

    def _is_inner(self, event: Event) -> bool:
        links = event.objects
        return bool(links) and all(link.identifier.value in self._inner for link in links)

    def _agents(self, events: Sequence[Event]) -> list[Agent]:
        return [agent for agent in self.package.agents if self._acted(agent, events)]

    @staticmethod
    def _acted(agent: Agent, events: Iterable[Event]) -> bool:
        own = set(agent.identifiers)
        return any(link.identifier in own for event in events for link in event.agents)

    def _package_objects(self) -> Iterator[PremisObject]:
        package = self.package
        own = Identifier("UUID", upper(package.id))
        made_from: tuple[Relationship, ...] = ()
        if isinstance(package, DipPackage) and package.sources:
            sources = tuple(Identifier("OBJID", source) for source in package.sources)
            made_from = (Relationship("derivation", "has source", sources),)
        yield IntellectualEntity((own, Identifier("OBJID", package.object_id)), "", made_from)
        if isinstance(package, Package):
            code = Identifier("arcFileCode", package.dossier.archive_file_code)
            dossier = package.dossier_id or derived(package.id, "dossier")
            yield IntellectualEntity(
                (Identifier("UUID", upper(dossier)), code), "", (_part_of(own),)
            )
        yield self._representation(own)

    def _representation_objects(self) -> Iterator[PremisObject]:
        yield self._representation(Identifier("UUID", upper(self.package.id)))
        whole = Identifier("UUID", upper(representation_uuid(self.package)))
        for document in self.package.documents:
            code = Identifier("docCode", document.description.record_archive_code)
            identifier = Identifier("UUID", upper(self._document_uuid(document)))
            yield IntellectualEntity((identifier, code), "", (_part_of(whole),))
        for item in self.contents:
            yield self._file(item)

    def _representation(self, package: Identifier) -> Representation:
        identifier = Identifier("UUID", upper(representation_uuid(self.package)))
        return Representation((identifier,), "rep1", (_part_of(package),))

    def _file(self, item: StoredContent) -> FileObject:
        content = item.content
        document = Identifier("UUID", upper(self._document_uuid(item.document)))
        return FileObject(
            identifiers=(Identifier("UUID", upper(item.id)), *content.other_ids),
            size=content.size,
            fixity=(Fixity("SHA-256", content.sha256.lower()),),
            format=Format(
                content.format_name or content.media_type or UNKNOWN_FORMAT,
                content.format_version,
                content.pronom_id,
            ),
            original_name=content.original_name,
            location=item.path,
            relationships=(_part_of(document),),
        )

    def _document_uuid(self, document: PackagedDocument) -> UUID:
        return document.id or derived(
            self.package.id, "document", str(document.description.ordinal)
        )


def _part_of(whole: Identifier) -> Relationship:
    return Relationship("structural", "is part of", (whole,))
