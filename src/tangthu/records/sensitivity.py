"""Sensitivity labels of records: which is how strict, and whose changes wait (RM-951).

The labels are data (rulesets/sensitivity.toml). They are no degrees of state secrecy, which have
columns and rules of their own (`records.levels`).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import F

from tangthu.kernel.rulebook import rulebook
from tangthu.records.models import Document, Dossier, Membership
from tangthu.standards.rules import Code, NotInForceError

LIST = "sensitivity"
FIELD = "sensitivity"


def label(code: str | None) -> Code | None:
    """A label as the newest list has it; None for no label, or one that is none."""
    return next((one for one in rulebook().newest_codes(LIST) if one.code == code), None)


def citation(code: str | None) -> str:
    """Where a label comes from; "" for none."""
    found = label(code)
    return found.citation if found else ""


def strictness(code: str | None) -> int:
    """How strict a label is; 0 for none."""
    found = label(code)
    return int(str(found.attributes["strictness"])) if found else 0


def asks_condition(code: str | None) -> bool:
    """Whether a record with this label must be one of conditional access."""
    found = label(code)
    return bool(found and found.attributes["conditional"])


def label_over(record: Dossier | Document) -> str | None:
    """The strictest label of a record and of its body's dossiers in which it stands."""
    labels = [record.sensitivity]
    if isinstance(record, Document):
        homes = Membership.objects.filter(document=record, dossier__body_id=record.body_id)
        labels += homes.values_list("dossier__sensitivity", flat=True)
    return max(labels, key=strictness)


def is_guarded(record: Dossier | Document, on: date) -> bool:
    """Whether a change of the record waits for a second person, by the rule of the day `on`."""
    return record.pk in guarded_among([record], on)


def guarded_among(records: Sequence[Dossier | Document], on: date) -> set[uuid.UUID]:
    """Those of some records whose changes wait; one statement, however many."""
    try:
        least = strictness(rulebook().text("sensitivity.approve_from", on))
    except NotInForceError:
        return set()
    guarded = {one.code for one in rulebook().newest_codes(LIST) if strictness(one.code) >= least}
    found = {one.pk for one in records if one.sensitivity in guarded}
    homes = Membership.objects.filter(
        document__in=[one.pk for one in records if isinstance(one, Document)],
        dossier__body_id=F("document__body_id"),
        dossier__sensitivity__in=guarded,
    )
    return found | set(homes.values_list("document_id", flat=True))


def only_closes(record: Dossier | Document, changes: Mapping[str, Any]) -> bool:
    """Whether changes do nothing but close the record further: that waits for nobody."""
    label_then = changes.get(FIELD, record.sensitivity)
    level_then = changes.get("access_level", record.access_level)
    return (
        changes.keys() <= {FIELD, "access_level"}
        and strictness(label_then) >= strictness(record.sensitivity)
        and level_then >= record.access_level
    )
