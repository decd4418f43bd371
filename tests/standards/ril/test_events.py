"""Bodies, commitments, chains, leaves and kinds of the record integrity log."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangthu.standards.ril import events, jcs, kinds
from tangthu.standards.ril.errors import (
    BodyFormatError,
    CommitmentMismatchError,
    LeafFormatError,
    NotCanonicalError,
    RilError,
    UnknownKindError,
    ValueNotAllowedError,
)
from tangthu.standards.ril.ids import Moments, microseconds, uuid7

OBJ = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")
NOW = 1795334460000
COMMITMENT = events.field_commitment(bytes(32), b'"x"')


def members(**changed: Any) -> dict[str, Any]:
    good: dict[str, Any] = {
        "typ": "ril-event/1",
        "log": "log.example/main",
        "eid": str(uuid7(NOW)),
        "obj": str(OBJ),
        "ch": "c",
        "n": 1,
        "prev": events.b64u(events.chain_start(OBJ, "c")),
        "k": "receive",
        "t": NOW,
        "out": "ok",
        "x": {"agent": COMMITMENT},
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not ...}


def body(**changed: Any) -> bytes:
    given = {
        "log": "log.example/main",
        "eid": uuid7(NOW),
        "obj": OBJ,
        "ch": "c",
        "n": 1,
        "prev": events.chain_start(OBJ, "c"),
        "k": "receive",
        "t": NOW,
        "out": "ok",
        "x": {"agent": COMMITMENT},
    }
    return events.build_body(**{**given, **changed})


@pytest.mark.req("IN-11")
def test_a_body_has_exactly_the_members_of_the_format_and_reads_back() -> None:
    data = body(out="part", n=7, ch="a")
    assert sorted(json.loads(data)) == sorted(
        ["typ", "log", "eid", "obj", "ch", "n", "prev", "k", "t", "out", "x"]
    )
    found = events.parse_body(data)
    assert (found.out, found.n, found.ch, found.obj, found.t) == ("part", 7, "a", OBJ, NOW)
    assert found.prev == events.chain_start(OBJ, "c")
    assert dict(found.x) == {"agent": COMMITMENT}


@pytest.mark.req("IN-11")
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("typ", "ril-event/2"),
        ("typ", ...),
        ("more", 1),
        ("log", ""),
        ("log", "a b"),
        ("log", "a+b"),
        ("log", "a\nb"),
        ("log", "x" * 256),
        ("log", 1),
        ("eid", "90b396dc-9592-4c4c-ad38-03349e926645"),
        ("eid", "01A20245-D260-7994-8480-A09ACE44683E"),
        ("eid", "01a20245d2607cd1b34d745dfcc7d905"),
        ("eid", 7),
        ("obj", "A-123/QĐ-UBND"),
        ("obj", f"{{{OBJ}}}"),
        ("ch", "b"),
        ("ch", ""),
        ("ch", ["c"]),
        ("n", 0),
        ("n", -1),
        ("n", True),
        ("n", "1"),
        ("prev", "AAAA"),
        ("prev", "A" * 44),
        ("prev", "A" * 42 + "B"),
        ("prev", "A" * 42 + "+"),
        ("prev", [1]),
        ("k", "sys.open"),
        ("k", "ev"),
        ("k", "Receive"),
        ("k", ""),
        ("k", 1),
        ("t", -1),
        ("t", False),
        ("out", "maybe"),
        ("x", []),
        ("x", {"agent": "short"}),
        ("x", {"agent": 1}),
        ("x", {"agent": COMMITMENT + "="}),
    ],
)
def test_a_body_with_a_wrong_member_is_refused(member: str, value: Any) -> None:
    with pytest.raises(BodyFormatError) as caught:
        events.parse_body(jcs.dumps(members(**{member: value})))
    assert caught.value.facts["member"] in (member, "members")


@pytest.mark.req("IN-11")
@pytest.mark.parametrize("data", [b"[]", b'"x"', b"1", b"{}"])
def test_what_is_not_an_object_of_the_format_is_no_body(data: bytes) -> None:
    with pytest.raises(BodyFormatError):
        events.parse_body(data)


@pytest.mark.req("IN-10", "IN-11")
def test_a_body_in_another_form_or_too_long_is_refused() -> None:
    with pytest.raises(NotCanonicalError):
        events.parse_body(json.dumps(members()).encode())
    with pytest.raises(NotCanonicalError):
        events.parse_body(b" " * (64 * 1024 + 1))
    with pytest.raises(BodyFormatError):
        body(x={f"f{number}": COMMITMENT for number in range(2000)})


@pytest.mark.req("IN-12")
@given(st.binary(min_size=32, max_size=32), st.text(max_size=20), st.text(max_size=20))
def test_a_field_is_bound_to_its_salt_and_its_value(salt: bytes, one: str, two: str) -> None:
    first, second = json.dumps(one).encode(), json.dumps(two).encode()
    expected = events.b64u(sha256(b"ril/field/v1\n" + salt + first).digest())
    assert events.field_commitment(salt, first) == expected
    assert (events.field_commitment(salt, second) == expected) == (first == second)
    other = bytes([salt[0] ^ 1]) + salt[1:]
    assert events.field_commitment(other, first) != expected


@pytest.mark.req("IN-12")
def test_a_disclosed_field_is_checked_before_it_is_shown() -> None:
    salt, value = events.new_salt(), jcs.dumps({"name": "Nguyễn Văn A"})
    found = events.parse_body(body(x={"agent": events.field_commitment(salt, value)}))
    assert events.open_field(found, "agent", salt, value) == {"name": "Nguyễn Văn A"}
    for name, given_salt, given_value in (
        ("agent", events.new_salt(), value),
        ("agent", salt, jcs.dumps({"name": "Nguyễn Văn B"})),
        ("detail", salt, value),
        ("agent", salt[:31], value),
    ):
        with pytest.raises(CommitmentMismatchError):
            events.open_field(found, name, given_salt, given_value)
    loose = b'{"name": "x"}'
    found = events.parse_body(body(x={"agent": events.field_commitment(salt, loose)}))
    with pytest.raises(NotCanonicalError):
        events.open_field(found, "agent", salt, loose)


@pytest.mark.req("IN-13")
def test_a_body_commitment_is_not_a_field_commitment_and_salts_are_fresh() -> None:
    salt, data = bytes(32), body()
    assert events.body_commitment(salt, data) == events.b64u(
        sha256(b"ril/commit/v1\n" + salt + data).digest()
    )
    assert events.body_commitment(salt, data) != events.field_commitment(salt, data)
    salts = {events.new_salt() for _ in range(50)}
    assert len(salts) == 50
    assert {len(found) for found in salts} == {32}
    with pytest.raises(ValueError, match="32"):
        events.body_commitment(bytes(31), data)


@pytest.mark.req("IN-14")
def test_a_chain_value_binds_all_leaves_before_it_in_order() -> None:
    leaves = [events.leaf_hash(b"%d" % number) for number in range(4)]

    def run(hashes: list[bytes], ch: str = "c", obj: UUID = OBJ) -> bytes:
        h = events.chain_start(obj, ch)
        for hashed in hashes:
            h = events.chain_next(h, hashed)
        return h

    values = [
        run(leaves),
        run(leaves[:3]),
        run([leaves[1], leaves[0], *leaves[2:]]),
        run([leaves[0], *leaves[2:]]),
        run(leaves, ch="a"),
        run(leaves, obj=UUID(int=OBJ.int ^ 1)),
    ]
    assert len(set(values)) == len(values)
    h0 = sha256(b"ril/chain/v1\n" + OBJ.bytes + b"c").digest()
    assert run(leaves[:1]) == sha256(b"ril/chain/v1\n" + h0 + leaves[0]).digest()


@pytest.mark.req("IN-14")
def test_chain_values_of_a_wrong_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="c or a"):
        events.chain_start(OBJ, "x")
    with pytest.raises(ValueError, match="32"):
        events.chain_next(bytes(31), bytes(32))
    with pytest.raises(ValueError, match="32"):
        events.chain_next(bytes(32), bytes(33))


@pytest.mark.req("IN-15")
def test_a_record_leaf_shows_commitment_kind_and_time_and_nothing_else() -> None:
    data = body()
    leaf = events.build_leaf(events.body_commitment(bytes(32), data), "receive", NOW)
    assert sorted(json.loads(leaf)) == ["c", "k", "t", "v"]
    assert 80 <= len(leaf) <= 100
    assert events.parse_leaf(leaf) == events.RecordLeaf(
        events.body_commitment(bytes(32), data), "receive", NOW
    )


@pytest.mark.req("IN-15")
def test_a_system_leaf_shows_its_content_and_has_at_most_4096_bytes() -> None:
    content = {"origin": "log.example/main", "prior": {"origin": "log.example/old", "size": 5}}
    leaf = events.build_system_leaf("sys.open", content, NOW)
    assert events.parse_leaf(leaf) == events.SystemLeaf(content, "sys.open", NOW)
    room = 4096 - len(events.build_system_leaf("sys.key", {"x": ""}, NOW))
    assert len(events.build_system_leaf("sys.key", {"x": "y" * room}, NOW)) == 4096
    with pytest.raises(LeafFormatError):
        events.build_system_leaf("sys.key", {"x": "y" * (room + 1)}, NOW)
    with pytest.raises(ValueNotAllowedError):
        events.build_system_leaf("sys.key", {"x": 0.5}, NOW)


@pytest.mark.req("IN-15")
@pytest.mark.parametrize(
    "leaf",
    [
        {"c": COMMITMENT, "k": "receive", "t": NOW, "v": 2},
        {"c": COMMITMENT, "k": "receive", "t": NOW, "v": True},
        {"c": COMMITMENT, "k": "receive", "t": NOW},
        {"c": COMMITMENT, "k": "receive", "t": NOW, "v": 1, "obj": str(OBJ)},
        {"c": COMMITMENT, "k": "Receive", "t": NOW, "v": 1},
        {"c": COMMITMENT, "k": 1, "t": NOW, "v": 1},
        {"c": COMMITMENT, "k": "receive", "t": -1, "v": 1},
        {"c": COMMITMENT, "k": "receive", "t": str(NOW), "v": 1},
        {"c": COMMITMENT[:-1], "k": "receive", "t": NOW, "v": 1},
        {"c": COMMITMENT, "k": "sys.open", "t": NOW, "v": 1},
        {"b": {}, "k": "receive", "t": NOW, "v": 1},
        {"b": [], "k": "sys.open", "t": NOW, "v": 1},
        {"b": {}, "c": COMMITMENT, "k": "sys.open", "t": NOW, "v": 1},
        [1],
        "leaf",
    ],
)
def test_a_leaf_of_another_shape_is_refused(leaf: Any) -> None:
    with pytest.raises(LeafFormatError):
        events.parse_leaf(jcs.dumps(leaf))


@pytest.mark.req("IN-15")
def test_a_leaf_in_another_form_or_of_the_wrong_family_is_refused() -> None:
    good = events.build_leaf(COMMITMENT, "receive", NOW)
    for data in (good + b"\n", good.replace(b",", b", "), b" " * 5000, b""):
        with pytest.raises(NotCanonicalError):
            events.parse_leaf(data)
    with pytest.raises(LeafFormatError):
        events.build_leaf(COMMITMENT, "sys.open", NOW)
    with pytest.raises(LeafFormatError):
        events.build_system_leaf("receive", {}, NOW)
    with pytest.raises(LeafFormatError):
        events.build_leaf("not a commitment", "receive", NOW)


@given(st.binary(max_size=120))
def test_hostile_bytes_are_no_leaf_and_no_body_but_a_typed_error(data: bytes) -> None:
    for parse in (events.parse_leaf, events.parse_body):
        with pytest.raises(RilError):
            parse(data)


@pytest.mark.req("IN-13", "IN-15")
def test_a_body_is_shown_only_if_it_fits_its_leaf() -> None:
    salt, data = events.new_salt(), body()
    c = events.body_commitment(salt, data)
    assert events.open_body(events.RecordLeaf(c, "receive", NOW), salt, data).k == "receive"
    for leaf, given_salt in (
        (events.RecordLeaf(c, "send", NOW), salt),
        (events.RecordLeaf(c, "receive", NOW + 1), salt),
        (events.RecordLeaf(c, "receive", NOW), events.new_salt()),
        (events.RecordLeaf(COMMITMENT, "receive", NOW), salt),
        (events.RecordLeaf(c, "receive", NOW), salt[:5]),
    ):
        with pytest.raises(CommitmentMismatchError):
            events.open_body(leaf, given_salt, data)


@pytest.mark.req("IN-16")
def test_a_classified_deployment_shows_ev_and_keeps_the_true_kind_in_the_body() -> None:
    salt, data = events.new_salt(), body(k="destroy")
    leaf = events.build_leaf(events.body_commitment(salt, data), kinds.CLASSIFIED_KIND, NOW)
    assert b"destroy" not in leaf
    assert json.loads(leaf)["k"] == "ev"
    parsed = events.parse_leaf(leaf)
    assert isinstance(parsed, events.RecordLeaf)
    assert events.open_body(parsed, salt, data).k == "destroy"


@pytest.mark.req("IN-17")
def test_the_base_kinds_and_their_premis_types_are_those_of_the_table() -> None:
    table = (
        "create creation · receive capture · register registration* · sign digital signature "
        "generation · sigcheck digital signature validation · edit metadata modification · file "
        "filing* · send dissemination · hold policy assignment · release policy assignment · "
        "appraise appraisal · xfer.out transfer · xfer.in transfer · ingest ingestion end · "
        "fixity fixity check · virus virus check · migrate migration · redact redaction · seal "
        "information package creation · view displaying · export exporting · restore recovery · "
        "erase redaction · destroy deletion"
    )
    wanted = [tuple(item.split(" ", 1)) for item in table.split(" · ")]
    found = [(kind.k, kind.premis + "*" * kind.extension) for kind in kinds.all_kinds()]
    assert found[: len(wanted)] == wanted
    assert kinds.premis_type("xfer.in") == "transfer"
    assert len(kinds.SYSTEM_KINDS) == 7
    assert not any(map(kinds.is_record_kind, kinds.SYSTEM_KINDS))
    with pytest.raises(UnknownKindError):
        kinds.premis_type("sys.open")


@pytest.fixture
def own_kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    yield


@pytest.mark.req("IN-17")
def test_an_extension_is_registered_once_and_cannot_take_a_base_kind(own_kinds: None) -> None:
    kind = kinds.Kind("lend", "lending", extension=True)
    assert not kinds.is_record_kind("lend")
    kinds.register(kind)
    kinds.register(kind)
    assert kinds.premis_type("lend") == "lending"
    for bad in (
        kinds.Kind("destroy", "something else"),
        kinds.Kind("lend", "another"),
        kinds.Kind("sys.lend", "x"),
        kinds.Kind("ev", "x"),
        kinds.Kind("Lend", "x"),
        kinds.Kind("", "x"),
    ):
        with pytest.raises(ValueError, match="malformed, reserved or taken"):
            kinds.register(bad)


@pytest.mark.req("IN-17")
def test_only_access_kinds_go_into_the_access_chain() -> None:
    assert (kinds.chain_of("view"), kinds.chain_of("export")) == ("a", "a")
    assert kinds.chain_of("export", "c") == "c"
    assert kinds.chain_of("destroy") == "c"
    for k, chain in (("destroy", "a"), ("view", "b")):
        with pytest.raises(ValueError, match="chain"):
            kinds.chain_of(k, chain)
    with pytest.raises(UnknownKindError):
        kinds.chain_of("nothing")


@pytest.mark.req("IN-11")
@given(st.integers(0, 2**48 - 1))
def test_an_event_id_is_a_version_7_uuid_of_its_millisecond(ms: int) -> None:
    one, two = uuid7(ms), uuid7(ms)
    assert one != two
    for found in (one, two):
        assert (found.version, found.variant, found.int >> 80) == (7, "specified in RFC 4122", ms)


@pytest.mark.req("RM-960")
@given(st.lists(st.integers(0, 700), min_size=1, max_size=200))
def test_moments_of_a_process_are_distinct_and_tell_the_microsecond(offsets: list[int]) -> None:
    base = 1_790_000_000_000_000
    moments = Moments()
    told = []
    for us in sorted(base + one for one in offsets):
        ms, part = moments.of(us)
        eid = uuid7(ms, part)
        assert ms == us // 1000
        assert us <= microseconds(eid) < us + len(offsets)
        told.append(microseconds(eid))
    assert told == sorted(set(told)), "two events of one millisecond tell one moment"


def test_a_millisecond_without_room_still_gives_ids() -> None:
    moments = Moments()
    ids = {uuid7(*moments.of(1_790_000_000_000_999)) for _ in range(50)}
    assert len(ids) == 50
    with pytest.raises(ValueError, match="12 bits"):
        uuid7(1, 4096)


@pytest.mark.parametrize("ms", [-1, 2**48])
def test_a_time_outside_48_bits_has_no_event_id(ms: int) -> None:
    with pytest.raises(ValueError, match="48 bits"):
        uuid7(ms)


@pytest.mark.req("IN-12")
def test_a_commitment_is_accepted_exactly_if_decoding_it_gives_it_back() -> None:
    """The form is told without decoding; no text may pass one way and not the other."""
    texts = [COMMITMENT[:-1] + last for last in map(chr, range(128))]
    texts += [first + COMMITMENT[1:] for first in map(chr, range(128))]
    texts += ["", COMMITMENT[:-1], COMMITMENT + "A", COMMITMENT + "=", COMMITMENT + "\n"]
    texts += [events.b64u(secrets.token_bytes(32)) for _ in range(100)]
    texts += ["А" + COMMITMENT[1:], "１" + COMMITMENT[1:]]  # Cyrillic, full width
    for text in texts:
        decodes = events.unb64u(text) is not None
        if decodes:
            assert events.parse_body(body(x={"agent": text})).x == {"agent": text}
        else:
            with pytest.raises(BodyFormatError):
                body(x={"agent": text})
    assert not any(events._is_commitment(other) for other in (None, 1, b"A" * 43, ["A"] * 43))
