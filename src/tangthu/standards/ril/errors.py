"""What can be wrong with an event, a leaf or a canonical value: one exception per cause."""

from __future__ import annotations

from collections.abc import Mapping


class RilError(Exception):
    """Base of all errors of this package. `message` and `hint` are constant, `facts` for logs."""

    message = "The event data is not usable."
    hint = "Treat the event as not proven."

    def __init__(self, **facts: object) -> None:
        super().__init__(self.message)
        self.facts: Mapping[str, object] = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.message} ({facts})" if facts else self.message


class ValueNotAllowedError(RilError):
    """A value cannot be written in restricted JCS: `reason` says which rule is broken."""

    message = "The value cannot be written in the canonical form."
    hint = "Use strings in Unicode NFC, whole numbers, booleans, lists and objects only."


class NotCanonicalError(RilError):
    """The bytes are not restricted JCS, or not its one canonical form."""

    message = "The bytes are not in the canonical form."


class BodyFormatError(RilError):
    """The bytes are canonical, but not an event body: `member` names what is wrong."""

    message = "This is not a well-formed event body."


class LeafFormatError(RilError):
    """The bytes are canonical, but not a leaf: `member` names what is wrong."""

    message = "This is not a well-formed leaf."


class CommitmentMismatchError(RilError):
    """Salt and value do not open the commitment, or body and leaf contradict each other."""

    message = "The opening does not belong to its commitment."


class UnknownKindError(RilError):
    """No such kind of event in this format."""

    message = "This kind of event is unknown."
    hint = "Use a kind of the table of IN-17, or register an extension first."
