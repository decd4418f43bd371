"""Where exported lists lie: a folder for each, in the cache of the home, mode 700.

While it is made, `rows-….jsonl` hold the portions read so far. What stays is the file and `ids`,
which says of which records it tells.
"""

from __future__ import annotations

import shutil
import struct
import uuid
from collections.abc import Collection, Iterator
from pathlib import Path

from django.conf import settings

from tangthu.kernel import clock
from tangthu.reports.models import Export

_KINDS = ("dossier", "document")
_ONE = struct.Struct("B16s")


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


def told_of(export: Export, portion: int = 1000) -> Iterator[dict[str, list[uuid.UUID]]]:
    """The records that the file tells of, by kind, so many at a time. Raises OSError."""
    with (folder_of(export.pk) / "ids").open("rb") as source:
        while data := source.read(_ONE.size * portion):
            found: dict[str, list[uuid.UUID]] = {kind: [] for kind in _KINDS}
            for kind, raw in _ONE.iter_unpack(data):
                found[_KINDS[kind]].append(uuid.UUID(bytes=raw))
            yield found


def tells_of(export: Export, records: Collection[uuid.UUID]) -> bool:
    """Whether the file, or what was read for it so far, tells of one of these records."""
    folder = folder_of(export.pk)
    wanted = set(records)
    try:
        if (folder / "ids").is_file() and any(
            not wanted.isdisjoint(ids) for found in told_of(export) for ids in found.values()
        ):
            return True
        names = [str(one).encode() for one in wanted]
        return any(
            name in line
            for path in folder.glob("rows-*.jsonl")
            for line in path.read_bytes().split(b"\n")
            for name in names
        )
    except (OSError, struct.error):
        return True  # half written, or just being removed: what cannot be read is not kept


def forget(export_id: uuid.UUID) -> None:
    """Remove the folder of an export with all in it; none is fine."""
    shutil.rmtree(folder_of(export_id), ignore_errors=True)
