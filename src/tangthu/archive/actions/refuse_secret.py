"""Refuse what the index declares a state secret: at once, and without keeping anything (AR-127).

The rows are blanked in our copy of the index, the files removed from our upload folder (a folder
that is not ours is only read, and those files are not read at all). The event says that it
happened and how often, never what it was.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence, Set
from pathlib import Path

import openpyxl
from django.db import transaction
from django.db.models import F

from tangthu.archive.batch.cells import Table
from tangthu.archive.incoming import FoundFile, index_path, path_in
from tangthu.archive.models import Batch
from tangthu.identity.acting import Acting
from tangthu.ledger.record import Event, record
from tangthu.standards import durable


def refuse_declared(
    acting: Acting, batch: Batch, *, rows: Set[int], files: Sequence[FoundFile], table: Table
) -> None:
    """Blank the index rows (by row number), remove the files, and record that it happened."""
    with transaction.atomic():
        _blank(index_path(batch), rows, table)
        if batch.owns_folder:
            for item in files:
                durable.overwrite_and_remove(path_in(batch, item.path_bytes))
        batch.files.filter(path_bytes__in=[item.path_bytes for item in files]).delete()
        Batch.objects.filter(pk=batch.pk).update(
            refused_secret=F("refused_secret") + len(rows) + len(files),
            updates=F("updates") + 1,
        )
        record(
            Event(
                kind="archive.batch.refused_secret",
                obj=batch.id,
                body=batch.body_id,
                actor=acting.actor(batch.body_id),
                out="fail",
                detail={"rows": len(rows), "files": len(files)},
            )
        )


def _blank(path: Path, rows: Set[int], table: Table) -> None:
    if not rows:
        return
    if path.suffix.lower() == ".csv":
        data = _blank_csv(path, rows)
    else:
        book = openpyxl.load_workbook(path)
        sheet = book[table.sheet] if table.sheet in book.sheetnames else book.worksheets[0]
        for number in rows:
            for cell in sheet[number]:
                if not isinstance(cell, openpyxl.cell.cell.MergedCell):
                    cell.value = None
        buffer = io.BytesIO()
        book.save(buffer)
        data = buffer.getvalue()
    old = path.with_name(f".{path.name}.old")
    path.rename(old)
    durable.write_file(path, [data], what="batch.index", mode=0o600)
    durable.overwrite_and_remove(old)


def _blank_csv(path: Path, rows: Set[int]) -> bytes:
    raw = path.read_bytes()
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        encoding, text = "cp1258", raw.decode("cp1258", "replace")
    dialect = csv.Sniffer().sniff(text[:20000], delimiters=",;\t|")
    lines = list(csv.reader(io.StringIO(text), dialect))
    out = io.StringIO()
    writer = csv.writer(out, dialect)
    for number, line in enumerate(lines, start=1):
        writer.writerow([""] * len(line) if number in rows else line)
    return out.getvalue().encode(encoding)
