"""What can be wrong with an XML document: one exception per cause, each in words."""

from __future__ import annotations

from collections.abc import Mapping


class XmlError(Exception):
    """Base of all XML errors.

    `message` says in Vietnamese what happened, `hint` what to do, `facts` holds numbers and places.
    """

    def __init__(self, message: str, hint: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts: Mapping[str, object] = facts


class MalformedXmlError(XmlError):
    """The bytes are not a well-formed XML document."""


class DoctypeForbiddenError(XmlError):
    """The document has a DOCTYPE: entities and external parts are never read."""


class XmlTooLargeError(XmlError):
    """The document has more bytes, or one text longer, than allowed."""


class TooDeepError(XmlError):
    """Elements are nested deeper than allowed."""


class TooManyElementsError(XmlError):
    """The document has more elements than allowed."""


class TooManyAttributesError(XmlError):
    """One element has more attributes than allowed."""


class AttributeTooLongError(XmlError):
    """One attribute value is longer than allowed."""


class ForbiddenCharacterError(XmlError):
    """A text to be written holds a character that no XML document can hold (XML 1.0 §2.2)."""


class SchemaUnusableError(XmlError):
    """A schema is missing, refers to one that is not at hand, or is not XML Schema."""
