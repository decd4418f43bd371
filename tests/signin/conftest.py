"""A signed-in test client for each of the cast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.support.house import PASSWORD

SignIn = Callable[..., Client]


@pytest.fixture
def sign_in() -> SignIn:
    """`sign_in("cuc")` gives a client with that person's session."""

    def make(username: str, **options: object) -> Client:
        client = Client(**options)  # type: ignore[arg-type]
        answer = client.post("/dang-nhap/", {"username": username, "password": PASSWORD})
        assert answer.status_code == 302, answer.content[:400]
        return client

    return make
