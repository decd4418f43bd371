"""RFC 6962 hashes and proofs: published probes, another library, and every kind of mutation."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree
from tests.support import corpora

from tangthu.standards.tlog import merkle
from tangthu.standards.tlog.errors import (
    HashWidthError,
    ProofLengthError,
    ProofRangeError,
    RangeFormatError,
    RootMismatchError,
    TlogError,
)

LEAVES = [b"leaf %d" % number for number in range(300)]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


def split_root(hashes: list[bytes]) -> bytes:
    """The definition of RFC 6962 §2.1, word for word: split at the largest power of two below n."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return sha256(b"\x01" + split_root(hashes[:half]) + split_root(hashes[half:])).digest()


def get(level: int, index: int) -> bytes:
    part = HASHES[index << level : (index + 1) << level]
    assert len(part) == 1 << level, "a proof must be made of complete subtrees"
    return split_root(part)


def probes(kind: str) -> list[Path]:
    return sorted((corpora.need("tlog/merkle/testdata") / kind).rglob("*.json"))


def bits(encoded: str | None) -> bytes:
    return base64.b64decode(encoded or "")


@pytest.mark.req("IN-01")
def test_leaves_and_nodes_are_hashed_with_their_own_prefix() -> None:
    assert merkle.leaf_hash(b"") == sha256(b"\x00").digest()
    left, right = bytes(32), bytes(range(32))
    assert merkle.node_hash(left, right) == sha256(b"\x01" + left + right).digest()
    assert merkle.EMPTY_ROOT == sha256(b"").digest() == merkle.CompactRange().root()


@pytest.mark.req("IN-02", "IN-03", "IN-97")
def test_all_98_inclusion_probes_end_as_published() -> None:
    found = probes("inclusion")
    assert len(found) == 98
    for path in found:
        probe = json.loads(path.read_text())
        proof = [bits(item) for item in probe["proof"] or []]
        args = probe["leafIdx"], probe["treeSize"], bits(probe["leafHash"]), proof
        if probe["wantErr"]:
            with pytest.raises(TlogError):
                merkle.verify_inclusion(*args, bits(probe["root"]))
        else:
            merkle.verify_inclusion(*args, bits(probe["root"]))


@pytest.mark.req("IN-02", "IN-03", "IN-97")
def test_all_98_consistency_probes_end_as_published() -> None:
    found = probes("consistency")
    assert len(found) == 98
    for path in found:
        probe = json.loads(path.read_text())
        proof = [bits(item) for item in probe["proof"] or []]
        args = probe["size1"], probe["size2"], bits(probe["root1"]), bits(probe["root2"]), proof
        if probe["wantErr"]:
            with pytest.raises(TlogError):
                merkle.verify_consistency(*args)
        else:
            merkle.verify_consistency(*args)


@pytest.mark.req("IN-01", "IN-04")
def test_the_compact_range_gives_the_root_of_the_definition_at_every_size() -> None:
    edge = merkle.CompactRange()
    for size, hashed in enumerate(HASHES, 1):
        edge.append(hashed)
        assert edge.root() == split_root(HASHES[:size])
        assert merkle.CompactRange.read(size, get).to_bytes() == edge.to_bytes()


@pytest.mark.req("IN-01", "IN-97")
def test_roots_and_audit_paths_are_those_of_another_library() -> None:
    other = InmemoryTree(algorithm="sha256")
    for size, leaf in enumerate(LEAVES[:130], 1):
        other.append_entry(leaf)
        assert merkle.CompactRange.read(size, get).root() == other.get_state(size)
    for index in range(130):
        # Its paths begin with the leaf hash itself.
        path = other.prove_inclusion(index + 1, 130).path
        assert merkle.inclusion_proof(index, 130, get) == path[1:]


@pytest.mark.req("IN-04")
@given(st.integers(0, 300), st.integers(0, 300))
def test_a_stored_compact_range_goes_on_where_it_was(first: int, second: int) -> None:
    edge = merkle.CompactRange()
    edge.extend(HASHES[:first])
    again = merkle.CompactRange.from_bytes(first, edge.to_bytes())
    copy = again.copy()
    again.extend(HASHES[first : max(first, second)])
    assert again.root() == split_root(HASHES[: max(first, second)])
    assert (copy.size, copy.root()) == (first, edge.root())


@pytest.mark.parametrize(("size", "data"), [(1, b""), (2, b"x" * 31), (3, b"x" * 32), (-1, b"")])
def test_a_damaged_compact_range_is_refused(size: int, data: bytes) -> None:
    with pytest.raises(RangeFormatError):
        merkle.CompactRange.from_bytes(size, data)


