"""What bodies are called: today by their rows, before by the name of the day (RM-012)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet

from tangthu.identity.models import Body, BodyName


def name_on(body: Body, day: dt.date | None) -> BodyName | None:
    """What `body` was called on `day`; its earliest name for a day before it was opened here.

    None for no day, and for a body without names: today's name stands then.
    """
    if day is None:
        return None
    names = body.names.order_by("effective_from", "id")
    return names.filter(effective_from__lte=day).last() or names.first()


def names_on(asked: Iterable[tuple[uuid.UUID, dt.date | None]]) -> dict[tuple[Any, Any], str]:
    """What bodies were called on some days, as `name_on` tells it; two statements, however many."""
    pairs = set(asked)
    bodies = {body for body, _day in pairs}
    today = dict(Body.objects.filter(pk__in=bodies).values_list("pk", "name"))
    borne: dict[uuid.UUID, list[tuple[dt.date, str]]] = {}
    rows = BodyName.objects.filter(body_id__in=bodies).order_by("effective_from", "id")
    for body, since, name in rows.values_list("body_id", "effective_from", "name"):
        borne.setdefault(body, []).append((since, name))
    found = {}
    for body, day in pairs:
        names = borne.get(body, []) if day else []
        until = [name for since, name in names if day and since <= day]
        found[body, day] = until[-1] if until else names[0][1] if names else today.get(body, "")
    return found


def codes_held(without: uuid.UUID | None = None) -> Iterable[str]:
    """Every code that a body has or had, but for those of one body; none is given twice (AR-37)."""
    return BodyName.objects.exclude(body_id=without).values_list("code", flat=True)


def register(bodies: Collection[uuid.UUID]) -> QuerySet[BodyName]:
    """Every name and code that some bodies bear or bore, by body, the newest first."""
    return (
        BodyName.objects.filter(body_id__in=bodies)
        .select_related("body")
        .order_by("body__name", "body_id", "-effective_from", "-id")
    )
