"""PREMIS 3.0 preservation metadata: objects, events, agents (Data Dictionary 3.0, 2015).

Written and read in a stream. Event types are those of the Library of Congress (AR-64); events of
the integrity log carry their body and their place in the log (IN-79).
"""

from tangthu.standards.premis.errors import (
    LedgerEventError,
    PremisError,
    UnknownEventTypeError,
    UnreadablePremisError,
)
from tangthu.standards.premis.ledger import ledger_event
from tangthu.standards.premis.model import (
    Agent,
    Event,
    FileObject,
    Fixity,
    Format,
    Identifier,
    IntellectualEntity,
    LedgerPlace,
    Link,
    PremisObject,
    Relationship,
    Representation,
)
from tangthu.standards.premis.reader import PremisItem, read_premis
from tangthu.standards.premis.vocabulary import EVENT_TYPES, event_type_uri
from tangthu.standards.premis.writer import write_premis

__all__ = [
    "EVENT_TYPES",
    "Agent",
    "Event",
    "FileObject",
    "Fixity",
    "Format",
    "Identifier",
    "IntellectualEntity",
    "LedgerEventError",
    "LedgerPlace",
    "Link",
    "PremisError",
    "PremisItem",
    "PremisObject",
    "Relationship",
    "Representation",
    "UnknownEventTypeError",
    "UnreadablePremisError",
    "event_type_uri",
    "ledger_event",
    "read_premis",
    "write_premis",
]
