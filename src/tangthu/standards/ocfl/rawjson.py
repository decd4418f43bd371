"""Reading JSON from strangers: UTF-8 only, bounded size, no recursion bombs, repeated keys kept."""

from __future__ import annotations

import json
from typing import Any, NoReturn


class RepeatingDict(dict[str, Any]):
    """A JSON object in which `repeated` keys stood more than once; the last value counts."""

    repeated: list[str]


class BadJsonError(ValueError):
    """The bytes are not JSON as RFC 8259 and OCFL ask; the text says why, for people."""


def parse(data: bytes) -> Any:
    """Return the JSON value in `data`. Raises BadJsonError, never anything else."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJsonError(f"not UTF-8 at byte {error.start}") from error
    if text.startswith("\ufeff"):
        raise BadJsonError("begins with a byte order mark")
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise BadJsonError("nested too deeply") from error
    except ValueError as error:
        raise BadJsonError(str(error)[:200]) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    seen: set[str] = set()
    repeating = RepeatingDict(plain)
    repeating.repeated = []
    for key, _ in pairs:
        if key in seen:
            repeating.repeated.append(key)
        seen.add(key)
    return repeating


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def repeated_keys(value: Any) -> list[str]:
    """Return the keys that stood more than once in this JSON object itself."""
    return value.repeated if isinstance(value, RepeatingDict) else []
