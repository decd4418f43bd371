"""Errors as problem documents (RFC 9457), made from the typed errors of the house.

The type is a stable address under /api/v1/problems/ named after the error; title and detail are in
the language asked for. What is forbidden and what does not exist get the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tangthu.kernel.errors import HouseError, InvalidInput, NotFoundForViewer, Refused

MEDIA_TYPE = "application/problem+json"
TYPES = "/api/v1/problems/"

_TITLES: Mapping[int, Promise] = {
    400: _("Yêu cầu không đúng"),
    401: _("Cần một khóa còn hiệu lực"),
    403: _("Không được làm việc này"),
    404: _("Không có gì ở đây"),
    405: _("Địa chỉ này không nhận phương thức ấy"),
    409: _("Đang không làm được việc này"),
    410: _("Không còn nữa"),
    412: _("Đã có người sửa trước"),
    413: _("Gửi quá nhiều"),
    415: _("Loại nội dung không nhận"),
    416: _("Khoảng byte không có"),
    422: _("Dữ liệu chưa đúng"),
    428: _("Cần If-Match"),
    429: _("Hỏi quá nhanh"),
    500: _("Lỗi của máy chủ"),
    503: _("Tạm thời không trả lời được"),
    507: _("Máy chủ hết chỗ"),
}


class BadRequest(HouseError):
    """The request cannot be read."""


class NoKey(HouseError):
    """There is no key in the request, or none that is valid."""

    http_status = 401


class MethodNotAllowed(HouseError):
    """The address knows other methods."""

    http_status = 405


class TooLarge(HouseError):
    """More was sent than this address takes."""

    http_status = 413


class NotThisType(HouseError):
    """What was sent is of a type that this address does not take."""

    http_status = 415


class NoSuchRange(HouseError):
    """The bytes that were asked for are not there."""

    http_status = 416


class BadFields(InvalidInput):
    """Values that do not fit; `problems` names each."""

    http_status = 422


class PreconditionFailed(HouseError):
    """The record changed since it was read; nothing was written."""

    http_status = 412


class PreconditionNeeded(HouseError):
    """A change must say which state it is meant for."""

    http_status = 428


class TooFast(HouseError):
    """The key has no request left for the moment."""

    http_status = 429


class ServerError(HouseError):
    """Our fault; nothing half-written stays behind."""

    http_status = 500


def name_of(error: type[HouseError]) -> str:
    """The last part of the type's address: the error's name in kebab case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", error.__name__).lower()


def title_of(status: int) -> str:
    """What a status means, in the language of this thread."""
    return str(_TITLES.get(status, _TITLES[400]))


def status_of(error: HouseError) -> int:
    """The status that an error is answered with: a broken rule in the input is 422."""
    return 422 if isinstance(error, InvalidInput) else error.http_status


def problem(error: HouseError, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The answer to a typed error."""
    if isinstance(error, NotFoundForViewer):
        # One document whatever was looked for, and wherever.
        error = NotFoundForViewer()
    status = status_of(error)
    document: dict[str, Any] = {
        "type": f"{TYPES}{name_of(type(error))}",
        "title": title_of(status),
        "status": status,
        "detail": str(error.message),
    }
    if str(error.hint):
        document["hint"] = str(error.hint)
    if isinstance(error, Refused) and isinstance(error.facts.get("right"), str):
        document["right"] = error.facts["right"]
    if isinstance(error, InvalidInput) and error.problems:
        document["problems"] = _fields(error.problems)
    response = HttpResponse(
        json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"),
        content_type=MEDIA_TYPE,
        status=status,
    )
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def _fields(problems: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    return [
        {"field": name, "messages": [str(one) for one in found]} for name, found in problems.items()
    ]


def every_type() -> dict[str, type[HouseError]]:
    """Every typed error that is loaded, by the last part of its type's address."""
    found: dict[str, type[HouseError]] = {}
    waiting = [HouseError]
    while waiting:
        one = waiting.pop()
        found[name_of(one)] = one
        waiting += one.__subclasses__()
    return dict(sorted(found.items()))
