"""The deployment mode and the first body are never decided at the same moment (AR-128)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions.open_body import open_body
from tangthu.identity.models import Body
from tangthu.kernel import deployment
from tangthu.ledger.logs import all_logs
from tests.support.house import TestHouse

INSERT = "INSERT INTO kernel_deployment (mode) VALUES ('isolated_lan')"
FIRST = {"code": "H01", "archive_code": "001.01.01", "name": "Cơ quan thử", "short_name": "CQT"}


@pytest.fixture
def empty(test_house: TestHouse) -> Iterator[TestHouse]:
    """A connected installation without a body."""
    with test_house.clone("empty"):
        yield test_house


class Beside:
    """Work done beside the test, until it ended or waits for a lock."""

    def __init__(self, house: TestHouse, work: object) -> None:
        self.error: Exception | None = None
        self._house, self._work = house, work
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        with psycopg.connect(house.url, autocommit=True) as looking:
            while (
                self._thread.is_alive()
                and not looking.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
                    "AND wait_event_type = 'Lock'"
                ).fetchone()
            ):
                time.sleep(0.01)
        self.waited = self._thread.is_alive()

    def _run(self) -> None:
        from django.db import connections

        try:
            self._work()  # type: ignore[operator]
        except (psycopg.Error, IntegrityError) as error:
            self.error = error
        finally:
            connections.close_all()

    def end(self) -> Exception | None:
        self._thread.join()
        return self.error


def mode_of(house: TestHouse) -> str | None:
    with psycopg.connect(house.url, autocommit=True) as owner:
        return deployment.recorded(owner)


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("kept", [True, False])
def test_a_mode_waits_for_a_body_that_is_being_opened(empty: TestHouse, kept: bool) -> None:
    def change() -> None:
        with psycopg.connect(empty.url) as owner:
            owner.execute(INSERT)

    with transaction.atomic():
        open_body(SYSTEM, **FIRST, origin="test.example/h01")
        beside = Beside(empty, change)
        assert beside.waited
        transaction.set_rollback(not kept)
    error = beside.end()
    assert isinstance(error, psycopg.errors.CheckViolation) is kept
    assert mode_of(empty) == ("connected" if kept else "isolated_lan")
    assert Body.objects.exists() is kept


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("kept", [True, False])
def test_a_body_waits_for_a_mode_that_is_being_changed(empty: TestHouse, kept: bool) -> None:
    """Its log would say for ever that it comes from an installation of the other mode."""
    with psycopg.connect(empty.url) as owner:
        owner.execute(INSERT)
        beside = Beside(
            empty, lambda: open_body(SYSTEM, **FIRST, origin="test.example/h01") and None
        )
        assert beside.waited
        if not kept:
            owner.rollback()
    error = beside.end()
    assert isinstance(error, IntegrityError) is kept
    assert Body.objects.exists() is not kept
    assert [log.origin for log in all_logs()] == ([] if kept else ["test.example/h01"])
    assert mode_of(empty) == ("isolated_lan" if kept else "connected")


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_mode_is_not_decided_by_what_was_there_before(empty: TestHouse, level: str) -> None:
    with psycopg.connect(empty.url) as owner:
        owner.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        owner.execute("SELECT FROM identity_body")
        open_body(SYSTEM, **FIRST, origin="test.example/h01")
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute(INSERT)
        owner.rollback()
    assert mode_of(empty) == "connected"
