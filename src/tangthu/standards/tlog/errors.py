"""What can be wrong with a log, a proof or a signed note: one exception per cause.

Messages and hints are constant sentences (IN-78: nothing from hostile input gets into them); the
names, sizes and paths involved are in `facts`.
"""

from __future__ import annotations

from collections.abc import Mapping


class TlogError(Exception):
    """Base of all errors of this package. `message` and `hint` are for people, `facts` for logs."""

    message = "The log data is not usable."
    hint = "Fetch it again from the log or from a mirror."

    def __init__(self, **facts: object) -> None:
        super().__init__(self.message)
        self.facts: Mapping[str, object] = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.message} ({facts})" if facts else self.message


class HashWidthError(TlogError):
    """A hash is not 32 bytes long."""

    message = "A hash is not 32 bytes long."


class ProofRangeError(TlogError):
    """Index or sizes do not name a leaf of the tree, or a pair of trees that can be compared."""

    message = "The proof names an index or a size that the tree does not have."
    hint = "Ask for a proof to a checkpoint that covers the leaf; size 0 is consistent with all."


class ProofLengthError(TlogError):
    """The proof has more or fewer hashes than index and sizes demand."""

    message = "The proof is longer or shorter than this index and size demand."


class RootMismatchError(TlogError):
    """The proof is well-formed, but it does not lead to the stated root."""

    message = "The proof does not lead to the stated root: the data is not in this log."
    hint = "Treat the data as not proven; keep it and the proof as evidence."


class RangeFormatError(TlogError):
    """The stored bytes of a compact range do not fit the size they state."""

    message = "The stored tree state is damaged."
    hint = "Rebuild it from the tiles up to the last signed size."


class NoteFormatError(TlogError):
    """The bytes are not a signed note (C2SP signed-note): `reason` says which rule is broken."""

    message = "This is not a well-formed signed note."


class KeyFormatError(TlogError):
    """A verifier key (vkey) is malformed, or its key ID does not belong to it."""

    message = "This is not a well-formed verifier key."
    hint = "Copy the whole line name+id+key from the key list of the log or witness."


class UnknownKeyTypeError(KeyFormatError):
    """The verifier key is of a signature type that this package does not verify."""

    message = "The verifier key is of an unknown signature type."
    hint = "Only types 0x01 (Ed25519) and 0x04 (cosignature) are checked here."


class AmbiguousKeyError(TlogError):
    """Two different known keys share name and key ID."""

    message = "Two different keys have the same name and key ID."
    hint = "Remove one of them from the list of trusted keys."


class BadSignatureError(TlogError):
    """A known key's signature does not verify; the whole note is to be rejected."""

    message = "A signature of a known key is false: the note is rejected."
    hint = "Keep the note as evidence and fetch it again from another place."


class UnverifiedNoteError(TlogError):
    """No signature of a demanded known key is on the note."""

    message = "The note carries no signature of a key that is trusted here."
    hint = "Check that the trusted keys belong to this log."


class CheckpointFormatError(TlogError):
    """A note text is not a checkpoint (C2SP tlog-checkpoint)."""

    message = "This is not a well-formed checkpoint."


class WrongOriginError(TlogError):
    """The checkpoint is of another log."""

    message = "The checkpoint belongs to another log."
    hint = "Use the keys and the policy of that log."


class TileMissingError(TlogError):
    """A tile or an entry bundle that the tree size demands is not there."""

    message = "A file of the log is missing."


class TileFormatError(TlogError):
    """A tile, an entry bundle or its path is malformed."""

    message = "A file of the log is malformed."


class EntryTooLongError(TlogError):
    """An entry is longer than the 65 535 bytes that a bundle can hold."""

    message = "An entry is longer than 65535 bytes."
    hint = "Leaves of this log format have at most 4096 bytes."


class TileConflictError(TlogError):
    """A tile or bundle is on disk with other bytes than those to be written: stop the log."""

    message = "A file of the log would have to be rewritten with other bytes: the log must stop."
    hint = "Write nothing more; compare database, tiles, mirror and witnesses before going on."


class LogDamagedError(TlogError):
    """Entries, tiles and root do not belong together; a writer must stop and sign nothing."""

    message = "The files of the log do not agree with each other."
    hint = "Sign nothing; check disk and memory, compare with a mirror and with the database."


class CheckpointConflictError(TlogError):
    """A checkpoint of this size is published with other content, or a larger one is."""

    message = "The checkpoint contradicts one that is published already."
    hint = "Publish the frozen bytes of that size again; a smaller or different tree is a fork."
