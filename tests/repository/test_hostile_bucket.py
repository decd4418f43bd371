"""A bucket that gives without end fills neither memory nor disk."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest

from tangthu.kernel import s3
from tangthu.kernel.s3_places import Place
from tangthu.repository import buckets
from tangthu.repository.buckets import Bucket, folder_of
from tangthu.repository.models import Store

_OBJID = "urn:uuid:E232C618-DC34-4BDE-89DB-33DF1D2758D8"


class _Body(io.BytesIO):
    def iter_chunks(self, size: int) -> Any:
        yield from iter(lambda: self.read(16), b"")


class _Hostile:
    """Answers as a server would that means harm."""

    def __init__(self, sizes: dict[str, int], given: int = 0) -> None:
        self.sizes, self.given, self.aborted = sizes, given, 0

    def list_objects_v2(self, **asked: Any) -> Any:
        contents = [{"Key": key, "Size": size} for key, size in self.sizes.items()]
        if contents:
            return {"Contents": contents}
        return {"IsTruncated": True, "NextContinuationToken": asked.get("ContinuationToken", "x")}

    def get_object(self, **asked: Any) -> Any:
        return {"Body": _Body(b"x" * self.given)}

    def list_multipart_uploads(self, **asked: Any) -> Any:
        page = int(asked.get("KeyMarker", "0"))
        begun = {"Key": "k", "UploadId": "u", "Initiated": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}
        more = {"IsTruncated": page < 2, "NextKeyMarker": str(page + 1), "NextUploadIdMarker": "u"}
        return {"Uploads": [begun], **more}

    def abort_multipart_upload(self, **asked: Any) -> None:
        self.aborted += 1


def _bucket(hostile: _Hostile) -> Bucket:
    inside = s3.S3Store.__new__(s3.S3Store)
    inside.place = Place.parse("https://127.0.0.1:8333/luu-tru/kho-s3")
    inside._client = hostile
    return Bucket(Store(name="kho-s3", kind="s3"), inside, inside.beside())


def test_what_a_bucket_gives_is_limited_by_what_it_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = f"kho-s3/{folder_of(_OBJID)}"
    # More bytes than listed; inventories that are too large; too many keys; more than the disk has.
    grows = _bucket(_Hostile({f"{top}/inventory.json": 32}, given=4096))
    with pytest.raises(s3.TooLarge):
        grows.bring(_OBJID, tmp_path / "a")
    assert (tmp_path / "a" / "inventory.json").stat().st_size <= 32
    huge = _bucket(_Hostile({f"{top}/v{n}/inventory.json": 2**28 for n in range(1, 9)}, given=1))
    with pytest.raises(s3.TooLarge):
        huge.bring(_OBJID, tmp_path / "b")
    full = _bucket(_Hostile({f"{top}/v1/content/x": 2**60}, given=1))
    with pytest.raises(OSError, match="space"):
        full.bring(_OBJID, tmp_path / "c", lambda path: True)
    monkeypatch.setattr(buckets, "MOST_KEYS", 3)
    with pytest.raises(s3.TooLarge):
        _bucket(_Hostile({f"{top}/{n}": 1 for n in range(5)})).listing(_OBJID)
    with pytest.raises(s3.TooLarge):
        _bucket(_Hostile({})).listing(_OBJID)  # a listing without an end
    with pytest.raises(s3.TooLarge):
        _bucket(_Hostile({}, given=4096)).beside.small("mode", 100)
    assert not any((tmp_path / name).exists() for name in "bc")

    leftovers = _Hostile({})
    assert _bucket(leftovers).inside.abort_leftovers(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) == 3
    assert leftovers.aborted == 3
