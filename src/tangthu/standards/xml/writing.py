"""Writing XML in a stream: indented, deterministic, and never a document that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import BinaryIO

from lxml import etree

from tangthu.standards.xml.errors import ForbiddenCharacterError

# XML 1.0 §2.2, production Char, negated.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def forbidden_character(text: str) -> int | None:
    """Return the position of the first character XML cannot hold, None if there is none."""
    found = _FORBIDDEN.search(text)
    return None if found is None else found.start()


def check_text(text: str, where: str) -> str:
    """Return `text` unchanged. Raises `ForbiddenCharacterError`, naming the place `where`."""
    position = forbidden_character(text)
    if position is not None:
        raise ForbiddenCharacterError(
            f"“{where}” có ký tự điều khiển U+{ord(text[position]):04X} ở vị trí {position + 1}; "
            "XML không chứa được ký tự này.",
            "Xóa ký tự đó khỏi thông tin mô tả.",
            where=where,
            position=position,
            character=f"U+{ord(text[position]):04X}",
        )
    return text


class XmlWriter:
    """A document being written to a binary stream, element by element.

    Use as a context manager. Tags and attributes are `{namespace}name`. Attributes that are None
    are left out; the order given is the order written.
    """

    def __init__(self, out: BinaryIO, nsmap: Mapping[str | None, str] | None = None) -> None:
        """Write UTF-8 with an XML declaration to `out`; `nsmap` is declared on the root."""
        self._context = etree.xmlfile(out, encoding="UTF-8")
        self._nsmap = dict(nsmap) if nsmap else None
        self._depth = 0

    def __enter__(self) -> XmlWriter:
        self._file = self._context.__enter__()
        self._file.write_declaration()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._context.__exit__(kind, value, trace)

    @contextmanager
    def element(
        self, tag: str, attributes: Mapping[str, str | None] | None = None
    ) -> Iterator[None]:
        """Open an element with children; it closes with the block."""
        self._indent()
        nsmap = self._nsmap if self._depth == 0 else None
        self._depth += 1
        with self._file.element(tag, _attributes(attributes), nsmap=nsmap):
            yield
            self._depth -= 1
            self._file.write("\n" + "  " * self._depth)

    def leaf(
        self, tag: str, text: str | None = None, attributes: Mapping[str, str | None] | None = None
    ) -> None:
        """Write an element that has text or nothing. Raises `ForbiddenCharacterError`."""
        self._indent()
        with self._file.element(tag, _attributes(attributes)):
            if text:
                self._file.write(check_text(text, tag.rpartition("}")[2]))

    def _indent(self) -> None:
        if self._depth:
            self._file.write("\n" + "  " * self._depth)


def _attributes(attributes: Mapping[str, str | None] | None) -> dict[str, str]:
    if attributes is None:
        return {}
    return {
        name: check_text(value, name.rpartition("}")[2])
        for name, value in attributes.items()
        if value is not None
    }
