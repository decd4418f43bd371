"""A server for the component pages: its own small site, under the strict content policy."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SITE = Path(__file__).parent / "site"


@pytest.fixture(scope="session")
def ui_site() -> Iterator[str]:
    """The address of a running test site with the component pages under `/ui/`."""
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    server = subprocess.Popen(
        [sys.executable, str(SITE / "serve.py"), "0"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert server.stdout is not None
    try:
        address = server.stdout.readline().strip()
        assert address.startswith("http://"), "the test site did not start"
        yield address
    finally:
        server.terminate()
        server.wait(timeout=10)
        server.stdout.close()
