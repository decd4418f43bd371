"""Keep a change of a labelled record aside until a second person decides on it (RM-951)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.kernel import clock
from tangthu.kernel.errors import Refused
from tangthu.ledger.record import Event, record
from tangthu.records.models import Document, Dossier, PendingEdit

EXTRA = "extra"


class AlreadyAsked(Refused):
    """The same change of the same state waits already."""

    http_status = 409


def hold_edit(
    acting: Acting, shown: Dossier | Document, changes: Mapping[str, Any], expected: str
) -> PendingEdit:
    """Keep `changes` of a record that stands as `expected`; in the caller's transaction, who has
    asked for the right and judged the change. Its event names the fields, not what would stand in
    them: that is told once it does. Raises AlreadyAsked.
    """
    values = {name: value for name, value in changes.items() if name != EXTRA}
    held = PendingEdit(
        body_id=shown.body_id,
        kind="dossier" if isinstance(shown, Dossier) else "document",
        obj=shown.pk,
        values=values,
        extra=changes.get(EXTRA),
        expected=expected,
        asked_by=acting.person_id,
        asked_at=clock.now(),
    )
    waiting = PendingEdit.objects.filter(obj=held.obj, expected=expected, decided_at=None)
    if any((one.values, one.extra) == (held.values, held.extra) for one in waiting):
        raise AlreadyAsked(
            _("Đúng sửa đổi này đang chờ duyệt."), hint=_("Chờ quyết định, không gửi lần nữa.")
        )
    held.save(force_insert=True)
    record(
        Event(
            kind=f"records.{held.kind}.edit_asked",
            obj=shown.pk,
            body=shown.body_id,
            actor=acting.actor(shown.body_id),
            detail={"edit": str(held.pk), "fields": list(changes)},
        )
    )
    return held
