"""Reading XML in a stream with flat memory, without DTD, entities or network.

Every reader of the house goes through `walk`, `records` or `parse`; none calls lxml's parsers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

from lxml import etree

from tangthu.standards.xml.errors import (
    AttributeTooLongError,
    DoctypeForbiddenError,
    MalformedXmlError,
    TooDeepError,
    TooManyAttributesError,
    TooManyElementsError,
    XmlTooLargeError,
)

XmlSource = Path | bytes | BinaryIO
Kind = Literal["start", "end"]

_CHUNK = 64 * 1024
_FIRST_CHUNK = 4 * 1024
_PROLOG_MAX = 256 * 1024
_LIBXML2_DEPTH = 255


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may cost.

    `max_bytes` of the document; `depth` of nesting (at most 255, libxml2's own bound);
    `elements` in all; `attributes` on one element; `attribute_chars` in one value. A single text is
    bounded by libxml2 at 10 000 000 bytes.
    """

    max_bytes: int = 2 * 1024**3
    depth: int = 64
    elements: int = 20_000_000
    attributes: int = 64
    attribute_chars: int = 64 * 1024


DEFAULT = Limits()
SMALL = Limits(max_bytes=16 * 1024**2, elements=200_000)


def walk(
    source: XmlSource,
    *,
    limits: Limits = DEFAULT,
    keep: Collection[str] = (),
) -> Iterator[tuple[Kind, etree._Element]]:
    """Yield ("start", element) and ("end", element) in document order.

    At "start" tag and attributes are known, at "end" the text too. Elements whose tag is in `keep`
    are complete, with all below them, at their "end"; every other element loses its content once
    it was yielded, so memory is bounded by the largest kept element. Comments and processing
    instructions are left out. Raises an `XmlError`, or OSError from the source.
    """
    yield from _pump(source, _Gate(limits, frozenset(keep)))


def records(
    source: XmlSource, tags: Collection[str], *, limits: Limits = DEFAULT
) -> Iterator[etree._Element]:
    """Yield each outermost element whose tag is in `tags`, complete. Raises as `walk`."""
    inside = 0
    for kind, element in walk(source, limits=limits, keep=tags):
        if element.tag not in tags:
            continue
        inside += 1 if kind == "start" else -1
        if kind == "end" and inside == 0:
            yield element


def parse(source: XmlSource, *, limits: Limits = SMALL) -> etree._Element:
    """Return the root of a small document, complete in memory. Raises as `walk`."""
    root: etree._Element | None = None
    for _, element in _pump(source, _Gate(limits, None)):
        root = element if root is None else root
    if root is None:
        raise _empty()
    return root


def local_name(tag: str) -> str:
    """Return the tag without its namespace: `{http://…}file` gives `file`."""
    return tag.rpartition("}")[2]


def _pump(source: XmlSource, gate: _Gate) -> Iterator[tuple[Kind, etree._Element]]:
    parser = _pull_parser()
    for chunk in _chunks(source, gate.limits.max_bytes):
        try:
            parser.feed(chunk)
        except etree.XMLSyntaxError as fault:
            yield from gate.pass_on(parser)
            raise _as_error(fault) from None
        yield from gate.pass_on(parser)
        gate.check_prolog(len(chunk))
    try:
        parser.close()
    except etree.XMLSyntaxError as fault:
        yield from gate.pass_on(parser)
        raise _as_error(fault) from None
    yield from gate.pass_on(parser)


def _pull_parser() -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=("start", "end"),
        remove_comments=True,
        remove_pis=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
    )


def _chunks(source: XmlSource, max_bytes: int) -> Iterator[bytes]:
    # The first pieces are small: a DOCTYPE is refused before much of it has been looked at.
    if isinstance(source, bytes):
        if len(source) > max_bytes:
            raise _too_large(max_bytes)
        if not source:
            raise _empty()
        yield source[:_FIRST_CHUNK]
        for start in range(_FIRST_CHUNK, len(source), _CHUNK):
            yield source[start : start + _CHUNK]
        return
    if isinstance(source, Path):
        with source.open("rb") as handle:
            yield from _chunks(handle, max_bytes)
        return
    total = 0
    size = _FIRST_CHUNK
    while piece := source.read(size):
        total += len(piece)
        if total > max_bytes:
            raise _too_large(max_bytes)
        yield piece
        size = _CHUNK
    if total == 0:
        raise _empty()


