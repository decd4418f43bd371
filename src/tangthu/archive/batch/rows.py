"""From cells to typed values: each row becomes the values of its dossier and of its document.

Each value keeps what the cell said, where it stands and what was made of it. Findings about single
values are made here; those that need files, other rows or answers are made in `report`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tangthu.archive.batch.cells import Row, Table
from tangthu.archive.batch.codes import (
    MODE_SECRET,
    CodeLists,
    declares_secret,
    degree_in_words,
    degree_of_mark,
    degree_of_mode,
    names_secrecy,
)
from tangthu.archive.batch.findings import (
    DEFAULT,
    DERIVED,
    DOCUMENT,
    DOSSIER,
    INDEX,
    Finding,
    Repair,
    found,
)
from tangthu.archive.batch.headings import BY_KEY
from tangthu.archive.batch.mapping import ColumnMapping
from tangthu.archive.batch.matching import file_name
from tangthu.standards.vietnamese.codes import canonical_notation, parse_code
from tangthu.standards.vietnamese.dates import DateError, PartialDate, from_parts, parse_date
from tangthu.standards.vietnamese.record_types import OTHER, match_type
from tangthu.standards.vietnamese.text import fold

_BOX = re.compile(
    r"^(?:ho\s*so|hop|cap|box|muc\s*luc|hs)?\s*(?:so)?\s*[:.]?\s*0*(\d{1,6})\s*([a-z]?)$"
)
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})")
_COUNT = re.compile(r"^0*(\d{1,10})(?:\s*(?:to|trang|van ban|tai lieu|tr)\.?)?$")
_FLAGS = {"1": "1", "0": "0", "co": "1", "khong": "0", "x": "1", "true": "1", "false": "0",
          "da": "1", "chua": "0"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """A field's value: normalised text, what was written, on what basis, and where it comes from.

    `source` is a cell address, file name or snippet. Dates are DD/MM/YYYY, MM/YYYY or YYYY; codes
    are those of the lists. `confidence` is 1 for what stands in the index.
    """

    value: str
    raw: str
    basis: str
    source: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class RowDraft:
    """One row of the index: values of its dossier (shared by rows that say the same), values of its
    document, additional metadata by heading, the path it names.

    `secret` is the level, dossier or document, on which it declares itself secret; of such a row
    nothing but its place in the holding is kept (AR-127).
    """

    number: int
    dossier: Mapping[str, Value]
    document: Mapping[str, Value]
    extras: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    secret: str = ""

    @property
    def file(self) -> str:
        """The file name in the path the row names."""
        return file_name(self.path)

    @property
    def says_secret(self) -> bool:
        """Whether the row states a degree of secrecy, of its document or of the whole dossier."""
        return bool(self.secret) or "secrecy" in self.document or "secrecy" in self.dossier

    @property
    def key(self) -> str:
        """The target of findings and decisions about the document of this row."""
        return f"row:{self.number}"


class RowReader:
    """Reads the rows of one table through one mapping; keeps what equal dossier cells mean."""

    def __init__(self, table: Table, mapping: ColumnMapping, lists: CodeLists) -> None:
        self._table = table
        self._lists = lists
        columns = mapping.columns()
        self._dossier = self._of(columns, DOSSIER)
        self._document = self._of(columns, DOCUMENT)
        self._extras = tuple((c.column, c.heading) for c in mapping.extras())
        self._known: dict[tuple[str, ...], tuple[Mapping[str, Value], tuple[Finding, ...]]] = {}
        self.findings: list[Finding] = []
        self.secret_paths: dict[int, str] = {}
        self.coded: dict[tuple[str, str, str], list[str]] = {}

    @staticmethod
    def _of(columns: Mapping[str, int], level: str) -> Mapping[str, int]:
        return {
            BY_KEY[key].name: column
            for key, column in columns.items()
            if BY_KEY[key].level == level
        }

    def read(self, row: Row) -> RowDraft:
        """The draft of one row; findings about its values are added to `findings`."""
        secret = self._secret(row)
        target = f"row:{row.number}"
        if secret and not self._lists.secrets:
            self.findings.append(
                found("secret.declared", target, self._table.address(row.number, 0))
            )
            return self._secret_draft(row, secret)
        dossier = self._dossier_values(row)
        document = self._level(row, self._document, DOCUMENT, target, self.findings)
        extras = {
            heading: text
            for column, heading in self._extras
            if (text := row.value(column)) and not (names_secrecy(heading) and degree_of_mark(text))
        }
        path = row.value(self._document["path"]) if "path" in self._document else ""
        if secret:
            dossier, document = self._with_degrees(row, dossier, document)
        return RowDraft(row.number, dossier, document, extras, path)

    def _with_degrees(
        self, row: Row, dossier: Mapping[str, Value], document: Mapping[str, Value]
    ) -> tuple[Mapping[str, Value], Mapping[str, Value]]:
        """Both levels with the degree of secrecy that each states, and mode 03 with it (AR-128).

        A degree in a column of unknown meaning is the document's.
        """
        found = []
        for values, columns in ((dossier, self._dossier), (document, self._document)):
            degree, text = max(self._stated(row, columns), default=("", ""))
            if degree:
                values = {
                    **values,
                    "mode": Value(MODE_SECRET, text, INDEX, ""),
                    "secrecy": Value(degree, text, INDEX, ""),
                }
            found.append(values)
        return found[0], found[1]

    def _stated(self, row: Row, columns: Mapping[str, int]) -> list[tuple[str, str]]:
        """Each degree of secrecy that the columns of one level state, with the text of the cell."""
        cells = [
            (tells, row.value(columns[name]))
            for name, tells in (("mode", degree_of_mode), ("secrecy", degree_of_mark))
            if name in columns
        ]
        if columns is self._document:
            cells += [
                (degree_of_mark if names_secrecy(heading) else degree_in_words, row.value(column))
                for column, heading in self._extras
            ]
        return [(degree, text) for tells, text in cells if (degree := tells(text))]

    def _secret_draft(self, row: Row, level: str) -> RowDraft:
        if "path" in self._document:
            self.secret_paths[row.number] = row.value(self._document["path"])
        values = self._level(row, self._dossier, DOSSIER, "", [])
        dossier = {name: value for name, value in values.items() if name in _PLACE}
        ordinal = {name: at for name, at in self._document.items() if name == "ordinal"}
        document = self._level(row, ordinal, DOCUMENT, "", [])
        return RowDraft(row.number, dossier, document, secret=level)

    def _secret(self, row: Row) -> str:
        for level, columns in ((DOSSIER, self._dossier), (DOCUMENT, self._document)):
            if self._stated(row, columns):
                return level
        return ""

    def _dossier_values(self, row: Row) -> Mapping[str, Value]:
        cells = tuple(row.value(column) for column in self._dossier.values())
        line = self._dossier.get("line")
        if line is not None:
            cells = tuple(
                "" if column == line else row.value(column) for column in self._dossier.values()
            )
        known = self._known.get(cells)
        if known is None:
            findings: list[Finding] = []
            values = self._level(row, self._dossier, DOSSIER, f"row:{row.number}", findings)
            known = (values, tuple(findings))
            if len(self._known) < 100_000:
                self._known[cells] = known
            self.findings.extend(findings)
        return known[0]

    def _level(
        self,
        row: Row,
        columns: Mapping[str, int],
        level: str,
        target: str,
        findings: list[Finding],
    ) -> Mapping[str, Value]:
        values: dict[str, Value] = {}
        for name, column in columns.items():
            raw = row.value(column)
            if not raw or name in ("line", "path", "secrecy"):
                continue
            key = f"{level}.{name}"
            kind = BY_KEY[key].kind
            if kind in ("day", "month", "year"):
                continue
            place = self._table.address(row.number, column)
            if name == "mode" and self._lists.secrets and declares_secret(raw):
                values[name] = Value(MODE_SECRET, raw, INDEX, place)
                continue
            value = self._value(kind, key, raw, target, place, findings)
            if value is not None:
                values[name] = Value(value, raw, INDEX, place)
        for name in ("start", "end", "issued"):
            if f"{name}_year" in columns:
                self._date(row, columns, level, name, target, values, findings)
        if "code" in values and level == DOCUMENT:
            _split_code(values)
        return values

    def _value(
        self,
        kind: str,
        key: str,
        raw: str,
        target: str,
        place: str,
        findings: list[Finding],
    ) -> str | None:
        """The normalised value of one cell, or None when nothing certain can be made of it."""
        name = key.partition(".")[2]
        level = key.partition(".")[0]
        label = BY_KEY[key].label

        def say(code: str, *repairs: Repair, **params: str) -> None:
            findings.append(
                found(code, target, place, field=name, value=raw, level=level,
                      repairs=repairs, label=label, **params)
            )  # fmt: skip

        if kind.startswith("list:"):
            code = self._lists.find(kind[5:], raw)
            if code is None:
                say("field.not-coded")
            elif code != raw:
                self.coded.setdefault((key, raw, code), []).append(place)
            return code
        if kind == "type":
            match = match_type(raw)
            if match.code is None:
                say("field.type.unknown", Repair(name, OTHER, DEFAULT, 0.3),
                    proposal=self._type_label(OTHER))  # fmt: skip
                return None
            if match.suggestion:
                say("field.type.unknown", Repair(name, match.code, DERIVED, match.score / 100),
                    proposal=self._type_label(match.code))  # fmt: skip
                return None
            if match.how != "exact":
                say("field.type.mapped", Repair(name, match.code, DERIVED, match.score / 100),
                    proposal=self._type_label(match.code))  # fmt: skip
            return match.code
        if kind == "count":
            number = _COUNT.match(fold(raw))
            if number is None:
                say("field.count.odd")
                return None
            return str(int(number[1]))
        if kind == "number":
            number_text = canonical_number(raw)
            if number_text != raw and not (raw.isdigit() and number_text.isdigit()):
                say("field.box.normalised", Repair(name, number_text, DERIVED),
                    proposal=number_text)  # fmt: skip
            return number_text
        if kind == "docnumber":
            if not re.match(r"^\d{1,7}\s?[a-zA-ZđĐ]?(?:/\d{4})?$", raw):
                say("field.number.odd", Repair(name, "", DEFAULT, 0.4), proposal="")
                return None
            return raw
        if kind == "notation":
            notation = canonical_notation(raw)
            if notation != raw.removeprefix("/"):
                say("field.notation.normalised", Repair(name, notation, DERIVED),
                    proposal=notation)  # fmt: skip
            return notation
        if kind == "date":
            try:
                return parse_date(raw).vietnamese()
            except DateError as error:
                say("date.impossible", *_what_remains(name, _three(raw)), message=error.message)
                return None
        if kind == "flag":
            return _FLAGS.get(fold(raw).strip())
        return raw

    def _type_label(self, code: str) -> str:
        return f"{code} {self._lists.label('document_types', code)}"

    def _date(
        self,
        row: Row,
        columns: Mapping[str, int],
        level: str,
        name: str,
        target: str,
        values: dict[str, Value],
        findings: list[Finding],
    ) -> None:
        """Join the three columns of a date; a day that cannot be leaves the month, if that can."""
        parts = [columns.get(f"{name}_{part}") for part in ("day", "month", "year")]
        texts = [row.value(column) if column is not None else "" for column in parts]
        if not any(texts):
            return
        raw = "/".join(text for text in texts if text)
        first = next(c for c, text in zip(parts, texts, strict=True) if c is not None and text)
        place = self._table.address(row.number, first)
        label = BY_KEY[f"{level}.{name}"].label
        try:
            date = from_parts(*texts)
        except DateError as error:
            repair = _what_remains(name, texts)
            findings.append(
                found("date.impossible", target, place, field=name, value=raw, level=level,
                      repairs=repair, label=label, message=error.message)
            )  # fmt: skip
            return
        if date is None:
            return
        if date.day is None and level == DOCUMENT:
            findings.append(
                found("date.partial", target, place, field=name, value=date.vietnamese(),
                      level=level, label=label)
            )  # fmt: skip
        values[name] = Value(date.vietnamese(), raw, INDEX, place)


def _three(raw: str) -> list[str]:
    """Day, month and year as one cell writes them; blank where it does not."""
    match = _DAY_MONTH_YEAR.fullmatch(raw.strip())
    return list(match.groups()) if match else ["", "", ""]


def _what_remains(name: str, texts: list[str]) -> tuple[Repair, ...]:
    for day, month, year in (("", texts[1], texts[2]), ("", "", texts[2])):
        try:
            date = from_parts(day, month, year)
        except DateError:
            continue
        if date is not None:
            return (Repair(name, date.vietnamese(), DERIVED, 0.5),)
    return ()


_PLACE = frozenset({"fonds_name", "fonds_code", "inventory", "number", "box"})


def canonical_number(text: str) -> str:
    """A box, inventory or dossier number: `hopso01`, `Hộp 1`, `1` are `01`; other text stays."""
    match = _BOX.match(fold(text).strip())
    return f"{match[1].zfill(2)}{match[2].upper()}" if match else text


def date_of(text: str) -> PartialDate | None:
    """The date that a value states, None when it states none."""
    try:
        return parse_date(text) if text else None
    except DateError:
        return None


def _split_code(values: dict[str, Value]) -> None:
    """`Số, ký hiệu` in one column gives number and notation, where those have no column."""
    whole = values["code"]
    code = parse_code(whole.raw)
    if code.number and "number" not in values:
        number = f"{code.number:0>2}"
        values["number"] = Value(number, whole.raw, INDEX, whole.source)
    if code.notation and "notation" not in values:
        values["notation"] = Value(code.notation, whole.raw, INDEX, whole.source)
