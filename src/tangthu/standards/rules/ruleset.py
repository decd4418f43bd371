"""The rule set: layers of rule files, later ones on top, asked by name and date."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from tangthu.standards.rules.errors import NotInForceError, UnknownRuleError, WrongRuleTypeError
from tangthu.standards.rules.reader import Layer, read_layer
from tangthu.standards.rules.values import (
    Code,
    Duration,
    Field,
    Format,
    Override,
    Source,
    Value,
)

_S = TypeVar("_S", bound=Source)


class RuleSet:
    """All rules of an installation. Immutable once loaded; safe to share between threads.

    An override replaces the whole history of its key (a value, one code of a list, one field set,
    one file extension), so that what it says is all there is to read.
    """

    def __init__(self, layers: Iterable[Layer]) -> None:
        """Stack `layers`, the law first, then the installation's files in the order they count."""
        first, *rest = layers
        self._titles = dict(first.titles)
        self._codes = {key: tuple(versions) for key, versions in first.codes.items()}
        self._values = {key: tuple(versions) for key, versions in first.values.items()}
        self._fields = dict(first.fields)
        self._formats = {key: tuple(versions) for key, versions in first.formats.items()}
        self._overrides: list[Override] = []
        digest = hashlib.sha256(first.digest.encode())
        for layer in rest:
            digest.update(layer.digest.encode())
            self._lay(layer)
        self.identity = digest.hexdigest()

    @classmethod
    def load(cls, *overrides: Path, base: Path | None = None) -> RuleSet:
        """Read the rules of the package (or of the folder `base`), then each file or folder on top.

        Raises `RuleFileError`, `DuplicateRuleError`, `OverlappingPeriodsError` or
        `GappedPeriodsError`: a rule set with a fault is not used at all.
        """
        bottom = read_layer(base if base is not None else files("tangthu") / "rulesets")
        return cls([bottom, *(read_layer(path) for path in overrides)])

    @classmethod
    @functools.cache
    def packaged(cls) -> RuleSet:
        """Return the rules shipped with the package, without overrides, read once per process."""
        return cls.load()

    def list_names(self) -> tuple[str, ...]:
        """Return the names of all code lists, in file order."""
        return tuple(dict.fromkeys(name for name, _ in self._codes))

    def list_title(self, list_name: str) -> tuple[str, str]:
        """Return the Vietnamese and English title of a code list. Raises `UnknownRuleError`."""
        self._require_list(list_name)
        return self._titles.get(list_name, (list_name, list_name))

    def codes(self, list_name: str, on: date) -> tuple[Code, ...]:
        """Return the codes of a list in force on the day `on`, in the order of the law.

        Raises `UnknownRuleError` if there is no such list, `NotInForceError` if it has no code on
        that day.
        """
        self._require_list(list_name)
        found = [
            version
            for (name, _), versions in self._codes.items()
            if name == list_name
            for version in versions
            if version.in_force(on)
        ]
        if not found:
            raise _not_in_force(list_name, on)
        return tuple(found)

    def newest_codes(self, list_name: str) -> tuple[Code, ...]:
        """Return the newest version of every code that was ever in a list. Raises
        `UnknownRuleError`.

        For recognising names, not for judging: use `codes` with a date for that.
        """
        self._require_list(list_name)
        return tuple(v[-1] for (name, _), v in self._codes.items() if name == list_name)

    def code(self, list_name: str, code: str, on: date) -> Code:
        """Return one code of a list on the day `on`. Raises `UnknownRuleError` or
        `NotInForceError`."""
        self._require_list(list_name)
        versions = self._codes.get((list_name, code))
        if versions is None:
            raise UnknownRuleError(
                f"Danh mục {list_name} không có mã “{code[:40]}”.",
                "Chọn một mã trong danh mục.",
                list=list_name,
                code=code[:40],
            )
        return _version(f"{list_name}/{code}", versions, on)

    def value_keys(self) -> tuple[str, ...]:
        """Return the keys of all values, in file order."""
        return tuple(self._values)

    def value(self, key: str, on: date) -> Value:
        """Return the value of `key` in force on the day `on`. Raises `UnknownRuleError`,
        `NotInForceError`."""
        versions = self._values.get(key)
        if versions is None:
            raise _unknown(key)
        return _version(key, versions, on)

    def duration(self, key: str, on: date) -> Duration:
        """Return a value that is an amount of time. Raises also `WrongRuleTypeError`."""
        value = self.value(key, on)
        if value.unit is None or not isinstance(value.value, int):
            raise _wrong_type(key, "duration")
        return Duration(value.value, value.unit)

    def integer(self, key: str, on: date) -> int:
        """Return a value that is a plain whole number. Raises also `WrongRuleTypeError`."""
        value = self.value(key, on)
        if value.unit is not None or isinstance(value.value, bool):
            raise _wrong_type(key, "integer")
        if not isinstance(value.value, int):
            raise _wrong_type(key, "integer")
        return value.value

    def flag(self, key: str, on: date) -> bool:
        """Return a value that is true or false. Raises also `WrongRuleTypeError`."""
        value = self.value(key, on).value
        if not isinstance(value, bool):
            raise _wrong_type(key, "flag")
        return value

    def text(self, key: str, on: date) -> str:
        """Return a value that is a string. Raises also `WrongRuleTypeError`."""
        value = self.value(key, on).value
        if not isinstance(value, str):
            raise _wrong_type(key, "text")
        return value

    def texts(self, key: str, on: date) -> tuple[str, ...]:
        """Return a value that is a list of strings. Raises also `WrongRuleTypeError`."""
        value = self.value(key, on).value
        if not isinstance(value, tuple):
            raise _wrong_type(key, "texts")
        return value

    def field_sets(self) -> tuple[str, ...]:
        """Return the names of all field sets."""
        return tuple(self._fields)

    def fields(self, field_set: str, on: date) -> tuple[Field, ...]:
        """Return the elements of a record in writing order. Raises `UnknownRuleError`,
        `NotInForceError`."""
        elements = self._fields.get(field_set)
        if elements is None:
            raise _unknown(field_set)
        found = tuple(element for element in elements if element.in_force(on))
        if not found:
            raise _not_in_force(field_set, on)
        return found

    def formats(self, on: date) -> tuple[Format, ...]:
        """Return the file formats accepted in packages on the day `on`. Raises
        `NotInForceError`."""
        found = tuple(v for versions in self._formats.values() for v in versions if v.in_force(on))
        if not found:
            raise _not_in_force("formats", on)
        return found

    def format(self, extension: str, on: date) -> Format | None:
        """Return the format of an extension (any case, dot allowed), None if it is not accepted.

        Raises `NotInForceError` if no format list is in force on the day `on`.
        """
        wanted = extension.lower().removeprefix(".")
        return next((f for f in self.formats(on) if f.extension == wanted), None)

    def overrides(self) -> tuple[Override, ...]:
        """Return what the installation's files replaced or added, in the order they were laid."""
        return tuple(self._overrides)

    def _require_list(self, list_name: str) -> None:
        if not any(name == list_name for name, _ in self._codes):
            raise _unknown(list_name)

    def _lay(self, layer: Layer) -> None:
        self._titles.update(layer.titles)
        for (name, code), versions in layer.codes.items():
            self._note(layer, "code", f"{name}/{code}", versions, self._codes.get((name, code)))
            self._codes[name, code] = tuple(versions)
        for key, values in layer.values.items():
            self._note(layer, "value", key, values, self._values.get(key))
            self._values[key] = tuple(values)
        for name, fields in layer.fields.items():
            self._note(layer, "fields", name, fields, self._fields.get(name))
            self._fields[name] = fields
        for extension, formats in layer.formats.items():
            self._note(layer, "format", extension, formats, self._formats.get(extension))
            self._formats[extension] = tuple(formats)

    def _note(
        self,
        layer: Layer,
        kind: str,
        key: str,
        new: Iterable[Source],
        old: tuple[Source, ...] | None,
    ) -> None:
        newest = list(new)[-1]
        self._overrides.append(
            Override(
                kind=kind,  # type: ignore[arg-type]
                key=key,
                origin=layer.origin,
                citation=newest.citation,
                settled=old is not None and not all(version.configurable for version in old),
                added=old is None,
            )
        )


def _version(key: str, versions: tuple[_S, ...], on: date) -> _S:
    for version in versions:
        if version.in_force(on):
            return version
    raise _not_in_force(key, on)


def _unknown(key: str) -> UnknownRuleError:
    return UnknownRuleError(
        f"Không có quy tắc hay danh mục “{key[:80]}”.",
        "Kiểm tra tên trong thư mục rulesets.",
        key=key[:80],
    )


def _not_in_force(key: str, on: date) -> NotInForceError:
    return NotInForceError(
        f"Quy tắc {key[:80]} không có hiệu lực ngày {on:%d/%m/%Y}.",
        "Dùng ngày khác, hoặc bổ sung quy tắc của thời kỳ đó.",
        key=key[:80],
        on=on,
    )


def _wrong_type(key: str, wanted: str) -> WrongRuleTypeError:
    return WrongRuleTypeError(
        f"Giá trị của quy tắc {key} không thuộc kiểu cần dùng.",
        "Hỏi đúng kiểu, hoặc sửa giá trị trong tệp quy tắc.",
        key=key,
        wanted=wanted,
    )
