"""The object store behind the S3 API: speaks the protocol of `kernel/stores`, trusts no answer.

Every object goes there with its SHA-256, so that the server refuses other bytes, and is read back
and compared before `put` answers (invariant 4). Doing a `put` again is harmless: after a lost
answer the same bytes stand there, once. What goes wrong is told as `s3_client` says.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import errno
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from tangthu.kernel.s3_client import Denied, Unreachable, asking, client, code_of, damaged
from tangthu.kernel.s3_places import Keys, Place
from tangthu.kernel.stores import Stat

# One request bears so many bytes; what is larger goes in parts of it, at most 10 000 (312 GB).
PART = 32 * 1024 * 1024
_CHUNK = 1024 * 1024
_LEFT_OVER = dt.timedelta(days=1)


# So many pages of a listing without a single key, and the server is not answered by it any more.
_EMPTY_PAGES = 1000
_MOST_PAGES = 10_000


class TooLarge(OSError):
    """A server gives more than what can be meant: more bytes, or a listing without an end."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.EFBIG, why)


class NotThese(Exception):
    """What was to be stored has not the digest that was said of it; the store is not to blame."""


class S3Store:
    """Objects under `place.prefix` of a bucket; `patient` False asks once and briefly."""

    def __init__(self, place: Place, keys: Keys, *, patient: bool = True) -> None:
        self.place = place
        self._client = client(place, keys, patient=patient)

    def beside(self) -> S3Store:
        """The sibling tree for what is kept beside the objects, over the same connection."""
        other = S3Store.__new__(S3Store)
        other.place, other._client = self.place.beside(), self._client
        return other

    def require_bucket(self) -> None:
        """Raise Unreachable or Denied unless the bucket can be asked with these keys."""
        try:
            with asking():
                self._client.head_bucket(Bucket=self.place.bucket)
        except FileNotFoundError as error:
            raise Denied(errno.EACCES, _("không có bucket này")) from error

    def put(
        self,
        key: str,
        chunks: Iterable[bytes],
        *,
        sha256: str,
        until: dt.datetime | None = None,
    ) -> Stat:
        """Store `chunks` under `key`, locked against deletion until `until`, and read them back.

        Raises NotThese if `chunks` have another digest, StoreDamaged if the server gets or gives
        back other bytes, Unreachable or Denied. Large ones go in parts; those of one that
        failed are given up.
        """
        pieces = _parts(chunks)
        first = next(pieces, b"")
        second = next(pieces, None)
        if second is None:
            _require_these(hashlib.sha256(first), sha256, key)
            self.send(key, first, sha256=sha256, until=until)
            size = len(first)
        else:
            size = self._in_parts(key, _chained(first, second, pieces), sha256, until)
        back = hashlib.sha256()
        for piece in self.read(key):
            back.update(piece)
        if back.hexdigest() != sha256:
            raise damaged(key)
        return Stat(key, size)

    def send(self, key: str, data: bytes, *, sha256: str, until: dt.datetime | None = None) -> None:
        """Hand the server one object with the checksum that it has to find. Nothing is read back.

        Raises StoreDamaged if the server finds another one, Unreachable or Denied.
        """
        with asking(key):
            self._client.put_object(
                Bucket=self.place.bucket,
                Key=self.place.key(key),
                Body=data,
                ChecksumSHA256=_base64(sha256),
                **_locked(until),
            )

    def _in_parts(
        self, key: str, pieces: Iterator[bytes], sha256: str, until: dt.datetime | None
    ) -> int:
        at = {"Bucket": self.place.bucket, "Key": self.place.key(key)}
        whole, size, sent = hashlib.sha256(), 0, []
        with asking(key):
            upload = self._client.create_multipart_upload(
                **at, ChecksumAlgorithm="SHA256", **_locked(until)
            )["UploadId"]
        try:
            for number, piece in enumerate(pieces, start=1):
                whole.update(piece)
                size += len(piece)
                checksum = _base64(hashlib.sha256(piece).hexdigest())
                with asking(key):
                    done = self._client.upload_part(
                        **at, UploadId=upload, PartNumber=number, Body=piece,
                        ChecksumSHA256=checksum,
                    )  # fmt: skip
                sent.append(
                    {"PartNumber": number, "ETag": done["ETag"], "ChecksumSHA256": checksum}
                )
            _require_these(whole, sha256, key)
            with asking(key):
                self._client.complete_multipart_upload(
                    **at, UploadId=upload, MultipartUpload={"Parts": sent}
                )
        except BaseException:
            # What a killed process leaves is given up by `abort_leftovers`.
            with contextlib.suppress(OSError), asking(key):
                self._client.abort_multipart_upload(**at, UploadId=upload)
            raise
        return size

    def read(self, key: str) -> Iterator[bytes]:
        """Yield the bytes of `key` in pieces. Raises FileNotFoundError, Unreachable or Denied."""
        return self.opened(key)[1]

    def small(self, key: str, most: int) -> bytes:
        """The bytes of `key`, which is to be kept in memory. Raises TooLarge beyond `most`."""
        return b"".join(self.at_most(key, most))

    def at_most(self, key: str, most: int) -> Iterator[bytes]:
        """Yield the bytes of `key` in pieces, TooLarge as soon as they are more than `most`."""
        got = 0
        for piece in self.read(key):
            got += len(piece)
            if got > most:
                raise TooLarge(_("máy chủ S3 đưa ra nhiều hơn dung lượng đã nói"))
            yield piece

    def opened(self, key: str) -> tuple[dt.datetime | None, Iterator[bytes]]:
        """Until when `key` is locked (None: it is not), and its bytes in pieces."""
        with asking(key):
            found = self._client.get_object(Bucket=self.place.bucket, Key=self.place.key(key))
        until = found.get("ObjectLockRetainUntilDate")
        return until, _pieces(key, found["Body"], found.get("ContentLength"))

    def stat(self, key: str) -> Stat | None:
        """Size of `key`, or None if it is not there. Raises Unreachable or Denied."""
        try:
            with asking(key):
                found = self._client.head_object(Bucket=self.place.bucket, Key=self.place.key(key))
        except FileNotFoundError:
            return None
        return Stat(key, int(found["ContentLength"]))

    def locked_until(self, key: str) -> dt.datetime | None:
        """Until when `key` is locked; None if it is not. Raises what `opened` raises."""
        with asking(key):
            found = self._client.head_object(Bucket=self.place.bucket, Key=self.place.key(key))
        until: dt.datetime | None = found.get("ObjectLockRetainUntilDate")
        return until

    def list(self, prefix: str) -> Iterator[Stat]:
        """Every object under the folder `prefix` ("" for all), in the order of keys."""
        top = self.place.key(f"{prefix}/") if prefix else f"{self.place.prefix}/"
        known = len(self.place.prefix) + 1
        asked: dict[str, Any] = {"Bucket": self.place.bucket, "Prefix": top}
        empty = 0
        while True:
            with asking():
                page = self._client.list_objects_v2(**asked)
            contents = page.get("Contents", ())
            empty = 0 if contents else empty + 1
            for one in contents:
                if not one["Key"].endswith("/"):  # what some programs make of a folder
                    yield Stat(one["Key"][known:], int(one["Size"]))
            if not page.get("IsTruncated"):
                return
            token = page["NextContinuationToken"]
            if token == asked.get("ContinuationToken") or empty > _EMPTY_PAGES:
                raise TooLarge(_("danh sách của máy chủ S3 không có hồi kết"))
            asked["ContinuationToken"] = token

    def remove(self, key: str) -> None:
        """Remove `key`; absent is fine. A bucket with versions keeps what stood there."""
        with asking(key):
            self._client.delete_object(Bucket=self.place.bucket, Key=self.place.key(key))

    def retain(self, key: str, until: dt.datetime) -> None:
        """Lock what stands under `key` against deletion for longer. Raises Denied, Unreachable."""
        with asking(key):
            self._client.put_object_retention(
                Bucket=self.place.bucket,
                Key=self.place.key(key),
                Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
            )

    def locks(self) -> bool:
        """Whether objects of this bucket can be locked against deletion."""
        from botocore.exceptions import ClientError

        with asking():
            try:
                found = self._client.get_object_lock_configuration(Bucket=self.place.bucket)
            except ClientError as error:
                if code_of(error) in ("ObjectLockConfigurationNotFoundError", "NotImplemented"):
                    return False
                raise
        told = found.get("ObjectLockConfiguration", {})
        return bool(told.get("ObjectLockEnabled") == "Enabled")

    def abort_leftovers(self, now: dt.datetime) -> int:
        """Give up the parts of uploads that were begun over a day ago; returns of how many."""
        given_up = 0
        asked: dict[str, Any] = {"Bucket": self.place.bucket, "Prefix": f"{self.place.prefix}/"}
        with asking():
            for _page in range(_MOST_PAGES):
                found = self._client.list_multipart_uploads(**asked)
                for one in found.get("Uploads", ()):
                    if one["Initiated"] < now - _LEFT_OVER:
                        self._client.abort_multipart_upload(
                            Bucket=self.place.bucket, Key=one["Key"], UploadId=one["UploadId"]
                        )
                        given_up += 1
                markers = {
                    "KeyMarker": found.get("NextKeyMarker", ""),
                    "UploadIdMarker": found.get("NextUploadIdMarker", ""),
                }
                if not found.get("IsTruncated") or all(
                    asked.get(name) == marker for name, marker in markers.items()
                ):
                    break
                asked |= markers
        return given_up


def _pieces(key: str, body: Any, size: int | None) -> Iterator[bytes]:
    got = 0
    with contextlib.closing(body), asking(key):
        for piece in body.iter_chunks(_CHUNK):
            got += len(piece)
            yield piece
    if size is not None and got != size:
        raise Unreachable(errno.EIO, _("máy chủ S3 ngắt giữa chừng"))


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= PART:
            yield bytes(held[:PART])
            del held[:PART]
    if held:
        yield bytes(held)


def _chained(first: bytes, second: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield second
    yield from rest


def _require_these(found: Any, sha256: str, key: str) -> None:
    if found.hexdigest() != sha256:
        raise NotThese(key)


def _locked(until: dt.datetime | None) -> dict[str, Any]:
    if until is None:
        return {}
    return {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
