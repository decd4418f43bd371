"""Change the description of a fonds (TT05 art. 4.1); its codes stay as they were given (AR-36)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.archive import queries
from tangthu.archive.descriptions import as_text, cleaned
from tangthu.archive.models import Fonds
from tangthu.archive.states import fonds_state
from tangthu.identity.acting import Acting
from tangthu.kernel.errors import HouseError, InvalidInput
from tangthu.ledger.record import Event, record, state_digest
from tangthu.records import frozen

FIELDS = (
    "name", "creator_history", "date_range", "main_groups", "language_codes", "backup_regime",
    "note",
)  # fmt: skip


class FondsChangedMeanwhile(HouseError):
    """Somebody else changed the fonds since it was shown; nothing was written."""

    http_status = 409

    def __init__(self, current: Fonds) -> None:
        super().__init__(
            _("Người khác vừa sửa mô tả này."), hint=_("Xem lại hai bản rồi lưu lần nữa.")
        )
        self.current = current


def digest_of(shown: Fonds) -> str:
    """The digest of a fonds' state, by which a later save notices that it changed meanwhile."""
    return state_digest(fonds_state(shown)[1])


def describe_fonds(
    acting: Acting, fonds_id: uuid.UUID, values: Mapping[str, Any], *, expected: str
) -> tuple[str, ...]:
    """Set the fields in `values`; returns the names of those that changed.

    Raises NotFoundForViewer, Refused, FondsChangedMeanwhile, InvalidInput.
    """
    found = queries.one_fonds(acting.viewer, fonds_id)
    acting.require("archive.describe", found.body_id)
    wanted = {name: cleaned(value) for name, value in values.items()}
    stray = sorted(set(wanted) - set(FIELDS))
    if stray:
        raise InvalidInput(_("Có trường không sửa được."), problems={"": stray})
    if not wanted.get("name", found.name):
        raise InvalidInput(_("Phông phải có tên."), problems={"name": [_("Nhập tên phông.")]})
    with transaction.atomic():
        shown = Fonds.objects.select_for_update().get(pk=found.pk)
        frozen.require_free_thing(shown.body_id, shown.pk)
        if digest_of(shown) != expected:
            raise FondsChangedMeanwhile(shown)
        changes = [
            {"field": name, "old": as_text(getattr(shown, name)), "new": as_text(value)}
            for name, value in wanted.items()
            if getattr(shown, name) != value
        ]
        changed = tuple(change["field"] for change in changes)
        for name in changed:
            setattr(shown, name, wanted[name])
        if changed:
            shown.save(update_fields=list(changed))
            record(
                Event(
                    kind="archive.fonds.described",
                    obj=shown.id,
                    body=shown.body_id,
                    actor=acting.actor(shown.body_id),
                    state=fonds_state(shown),
                    detail={"fields": list(changed), "changes": changes},
                )
            )
    return changed
