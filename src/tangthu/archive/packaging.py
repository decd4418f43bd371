"""From the records of a dossier to the package that preserves them (AIP_hoso, AR-51, AR-55)."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from tangthu import __version__
from tangthu.archive import borne
from tangthu.archive.as_tt05 import document_description, dossier_description
from tangthu.archive.earlier import earlier_history
from tangthu.archive.models import Place
from tangthu.kernel.errors import Refused
from tangthu.ledger.catching_up import catch_up
from tangthu.ledger.logs import Log, log_of
from tangthu.ledger.preservation import PreservedEvent, has_waiting_events, preserved_events
from tangthu.records.fields import own_fields
from tangthu.records.models import ContentFile, Document, Dossier, Membership
from tangthu.records.states import document_state, dossier_state
from tangthu.repository.models import Package as StoredPackage
from tangthu.repository.models import PackageVersion
from tangthu.repository.reading import Whereabouts
from tangthu.standards.premis import Agent, Event, Identifier, LedgerPlace, Link, ledger_event
from tangthu.standards.ril import jcs
from tangthu.standards.ril.events import b64u
from tangthu.standards.tt05.identifiers import derived
from tangthu.standards.tt05.package import ContentFile as PackagedFile
from tangthu.standards.tt05.package import Package, PackagedDocument

DIGITISED = ("02", "03")
_ATTEMPTS = 20
SOFTWARE = ("Tàng Thư", __version__)
SOFTWARE_ID = Identifier("local", f"tangthu-{__version__}")


@contextmanager
def standing_still(log: Log, dossier_id: uuid.UUID, package_id: uuid.UUID) -> Iterator[Dossier]:
    """Read a dossier in one snapshot in which each of its events has its place in the log.

    Whoever edits meanwhile is neither kept waiting nor seen by halves: what is read inside is the
    state of one instant, with exactly the events that led to it. Raises LogStopped, or Refused if
    the log does not take the events in.
    """
    for _attempt in range(_ATTEMPTS):
        if not catch_up(log):
            break
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            dossier = Dossier.objects.select_related("body").get(pk=dossier_id)
            documents = Membership.objects.filter(dossier=dossier)
            objs = [dossier_id, package_id, *documents.values_list("document_id", flat=True)]
            if not has_waiting_events(objs):
                yield dossier
                return
    raise Refused(
        _("Sổ cái chưa nhận hết sự kiện của hồ sơ này."),
        hint=_("Xem trang Sổ cái; khi sổ chạy lại thì đóng gói lại."),
        log=log.origin,
    )


def state_digest(dossier: Dossier, body: uuid.UUID | None = None) -> str:
    """Digest of what a package of this dossier must say today: descriptions, places, files.

    `body` stands in place of the identifier of its body: what the digest was in the house in which
    the body was known by that one.
    """
    memberships = _memberships(dossier)
    files = {document: list(found) for document, found in _files(memberships).items()}
    other = {"body": str(body)} if body else {}
    said = {
        "dossier": dossier_state(dossier)[1] | other,
        "documents": [
            {
                "ordinal": membership.ordinal,
                "state": document_state(membership.document)[1] | other,
                "files": [file.sha256 for file in files.get(membership.document_id, [])],
            }
            for membership in memberships
        ],
    }
    return hashlib.sha256(jcs.dumps(said)).hexdigest()


def is_behind(package: StoredPackage, dossier: Dossier) -> bool:
    """Whether the newest version of the dossier's package no longer says what the records say."""
    newest = PackageVersion.objects.get(package=package, number=package.head)
    return newest.state_sha256 != state_digest(dossier)


def _memberships(dossier: Dossier) -> list[Membership]:
    return list(
        Membership.objects.filter(dossier=dossier).select_related("document").order_by("ordinal")
    )


def _files(memberships: Sequence[Membership]) -> dict[uuid.UUID, list[ContentFile]]:
    found: dict[uuid.UUID, list[ContentFile]] = {}
    for file in ContentFile.objects.filter(
        document__in=[item.document_id for item in memberships]
    ).order_by("position"):
        found.setdefault(file.document_id, []).append(file)
    return found


