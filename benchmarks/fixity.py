"""A fixity check of a store, beside `sha256sum` over the same tree (target: at least 0.9)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.common import machine, save
from benchmarks.ingest import NOTE, make_files
from tangthu.standards import ocfl


def measure(count: int, size: int, rounds: int = 5) -> dict[str, Any]:
    """Best of several rounds of each, alternating, on a warm cache."""
    best = {"sha256sum": float("inf"), "ours": float("inf")}
    with tempfile.TemporaryDirectory(prefix="tangthu-bench-") as folder:
        paths = make_files(Path(folder) / "in", count, size)
        store = ocfl.create_root(Path(folder) / "a")
        files = {path.name: path for path in paths}
        made = ocfl.create_object(store, "urn:bench", files, NOTE)
        for _ in range(rounds):
            began = time.perf_counter()
            subprocess.run(
                f"find {made.object_root} -type f -print0 | xargs -0 sha256sum > /dev/null",
                shell=True, check=True,
            )  # fmt: skip
            best["sha256sum"] = min(best["sha256sum"], time.perf_counter() - began)
            began = time.perf_counter()
            bad = [one for one in ocfl.check_files(made.object_root) if one.status != "ok"]
            best["ours"] = min(best["ours"], time.perf_counter() - began)
            if bad:
                raise SystemExit(f"{len(bad)} bad files")
    return {
        "files": count,
        "bytes_each": size,
        "ours_mb_per_s": round(count * size / best["ours"] / 1e6, 1),
        "sha256sum_mb_per_s": round(count * size / best["sha256sum"] / 1e6, 1),
        "ratio": round(best["sha256sum"] / best["ours"], 3),
    }


def main() -> int:
    """Measure and save."""
    facts = machine()
    save(
        "fixity",
        facts,
        {"files_of_1_mb": measure(200, 1_000_000), "files_of_20_kb": measure(2000, 20_000)},
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
