"""How tests make a hook and read what it was sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from tangthu.kernel.reaching import networks
from tangthu.programs.actions.make_hook import make_hook
from tangthu.programs.models import Hook, HookRun
from tests.support.house import TestHouse
from tests.support.receiving import Receiver, receiver

LOOPBACK = networks("127.0.0.1/32")


@pytest.fixture(autouse=True)
def opened() -> Iterator[None]:
    with override_settings(HOOK_NETWORKS=LOOPBACK):
        yield


@pytest.fixture
def to() -> Iterator[Receiver]:
    with receiver() as told:
        yield told


def hooked(house: TestHouse, url: str, username: str = "cuc", **more: Any) -> Hook:
    acting = house.acting(username)
    given = {"name": "Nơi nhận", "kinds": ["records.dossier"], **more}
    return make_hook(acting, body_id=acting.viewer.positions[0][0], url=url, **given)


def due_now(hook: Hook) -> None:
    HookRun.objects.filter(hook=hook).update(due_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
