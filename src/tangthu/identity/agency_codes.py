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
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tangthu.identity.models import AgencyCode, BodyName
from tangthu.kernel.errors import InvalidInput
from tangthu.standards.vietnamese import nfc

COLUMNS = ("ma_dinh_danh", "ten", "tu_ngay", "den_het_ngay", "quyet_dinh")
MAX_BYTES, MAX_ROWS = 8 * 1024 * 1024, 100_000
_CODE = re.compile(r"[A-Z0-9]{1,13}(\.[A-Z0-9]{1,13})*")
# Of more columns nothing is read: a small file must not fill the memory. The reader of TOML is
# given plain lines alone, for its time grows with the square of what is nested.
_MAX_COLUMNS = 30
_PLAIN = re.compile(r"\s*(#.*|\[\[codes\]\]\s*(#.*)?|\w{1,40}\s*=\s*[\"'\d].{0,2000})?")


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
        tables = _toml(text) if name.lower().endswith(".toml") else _csv(text)
    except (ValueError, csv.Error, RecursionError) as error:  # bytes and TOML raise ValueError
        raise _wrong(_("Không đọc được tệp: cần CSV (UTF-8) hoặc TOML.")) from error
    if not isinstance(tables, list) or not 0 < len(tables) <= MAX_ROWS:
        raise _wrong(_("Tệp không có mã nào, hoặc quá nhiều."))
    rows = [_row(number, one) for number, one in enumerate(tables, 1)]
    _require_apart(rows)
    return rows


def _toml(text: str) -> Any:
    """What stands under `codes`. Raises ValueError."""
    lines = text.splitlines()
    if not all(map(_PLAIN.fullmatch, lines)) or text.count("[[codes]]") > MAX_ROWS:
        raise ValueError("not plain tables of codes")
    return tomllib.loads(text).get("codes", [])


def _csv(text: str) -> list[dict[str, str]]:
    """The rows by their columns, one more than may be at most. Raises ValueError, csv.Error."""
    lines = csv.reader(io.StringIO(text, newline=""))
    head = next(lines, [])
    if len(head) > _MAX_COLUMNS:
        raise ValueError("too many columns")
    rows = (dict(zip(head, line, strict=False)) for line in lines if line)
    return list(islice(rows, MAX_ROWS + 1))


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
    fits = fits and len(told["quyet_dinh"]) <= 200 and not _unseen(name + told["quyet_dinh"])
    if not fits or (until is not None and until < since):
        raise _wrong(_("Dòng %(n)s: mã, tên hoặc thời hạn không đúng.") % {"n": number})
    return Row(code, name, since, until, told["quyet_dinh"])


def _unseen(text: str) -> bool:
    """Whether a text holds characters that are not seen, or turn around what stands after them."""
    return any(unicodedata.category(one) in ("Cc", "Cf", "Cs") for one in text)


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
    words = nfc(words.replace("\0", " ")).strip()
    return rows.filter(code__icontains=words) | rows.filter(name__icontains=words)


@dataclass(frozen=True, slots=True)
class Retired:
    """When a code was last in use, and by which decision it ended."""

    last_day: dt.date
    decision: str


Ends = Mapping[str, Sequence[tuple[dt.date | None, str]]]


def ends_of(codes: Collection[str]) -> Ends:
    """When each period of some codes ended (None: it did not), and by which decision, as the
    registry, or a body of this installation, has it."""
    periods: dict[str, list[tuple[dt.date | None, str]]] = {}
    for model in (AgencyCode, BodyName):
        rows = model.objects.filter(code__in=list(codes))  # type: ignore[attr-defined]
        for code, until, decision in rows.values_list("code", "effective_to", "decision"):
            periods.setdefault(code, []).append((until, decision))
    return periods


def retired(ends: Ends, code: str, day: dt.date) -> Retired | None:
    """How a code was no longer in use on a day: every period of it ended before. One that began
    later is not retired, nor one of which nothing is known."""
    if code not in ends:
        return None
    until, decision = max(ends[code], key=lambda one: one[0] or dt.date.max)
    return Retired(until, decision) if until is not None and until < day else None
