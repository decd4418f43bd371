"""The Merkle tree of RFC 6962 §2.1 and RFC 9162 §2.1: hashes, compact range, proofs.

SHA-256 only; leaves are hashed with 0x00, nodes with 0x01 in front; a tree of n leaves splits at
the largest power of two below n (IN-01). A verifier here returns None or raises: an answer that
could be mistaken for "false, but checked" does not exist (IN-03).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from tangthu.standards.tlog.errors import (
    HashWidthError,
    ProofLengthError,
    ProofRangeError,
    RangeFormatError,
    RootMismatchError,
)

HASH_SIZE = 32
MAX_SIZE = 2**63 - 1
EMPTY_ROOT = sha256(b"").digest()

HashReader = Callable[[int, int], bytes]
"""`get(level, index)`: root over the leaves index·2^level up to, not with, (index+1)·2^level."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf, SHA-256(0x00 ‖ leaf)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node, SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


class CompactRange:
    """The right edge of a tree: one root per complete subtree, largest (leftmost) first (IN-04).

    This and the size are all the state an integrator needs to append and to give the root.
    """

    __slots__ = ("_roots", "size")

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        """Tree of `size` leaves with the subtree roots `roots`. Raises RangeFormatError."""
        self.size = size
        self._roots = list(roots)
        if not 0 <= size <= MAX_SIZE or len(self._roots) != size.bit_count():
            raise RangeFormatError(size=size, roots=len(self._roots))
        if any(len(root) != HASH_SIZE for root in self._roots):
            raise RangeFormatError(size=size)

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf by its hash (32 bytes)."""
        roots = self._roots
        left = self.size
        while left & 1:
            leaf_hash = sha256(b"\x01" + roots.pop() + leaf_hash).digest()
            left >>= 1
        roots.append(leaf_hash)
        self.size += 1

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Add leaves by their hashes, in order."""
        for hashed in leaf_hashes:
            self.append(hashed)

    def root(self) -> bytes:
        """Root of the tree; SHA-256 of nothing for the empty tree."""
        if not self._roots:
            return EMPTY_ROOT
        root = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            root = node_hash(left, root)
        return root

    def copy(self) -> CompactRange:
        """An independent copy."""
        return CompactRange(self.size, self._roots)

    def to_bytes(self) -> bytes:
        """The subtree roots one after the other, largest subtree first; the size is kept beside."""
        return b"".join(self._roots)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> CompactRange:
        """Inverse of to_bytes. Raises RangeFormatError if `data` does not fit `size`."""
        if len(data) % HASH_SIZE:
            raise RangeFormatError(size=size, length=len(data))
        return cls(size, (data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)))

    @classmethod
    def read(cls, size: int, get: HashReader) -> CompactRange:
        """The range of the first `size` leaves of a stored tree."""
        roots = []
        start = 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                roots.append(get(level, start >> level))
                start += 1 << level
        return cls(size, roots)


def _subtree(start: int, end: int, get: HashReader) -> bytes:
    """Root over leaves [start, end), where `start` is a multiple of the covering power of two."""
    width = end - start
    hashed: bytes | None = None
    for level in range(width.bit_length()):
        if width >> level & 1:
            left = start + (width >> level + 1 << level + 1)
            part = get(level, left >> level)
            hashed = part if hashed is None else node_hash(part, hashed)
    assert hashed is not None
    return hashed


def inclusion_proof(index: int, size: int, get: HashReader) -> list[bytes]:
    """Audit path of leaf `index` in the tree of `size` leaves, lowest sibling first.

    Raises ProofRangeError if the tree has no such leaf, and what `get` raises.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofRangeError(index=index, size=size)
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if index < middle:
            path.append(_subtree(middle, end, get))
            end = middle
        else:
            path.append(_subtree(start, middle, get))
            start = middle
    return path[::-1]


def consistency_proof(size1: int, size2: int, get: HashReader) -> list[bytes]:
    """Proof that the tree of `size1` leaves is a prefix of that of `size2` (RFC 9162 §2.1.4).

    Empty for equal sizes. Raises ProofRangeError unless 1 ≤ size1 ≤ size2, and what `get` raises.
    """
    if not 1 <= size1 <= size2 <= MAX_SIZE:
        raise ProofRangeError(size1=size1, size2=size2)
    path: list[bytes] = []
    start, end = 0, size2
    while end != size1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if size1 <= middle:
            path.append(_subtree(middle, end, get))
            end = middle
        else:
            path.append(_subtree(start, middle, get))
            start = middle
    if start:
        path.append(_subtree(start, end, get))
    return path[::-1]


def _check_widths(hashes: Sequence[bytes]) -> None:
    for hashed in hashes:
        if len(hashed) != HASH_SIZE:
            raise HashWidthError(length=len(hashed))


def _check_length(proof: Sequence[bytes], wanted: int) -> None:
    if len(proof) != wanted:
        raise ProofLengthError(length=len(proof), wanted=wanted)


def verify_inclusion(
    index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that the leaf with `leaf_hash` is number `index` (from 0) of the tree (`size`, `root`).

    Returns None or raises ProofRangeError, HashWidthError, ProofLengthError, RootMismatchError.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofRangeError(index=index, size=size)
    _check_widths([leaf_hash, root, *proof])
    # Below the point where the paths of this and of the last leaf meet, each level has a sibling;
    # above it only those on the left, one per 1-bit.
    inner = (index ^ size - 1).bit_length()
    _check_length(proof, inner + (index >> inner).bit_count())
    hashed = leaf_hash
    for level, sibling in enumerate(proof):
        if level < inner and not index >> level & 1:
            hashed = node_hash(hashed, sibling)
        else:
            hashed = node_hash(sibling, hashed)
    if hashed != root:
        raise RootMismatchError(index=index, size=size)


def verify_consistency(
    size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the tree (`size1`, `root1`) is a prefix of the tree (`size2`, `root2`).

    size1 = 0 is an error: every tree extends the empty one, so such a proof says nothing (IN-02).
    Returns None or raises ProofRangeError, HashWidthError, ProofLengthError, RootMismatchError.
    """
    if not 1 <= size1 <= size2 <= MAX_SIZE:
        raise ProofRangeError(size1=size1, size2=size2)
    _check_widths(proof)
    if size1 == size2:
        _check_length(proof, 0)
        if root1 != root2:
            raise RootMismatchError(size1=size1, size2=size2)
        return
    _check_widths([root1, root2])
    # The proof starts at the largest complete subtree that ends at size1; if that is the whole old
    # tree, its hash is root1 and is not repeated in the proof.
    shift = (size1 & -size1).bit_length() - 1
    index = size1 - 1 >> shift
    inner = (size1 - 1 ^ size2 - 1).bit_length() - shift
    seeded = size1 & size1 - 1 != 0
    _check_length(proof, inner + (index >> inner).bit_count() + seeded)
    old = new = proof[0] if seeded else root1
    for level, sibling in enumerate(proof[1:] if seeded else proof):
        if level < inner and not index >> level & 1:
            new = node_hash(new, sibling)
        else:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
    if old != root1 or new != root2:
        raise RootMismatchError(size1=size1, size2=size2)
