"""What these pages share: how an action's refusal lands in its form, histories, words."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.identity.models import Unit
from tangthu.identity.models.asked import Asked
from tangthu.kernel.deployment import isolated
from tangthu.ledger.history import history
from tangthu.ui import formats
from tangthu.ui.parts import TimelineEntry

SHOWN = 100


def told(obj: uuid.UUID, known: frozenset[uuid.UUID]) -> list[TimelineEntry]:
    """The history of a person, unit or group, newest first, without what concerns other bodies.

    On an isolated LAN who is cleared for secrets is for who decides on that, on its own page.
    """
    found = []
    for event in reversed(history(obj)):
        detail = event.fields.get("detail", {})
        at = str(detail.get("at", ""))
        if at and at not in {str(body) for body in known}:
            continue
        if isolated() and event.kind_name == "identity.person.cleared":
            continue
        tone = "danger" if event.damaged or event.out == "fail" else ""
        found.append(
            TimelineEntry(
                event.when,
                event.who or "–",
                event.sentence,
                as_what=event.position,
                tone=tone,  # type: ignore[arg-type]
            )
        )
    return found[:SHOWN]


def state_of(change: Asked, since: dt.date, until: dt.date | None) -> tuple[str, str]:
    """The state of a change of rights in words, and the tone of its tag."""
    today = timezone.localdate()
    if change.refused_at is not None:
        return _("Không được chấp nhận"), "danger"
    over = getattr(change, "outlived", False) or (until is not None and until < today)
    if change.ended_at is not None or over:
        return _("Đã kết thúc"), ""
    if change.confirmed_at is None:
        return (
            (_("Đang dùng, chưa ai xác nhận"), "warn")
            if change.alone
            else (
                _("Chờ xác nhận"),
                "warn",
            )
        )
    return (_("Chưa đến ngày"), "info") if since > today else (_("Đang có hiệu lực"), "ok")


def span(since: dt.date, until: dt.date | None, ended: dt.datetime | None = None) -> str:
    """From–to in words."""
    if ended is not None:
        day = timezone.localtime(ended).date()
        until = min(day, until) if until else day
    if until is None:
        return _("từ %(since)s") % {"since": formats.day(since)}
    return f"{formats.day(since)} – {formats.day(until)}"


def unit_choices(units: list[Unit], *, several: bool) -> list[tuple[str, str]]:
    """Units to choose from; with their body's short name where there are several bodies."""
    return [
        (str(one.pk), f"{one.name} ({one.body.short_name})" if several else one.name)
        for one in units
    ]


def key_of(text: str) -> uuid.UUID | None:
    """An id from a form; None for none."""
    return uuid.UUID(text) if text else None
