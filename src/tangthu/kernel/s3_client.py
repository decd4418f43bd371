"""The client of the S3 API, and what its errors mean here.

What goes wrong comes as an OSError with words for people, like that of a disk; nobody sees an
exception of the library, and no key is ever in its words.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from tangthu.kernel.s3_places import Keys, Place
from tangthu.kernel.stores import StoreDamaged

# Where the library would look for these (name in a file, in the environment, default): nowhere.
_NOBODYS = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
    "ca_bundle": (None, None, None, None),
}
_BAD_BYTES = {
    "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch",
}  # fmt: skip
_ABSENT = {"NoSuchKey", "NotFound", "404"}
_FULL = {"QuotaExceeded", "EntityTooLarge", "InsufficientStorage", "XMinioStorageFull", "507"}
_BUSY = {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "500", "502", "503"}


class Unreachable(OSError):
    """The server does not answer, or not in time, or says that it cannot now."""


class Denied(OSError):
    """The server answers and refuses: keys, bucket, rights, or an object that is locked."""


def client(place: Place, keys: Keys, *, patient: bool) -> Any:
    """A client that knows nothing but what it is told: no profile, no proxy of the environment."""
    import boto3
    import botocore.session
    from botocore.config import Config

    session = botocore.session.Session(session_vars=_NOBODYS)
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
def asking(key: str = "") -> Iterator[None]:
    """Turn what the library raises into what this module promises.

    Raises Unreachable, Denied, StoreDamaged, FileNotFoundError, or OSError of a full store.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ClientError as error:
        raise _refusal(code_of(error), key) from error
    except (BotoCoreError, HTTPError) as error:
        raise Unreachable(errno.EHOSTUNREACH, _("máy chủ S3 không trả lời")) from error


def code_of(error: Any) -> str:
    """The code by which the server named what went wrong."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _refusal(code: str, key: str) -> Exception:
    if code in _BAD_BYTES:
        return damaged(key)
    if code in _ABSENT:
        return FileNotFoundError(errno.ENOENT, _("không có trong kho S3"), key)
    if code in _FULL:
        return OSError(errno.ENOSPC, _("kho S3 đã đầy"))
    if code in _BUSY:
        return Unreachable(errno.EAGAIN, _("máy chủ S3 đang không phục vụ được (%s)") % code)
    return Denied(errno.EACCES, _("máy chủ S3 từ chối (%s)") % code[:60])


def damaged(key: str) -> StoreDamaged:
    """What a store has is not what was sent."""
    return StoreDamaged(
        _("Dữ liệu trong kho S3 không đúng với dữ liệu đã gửi."),
        hint=_("Làm lại; nếu vẫn vậy, xem đường truyền và máy chủ S3."),
        key=key,
    )
