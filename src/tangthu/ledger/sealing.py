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


def new_salt() -> bytes:
    """A fresh 256-bit salt from the operating system; not derivable from any key (IN-13)."""
    return os.urandom(SALT_BYTES)


def _label(eid: uuid.UUID, name: str) -> bytes:
    return eid.bytes + name.encode("utf-8")


def seal(key: bytes, eid: uuid.UUID, name: str, salt: bytes, value: bytes) -> bytes:
    """Seal the opening `name` of event `eid`: 32-byte salt and the value's canonical bytes."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, salt + value, _label(eid, name))


def unseal(key: bytes, eid: uuid.UUID, name: str, sealed: bytes) -> tuple[bytes, bytes]:
    """Salt and value of a sealed opening. Raises ValueError if key or bytes are not right."""
    try:
        plain = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _label(eid, name))
    except InvalidTag as error:
        raise ValueError("opening cannot be unsealed with this key") from error
    return plain[:SALT_BYTES], plain[SALT_BYTES:]
