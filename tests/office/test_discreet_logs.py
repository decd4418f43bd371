"""Logs tell what went wrong, and nothing of what stands in the papers."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest
from django.db import Error, connection, transaction

from tests.support.house import TestHouse
from tests.support.records import make_dossier

WORD = "Kinnhatnha"


def logged(error: BaseException) -> str:
    """What our own handler would write of an error."""
    (handler,) = (one for one in logging.getLogger().handlers if one.get_name() == "stderr")
    caught = (type(error), error, error.__traceback__)
    return handler.format(logging.LogRecord("x", 40, __file__, 1, "failed", (), caught))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1/0 WHERE %s <> ''",
        "UPDATE records_document SET subject = %s, body_id = NULL",
    ],
)
def test_a_failed_statement_is_logged_without_what_it_says(cast: TestHouse, statement: str) -> None:
    make_dossier(cast, documents=[{"subject": f"Về {WORD} cũ"}])
    with pytest.raises(Error) as failed, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [WORD])
    told = logged(failed.value)
    assert type(failed.value).__name__ in told
    assert WORD not in told
    assert WORD.encode() not in (cast.home.logs / "postgres.log").read_bytes()


def test_an_unreadable_file_is_logged_without_its_name(tmp_path: Path) -> None:
    try:
        try:
            (tmp_path / WORD).read_bytes()
        except FileNotFoundError as error:
            raise RuntimeError("the check failed") from error
    except RuntimeError:
        error_now = sys.exc_info()[1]
    assert error_now is not None
    told = logged(error_now)
    assert "No such file" in told
    assert WORD not in told
