"""Signatures of what hooks send: Ed25519, with a key of each hook's own.

The key is derived from one secret of the home (`secrets/hooks`) and the hook's id, and stands in no
database. What is signed is in `signed_words`; docs/hooks.md tells a stranger how to verify it.
"""

from __future__ import annotations

import base64
import hashlib
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def _key(hook_id: uuid.UUID) -> Ed25519PrivateKey:
    secret = settings.HOME.secret("hooks").encode()
    info = b"tangthu hook " + hook_id.bytes
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key(hook_id: uuid.UUID) -> str:
    """The raw public key of a hook, in hex."""
    return _key(hook_id).public_key().public_bytes_raw().hex()


def key_id(public: str) -> str:
    """By which a receiver knows which key signed: the beginning of the SHA-256 of the raw key."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def signed_words(delivery: uuid.UUID, timestamp: int, body: bytes) -> bytes:
    """What the signature is of: name of the format, delivery, seconds since 1970, then the body."""
    return f"tangthu-hook-1\n{delivery}\n{timestamp}\n".encode("ascii") + body


def headers(hook_id: uuid.UUID, delivery: uuid.UUID, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers by which a receiver knows who sends, which delivery it is, that it is whole."""
    signature = _key(hook_id).sign(signed_words(delivery, timestamp, body))
    return {
        "Tangthu-Key": key_id(public_key(hook_id)),
        "Tangthu-Delivery": str(delivery),
        "Tangthu-Timestamp": str(timestamp),
        "Tangthu-Signature": base64.b64encode(signature).decode("ascii"),
    }
