"""The object store behind the S3 API: speaks the protocol of `kernel/stores`, trusts no answer.

Every object goes there with its SHA-256, so that the server refuses other bytes, and is read back
and compared before `put` answers (invariant 4). Doing a `put` again is harmless: after a lost
answer the same bytes stand there, once. What goes wrong comes as an OSError with words for people,
like that of a disk; nobody sees an exception of the library, and no key is ever in its words.
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

from tangthu.kernel.s3_places import Keys, Place
from tangthu.kernel.stores import Stat, StoreDamaged

# One request bears so many bytes; what is larger goes in parts of it, at most 10 000 (312 GB).
PART = 32 * 1024 * 1024
_CHUNK = 1024 * 1024
_BAD_BYTES = {
    "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch",
}  # fmt: skip
_ABSENT = {"NoSuchKey", "NotFound", "404"}
_FULL = {"QuotaExceeded", "EntityTooLarge", "InsufficientStorage", "XMinioStorageFull", "507"}
_BUSY = {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "500", "502", "503"}
_LEFT_OVER = dt.timedelta(days=1)


class Unreachable(OSError):
    """The server does not answer, or not in time, or says that it cannot now."""


class Denied(OSError):
    """The server answers and refuses: keys, bucket, rights, or an object that is locked."""


class NotThese(Exception):
    """What was to be stored has not the digest that was said of it; the store is not to blame."""


class S3Store:
    """Objects under `place.prefix` of a bucket; `patient` False asks once and briefly."""

    def __init__(self, place: Place, keys: Keys, *, patient: bool = True) -> None:
        self.place = place
        self._client = _client(place, keys, patient=patient)

    def beside(self) -> S3Store:
        """The sibling tree for what is kept beside the objects, over the same connection."""
        other = S3Store.__new__(S3Store)
        other.place, other._client = self.place.beside(), self._client
        return other

    def require_bucket(self) -> None:
        """Raise Unreachable or Denied unless the bucket can be asked with these keys."""
        try:
            with _asking():
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
            raise _damaged(key)
        return Stat(key, size)

    def send(self, key: str, data: bytes, *, sha256: str, until: dt.datetime | None = None) -> None:
        """Hand the server one object with the checksum that it has to find. Nothing is read back.

        Raises StoreDamaged if the server finds another one, Unreachable or Denied.
        """
        with _asking(key):
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
        with _asking(key):
            upload = self._client.create_multipart_upload(
                **at, ChecksumAlgorithm="SHA256", **_locked(until)
            )["UploadId"]
        try:
            for number, piece in enumerate(pieces, start=1):
                whole.update(piece)
                size += len(piece)
                checksum = _base64(hashlib.sha256(piece).hexdigest())
                with _asking(key):
                    done = self._client.upload_part(
                        **at, UploadId=upload, PartNumber=number, Body=piece,
                        ChecksumSHA256=checksum,
                    )  # fmt: skip
                sent.append(
                    {"PartNumber": number, "ETag": done["ETag"], "ChecksumSHA256": checksum}
                )
            _require_these(whole, sha256, key)
            with _asking(key):
                self._client.complete_multipart_upload(
                    **at, UploadId=upload, MultipartUpload={"Parts": sent}
                )
        except BaseException:
            # What a killed process leaves is given up by `abort_leftovers`.
            with contextlib.suppress(OSError), _asking(key):
                self._client.abort_multipart_upload(**at, UploadId=upload)
            raise
        return size

    def read(self, key: str) -> Iterator[bytes]:
        """Yield the bytes of `key` in pieces. Raises FileNotFoundError, Unreachable or Denied."""
        return self.opened(key)[1]

    def opened(self, key: str) -> tuple[dt.datetime | None, Iterator[bytes]]:
        """Until when `key` is locked (None: it is not), and its bytes in pieces."""
        with _asking(key):
            found = self._client.get_object(Bucket=self.place.bucket, Key=self.place.key(key))
        until = found.get("ObjectLockRetainUntilDate")
        return until, _pieces(key, found["Body"], found.get("ContentLength"))

    def stat(self, key: str) -> Stat | None:
        """Size of `key`, or None if it is not there. Raises Unreachable or Denied."""
        try:
            with _asking(key):
                found = self._client.head_object(Bucket=self.place.bucket, Key=self.place.key(key))
        except FileNotFoundError:
            return None
        return Stat(key, int(found["ContentLength"]))

    def locked_until(self, key: str) -> dt.datetime | None:
        """Until when `key` is locked; None if it is not. Raises what `opened` raises."""
        with _asking(key):
            found = self._client.head_object(Bucket=self.place.bucket, Key=self.place.key(key))
        until: dt.datetime | None = found.get("ObjectLockRetainUntilDate")
        return until

    def list(self, prefix: str) -> Iterator[Stat]:
        """Every object under the folder `prefix` ("" for all), in the order of keys."""
        top = self.place.key(f"{prefix}/") if prefix else f"{self.place.prefix}/"
        known = len(self.place.prefix) + 1
        asked: dict[str, Any] = {"Bucket": self.place.bucket, "Prefix": top}
        while True:
            with _asking():
                page = self._client.list_objects_v2(**asked)
            for one in page.get("Contents", ()):
                if not one["Key"].endswith("/"):  # what some programs make of a folder
                    yield Stat(one["Key"][known:], int(one["Size"]))
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]

    def remove(self, key: str) -> None:
        """Remove `key`; absent is fine. A bucket with versions keeps what stood there."""
        with _asking(key):
            self._client.delete_object(Bucket=self.place.bucket, Key=self.place.key(key))

    def retain(self, key: str, until: dt.datetime) -> None:
        """Lock what stands under `key` against deletion for longer. Raises Denied, Unreachable."""
        with _asking(key):
            self._client.put_object_retention(
                Bucket=self.place.bucket,
                Key=self.place.key(key),
                Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
            )

    def locks(self) -> bool:
        """Whether objects of this bucket can be locked against deletion."""
        from botocore.exceptions import ClientError

        with _asking():
            try:
                found = self._client.get_object_lock_configuration(Bucket=self.place.bucket)
            except ClientError as error:
                if _code(error) in ("ObjectLockConfigurationNotFoundError", "NotImplemented"):
                    return False
                raise
        told = found.get("ObjectLockConfiguration", {})
        return bool(told.get("ObjectLockEnabled") == "Enabled")

    def abort_leftovers(self, now: dt.datetime) -> int:
        """Give up the parts of uploads that were begun over a day ago; returns of how many."""
        given_up = 0
        with _asking():
            found = self._client.list_multipart_uploads(
                Bucket=self.place.bucket, Prefix=f"{self.place.prefix}/"
            )
            for one in found.get("Uploads", ()):
                if one["Initiated"] < now - _LEFT_OVER:
                    self._client.abort_multipart_upload(
                        Bucket=self.place.bucket, Key=one["Key"], UploadId=one["UploadId"]
                    )
                    given_up += 1
        return given_up


def _client(place: Place, keys: Keys, *, patient: bool) -> Any:
    """A client that knows nothing but what it is told: no profile, no proxy of the environment."""
    import boto3
    import botocore.session
    from botocore.config import Config

    session = botocore.session.get_session()
    for name in ("config_file", "credentials_file"):
        session.set_config_variable(name, "/dev/null")
    return boto3.session.Session(botocore_session=session).client(
        "s3",
        endpoint_url=place.endpoint,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        region_name=keys.region,
        verify=keys.ca_file or True,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=10 if patient else 3,
            read_timeout=120 if patient else 5,
            retries={"mode": "standard", "total_max_attempts": 3 if patient else 1},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            ignore_configured_endpoint_urls=True,
            proxies={},
        ),
    )


@contextlib.contextmanager
def _asking(key: str = "") -> Iterator[None]:
    """Turn what the library raises into what this module promises."""
    from botocore.exceptions import BotoCoreError, ClientError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ClientError as error:
        raise _refusal(_code(error), key) from error
    except (BotoCoreError, HTTPError) as error:
        raise Unreachable(errno.EHOSTUNREACH, _("máy chủ S3 không trả lời")) from error


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _refusal(code: str, key: str) -> Exception:
    if code in _BAD_BYTES:
        return _damaged(key)
    if code in _ABSENT:
        return FileNotFoundError(errno.ENOENT, _("không có trong kho S3"), key)
    if code in _FULL:
        return OSError(errno.ENOSPC, _("kho S3 đã đầy"))
    if code in _BUSY:
        return Unreachable(errno.EAGAIN, _("máy chủ S3 đang không phục vụ được (%s)") % code)
    return Denied(errno.EACCES, _("máy chủ S3 từ chối (%s)") % code[:60])


def _pieces(key: str, body: Any, size: int | None) -> Iterator[bytes]:
    got = 0
    with contextlib.closing(body), _asking(key):
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


def _damaged(key: str) -> StoreDamaged:
    return StoreDamaged(
        _("Dữ liệu trong kho S3 không đúng với dữ liệu đã gửi."),
        hint=_("Làm lại; nếu vẫn vậy, xem đường truyền và máy chủ S3."),
        key=key,
    )


def _locked(until: dt.datetime | None) -> dict[str, Any]:
    if until is None:
        return {}
    return {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
