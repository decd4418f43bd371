"""Carrying out a plan: the package as a folder of its own, for export and for tests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from tangthu.standards.durable import chunks_of
from tangthu.standards.tt05.errors import PackageRefusedError
from tangthu.standards.tt05.findings import Finding
from tangthu.standards.tt05.package import PackagePlan, PlannedFile


def materialise(plan: PackagePlan, parent: Path) -> Path:
    """Copy every planned file to `parent/<folder>` and return that folder.

    Each file is hashed while it is copied. Raises FileExistsError if the folder is there already,
    `PackageRefusedError` if a source is not what the plan says (the folder is then incomplete), or
    OSError.
    """
    target = parent / plan.folder
    target.mkdir(parents=True)
    for planned in plan.files:
        path = target / planned.path
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        size = 0
        with path.open("xb") as out:
            for piece in pieces(planned):
                out.write(piece)
                digest.update(piece)
                size += len(piece)
        if digest.hexdigest() != planned.sha256 or size != planned.size:
            raise PackageRefusedError(
                f"Tệp {planned.path} không còn đúng như lúc lập kế hoạch đóng gói.",
                "Kiểm tra tệp gốc rồi đóng gói lại.",
                [
                    Finding(
                        "AR-67",
                        "error",
                        planned.path,
                        "Nội dung tệp khác mã băm đã ghi.",
                        "Kiểm tra tệp gốc.",
                        "sha256",
                        planned.sha256,
                    )
                ],
            )
    return target


def pieces(planned: PlannedFile) -> Iterator[bytes]:
    """Yield the bytes of a planned file in pieces. Raises OSError."""
    if isinstance(planned.source, bytes):
        yield planned.source
    else:
        yield from chunks_of(planned.source)
