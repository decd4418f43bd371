"""Rows of an index that describe files in quarantine: what they say is hidden with the file.

A row names its document's subject and file. While the file waits for an officer (AR-129), nobody
else may read either; when he decides to destroy it, the row goes too.
"""

from __future__ import annotations

import json

from django.conf import settings

from tangthu.archive.batch.cells import Table
from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.mapping import ColumnMapping
from tangthu.archive.batch.matching import file_name
from tangthu.archive.batch.model import BatchFile as GivenFile
from tangthu.archive.batch.report import build_report
from tangthu.archive.incoming import shown_path
from tangthu.archive.models import Batch
from tangthu.kernel import quarantine


def held_paths(batch: Batch) -> set[str]:
    """The relative paths of the batch's files in quarantine, as they were called in its folder."""
    held = batch.files.filter(quarantine_id__isnull=False).values_list("quarantine_id", flat=True)
    notes = (json.loads(quarantine.read_note(settings.HOME, one)) for one in held if one)
    return {shown_path(bytes.fromhex(note["path"])) for note in notes}


def rows_of(
    batch: Batch, table: Table, mapping: ColumnMapping, lists: CodeLists, paths: set[str]
) -> frozenset[int]:
    """The numbers of the rows that are about one of `paths`, or that name a file called the same.

    A row that has another file of its own is about that one, whatever it is called: file names come
    again in every dossier's folder.
    """
    if not paths:
        return frozenset()
    others = batch.files.filter(quarantine_id=None).values_list("path", flat=True)
    files = [GivenFile(path, 0, "") for path in sorted({*paths, *others})]
    report = build_report(
        table, mapping, files, {}, batch.answers, lists=lists, index_names=[batch.index_name]
    )
    names = {file_name(path).casefold() for path in paths}
    pairs = {one.row: one.file for one in report.documents.values() if one.row and one.file}
    called = {row.number for row in report.rows if file_name(row.path).casefold() in names}
    return frozenset(
        {row for row, file in pairs.items() if file in paths} | (called - pairs.keys())
    )
