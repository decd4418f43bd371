"""The policy text (docs/routes.toml) and what it says of a person, a thing and an address."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TEXT = Path(__file__).parents[2] / "docs" / "routes.toml"
# What a right to read opens, and the words for who may do something without any right.
READS = {"01": "read.public", "02": "read.conditional"}
WORDS = ("see", "own", "member", "staff", "visitor", "delegable", "nobody")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks: his roles' rights, whether at the things' body, and what he made."""

    username: str
    role: str
    rights: frozenset[str]
    home: bool
    owner: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """What an address names: ids by parameter, and the level of its dossier and document ("" for
    what nobody may see)."""

    state: str
    ids: Mapping[str, object] = field(default_factory=dict)
    dossier: str = ""
    document: str = ""


def text() -> dict[str, dict[str, Any]]:
    """The policy: "pages" and "operations", each rule by its route."""
    return tomllib.loads(TEXT.read_text())


def rules(given: str | Mapping[str, str]) -> dict[str, str]:
    """A page's rules by method."""
    named = {"read": given} if isinstance(given, str) else given
    return {{"read": "get", "write": "post"}[way]: rule for way, rule in named.items()}


def words_of(rule: str) -> Iterator[str]:
    """Every word of a rule but `and` and `or`."""
    return (word for word in rule.split() if word not in ("and", "or"))


def allows(rule: str, person: Person, thing: Thing | None, parameters: tuple[str, ...]) -> bool:
    """Whether the policy lets a person in; `thing` is None for an address without one."""

    def holds(word: str) -> bool:
        if word == "see":
            assert thing is not None
            level = _level(thing, parameters)
            return bool(level) and person.home and _reads(person, level)
        if word in ("staff", "visitor"):
            return True
        if word in ("own", "member"):
            return person.owner if word == "own" else person.home
        if word == "delegable":
            return person.role != "inspector" and _delegates(person)
        if word == "nobody":
            return False
        return word in person.rights and (thing is None or person.home)

    return any(all(map(holds, words_of(part))) for part in rule.split(" or "))


def _level(thing: Thing, parameters: tuple[str, ...]) -> str:
    if {"document_id", "file_id"} & set(parameters):
        return thing.document
    return "01" if "fonds_id" in parameters else thing.dossier


def _reads(person: Person, level: str) -> bool:
    return READS[level] in person.rights or READS["02"] in person.rights


def _delegates(person: Person) -> bool:
    from tangthu.identity.roles import DELEGABLE

    return bool(person.rights.intersection(DELEGABLE))


def absent(value: object) -> object:
    """An id of the same kind that nothing bears."""
    return 987_654_321 if isinstance(value, int) else uuid.uuid4()
