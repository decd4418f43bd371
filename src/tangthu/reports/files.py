"""Where exported lists lie: a folder for each, in the cache of the home, mode 700.

While it is made, `rows-….jsonl` hold the portions read so far. What stays is the file and `ids`,
which says of which records it tells.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import uuid
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from tangthu.kernel import clock
from tangthu.reports.job_kinds import JOB_ROWS
from tangthu.reports.models import Export
from tangthu.standards import durable

_KINDS = ("dossier", "document")
_ONE = struct.Struct("B16s")
# In the place of a kind, at the end of `ids`: how many records stand before it.
_LAST = 255


class NotTold(Exception):
    """It is not known of which records a file tells, so that it cannot be handed out."""


def folder_of(export_id: uuid.UUID) -> Path:
    """The folder of one export; it need not exist."""
    root: Path = settings.HOME.cache / "exports"
    return root / str(export_id)


def file_of(export: Export) -> Path:
    """The written list."""
    return folder_of(export.pk) / f"list.{export.format}"


def is_ready(export: Export) -> bool:
    """Whether the file is written, there, and within its time: it may be handed out."""
    in_time = export.finished_at is not None and export.expires_at > clock.now()
    return in_time and file_of(export).is_file()


def packed(kind: str, obj: uuid.UUID) -> bytes:
    """One record as it stands in `ids`."""
    return _ONE.pack(_KINDS.index(kind), obj.bytes)


def end_of_told(ids: BinaryIO) -> None:
    """Say in `ids` that this is all, and see it onto the disk: it must stand before the list."""
    count = ids.tell() // _ONE.size
    ids.write(_end(count))
    ids.flush()
    os.fsync(ids.fileno())
    durable.point("export.ids.fsynced")


def _end(count: int) -> bytes:
    return _ONE.pack(_LAST, count.to_bytes(16, "big"))


def told_of(export: Export, portion: int = 1000) -> Iterator[dict[str, list[uuid.UUID]]]:
    """The records that the file tells of, by kind, so many at a time.

    Raises NotTold before the first unless `ids` is whole: it names every row and says its own end.
    """
    try:
        with (folder_of(export.pk) / "ids").open("rb") as source:
            left = os.fstat(source.fileno()).st_size // _ONE.size - 1
            source.seek(max(left, 0) * _ONE.size)
            # Every row of a list is a record; of a job's rows only some are.
            least = 0 if export.source == JOB_ROWS else export.rows or 0
            if left < least or source.read() != _end(left):
                raise NotTold
            source.seek(0)
            while left:
                taken = min(left, portion)
                left -= taken
                found: dict[str, list[uuid.UUID]] = {kind: [] for kind in _KINDS}
                for kind, raw in _ONE.iter_unpack(source.read(_ONE.size * taken)):
                    found[_KINDS[kind]].append(uuid.UUID(bytes=raw))
                yield found
    except OSError as error:
        raise NotTold from error


def tells_of(export: Export, records: Collection[uuid.UUID]) -> bool:
    """Whether the file, or what was read for it so far, tells of one of these records."""
    wanted = set(records)
    try:
        return any(
            not wanted.isdisjoint(ids) for found in told_of(export) for ids in found.values()
        )
    except NotTold:
        if export.finished_at is not None:
            return True  # nobody knows of what: it is not kept
    try:
        return any(
            uuid.UUID(json.loads(line)[1]) in wanted
            for path in folder_of(export.pk).glob("rows-*.jsonl")
            for line in path.read_bytes().split(b"\n")
            if line
        )
    except (OSError, ValueError):
        return True  # just being removed: what cannot be read is not kept


def forget(export_id: uuid.UUID) -> None:
    """Remove the folder of an export with all in it; none is fine."""
    shutil.rmtree(folder_of(export_id), ignore_errors=True)
