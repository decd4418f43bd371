"""The dry run: what is there, row by row and file by file, what is wrong and how to repair it.

Pure: a table, a mapping, facts of files, proposals and answers go in; nothing is read or written.
Linear in rows plus files.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tangthu.archive.batch.cells import Table, letters
from tangthu.archive.batch.codes import CodeLists, declares_secret
from tangthu.archive.batch.drafts import (
    Place,
    Places,
    Surroundings,
    file_draft,
    fill,
    interval_of,
    merged,
    proposals_of,
    row_draft,
)
from tangthu.archive.batch.duties import (
    ANSWER_NAMES,
    ANSWERABLE,
    DOSSIER_DUTIES,
    FROM_NAMES,
    LENGTHS,
    LISTS,
)
from tangthu.archive.batch.errors import BadDecisionError
from tangthu.archive.batch.file_checks import duplicates, file_findings
from tangthu.archive.batch.findings import (
    ASKS,
    BLOCKS,
    COUNTED,
    DEFAULT,
    DERIVED,
    DOCUMENT,
    DOSSIER,
    FILE,
    NAME,
    REPAIRS,
    Finding,
    Repair,
    found,
)
from tangthu.archive.batch.headings import BY_KEY
from tangthu.archive.batch.mapping import ColumnMapping
from tangthu.archive.batch.matching import CODE, EXACT, Matching, match, why_not_record
from tangthu.archive.batch.model import (
    FROM_ROW,
    BatchFile,
    BatchReport,
    DocumentDraft,
    DossierDraft,
    ProposalLike,
    files_by_path,
)
from tangthu.archive.batch.names import is_cover, parse_name
from tangthu.archive.batch.row_checks import document_findings
from tangthu.archive.batch.rows import RowDraft, RowReader, Value, canonical_number, date_of

_HOW = {"spelling": "khác cách viết", "stem": "khác đuôi", CODE: "theo mã"}


def build_report(
    table: Table,
    mapping: ColumnMapping,
    files: Sequence[BatchFile],
    proposals: Mapping[str, Sequence[ProposalLike]],
    answers: Mapping[str, str] | None = None,
    *,
    lists: CodeLists,
    index_names: Iterable[str] = (),
) -> BatchReport:
    """Make the dry run of a batch.

    `proposals` are those of capture by file path; `answers` hold for the whole batch (`access` or
    `mode`: "01", `body_code`: …); `index_names` are files beside the records that are the index
    itself. Raises BadDecisionError for an answer that is no field or no code of its list.
    """
    return _Builder(table, mapping, files, proposals, answers or {}, lists, index_names).report()


def checked_answers(answers: Mapping[str, str], lists: CodeLists) -> dict[str, str]:
    """Answers by field name, each a code of its list. Raises BadDecisionError."""
    checked: dict[str, str] = {}
    for given, value in answers.items():
        name = ANSWER_NAMES.get(given, given)
        if name not in ANSWERABLE:
            raise BadDecisionError(what=f"không có trường “{given[:40]}” để trả lời chung")
        checked[name] = checked_value(name, value, lists)
    return checked


def checked_value(name: str, value: str, lists: CodeLists) -> str:
    """A value for a field as the field wants it, codes recognised. Raises BadDecisionError."""
    value = " ".join(value.split())
    listed = LISTS.get(name)
    if value and listed is not None:
        code = lists.find(listed, value)
        if code is None:
            raise BadDecisionError(what=f"“{value[:60]}” không có trong danh mục của trường {name}")
        if name == "mode" and declares_secret(code):
            raise BadDecisionError(what="hệ thống có kết nối không nhận tài liệu mật (AR-127)")
        return code
    if value and name in ("issued", "start", "end"):
        date = date_of(value)
        if date is None:
            raise BadDecisionError(what=f"“{value[:40]}” không phải ngày có thật")
        return date.vietnamese()
    if value and name in ("ordinal", "pages", "sheets", "documents"):
        if not (value.isascii() and value.isdigit() and len(value) <= 10):
            raise BadDecisionError(what=f"“{value[:40]}” không phải một số lượng")
        return str(int(value))
    if value and name == "backup" and value not in ("0", "1"):
        raise BadDecisionError(what="chế độ dự phòng là 0 hoặc 1")
    return value


class _Builder:
    def __init__(
        self,
        table: Table,
        mapping: ColumnMapping,
        files: Sequence[BatchFile],
        proposals: Mapping[str, Sequence[ProposalLike]],
        answers: Mapping[str, str],
        lists: CodeLists,
        index_names: Iterable[str],
    ) -> None:
        self.table = table
        self.mapping = mapping
        self.files = files_by_path(files)
        self.proposals = proposals
        self.lists = lists
        self.answers = checked_answers(answers, lists)
        self.index_names = tuple(index_names)
        self.batch: list[Finding] = []
        self.dossier_findings: list[Finding] = []
        self.others: list[Finding] = []
        self.documents: dict[str, DocumentDraft] = {}
        self.dossiers: dict[str, DossierDraft] = {}

    def report(self) -> BatchReport:
        reader = RowReader(self.table, self.mapping, self.lists)
        rows = tuple(reader.read(row) for row in self.table.rows)
        self._table_findings()
        self._coded(reader)
        self.others.extend(reader.findings)
        skipped = {
            path: why for path in self.files if (why := why_not_record(path, self.index_names))
        }
        records = [path for path in self.files if path not in skipped]
        self.places = Places(row for row in rows if not row.secret)
        matching = self._match(rows, records)
        secret_files = {
            matching.files[row.number][0]
            for row in rows
            if row.secret and row.number in matching.files
        }
        self._place_rows(rows, matching)
        self._place_files(matching, skipped, secret_files)
        self._names()
        for place in self.places.by_key.values():
            self._dossier(place, matching)
        self._batch_wide()
        for path in records:
            self.others.extend(file_findings(self.files[path], secret=path in secret_files))
        self.others.extend(duplicates([self.files[path] for path in records]))
        for path, why in skipped.items():
            self.others.append(found("file.not-record", f"file:{path}", path, file=path, why=why))
        return BatchReport(
            self.table.name,
            self._digest(),
            self.mapping,
            rows,
            self.files,
            self.documents,
            self.dossiers,
            tuple(_unique([*self.batch, *self.dossier_findings, *self.others])),
            self.answers,
            skipped,
        )

    def _digest(self) -> str:
        """Names the batch: the same rows, files and mapping give the same value."""
        state = hashlib.sha256(self.table.name.encode())
        state.update(self.mapping.to_json().encode())
        for row in self.table.rows:
            state.update(f"{row.number}\0".encode() + "\0".join(row.values).encode() + b"\n")
        for file in self.files.values():
            state.update(f"{file.path}\0{file.sha256}\n".encode(errors="surrogateescape"))
        return state.hexdigest()

    def _table_findings(self) -> None:
        for sheet in self.table.other_sheets:
            self.batch.append(found("table.other-sheet", f"sheet:{sheet}", sheet, sheet=sheet))
        for choice in self.mapping.choices:
            target = f"column:{letters(choice.column)}"
            place = self.table.address(self.table.header_row, choice.column)
            facts: dict[str, Any] = {
                "column": letters(choice.column),
                "heading": choice.heading,
            }
            if choice.doubtful and choice.field is None:
                self.batch.append(
                    found("mapping.repeated", target, place, repairs=(Repair("", "", DEFAULT),),
                          **facts)
                )  # fmt: skip
            elif choice.doubtful and choice.field is not None:
                self.batch.append(
                    found("mapping.ambiguous", target, place,
                          repairs=(Repair("", choice.field, DERIVED, choice.confidence),),
                          shown=BY_KEY[choice.field].label, **facts)
                )  # fmt: skip
            elif choice.field is None and choice.heading:
                self.batch.append(found("mapping.extra", target, place, **facts))

    def _coded(self, reader: RowReader) -> None:
        for (key, raw, code), places in reader.coded.items():
            name = LISTS[BY_KEY[key].name]
            self.batch.append(
                found("field.coded", f"value:{key}:{raw[:80]}", places[0], field=BY_KEY[key].name,
                      value=raw, label=BY_KEY[key].label, count=len(places),
                      proposal=f"{code} {self.lists.label(name, code)}")
            )  # fmt: skip

    def _match(self, rows: Sequence[RowDraft], records: Sequence[str]) -> Matching:
        ordinals = {
            row.number: (self._place_code(row), row.document["ordinal"].value)
            for row in rows
            if "ordinal" in row.document and "number" in row.dossier
        }
        inventories = {row.dossier["inventory"].value for row in rows if "inventory" in row.dossier}
        several = len(inventories) > 1

        def of_row(number: int) -> tuple[str, str, str] | None:
            known = ordinals.get(number)
            if known is None:
                return None
            (inventory, dossier), ordinal = known
            return inventory if several else "", dossier, ordinal

        def of_file(path: str) -> tuple[str, str, str] | None:
            codes = parse_name(path)
            if codes is None or codes.ordinal is None:
                return None
            inventory = canonical_number(codes.inventory or "") if several else ""
            return inventory, canonical_number(codes.dossier), str(codes.ordinal)

        return match({row.number: row.path for row in rows}, records, of_row, of_file)

    @staticmethod
    def _place_code(row: RowDraft) -> tuple[str, str]:
        inventory = row.dossier.get("inventory")
        return (inventory.value if inventory else "", row.dossier["number"].value)

    def _place_rows(self, rows: Sequence[RowDraft], matching: Matching) -> None:
        path_column = self.mapping.columns().get("document.path", 0)
        shared = {row: path for path, sharing in matching.shared.items() for row in sharing}
        for row in rows:
            if row.secret:
                continue
            place = self.table.address(row.number, path_column)
            key = self.places.of_row.get(row.number, "")
            facts: dict[str, Any] = {"row": row.number, "file": row.file}
            if not key:
                self.others.append(found("row.no-dossier", row.key, place, row=row.number))
            draft = row_draft(row, key, matching)
            self.documents[draft.key] = draft
            if row.number in matching.unsure:
                options = matching.unsure[row.number]
                self.others.append(
                    found("row.file-unsure", row.key, place, count=len(options), **facts)
                )
            elif draft.file is None:
                code = "row.no-file" if row.path else "row.no-path"
                self.others.append(found(code, row.key, place, value=row.file, **facts))
            elif row.number in shared:
                other = next(n for n in matching.shared[shared[row.number]] if n != row.number)
                self.others.append(
                    found("row.file-shared", row.key, place, value=row.file, other=other, **facts)
                )
            elif matching.files[row.number][1] != EXACT:
                path, how = matching.files[row.number]
                self.others.append(
                    found("row.file-guessed", row.key, place, value=row.file, found=path,
                          how=_HOW[how], **facts)
                )  # fmt: skip
            if row.path and is_cover(row.path):
                self.others.append(found("row.cover", row.key, place, value=row.file, **facts))
            if draft.file is not None and key:
                self.places.by_key[key].files.append(draft.file)

    def _place_files(
        self, matching: Matching, skipped: Mapping[str, str], secret_files: set[str]
    ) -> None:
        for path in matching.files_without_row:
            if path in skipped or path in secret_files:
                continue
            place = self.places.find(path)
            if is_cover(path) and parse_name(path) is None:
                self.others.append(found("file.cover", f"file:{path}", path, file=path))
                if place is not None:
                    place.covers.append(path)
                continue
            draft = file_draft(path, place.key if place is not None else "")
            self.documents[draft.key] = draft
            if place is None:
                self.others.append(found("file.unplaced", draft.key, path, file=path))
            else:
                place.files.append(path)

    def _names(self) -> None:
        """Codes that only the file names tell: archive and body, when all names agree."""
        told: dict[str, Counter[str]] = {name: Counter() for name in FROM_NAMES}
        for place in self.places.by_key.values():
            for path in place.files or [row.path for row in place.rows]:
                codes = parse_name(path) if path else None
                if codes is not None:
                    place.names.append(codes)
            for codes in place.names:
                for name, value in (("archive_code", codes.archive), ("body_code", codes.body)):
                    if value:
                        told[name][value] += 1
        for name, counter in told.items():
            stated = any(name in row.dossier for p in self.places.by_key.values() for row in p.rows)
            if name in self.answers or stated:
                continue
            label = BY_KEY[f"dossier.{name}"].label
            if len(counter) == 1:
                value, count = counter.most_common(1)[0]
                self.batch.append(
                    found("name.codes", "batch", "", field=name, value=value, label=label,
                          files=count, repairs=(Repair(name, value, NAME),))
                )  # fmt: skip
            elif counter:
                self.batch.append(
                    found("name.varies", "batch", "", field=name, label=label,
                          values=", ".join(sorted(counter)[:8]),
                          repairs=(Repair(name, counter.most_common(1)[0][0], NAME, 0.5),))
                )  # fmt: skip
            else:
                self.batch.append(found(f"field.missing.{name}", "batch", field=name, label=label,
                                        level=DOSSIER))  # fmt: skip

    def _dossier(self, place: Place, matching: Matching) -> None:
        values, differing = merged(place.rows)
        target = f"dossier:{place.key}"
        cell = self.table.address(place.rows[0].number, 0) if place.rows else ""
        if "number" not in values and place.number:
            values["number"] = Value(place.number, place.number, NAME, "")
        declared = {name: _number(values.get(name)) for name in ("documents", "sheets")}
        for name, stated in differing.items():
            if name != "box" or len({canonical_number(one) for one in stated}) > 1:
                self.dossier_findings.append(
                    found("dossier.contradiction", target, cell, field=name,
                          dossier=place.number, label=BY_KEY[f"dossier.{name}"].label,
                          values="; ".join(one[:60] for one in stated[:6]),
                          repairs=(Repair(name, values[name].value, DERIVED, 0.6),))
                )  # fmt: skip
        around = Surroundings.of(values, place.rows)
        interval = interval_of(values)
        keys = self._documents_of(place)
        pages = 0
        for key in keys:
            draft = self.documents[key]
            given = self.proposals.get(draft.file, ()) if draft.file else ()
            file = self.files.get(draft.file) if draft.file else None
            draft = fill(draft, proposals_of(given, interval, self.lists), around, file)
            self.documents[key] = draft
            self.others.extend(document_findings(draft, self.table, interval, self.lists, file))
            pages += file.pages or 0 if file else 0
        gaps = self._ordinals(place, keys, declared["documents"])
        self._counts(place, declared, len(keys), pages)
        self._dossier_duties(place, values, pages)
        self.dossiers[place.key] = DossierDraft(
            place.key, values, tuple(keys), tuple(row.number for row in place.rows),
            tuple(sorted(place.files)), tuple(place.covers), declared["documents"],
            declared["sheets"], gaps,
        )  # fmt: skip

    def _documents_of(self, place: Place) -> list[str]:
        from_rows = [row.key for row in place.rows]
        taken = {self.documents[key].file for key in from_rows}
        return from_rows + [f"file:{path}" for path in sorted(place.files) if path not in taken]

    def _ordinals(self, place: Place, keys: Sequence[str], declared: int | None) -> tuple[int, ...]:
        target = f"dossier:{place.key}"
        seen: Counter[int] = Counter()
        for key in keys:
            ordinal = _ordinal(self.documents[key])
            if ordinal is not None:
                seen[ordinal] += 1
        for ordinal, count in sorted(seen.items()):
            if count > 1:
                self.dossier_findings.append(
                    found("dossier.ordinal.duplicate", target, field=f"ordinal:{ordinal}",
                          dossier=place.number, ordinal=ordinal, value=str(ordinal))
                )  # fmt: skip
        last = max([*seen, min(declared or 0, 100_000)], default=0)
        gaps = tuple(n for n in range(1, min(last, 100_000) + 1) if n not in seen)
        if gaps:
            self.dossier_findings.append(
                found("dossier.ordinal.gap", target, value=ranges(gaps), dossier=place.number,
                      gaps=ranges(gaps))
            )  # fmt: skip
        return gaps

    def _counts(
        self, place: Place, declared: Mapping[str, int | None], documents: int, pages: int
    ) -> None:
        target = f"dossier:{place.key}"
        present = len(place.files)
        if declared["documents"] is not None and declared["documents"] != present:
            self.dossier_findings.append(
                found("dossier.count.declared", target, field="documents",
                      value=str(declared["documents"]), declared=declared["documents"],
                      dossier=place.number, rows=len(place.rows), files=present)
            )  # fmt: skip
        if declared["sheets"] is not None and present:
            self.dossier_findings.append(
                found("dossier.sheets.declared", target, field="sheets",
                      value=str(declared["sheets"]), declared=declared["sheets"],
                      dossier=place.number, pages=pages)
            )  # fmt: skip
        if not present:
            self.dossier_findings.append(
                found("dossier.no-file", target, dossier=place.number, severity=BLOCKS)
            )

    def _dossier_duties(self, place: Place, values: Mapping[str, Value], pages: int) -> None:
        target = f"dossier:{place.key}"
        start, end = interval_of(values)
        if start and end and end.last_day() < start.first_day():
            self.dossier_findings.append(
                found("date.order", target, field="end", value=end.vietnamese(),
                      start=start.vietnamese(), end=end.vietnamese())
            )  # fmt: skip
        years = {codes.year for codes in place.names if codes.year}
        for name in DOSSIER_DUTIES:
            if name in values or name in self.answers or name in _BATCH_WIDE or name in FROM_NAMES:
                continue
            if name == "paper_code" or name == "documents":
                continue  # composed and counted when the dossier is accepted
            repair: Repair | None = None
            severity = ASKS
            if name == "pages" and pages:
                repair, severity = Repair("pages", str(pages), COUNTED), REPAIRS
            elif name == "language":
                repair = Repair("language", "01", DEFAULT, 0.6)
            elif name == "year" and len(years) == 1:
                repair, severity = Repair("year", years.copy().pop(), NAME), REPAIRS
            elif name == "year" and start is not None:
                repair, severity = Repair("year", str(start.year), DERIVED, 0.8), REPAIRS
            self.dossier_findings.append(
                found(f"field.missing.{name}", target, field=name, severity=severity,
                      level=DOSSIER, label=BY_KEY[f"dossier.{name}"].label,
                      repairs=(repair,) if repair else (),
                      proposal=repair.value if repair else "")
            )  # fmt: skip
        named = next(iter(years)) if len(years) == 1 else ""
        if named and start is not None and named != str(start.year):
            self.dossier_findings.append(
                found("dossier.name-year", target, value=str(start.year), named=named,
                      dossier=place.number)
            )  # fmt: skip
        for name, limit in LENGTHS["dossier"].items():
            value = values.get(name)
            if value is not None and len(value.value) > limit:
                self.dossier_findings.append(
                    found("field.too-long", target, value.source, field=name, level=DOSSIER,
                          label=BY_KEY[f"dossier.{name}"].label, length=len(value.value),
                          limit=limit)
                )  # fmt: skip

    def _batch_wide(self) -> None:
        """Duties that nothing in the batch states: asked once, or derived for everything."""
        documents = len(self.documents)
        for name in _BATCH_WIDE:
            if name in self.answers:
                continue
            lacking = [d for d in self.documents.values() if name not in d.values]
            dossiers = [d for d in self.dossiers.values() if name not in d.values]
            if not dossiers and (not lacking or name in ("condition", "backup")):
                continue
            repair = _WIDE_REPAIRS.get(name)
            severity = REPAIRS if repair is not None and repair.confidence == 1.0 else ASKS
            label = BY_KEY[f"dossier.{name}"].label
            self.batch.append(
                found(f"field.missing.{name}", "batch", field=name, severity=severity,
                      level=DOSSIER if dossiers else DOCUMENT, label=label,
                      repairs=(repair,) if repair else (), documents=len(lacking), of=documents,
                      dossiers=len(dossiers), proposal=repair.value if repair else "")
            )  # fmt: skip


_BATCH_WIDE = ("mode", "condition", "confidence", "backup")
_WIDE_REPAIRS: Mapping[str, Repair] = {
    "condition": Repair("condition", "02", DEFAULT, 0.5),
    "confidence": Repair("confidence", "02", DERIVED, 1.0),  # AR-52: digitised
    "backup": Repair("backup", "0", DEFAULT, 1.0),
}


def _number(value: Value | None) -> int | None:
    return int(value.value) if value is not None and value.value.isdigit() else None


def _ordinal(draft: DocumentDraft) -> int | None:
    value = draft.values.get("ordinal")
    text = value.value if value else ""
    if not text and "ordinal" in draft.proposals:
        text = draft.proposals["ordinal"].value
    return int(text) if text.isdigit() else None


def ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers in short: 1–3, 7, 9–83."""
    parts: list[str] = []
    start = previous = None
    for number in [*numbers, None]:
        if start is not None and previous is not None and number == previous + 1:
            previous = number
            continue
        if start is not None and previous is not None:
            parts.append(str(start) if start == previous else f"{start}–{previous}")
        start = previous = number
    return ", ".join(parts)


def _unique(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Each finding once: two cells that say the same of one field are one finding."""
    seen: set[str] = set()
    for finding in findings:
        if finding.id not in seen:
            seen.add(finding.id)
            yield finding


__all__ = ["FILE", "FROM_ROW", "build_report", "checked_answers", "checked_value", "ranges"]
