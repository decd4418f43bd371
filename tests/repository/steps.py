"""What the repository's crash tests look at."""

from __future__ import annotations

import json
from pathlib import Path

import ocfl as ocfl_py

from tests.support import states
from tests.support.house import TestHouse

STORES = ("kho-a", "kho-b")


def objects(house: TestHouse) -> list[Path]:
    """The root of every object in both stores."""
    return [
        path.parent
        for name in STORES
        for path in (house.home.stores / name).rglob("0=ocfl_object_1.1")
    ]


def complaints(root: Path) -> str:
    """What an independent implementation has against an object; "" if it finds it valid."""
    valid, judge = ocfl_py.Object().validate(str(root))
    return "" if valid else str(judge)


def beside(house: TestHouse) -> dict[str, list[tuple[str, int, str]]]:
    """The events noted beside each object: kind, number in the chain, outcome."""
    found: dict[str, list[tuple[str, int, str]]] = {}
    for name in STORES:
        for path in (house.home.stores / f"{name}.beside").rglob("events.jsonl"):
            lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            place = path.relative_to(house.home.stores).as_posix()
            found[place] = [(one["kind"], one["chain"]["n"], one["out"]) for one in lines]
    return found


def set_aside(house: TestHouse) -> list[str]:
    """Digests of what was set aside beside the objects, whatever it is called there."""
    return sorted(
        digest
        for name in STORES
        for path, digest in states.files(house.home.stores / f"{name}.beside").items()
        if "/set-aside/" in path
    )
