"""The OpenAPI 3.1 document and the problem types, in the language asked for."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.faces.api.examples import example_of
from tangthu.faces.api.problems import MEDIA_TYPE, TYPES, every_type, status_of, title_of
from tangthu.faces.api.service import api
from tangthu.kernel.errors import HouseError, NotFoundForViewer

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
        "right": {"type": "string"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "messages"],
                "properties": {
                    "field": {"type": "string"},
                    "messages": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}
_READS = (400, 401, 403, 404, 409, 410, 422, 429, 500, 503)
_WRITES = (400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 500, 503, 507)


def document() -> dict[str, Any]:
    """The whole OpenAPI document in the language of this thread."""
    plain = json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str)
    found: dict[str, Any] = json.loads(plain)
    found["info"]["description"] = _(
        "Mọi việc làm được trên trang và bằng lệnh, cho chương trình. Mỗi yêu cầu kèm một khóa: "
        "Authorization: Bearer KHÓA. Khóa làm việc thay người giữ, không bao giờ nhiều hơn quyền "
        "của người ấy. Lỗi theo RFC 9457, bằng tiếng Việt hoặc tiếng Anh (Accept-Language)."
    )
    found["servers"] = [{"url": "/"}]
    components = found.setdefault("components", {})
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    components.setdefault("schemas", {})["Problem"] = _PROBLEM
    statuses = sorted({*_READS, *_WRITES, 416, 428})
    components["responses"] = {f"Problem{one}": _problem(one) for one in statuses}
    found["security"] = [{"key": []}]
    for path in found["paths"].values():
        for method, operation in path.items():
            _complete(method, operation, components["schemas"])
    return found


def _complete(method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Add what the framework does not know: examples, problems, headers, types of files."""
    content = operation.pop("x-content", None)
    parameters = operation.setdefault("parameters", [])
    for one in parameters:
        one.setdefault("example", example_of(one["schema"], schemas, one["name"]))
    if method != "get":
        parameters.append(_header("Idempotency-Key", {"type": "string", "maxLength": 255}))
    if method == "patch" and "Change" in json.dumps(operation.get("requestBody", {})):
        parameters.append(_header("If-Match", {"type": "string"}, required=True))
    for media in operation.get("requestBody", {}).get("content", {}).values():
        media["example"] = example_of(media["schema"], schemas)
    responses = operation["responses"]
    if content is not None:
        bytes_ = {"schema": {"type": "string", "format": "binary"}, "example": "…"}
        responses["200"] = {"description": "OK", "content": {content: bytes_}}
        if operation["operationId"] == "file_content":
            parameters.append(_header("Range", {"type": "string"}))
            responses["206"] = responses["200"]
            responses["416"] = {"$ref": "#/components/responses/Problem416"}
    for one in responses.values():
        for kind, media in one.get("content", {}).items():
            if kind == "application/json":
                media["example"] = example_of(media["schema"], schemas)
    wanted = set(_READS if method == "get" else _WRITES)
    if method == "patch":
        wanted.add(428)
    for status in sorted(wanted):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}


def _header(name: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    values = {"Idempotency-Key": "7f3c2e0a-1", "If-Match": '"4f1a9c"', "Range": "bytes=0-1023"}
    return {
        "in": "header", "name": name, "schema": schema, "required": required,
        "example": values[name],
    }  # fmt: skip


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    example = {
        "type": f"{TYPES}…", "title": title_of(status), "status": status,
        "detail": title_of(status),
    }  # fmt: skip
    return {
        "description": title_of(status),
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The document; it describes the interface and tells nothing of what is kept here."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


openapi.is_public = True  # type: ignore[attr-defined]


@require_safe
def problem_type(request: HttpRequest, name: str) -> HttpResponse:
    """What a problem type means: its title and status. Raises NotFoundForViewer."""
    kind = every_type().get(name)
    if kind is None:
        raise NotFoundForViewer(_("Không có gì ở đây."))
    status = status_of(kind.__new__(kind)) if issubclass(kind, HouseError) else 500
    return JsonResponse(
        {"type": f"{TYPES}{name}", "title": title_of(status), "status": status},
        json_dumps_params={"ensure_ascii": False},
    )


problem_type.is_public = True  # type: ignore[attr-defined]
