"""Writing PREMIS 3.0 in a stream: memory does not grow with the number of entities."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import BinaryIO

from tangthu.standards.premis.model import (
    Agent,
    Event,
    FileObject,
    Identifier,
    IntellectualEntity,
    Link,
    PremisObject,
    Relationship,
    Representation,
)
from tangthu.standards.premis.names import name_to_xml
from tangthu.standards.premis.vocabulary import SCHEME, event_type_uri
from tangthu.standards.xml import XmlWriter

NS = "http://www.loc.gov/premis/v3"
LEDGER_NS = "urn:tangthu:ril:1"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_P = f"{{{NS}}}"
_R = f"{{{LEDGER_NS}}}"


def write_premis(
    out: BinaryIO,
    objects: Iterable[PremisObject],
    events: Iterable[Event] = (),
    agents: Iterable[Agent] = (),
) -> None:
    """Write one PREMIS document to `out`.

    At least one object is needed for it to be valid. Every object and agent gets an `xmlID` made
    from its first identifier. Raises `UnknownEventTypeError` or `ForbiddenCharacterError`; what was
    written until then is not a document.
    """
    nsmap: dict[str | None, str] = {"premis": NS, "xsi": XSI, "ril": LEDGER_NS}
    with XmlWriter(out, nsmap) as xml, xml.element(f"{_P}premis", {"version": "3.0"}):
        for item in objects:
            _object(xml, item)
        for event in events:
            _event(xml, event)
        for agent in agents:
            _agent(xml, agent)


def xml_id(identifier: Identifier) -> str:
    """Return the `xmlID` of an entity: `uuid-…` for UUIDs, else a letter-safe form."""
    if identifier.type.upper().startswith("UUID"):
        return f"uuid-{identifier.value.upper()}"
    safe = (
        c if c.isascii() and (c.isalnum() or c in "-.") else f"_{ord(c):X}_"
        for c in identifier.value
    )
    return "id-" + "".join(safe)


def _object(xml: XmlWriter, item: PremisObject) -> None:
    kind = {
        FileObject: "premis:file",
        Representation: "premis:representation",
        IntellectualEntity: "premis:intellectualEntity",
    }[type(item)]
    attributes = {f"{{{XSI}}}type": kind, "xmlID": xml_id(item.identifiers[0])}
    with xml.element(f"{_P}object", attributes):
        for identifier in item.identifiers:
            _identifier(xml, "object", identifier)
        if isinstance(item, FileObject):
            _characteristics(xml, item)
        if item.original_name:
            xml.leaf(f"{_P}originalName", name_to_xml(item.original_name))
        if isinstance(item, FileObject) and item.location:
            with xml.element(f"{_P}storage"), xml.element(f"{_P}contentLocation"):
                xml.leaf(f"{_P}contentLocationType", "package path")
                xml.leaf(f"{_P}contentLocationValue", item.location)
        for relationship in item.relationships:
            _relationship(xml, relationship)


def _characteristics(xml: XmlWriter, item: FileObject) -> None:
    with xml.element(f"{_P}objectCharacteristics"):
        for fixity in item.fixity:
            with xml.element(f"{_P}fixity"):
                xml.leaf(f"{_P}messageDigestAlgorithm", fixity.algorithm)
                xml.leaf(f"{_P}messageDigest", fixity.digest)
        xml.leaf(f"{_P}size", str(item.size))
        with xml.element(f"{_P}format"):
            with xml.element(f"{_P}formatDesignation"):
                xml.leaf(f"{_P}formatName", item.format.name)
                if item.format.version:
                    xml.leaf(f"{_P}formatVersion", item.format.version)
            if item.format.pronom_id:
                with xml.element(f"{_P}formatRegistry"):
                    xml.leaf(f"{_P}formatRegistryName", "PRONOM")
                    xml.leaf(f"{_P}formatRegistryKey", item.format.pronom_id)


def _relationship(xml: XmlWriter, relationship: Relationship) -> None:
    with xml.element(f"{_P}relationship"):
        xml.leaf(f"{_P}relationshipType", relationship.type)
        xml.leaf(f"{_P}relationshipSubType", relationship.sub_type)
        for target in relationship.targets:
            _identifier(xml, "relatedObject", target)


def _event(xml: XmlWriter, event: Event) -> None:
    uri = event_type_uri(event.type)
    with xml.element(f"{_P}event"):
        _identifier(xml, "event", event.identifier)
        authority = {"authority": "eventType", "authorityURI": SCHEME, "valueURI": uri}
        xml.leaf(f"{_P}eventType", event.type, authority)
        xml.leaf(f"{_P}eventDateTime", event.when)
        if event.detail or event.body is not None:
            with xml.element(f"{_P}eventDetailInformation"):
                if event.detail:
                    xml.leaf(f"{_P}eventDetail", event.detail)
                if event.body is not None:
                    with xml.element(f"{_P}eventDetailExtension"):
                        encoded = base64.b64encode(event.body).decode("ascii")
                        xml.leaf(f"{_R}body", encoded, {"encoding": "base64"})
        _outcome(xml, event)
        for link in event.agents:
            _link(xml, "linkingAgent", link)
        for link in event.objects:
            _link(xml, "linkingObject", link)


def _outcome(xml: XmlWriter, event: Event) -> None:
    if not (event.outcome or event.outcome_note or event.place):
        return
    with xml.element(f"{_P}eventOutcomeInformation"):
        if event.outcome:
            xml.leaf(f"{_P}eventOutcome", event.outcome)
        if not (event.outcome_note or event.place):
            return
        with xml.element(f"{_P}eventOutcomeDetail"):
            if event.outcome_note:
                xml.leaf(f"{_P}eventOutcomeDetailNote", event.outcome_note)
            if event.place is not None:
                with (
                    xml.element(f"{_P}eventOutcomeDetailExtension"),
                    xml.element(f"{_R}place"),
                ):
                    xml.leaf(f"{_R}origin", event.place.origin)
                    xml.leaf(f"{_R}leafIndex", str(event.place.leaf_index))
                    xml.leaf(f"{_R}leafHash", event.place.leaf_hash)
                    xml.leaf(f"{_R}chainValue", event.place.chain_value)


def _agent(xml: XmlWriter, agent: Agent) -> None:
    with xml.element(f"{_P}agent", {"xmlID": xml_id(agent.identifiers[0])}):
        for identifier in agent.identifiers:
            _identifier(xml, "agent", identifier)
        xml.leaf(f"{_P}agentName", agent.name)
        if agent.type:
            xml.leaf(f"{_P}agentType", agent.type)
        if agent.version:
            xml.leaf(f"{_P}agentVersion", agent.version)
        if agent.note:
            xml.leaf(f"{_P}agentNote", agent.note)


def _identifier(xml: XmlWriter, prefix: str, identifier: Identifier) -> None:
    with xml.element(f"{_P}{prefix}Identifier"):
        xml.leaf(f"{_P}{prefix}IdentifierType", identifier.type)
        xml.leaf(f"{_P}{prefix}IdentifierValue", identifier.value)


def _link(xml: XmlWriter, prefix: str, link: Link) -> None:
    with xml.element(f"{_P}{prefix}Identifier"):
        xml.leaf(f"{_P}{prefix}IdentifierType", link.identifier.type)
        xml.leaf(f"{_P}{prefix}IdentifierValue", link.identifier.value)
        for role in link.roles:
            xml.leaf(f"{_P}{prefix}Role", role)
