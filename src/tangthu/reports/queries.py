"""Reads of saved searches, exports and the history of use, cut to what the viewer may know."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from tangthu.identity.policies import SECRET, Viewer
from tangthu.identity.standing import appointments
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.records import queries as records
from tangthu.records.models import Document, Dossier, Membership, Use, Withheld
from tangthu.reports.models import Export, SavedView
from tangthu.ui import formats
from tangthu.ui.parts import Fact, FactGroup

LISTS = frozenset({Use.Kind.LIST_PRINT, Use.Kind.LIST_EXPORT, Use.Kind.LIST_DOWNLOAD})


def _missing() -> NotFoundForViewer:
    return NotFoundForViewer()


def views(viewer: Viewer) -> QuerySet[SavedView]:
    """The viewer's own saved searches and those shared with his bodies, by name.

    Shared ones are of people who still hold a position there. On an isolated LAN none is shared: a
    name and the words of a search can tell of a secret (AR-128).
    """
    here = {position[0] for position in viewer.positions}
    in_force = appointments().filter(
        person=OuterRef("person"), position__body=OuterRef("shared_with")
    )
    shared = Q(shared_with__in=here) & Q(Exists(in_force))
    if isolated():
        shared = Q(pk__in=[])
    return (
        SavedView.objects.filter(Q(person_id=viewer.person_id) | shared)
        .select_related("person", "shared_with")
        .order_by("name", "id")
    )


def view(viewer: Viewer, view_id: uuid.UUID) -> SavedView:
    """A saved search that the viewer may use. Raises NotFoundForViewer."""
    found = views(viewer).filter(pk=view_id).first()
    if found is None:
        raise _missing()
    return found


def own_view(viewer: Viewer, view_id: uuid.UUID) -> SavedView:
    """The viewer's own saved search. Raises NotFoundForViewer."""
    found = views(viewer).filter(pk=view_id, person_id=viewer.person_id).first()
    if found is None:
        raise _missing()
    return found


def exports(viewer: Viewer) -> QuerySet[Export]:
    """The exports that the viewer ordered."""
    return Export.objects.filter(person_id=viewer.person_id).select_related("body", "person")


def export(viewer: Viewer, export_id: uuid.UUID) -> Export:
    """An export: the viewer's own only, for the file is his alone. Raises NotFoundForViewer."""
    found = exports(viewer).filter(pk=export_id).first()
    if found is None:
        raise _missing()
    return found


def still_visible(viewer: Viewer, kind: str, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of some records that the viewer may see now."""
    wanted = list(ids)
    if kind == "dossier":
        return set(records.dossiers(viewer).filter(pk__in=wanted).values_list("pk", flat=True))
    return set(records.documents(viewer).filter(pk__in=wanted).values_list("pk", flat=True))


def levels_of(kind: str, ids: Iterable[uuid.UUID]) -> set[str]:
    """The access levels of some records and, of documents, of the dossiers that they stand in.

    Of the records, not of the index, which may lack one; by themselves, so that the highest of them
    is never lower than what really holds.
    """
    wanted = list(ids)
    pairs = ("access_level", "secrecy")
    dossiers = Dossier.objects.filter(pk__in=wanted)
    found: set[tuple[str, str | None]] = set()
    if kind == "document":
        own = Document.objects.filter(pk__in=wanted)
        found |= set(own.values_list(*pairs).distinct().order_by())
        standing = Membership.objects.filter(document__in=wanted)
        dossiers = Dossier.objects.filter(pk__in=standing.values("dossier"))
    found |= set(dossiers.values_list(*pairs).distinct().order_by())
    return {f"{SECRET}{degree}" if degree else level for level, degree in found}


def uses(viewer: Viewer, *, everybody: bool) -> QuerySet[Use]:
    """The viewer's own uses, or those at the bodies whose use he oversees.

    What is withheld as a possible state secret exists for nobody, nor does its use.
    """
    found = Use.objects.filter(person_id=viewer.person_id)
    if everybody:
        found = Use.objects.filter(body_id__in=viewer.bodies_with("use.oversee"))
    held = Withheld.objects.filter(document=OuterRef("obj"), released_at=None)
    return found.exclude(Exists(held)).select_related("person", "body")


def use_facts(person_id: uuid.UUID, bodies: Collection[uuid.UUID] | None) -> FactGroup | None:
    """How often a person used records, by what he did, and when last; at some bodies, or everywhere
    (None) for himself. On an isolated LAN numbers of others' uses may tell of secrets: none."""
    found = Use.objects.filter(person_id=person_id)
    if bodies is not None:
        if isolated():
            return None
        found = found.filter(body_id__in=bodies)
    rows = found.values("kind").annotate(n=Count("pk"), last=Max("at")).order_by("-n", "kind")
    facts = tuple(
        Fact(
            str(Use.Kind(row["kind"]).label),
            gettext("%(n)s lần, lần cuối %(when)s")
            % {"n": formats.thousands(row["n"]), "when": formats.moment(row["last"])},
        )
        for row in rows
    )
    none = (Fact(gettext("Hồ sơ, tài liệu"), gettext("chưa dùng lần nào")),)
    return FactGroup(gettext("Khai thác hồ sơ, tài liệu"), facts or none)


def copy_named(viewer: Viewer, serial: str) -> Use | None:
    """The printed or taken-out copy with this code, at a body where the viewer holds a position.

    On an isolated LAN a copy of a secret that the viewer may not see was never made (AR-128): for
    his own he must still see the record; of a list, which can name any, he must see every one.
    """
    here = {position[0] for position in viewer.positions}
    found = Use.objects.filter(serial=serial, body_id__in=here).exclude(kind=Use.Kind.LIST_DOWNLOAD)
    held = Withheld.objects.filter(document=OuterRef("obj"), released_at=None)
    use = found.exclude(Exists(held)).select_related("person", "body").order_by("at").first()
    return use if use is not None and _may_know(viewer, use) else None


def _may_know(viewer: Viewer, use: Use) -> bool:
    if not isolated():
        return True
    if use.kind in LISTS:
        own = use.person_id == viewer.person_id
        return own or use.body_id in viewer.bodies_with("use.oversee")
    return bool(used_records(viewer, [use]))


def dossier_asked(use: Use) -> uuid.UUID | None:
    """The dossier whose contents the list of a use was; None for another list."""
    named = use.detail.get("asked", {}).get("dossier")
    return uuid.UUID(named) if named else None


def used_records(viewer: Viewer, found: Iterable[Use]) -> Mapping[uuid.UUID, Dossier | Document]:
    """The records of some uses that the viewer may see, by id; of contents lists their dossier."""
    uses = list(found)
    ids = {use.obj for use in uses} | {one for one in map(dossier_asked, uses) if one is not None}
    seen: dict[uuid.UUID, Dossier | Document] = {}
    seen.update(records.dossiers(viewer).in_bulk(list(ids)))
    seen.update(records.documents(viewer).in_bulk(list(ids)))
    return seen
