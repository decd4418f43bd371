"""Restricted JCS, the canonical JSON of all bodies, leaves and field values (IN-10, RFC 8785).

Object keys match [a-z0-9._-]{1,40}; values are strings in Unicode NFC without lone surrogates,
integers below 2^53 in size, booleans, arrays and objects; no floats, no null. In this subset
Python's json and JavaScript's JSON.stringify over sorted keys give the same bytes as RFC 8785.
Readers hash the received bytes first and parse after; `loads` refuses bytes that would be written
otherwise, which ends duplicate keys and disagreements between parsers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn
from unicodedata import is_normalized

from tangthu.standards.ril.errors import NotCanonicalError, ValueNotAllowedError

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 16
MAX_INT = 2**53 - 1
KEY = re.compile(r"[a-z0-9._-]{1,40}")
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _check(value: object, depth: int) -> None:
    if isinstance(value, str):
        if not value.isascii() and not is_normalized("NFC", value):
            raise ValueNotAllowedError(reason="string not in NFC")
    elif isinstance(value, bool):
        return
    elif isinstance(value, int):
        if not -MAX_INT <= value <= MAX_INT:
            raise ValueNotAllowedError(reason="integer of 2^53 or more")
    elif isinstance(value, dict):
        if depth == MAX_DEPTH:
            raise ValueNotAllowedError(reason="nested too deeply")
        for key in value:
            if not isinstance(key, str) or not KEY.fullmatch(key):
                raise ValueNotAllowedError(reason="object key")
        _check_members(value.values(), depth + 1)
    elif isinstance(value, list | tuple):
        if depth == MAX_DEPTH:
            raise ValueNotAllowedError(reason="nested too deeply")
        _check_members(value, depth + 1)
    else:
        raise ValueNotAllowedError(reason="type", type=type(value).__name__)


def _check_members(members: Iterable[object], depth: int) -> None:
    for member in members:
        # Most members are ASCII text, and a call for each is most of what recording an event costs.
        if type(member) is not str or not member.isascii():
            _check(member, depth)


def dumps(value: object) -> bytes:
    """Canonical UTF-8 bytes of `value` (str, int, bool, list or tuple, dict, nested ≤ 16 deep).

    Raises ValueNotAllowedError, also when the result is longer than 1 MiB.
    """
    _check(value, 0)
    text = _ENCODER.encode(value)
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise ValueNotAllowedError(reason="lone surrogate") from error
    if len(data) > MAX_BYTES:
        raise ValueNotAllowedError(reason="longer than 1 MiB", length=len(data))
    return data


def _refuse(_token: str) -> NoReturn:
    raise NotCanonicalError(reason="number that is not a plain integer")


def loads(data: bytes, max_bytes: int = MAX_BYTES) -> Any:
    """The value of canonical bytes. Raises NotCanonicalError for anything `dumps` would not write.

    `max_bytes` bounds what is parsed at all. Hash the bytes before calling this, never its result.
    """
    if len(data) > max_bytes:
        raise NotCanonicalError(reason="too long", length=len(data), limit=max_bytes)
    try:
        value = json.loads(data.decode(), parse_float=_refuse, parse_constant=_refuse)
        canonical = dumps(value)
    except ValueNotAllowedError as error:
        raise NotCanonicalError(**error.facts) from error
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError(reason="not JSON") from error
    if canonical != data:
        raise NotCanonicalError(reason="written otherwise")
    return value
