"""C2SP tlog-checkpoint: exact reading, deterministic writing."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.standards.tlog.checkpoint import (
    Checkpoint,
    format_checkpoint,
    open_checkpoint,
    parse_checkpoint,
)
from tangthu.standards.tlog.errors import (
    BadSignatureError,
    CheckpointFormatError,
    UnverifiedNoteError,
    WrongOriginError,
)
from tangthu.standards.tlog.note import Cosigner, Signer, parse_note

ORIGIN = "log.archive.example/main"
LOG = Signer(ORIGIN, sha256(b"log").digest())
NEW = Signer(ORIGIN, sha256(b"new log key").digest())
W = {name: Cosigner(f"{name}.example/w", sha256(name.encode()).digest()) for name in "abc"}
CHECKPOINT = Checkpoint(ORIGIN, 390, bytes(range(32)))
ROOT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv"
    "2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2"
    "oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


@pytest.mark.req("IN-42")
def test_the_body_is_origin_size_and_root_and_nothing_else() -> None:
    assert CHECKPOINT.text() == f"{ORIGIN}\n390\n{ROOT}\n"
    with pytest.raises(CheckpointFormatError):
        format_checkpoint(Checkpoint(ORIGIN, 1, bytes(32), ("more",)), [LOG.sign("x\n")])


@pytest.mark.req("IN-42")
@given(st.permutations("abc"))
def test_the_bytes_of_a_witnessed_checkpoint_do_not_depend_on_who_answered_first(
    order: list[str],
) -> None:
    text = CHECKPOINT.text()
    lines = [W[name].cosign(text, 1000) for name in order]
    data = format_checkpoint(CHECKPOINT, [LOG.sign(text)], lines)
    names = [line.name for line in parse_note(data).signatures]
    assert names == [ORIGIN, "a.example/w", "b.example/w", "c.example/w"]
    opened = open_checkpoint(data, ORIGIN, [LOG.vkey], [w.vkey for w in W.values()])
    assert opened.checkpoint == CHECKPOINT
    assert opened.log_keys == (LOG.vkey,)
    assert [(found.key.name, found.time) for found in opened.witnesses] == [
        ("a.example/w", 1000),
        ("b.example/w", 1000),
        ("c.example/w", 1000),
    ]


def test_during_a_key_change_both_keys_of_the_log_sign_and_either_is_enough() -> None:
    text = CHECKPOINT.text()
    data = format_checkpoint(CHECKPOINT, [LOG.sign(text), NEW.sign(text)])
    both = open_checkpoint(data, ORIGIN, [LOG.vkey, NEW.vkey])
    assert both.log_keys == (LOG.vkey, NEW.vkey)
    assert open_checkpoint(data, ORIGIN, [NEW.vkey]).log_keys == (NEW.vkey,)


def test_witnesses_alone_do_not_make_a_checkpoint_of_the_log() -> None:
    text = CHECKPOINT.text()
    data = format_checkpoint(CHECKPOINT, [], [W["a"].cosign(text, 1)])
    with pytest.raises(UnverifiedNoteError):
        open_checkpoint(data, ORIGIN, [LOG.vkey], [W["a"].vkey])
    with pytest.raises(UnverifiedNoteError):
        open_checkpoint(data, ORIGIN, [W["a"].vkey])


def test_a_false_witness_line_rejects_the_checkpoint() -> None:
    text = CHECKPOINT.text()
    data = format_checkpoint(CHECKPOINT, [LOG.sign(text)], [W["a"].cosign("other\n", 1)])
    assert open_checkpoint(data, ORIGIN, [LOG.vkey]).witnesses == ()
    with pytest.raises(BadSignatureError):
        open_checkpoint(data, ORIGIN, [LOG.vkey], [W["a"].vkey])


@pytest.mark.req("IN-20")
def test_a_checkpoint_of_another_origin_is_refused_even_if_the_key_fits() -> None:
    other = Checkpoint("log.archive.example/other", 390, bytes(32))
    data = format_checkpoint(other, [LOG.sign(other.text())])
    with pytest.raises(WrongOriginError):
        open_checkpoint(data, ORIGIN, [LOG.vkey])


def test_the_example_of_the_cosignature_text_is_read() -> None:
    note = parse_note(EXAMPLE.encode())
    found = parse_checkpoint(note.text)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert int.from_bytes(note.signatures[1].body[:8], "big") == 1679315147


def test_extension_lines_of_other_logs_are_kept_as_they_are() -> None:
    text = f"{ORIGIN}\n390\n{ROOT}\nTimestamp: 17\nmore\n"
    found = parse_checkpoint(text)
    assert found.extensions == ("Timestamp: 17", "more")
    assert found.text() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{ORIGIN}\n390\n{ROOT}",
        f"{ORIGIN}\n390\n",
        f"\n390\n{ROOT}\n",
        f"{ORIGIN}\n0390\n{ROOT}\n",
        f"{ORIGIN}\n+390\n{ROOT}\n",
        f"{ORIGIN}\n-1\n{ROOT}\n",
        f"{ORIGIN}\n３９０\n{ROOT}\n",
        f"{ORIGIN}\n9223372036854775808\n{ROOT}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n",
        f"{ORIGIN}\n390 \n{ROOT}\n",
        f"{ORIGIN}\n390\n{ROOT[:-4]}\n",
        f"{ORIGIN}\n390\n{ROOT[:-2]}9=\n",
        f"{ORIGIN}\n390\n{ROOT} \n",
        f"{ORIGIN}\n390\n{ROOT}\n\n",
        f"{ORIGIN}\n390\n{ROOT}\n\nextension\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(CheckpointFormatError):
        parse_checkpoint(text)


@given(st.text(max_size=20), st.integers(-1, 2**64), st.binary(min_size=30, max_size=33))
def test_a_checkpoint_is_written_only_if_it_reads_back_the_same(
    origin: str, size: int, root: bytes
) -> None:
    checkpoint = Checkpoint(origin, size, root)
    try:
        text = checkpoint.text()
    except CheckpointFormatError:
        return
    assert parse_checkpoint(text) == checkpoint
