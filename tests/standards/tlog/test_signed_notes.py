"""C2SP signed-note and cosignatures, against the examples of the texts and of Go's sumdb/note."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.standards.tlog.errors import (
    AmbiguousKeyError,
    BadSignatureError,
    KeyFormatError,
    NoteFormatError,
    TlogError,
    UnknownKeyTypeError,
    UnverifiedNoteError,
)
from tangthu.standards.tlog.note import (
    Cosigner,
    Note,
    Signature,
    Signer,
    VerifierKey,
    format_note,
    open_note,
    parse_note,
    parse_vkey,
)

# Published examples, used as data.
SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2O"
    "NncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFS"
    "QU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
).encode()
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    GO_TEXT + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKv"
    "qfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
SUMDB_VKEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"

ALICE = Signer("alice.example/log", sha256(b"alice").digest())
BOB = Signer("bob.example/log", sha256(b"bob").digest())
WITNESS = Cosigner("witness.example/w1", sha256(b"witness").digest())
TEXT = "log.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"


@pytest.mark.req("IN-97")
def test_the_example_of_gos_note_package_is_reproduced_byte_for_byte() -> None:
    signer = Signer("PeterNeumann", GO_SEED)
    assert signer.vkey.encode() == GO_VKEY
    assert format_note(Note(GO_TEXT, (signer.sign(GO_TEXT),))) == GO_NOTE
    note, verified = open_note(GO_NOTE, [parse_vkey(GO_VKEY)])
    assert note.text == GO_TEXT
    assert [(found.key.encode(), found.time) for found in verified] == [(GO_VKEY, None)]


@pytest.mark.req("IN-97")
def test_the_examples_of_the_signed_note_text_are_read() -> None:
    _, verified = open_note(SPEC_NOTE, [parse_vkey(SPEC_VKEY)])
    assert len(verified) == 1
    poem = parse_note(POEM)
    assert poem.text.endswith("sole:\n\ned è subito sera.\n")
    assert [line.name for line in poem.signatures] == ["quasimodo.example/salvatore"]
    assert format_note(poem) == POEM


@pytest.mark.req("IN-97")
@pytest.mark.parametrize("vkey", [SPEC_VKEY, GO_VKEY, SUMDB_VKEY])
def test_a_published_verifier_key_is_read_and_written_alike(vkey: str) -> None:
    assert parse_vkey(vkey).encode() == vkey


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        SPEC_VKEY.replace("530d903a", "530d903b"),
        SPEC_VKEY.replace("530d903a", "530D903A"),
        SPEC_VKEY.replace("530d903a", "530d903"),
        SPEC_VKEY[:-1],
        SPEC_VKEY[:-4],
        SPEC_VKEY + "\n",
        SPEC_VKEY.replace("example.com/foo", ""),
        SPEC_VKEY.replace("example.com/foo", "a b"),
        "é" + SPEC_VKEY + "é",
    ],
)
def test_a_malformed_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(KeyFormatError):
        parse_vkey(vkey)


def test_a_key_of_an_unknown_type_is_refused_by_its_own_name() -> None:
    with pytest.raises(UnknownKeyTypeError):
        parse_vkey("example.com/foo+530d903a+" + base64.b64encode(b"\x06" + bytes(1312)).decode())


def test_a_cosignature_names_its_time_and_is_bound_to_it() -> None:
    line = WITNESS.cosign(TEXT, 1795334700)
    note = format_note(Note(TEXT, (line,)))
    _, verified = open_note(note, [WITNESS.vkey])
    assert verified[0].time == 1795334700
    later = Signature(line.name, line.key_id, (1795334701).to_bytes(8, "big") + line.body[8:])
    with pytest.raises(BadSignatureError):
        open_note(format_note(Note(TEXT, (later,))), [WITNESS.vkey])
    with pytest.raises(NoteFormatError):
        WITNESS.cosign(TEXT, 2**63)


def test_a_cosignature_does_not_pass_for_a_signature_of_the_same_key() -> None:
    as_log = VerifierKey(WITNESS.vkey.name, 1, WITNESS.vkey.public)
    assert as_log.key_id != WITNESS.vkey.key_id
    line = WITNESS.cosign(TEXT, 1)
    moved = Signature(line.name, as_log.key_id, line.body[8:])
    with pytest.raises(BadSignatureError):
        open_note(format_note(Note(TEXT, (moved,))), [as_log])


def test_one_false_line_of_a_known_key_rejects_the_whole_note() -> None:
    good, bad = ALICE.sign(TEXT), BOB.sign(TEXT + "x\n")
    data = format_note(Note(TEXT, (good, bad)))
    with pytest.raises(BadSignatureError):
        open_note(data, [ALICE.vkey, BOB.vkey])
    _, verified = open_note(data, [ALICE.vkey])
    assert [found.key for found in verified] == [ALICE.vkey]
    second = format_note(Note(TEXT, (good, Signature(good.name, good.key_id, bytes(64)))))
    with pytest.raises(BadSignatureError):
        open_note(second, [ALICE.vkey])


def test_lines_of_unknown_keys_are_ignored_even_if_name_or_id_is_known() -> None:
    good = ALICE.sign(TEXT)
    strangers = (
        Signature(good.name, good.key_id ^ 1, b"x"),
        Signature("other.example", good.key_id, b"x" * 3000),
    )
    _, verified = open_note(format_note(Note(TEXT, (*strangers, good))), [ALICE.vkey])
    assert [found.key for found in verified] == [ALICE.vkey]
    with pytest.raises(UnverifiedNoteError):
        open_note(format_note(Note(TEXT, strangers)), [ALICE.vkey])


def test_a_key_that_signed_twice_counts_once() -> None:
    lines = WITNESS.cosign(TEXT, 5), WITNESS.cosign(TEXT, 6)
    _, verified = open_note(format_note(Note(TEXT, lines)), [WITNESS.vkey, WITNESS.vkey])
    assert [(found.key.name, found.time) for found in verified] == [("witness.example/w1", 5)]


def test_two_different_keys_with_one_name_and_id_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = Signer(ALICE.vkey.name, sha256(b"mallory").digest())
    monkeypatch.setattr("tangthu.standards.tlog.note.key_id", lambda *_: 7)
    with pytest.raises(AmbiguousKeyError):
        open_note(SPEC_NOTE, [ALICE.vkey, other.vkey])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"text\n\n",
        SPEC_NOTE[:-1],
        SPEC_NOTE + b"\n",
        SPEC_NOTE + b"junk\n",
        SPEC_NOTE.replace(b"\n\n", b"\n"),
        SPEC_NOTE.replace("—".encode(), b"-"),
        SPEC_NOTE.replace("— ".encode(), "—".encode()),
        SPEC_NOTE.replace(b"message.\n", b"message.\r\n"),
        SPEC_NOTE.replace(b"This", b"Th\x07s"),
        SPEC_NOTE.replace(b"This", b"Th\xffs"),
        SPEC_NOTE.replace(b"foo ", b"foo  "),
        SPEC_NOTE.replace(b"com/foo", "com/\u2003foo".encode()),
        SPEC_NOTE.replace(b"com/foo", b"com/+foo"),
        SPEC_NOTE.replace(b"yaQM=", b"yaQN="),
        SPEC_NOTE.replace(b"yaQM=", b"yaQM"),
        "text\n\n— name AAAAAA==\n".encode(),
        b"x" * 65530 + SPEC_NOTE,
        b"text\n\n" + "— name AAAAAAA=\n".encode() * 101,
    ],
)
def test_what_is_not_a_signed_note_is_refused(data: bytes) -> None:
    with pytest.raises(NoteFormatError):
        parse_note(data)


def test_a_hundred_lines_and_large_unknown_signatures_are_accepted() -> None:
    lines = tuple(Signature(f"w{number}", number, b"x" * 400) for number in range(99))
    note = Note(TEXT, (*lines, ALICE.sign(TEXT)))
    assert len(open_note(format_note(note), [ALICE.vkey])[1]) == 1
    with pytest.raises(NoteFormatError):
        format_note(Note(TEXT, (*note.signatures, ALICE.sign(TEXT))))


@pytest.mark.parametrize("text", ["", "no newline", "bell\x07\n", "lone \ud800\n"])
def test_a_text_that_no_note_can_carry_is_not_signed(text: str) -> None:
    with pytest.raises(NoteFormatError):
        ALICE.sign(text)
    with pytest.raises(NoteFormatError):
        WITNESS.cosign(text, 1)


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda t: f"{t}\n\n— {t}\n".encode()))
def test_hostile_bytes_are_read_exactly_or_refused_by_a_typed_error(data: bytes) -> None:
    try:
        note = parse_note(data)
    except TlogError:
        return
    assert format_note(note) == data


@given(st.integers(0, len(GO_NOTE) - 1), st.integers(1, 255))
def test_no_changed_byte_of_a_note_goes_unnoticed(at: int, mask: int) -> None:
    changed = GO_NOTE[:at] + bytes([GO_NOTE[at] ^ mask]) + GO_NOTE[at + 1 :]
    with pytest.raises(TlogError):
        open_note(changed, [parse_vkey(GO_VKEY)])