def package_of(
    dossier: Dossier,
    place: Place,
    *,
    package_id: uuid.UUID,
    created: dt.datetime,
    modified: dt.datetime,
    record_status: str,
) -> Package:
    """The package of a dossier as it stands, with every custody event so far.

    Raises NotReadable if no place has the bytes of one of its files.
    """
    memberships = _memberships(dossier)
    files = _files(memberships)
    where = Whereabouts()
    documents = tuple(
        PackagedDocument(
            description=document_description(dossier, item.document, item.ordinal),
            files=tuple(
                packaged_file(file, where.in_working_store(file) or where.path_of(file), modified)
                for file in files.get(item.document_id, [])
            ),
            id=item.document_id,
        )
        for item in memberships
    )
    objs = [dossier.pk, package_id, *(item.document_id for item in memberships)]
    preserved = list(preserved_events(objs))
    log = log_of(dossier.body_id)
    earlier = earlier_history(package_id, log.origin)
    events = [
        _package_created(package_id, dossier, created),
        *earlier.events,
        *(_premis_event(event) for event in preserved),
    ]
    return Package(
        id=package_id,
        dossier=dossier_description(dossier),
        documents=documents,
        fonds_code=place.inventory.fonds.code,
        organisation=dossier.body.name,
        software=SOFTWARE,
        created=created,
        modified=modified,
        events=tuple(events),
        agents=_agents(preserved, earlier.agents),
        metadata=(borne.metadata_of(dossier, memberships, files, place, log.origin, created),),
        digitised=dossier.reliability in DIGITISED,
        record_status=record_status,
        dossier_id=dossier.pk,
        label=dossier.title[:250],
        extra=_extra(dossier, memberships, modified.date()),
        origin=settings.DEPLOYMENT_MODE,
    )


def packaged_file(file: ContentFile, source: Path, moment: dt.datetime) -> PackagedFile:
    """A content file as packages of every kind have it; its bytes are at `source`.

    Bytes of the working store are compared with their digest when they are stored.
    """
    return PackagedFile(
        source=source,
        original_name=os.fsdecode(bytes(file.name_bytes)),
        size=file.size,
        sha256=file.sha256,
        media_type=file.media_type or "application/octet-stream",
        format_name=file.format_name or "unknown",
        pronom_id=file.format_id,
        created=moment,
        pages=file.page_count or None,
        id=file.pk,
    )


def _extra(dossier: Dossier, memberships: Sequence[Membership], on: dt.date) -> dict[str, str]:
    """What EAD has no element for (AR-28), keyed so that each value stays with its record.

    The house's own fields stand by the names of their elements, additional metadata by its labels,
    which win where somebody chose such a name.
    """
    found = _beyond_ead(dossier, dossier.archive_file_code, on)
    for item in memberships:
        found |= _beyond_ead(item.document, item.document.record_archive_code, on)
    return found


def _beyond_ead(record: Dossier | Document, code: str, on: dt.date) -> dict[str, str]:
    own = {field.name: getattr(record, field.identifier) for field in own_fields(type(record), on)}
    stated = {name: value for name, value in own.items() if value not in (None, "")}
    if record.secrecy:  # TT05 has one mode 03 for all degrees
        stated["secrecy"] = record.secrecy
    return {f"{code}|{key}": str(value) for key, value in (stated | record.extra).items()}


def _package_created(package_id: uuid.UUID, dossier: Dossier, created: dt.datetime) -> Event:
    """TT05's own event for the making of the package (AR-64); the log's `seal` comes after it."""
    return Event(
        identifier=Identifier("UUID", str(derived(package_id, "event", "creation"))),
        type="information package creation",
        when=created.isoformat(timespec="milliseconds"),
        detail=f"AIP_hoso {dossier.archive_file_code}",
        outcome="ok",
        agents=(Link(SOFTWARE_ID, ("executing program",)),),
        objects=(Link(Identifier("UUID", str(package_id)), ("outcome",)),),
    )


def _premis_event(event: PreservedEvent) -> Event:
    place = LedgerPlace(
        event.origin, event.leaf_index, b64u(event.leaf_hash), b64u(event.chain_value)
    )
    return ledger_event(
        event.body,
        place,
        event.premis_type,
        detail=event.told.sentence,
        agents=(Link(_agent_id(event), ("implementer",)),),
    )


def _agent_id(event: PreservedEvent) -> Identifier:
    person = event.told.fields.get("agent", {}).get("person")
    return Identifier("UUID", str(person)) if person else SOFTWARE_ID


def _agents(
    preserved: Sequence[PreservedEvent], earlier: Sequence[Agent] = ()
) -> tuple[Agent, ...]:
    """Everybody who acted, once, as they were named last; and the software itself."""
    people = {one.identifiers[0]: one for one in earlier if SOFTWARE_ID not in one.identifiers}
    people |= {
        _agent_id(event): Agent(
            (_agent_id(event),), event.told.who, "person", note=event.told.position
        )
        for event in preserved
        if _agent_id(event) != SOFTWARE_ID
    }
    return (Agent((SOFTWARE_ID,), SOFTWARE[0], "software", SOFTWARE[1]), *people.values())