class _Gate:
    """Counts what passes, refuses what is too much, and drops what was seen."""

    def __init__(self, limits: Limits, keep: frozenset[str] | None) -> None:
        self.limits = limits
        self.keep = keep
        self.depth = 0
        self.elements = 0
        self.kept = 0
        self.prolog = 0
        self.max_depth = min(limits.depth, _LIBXML2_DEPTH)

    def check_prolog(self, fed: int) -> None:
        """Refuse a document whose root has not begun after a generous prolog."""
        if self.elements == 0:
            self.prolog += fed
            if self.prolog > _PROLOG_MAX:
                raise XmlTooLargeError(
                    "Tệp XML có phần mở đầu hoặc thẻ gốc quá dài.",
                    "Bỏ khai báo DOCTYPE và thực thể rồi gửi lại.",
                    max_bytes=_PROLOG_MAX,
                )

    def pass_on(self, parser: etree.XMLPullParser) -> Iterator[tuple[Kind, etree._Element]]:
        for event, found in parser.read_events():
            element = cast(etree._Element, found)
            if event == "start":
                self._start(element)
                yield "start", element
            else:
                yield "end", element
                self._end(element)

    def _start(self, element: etree._Element) -> None:
        if self.elements == 0:
            _refuse_doctype(element)
        self.elements += 1
        self.depth += 1
        if self.depth > self.max_depth:
            raise _too_deep(self.max_depth)
        if self.elements > self.limits.elements:
            raise TooManyElementsError(
                f"Tệp XML có quá {self.limits.elements} phần tử.",
                "Chia nhỏ dữ liệu rồi gửi lại.",
                max_elements=self.limits.elements,
            )
        if len(element.attrib) > self.limits.attributes:
            raise TooManyAttributesError(
                f"Phần tử {local_name(element.tag)[:80]} có quá {self.limits.attributes} "
                "thuộc tính.",
                "Kiểm tra lại phần mềm đã tạo tệp.",
                line=element.sourceline,
            )
        for value in element.attrib.values():
            if len(value) > self.limits.attribute_chars:
                raise AttributeTooLongError(
                    f"Một thuộc tính của phần tử {local_name(element.tag)[:80]} dài quá "
                    f"{self.limits.attribute_chars} ký tự.",
                    "Kiểm tra lại phần mềm đã tạo tệp.",
                    line=element.sourceline,
                )
        if self.keep is not None and element.tag in self.keep:
            self.kept += 1

    def _end(self, element: etree._Element) -> None:
        self.depth -= 1
        if self.keep is None:
            return
        if element.tag in self.keep:
            self.kept -= 1
        if self.kept:
            return
        element.clear()
        parent = element.getparent()
        if parent is not None:
            while element.getprevious() is not None:
                del parent[0]


def _refuse_doctype(root: etree._Element) -> None:
    info = root.getroottree().docinfo
    if info.internalDTD is not None:
        raise DoctypeForbiddenError(
            "Tệp XML có khai báo DOCTYPE; hệ thống không đọc DTD và thực thể.",
            "Bỏ khai báo DOCTYPE rồi gửi lại.",
        )


def _as_error(fault: etree.XMLSyntaxError) -> Exception:
    text = str(fault.msg or fault)
    facts = {"line": fault.lineno, "detail": text[:300]}
    if "Excessive depth" in text:
        return _too_deep(_LIBXML2_DEPTH)
    if "too long" in text or "too big" in text or "huge" in text.lower():
        return XmlTooLargeError(
            "Một phần của tệp XML dài quá mức cho phép.", "Kiểm tra lại tệp.", **facts
        )
    if "entity" in text.lower() and "amplification" in text.lower():
        return DoctypeForbiddenError(
            "Tệp XML khai báo thực thể phình to; hệ thống không đọc.",
            "Bỏ khai báo DOCTYPE.",
            **facts,
        )
    return MalformedXmlError(
        f"Tệp không phải XML đúng cú pháp (dòng {fault.lineno}).",
        "Tạo lại tệp hoặc yêu cầu bên gửi gửi lại.",
        **facts,
    )


def _too_deep(depth: int) -> TooDeepError:
    return TooDeepError(
        f"Tệp XML lồng nhau quá {depth} cấp.", "Kiểm tra lại phần mềm đã tạo tệp.", max_depth=depth
    )


def _too_large(max_bytes: int) -> XmlTooLargeError:
    return XmlTooLargeError(
        f"Tệp XML lớn hơn {max_bytes} byte.", "Chia nhỏ dữ liệu rồi gửi lại.", max_bytes=max_bytes
    )


def _empty() -> MalformedXmlError:
    return MalformedXmlError("Tệp XML rỗng.", "Gửi lại tệp đầy đủ.")
