"""From rows and files to drafts: which dossiers there are, which documents, what each proposes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tangthu.archive.batch.codes import MODE_SECRET, CodeLists
from tangthu.archive.batch.findings import (
    COUNTED,
    DEFAULT,
    DERIVED,
    DOCUMENT,
    DOSSIER,
    EXTRACTED,
    NAME,
    Repair,
)
from tangthu.archive.batch.matching import Matching
from tangthu.archive.batch.model import (
    FROM_FILE,
    FROM_ROW,
    BatchFile,
    DocumentDraft,
    ProposalLike,
)
from tangthu.archive.batch.names import NameCodes, dossier_in_words, parse_name
from tangthu.archive.batch.rows import RowDraft, Value, canonical_number, date_of
from tangthu.standards.vietnamese.codes import canonical_notation
from tangthu.standards.vietnamese.dates import DateError, PartialDate, parse_date
from tangthu.standards.vietnamese.record_types import OTHER, match_type
from tangthu.standards.vietnamese.text import fold

_PROPOSED = {
    "type": "type",
    "number": "number",
    "notation": "notation",
    "date": "issued",
    "issued": "issued",
    "issued_on": "issued",
    "issuer": "issuer",
    "subject": "subject",
}
_LIMIT = {"subject": 500, "issuer": 200, "number": 11, "notation": 30}


@dataclass(slots=True)
class Place:
    """A dossier while it is put together: rows, files and covers in it, and what each row says."""

    key: str
    number: str
    inventory: str
    rows: list[RowDraft] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    covers: list[str] = field(default_factory=list)
    names: list[NameCodes] = field(default_factory=list)
    secret: bool = False

    @property
    def target(self) -> str:
        """The target of findings about the dossier."""
        return f"dossier:{self.key}"


class Places:
    """The dossiers of a batch by key (`inventory/number`, with the fonds before it if several)."""

    def __init__(self, rows: Iterable[RowDraft]) -> None:
        drafts = list(rows)
        fonds = {_fonds(row.dossier) for row in drafts}
        self._several = len(fonds - {""}) > 1
        self.by_key: dict[str, Place] = {}
        self._by_number: dict[str, list[str]] = {}
        self.of_row: dict[int, str] = {}
        for row in drafts:
            self._add_row(row)

    def _add_row(self, row: RowDraft) -> None:
        number = row.dossier.get("number") or row.dossier.get("file_code")
        text = number.value if number else (self._number_in(row.path) or "")
        if not text:
            return
        inventory = row.dossier["inventory"].value if "inventory" in row.dossier else ""
        parts = [_fonds(row.dossier)] if self._several else []
        parts += [part for part in (inventory, canonical_number(text)) if part]
        if row.secret == DOCUMENT:
            return
        place = self._place("/".join(parts), canonical_number(text), inventory)
        if row.secret == DOSSIER:
            place.secret = True
            return
        place.rows.append(row)
        self.of_row[row.number] = place.key

    def _place(self, key: str, number: str, inventory: str) -> Place:
        place = self.by_key.get(key)
        if place is None:
            place = self.by_key[key] = Place(key, number, inventory)
            self._by_number.setdefault(number, []).append(key)
        return place

    @staticmethod
    def _number_in(path: str) -> str | None:
        codes = parse_name(path) if path else None
        return codes.dossier if codes else (dossier_in_words(path) if path else None)

    def find(self, path: str) -> Place | None:
        """The dossier a file belongs to by name or folder; made anew when the index lacks it.

        With one dossier in the batch, a file that says nothing belongs there. None when unsure.
        """
        codes = parse_name(path)
        number = codes.dossier if codes else dossier_in_words(path)
        if number is None:
            return next(iter(self.by_key.values())) if len(self.by_key) == 1 else None
        number = canonical_number(number)
        inventory = canonical_number(codes.inventory) if codes and codes.inventory else ""
        keys = self._by_number.get(number, [])
        same = [key for key in keys if inventory and self.by_key[key].inventory == inventory]
        if len(same) == 1 or (len(keys) == 1 and not same):
            return self.by_key[(same or keys)[0]]
        if keys:
            return None
        return self._place("/".join(p for p in (inventory, number) if p), number, inventory)


def _fonds(values: Mapping[str, Value]) -> str:
    value = values.get("fonds_code") or values.get("fonds_name")
    return " ".join(fold(value.value).split()) if value else ""


def merged(rows: Sequence[RowDraft]) -> tuple[dict[str, Value], dict[str, list[str]]]:
    """The dossier values that most rows state, and for each field stated differently the values.

    Of several degrees of secrecy the highest holds, however few rows state it.
    """
    counts: dict[str, Counter[str]] = {}
    first: dict[tuple[str, str], Value] = {}
    previous: Mapping[str, Value] | None = None
    for row in rows:
        if row.dossier is previous:
            for name, value in row.dossier.items():
                counts[name][value.value] += 1
            continue
        previous = row.dossier
        for name, value in row.dossier.items():
            counts.setdefault(name, Counter())[value.value] += 1
            first.setdefault((name, value.value), value)
    values = {name: first[name, counter.most_common(1)[0][0]] for name, counter in counts.items()}
    if "secrecy" in counts:
        values["secrecy"] = first["secrecy", max(counts["secrecy"])]
        values["mode"] = first["mode", MODE_SECRET]
    differing = {name: list(counter) for name, counter in counts.items() if len(counter) > 1}
    return values, differing


def proposals_of(
    given: Sequence[ProposalLike],
    interval: tuple[PartialDate | None, PartialDate | None],
    lists: CodeLists,
) -> dict[str, Repair]:
    """The best proposal for each field as a repair, in the form the field wants.

    A date outside the dossier's time is more likely misread than true and is left out.
    """
    found: dict[str, Repair] = {}
    for proposal in given:
        name = _PROPOSED.get(proposal.field)
        if name is None:
            continue
        value = _fit(name, str(proposal.value), interval, lists)
        known = found.get(name)
        if value and (known is None or proposal.confidence > known.confidence):
            found[name] = Repair(
                name, value, EXTRACTED, proposal.confidence, proposal.snippet, proposal.page
            )
    return found


def _fit(
    name: str,
    value: str,
    interval: tuple[PartialDate | None, PartialDate | None],
    lists: CodeLists,
) -> str:
    if name == "type":
        if lists.has("document_types", value):
            return value
        return match_type(value).code or ""
    if name == "issued":
        try:
            date = parse_date(value)
        except DateError:
            return ""
        return date.vietnamese() if within(date, interval) else ""
    if name == "notation":
        value = canonical_notation(value, ocr=True)
    value = " ".join(value.split())
    limit = _LIMIT[name]
    return value if len(value) <= limit else value[: limit - 1].rsplit(" ", 1)[0] + "…"


def within(date: PartialDate, interval: tuple[PartialDate | None, PartialDate | None]) -> bool:
    """Whether some day the date may mean lies in the interval; an open end admits everything."""
    start, end = interval
    if start is not None and date.last_day() < start.first_day():
        return False
    return end is None or date.first_day() <= end.last_day()


def interval_of(values: Mapping[str, Value]) -> tuple[PartialDate | None, PartialDate | None]:
    """The dossier's first and last date, None where not stated."""
    start, end = values.get("start"), values.get("end")
    return (date_of(start.value) if start else None), (date_of(end.value) if end else None)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a document can take from its dossier when nothing is said of it: common issuer, year."""

    issuer: str = ""
    issuer_share: float = 0.0
    language: str = ""
    year: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Value], rows: Sequence[RowDraft]) -> Surroundings:
        """From the dossier's values and the issuers its rows name most."""
        issuers: Counter[str] = Counter()
        spelled: dict[str, str] = {}
        for row in rows:
            value = row.document.get("issuer")
            if value:
                key = " ".join(fold(value.value).split())
                issuers[key] += 1
                spelled.setdefault(key, value.value)
        issuer, share = "", 0.0
        if issuers:
            key, count = issuers.most_common(1)[0]
            issuer, share = spelled[key], count / sum(issuers.values())
        start, end = interval_of(values)
        year = str(start.year) if start and end and start.year == end.year else ""
        language = values["language"].value if "language" in values else ""
        return cls(issuer, share, language, year)


