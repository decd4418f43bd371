"""One sandbox for all capture tests of a session: starting workers is what costs."""

from collections.abc import Iterator

import pytest

from tangthu.capture.workers import open_sandbox
from tangthu.kernel.sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox(wall_seconds=30) as box:
        yield box
