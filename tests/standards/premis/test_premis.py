"""PREMIS 3.0: valid by the published schema, read back equal, events of the log provable."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tangthu.standards.premis import (
    EVENT_TYPES,
    Agent,
    Event,
    FileObject,
    Fixity,
    Format,
    Identifier,
    IntellectualEntity,
    LedgerEventError,
    LedgerPlace,
    Link,
    Relationship,
    Representation,
    UnknownEventTypeError,
    UnreadablePremisError,
    ledger_event,
    read_premis,
    write_premis,
)
from tangthu.standards.premis.names import name_from_xml, name_to_xml
from tangthu.standards.xml import parse

CORPORA = Path(os.environ.get("TANGTHU_CORPORA", Path(__file__).parents[4] / "shared/corpora"))
UUID = Identifier("UUID", "9C13E70E-4B1E-4F7B-9D0E-2F6C5A1B7D10")
PROGRAM = Identifier("software", "tangthu")
WHEN = "2026-11-22T10:30:15.123+07:00"
PLACE = LedgerPlace("log.example.vn/h49", 42, "bGVhZg", "Y2hhaW4")
BODY = json.dumps(
    {"ch": "c", "eid": "0192f0b1-0000-7000-8000-000000000001", "k": "ingest", "n": 1,
     "obj": "AAAAAAAAAAAAAAAAAAAAAA", "out": "ok", "t": 1_795_000_000_123, "typ": "ril-event/1"},
    separators=(",", ":"),
).encode()  # fmt: skip


def everything():
    part = (Relationship("structural", "is part of", (UUID,)),)
    return [
        IntellectualEntity((UUID, Identifier("OBJID", "urn:uuid:X"))),
        Representation((Identifier("UUID", "AE977234-A3B6-5366-8624-79839AE1120E"),), "rep1", part),
        FileObject(
            (Identifier("UUID", "320C6841-A83D-54AB-85C7-66091E005052"),),
            123,
            (Fixity("SHA-256", "ab" * 32), Fixity("SHA-512", "cd" * 64)),
            Format("PDF/A", "2b", "fmt/477"),
            "x\x01/Công văn\n.pdf",
            "representations/rep1/data/a.pdf",
            part,
        ),
        Event(
            Identifier("UUID", "1"), "transfer", WHEN, "300 dpi", "success", "ghi chú",
            (Link(PROGRAM, ("executing program",)),), (Link(UUID, ("outcome", "source")),),
        ),
        ledger_event(BODY, PLACE, "ingestion end", agents=(Link(PROGRAM),)),
        Agent((PROGRAM,), "Tàng Thư", "software", "0.1", "ghi chú"),
    ]  # fmt: skip


def written(items) -> bytes:
    out = io.BytesIO()
    objects = [i for i in items if isinstance(i, IntellectualEntity | Representation | FileObject)]
    events = [i for i in items if isinstance(i, Event)]
    agents = [i for i in items if isinstance(i, Agent)]
    write_premis(out, objects, events, agents)
    return out.getvalue()


@pytest.mark.req("AR-63")
def test_it_is_valid_by_the_published_schema():
    if not (CORPORA / "schemas").is_dir():
        pytest.skip("SKIPPED: schemas of ../shared/corpora are absent")
    schema = etree.XMLSchema(etree.parse(str(CORPORA / "schemas/premis-v3-0.xsd")))
    schema.assertValid(etree.fromstring(written(everything())))


def test_what_was_written_is_read_back_equal():
    assert list(read_premis(written(everything()))) == everything()


@pytest.mark.req("IN-79")
def test_an_event_of_the_log_carries_its_body_verbatim_and_its_place():
    root = parse(written(everything()))
    ns = {"p": "http://www.loc.gov/premis/v3", "r": "urn:tangthu:ril:1"}
    event = root.findall("p:event", ns)[1]
    text = event.findtext("p:eventDetailInformation/p:eventDetailExtension/r:body", "", ns)
    import base64

    assert base64.b64decode(text) == BODY
    place = event.find(".//p:eventOutcomeDetailExtension/r:place", ns)
    assert [child.text for child in place] == [
        PLACE.origin,
        "42",
        PLACE.leaf_hash,
        PLACE.chain_value,
    ]
    assert (
        event.findtext("p:eventIdentifier/p:eventIdentifierValue", "", ns)
        == json.loads(BODY)["eid"]
    )
    assert event.findtext("p:eventDateTime", "", ns) == "2026-11-18T18:06:40.123+07:00"
    linked = event.findtext("p:linkingObjectIdentifier/p:linkingObjectIdentifierValue", "", ns)
    assert linked == json.loads(BODY)["obj"]


@pytest.mark.req("IN-79")
def test_an_event_of_the_access_chain_never_enters_a_package():
    body = BODY.replace(b'"ch":"c"', b'"ch":"a"')
    with pytest.raises(LedgerEventError):
        ledger_event(body, PLACE, "dissemination")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"ch":"c"}', b"[" * 100_000])
def test_a_body_that_is_no_event_is_refused(body):
    with pytest.raises(LedgerEventError):
        ledger_event(body, PLACE, "ingestion end")


@pytest.mark.req("AR-64")
def test_an_event_type_outside_the_list_is_refused():
    event = Event(Identifier("UUID", "1"), "registration", WHEN)
    with pytest.raises(UnknownEventTypeError):
        written([IntellectualEntity((UUID,)), event])


@pytest.mark.req("AR-64")
def test_the_list_is_the_library_of_congress_one():
    assert len(EVENT_TYPES) == 50
    named = {"transfer", "information package creation", "validation", "virus check",
             "fixity check", "ingestion", "migration", "deletion"}  # fmt: skip
    assert named <= set(EVENT_TYPES)
    assert EVENT_TYPES["transfer"] == "http://id.loc.gov/vocabulary/preservation/eventType/tra"


@given(st.binary().map(lambda b: b.decode("utf-8", "surrogateescape")))
def test_any_file_name_survives_xml(name):
    out = io.BytesIO()
    item = FileObject((UUID,), 1, (), Format("x"), name)
    write_premis(out, [item])
    assert next(iter(read_premis(out.getvalue()))).original_name == name
    assert name_from_xml(name_to_xml(name)) == name


PREMIS = (
    '<premis xmlns="http://www.loc.gov/premis/v3" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">{}</premis>'
)


@pytest.mark.parametrize(
    "inner",
    [
        "<object xsi:type='file'/>",
        "<object xsi:type='thing'><objectIdentifier><objectIdentifierType>a</objectIdentifierType>"
        "<objectIdentifierValue>b</objectIdentifierValue></objectIdentifier></object>",
        "<event><eventIdentifier><eventIdentifierType>a</eventIdentifierType>"
        "<eventIdentifierValue>b</eventIdentifierValue></eventIdentifier></event>",
        "<agent/>",
    ],
)
def test_an_entity_without_what_makes_it_one_is_a_typed_error(inner):
    with pytest.raises(UnreadablePremisError):
        list(read_premis(PREMIS.format(inner).encode()))
