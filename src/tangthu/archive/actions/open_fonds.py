"""Open a fonds and the inventories in it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.archive.models import Fonds, Inventory
from tangthu.archive.states import fonds_state, inventory_state
from tangthu.identity.acting import Acting
from tangthu.identity.models import Body
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.ledger.record import Event, record
from tangthu.standards.vietnamese import nfc


def open_fonds(
    acting: Acting,
    body: Body,
    *,
    code: str,
    name: str,
    agency_code: str,
    creator_history: str = "",
    date_range: str = "",
    main_groups: str = "",
    language_codes: Sequence[str] = ("01",),
    note: str = "",
) -> Fonds:
    """Open a fonds (phông lưu trữ, TT05 art. 4) of `body`. Raises Refused if its code is taken."""
    acting.require("archive.describe", body.id)
    code, name, agency_code = (nfc(text).strip() for text in (code, name, agency_code))
    if not code or not name or not agency_code:
        raise InvalidInput(_("Phông cần có mã, tên và mã định danh cơ quan."))
    with transaction.atomic():
        if Fonds.objects.filter(body=body, code=code).exists():
            raise Refused(_("Mã phông này đã có."), hint=_("Chọn mã khác."))
        fonds = Fonds(
            body=body,
            code=code,
            name=name,
            agency_code=agency_code,
            creator_history=creator_history,
            date_range=date_range,
            main_groups=main_groups,
            language_codes=list(language_codes),
            note=note,
        )
        fonds.save(force_insert=True)
        record(
            Event(
                kind="archive.fonds.opened",
                obj=fonds.id,
                body=body.id,
                actor=acting.actor(body.id),
                state=fonds_state(fonds),
                ref=code,
                detail={"name": name, "code": code},
            )
        )
    return fonds


def inventory_of(acting: Acting, fonds: Fonds, code: str, title: str = "") -> Inventory:
    """The inventory `code` of the fonds, opened if it is not there yet."""
    acting.require("archive.describe", fonds.body_id)
    with transaction.atomic():
        # The fonds row serialises two acceptances that meet the same new inventory.
        Fonds.objects.select_for_update().get(pk=fonds.pk)
        found = Inventory.objects.filter(fonds=fonds, code=code).first()
        if found is not None:
            return found
        inventory = Inventory(fonds=fonds, code=code, title=title)
        inventory.save(force_insert=True)
        record(
            Event(
                kind="archive.inventory.opened",
                obj=inventory.id,
                body=fonds.body_id,
                actor=acting.actor(fonds.body_id),
                state=inventory_state(inventory),
                detail={"code": code},
            )
        )
    return inventory
