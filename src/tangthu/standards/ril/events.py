"""Event bodies, commitments, chain values and leaves of the record integrity log (IN-11 … IN-15).

    field value ─salt─► commitment ┐
    field value ─salt─► commitment ┴► body ─salt─► commitment ► leaf ► leaf hash ► chain value

Only the leaf is public. A body or a field is shown by giving away salt and bytes, and is erased by
forgetting them; the chain of leaf hashes stays whole. Commitments are text, b64u (RFC 4648 §5
without padding); salts, hashes and chain values are 32 bytes.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from tangthu.standards.ril import jcs
from tangthu.standards.ril.errors import (
    BodyFormatError,
    CommitmentMismatchError,
    LeafFormatError,
)
from tangthu.standards.ril.kinds import CLASSIFIED_KIND, SYSTEM_PREFIX, is_kind_name
from tangthu.standards.ril.labels import CHAIN, COMMIT, FIELD
from tangthu.standards.tlog.merkle import leaf_hash as leaf_hash

BODY_TYPE = "ril-event/1"
LEAF_VERSION = 1
MAX_LEAF_BYTES = 4096
MAX_BODY_BYTES = 64 * 1024
SALT_SIZE = 32
CHAINS = ("c", "a")
OUTCOMES = ("ok", "fail", "part")


def b64u(data: bytes) -> str:
    """Unpadded URL-safe base64 of `data`."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: object, size: int = 32) -> bytes | None:
    """The `size` bytes of canonical b64u `text`, or None for anything else."""
    if not isinstance(text, str) or len(text) != (size * 4 + 2) // 3:
        return None
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    return data if b64u(data) == text else None


# What b64u writes for 32 bytes: the last of 43 characters carries four bits and two zeros.
_COMMITMENT = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


def _is_commitment(value: object) -> bool:
    """Whether `value` is text that `b64u` gives for 32 bytes, without decoding it."""
    return isinstance(value, str) and _COMMITMENT.fullmatch(value) is not None


def new_salt() -> bytes:
    """32 random bytes of the operating system."""
    return secrets.token_bytes(SALT_SIZE)


def _commitment(label: bytes, salt: bytes, data: bytes) -> str:
    if len(salt) != SALT_SIZE:
        raise ValueError("a salt has 32 bytes")
    return b64u(sha256(label + salt + data).digest())


def field_commitment(salt: bytes, canonical: bytes) -> str:
    """b64u commitment to a disclosable field: its salt and its value as jcs bytes (IN-12)."""
    return _commitment(FIELD, salt, canonical)


def body_commitment(salt: bytes, body: bytes) -> str:
    """b64u commitment to an event body: its salt and its bytes (IN-13)."""
    return _commitment(COMMIT, salt, body)


def chain_start(obj: UUID, ch: str) -> bytes:
    """h(0) of chain `ch` ("c" or "a") of object `obj` (IN-14)."""
    if ch not in CHAINS:
        raise ValueError("a chain is c or a")
    return sha256(CHAIN + obj.bytes + ch.encode("ascii")).digest()


def chain_next(previous: bytes, hashed: bytes) -> bytes:
    """h(i) from h(i−1) and the leaf hash of event i (IN-14)."""
    if len(previous) != 32 or len(hashed) != 32:
        raise ValueError("chain value and leaf hash have 32 bytes")
    return sha256(CHAIN + previous + hashed).digest()


@dataclass(frozen=True, slots=True)
class Body:
    """A parsed event body (IN-11); `x` maps field names to b64u commitments, `t` is in ms."""

    log: str
    eid: UUID
    obj: UUID
    ch: str
    n: int
    prev: bytes
    k: str
    t: int
    out: str
    x: Mapping[str, str]


def build_body(
    *,
    log: str,
    eid: UUID,
    obj: UUID,
    ch: str,
    n: int,
    prev: bytes,
    k: str,
    t: int,
    out: str,
    x: Mapping[str, str],
) -> bytes:
    """Canonical bytes of an event body. Raises BodyFormatError for a value outside IN-11."""
    members: dict[str, Any] = {
        "typ": BODY_TYPE,
        "log": log,
        "eid": str(eid),
        "obj": str(obj),
        "ch": ch,
        "n": n,
        "prev": b64u(prev),
        "k": k,
        "t": t,
        "out": out,
        "x": dict(x),
    }
    _need(isinstance(eid, UUID), "eid")
    _need(isinstance(obj, UUID), "obj")
    _need(len(prev) == SALT_SIZE, "prev")
    _check(log, eid, ch, n, k, t, out, members["x"])
    data = jcs.dumps(members)
    if len(data) > MAX_BODY_BYTES:
        raise BodyFormatError(member="x", length=len(data))
    return data


def parse_body(data: bytes) -> Body:
    """Parse an event body exactly. Raises NotCanonicalError, BodyFormatError."""
    return _body(jcs.loads(data, MAX_BODY_BYTES))


_ORIGIN = re.compile(r"[^ +]{1,255}")
_BODY_MEMBERS = frozenset(["typ", "log", "eid", "obj", "ch", "n", "prev", "k", "t", "out", "x"])


def _need(good: bool, member: str) -> None:
    if not good:
        raise BodyFormatError(member=member)


def _count(value: object, least: int) -> bool:
    return type(value) is int and least <= value <= jcs.MAX_INT


def _record_kind(k: object) -> bool:
    return isinstance(k, str) and is_kind_name(k) and not k.startswith(SYSTEM_PREFIX)


