"""`make bench`: every benchmark in turn, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NAMES = ["ingest", "fixity", "search", "ledger", "exports"]


def main() -> int:
    """Run the benchmarks that are named on the command line, or all; returns the worst status."""
    here = Path(__file__).resolve().parent
    wanted = sys.argv[1:] or [name for name in NAMES if (here / f"{name}.py").exists()]
    return max(
        subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"], cwd=here.parent, check=False
        ).returncode
        for name in wanted
    )


if __name__ == "__main__":
    sys.exit(main())
