"""What bodies are called: today by their rows, before by the name of the day (RM-012)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from tangthu.identity.models import Body, BodyName


def name_on(body: Body, day: dt.date | None) -> BodyName | None:
    """What `body` was called on `day`; its earliest name for a day before it was opened here.

    None for no day, and for a body without names: today's name stands then.
    """
    if day is None:
        return None
    names = body.names.order_by("effective_from", "id")
    return names.filter(effective_from__lte=day).last() or names.first()


def codes_held(without: uuid.UUID | None = None) -> Iterable[str]:
    """Every code that a body has or had, but for those of one body; none is given twice (AR-37)."""
    return BodyName.objects.exclude(body_id=without).values_list("code", flat=True)
