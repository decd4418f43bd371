"""A record's description as TT05 sees it, and what its rules find wrong with it.

What stood wrong before does not hinder a person from mending something else: a finding blocks only
if the change brings it about; what was already there is shown as a warning.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tangthu.archive.as_tt05 import document_description, dossier_description
from tangthu.kernel.rulebook import rulebook
from tangthu.records.days import day_of
from tangthu.records.models import Document, Dossier, Membership
from tangthu.standards.rules import NotInForceError, RuleSet
from tangthu.standards.tt05.findings import Finding
from tangthu.standards.vietnamese import nfc

DIGITISED = "02"
_LEVELS: dict[type, str] = {Dossier: "aip_dossier", Document: "aip_document"}


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings by field identifier: those that block the change, and those that stood before."""

    blocking: Mapping[str, list[str]]
    standing: Mapping[str, list[str]]

    def as_advice(self) -> Judged:
        """The same where the circular only advises: nothing blocks (AR-03)."""
        names = dict.fromkeys([*self.standing, *self.blocking])
        every = {n: [*self.standing.get(n, []), *self.blocking.get(n, [])] for n in names}
        return Judged({}, every)


def judged_on(record: Dossier | Document, today: date) -> date:
    """The day whose rules judge a description: that of the record itself where rules for it were in
    force then; `today` for what is older than they are, undated, or dated to come (RM-014)."""
    day = day_of(record)
    if day is None or day > today:
        return today
    try:
        rulebook().fields(_LEVELS[type(record)], day)
    except NotInForceError:
        return today
    return day


Homes = Mapping[uuid.UUID, Membership]


def homes_of(records: Sequence[Dossier | Document]) -> Homes:
    """The place of each document among some records, beside which its description is read; one
    statement, however many."""
    ids = [one.pk for one in records if isinstance(one, Document)]
    places = Membership.objects.filter(document__in=ids).select_related("dossier")
    return {one.document_id: one for one in places.order_by("-pk")}


def findings(
    record: Dossier | Document, today: date, homes: Homes | None = None
) -> dict[str, list[str]]:
    """What the rules in force on the record's day find wrong with its description, by field
    identifier; see `judged_on`. `homes` are `homes_of` it and others that are read with it."""
    rules, on = rulebook(), judged_on(record, today)
    names = {field.name: field.identifier for field in rules.fields(_LEVELS[type(record)], on)}
    found: dict[str, list[str]] = {}
    places = homes_of([record]) if homes is None else homes
    for finding in _check(record, rules, on, places):
        identifier = names.get(finding.field, "")
        found.setdefault(identifier, []).append(f"{finding.message} {finding.fix}".strip())
    return found


def judge(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> Judged:
    """Part the findings after a change into those it brings about and those that stood before."""
    blocking: dict[str, list[str]] = {}
    standing: dict[str, list[str]] = {}
    for identifier, sentences in after.items():
        for sentence in sentences:
            old = sentence in before.get(identifier, [])
            (standing if old else blocking).setdefault(identifier, []).append(sentence)
    return Judged(blocking, standing)


def _check(record: Dossier | Document, rules: RuleSet, on: date, homes: Homes) -> list[Finding]:
    digitised = record.reliability == DIGITISED
    if isinstance(record, Dossier):
        return dossier_description(record).check(rules, on, digitised=digitised)
    place = homes.get(record.pk)
    if place is None:
        return []
    described = document_description(place.dossier, record, place.ordinal)
    return described.check(rules, on, digitised=digitised)


def cleaned(value: Any) -> Any:
    """A value as it is kept: text in NFC, without NUL and outer blanks, lines ended by LF alone.

    Forms send CR LF, which must not look like a change.
    """
    if not isinstance(value, str):
        return value
    return nfc(value.replace("\0", "").replace("\r\n", "\n")).strip()


def as_text(value: Any) -> str:
    """A value as an event tells it: plain text, codes by commas, flags as 1 and 0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
