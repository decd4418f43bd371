"""Print how the house stands against OWASP ASVS 5.0.0 (docs/security/asvs.toml).

    python tools/asvs.py [--all] [ID…]

Without ids: counts, and what is open or done in part. An id is a requirement (6.2.5), a section
(6.2) or a chapter (6).
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

PLACE = Path(__file__).resolve().parents[1] / "docs" / "security"
STATES = ("done", "part", "open", "not_applicable")


def levels() -> dict[str, int]:
    """Each requirement of the release with the level at which it begins."""
    lines = (PLACE / "asvs-5.0.0.ids").read_text(encoding="utf-8").splitlines()
    pairs = (line.split() for line in lines if not line.startswith("#"))
    return {name: int(level) for name, level in pairs}


def table() -> dict[str, dict[str, Any]]:
    """Our answer to each requirement of levels 1 and 2."""
    return tomllib.loads((PLACE / "asvs.toml").read_text(encoding="utf-8"))


def main(given: list[str]) -> int:
    """Print what was asked for; 2 for an id that is none."""
    everything = "--all" in given
    asked = [one for one in given if one != "--all"]
    level, rows = levels(), table()
    shown = [
        name
        for name in rows
        if everything
        or any(name == one or name.startswith(f"{one}.") for one in asked)
        or (not asked and rows[name]["state"] in {"part", "open"})
    ]
    if not shown:
        print(f"No such requirement of levels 1 and 2: {' '.join(asked)}", file=sys.stderr)
        return 2
    for name in shown:
        row = rows[name]
        print(f"{name:<8} L{level[name]} {row['state']:<14} {row['words']}")
        for key in ("lacks", "reason", "where", "test"):
            if key in row and (asked or everything or key in {"lacks", "reason"}):
                print(f"{'':<12}{key}: {row[key]}")
    if not asked:
        print()
        for number in (1, 2):
            counts = Counter(rows[name]["state"] for name in rows if level[name] == number)
            told = ", ".join(f"{counts[state]} {state}" for state in STATES)
            print(f"Level {number}: {counts.total()} requirements: {told}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
