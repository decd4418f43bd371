"""Reading PREMIS 3.0 in a stream, tolerant of order and of what it does not know."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from lxml import etree

from tangthu.standards.premis.errors import UnreadablePremisError
from tangthu.standards.premis.model import (
    Agent,
    Event,
    FileObject,
    Fixity,
    Format,
    Identifier,
    IntellectualEntity,
    LedgerPlace,
    Link,
    PremisObject,
    Relationship,
    Representation,
)
from tangthu.standards.premis.names import name_from_xml
from tangthu.standards.premis.writer import LEDGER_NS, NS, XSI
from tangthu.standards.xml import Limits, XmlSource, local_name, records

PremisItem = PremisObject | Event | Agent

_NS = {"p": NS, "r": LEDGER_NS}
_TAGS = frozenset(f"{{{NS}}}{name}" for name in ("object", "event", "agent"))


def read_premis(source: XmlSource, *, limits: Limits | None = None) -> Iterator[PremisItem]:
    """Yield the objects, events and agents of a document in its order.

    A `bitstream` object is left out. Raises `UnreadablePremisError` for an entity without
    identifier or type, or an `XmlError`.
    """
    for element in records(source, _TAGS, limits=limits or Limits()):
        kind = local_name(element.tag)
        if kind == "event":
            yield _event(element)
        elif kind == "agent":
            yield _agent(element)
        else:
            item = _object(element)
            if item is not None:
                yield item


def _object(element: etree._Element) -> PremisObject | None:
    kind = (element.get(f"{{{XSI}}}type") or "").rpartition(":")[2]
    identifiers = _identifiers(element, "object")
    original = name_from_xml(_text(element, "p:originalName"))
    relationships = tuple(
        Relationship(
            _text(item, "p:relationshipType"),
            _text(item, "p:relationshipSubType"),
            _identifiers(item, "relatedObject"),
        )
        for item in _find(element, "p:relationship")
    )
    if kind == "representation":
        return Representation(identifiers, original, relationships)
    if kind == "intellectualEntity":
        return IntellectualEntity(identifiers, original, relationships)
    if kind == "bitstream":
        return None
    if kind != "file":
        raise _unreadable(element, f"loại đối tượng “{kind[:40]}” không có trong PREMIS 3.0")
    inner = "p:objectCharacteristics"
    size = _text(element, f"{inner}/p:size").strip()
    return FileObject(
        identifiers=identifiers,
        size=int(size) if size.isascii() and size.isdigit() and len(size) < 20 else -1,
        fixity=tuple(
            Fixity(_text(item, "p:messageDigestAlgorithm"), _text(item, "p:messageDigest"))
            for item in _find(element, f"{inner}/p:fixity")
        ),
        format=Format(
            _text(element, f"{inner}/p:format/p:formatDesignation/p:formatName"),
            _text(element, f"{inner}/p:format/p:formatDesignation/p:formatVersion"),
            _text(element, f"{inner}/p:format/p:formatRegistry/p:formatRegistryKey"),
        ),
        original_name=original,
        location=_text(element, "p:storage/p:contentLocation/p:contentLocationValue"),
        relationships=relationships,
    )


def _event(element: etree._Element) -> Event:
    identifiers = _identifiers(element, "event")
    kind, when = _text(element, "p:eventType"), _text(element, "p:eventDateTime")
    if not kind or not when:
        raise _unreadable(element, "sự kiện thiếu loại hoặc thời gian")
    outcome = "p:eventOutcomeInformation"
    detail = f"{outcome}/p:eventOutcomeDetail"
    return Event(
        identifier=identifiers[0],
        type=kind,
        when=when,
        detail=_text(element, "p:eventDetailInformation/p:eventDetail"),
        outcome=_text(element, f"{outcome}/p:eventOutcome"),
        outcome_note=_text(element, f"{detail}/p:eventOutcomeDetailNote"),
        agents=_links(element, "linkingAgent"),
        objects=_links(element, "linkingObject"),
        body=_body(element),
        place=_place(element, f"{detail}/p:eventOutcomeDetailExtension/r:place"),
    )


def _body(element: etree._Element) -> bytes | None:
    text = _text(element, "p:eventDetailInformation/p:eventDetailExtension/r:body")
    if not text:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _unreadable(element, "nội dung sự kiện nhật ký không phải base64") from None


def _place(element: etree._Element, path: str) -> LedgerPlace | None:
    found = _find(element, path)
    if not found:
        return None
    index = _text(found[0], "r:leafIndex")
    if not (index.isascii() and index.isdigit() and len(index) < 20):
        raise _unreadable(element, "vị trí trong nhật ký không phải số")
    return LedgerPlace(
        _text(found[0], "r:origin"),
        int(index),
        _text(found[0], "r:leafHash"),
        _text(found[0], "r:chainValue"),
    )


def _agent(element: etree._Element) -> Agent:
    return Agent(
        identifiers=_identifiers(element, "agent"),
        name=_text(element, "p:agentName"),
        type=_text(element, "p:agentType"),
        version=_text(element, "p:agentVersion"),
        note=_text(element, "p:agentNote"),
    )


def _identifiers(element: etree._Element, prefix: str) -> tuple[Identifier, ...]:
    found = tuple(
        Identifier(
            _text(item, f"p:{prefix}IdentifierType"), _text(item, f"p:{prefix}IdentifierValue")
        )
        for item in _find(element, f"p:{prefix}Identifier")
    )
    if not found or not found[0].value:
        raise _unreadable(element, "thiếu mã định danh")
    return found


def _links(element: etree._Element, prefix: str) -> tuple[Link, ...]:
    return tuple(
        Link(
            Identifier(
                _text(item, f"p:{prefix}IdentifierType"), _text(item, f"p:{prefix}IdentifierValue")
            ),
            tuple(role.text or "" for role in _find(item, f"p:{prefix}Role")),
        )
        for item in _find(element, f"p:{prefix}Identifier")
    )


def _find(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall(path, _NS)


def _text(element: etree._Element, path: str) -> str:
    return element.findtext(path, "", _NS)


def _unreadable(element: etree._Element, why: str) -> UnreadablePremisError:
    return UnreadablePremisError(
        f"PREMIS có {local_name(element.tag)} không dùng được: {why}.",
        "Tạo lại tệp PREMIS.",
        line=element.sourceline,
    )
