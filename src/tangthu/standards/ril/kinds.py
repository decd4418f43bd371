"""Kinds of events and the PREMIS eventType each is written as in packages (IN-17, IN-19).

The table is a seed: an extension is added with `register` at start-up, never by changing a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tangthu.standards.ril.errors import UnknownKindError
from tangthu.standards.ril.jcs import KEY

SYSTEM_PREFIX = "sys."
CLASSIFIED_KIND = "ev"
"""What a deployment for classified material shows as `k` of every record leaf (IN-16)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record event: short name in the leaf, PREMIS eventType, usual chain.

    `extension`: the PREMIS term is ours, not of the Library of Congress vocabulary. `access`: the
    event may go into the access chain "a", and does unless told otherwise.
    """

    k: str
    premis: str
    extension: bool = False
    access: bool = False


_BASE = (
    Kind("create", "creation"),
    Kind("receive", "capture"),
    Kind("register", "registration", extension=True),
    Kind("sign", "digital signature generation"),
    Kind("sigcheck", "digital signature validation"),
    Kind("edit", "metadata modification"),
    Kind("file", "filing", extension=True),
    Kind("send", "dissemination"),
    Kind("hold", "policy assignment"),
    Kind("release", "policy assignment"),
    Kind("appraise", "appraisal"),
    Kind("xfer.out", "transfer"),
    Kind("xfer.in", "transfer"),
    Kind("ingest", "ingestion end"),
    Kind("fixity", "fixity check"),
    Kind("virus", "virus check"),
    Kind("migrate", "migration"),
    Kind("redact", "redaction"),
    Kind("seal", "information package creation"),
    Kind("view", "displaying", access=True),
    Kind("export", "exporting", access=True),
    Kind("restore", "recovery"),
    Kind("erase", "redaction"),
    Kind("destroy", "deletion"),
)
SYSTEM_KINDS = frozenset(
    {
        "sys.open",
        "sys.anchor",
        "sys.map",
        "sys.key",
        "sys.policy",
        "sys.restore",
        "sys.close",
    }
)
_kinds: dict[str, Kind] = {kind.k: kind for kind in _BASE}


def is_kind_name(k: str) -> bool:
    """Whether `k` may be a kind at all: [a-z0-9._-]{1,40}."""
    return KEY.fullmatch(k) is not None


def register(kind: Kind) -> None:
    """Add an extension kind. Raises ValueError for a bad, reserved or taken name."""
    reserved = kind.k.startswith(SYSTEM_PREFIX) or kind.k == CLASSIFIED_KIND
    if not is_kind_name(kind.k) or reserved or _kinds.get(kind.k, kind) != kind:
        raise ValueError(f"kind {kind.k!r} is malformed, reserved or taken")
    _kinds[kind.k] = kind


def kind(k: str) -> Kind:
    """The record kind `k`. Raises UnknownKindError."""
    try:
        return _kinds[k]
    except KeyError as error:
        raise UnknownKindError(k=k) from error


def all_kinds() -> tuple[Kind, ...]:
    """All record kinds, base ones first."""
    return tuple(_kinds.values())


def is_record_kind(k: str) -> bool:
    """Whether `k` is a known kind of record event."""
    return k in _kinds


def premis_type(k: str) -> str:
    """PREMIS eventType of the record kind `k`. Raises UnknownKindError."""
    return kind(k).premis


def chain_of(k: str, declared: str | None = None) -> Literal["c", "a"]:
    """Chain of events of kind `k`: as declared, else "a" for access kinds and "c" for the others.

    Raises UnknownKindError, and ValueError for a custody kind in "a" or no such chain.
    """
    access = kind(k).access
    if declared is None:
        return "a" if access else "c"
    if declared == "c":
        return "c"
    if declared != "a" or not access:
        raise ValueError(f"kind {k!r} cannot be in chain {declared!r}")
    return "a"
