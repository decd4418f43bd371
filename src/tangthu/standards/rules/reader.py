"""Reading one layer of rule files (TOML) into typed entries; every fault is named with its place.

A layer is one file or the `*.toml` files of one folder. Inside a layer each key has one home.
"""

from __future__ import annotations

import hashlib
import itertools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

from tangthu.standards.rules.errors import (
    DuplicateRuleError,
    GappedPeriodsError,
    OverlappingPeriodsError,
    RuleFileError,
)
from tangthu.standards.rules.values import (
    EVIDENCE,
    UNITS,
    Code,
    Field,
    Format,
    Scalar,
    Source,
    Unit,
    Value,
)

MAX_BYTES = 4 * 1024 * 1024
_SOURCE_FIELDS = {"citation", "evidence", "effective_from", "effective_to", "note"}
_CODE_FIELDS = {"code", "vi", "en", "abbreviation", "abbreviations", "aliases"}
_S = TypeVar("_S", bound=Source)


@dataclass(slots=True)
class Layer:
    """What one layer says: every version of every rule, by name, in file order.

    `titles` holds the Vietnamese and English title of each code list.
    """

    origin: str
    digest: str = ""
    titles: dict[str, tuple[str, str]] = field(default_factory=dict)
    codes: dict[tuple[str, str], list[Code]] = field(default_factory=dict)
    values: dict[str, list[Value]] = field(default_factory=dict)
    fields: dict[str, tuple[Field, ...]] = field(default_factory=dict)
    formats: dict[str, list[Format]] = field(default_factory=dict)


def read_layer(place: Path | Traversable) -> Layer:
    """Read the file or folder `place`. Raises `RuleFileError`, `DuplicateRuleError`, and the period
    errors."""
    layer = Layer(origin=place.name)
    digest = hashlib.sha256()
    homes: dict[tuple[str, str], str] = {}
    for source in _files(place):
        content = _bytes_of(source)
        digest.update(source.name.encode() + b"\0" + hashlib.sha256(content).digest())
        _File(source.name, _toml_of(source.name, content), layer, homes).read()
    layer.digest = digest.hexdigest()
    for (name, code), versions in layer.codes.items():
        _check_periods(f"{name}/{code}", versions)
    for key, values in layer.values.items():
        _check_periods(key, values)
    for extension, formats in layer.formats.items():
        _check_periods(f"formats/{extension}", formats)
    return layer


def _files(place: Path | Traversable) -> list[Path | Traversable]:
    if not place.is_dir():
        return [place]
    inside: Iterable[Path | Traversable] = place.iterdir()
    return sorted((f for f in inside if f.name.endswith(".toml")), key=lambda f: f.name)


def _bytes_of(source: Path | Traversable) -> bytes:
    try:
        with source.open("rb") as handle:
            content = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise RuleFileError(
            f"Không đọc được tệp quy tắc {source.name}.",
            "Kiểm tra đường dẫn và quyền đọc tệp.",
            file=source.name,
            reason=error.strerror,
        ) from error
    if len(content) > MAX_BYTES:
        raise RuleFileError(
            f"Tệp quy tắc {source.name} quá lớn.",
            f"Tệp quy tắc không được quá {MAX_BYTES} byte; chia thành nhiều tệp.",
            file=source.name,
            limit=MAX_BYTES,
        )
    return content


