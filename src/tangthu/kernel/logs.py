"""Logs that say what went wrong and not in whose papers: no values of rows, no names of files."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from types import TracebackType
from typing import TypeAlias

import psycopg
from django.db import Error

_Caught: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class Discreet(logging.Formatter):
    """Formats tracebacks without what the database and the file system quote in their errors.

    PostgreSQL tells whole rows in the lines after the first ("Failing row contains …"), an OSError
    the file that it is about; titles, names of people and secrets may stand in both.
    """

    def formatException(self, ei: _Caught) -> str:  # noqa: N802 - the name that logging calls
        """The traceback of `ei` with such details left out."""
        text = super().formatException(ei)
        for error in _chain(ei[1]):
            told = str(error)
            if isinstance(error, Error | psycopg.Error) and "\n" in told:
                text = text.replace(told, f"{told.splitlines()[0]} …")
            elif isinstance(error, OSError) and error.filename is not None:
                text = text.replace(told, f"[Errno {error.errno}] {error.strerror}: …")
        return text


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those that it came from."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]
