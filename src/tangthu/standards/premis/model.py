"""PREMIS entities as plain values. Times are text as written (ISO 8601 with zone)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A typed identifier, e.g. type `UUID`."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link from an event to an object or agent, with the roles it plays there."""

    identifier: Identifier
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fixity:
    """A digest: algorithm as PREMIS names it (`SHA-256`), lower-case hex value."""

    algorithm: str
    digest: str


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: name, version, and PRONOM identifier (empty if unknown)."""

    name: str
    version: str = ""
    pronom_id: str = ""


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relation of one object to others, e.g. `structural` / `is part of`."""

    type: str
    sub_type: str
    targets: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class FileObject:
    """A file. `original_name` may hold any characters a file system gave (see `names`).

    `location`: path inside the package; `size` in bytes.
    """

    identifiers: tuple[Identifier, ...]
    size: int
    fixity: tuple[Fixity, ...]
    format: Format
    original_name: str = ""
    location: str = ""
    relationships: tuple[Relationship, ...] = ()


@dataclass(frozen=True, slots=True)
class Representation:
    """A set of files that together render an intellectual entity."""

    identifiers: tuple[Identifier, ...]
    original_name: str = ""
    relationships: tuple[Relationship, ...] = ()


@dataclass(frozen=True, slots=True)
class IntellectualEntity:
    """A dossier, a document or a package as a thing of its own."""

    identifiers: tuple[Identifier, ...]
    original_name: str = ""
    relationships: tuple[Relationship, ...] = ()


PremisObject = FileObject | Representation | IntellectualEntity


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done. `type` is a label of `EVENT_TYPES`; `when` ISO 8601 with zone.

    `body` is the log event verbatim and `place` its (origin, leaf index, leaf hash, chain value) as
    text, both None for events that do not come from the integrity log (IN-79).
    """

    identifier: Identifier
    type: str
    when: str
    detail: str = ""
    outcome: str = ""
    outcome_note: str = ""
    agents: tuple[Link, ...] = ()
    objects: tuple[Link, ...] = ()
    body: bytes | None = None
    place: LedgerPlace | None = None


@dataclass(frozen=True, slots=True)
class LedgerPlace:
    """Where a log event stands: log origin, leaf index, leaf hash and chain value (base64url)."""

    origin: str
    leaf_index: int
    leaf_hash: str
    chain_value: str


@dataclass(frozen=True, slots=True)
class Agent:
    """A person, organisation, software or hardware that acted (`type` says which)."""

    identifiers: tuple[Identifier, ...]
    name: str
    type: str = ""
    version: str = ""
    note: str = ""
