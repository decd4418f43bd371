"""A house that was lost but for its stores, and an empty one to bring its records back into."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.rebuilding import Lost, begin_again, lose
from tests.support.house import TestHouse


@pytest.fixture(scope="module")
def lost(test_house: TestHouse, tmp_path_factory: pytest.TempPathFactory) -> Lost:
    """A house of which nothing but its stores is left."""
    with test_house.clone("cast"):
        return lose(test_house, tmp_path_factory.mktemp("lost"))


@pytest.fixture
def stores(lost: Lost, tmp_path: Path) -> Path:
    """The stores of the lost house, to be worked on."""
    shutil.copytree(lost.stores, tmp_path / "stores")
    return tmp_path / "stores"


@pytest.fixture
def empty(db: TestHouse) -> Iterator[TestHouse]:
    """An empty house, begun anew."""
    begin_again()
    yield db