def fill(
    draft: DocumentDraft,
    extracted: Mapping[str, Repair],
    around: Surroundings,
    file: BatchFile | None,
) -> DocumentDraft:
    """The draft with a proposal for each missing field for which something can be said."""
    proposals: dict[str, Repair] = {}
    codes = parse_name(draft.file) if draft.file else None
    if "ordinal" not in draft.values and codes is not None and codes.ordinal is not None:
        proposals["ordinal"] = Repair("ordinal", str(codes.ordinal), NAME, 1.0, draft.file or "")
    if "pages" not in draft.values and file is not None and file.pages:
        proposals["pages"] = Repair("pages", str(file.pages), COUNTED)
    if "language" not in draft.values:
        proposals["language"] = (
            Repair("language", around.language, DERIVED, 0.9)
            if around.language
            else Repair("language", "01", DEFAULT, 0.6)
        )
    for name in ("type", "issued", "issuer", "subject"):
        if name in draft.values:
            continue
        repair = extracted.get(name) or _fallback(name, draft, around)
        if repair is not None:
            proposals[name] = repair
    if draft.origin == FROM_FILE:
        for name in ("number", "notation"):
            if name in extracted:
                proposals[name] = extracted[name]
    return replace(draft, proposals=proposals)


def _fallback(name: str, draft: DocumentDraft, around: Surroundings) -> Repair | None:
    if name == "type":
        subject = draft.values.get("subject")
        match = match_type(subject.value) if subject else None
        if match is not None and match.code is not None:
            assert subject is not None
            return Repair("type", match.code, DERIVED, match.score / 200, subject.value[:80])
        return Repair("type", OTHER, DEFAULT, 0.2)
    if name == "issued" and around.year:
        return Repair("issued", around.year, DERIVED, 0.3)
    if name == "issuer" and around.issuer:
        return Repair("issuer", around.issuer, DERIVED, round(0.6 * around.issuer_share, 2))
    return None


def row_draft(row: RowDraft, dossier: str, matching: Matching) -> DocumentDraft:
    """The document that a row describes, with the file it was matched with."""
    file = matching.files.get(row.number)
    return DocumentDraft(
        row.key, FROM_ROW, dossier, row.number, file[0] if file else None, row.document, {},
        row.extras,
    )  # fmt: skip


def file_draft(path: str, dossier: str) -> DocumentDraft:
    """The document proposed for a file that no row names."""
    return DocumentDraft(f"file:{path}", FROM_FILE, dossier, None, path, {})
