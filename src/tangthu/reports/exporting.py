"""The job that writes a list to a file: rows are read portion by portion, then written as they go.

Read portions are kept on disk, so that a job that was killed reads on from there. Rights are asked
for each portion when it is read, and once more when it is written: a job may have lain for a day.
"""

from __future__ import annotations

import json
import os
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from tangthu.discovery.lists import LONG_MS
from tangthu.identity.acting import Acting
from tangthu.identity.models import Person
from tangthu.identity.policies import Viewer
from tangthu.identity.queries import viewer_of
from tangthu.kernel import clock, deployment, terms
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import Refused
from tangthu.kernel.jobs import Running
from tangthu.records.levels import level_of
from tangthu.records.models import Dossier
from tangthu.reports import contents, files, queries, sources
from tangthu.reports.actions.order_export import finish_export, stale
from tangthu.reports.job_kinds import JOB_ROWS
from tangthu.reports.job_results import write_rows
from tangthu.reports.marks import EXPORTED_BY, mark_of, with_position
from tangthu.reports.models import Export
from tangthu.standards import durable
from tangthu.standards.sheets import (
    Column,
    PdfList,
    Row,
    Sheet,
    write_docx,
    write_rtf,
    write_xlsx,
)
from tangthu.ui import formats

_WEIGHTS = {"text": 14, "short": 9, "code": 15, "number": 7, "date": 10, "tag": 11}
_ALIGNS = {"number": "right", "date": "center"}
_PRIMARY = 34
# Of a row that was read: its kind, the id of its record, its cells, its body, its number if any.
Line = tuple[str, str, list[str], str, int | None]

# Each time the file is fetched, the rights to every row are asked for.
MOST_ROWS = 200_000


class TooLong(Refused):
    """The list has more rows than are written to one file."""


def run_export(running: Running) -> dict[str, Any]:
    """Write the list that the job is about; official lists are in Vietnamese."""
    export = Export.objects.select_related("person", "body").get(pk=running.args["export"])
    if export.finished_at is None:
        with translation.override("vi"), terms.using(export.body.terms):
            try:
                if export.source == JOB_ROWS:
                    write_rows(running, export)
                else:
                    _Writing(running, export).run()
            except OSError as error:
                # Taken back while it was written: a record in it must not leave any more.
                export.refresh_from_db(fields=["expires_at"])
                if export.expires_at <= clock.now():
                    raise stale() from error
                raise
    return {"export": str(export.pk)}


