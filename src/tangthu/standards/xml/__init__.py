"""XML hardened once for the whole house (DESIGN §5, §6.8): reading, writing, schema validation.

Reading refuses a DTD, entities, network access and anything beyond the limits; memory stays flat.
Writing refuses characters that XML 1.0 §2.2 forbids. Schemas come from memory, never from a
network.
"""

from tangthu.standards.xml.errors import (
    AttributeTooLongError,
    DoctypeForbiddenError,
    ForbiddenCharacterError,
    MalformedXmlError,
    SchemaUnusableError,
    TooDeepError,
    TooManyAttributesError,
    TooManyElementsError,
    XmlError,
    XmlTooLargeError,
)
from tangthu.standards.xml.foreign import ForeignSchemas
from tangthu.standards.xml.reading import Limits, XmlSource, local_name, parse, records, walk
from tangthu.standards.xml.schemas import SchemaFault, SchemaSet, faults_of
from tangthu.standards.xml.writing import XmlWriter, check_text, forbidden_character

__all__ = [
    "AttributeTooLongError",
    "DoctypeForbiddenError",
    "ForbiddenCharacterError",
    "ForeignSchemas",
    "Limits",
    "MalformedXmlError",
    "SchemaFault",
    "SchemaSet",
    "SchemaUnusableError",
    "TooDeepError",
    "TooManyAttributesError",
    "TooManyElementsError",
    "XmlError",
    "XmlSource",
    "XmlTooLargeError",
    "XmlWriter",
    "check_text",
    "faults_of",
    "forbidden_character",
    "local_name",
    "parse",
    "records",
    "walk",
]
