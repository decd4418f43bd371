"""The dry run: what is there, row by row and file by file, what is wrong and how to repair it.

Pure: a table, a mapping, facts of files, proposals and answers go in; nothing is read or written.
Linear in rows plus files.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from tangthu.archive.batch.answers import checked_answers
from tangthu.archive.batch.cells import Table, letters
from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.dossier_checks import (
    contradictions,
    count_findings,
    duty_findings,
    gaps_in,
    ordinal_findings,
    ordinals,
)
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
from tangthu.archive.batch.duties import BATCH_WIDE, FROM_NAMES, LISTS
from tangthu.archive.batch.file_checks import already_held, duplicates, file_findings
from tangthu.archive.batch.findings import (
    ASKS,
    DEFAULT,
    DERIVED,
    DOSSIER,
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
    BatchFile,
    BatchReport,
    DocumentDraft,
    DossierDraft,
    ProposalLike,
    files_by_path,
)
from tangthu.archive.batch.names import body_codes, is_cover, parse_name
from tangthu.archive.batch.row_checks import document_findings, one_answer
from tangthu.archive.batch.rows import RowDraft, RowReader, Value, canonical_number

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
    lists_again: Set[str] = frozenset(),
    held: Mapping[str, str] | None = None,
    hidden_rows: frozenset[int] = frozenset(),
) -> BatchReport:
    """Make the dry run of a batch.

    `proposals` are those of capture by file path; `answers` hold for the whole batch (`access` or
    `mode`: "01", `body_code`: …); `index_names` are files beside the records that are the index
    itself, `lists_again` paths of files that hold that list again, whole or in part; `held` gives
    by SHA-256 the code of the record whose content is already in the archive; `hidden_rows` are
    left out as if the index did not have them.
    Raises BadDecisionError for an answer that is no field or no code of its list.
    """
    seen = tuple(row for row in table.rows if row.number not in hidden_rows)
    made = _Builder(replace(table, rows=seen), mapping, files, proposals, answers or {}, lists,
                    index_names, lists_again, held or {}).report()  # fmt: skip
    return replace(made, hidden_rows=hidden_rows)


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
        lists_again: Set[str],
        held: Mapping[str, str],
    ) -> None:
        self.table = table
        self.mapping = mapping
        self.columns = mapping.columns()
        self.files = files_by_path(files)
        self.proposals = proposals
        self.lists = lists
        self.answers = checked_answers(answers, lists)
        self.index_names = tuple(index_names)
        self.lists_again = lists_again
        self.held = held
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
        } | dict.fromkeys(self.lists_again, "index")
        records = [path for path in self.files if path not in skipped]
        self.places = Places(rows)
        matching = self._match(rows, reader.secret_paths, records)
        secret_files = {
            matching.files[row.number][0]
            for row in rows
            if row.secret and row.number in matching.files
        }
        for row in rows:  # a secret row that may mean several files means each of them
            if row.secret:
                secret_files.update(matching.unsure.get(row.number, ()))
        self._place_rows(rows, matching)
        self._place_files(matching, skipped, secret_files)
        for key in [key for key, place in self.places.by_key.items() if place.secret]:
            secret_files.update(self._refuse(self.places.by_key.pop(key)))
        self._names()
        for place in self.places.by_key.values():
            self._dossier(place)
        self._batch_wide()
        for path in records:
            self.others.extend(file_findings(self.files[path], secret=path in secret_files))
        self.others.extend(duplicates([self.files[path] for path in records]))
        self.others.extend(already_held([self.files[path] for path in records], self.held))
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
            tuple(_unique([*self.batch, *self.dossier_findings, *one_answer(self.others)])),
            self.answers,
            skipped,
        )

    def _digest(self) -> str:
        """Names the dry run: the same rows, files, answers and proposals give the same value."""
        state = hashlib.sha256(self.table.name.encode())
        state.update(self.mapping.to_json().encode())
        for row in self.table.rows:
            state.update(f"{row.number}\0".encode() + "\0".join(row.values).encode() + b"\n")
        for file in self.files.values():
            state.update(f"{file.path}\0{file.sha256}\n".encode(errors="surrogateescape"))
        for name, answer in sorted(self.answers.items()):
            state.update(f"{name}\0{answer}\n".encode())
        for draft in self.documents.values():
            for repair in draft.proposals.values():
                state.update(
                    f"{draft.key}\0{repair.field}\0{repair.value}\n".encode(errors="replace")
                )
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

    def _refuse(self, place: Place) -> Iterable[str]:
        """Drop the drafts of a dossier declared secret as a whole; gives its files (AR-127)."""
        paths = {*place.files, *place.covers}
        for row in place.rows:
            self.documents.pop(row.key, None)
        for path in paths:
            self.documents.pop(f"file:{path}", None)
        return paths

    def _match(
        self, rows: Sequence[RowDraft], secret_paths: Mapping[int, str], records: Sequence[str]
    ) -> Matching:
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

        paths = {row.number: secret_paths.get(row.number, row.path) for row in rows}
        return match(paths, records, of_row, of_file)

    @staticmethod
    def _place_code(row: RowDraft) -> tuple[str, str]:
        inventory = row.dossier.get("inventory")
        return (inventory.value if inventory else "", row.dossier["number"].value)

    def _place_rows(self, rows: Sequence[RowDraft], matching: Matching) -> None:
        path_column = self.columns.get("document.path", 0)
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
        known = (self.answers.get("archive_code"), self.answers.get("body_code"))
        told: dict[str, Counter[str]] = {name: Counter() for name in FROM_NAMES}
        readings: set[str] = set()
        for place in self.places.by_key.values():
            for path in place.files or [row.path for row in place.rows]:
                codes = parse_name(path) if path else None
                if codes is not None:
                    place.names.append(codes)
                bodies = body_codes(path, *known) if path else None
                if bodies is None:
                    continue
                readings.update(bodies.readings)
                for name, value in (("archive_code", bodies.archive), ("body_code", bodies.body)):
                    if value:
                        told[name][value] += 1
        for name, counter in told.items():
            stated = any(name in row.dossier for p in self.places.by_key.values() for row in p.rows)
            if name not in self.answers and not stated:
                self.batch.append(self._told(name, counter, readings))

    def _told(self, name: str, counter: Counter[str], readings: set[str]) -> Finding:
        label = BY_KEY[f"dossier.{name}"].label
        if not counter:
            body = self.answers.get("body_code") if name == "archive_code" else None
            return found(
                f"field.missing.{name}", "batch", field=name, label=label, level=DOSSIER,
                repairs=(Repair(name, body, DEFAULT, 0.4),) if body else (), proposal=body or "",
            )  # fmt: skip
        value, count = counter.most_common(1)[0]
        if len(counter) > 1:
            return found(
                "name.varies", "batch", field=name, label=label,
                values=", ".join(sorted(counter)[:8]), repairs=(Repair(name, value, NAME, 0.5),),
            )  # fmt: skip
        if readings:
            return found(
                "name.ambiguous", "batch", field=name, value=value, label=label, files=count,
                values="; ".join(sorted(readings)[:8]), repairs=(Repair(name, value, NAME, 0.7),),
            )  # fmt: skip
        return found(
            "name.codes", "batch", field=name, value=value, label=label, files=count,
            repairs=(Repair(name, value, NAME),),
        )  # fmt: skip

    def _dossier(self, place: Place) -> None:
        values, differing = merged(place.rows)
        cell = self.table.address(place.rows[0].number, 0) if place.rows else ""
        if "number" not in values and place.number:
            values["number"] = Value(place.number, place.number, NAME, "")
        codes = {one.file_code for one in place.names if one.file_code}
        if "file_code" not in values and len(codes) == 1:
            code = codes.pop()
            values["file_code"] = Value(code, code, NAME, "")
        declared = {name: _number(values.get(name)) for name in ("documents", "sheets")}
        self.dossier_findings.extend(contradictions(place, cell, values, differing))
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
            self.others.extend(
                document_findings(draft, self.table, self.columns, interval, self.lists, file)
            )
            pages += file.pages or 0 if file else 0
        drafts = [self.documents[key] for key in keys]
        gaps = gaps_in(drafts, declared["documents"])
        self.dossier_findings.extend(ordinal_findings(place, ordinals(drafts), gaps))
        self.dossier_findings.extend(
            count_findings(place, declared["documents"], declared["sheets"], pages)
        )
        self.dossier_findings.extend(duty_findings(place, values, self.answers, pages))
        self.dossiers[place.key] = DossierDraft(
            place.key, values, tuple(keys), tuple(row.number for row in place.rows),
            tuple(sorted(place.files)), tuple(place.covers), declared["documents"],
            declared["sheets"], gaps,
        )  # fmt: skip

    def _documents_of(self, place: Place) -> list[str]:
        from_rows = [row.key for row in place.rows]
        taken = {self.documents[key].file for key in from_rows}
        return from_rows + [f"file:{path}" for path in sorted(place.files) if path not in taken]

    def _batch_wide(self) -> None:
        """Duties that nothing in the batch states: asked once, or derived for everything."""
        documents = len(self.documents)
        for name in BATCH_WIDE:
            if name in self.answers:
                continue
            dossiers = {k: d for k, d in self.dossiers.items() if name not in d.values}
            lacking = [
                draft
                for draft in self.documents.values()
                if name not in draft.values and draft.dossier in dossiers
            ]
            if not dossiers:
                continue
            repair = _WIDE_REPAIRS.get(name)
            severity = REPAIRS if repair is not None and repair.confidence == 1.0 else ASKS
            label = BY_KEY[f"dossier.{name}"].label
            self.batch.append(
                found(f"field.missing.{name}", "batch", field=name, severity=severity,
                      level=DOSSIER, label=label,
                      repairs=(repair,) if repair else (), documents=len(lacking), of=documents,
                      dossiers=len(dossiers), proposal=repair.value if repair else "")
            )  # fmt: skip


_WIDE_REPAIRS: Mapping[str, Repair] = {
    "condition": Repair("condition", "02", DEFAULT, 0.5),
    "confidence": Repair("confidence", "02", DERIVED, 1.0),  # AR-52: digitised
    "backup": Repair("backup", "0", DEFAULT, 1.0),
}


def _number(value: Value | None) -> int | None:
    return int(value.value) if value is not None and value.value.isdigit() else None


def _unique(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Each finding once: two cells that say the same of one field are one finding."""
    seen: set[str] = set()
    for finding in findings:
        if finding.id not in seen:
            seen.add(finding.id)
            yield finding
