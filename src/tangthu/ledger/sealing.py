"""Openings at rest: salt and value sealed under the object's own key (IN-85).

AES-256-GCM, random 96-bit nonce, the event id and field name as associated data, so that a sealed
opening cannot be moved to another event. Deleting the key erases every opening of the object.
"""

from __future__ import annotations

import os
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SALT_BYTES = 32
KEY_BYTES = 32
_NONCE_BYTES = 12


def new_key() -> bytes:
    """A fresh 256-bit key from the operating system."""
    return os.urandom(KEY_BYTES)


def _label(eid: uuid.UUID, name: str) -> bytes:
    return eid.bytes + name.encode("utf-8")


class Sealer:
    """Seals the openings of one event; key schedule and random bytes are made once for all."""

    def __init__(self, key: bytes, eid: uuid.UUID, count: int) -> None:
        """For event `eid` under its object's key; at most `count` openings."""
        self._cipher = AESGCM(key)
        self._eid = eid
        # One call to the system's generator: every salt and nonce is a piece of it of its own.
        size = SALT_BYTES + _NONCE_BYTES
        drawn = os.urandom(size * count)
        self._pieces = [drawn[at : at + size] for at in range(0, len(drawn), size)]

    def seal(self, name: str, value: bytes) -> tuple[bytes, bytes]:
        """Salt and box of opening `name`, whose canonical bytes are `value`.

        The salt is fresh, 256 bits from the operating system, not derivable from any key (IN-13).
        Raises IndexError past the announced count: no salt or nonce is ever used twice.
        """
        piece = self._pieces.pop()
        salt, nonce = piece[:SALT_BYTES], piece[SALT_BYTES:]
        return salt, nonce + self._cipher.encrypt(nonce, salt + value, _label(self._eid, name))


def unseal(key: bytes, eid: uuid.UUID, name: str, sealed: bytes) -> tuple[bytes, bytes]:
    """Salt and value of a sealed opening. Raises ValueError if key or bytes are not right."""
    try:
        plain = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _label(eid, name))
    except InvalidTag as error:
        raise ValueError("opening cannot be unsealed with this key") from error
    return plain[:SALT_BYTES], plain[SALT_BYTES:]
