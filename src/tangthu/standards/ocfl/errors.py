"""What can go wrong with OCFL objects, one type per cause.

Each error carries a sentence for people, a hint what to do, and the facts as plain values for logs
and screens. Facts name files and digests, never file content.
"""

from __future__ import annotations

from typing import Any


class OcflError(Exception):
    """Base of all errors of this package: `message`, `hint` and `facts`."""

    def __init__(self, message: str, hint: str, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts = facts


class NotAStorageRootError(OcflError):
    """The folder is not an OCFL storage root that we can use."""


class LayoutError(OcflError):
    """The storage layout is unknown, badly configured, or cannot place this identifier."""


class ObjectMissingError(OcflError):
    """There is no object with this identifier in the storage root."""


class ObjectExistsError(OcflError):
    """Another object, or another first version, already stands at this place."""


class VersionConflictError(OcflError):
    """The object is not at the version the caller built upon."""


class VersionMissingError(OcflError):
    """The object has no such version, or the version has no such logical path."""


class InvalidInventoryError(OcflError):
    """An inventory cannot be read, is too large, or breaks the specification."""


class LogicalPathError(OcflError):
    """A logical path is empty, unsafe, not encodable, or in conflict with another one."""


class DigestMismatchError(OcflError):
    """Bytes do not have the digest that was announced or recorded for them."""


class StagingError(OcflError):
    """The staging folder cannot be used: missing, inside the root, or on another file system."""


class DamagedSourceError(OcflError):
    """The object or file to copy from is itself not good, so nothing was copied."""


class ReplicaDivergedError(OcflError):
    """The copy in the other root is not an earlier state of this object."""


class UnreadableObjectError(OcflError):
    """No trustworthy inventory is left in the object, so its files cannot be judged."""
