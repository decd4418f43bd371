"""The law book against the tests: which requirement is proven by which test, on which screen.

Reads docs/law/status.toml (what we say is done) and the report of pytest with --law-report.
Fails if an ID that is marked done has no passing test.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATUS = ROOT / "docs" / "law" / "status.toml"


def main() -> int:
    """Print the table (or only the failures) and return 1 if a claim has no proof."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path)
    parser.add_argument("--quiet", action="store_true", help="print only claims without proof")
    asked = parser.parse_args()
    claims = tomllib.loads(STATUS.read_text(encoding="utf-8"))
    proofs: dict[str, list[dict[str, str]]] = json.loads(asked.report.read_text(encoding="utf-8"))
    broken = 0
    rows: list[tuple[str, str, str, str]] = []
    for name, claim in claims.items():
        tests = proofs.get(name, [])
        good = [test["test"] for test in tests if test["outcome"] == "passed"]
        bad = [test["test"] for test in tests if test["outcome"] not in {"passed", "skipped"}]
        state = claim["status"]
        if state == "done" and (not good or bad):
            broken += 1
            state = "DONE WITHOUT PROOF"
        if not asked.quiet or state == "DONE WITHOUT PROOF":
            rows.append((name, state, claim.get("screen", "–"), good[0] if good else "–"))
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
    for row in rows:
        print(
            "  ".join(
                [*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]
            )
        )
    unclaimed = sorted(set(proofs) - set(claims))
    done = sum(1 for claim in claims.values() if claim["status"] == "done")
    print(f"{done} done of {len(claims)} listed, {broken} without proof", end="")
    print(f"; also proven in part: {', '.join(unclaimed)}" if unclaimed else "")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
