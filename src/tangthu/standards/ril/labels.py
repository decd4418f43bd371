"""Domain separators of the record integrity log, and the hashes of the head map (IN-05, IN-64).

Every hash of the format that is not a Merkle hash starts with one of these labels. A changed layout
gets a new label, never a reused one.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final
from uuid import UUID

FIELD: Final = b"ril/field/v1\n"
COMMIT: Final = b"ril/commit/v1\n"
CHAIN: Final = b"ril/chain/v1\n"
MAP_KEY: Final = b"ril/mapkey/v1\n"
HEAD: Final = b"ril/head/v1\n"
REF_KEY: Final = b"ril/refkey/v1\n"
REF: Final = b"ril/ref/v1\n"


def map_key(obj: UUID, ch: str) -> bytes:
    """Key of chain `ch` of object `obj` in the head map: H(label ‖ obj16 ‖ ch)."""
    return sha256(MAP_KEY + obj.bytes + ch.encode("ascii")).digest()


def head_value(n: int, last_index: int, h: bytes) -> bytes:
    """Value of a chain in the head map: H(label ‖ u64 n ‖ u64 last leaf index ‖ h(n))."""
    return sha256(HEAD + n.to_bytes(8, "big") + last_index.to_bytes(8, "big") + h).digest()


def ref_key(code: str) -> bytes:
    """Key of a reference code in the head map: H(label ‖ UTF-8 of the code)."""
    return sha256(REF_KEY + code.encode()).digest()


def ref_value(obj: UUID) -> bytes:
    """Value of a reference code in the head map: H(label ‖ obj16)."""
    return sha256(REF + obj.bytes).digest()