def _toml_of(name: str, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise RuleFileError(
            f"Tệp quy tắc {name} không phải TOML đúng cú pháp (UTF-8).",
            "Sửa dòng được nêu rồi nạp lại.",
            file=name,
            reason=str(error) or type(error).__name__,
        ) from error


class _Table:
    """A TOML table that knows its place, so that each complaint names file, entry and field."""

    def __init__(self, file: str, entry: str, table: object, known: set[str]) -> None:
        self.file = file
        self.entry = entry
        if not isinstance(table, dict):
            raise self.fault("", "phải là một bảng TOML")
        self.table: dict[str, Any] = table
        if unknown := sorted(set(table) - known):
            raise self.fault(unknown[0], "không phải trường đã biết")

    def fault(self, name: str, what: str) -> RuleFileError:
        where = f"{self.entry}.{name}" if name else self.entry
        return RuleFileError(
            f"Tệp quy tắc {self.file}, mục {where}: {what}.",
            "Sửa mục này theo docs/rules.md rồi nạp lại.",
            file=self.file,
            entry=self.entry,
            field=name,
        )

    def text(self, name: str, default: str | None = None) -> str:
        value = self.table.get(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fault(name, "thiếu hoặc không phải chuỗi ký tự")
        return value

    def optional_text(self, name: str) -> str | None:
        return self.text(name) if name in self.table else None

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise self.fault(name, "phải là danh sách chuỗi ký tự")
        return tuple(value)

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise self.fault(name, "phải là một trong " + ", ".join(choices))
        return value

    def flag(self, name: str) -> bool:
        value = self.table.get(name, False)
        if not isinstance(value, bool):
            raise self.fault(name, "phải là true hoặc false")
        return value

    def day(self, name: str) -> date | None:
        value = self.table.get(name)
        if value is not None and type(value) is not date:
            raise self.fault(name, "phải là ngày dạng 2025-07-01, không có dấu nháy")
        return value

    def number(self, name: str) -> int | None:
        value = self.table.get(name)
        if value is not None and (type(value) is not int or value < 1):
            raise self.fault(name, "phải là số nguyên dương")
        return value

    def tables(self, name: str) -> list[object]:
        value = self.table.get(name, [])
        if not isinstance(value, list):
            raise self.fault(name, "phải là danh sách bảng ([[…]])")
        return value

    def scalar(self, name: str) -> Scalar:
        value = self.table.get(name)
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        if not isinstance(value, str | int | bool):
            raise self.fault(name, "phải là chuỗi, số nguyên, true/false hoặc danh sách chuỗi")
        return value

    def inner(self, name: str) -> _Table:
        """Return the table of free content under `name`, empty if there is none."""
        content = self.table.get(name, {})
        if not isinstance(content, dict):
            raise self.fault(name, "phải là một bảng TOML")
        return _Table(self.file, f"{self.entry}.{name}", content, set(content))

    def source(self, inherited: Mapping[str, Any]) -> dict[str, Any]:
        """Return the `Source` fields; what the entry leaves out it inherits from its list."""
        own = {name: self.table[name] for name in _SOURCE_FIELDS if name in self.table}
        merged = _Table(self.file, self.entry, {**inherited, **own}, _SOURCE_FIELDS)
        begins = merged.day("effective_from")
        if begins is None:
            raise self.fault("effective_from", "thiếu ngày bắt đầu hiệu lực")
        return {
            "citation": merged.text("citation"),
            "evidence": merged.choice("evidence", EVIDENCE),
            "effective_from": begins,
            "effective_to": merged.day("effective_to"),
            "note": merged.text("note", ""),
        }


class _File:
    """One rule file being read into its layer; `homes` says which file first used each name."""

    def __init__(
        self, name: str, table: dict[str, Any], layer: Layer, homes: dict[tuple[str, str], str]
    ) -> None:
        known = {"lists", "values", "field_definitions", "field_sets", "formats"}
        self.name = name
        self.top = _Table(name, "(tệp)", table, known)
        self.layer = layer
        self.homes = homes

    def read(self) -> None:
        for name, table in self._named("lists"):
            self._read_list(name, table)
        for entry in self.top.tables("values"):
            self._read_value(entry)
        definitions = dict(self._named("field_definitions"))
        for name, table in self._named("field_sets"):
            self._read_field_set(name, table, definitions)
        self._read_formats()

    def _named(self, section: str) -> Iterator[tuple[str, object]]:
        tables = self.top.table.get(section, {})
        if not isinstance(tables, dict):
            raise self.top.fault(section, "phải là bảng của các bảng")
        yield from tables.items()

    def _settle(self, kind: str, name: str) -> None:
        home = self.homes.setdefault((kind, name), self.name)
        if home != self.name:
            raise DuplicateRuleError(
                f"Quy tắc {name} có trong cả {home} và {self.name}.",
                "Giữ mọi thời kỳ của một quy tắc trong cùng một tệp.",
                key=name,
                files=(home, self.name),
            )

    def _read_list(self, name: str, raw: object) -> None:
        head = _Table(self.name, f"lists.{name}", raw, _SOURCE_FIELDS | {"vi", "en", "codes"})
        self._settle("list", name)
        if "vi" in head.table:
            self.layer.titles[name] = (head.text("vi"), head.text("en"))
        inherited = {k: v for k, v in head.table.items() if k in _SOURCE_FIELDS}
        for raw_code in head.tables("codes"):
            known = _SOURCE_FIELDS | _CODE_FIELDS | {"attributes"}
            entry = _Table(self.name, f"lists.{name}.codes", raw_code, known)
            code = entry.text("code")
            entry.entry = f"lists.{name}.{code}"
            own = entry.inner("attributes")
            self.layer.codes.setdefault((name, code), []).append(
                Code(
                    list_name=name,
                    code=code,
                    vi=entry.text("vi"),
                    en=entry.text("en"),
                    abbreviation=entry.optional_text("abbreviation"),
                    abbreviations=entry.texts("abbreviations"),
                    aliases=entry.texts("aliases"),
                    attributes=MappingProxyType({key: own.scalar(key) for key in own.table}),
                    **entry.source(inherited),
                )
            )

    def _read_value(self, raw: object) -> None:
        entry = _Table(self.name, "values", raw, _SOURCE_FIELDS | {"key", "value", "unit", "vi"})
        key = entry.text("key")
        entry.entry = f"values.{key}"
        self._settle("value", key)
        value = entry.scalar("value")
        unit = entry.choice("unit", UNITS) if "unit" in entry.table else None
        if unit is not None and (type(value) is not int or value < 0):
            raise entry.fault("value", "có đơn vị thời gian thì phải là số nguyên không âm")
        self.layer.values.setdefault(key, []).append(
            Value(
                key=key,
                value=value,
                unit=cast("Unit | None", unit),
                vi=entry.text("vi"),
                **entry.source({}),
            )
        )

    def _read_field_set(self, name: str, raw: object, definitions: Mapping[str, object]) -> None:
        known = _SOURCE_FIELDS | {"definitions", "elements", "changes"}
        head = _Table(self.name, f"field_sets.{name}", raw, known)
        self._settle("fields", name)
        group = head.text("definitions")
        shared = definitions.get(group)
        if not isinstance(shared, dict):
            raise head.fault("definitions", f"không có field_definitions.{group}")
        changes = head.table.get("changes", {})
        if not isinstance(changes, dict) or not all(isinstance(c, dict) for c in changes.values()):
            raise head.fault("changes", "phải là bảng của các bảng")
        inherited = {k: v for k, v in head.table.items() if k in _SOURCE_FIELDS}
        elements = head.texts("elements")
        if len(set(elements)) != len(elements):
            raise head.fault("elements", "có phần tử lặp lại")
        for stray in sorted(set(changes) - set(elements)):
            raise head.fault(f"changes.{stray}", "không có trong elements")
        made = []
        for element in elements:
            if not isinstance(shared.get(element), dict):
                raise head.fault("elements", f"không có field_definitions.{group}.{element}")
            merged = {**shared[element], **changes.get(element, {})}
            made.append(self._field(name, element, merged, inherited))
        self.layer.fields[name] = tuple(made)

    def _field(
        self, field_set: str, element: str, merged: object, inherited: Mapping[str, Any]
    ) -> Field:
        known = _SOURCE_FIELDS | {"identifier", "kind", "max_length", "obligation", "condition"}
        known |= {"code_list", "many", "precision", "vi", "en"}
        entry = _Table(self.name, f"field_sets.{field_set}.{element}", merged, known)
        obligation = entry.choice("obligation", ("mandatory", "conditional", "optional"))
        condition = entry.optional_text("condition")
        if (obligation == "conditional") != (condition is not None):
            raise entry.fault("condition", "có khi và chỉ khi obligation là conditional")
        kind = entry.choice("kind", ("string", "number", "date", "boolean"))
        precision = entry.choice("precision", ("day", "any"), "day") if kind == "date" else None
        return Field(
            field_set=field_set,
            name=element,
            identifier=entry.text("identifier"),
            kind=cast("Any", kind),
            max_length=entry.number("max_length"),
            obligation=cast("Any", obligation),
            condition=condition,
            code_list=entry.optional_text("code_list"),
            many=entry.flag("many"),
            precision=cast("Any", precision),
            vi=entry.text("vi"),
            en=entry.text("en"),
            **entry.source(inherited),
        )

    def _read_formats(self) -> None:
        if "formats" not in self.top.table:
            return
        head = _Table(
            self.name, "formats", self.top.table["formats"], _SOURCE_FIELDS | {"accepted"}
        )
        inherited = {k: v for k, v in head.table.items() if k in _SOURCE_FIELDS}
        for raw in head.tables("accepted"):
            known = _SOURCE_FIELDS | {"extension", "group", "mime", "pronom", "vi"}
            entry = _Table(self.name, "formats.accepted", raw, known)
            extension = entry.text("extension")
            entry.entry = f"formats.{extension}"
            self._settle("format", extension)
            self.layer.formats.setdefault(extension, []).append(
                Format(
                    extension=extension,
                    group=cast("Any", entry.choice("group", ("DOC", "OTHER", "PIC", "MEDIA"))),
                    mime=entry.texts("mime"),
                    pronom=entry.texts("pronom"),
                    vi=entry.text("vi"),
                    **entry.source(inherited),
                )
            )


def _check_periods(key: str, versions: list[_S]) -> None:
    """Sort `versions` by date in place; raise unless each begins the day after the one before
    ends."""
    versions.sort(key=lambda version: version.effective_from)
    for version in versions:
        if version.effective_to is not None and version.effective_to < version.effective_from:
            raise OverlappingPeriodsError(
                f"Quy tắc {key} hết hiệu lực trước khi có hiệu lực.",
                "Sửa effective_from hoặc effective_to.",
                key=key,
                effective_from=version.effective_from,
                effective_to=version.effective_to,
            )
    for before, after in itertools.pairwise(versions):
        if before.effective_to is None or before.effective_to >= after.effective_from:
            raise OverlappingPeriodsError(
                f"Quy tắc {key} có hai giá trị cùng hiệu lực từ {after.effective_from:%d/%m/%Y}.",
                "Ghi effective_to của giá trị trước là ngày liền trước giá trị sau.",
                key=key,
                first=before.effective_from,
                second=after.effective_from,
            )
        if before.effective_to + timedelta(days=1) < after.effective_from:
            raise GappedPeriodsError(
                f"Quy tắc {key} không có giá trị nào giữa {before.effective_to:%d/%m/%Y} "
                f"và {after.effective_from:%d/%m/%Y}.",
                "Nối liền hai thời kỳ, hoặc bổ sung giá trị còn thiếu.",
                key=key,
                ends=before.effective_to,
                begins=after.effective_from,
            )
