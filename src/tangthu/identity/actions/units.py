"""Units of a body: open one, and reorganise: what was ends, what follows is opened (RM-012)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Appointment, Unit
from tangthu.kernel import advisory
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.ledger.record import Event, record
from tangthu.standards.vietnamese import fold, nfc

_NAME_LENGTH = 200


class StillNeeded(Refused):
    """A unit cannot end while people hold positions in it or units lie below it."""

    http_status = 409


def open_unit(
    acting: Acting,
    *,
    body_id: uuid.UUID,
    name: str,
    since: dt.date,
    decision: str,
    parent_id: uuid.UUID | None = None,
    succeeds: Sequence[uuid.UUID] = (),
) -> Unit:
    """Open a unit of the body, below `parent_id` if given, from the day `since` on.

    `succeeds`: the units it came from, by the same decision or an earlier one. Raises Refused,
    InvalidInput on "name", "parent" or "decision".
    """
    acting.require("people.manage", body_id)
    name, decision = nfc(name).strip(), nfc(decision).strip()
    with transaction.atomic():
        advisory.until_commit(f"units {body_id}")
        standing = Unit.objects.filter(body_id=body_id, effective_to=None)
        problems: dict[str, list[object]] = {}
        if not 0 < len(name) <= _NAME_LENGTH:
            problems["name"] = [_("Ghi tên đơn vị, nhiều nhất 200 ký tự.")]
        elif standing.filter(name__iexact=name, parent_id=parent_id).exists():
            problems["name"] = [_("Đã có đơn vị tên này.")]
        if parent_id is not None and not standing.filter(pk=parent_id).exists():
            problems["parent"] = [_("Không có đơn vị cấp trên này.")]
        if not 0 < len(decision) <= _NAME_LENGTH:
            problems["decision"] = [_("Ghi số, ngày và cơ quan ra quyết định.")]
        if problems:
            raise InvalidInput(next(iter(problems.values()))[0], problems=problems)
        unit = Unit(
            body_id=body_id,
            parent_id=parent_id,
            name=name,
            sort_key=fold(name)[:400],
            effective_from=since,
            decision=decision,
        )
        unit.save(force_insert=True)
        before = Unit.objects.filter(body_id=body_id, pk__in=list(succeeds))
        unit.succeeds.set(before)
        _tell(
            acting, unit, "identity.unit.opened", name=name, decision=decision,
            since=since.isoformat(), succeeds=sorted(str(one.pk) for one in before),
        )  # fmt: skip
    return unit


def end_unit(acting: Acting, unit_id: uuid.UUID, *, on: dt.date, decision: str) -> Unit:
    """End a unit with the day `on`, its last. Raises NotFoundForViewer, StillNeeded, InvalidInput.

    Nobody may hold a position in it any more, and no unit lie below it: whoever reorganises moves
    people first, so that nobody's rights go or stay by accident.
    """
    with transaction.atomic():
        unit = Unit.objects.select_for_update().filter(pk=unit_id, effective_to=None).first()
        if unit is None or not acting.may("people.manage", unit.body_id):
            raise NotFoundForViewer()
        decision = nfc(decision).strip()[:_NAME_LENGTH]
        problems: dict[str, list[object]] = {}
        if not decision:
            problems["decision"] = [_("Ghi số, ngày và cơ quan ra quyết định.")]
        if on < unit.effective_from:
            problems["on"] = [_("Đơn vị chưa có vào ngày này.")]
        if problems:
            raise InvalidInput(next(iter(problems.values()))[0], problems=problems)
        _require_empty(unit, on)
        for position in unit.positions.filter(effective_to=None):
            position.effective_to = on
            position.save(update_fields=["effective_to"])
            record(
                Event(
                    kind="identity.position.ended",
                    obj=position.pk,
                    body=unit.body_id,
                    actor=acting.actor(unit.body_id),
                    detail={"title": position.title, "on": on.isoformat(), "decision": decision},
                )
            )
        unit.effective_to, unit.end_decision = on, decision
        unit.save(update_fields=["effective_to", "end_decision"])
        _tell(
            acting, unit, "identity.unit.ended", name=unit.name, decision=decision,
            on=on.isoformat(),
        )  # fmt: skip
    return unit


def _require_empty(unit: Unit, on: dt.date) -> None:
    if unit.children.filter(effective_to=None).exists():
        raise StillNeeded(
            _("Đơn vị còn đơn vị trực thuộc."),
            hint=_("Giải thể hoặc chuyển đơn vị trực thuộc trước."),
        )
    held = Appointment.objects.filter(position__unit=unit, refused_at=None, ended_at=None)
    if held.exclude(effective_to__lte=on).exists():
        raise StillNeeded(
            _("Đơn vị còn người giữ chức vụ."),
            hint=_("Kết thúc hoặc chuyển chức vụ của từng người trước."),
        )


def _tell(acting: Acting, unit: Unit, kind: str, **detail: object) -> None:
    record(
        Event(
            kind=kind,
            obj=unit.pk,
            body=unit.body_id,
            actor=acting.actor(unit.body_id),
            detail=detail,
        )
    )
