"""mypy over the floors and actions that must be strictly typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STRICT = ["standards", "kernel", "ledger", "*/actions"]


def main() -> int:
    """Run mypy on the strict parts; its words go to stdout."""
    places = [
        str(path.relative_to(ROOT))
        for pattern in STRICT
        for path in sorted((ROOT / "src" / "tangthu").glob(pattern))
        if path.is_dir()
    ]
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", *places], cwd=ROOT, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
