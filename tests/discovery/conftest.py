"""An index of made entries over one database of a module; emptied after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.office.conftest import sign_in as sign_in
from tests.support.house import TestHouse


@pytest.fixture
def index(shared_cast: TestHouse) -> Iterator[TestHouse]:
    """The house with an empty index, in which every word counts as rare."""
    from tests.discovery.entries import rare

    rare()
    yield shared_cast
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM discovery_entry")
