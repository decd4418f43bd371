"""The Library of Congress list of preservation event types, read from `event_types.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from tangthu.standards.premis.errors import UnknownEventTypeError

_DATA = tomllib.loads(
    (files("tangthu") / "standards/premis/event_types.toml").read_text(encoding="utf-8")
)
SCHEME: str = _DATA["scheme"]
EVENT_TYPES: Mapping[str, str] = MappingProxyType(
    {label: f"{SCHEME}/{code}" for code, label in _DATA["event_types"].items()}
)
"""Label → address of the term, e.g. `fixity check`."""


def event_type_uri(label: str) -> str:
    """Return the address of an event type. Raises `UnknownEventTypeError`."""
    try:
        return EVENT_TYPES[label]
    except KeyError:
        raise UnknownEventTypeError(
            f"Loại sự kiện “{label[:80]}” không có trong danh mục của Thư viện Quốc hội Hoa Kỳ.",
            "Chọn một loại sự kiện trong danh mục, ví dụ “transfer” cho số hóa.",
            event_type=label[:80],
        ) from None
