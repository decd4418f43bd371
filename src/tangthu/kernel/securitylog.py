"""The security log's door (RM-956): every floor may note something, one app above keeps it.

`note` writes inside the transaction of whoever calls, if there is one. Where the caller comes from
is told once per request or command (`called_from`) and goes into every entry.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["ok", "fail", "refused"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from: address ("cli", "job" or "system" where there is none), port as
    the server tells it, and what the program calls itself."""

    address: str = "system"
    port: int | None = None
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """One entry: its kind (signin.models.Kind), what it was done to, by which account.

    `target` is a user name, an address of ours or an object's id. `account` is the user name as it
    is known here; a name that somebody only typed goes into `typed`, of which a digest and the
    first letters are kept: people type passwords there. `person_id`, `body_id`: whom and whose
    administrators it concerns. `detail`: more values, never content or personal data.
    """

    kind: str
    target: str = ""
    account: str = ""
    typed: str = ""
    person_id: uuid.UUID | None = None
    body_id: uuid.UUID | None = None
    outcome: Outcome = "ok"
    detail: Mapping[str, object] = field(default_factory=dict)


Keeper = Callable[[Noted, Caller], None]
_keepers: list[Keeper] = []
_HOUSE = Caller()
_caller: ContextVar[Caller] = ContextVar("tangthu_caller")


def keep_with(keeper: Keeper) -> None:
    """Name the function that writes entries; the app of sign-in does so at start-up."""
    _keepers[:] = [keeper]


@contextmanager
def called_from(caller: Caller) -> Iterator[None]:
    """Say where what is done in the block comes from."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)


def caller() -> Caller:
    """Where this work comes from."""
    return _caller.get(_HOUSE)


def note(noted: Noted) -> None:
    """Write one entry. Without an app that keeps them (a program that only reads) nothing."""
    for keeper in _keepers:
        keeper(noted, caller())