class _Writing:
    """One run of the job; `kept` says how far an earlier one came."""

    def __init__(self, running: Running, export: Export) -> None:
        self._running = running
        self._export = export
        self._folder = files.folder_of(export.pk)
        kept = running.job.result
        self._portions: int = kept.get("portions", 0)
        self._read: int = kept.get("read", 0)
        self._after: list[str] | None = kept.get("after")
        self._complete: bool = kept.get("complete", False)
        self._by_body: Counter[uuid.UUID] = Counter()
        self._total: int | None = kept.get("total")
        self._named: list[Dossier] = []
        self._numbered = False

    def run(self) -> None:
        """Read what is left to be read, write the file, record it."""
        durable.make_dirs(self._folder)
        self._folder.chmod(0o700)
        viewer = self._viewer()
        wanted = sources.as_ordered(
            viewer, self._export.source, self._export.asked, limit_ms=LONG_MS
        )
        if not self._complete:
            self._read_all(wanted)
        self._named = sources.named_in_head(viewer, wanted)
        self._numbered = all(contents.numbered(viewer, one) for one in self._named)
        rows = self._write(self._sheet(viewer, wanted))
        if self._named and not rows:
            # A head without lines tells of a dossier, and of nothing that is in it.
            raise sources.nothing_listed()
        self._running.progress(rows, rows, _("dòng đã ghi"), force=True)
        path = files.file_of(self._export)
        finish_export(
            Acting(self._viewer(), "job"),
            self._export,
            rows=rows,
            size=path.stat().st_size,
            sha256=durable.digest_file(path).digests["sha256"],
            by_body=self._by_body,
        )
        for portion in self._folder.glob("rows-*.jsonl"):
            portion.unlink()

    def _viewer(self) -> Viewer:
        return viewer_of(Person.objects.get(pk=self._export.person_id))

    def _read_all(self, wanted: sources.Asked) -> None:
        if self._total is None:
            count, capped = sources.count(self._viewer(), wanted, limit_ms=LONG_MS)
            self._total = None if capped else count
        columns = sources.chosen_columns(wanted, self._export.columns)
        after = (self._after[0], uuid.UUID(self._after[1])) if self._after else None
        self._progress(self._read, _("dòng đã đọc"))
        for portion, place in sources.portions(self._viewer, wanted, after=after, limit_ms=LONG_MS):
            lines = [
                json.dumps(
                    [
                        one.row.kind,
                        str(one.row.obj),
                        sources.cells(one, columns),
                        str(one.record.body_id),
                        one.ordinal,
                    ],
                    ensure_ascii=False,
                )
                for one in portion
            ]
            name = f"rows-{self._portions:06d}.jsonl"
            data = "\n".join(lines).encode("utf-8", "replace")
            durable.write_file(self._folder / name, [data], what="export.rows")
            self._portions += 1
            self._read += len(portion)
            self._after = [place[0], str(place[1])]
            self._keep()
            if self._read > MOST_ROWS:
                raise TooLong(
                    _("Danh sách quá dài để xuất."),
                    hint=_("Lọc theo phông, năm hoặc loại rồi xuất từng phần."),
                    rows=self._read,
                )
            self._progress(self._read, _("dòng đã đọc"))
        self._complete, self._total = True, self._read
        self._keep()

    def _keep(self) -> None:
        self._running.keep(
            {
                "portions": self._portions, "read": self._read, "after": self._after,
                "complete": self._complete, "total": self._total,
            }
        )  # fmt: skip

    def _progress(self, done: int, unit: str) -> None:
        total = None if self._total is None else max(self._total, done)
        self._running.progress(done, total, unit)

    def _rows(self) -> Iterator[Row]:
        """The kept rows that may still be seen, numbered.

        What the list tells of goes into `ids`: the records in its head, then one for each row.
        """
        number = 0
        self._by_body.clear()
        with (self._folder / "ids").open("wb") as ids:
            for named in self._named:
                ids.write(files.packed("dossier", named.pk))
            for lines in self._kept():
                viewer = self._viewer()
                seen: set[str] = set()
                for kind, mine in _by_kind(lines).items():
                    seen |= {str(one) for one in queries.still_visible(viewer, kind, mine)}
                for kind, obj, cells, body, own in lines:
                    if obj not in seen:
                        continue
                    number += 1
                    self._by_body[uuid.UUID(body)] += 1
                    ids.write(files.packed(kind, uuid.UUID(obj)))
                    yield [str(own if self._numbered and own else number), *cells]
                self._progress(number, _("dòng đã ghi"))
            files.end_of_told(ids)

    def _kept(self) -> Iterator[list[Line]]:
        """The portions that were read."""
        for at in range(self._portions):
            path = self._folder / f"rows-{at:06d}.jsonl"
            yield [json.loads(one) for one in path.read_text("utf-8").split("\n") if one]

    def _levels(self) -> set[str]:
        """The access levels of what was read, as they are now, for the mark on the first page on.

        A row that may no longer be seen when it is written is still among them: the degree in the
        mark may be higher than that of the rows, never lower.
        """
        found = {level_of(one) for one in self._named}
        if isolated():
            for lines in self._kept():
                for kind, mine in _by_kind(lines).items():
                    found |= queries.levels_of(kind, mine)
        return found

    def _sheet(self, viewer: Viewer, wanted: sources.Asked) -> Sheet:
        export = self._export
        columns = [Column(_("STT"), 5, "right", number=True)]
        for one in sources.chosen_columns(wanted, export.columns):
            weight = _PRIMARY if one.primary else _WEIGHTS[one.kind]
            align: Any = _ALIGNS.get(one.kind, "left")
            columns.append(Column(str(one.label), weight, align, one.kind == "number"))
        moment = export.ordered_at
        facts = [
            *sources.conditions_in_words(viewer, wanted),
            (_("Ngày xuất"), formats.moment(moment)),
            (str(EXPORTED_BY), with_position(viewer, export.body_id)),
        ]
        return Sheet(
            body=export.body.name,
            title=sources.title_of(wanted),
            facts=tuple(facts),
            columns=tuple(columns),
            mark=mark_of(
                export.body.short_name,
                viewer.full_name,
                moment,
                export.serial,
                by=EXPORTED_BY,
                levels=self._levels(),
            ),
            closing=lambda n: _("Danh sách này có %(n)s dòng.") % {"n": formats.thousands(n)},
            page=_("Trang"),
            origin=deployment.mark_of(settings.DEPLOYMENT_MODE),
        )

    def _write(self, sheet: Sheet) -> int:
        """The file in its format, whole or not at all; returns its rows."""
        path = files.file_of(self._export)
        making = path.with_name(f"making.{self._export.format}")
        rows = self._write_to(making, sheet)
        with making.open("rb") as written:
            os.fsync(written.fileno())
        durable.rename(making, path, what="export.file")
        return rows

    def _write_to(self, making: Path, sheet: Sheet) -> int:
        if self._export.format == Export.Format.XLSX:
            return write_xlsx(making, sheet, self._rows(), temporary=self._folder)
        if self._export.format == Export.Format.PDF:
            work = self._folder / "pdf"
            durable.make_dirs(work)
            listing = PdfList(work, sheet)
            for row in self._rows():
                listing.add(row)
            count = listing.finish(making)
            for part in work.iterdir():
                part.unlink()
            return count
        write = write_docx if self._export.format == Export.Format.DOCX else write_rtf
        with making.open("wb") as target:
            return write(target, sheet, self._rows())


def _by_kind(lines: list[Line]) -> dict[str, list[uuid.UUID]]:
    found: dict[str, list[uuid.UUID]] = {}
    for kind, obj, *_rest in lines:
        found.setdefault(kind, []).append(uuid.UUID(obj))
    return found
