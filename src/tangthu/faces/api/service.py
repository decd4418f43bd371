"""The one NinjaAPI: its parser, its errors, and the routes of everything that exists."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from tangthu.faces.api.problems import BadFields, BadRequest, problem
from tangthu.faces.api.routes import (  # noqa: F401 - each puts its operations on the router
    bulk,
    catalogue,
    contents,
    describing,
    dips,
    edits,
    exports,
    freezes,
    grants,
    hooks,
    imports,
    ledger,
    store_register,
    stores,
    work,
)
from tangthu.faces.api.routes.shared import router
from tangthu.kernel.errors import HouseError, NotFoundForViewer


class Prepared(Parser):
    """Hands on what the front has read already, strictly."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The JSON document of the request."""
        return request.document  # type: ignore[attr-defined]


class House(NinjaAPI):
    """Operations are named after their functions, which are told apart by what they do."""

    def get_openapi_operation_id(self, operation: Any) -> str:
        """The name of an operation in the OpenAPI document."""
        return str(operation.view_func.__name__)


api = House(
    title="Tàng Thư",
    version="1.0.0",
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url=None,
    parser=Prepared(),
)
api.add_router("", router)


def _house(request: HttpRequest, error: Any) -> HttpResponse:
    raise error


def _words(one: dict[str, Any]) -> str:
    """What is wrong with one value, in the language of this thread."""
    told = {
        "missing": _("Thiếu giá trị này."),
        "extra_forbidden": _("Không có trường này."),
        "string_too_long": _("Dài quá."),
        "string_too_short": _("Ngắn quá."),
        "too_long": _("Nhiều quá."),
        "too_short": _("Ít quá."),
        "greater_than_equal": _("Nhỏ quá."),
        "less_than_equal": _("Lớn quá."),
        "literal_error": _("Không nằm trong những giá trị nhận: %(values)s.")
        % {"values": one.get("ctx", {}).get("expected", "")},
    }
    return told.get(one["type"], _("Giá trị không đúng kiểu."))


def _fields(request: HttpRequest, error: Any) -> HttpResponse:
    problems: dict[str, list[Any]] = {}
    for one in error.errors:
        place = ".".join(str(part) for part in one["loc"][1:] if part not in {"data", "query"})
        problems.setdefault(place or str(one["loc"][0]), []).append(_words(one))
    return problem(BadFields(_("Có giá trị chưa đúng."), problems=problems))


def _http(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(BadRequest(_("Không đọc được yêu cầu.")))


def _missing(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(NotFoundForViewer(_("Không có gì ở đây.")))


api.add_exception_handler(HouseError, _house)
api.add_exception_handler(ValidationError, _fields)
api.add_exception_handler(HttpError, _http)
api.add_exception_handler(Http404, _missing)
