"""Keyed digests that recognise a refused file again without saying what it was called or held."""

from __future__ import annotations

import hashlib
import hmac
import uuid

from django.conf import settings


def _mark(batch_id: uuid.UUID, what: bytes, value: bytes) -> bytes:
    key = settings.HOME.secret("batch-marks").encode()
    return hmac.digest(key, b"\0".join((batch_id.bytes, what, value)), hashlib.sha256)


def path_mark(batch_id: uuid.UUID, path_bytes: bytes) -> str:
    """The mark of a relative path in the batch."""
    return _mark(batch_id, b"path", bytes(path_bytes)).hex()


def content_mark(batch_id: uuid.UUID, sha256: str) -> str:
    """The mark of a content, given by its lower-case hex SHA-256."""
    return _mark(batch_id, b"content", sha256.encode()).hex()


def held_id(batch_id: uuid.UUID, path_bytes: bytes, time: int) -> uuid.UUID:
    """The id under which a path goes into quarantine for the `time`-th time (from 0).

    The same after a crash, so that bytes put into quarantine twice are one item and not two.
    """
    value = bytes(path_bytes) + time.to_bytes(4, "big")
    return uuid.UUID(bytes=_mark(batch_id, b"held", value)[:16], version=4)
