"""Checkpoints: C2SP tlog-checkpoint v1.0.0, a signed note that states origin, size and root.

Written without extension lines, the log's signatures first and the witnesses' lines sorted by key
name, so that the bytes of a witnessed checkpoint follow from its signatures (IN-42). Extension
lines of other logs are read and kept, since they are under the signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tangthu.standards.tlog.errors import (
    CheckpointFormatError,
    UnverifiedNoteError,
    WrongOriginError,
)
from tangthu.standards.tlog.merkle import HASH_SIZE, MAX_SIZE
from tangthu.standards.tlog.note import (
    ED25519,
    Note,
    Signature,
    Verified,
    VerifierKey,
    decode_base64,
    encode_base64,
    format_note,
    open_note,
)

_MAX_DIGITS = len(str(MAX_SIZE))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint states: origin, number of leaves, root (32 bytes); extension lines read."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note text. Raises CheckpointFormatError if it could not be parsed again."""
        lines = [self.origin, str(self.size), encode_base64(self.root), *self.extensions]
        text = "".join(line + "\n" for line in lines)
        if parse_checkpoint(text) != self:
            raise CheckpointFormatError(reason="a value cannot be written")
        return text


def parse_checkpoint(text: str) -> Checkpoint:
    """Parse the text of a note as a checkpoint, exactly. Raises CheckpointFormatError."""
    lines = text.split("\n")
    if lines.pop() != "" or len(lines) < 3 or not all(lines):
        raise CheckpointFormatError(reason="lines")
    origin, size, root, *extensions = lines
    digits = size.isascii() and size.isdigit() and len(size) <= _MAX_DIGITS
    if not digits or str(int(size)) != size or int(size) > MAX_SIZE:
        raise CheckpointFormatError(reason="size")
    hashed = decode_base64(root)
    if hashed is None or len(hashed) != HASH_SIZE:
        raise CheckpointFormatError(reason="root")
    return Checkpoint(origin, int(size), hashed, tuple(extensions))


def format_checkpoint(
    checkpoint: Checkpoint,
    log_signatures: Sequence[Signature],
    cosignatures: Iterable[Signature] = (),
) -> bytes:
    """The bytes of a checkpoint note: log signatures as given, witness lines by key name (IN-42).

    Raises CheckpointFormatError (also for extension lines, which this log never writes) and
    NoteFormatError.
    """
    if checkpoint.extensions:
        raise CheckpointFormatError(reason="extension lines")
    witnesses = sorted(cosignatures, key=lambda s: (s.name, s.key_id))
    return format_note(Note(checkpoint.text(), (*log_signatures, *witnesses)))


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint whose signatures are good: the log keys and the witnesses that signed it."""

    checkpoint: Checkpoint
    note: Note
    log_keys: tuple[VerifierKey, ...]
    witnesses: tuple[Verified, ...]


def open_checkpoint(
    data: bytes, origin: str, log_keys: Iterable[VerifierKey], witnesses: Iterable[VerifierKey] = ()
) -> OpenedCheckpoint:
    """Parse a checkpoint note of the log `origin` and check all signatures of known keys.

    At least one of `log_keys` must have signed; whether the witnesses suffice is for the caller's
    policy. Raises NoteFormatError, CheckpointFormatError, WrongOriginError, BadSignatureError,
    AmbiguousKeyError, UnverifiedNoteError.
    """
    logs = list(log_keys)
    note, verified = open_note(data, [*logs, *witnesses])
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != origin:
        raise WrongOriginError(origin=checkpoint.origin, wanted=origin)
    signed = tuple(v.key for v in verified if v.key in logs and v.key.kind == ED25519)
    if not signed:
        raise UnverifiedNoteError(origin=origin)
    return OpenedCheckpoint(
        checkpoint, note, signed, tuple(v for v in verified if v.key not in logs)
    )