def _uuid(value: object, member: str) -> UUID:
    try:
        found = UUID(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or str(found) != value:
        raise BodyFormatError(member=member)
    return found


def _body(m: Any) -> Body:
    _need(isinstance(m, dict) and m.keys() == _BODY_MEMBERS, "members")
    _need(m["typ"] == BODY_TYPE, "typ")
    eid, obj, prev = _uuid(m["eid"], "eid"), _uuid(m["obj"], "obj"), unb64u(m["prev"])
    _need(isinstance(m["x"], dict), "x")
    if prev is None:
        raise BodyFormatError(member="prev")
    origin, ch, n, k, t, out = m["log"], m["ch"], m["n"], m["k"], m["t"], m["out"]
    _check(origin, eid, ch, n, k, t, out, m["x"])
    return Body(origin, eid, obj, ch, n, prev, k, t, out, dict(m["x"]))


def _check(
    log: object, eid: UUID, ch: object, n: object, k: object, t: object, out: object, x: Any
) -> None:
    """What holds for the members that a writer gives and for those that a reader finds (IN-11)."""
    _need(isinstance(log, str) and _ORIGIN.fullmatch(log) is not None and log.isprintable(), "log")
    _need(eid.version == 7, "eid")
    _need(ch in CHAINS, "ch")
    _need(_count(n, 1), "n")
    _need(_record_kind(k) and k != CLASSIFIED_KIND, "k")
    _need(_count(t, 0), "t")
    _need(out in OUTCOMES, "out")
    for name, value in x.items():
        _need(isinstance(name, str) and jcs.KEY.fullmatch(name) is not None, "x")
        _need(_is_commitment(value), "x")


@dataclass(frozen=True, slots=True)
class RecordLeaf:
    """The public leaf of a record event: body commitment (b64u), kind or "ev", time in ms."""

    c: str
    k: str
    t: int


@dataclass(frozen=True, slots=True)
class SystemLeaf:
    """The public leaf of a system event: its kind `sys.…`, its open content, time in ms."""

    b: Mapping[str, Any]
    k: str
    t: int


def _leaf(m: Any) -> RecordLeaf | SystemLeaf:
    if not isinstance(m, dict) or type(m.get("v")) is not int or m["v"] != LEAF_VERSION:
        raise LeafFormatError(member="v")
    k, t = m.get("k"), m.get("t")
    if not isinstance(k, str) or not is_kind_name(k):
        raise LeafFormatError(member="k")
    if type(t) is not int or not _count(t, 0):
        raise LeafFormatError(member="t")
    if k.startswith(SYSTEM_PREFIX):
        if m.keys() != {"b", "k", "t", "v"} or not isinstance(m["b"], dict):
            raise LeafFormatError(member="b")
        return SystemLeaf(m["b"], k, t)
    if m.keys() != {"c", "k", "t", "v"} or not _is_commitment(m["c"]):
        raise LeafFormatError(member="c")
    return RecordLeaf(m["c"], k, t)


def _write_leaf(members: dict[str, Any]) -> bytes:
    _leaf(members)
    data = jcs.dumps(members)
    if len(data) > MAX_LEAF_BYTES:
        raise LeafFormatError(member="length", length=len(data))
    return data


def build_leaf(commitment: str, k: str, t: int) -> bytes:
    """Leaf of a record event: b64u body commitment, kind (or CLASSIFIED_KIND), time in ms (IN-15).

    Raises LeafFormatError, also for a kind of system events.
    """
    if k.startswith(SYSTEM_PREFIX):
        raise LeafFormatError(member="k")
    return _write_leaf({"c": commitment, "k": k, "t": t, "v": LEAF_VERSION})


def build_system_leaf(k: str, content: Mapping[str, Any], t: int) -> bytes:
    """Leaf of a system event `sys.…` with its open content, at most 4096 bytes in all (IN-15).

    Raises LeafFormatError, ValueNotAllowedError.
    """
    if not k.startswith(SYSTEM_PREFIX):
        raise LeafFormatError(member="k")
    return _write_leaf({"b": dict(content), "k": k, "t": t, "v": LEAF_VERSION})


def parse_leaf(leaf: bytes) -> RecordLeaf | SystemLeaf:
    """Parse a leaf exactly. Raises NotCanonicalError, LeafFormatError."""
    return _leaf(jcs.loads(leaf, MAX_LEAF_BYTES))


def open_body(leaf: RecordLeaf, salt: bytes, body: bytes) -> Body:
    """The body behind a leaf: commitment first, then form, then `k` and `t` against the leaf.

    Raises CommitmentMismatchError, NotCanonicalError, BodyFormatError.
    """
    if len(salt) != SALT_SIZE or body_commitment(salt, body) != leaf.c:
        raise CommitmentMismatchError(member="c")
    parsed = parse_body(body)
    if leaf.k not in (parsed.k, CLASSIFIED_KIND):
        raise CommitmentMismatchError(member="k")
    if leaf.t != parsed.t:
        raise CommitmentMismatchError(member="t")
    return parsed


def open_field(body: Body, name: str, salt: bytes, canonical: bytes) -> Any:
    """The value of a disclosed field, after checking it against the body's commitment.

    Raises CommitmentMismatchError (also for a field that the body does not have) and
    NotCanonicalError.
    """
    if len(salt) != SALT_SIZE or field_commitment(salt, canonical) != body.x.get(name):
        raise CommitmentMismatchError(member=name)
    return jcs.loads(canonical)
