"""Logs that say what went wrong and not in whose papers: no values of rows, no names of files.

`TANGTHU_LOG=json` writes one JSON object a line, else lines for people; both tell the same.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import TypeAlias

import psycopg
from django.db import Error

_Caught: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)

JSON = "json"
# What the work in hand is: the number of a request, the id of a job.
_about: ContextVar[Mapping[str, str]] = ContextVar("tangthu_log_about")
_NOTHING: Mapping[str, str] = {}
# The messages of these are made of words of the code, not of what people wrote.
_OF_CODE = (AttributeError, ImportError, NameError, NotImplementedError, RecursionError, TypeError)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|«[^»]*»")
_BREAK = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# PostgreSQL's class of errors about what stands in a statement: names of tables and columns.
_OF_STATEMENTS = "42"


@contextmanager
def about(**facts: str) -> Iterator[None]:
    """Have every line that the block writes bear `facts` (`request`, `job`); never a name."""
    token = _about.set({**_about.get(_NOTHING), **facts})
    try:
        yield
    finally:
        _about.reset(token)


class Discreet(logging.Formatter):
    """Formats records without what errors and addresses quote.

    PostgreSQL tells whole rows ("Failing row contains …"), an OSError the file that it is about,
    other errors the value that they stumbled over; Django tells the address that was asked for.
    Titles, names of people and secrets may stand in all of them.
    """

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        """The moment of `record` on the machine's clock, with its distance from UTC."""
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC).astimezone()
        return moment.isoformat(timespec="milliseconds")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as logging calls it
        """The line of `record`; of Django's own about a request only its page and its end."""
        # Whoever gets a line break into a word begins no line of his own.
        record.message = _BREAK.sub(" ", message_of(record))
        return super().formatMessage(record)

    def formatException(self, ei: _Caught) -> str:  # noqa: N802 - the name that logging calls
        """The traceback of `ei` with such details left out."""
        text = super().formatException(ei)
        for error in _chain(ei[1]):
            told = str(error)
            if told:
                text = text.replace(told, _words(error, told))
        return text


class AsJson(Discreet):
    """One JSON object a line, with what the line is about."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as an object: time (UTC), level, logger, message, process, and an error."""
        line: dict[str, object] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
            "process": os.environ.get("TANGTHU_PROCESS", "command"),
            "pid": record.process,
            **_about.get(_NOTHING),
            **getattr(record, "facts", _NOTHING),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = record.exc_info[1].__class__.__name__
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def formatter() -> type[Discreet]:
    """The formatter that TANGTHU_LOG chooses."""
    return AsJson if os.environ.get("TANGTHU_LOG", "") == JSON else Discreet


def message_of(record: logging.LogRecord) -> str:
    """What a record says; Django's about requests say the route instead of the address."""
    request = getattr(record, "request", None)
    if request is None or not record.name.startswith("django."):
        return record.getMessage()
    status = getattr(record, "status_code", "–")
    return f"{status} {getattr(request, 'method', '–')} {route_of(request)}"


def route_of(request: object) -> str:
    """The pattern of the address that a request asked for: what people typed is not in it."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match is not None else "–"


def _words(error: BaseException, told: str) -> str:
    """What may be told of an error that says `told`."""
    if isinstance(error, Error | psycopg.Error):
        cause = error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error
        state = str(getattr(cause, "sqlstate", None) or "")
        first = told.splitlines()[0]
        words = first if state.startswith(_OF_STATEMENTS) else _QUOTED.sub("…", first)
        return f"{words} …" if "\n" in told else words
    if isinstance(error, OSError) and error.filename is not None:
        return f"[Errno {error.errno}] {error.strerror}: …"
    return told if isinstance(error, _OF_CODE) else "…"


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
