"""Storage roots and an independent validator for the OCFL tests."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tangthu.standards.ocfl import Note, StorageRoot, create_root


@pytest.fixture
def store(tmp_path: Path) -> StorageRoot:
    return create_root(tmp_path / "store")


@pytest.fixture
def other_store(tmp_path: Path) -> StorageRoot:
    return create_root(tmp_path / "other")


@pytest.fixture
def note() -> Note:
    return Note(
        "Nhận nộp lưu",
        "Lưu trữ viên",
        "mailto:a@example.org",
        datetime(2026, 1, 1, 1, 2, 3, tzinfo=UTC),
    )


@pytest.fixture
def later() -> Note:
    return Note(
        "Sửa mô tả", "Lưu trữ viên", "mailto:a@example.org", datetime(2026, 2, 1, tzinfo=UTC)
    )
