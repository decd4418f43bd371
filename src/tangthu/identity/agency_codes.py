"""The national registry of identifiers as it was loaded: reading a file, finding, what is retired.

A registry file is CSV (UTF-8) with the columns below, or TOML with one `[[codes]]` table for each
code. A code that the registry does not have says nothing: it may never have been loaded (AR-37).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tangthu.identity.models import AgencyCode, BodyName
from tangthu.kernel.errors import InvalidInput
from tangthu.standards.vietnamese import nfc

COLUMNS = ("ma_dinh_danh", "ten", "tu_ngay", "den_het_ngay", "quyet_dinh")
MAX_BYTES, MAX_ROWS = 8 * 1024 * 1024, 100_000
_CODE = re.compile(r"[A-Z0-9]{1,13}(\.[A-Z0-9]{1,13})*")


@dataclass(frozen=True, slots=True)
class Row:
    """One code of a registry file."""

    code: str
    name: str
    since: dt.date
    until: dt.date | None
    decision: str


def read(name: str, data: bytes) -> list[Row]:
    """The codes of a registry file; its name tells the form. Raises InvalidInput naming the row."""
    if len(data) > MAX_BYTES:
        raise _wrong(_("Tệp quá lớn."))
    try:
        text = data.decode("utf-8-sig")
        if name.lower().endswith(".toml"):
            tables = tomllib.loads(text).get("codes", [])
        else:
            tables = list(csv.DictReader(io.StringIO(text)))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error, RecursionError) as error:
        raise _wrong(_("Không đọc được tệp: cần CSV (UTF-8) hoặc TOML.")) from error
    if not isinstance(tables, list) or not 0 < len(tables) <= MAX_ROWS:
        raise _wrong(_("Tệp không có mã nào, hoặc quá nhiều."))
    rows = [_row(number, one) for number, one in enumerate(tables, 1)]
    _require_apart(rows)
    return rows


def _row(number: int, given: Any) -> Row:
    if not isinstance(given, Mapping):
        raise _wrong(_("Dòng %(n)s không đúng.") % {"n": number})
    told = {key: nfc(str(given.get(key) or "")).strip() for key in COLUMNS}
    try:
        since = dt.date.fromisoformat(told["tu_ngay"])
        until = dt.date.fromisoformat(told["den_het_ngay"]) if told["den_het_ngay"] else None
    except ValueError as error:
        raise _wrong(_("Dòng %(n)s: ngày phải dạng 2025-07-01.") % {"n": number}) from error
    code, name = told["ma_dinh_danh"], told["ten"]
    fits = len(code) <= 35 and _CODE.fullmatch(code) and 0 < len(name) <= 300
    if not fits or len(told["quyet_dinh"]) > 200 or (until is not None and until < since):
        raise _wrong(_("Dòng %(n)s: mã, tên hoặc thời hạn không đúng.") % {"n": number})
    return Row(code, name, since, until, told["quyet_dinh"])


def _require_apart(rows: Iterable[Row]) -> None:
    """No code stands twice on one day."""
    ordered = sorted(rows, key=lambda one: (one.code, one.since))
    for code, periods in groupby(ordered, key=lambda one: one.code):
        for before, after in pairwise(periods):
            if before.until is None or after.since <= before.until:
                raise _wrong(_("Mã %(code)s có hai thời hạn chồng nhau.") % {"code": code})


def _wrong(words: str) -> InvalidInput:
    return InvalidInput(words, problems={"file": [words]})


def found(words: str) -> QuerySet[AgencyCode]:
    """The codes whose code or name holds the words ("" all), by code, the newest first."""
    rows = AgencyCode.objects.order_by("code", "-effective_from")
    words = nfc(words).strip()
    return rows.filter(code__icontains=words) | rows.filter(name__icontains=words)


@dataclass(frozen=True, slots=True)
class Retired:
    """When a code was last in use, and by which decision it ended."""

    last_day: dt.date
    decision: str


def retired_before(codes: Collection[str], day: dt.date) -> dict[str, Retired]:
    """Those of some codes that were no longer in use on a day: every period that the registry, or a
    body of this installation, has of them ended before. One that began later is not retired."""
    periods: dict[str, list[tuple[dt.date | None, str]]] = {}
    for model in (AgencyCode, BodyName):
        rows = model.objects.filter(code__in=list(codes))  # type: ignore[attr-defined]
        for code, until, decision in rows.values_list("code", "effective_to", "decision"):
            periods.setdefault(code, []).append((until, decision))
    told = {}
    for code, ends in periods.items():
        last = max(ends, key=lambda one: one[0] or dt.date.max)
        if last[0] is not None and last[0] < day:
            told[code] = Retired(last[0], last[1])
    return told
