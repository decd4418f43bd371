"""Digest algorithms of OCFL 1.1 section 3.4 and of extensions 0001 and 0009."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Protocol

CONTENT_ALGORITHMS = ("sha512", "sha256")
"""Algorithms allowed for content addressing; sha256 is what we write."""


class Hasher(Protocol):
    """What every hasher here can do."""

    def update(self, data: bytes, /) -> None:
        """Add bytes."""

    def hexdigest(self) -> str:
        """Return the value so far as lower-case hex (decimal for `size`)."""


class _Size:
    """The `size` pseudo-digest of extension 0009: the number of bytes."""

    def __init__(self) -> None:
        self._count = 0

    def update(self, data: bytes, /) -> None:
        self._count += len(data)

    def hexdigest(self) -> str:
        return str(self._count)


_MAKERS: dict[str, Callable[[], Hasher]] = {
    "md5": lambda: hashlib.md5(usedforsecurity=False),
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "sha512/256": lambda: hashlib.new("sha512_256"),
    "blake2b-512": hashlib.blake2b,
    "blake2b-160": lambda: hashlib.blake2b(digest_size=20),
    "blake2b-256": lambda: hashlib.blake2b(digest_size=32),
    "blake2b-384": lambda: hashlib.blake2b(digest_size=48),
    "size": _Size,
}

_HEX_LENGTHS = {
    "md5": 32,
    "sha1": 40,
    "sha256": 64,
    "sha512": 128,
    "sha512/256": 64,
    "blake2b-512": 128,
    "blake2b-160": 40,
    "blake2b-256": 64,
    "blake2b-384": 96,
}

_HEX = frozenset("0123456789abcdefABCDEF")


def is_known(algorithm: str) -> bool:
    """Tell whether the algorithm name is in the specification or a registered extension."""
    return algorithm in _MAKERS


def hex_length(algorithm: str) -> int | None:
    """Return the number of hex digits of a value, or None where the value is not hex."""
    return _HEX_LENGTHS.get(algorithm)


def new_hasher(algorithm: str) -> Hasher:
    """Return a fresh hasher. Raises KeyError for an unknown algorithm."""
    return _MAKERS[algorithm]()


def is_well_formed(algorithm: str, value: str) -> bool:
    """Tell whether `value` has the form of a digest of `algorithm`: hex of the full length."""
    length = _HEX_LENGTHS.get(algorithm)
    if length is None:
        return value.isascii() and value.isdigit()
    return len(value) == length and _HEX.issuperset(value)
