"""Names of versions (OCFL 1.1 section 3.3): v1, v2 … or padded v0001, v0002 …"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from tangthu.standards.ocfl.codes import Findings

_NAME = re.compile(r"v([0-9]{1,9})")


@dataclass(slots=True)
class VersionNames:
    """Version names in order of their numbers, and those that are no version names at all."""

    names: list[str] = field(default_factory=list)
    malformed: list[str] = field(default_factory=list)
    sound: bool = True
    """False if names are malformed or padded unlike, so that folders cannot be told by them"""

    @property
    def head(self) -> str | None:
        """The name of the latest version."""
        return self.names[-1] if self.names else None


def number_of(name: str) -> int | None:
    """Return the number in a version name, 0 included, or None if it is not one."""
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else None


def next_name(head: str) -> str | None:
    """Return the name after `head` in the same padding, or None when the padding is used up."""
    number = int(head[1:]) + 1
    if not head.startswith("v0"):
        return f"v{number}"
    padded = f"v{number:0{len(head) - 1}d}"
    return padded if padded.startswith("v0") and len(padded) == len(head) else None


def judge(keys: Iterable[str], findings: Findings, place: str, spec: str) -> VersionNames:
    """Sort the names in a versions block and report every breach of the naming rules."""
    result = VersionNames()
    numbered: list[tuple[int, str]] = []
    for key in keys:
        number = number_of(key)
        if number is None:
            result.malformed.append(key)
            if spec != "1.0":
                findings.add("E104", place, f"Met {key!r}.")
        elif number == 0:
            result.malformed.append(key)
            findings.add("E009" if spec == "1.0" else "E105", place, f"Met {key!r}.")
        else:
            numbered.append((number, key))
    numbered.sort()
    result.sound = not result.malformed
    if not numbered:
        return result
    if not _padding_is_sound([name for _, name in numbered], findings, place):
        result.sound = False
    if numbered[0][0] != 1:
        findings.add("E009", place, f"The first version is {numbered[0][1]}.")
    for (before, name), (after, other) in pairwise(numbered):
        if after > before + 1:
            findings.add("E010", place, f"Nothing between {name} and {other}.")
    result.names = [name for _, name in numbered]
    return result


def _padding_is_sound(names: list[str], findings: Findings, place: str) -> bool:
    first = names[0]
    sound = True
    padded = first.startswith("v0")
    if padded:
        findings.add("W001", place, f"Met {first}.")
    for name in names[1:]:
        if padded and len(name) == len(first) and not name.startswith("v0"):
            findings.add("E011", place, f"{name} leaves no room for the zero of {first}.")
            findings.add("E013", place, f"{name} after {first}.")
            sound = False
        elif name.startswith("v0") != padded or (padded and len(name) != len(first)):
            findings.add("E012", place, f"{name} beside {first}.")
            findings.add("E013", place, f"{name} after {first}.")
            sound = False
    return sound
