"""mypy --strict over the floors and actions that must be strictly typed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STRICT = ["standards", "kernel", "ledger", "*/actions"]


def main() -> int:
    """Run mypy on the strict parts; its words go to stdout."""
    places = [
        str(path.relative_to(ROOT))
        for pattern in STRICT
        for path in sorted((ROOT / "src" / "tangthu").glob(pattern))
        if any(path.glob("*.py"))
    ]
    with tempfile.TemporaryDirectory() as home:
        # The Django plugin loads the settings, which want a home of their own.
        for name in ("secrets", "run"):
            (Path(home) / name).mkdir()
        environment = {**os.environ, "TANGTHU_HOME": home}
        return subprocess.run(
            [
                sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent",
                "--no-error-summary", *places,
            ],
            cwd=ROOT, check=False, env=environment,
        ).returncode  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
