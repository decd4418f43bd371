"""What an installation does of itself from time to time: small checks that may order long work.

An app registers a function at start-up. Every worker calls those that are due; a lock in the
database lets only one of them in at a time, and a function must find for itself what is left to do,
so that calling it too often does no harm.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import Error, connection

from tangthu.kernel import advisory

log = logging.getLogger("tangthu.rounds")


@dataclass(slots=True)
class _Round:
    every: float
    call: Callable[[], object]
    due: float = 0.0


_rounds: dict[str, _Round] = {}


def register(name: str, call: Callable[[], object], *, every: float) -> None:
    """Have `call` made every `every` seconds in each worker; called from an app's ready()."""
    _rounds[name] = _Round(every, call)


def run_due() -> list[str]:
    """Make the calls that are due in this process; returns their names. Never raises.

    The thread's database connection is closed after, since nobody knows when it is wanted again.
    """
    done: list[str] = []
    try:
        for name, one in _rounds.items():
            if time.monotonic() < one.due:
                continue
            one.due = time.monotonic() + one.every
            with advisory.attempted(f"round {name}") as got:
                if got:
                    one.call()
                    done.append(name)
    except Error:
        log.warning("a round waits for the database")
    except Exception:
        log.exception("a round failed")
    finally:
        connection.close()
    return done
