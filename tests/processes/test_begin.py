"""From an empty home to somebody who works there: what `up` says, and the commands that begin."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("127.0.0.1", "http://localhost:8000/"),
        ("::1", "http://localhost:8000/"),
        ("127.0.0.2", "http://127.0.0.2:8000/"),
        ("192.168.10.5", "http://192.168.10.5:8000/"),
        ("fd00::5", "http://[fd00::5]:8000/"),
    ],
)
def test_the_address_told_is_the_one_that_is_listened_at(address: str, told: str) -> None:
    from tangthu.faces.cli.up import site_address

    assert site_address(address, 8000) == told
