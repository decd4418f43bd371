"""Whether a record is locked against moving, changing and destroying (RM-690 g, AR-30).

What a freeze locks it locks with all that lies in it: a dossier with its documents, a fonds with
its dossiers. Keeping a record whole and keeping it from those who may not see it (sealing, mending,
copying, withholding, a higher degree of secrecy) is no change of it and stays possible.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from tangthu.kernel import advisory
from tangthu.kernel.errors import Refused
from tangthu.records import within
from tangthu.records.models import Document, Dossier, Freeze, FrozenThing, Membership


class RecordFrozen(Refused):
    """The record is locked on somebody's order."""

    http_status = 409


def over(record: Dossier | Document) -> Freeze | None:
    """The oldest freeze that stands over a record; None if it is free."""
    locked = _things_at(record.body_id)
    if not locked:
        return None  # the ordinary case costs one statement
    ids = {record.pk, *_around(record)}
    return next((freeze for thing, freeze in locked if thing in ids), None)


def among(records: Iterable[Dossier | Document]) -> set[uuid.UUID]:
    """Those of some records over which a freeze stands, told for all of them at once."""
    every = list(records)
    locked = {
        body: {thing for thing, _freeze in _things_at(body)} for body in {r.body_id for r in every}
    }
    frozen = [one for one in every if locked[one.body_id]]
    homes: dict[uuid.UUID, list[uuid.UUID]] = {}
    documents = [one.pk for one in frozen if isinstance(one, Document)]
    places = Membership.objects.filter(document__in=documents)
    for document, dossier in places.values_list("document_id", "dossier_id"):
        homes.setdefault(document, []).append(dossier)
    around = {
        dossier: {dossier, *within.things_around(dossier)}
        for dossier in {
            *(one.pk for one in frozen if isinstance(one, Dossier)),
            *(dossier for some in homes.values() for dossier in some),
        }
    }
    return {
        one.pk
        for one in frozen
        if not locked[one.body_id].isdisjoint(
            {one.pk}.union(
                *(around[home] for home in homes.get(one.pk, [])), around.get(one.pk, ())
            )
        )
    }


def over_thing(body_id: uuid.UUID, thing: uuid.UUID) -> Freeze | None:
    """The oldest freeze that names the thing itself, a fonds for one."""
    return next((freeze for named, freeze in _things_at(body_id) if named == thing), None)


def require_free(record: Dossier | Document) -> None:
    """Raise RecordFrozen if a freeze stands over the record. In the transaction that changes it: no
    freeze begins between this and its end."""
    advisory.shared_until_commit(f"freeze {record.body_id}")
    _refuse(over(record))


def require_free_thing(body_id: uuid.UUID, thing: uuid.UUID) -> None:
    """The same of a fonds."""
    advisory.shared_until_commit(f"freeze {body_id}")
    _refuse(over_thing(body_id, thing))


def _refuse(freeze: Freeze | None) -> None:
    if freeze is not None:
        raise RecordFrozen(
            _("Đang phong tỏa theo %(decision)s: không sửa, di chuyển hay hủy được.")
            % {"decision": freeze.decision},
            hint=_("Chờ quyết định gỡ phong tỏa."),
        )


def _things_at(body_id: uuid.UUID) -> list[tuple[uuid.UUID, Freeze]]:
    found = FrozenThing.objects.filter(freeze__body_id=body_id, freeze__lifted_at=None)
    return [
        (one.thing, one.freeze)
        for one in found.select_related("freeze").order_by("freeze__frozen_at", "id")
    ]


def _around(record: Dossier | Document) -> list[uuid.UUID]:
    if isinstance(record, Dossier):
        return within.around(record)
    homes = Membership.objects.filter(document=record).select_related("dossier")
    return [one for home in homes for one in within.around(home.dossier)]
