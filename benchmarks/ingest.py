"""Files into verified packages in two stores, beside a plain loop doing the same disk work.

The loop reads each file, hashes it, writes it twice with fsync of file and folder, and reads both
back. Ours does that and identification, OCFL inventories, renames and locks besides.
Targets (DESIGN section 9): at least 0.5 of the loop for files of 1 MB; 100 small files a second.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.common import machine, save
from tangthu.standards import durable, ocfl

NOTE = ocfl.Note("bench", "bench", "urn:bench", dt.datetime.now(dt.UTC))


def make_files(folder: Path, count: int, size: int) -> list[Path]:
    """`count` files of `size` random bytes."""
    folder.mkdir(parents=True)
    paths = []
    for number in range(count):
        path = folder / f"{number:05d}.bin"
        path.write_bytes(os.urandom(size))
        paths.append(path)
    return paths


def plain_loop(paths: list[Path], stores: list[Path]) -> float:
    """Seconds for the same reads, hashes, writes, fsyncs and read-backs without any structure."""
    began = time.perf_counter()
    for path in paths:
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        for store in stores:
            target = store / path.name
            durable.write_file(target, [data], what="bench")
            if hashlib.sha256(target.read_bytes()).hexdigest() != digest:
                raise SystemExit("disk")
    return time.perf_counter() - began


def packages(paths: list[Path], root: Path, per_object: int) -> float:
    """Seconds to identify, store as OCFL objects in a first store and replicate into a second."""
    from tangthu.capture.identify import identify_many
    from tangthu.capture.workers import open_sandbox

    first, second = ocfl.create_root(root / "a"), ocfl.create_root(root / "b")
    with open_sandbox(2) as sandbox:
        identify_many([(paths[0], paths[0].name)], sandbox)
        began = time.perf_counter()
        for start in range(0, len(paths), per_object):
            part = paths[start : start + per_object]
            identify_many([(path, path.name) for path in part], sandbox)
            files = {path.name: path for path in part}
            made = ocfl.create_object(first, f"urn:bench:{start}", files, NOTE)
            ocfl.replicate(made.object_root, second)
        return time.perf_counter() - began


def measure(count: int, size: int, per_object: int, rounds: int = 3) -> dict[str, Any]:
    """Both ways on the same files, alternating; the best round of each."""
    best = {"loop": float("inf"), "ours": float("inf")}
    with tempfile.TemporaryDirectory(prefix="tangthu-bench-") as folder:
        paths = make_files(Path(folder) / "in", count, size)
        for number in range(rounds):
            stores = [Path(folder) / f"loop{number}{name}" for name in "ab"]
            for store in stores:
                store.mkdir()
            best["loop"] = min(best["loop"], plain_loop(paths, stores))
            root = Path(folder) / f"ours{number}"
            root.mkdir()
            best["ours"] = min(best["ours"], packages(paths, root, per_object))
            for old in (*stores, root):
                shutil.rmtree(old)
    return {
        "files": count,
        "bytes_each": size,
        "files_per_object": per_object,
        "loop_files_per_s": round(count / best["loop"], 1),
        "ours_files_per_s": round(count / best["ours"], 1),
        "ours_mb_per_s": round(count * size / best["ours"] / 1e6, 1),
        "ratio": round(best["loop"] / best["ours"], 3),
    }


def main() -> int:
    """Measure and save."""
    facts = machine()
    figures = {
        "files_of_1_mb": measure(200, 1_000_000, 50),
        "files_of_20_kb": measure(1000, 20_000, 100),
    }
    save("ingest", facts, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
