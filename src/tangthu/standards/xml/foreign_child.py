"""The child of `foreign.ForeignSchemas`: started by path, needs lxml only, limits itself first.

Reads frames (4-byte length, bytes) from stdin: a JSON header [place, [schema names]], then pieces
of the document, then an empty frame. Writes one JSON line per document.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from lxml import etree

_XS = "http://www.w3.org/2001/XMLSchema"
_MAX_FAULTS = 20


def _frames() -> Iterator[bytes]:
    while header := sys.stdin.buffer.read(4):
        (size,) = struct.unpack(">I", header)
        yield sys.stdin.buffer.read(size)


class _Resolver(etree.Resolver):
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[str, str] = json.loads((folder / "names.json").read_text("utf-8"))

    def data(self, name: str) -> bytes:
        file = self._names.get(name.replace("\\", "/").rsplit("/", 1)[-1].lower())
        if file is None:
            return f'<schema xmlns="{_XS}"/>'.encode()
        return (self._folder / file).read_bytes()

    def resolve(self, system_url: str, public_id: str, context: Any = None) -> Any:
        return self.resolve_string(self.data(system_url), context, base_url=system_url)


def _compile(resolver: _Resolver, names: tuple[str, ...]) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
    parser.resolvers.add(resolver)
    union = etree.Element(f"{{{_XS}}}schema", nsmap={"xs": _XS})
    for name in names:
        root = etree.fromstring(resolver.data(name), parser, base_url=name)
        if len(names) == 1:
            return etree.XMLSchema(root)
        attributes = {"schemaLocation": name}
        namespace = root.get("targetNamespace")
        if namespace:
            attributes["namespace"] = namespace
        etree.SubElement(union, f"{{{_XS}}}import", attributes)
    return etree.XMLSchema(etree.fromstring(etree.tostring(union), parser, base_url="union.xsd"))


def _validate(schema: etree.XMLSchema, frames: Iterator[bytes]) -> list[tuple[int, str]]:
    parser = etree.XMLPullParser(
        events=("end",), schema=schema, resolve_entities=False, no_network=True, load_dtd=False
    )
    found: list[tuple[int, str]] = []
    complete = False
    for piece in frames:
        if not piece:
            break
        if found:
            continue
        try:
            parser.feed(piece)
            complete = _drop(parser) or complete
        except etree.XMLSyntaxError as fault:
            found = _faults(parser, fault)
    if not found:
        try:
            parser.close()
            complete = _drop(parser) or complete
        except etree.XMLSyntaxError as fault:
            found = _faults(parser, fault)
    if not found and not complete:
        found = [(0, "the document is not complete")]
    return found[:_MAX_FAULTS]


def _drop(parser: etree.XMLPullParser) -> bool:
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


def _faults(parser: etree.XMLPullParser, fault: etree.XMLSyntaxError) -> list[tuple[int, str]]:
    found = [(entry.line, entry.message) for entry in parser.feed_error_log]
    return found or [(fault.lineno or 0, str(fault.msg))]


def main(folder: str, cpu: str, memory: str) -> None:
    """Answer every document on stdin; stop at a schema that cannot be used."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu), int(cpu)))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resolver = _Resolver(Path(folder))
    compiled: dict[tuple[str, ...], etree.XMLSchema] = {}
    frames = _frames()
    for header in frames:
        place, names = json.loads(header)
        key = tuple(names)
        try:
            if key not in compiled:
                compiled[key] = _compile(resolver, key)
        except (etree.LxmlError, MemoryError) as fault:
            sys.stdout.write(json.dumps({"unusable": str(fault)[:300]}) + "\n")
            return
        faults = _validate(compiled[key], frames)
        sys.stdout.write(json.dumps({"place": place, "faults": faults}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
