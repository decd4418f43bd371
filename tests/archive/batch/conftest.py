"""Code lists, small tables made by hand, and the real batch of 2010 as capture sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.model import BatchFile
from tangthu.standards.rules import RuleSet
from tests.support import corpora

ON = date(2026, 11, 1)


@pytest.fixture(scope="session")
def lists() -> CodeLists:
    return CodeLists.of(RuleSet.packaged(), ON)


@pytest.fixture
def xlsx(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as a workbook; `merge` takes ranges, `name` the file's name."""

    def write(
        rows: Sequence[Sequence[Any]], *, merge: Sequence[str] = (), name: str = "index.xlsx"
    ) -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        for row in rows:
            sheet.append(list(row))
        for area in merge:
            sheet.merge_cells(area)
        path = tmp_path / name
        book.save(path)
        return path

    return write


@pytest.fixture(scope="session")
def hau_giang() -> Path:
    return corpora.need("hau-giang-2010")


@pytest.fixture(scope="session")
def captured(hau_giang: Path) -> tuple[list[BatchFile], dict[str, Any]]:
    """Facts and proposals of the 40 real files, made by capture itself."""
    from tangthu.capture import probe, proposals, text
    from tangthu.kernel.sandbox import Sandbox

    files: list[BatchFile] = []
    found = []
    with Sandbox() as sandbox:
        for path in sorted(hau_giang.glob("*.pdf")):
            files.append(BatchFile.of(path.name, probe.probe(path, sandbox)))
            found.append(proposals.propose(path.name, text.read_layout(path, sandbox)))
    second = proposals.second_opinion(found)
    return files, {file.path: given for file, given in zip(files, second, strict=True)}
