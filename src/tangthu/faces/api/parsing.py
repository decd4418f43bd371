"""Read what a program sends: strict JSON (RFC 8259, I-JSON), with limits; anything else is refused.

Refused are: another type, too much, too deep, text that is not UTF-8, NaN and Infinity, integers
and numbers beyond what databases hold, a name twice in an object, NUL and lone surrogates.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tangthu.faces.api.problems import BadRequest, NotThisType, TooLarge

MOST_BYTES = 1024 * 1024
MOST_DEEP = 24
MOST_DIGITS = 18


class _Unfit(ValueError):
    """A value that is JSON, but not one that is taken here."""


def body_of(request: HttpRequest) -> Any:
    """The JSON document in the body; None for an empty one.

    Raises NotThisType, TooLarge, BadRequest.
    """
    size = content_length(request)
    if size == 0:
        return None
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in {"application/json", "application/merge-patch+json"}:
        raise NotThisType(
            _("Địa chỉ này chỉ nhận application/json."), hint=_("Đặt Content-Type cho đúng.")
        )
    if size > MOST_BYTES:
        raise too_large(MOST_BYTES)
    return parsed(request.body)


def too_large(most: int) -> TooLarge:
    """The refusal of more than `most` bytes."""
    return TooLarge(
        _("Nội dung gửi lên lớn hơn mức nhận."),
        hint=_("Nhiều nhất %(n)s byte.") % {"n": most},
    )


def content_length(request: HttpRequest) -> int:
    """How many bytes are announced. Raises BadRequest for what is no number."""
    told = request.META.get("CONTENT_LENGTH") or "0"
    if not (told.isascii() and told.isdigit() and len(told) < MOST_DIGITS):
        raise BadRequest(_("Content-Length không đúng."))
    return int(told)


def parsed(data: bytes) -> Any:
    """The value of a JSON text. Raises BadRequest that says what is wrong with it."""
    try:
        text = data.decode("utf-8")
        if _depth(text) > MOST_DEEP:
            raise _Unfit(_("lồng quá sâu"))
        value = json.loads(
            text, parse_constant=_constant, parse_int=_integer, parse_float=_number,
            object_pairs_hook=_object,
        )  # fmt: skip
        _look(value)
    except UnicodeDecodeError as error:
        raise _unreadable(_("không phải UTF-8")) from error
    except _Unfit as error:
        raise _unreadable(str(error)) from error
    except json.JSONDecodeError as error:
        where = _("dòng %(line)s, cột %(column)s") % {"line": error.lineno, "column": error.colno}
        raise _unreadable(where) from error
    return value


def _unreadable(why: str) -> BadRequest:
    return BadRequest(
        _("Không đọc được JSON: %(why)s.") % {"why": why}, hint=_("Xem quy định ở docs/api.md.")
    )


def _depth(text: str) -> int:
    """How deep brackets nest outside strings, counted without recursion."""
    deepest = depth = 0
    in_string = escaped = False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _constant(name: str) -> Any:
    raise _Unfit(_("%(name)s không phải số") % {"name": name})


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MOST_DIGITS:
        raise _Unfit(_("số quá lớn"))
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if len(text) > 40 or value in (float("inf"), float("-inf")):
        raise _Unfit(_("số quá lớn"))
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Unfit(_("một tên xuất hiện hai lần"))
    return found


def _look(value: Any) -> None:
    """Refuse text that no database holds, wherever it stands."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str):
            check_text(one)


def check_text(text: str) -> None:
    """Raise a ValueError for NUL and for half of a surrogate pair."""
    if "\x00" in text:
        raise _Unfit(_("có ký tự NUL"))
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise _Unfit(_("có nửa cặp surrogate"))


def check_query(request: HttpRequest) -> None:
    """Refuse an address with text that no database holds. Raises BadRequest."""
    try:
        for name, values in request.GET.lists():
            for text in (name, *values):
                check_text(text)
    except _Unfit as error:
        raise BadRequest(
            _("Tham số trong địa chỉ không đúng: %(why)s.") % {"why": error}
        ) from error
