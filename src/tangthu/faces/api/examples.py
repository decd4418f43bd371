"""Values that stand as examples in the OpenAPI document, made from its schemas."""

from __future__ import annotations

from typing import Any

_NAMED: dict[str, Any] = {
    "q": "kiểm tra", "title": "Tập lưu quyết định năm 2010", "code": "12/QĐ-CCATVSTP",
    "archive_code": "001.03.08.H30.81.2010.01.006", "name": "Chi cục An toàn vệ sinh thực phẩm",
    "kind": "dossier", "sort": "-date", "year": "2010", "date": "2010-02-04", "limit": 50,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "access_level": "01", "level": "01", "record_type": "02", "retention_code": "01",
    "media_type": "application/pdf", "format": "fmt/18", "person": "Nguyễn Thị Cúc",
    "purpose_code": "02", "purpose_text": "Nghiên cứu lịch sử cơ quan", "fee_class": "10",
    "basis": "Kết luận số 12/KL-CC ngày 04/02/2026",
    "description": {"title": "Tập lưu quyết định năm 2010"}, "extra": {"Tờ số": "1–3"},
    "answers": {"mode": "01"}, "columns": {"1": "document.number"}, "asked": {"q": "kiểm tra"},
    "bundle": {"typ": "ril-bundle/1"}, "scopes": ["read.public"], "rights": ["read.public"],
    "right": "read.public", "decision": "15/QĐ-CC ngày 12/03/2026", "until": "2027-12-31",
    "url": "https://nhan.example/tang-thu", "kinds": ["records.dossier"],
    "path": "/srv/kho-c", "carrier_since": "2026-01-02", "reason": "Phương tiện đến hạn thay",
    "effective_from": "2026-03-12", "effective_to": "2027-12-31",
}  # fmt: skip
_FORMATS: dict[str, Any] = {
    "uuid": "0195c0a4-7a3e-7c1e-9b0a-3f1f6f6f0a12",
    "date-time": "2026-02-04T08:30:00+07:00",
    "binary": "…",
}
_DEEPEST = 8


def example_of(schema: Any, schemas: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """An example that a JSON schema accepts; `schemas` are the components that it refers to."""
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return None
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, depth + 1)
    for together in ("anyOf", "oneOf", "allOf"):
        if together in schema:
            return example_of(schema[together][0], schemas, name, depth + 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if kind == "object":
        if name in _NAMED and isinstance(_NAMED[name], dict):
            return _NAMED[name]
        return {
            key: example_of(one, schemas, key, depth + 1)
            for key, one in schema.get("properties", {}).items()
        }
    if kind == "array":
        if name in _NAMED and isinstance(_NAMED[name], list):
            return _NAMED[name]
        inner = schema.get("items", schema.get("prefixItems", [{}]))
        items = inner if isinstance(inner, list) else [inner]
        return [example_of(one, schemas, name.rstrip("s"), depth + 1) for one in items]
    return _plain(schema, kind, name)


def _plain(schema: dict[str, Any], kind: Any, name: str) -> Any:
    if kind == "string":
        fitting = _NAMED.get(name)
        return fitting if isinstance(fitting, str) else str(schema.get("default", ""))
    if kind == "integer":
        return max(int(schema.get("minimum", 1)), 1)
    return {"number": 0.5, "boolean": True, "null": None}.get(kind)
