"""From documents as the archive holds them to the package that is handed out (DIP, RM-813)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from tangthu.archive.actions.order_dip import Asked, description_of
from tangthu.archive.as_tt05 import dip_description
from tangthu.archive.models import Dissemination, Place
from tangthu.archive.packaging import SOFTWARE, SOFTWARE_ID, packaged_file
from tangthu.identity.policies import Viewer
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import HouseError
from tangthu.records import queries as records
from tangthu.records.levels import degree_of
from tangthu.records.models import ContentFile, Document, Membership
from tangthu.repository.models import Copy, Package
from tangthu.repository.reading import Whereabouts
from tangthu.standards.premis import Agent, Event, Identifier, Link
from tangthu.standards.tt05.dates import vietnam_time
from tangthu.standards.tt05.identifiers import derived, upper
from tangthu.standards.tt05.package import ContentFile as PackagedFile
from tangthu.standards.tt05.package import DipPackage, PackagedDocument


class NotInAip(HouseError):
    """The records have a file that no AIP holds yet: nothing vouches for it."""

    http_status = 409


def dip_package(
    dip: Dissemination, documents: Sequence[Document], viewer: Viewer, moment: dt.datetime
) -> DipPackage:
    """The DIP of `documents`, which the caller has cut to what `viewer` may see.

    Every file is read from an AIP that holds its digest. Raises NotInAip, or NotReadable if no
    store has good bytes.
    """
    homes = _homes(viewer, documents)
    packages = {
        package.dossier_id: package
        for package in Package.objects.filter(dossier_id__in={h.dossier_id for h in homes.values()})
    }
    contents = _contents(packages.values())
    files: dict[uuid.UUID, list[ContentFile]] = {}
    for file in ContentFile.objects.filter(document__in=documents).order_by("position"):
        files.setdefault(file.document_id, []).append(file)
    where = Whereabouts()
    packaged = tuple(
        PackagedDocument(
            description=dip_description(homes[one.pk].dossier, one, number),
            files=tuple(
                _file(file, contents.get(homes[one.pk].dossier_id, set()), where, moment)
                for file in files.get(one.pk, [])
            ),
            id=one.pk,
        )
        for number, one in enumerate(documents, start=1)
    )
    sources = dict.fromkeys(packages[homes[one.pk].dossier_id].objid for one in documents)
    place = Place.objects.select_related("inventory__fonds").get(
        dossier=homes[documents[0].pk].dossier
    )
    return DipPackage(
        id=dip.pk,
        request=description_of(dip.code, dip.ordered_at, Asked(**dip.request)),
        documents=packaged,
        fonds_code=place.inventory.fonds.code,
        organisation=dip.body.name,
        software=SOFTWARE,
        created=moment,
        modified=moment,
        events=(_handed_out(dip, moment),),
        agents=(
            Agent((SOFTWARE_ID,), SOFTWARE[0], "software", SOFTWARE[1]),
            Agent((_person_id(dip),), viewer.full_name, "person"),
        ),
        sources=tuple(sources),
        origin=settings.DEPLOYMENT_MODE,
        extra=_degrees(documents),
        label=dip.code,
    )


def _degrees(documents: Sequence[Document]) -> dict[str, str]:
    """The degree of secrecy of each secret document: TT05 has one mode 03 for all (AR-128)."""
    if not isolated():
        return {}
    held = {one: degree_of(records.effective_level(one)) for one in documents}
    return {f"{one.record_archive_code}|secrecy": found for one, found in held.items() if found}


def _homes(viewer: Viewer, documents: Sequence[Document]) -> dict[uuid.UUID, Membership]:
    """The packaged dossier from which each document is taken: of several, the first by its code.

    A dossier of another body, or one that the viewer may not see, is never named.
    """
    standing = Membership.objects.filter(
        document__in=documents,
        dossier__in=records.dossiers(viewer),
        dossier__body_id=F("document__body_id"),
        dossier_id__in=Package.objects.values("dossier_id"),
    ).select_related("dossier__body")
    found: dict[uuid.UUID, Membership] = {}
    for one in standing.order_by("dossier__archive_file_code"):
        found.setdefault(one.document_id, one)
    if len(found) != len(documents):
        raise _nowhere()
    return found


def _contents(packages: Iterable[Package]) -> dict[uuid.UUID, set[str]]:
    """For each dossier the digests that its package holds in some store."""
    where = Whereabouts()
    found: dict[uuid.UUID, set[str]] = {}
    copies = Copy.objects.filter(package__in=list(packages))
    for copy in copies.exclude(state=Copy.State.UNREPAIRABLE).select_related("store", "package"):
        found.setdefault(copy.package.dossier_id, set()).update(where.content_of(copy)[1])
    return found


def _file(
    file: ContentFile, held: set[str], where: Whereabouts, moment: dt.datetime
) -> PackagedFile:
    if file.sha256 not in held:
        raise _nowhere()
    return packaged_file(file, where.path_of(file), moment)


def _nowhere() -> NotInAip:
    return NotInAip(
        _("Có tài liệu chưa nằm trong gói lưu trữ nào."),
        hint=_("Nhờ lưu trữ viên đóng gói phiên bản mới của hồ sơ rồi tạo lại."),
    )


def _person_id(dip: Dissemination) -> Identifier:
    return Identifier("UUID", str(dip.person_id))


def _handed_out(dip: Dissemination, moment: dt.datetime) -> Event:
    return Event(
        identifier=Identifier("UUID", upper(derived(dip.pk, "event", "dissemination"))),
        type="dissemination",
        when=vietnam_time(moment),
        detail=dip.code,
        outcome="success",
        agents=(
            Link(SOFTWARE_ID, ("executing program",)),
            Link(_person_id(dip), ("implementer",)),
        ),
        objects=(Link(Identifier("UUID", upper(dip.pk)), ("outcome",)),),
    )