@st.composite
def leaf_in_tree(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(st.integers(1, 300))
    return draw(st.integers(0, size - 1)), size


def mutations(proof: list[bytes]) -> list[list[bytes]]:
    """Every one-step change of a proof that keeps the hashes 32 bytes wide."""
    changed = [[*proof, b"\0" * 32], [b"\0" * 32, *proof], [*proof, *(proof[:1] or [b"\1" * 32])]]
    for at, hashed in enumerate(proof):
        flipped = bytes([hashed[0] ^ 1]) + hashed[1:]
        changed += [[*proof[:at], flipped, *proof[at + 1 :]], [*proof[:at], *proof[at + 1 :]]]
        if at:
            changed.append([*proof[: at - 1], hashed, proof[at - 1], *proof[at + 1 :]])
    return changed


@pytest.mark.req("IN-03")
@settings(max_examples=60, deadline=None)
@given(leaf_in_tree())
def test_an_inclusion_proof_holds_and_no_changed_one_does(place: tuple[int, int]) -> None:
    index, size = place
    proof, root = merkle.inclusion_proof(index, size, get), split_root(HASHES[:size])
    merkle.verify_inclusion(index, size, HASHES[index], proof, root)
    for changed in mutations(proof):
        with pytest.raises((ProofLengthError, RootMismatchError)):
            merkle.verify_inclusion(index, size, HASHES[index], changed, root)
    for other in set(range(size)) - {index}:
        with pytest.raises((ProofLengthError, RootMismatchError)):
            merkle.verify_inclusion(other, size, HASHES[index], proof, root)
    with pytest.raises(RootMismatchError):
        merkle.verify_inclusion(index, size, merkle.leaf_hash(b"other"), proof, root)


@pytest.mark.req("IN-03")
@settings(max_examples=100, deadline=None)
@given(leaf_in_tree())
def test_a_consistency_proof_holds_and_no_changed_one_does(place: tuple[int, int]) -> None:
    size1, size2 = place[0] + 1, place[1]
    proof = merkle.consistency_proof(size1, size2, get)
    roots = split_root(HASHES[:size1]), split_root(HASHES[:size2])
    merkle.verify_consistency(size1, size2, *roots, proof)
    for changed in mutations(proof):
        with pytest.raises((ProofLengthError, RootMismatchError)):
            merkle.verify_consistency(size1, size2, *roots, changed)
    forked = split_root([*HASHES[: size1 - 1], merkle.leaf_hash(b"other")])
    with pytest.raises(RootMismatchError):
        merkle.verify_consistency(size1, size2, forked, roots[1], proof)


@pytest.mark.req("IN-03")
def test_a_proof_that_is_too_long_is_an_error() -> None:
    proof, root = merkle.inclusion_proof(3, 7, get), split_root(HASHES[:7])
    with pytest.raises(ProofLengthError) as caught:
        merkle.verify_inclusion(3, 7, HASHES[3], [*proof, b"\0" * 32], root)
    assert caught.value.facts == {"length": 4, "wanted": 3}
    assert caught.value.hint


@pytest.mark.req("IN-03")
@pytest.mark.parametrize("width", [0, 31, 33, 64])
def test_a_hash_that_is_not_32_bytes_is_an_error(width: int) -> None:
    proof, root = merkle.inclusion_proof(3, 7, get), split_root(HASHES[:7])
    wrong = bytes(width)
    for args in (
        (HASHES[3], [*proof[:-1], wrong], root),
        (wrong, proof, root),
        (HASHES[3], proof, wrong),
    ):
        with pytest.raises(HashWidthError):
            merkle.verify_inclusion(3, 7, *args)
    with pytest.raises(HashWidthError):
        merkle.verify_consistency(3, 7, root, root, [wrong])
    with pytest.raises(HashWidthError):
        merkle.verify_consistency(4, 7, wrong, root, proof)


@pytest.mark.req("IN-03")
@pytest.mark.parametrize(("index", "size"), [(7, 7), (8, 7), (-1, 7), (0, 0), (1, 2**63)])
def test_an_index_outside_the_tree_is_an_error(index: int, size: int) -> None:
    with pytest.raises(ProofRangeError):
        merkle.verify_inclusion(index, size, HASHES[0], [], HASHES[0])
    with pytest.raises(ProofRangeError):
        merkle.inclusion_proof(index, size, get)


@pytest.mark.req("IN-02", "IN-03")
@pytest.mark.parametrize(("size1", "size2"), [(0, 0), (0, 7), (8, 7), (-1, 7), (1, 2**63)])
def test_sizes_that_cannot_be_compared_are_an_error(size1: int, size2: int) -> None:
    root = merkle.EMPTY_ROOT
    with pytest.raises(ProofRangeError):
        merkle.verify_consistency(size1, size2, root, root, [])
    with pytest.raises(ProofRangeError):
        merkle.consistency_proof(size1, size2, get)
