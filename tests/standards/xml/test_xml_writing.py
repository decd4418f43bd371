"""Writing XML and judging it by schemas."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.standards.xml import (
    DoctypeForbiddenError,
    ForbiddenCharacterError,
    ForeignSchemas,
    SchemaSet,
    SchemaUnusableError,
    XmlWriter,
    faults_of,
    forbidden_character,
    parse,
)


def written(text: str, attribute: str) -> bytes:
    out = io.BytesIO()
    with XmlWriter(out) as xml, xml.element("root"):
        xml.leaf("leaf", text, {"name": attribute})
    return out.getvalue()


@given(st.text(), st.text())
def test_a_text_comes_back_as_it_was_or_is_refused(text, attribute):
    held = forbidden_character(text) is None and forbidden_character(attribute) is None
    if not held:
        with pytest.raises(ForbiddenCharacterError):
            written(text, attribute)
        return
    leaf = parse(written(text, attribute))[0]
    assert (leaf.text or "") == text
    assert leaf.get("name") == attribute


@pytest.mark.parametrize(
    "character", ["\x00", "\x01", "\x0b", "\x1f", "\ud800", "\udc80", "\ufffe", "\uffff"]
)
def test_a_character_xml_cannot_hold_is_refused_by_name(character):
    with pytest.raises(ForbiddenCharacterError) as caught:
        written(f"ab{character}", "x")
    assert f"U+{ord(character):04X}" in caught.value.message
    assert caught.value.facts["position"] == 2


XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
SIMPLE = f'<xs:schema {XS}><xs:element name="n" type="xs:int"/></xs:schema>'.encode()


def test_a_fault_names_its_line():
    schema = SchemaSet({"n.xsd": SIMPLE}).schema("n.xsd")
    assert faults_of(schema, b"<n>1</n>") == []
    (fault,) = faults_of(schema, b"\n<n>x</n>")
    assert "xs:int" in fault.message


def test_a_missing_schema_is_unusable():
    with pytest.raises(SchemaUnusableError):
        SchemaSet({}).schema("n.xsd")


def test_a_schema_may_not_reach_outside_its_set(tmp_path):
    outside = tmp_path / "outside.xsd"
    outside.write_bytes(SIMPLE.replace(b'name="n"', b'name="m"'))
    include = (
        f'<xs:schema {XS}><xs:include schemaLocation="{outside}"/><xs:element name="a">'
        '<xs:complexType><xs:sequence><xs:element ref="m"/></xs:sequence></xs:complexType>'
        "</xs:element></xs:schema>"
    )
    with pytest.raises(SchemaUnusableError):
        SchemaSet({"a.xsd": include.encode()}).schema("a.xsd")


def test_a_schema_with_a_doctype_is_refused():
    with pytest.raises(DoctypeForbiddenError):
        SchemaSet({"a.xsd": b'<!DOCTYPE x [<!ENTITY e "1">]>' + SIMPLE}).schema("a.xsd")


def test_a_foreign_schema_judges_documents_in_its_child():
    with ForeignSchemas({"N.xsd": SIMPLE}) as foreign:
        foreign.submit("good.xml", ["n.xsd"], b"<n>1</n>")
        foreign.submit("bad.xml", ["n.xsd"], b"<n>x</n>")
        foreign.submit("broken.xml", ["n.xsd"], b"<n>")
        foreign.submit("tiny.xml", ["n.xsd"], b"<n/>")
        answers = foreign.answers()
    assert answers["good.xml"] == []
    assert answers["bad.xml"] and answers["broken.xml"]


def test_a_foreign_schema_that_costs_too_much_is_unusable_and_harms_nobody():
    doubling = "".join(
        f'<xs:group name="g{n}"><xs:sequence><xs:group ref="g{n + 1}"/><xs:group ref="g{n + 1}"/>'
        "</xs:sequence></xs:group>"
        for n in range(24)
    )
    bomb = (
        f'<xs:schema {XS}>{doubling}<xs:group name="g24"><xs:sequence><xs:element name="e"/>'
        '</xs:sequence></xs:group><xs:element name="n"><xs:complexType><xs:group ref="g0"/>'
        "</xs:complexType></xs:element></xs:schema>"
    ).encode()
    with ForeignSchemas({"b.xsd": bomb}, cpu_seconds=1, memory_bytes=400 * 1024**2) as foreign:
        foreign.submit("n.xml", ["b.xsd"], b"<n/>")
        with pytest.raises(SchemaUnusableError):
            foreign.answers()


def test_a_foreign_schema_that_is_not_schema_is_unusable():
    with ForeignSchemas({"b.xsd": b"<x/>"}) as foreign:
        foreign.submit("n.xml", ["b.xsd"], b"<n/>")
        with pytest.raises(SchemaUnusableError):
            foreign.answers()


def test_a_truncated_document_is_never_valid():
    anything = f'<xs:schema {XS}><xs:element name="n" type="xs:string"/></xs:schema>'.encode()
    schema = SchemaSet({"n.xsd": anything}).schema("n.xsd")
    assert faults_of(schema, b"<n/>") == []
    assert faults_of(schema, b"<n>1") != []
    assert faults_of(schema, b"<n>") != []
