"""Programs that act with a key for one of the cast."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponseBase
from django.test import Client

from tests.support.house import TestHouse

BASE = "/api/v1"


class Program:
    """What acts with a key: asks, and reads what comes back."""

    def __init__(self, token: str, language: str = "vi") -> None:
        self.token = token
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}

    def ask(self, method: str, path: str, document: Any = None, **headers: str) -> HttpResponseBase:
        """One request; `document` goes as JSON. `path` is below /api/v1, or whole."""
        given = {**self.headers, **{name.replace("_", "-"): v for name, v in headers.items()}}
        data = b"" if document is None else json.dumps(document).encode()
        whole = path if path.startswith("/api") else f"{BASE}{path}"
        answer: HttpResponseBase = self.client.generic(
            method, whole, data, "application/json", headers=given
        )
        return answer

    def get(self, path: str, **headers: str) -> Any:
        """The document at an address; fails for anything but 200."""
        answer = self.ask("GET", path, **headers)
        assert answer.status_code == 200, (path, answer.status_code, answer.content[:500])
        return json.loads(answer.content)


def program(
    house: TestHouse, username: str, scopes: list[str] | None = None, language: str = "vi"
) -> Program:
    """A program with a new key of a person of the cast."""
    from tangthu.identity.roles import RIGHTS
    from tangthu.programs.actions.make_key import make_key

    acting = house.acting(username)
    body = acting.viewer.positions[0][0]
    mine = [right for right in RIGHTS if acting.viewer.may(right, body)]
    _key, token = make_key(
        acting, name="Máy quét", body_id=body, scopes=mine if scopes is None else scopes, days=30
    )
    return Program(token, language)
