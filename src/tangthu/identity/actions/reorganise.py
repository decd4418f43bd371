"""Reorganise units in one act: several end, new ones follow them, people move along (RM-012)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.actions.add_person import appoint
from tangthu.identity.actions.end_appointment import end_appointment
from tangthu.identity.actions.units import end_unit, open_unit
from tangthu.identity.models import Appointment, Unit
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer


def reorganise(
    acting: Acting,
    *,
    body_id: uuid.UUID,
    ending: Sequence[uuid.UUID],
    opening: Sequence[str],
    moves: Mapping[uuid.UUID, int],
    since: dt.date,
    decision: str,
    parent_id: uuid.UUID | None = None,
) -> list[Unit]:
    """End the units `ending` and open those named in `opening` as their successors, all or none.

    `moves`: for each appointment held in an ending unit, which of the new units (by its place in
    `opening`) its holder moves to, with the same title, role and kind; whoever is not named there
    holds the position no more. The old units' last day is the one before `since`. A new position
    gives rights once confirmed, as any does. Raises Refused, NotFoundForViewer, StillNeeded for a
    unit below that does not end too, LastHolder as `end_appointment`, and InvalidInput on
    "ending", "opening", "moves" or "decision".
    """
    acting.require("people.manage", body_id)
    problems: dict[str, list[object]] = {}
    if not ending:
        problems["ending"] = [_("Chọn ít nhất một đơn vị kết thúc.")]
    if not opening:
        problems["opening"] = [_("Ghi tên ít nhất một đơn vị mới.")]
    if any(not 0 <= place < len(opening) for place in moves.values()):
        problems["moves"] = [_("Chọn đơn vị mới cho từng người.")]
    if problems:
        raise InvalidInput(next(iter(problems.values()))[0], problems=problems)
    last_day = since - dt.timedelta(days=1)
    with transaction.atomic():
        old = _below_first(body_id, ending)
        held = list(
            Appointment.objects.select_for_update(of=("self",))
            .filter(position__unit__in=old, ended_at=None, refused_at=None)
            .exclude(effective_to__lte=last_day)
            .select_related("position", "person")
        )
        for one in held:
            # What is planned for a later day takes nobody's rights before it.
            stands = one.effective_from <= last_day and timezone.localdate() <= last_day
            end_appointment(
                acting, one.pk, decision=decision, on=last_day if stands else None,
                moves=one.pk in moves,
            )  # fmt: skip
        # Those who leave their positions free their units first: names may be used again.
        for unit in old:
            end_unit(acting, unit.pk, on=last_day, decision=decision)
        made = [
            open_unit(
                acting,
                body_id=body_id,
                name=name,
                since=since,
                decision=decision,
                parent_id=parent_id,
                succeeds=[unit.pk for unit in old],
            )
            for name in opening
        ]
        for one in held:
            if one.pk in moves:
                appoint(
                    acting,
                    person=one.person,
                    body=one.position.body,
                    position=one.position.title,
                    role=one.position.role,
                    since=since,
                    until=one.effective_to,
                    unit=made[moves[one.pk]],
                    kind=one.kind,
                    decision=decision,
                )
    return made


def _below_first(body_id: uuid.UUID, ending: Sequence[uuid.UUID]) -> list[Unit]:
    """The units, each after those below it. Raises NotFoundForViewer if one is not there."""
    found = {
        one.pk: one
        for one in Unit.objects.filter(body_id=body_id, pk__in=ending, effective_to=None)
    }
    if len(found) != len(set(ending)):
        raise NotFoundForViewer()

    def depth(unit: Unit) -> int:
        parent = found.get(unit.parent_id) if unit.parent_id else None
        return 1 + depth(parent) if parent else 0

    return sorted(found.values(), key=depth, reverse=True)
