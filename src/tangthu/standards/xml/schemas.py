"""XML Schema validation with schemas in memory: what they refer to is found there or nowhere."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree

from tangthu.standards.xml.errors import SchemaUnusableError
from tangthu.standards.xml.reading import DEFAULT, SMALL, Limits, XmlSource, _chunks, parse

_XS = "http://www.w3.org/2001/XMLSchema"
_MAX_FAULTS = 20


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """One way in which a document breaks its schema: line number and the parser's words."""

    line: int
    message: str


class SchemaSet:
    """Named schema documents that may import each other by file name, whatever the address."""

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        """`documents`: file name → bytes. Names are matched without regard to case."""
        self._documents = {name.lower(): data for name, data in documents.items()}
        self._compile = functools.cache(self._compile_names)

    def schema(self, *names: str) -> etree.XMLSchema:
        """Return the compiled union of the named schema documents.

        Raises `SchemaUnusableError` if one is missing, is not XML Schema, or refers to a document
        that is not in the set.
        """
        return self._compile(names)

    def _compile_names(self, names: tuple[str, ...]) -> etree.XMLSchema:
        roots = []
        for name in names:
            data = self._documents.get(name.lower())
            if data is None:
                raise _unusable(name, "không có trong bộ lược đồ")
            parse(data, limits=SMALL)  # a schema is hostile input too: no DTD, bounded
            roots.append((name, data))
        parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
        parser.resolvers.add(_Resolver(self._documents))
        try:
            if len(roots) == 1:
                document = etree.fromstring(roots[0][1], parser, base_url=roots[0][0])
            else:
                document = etree.fromstring(_union(roots), parser, base_url="union.xsd")
            return etree.XMLSchema(document)
        except (etree.XMLSchemaParseError, etree.XMLSyntaxError) as fault:
            raise _unusable(", ".join(names), str(fault)[:300]) from None


def faults_of(
    schema: etree.XMLSchema, source: XmlSource, *, limits: Limits = DEFAULT
) -> list[SchemaFault]:
    """Return the first faults (at most 20) of a document against `schema`, in a stream.

    The document must have passed `walk` before: this does not count depth or elements again.
    Raises `XmlTooLargeError` or OSError.
    """
    parser = etree.XMLPullParser(
        events=("end",),
        schema=schema,
        remove_comments=True,
        remove_pis=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    complete = False
    try:
        for chunk in _chunks(source, limits.max_bytes):
            parser.feed(chunk)
            complete = _drop(parser) or complete
        parser.close()
        complete = _drop(parser) or complete
    except etree.XMLSyntaxError as fault:
        found = [SchemaFault(entry.line, entry.message) for entry in parser.feed_error_log]
        found = found or [SchemaFault(fault.lineno or 0, str(fault.msg))]
        return found[:_MAX_FAULTS]
    return [] if complete else [SchemaFault(0, "the document is not complete")]


def _drop(parser: etree.XMLPullParser) -> bool:
    """Forget what was parsed; return True if the root has ended."""
    ended = False
    for _, event in parser.read_events():
        element = cast(etree._Element, event)
        element.clear()
        parent = element.getparent()
        if parent is None:
            ended = True
        else:
            while element.getprevious() is not None:
                del parent[0]
    return ended


class _Resolver(etree.Resolver):
    def __init__(self, documents: Mapping[str, bytes]) -> None:
        self._documents = documents

    def resolve(self, system_url: str, public_id: str, context: Any = None) -> Any:
        name = system_url.replace("\\", "/").rsplit("/", 1)[-1].lower()
        # An unknown reference gets an empty schema, so that nothing outside is ever opened.
        data = self._documents.get(name, f'<schema xmlns="{_XS}"/>'.encode())
        return self.resolve_string(data, context, base_url=system_url)


def _union(roots: list[tuple[str, bytes]]) -> bytes:
    union = etree.Element(f"{{{_XS}}}schema", nsmap={"xs": _XS})
    for name, data in roots:
        namespace = parse(data, limits=SMALL).get("targetNamespace")
        attributes = {"schemaLocation": name}
        if namespace:
            attributes["namespace"] = namespace
        etree.SubElement(union, f"{{{_XS}}}import", attributes)
    return etree.tostring(union)


def _unusable(name: str, detail: str) -> SchemaUnusableError:
    return SchemaUnusableError(
        f"Lược đồ XSD {name} không dùng được: {detail}.",
        "Thay bằng lược đồ đúng chuẩn kèm đủ tệp nó nhắc tới.",
        schema=name,
        detail=detail,
    )
