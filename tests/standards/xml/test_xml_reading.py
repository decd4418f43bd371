"""Reading XML: hostile documents end in one typed error, memory stays flat."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.standards.xml import (
    AttributeTooLongError,
    DoctypeForbiddenError,
    Limits,
    MalformedXmlError,
    TooDeepError,
    TooManyAttributesError,
    TooManyElementsError,
    XmlError,
    XmlTooLargeError,
    parse,
    records,
    walk,
)


def drain(data: bytes, **limits: int) -> int:
    return sum(1 for _ in walk(data, limits=Limits(**limits)))


LAUGHS = (
    b'<!DOCTYPE a [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(9))
    + b"]><a>&j;</a>"
)


@pytest.mark.parametrize(
    "data",
    [
        LAUGHS,
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        b'<!DOCTYPE a PUBLIC "-//x" "x.dtd"><a/>',
        b"<!DOCTYPE a><a/>",
        "<!DOCTYPE a><a/>".encode("utf-16"),
    ],
)
@pytest.mark.parametrize("reader", [drain, parse])
def test_a_document_with_a_doctype_is_refused(reader, data):
    with pytest.raises(DoctypeForbiddenError):
        reader(data)


def test_an_entity_file_is_not_opened(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    data = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret}">]><a>&x;</a>'.encode()
    with pytest.raises(DoctypeForbiddenError) as caught:
        parse(data)
    assert "s3cret" not in str(caught.value) + str(caught.value.facts)


def test_an_undeclared_entity_is_malformed():
    with pytest.raises(MalformedXmlError):
        parse(b"<a>&x;</a>")


@pytest.mark.parametrize("depth", [65, 255, 100_000])
def test_deep_nesting_is_refused(depth):
    with pytest.raises(TooDeepError):
        drain(b"<a>" * depth + b"</a>" * depth)


def test_nesting_up_to_the_limit_is_read():
    assert drain(b"<a>" * 64 + b"</a>" * 64) == 128


def test_a_document_beyond_its_size_limit_is_refused():
    with pytest.raises(XmlTooLargeError):
        drain(b"<a>" + b" " * 1000 + b"</a>", max_bytes=100)


def test_too_many_elements_are_refused():
    with pytest.raises(TooManyElementsError):
        drain(b"<a>" + b"<b/>" * 100 + b"</a>", elements=100)


def test_too_many_attributes_are_refused():
    attributes = b" ".join(b'a%d="1"' % n for n in range(65))
    with pytest.raises(TooManyAttributesError):
        drain(b"<a " + attributes + b"/>")


@pytest.mark.parametrize("length", [65_537, 500_000])
def test_a_long_attribute_is_refused(length):
    with pytest.raises((AttributeTooLongError, XmlTooLargeError)):
        drain(b'<a><b c="' + b"x" * length + b'"/></a>')


def test_an_endless_root_tag_is_refused_before_it_ends():
    with pytest.raises(XmlTooLargeError):
        drain(b'<a b="' + b"x" * 20_000_000 + b'"/>')


def test_a_text_beyond_ten_million_bytes_is_refused():
    with pytest.raises(XmlTooLargeError):
        drain(b"<a>" + b"x" * 12_000_000 + b"</a>")


@pytest.mark.parametrize(
    "data", [b"", b"<a>", b"<a></b>", b"PK\x03\x04", b"<a/><b/>", b"<a>\x01</a>"]
)
def test_what_is_not_xml_is_malformed(data):
    with pytest.raises(MalformedXmlError):
        drain(data)
    with pytest.raises(MalformedXmlError):
        parse(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_typed_error(data):
    for reader in (drain, parse):
        try:
            reader(data)
        except XmlError as fault:
            assert fault.message
            assert fault.hint


@given(st.text(st.sampled_from("<>a/&;\"'![]DOCTYPE -=%"), max_size=80))
def test_anything_that_looks_like_xml_is_read_or_refused_with_a_typed_error(text):
    try:
        drain(text.encode())
    except XmlError as fault:
        assert fault.message


def test_records_are_complete_and_what_lies_around_them_is_not():
    data = b"<a><x><r n='1'><s>one</s></r><r n='2'><r n='3'/></r></x></a>"
    found = [(r.get("n"), r.findtext("s"), len(r)) for r in records(data, {"r"})]
    assert found == [("1", "one", 1), ("2", None, 1)]


def test_the_text_of_an_element_is_known_at_its_end():
    data = "<a><b>ế</b></a>".encode("utf-16")
    assert [e.text for kind, e in walk(io.BytesIO(data)) if kind == "end" and e.tag == "b"] == ["ế"]


def test_a_million_elements_are_walked_in_flat_memory(tmp_path):
    big = tmp_path / "big.xml"
    with big.open("wb") as out:
        out.write(b"<a>")
        for n in range(400_000):
            out.write(b'<b c="%d"><d>text</d></b><!-- x -->' % n)
        out.write(b"</a>")
    script = (
        "import sys\nfrom pathlib import Path\nfrom tangthu.standards.xml import walk\n"
        "def peak():\n"
        "    lines = Path('/proc/self/status').read_text().splitlines()\n"
        "    return next(int(x.split()[1]) for x in lines if x.startswith('VmHWM'))\n"
        "base = peak()\n"
        "n = sum(1 for _ in walk(Path(sys.argv[1])))\n"
        "print(n, peak() - base)\n"
    )
    source = str(Path(__file__).parents[3] / "src")
    run = subprocess.run(
        [sys.executable, "-c", script, str(big)],
        env={"PYTHONPATH": source}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    events, grown_kib = map(int, run.stdout.split())
    assert events == 1_600_002
    assert grown_kib < 16 * 1024
