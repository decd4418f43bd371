"""One real PostgreSQL per test process, a fresh database per test, no mocks.

The first thing here is the home folder: settings read it when Django is set up. The migrated
database is the template; a test that wants one gets a clone of it (`db`), or of the template with
the fixed cast of two bodies and eight people (`cast`).
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# How fast examples are made says how busy the machine is.
settings.register_profile("house", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("house")


def _in_memory() -> Path | None:
    """Let what these tests write lie in memory, where there is enough; where, or None for the disk.

    Most tests copy a database, over a thousand files each. They kill our processes, never the
    power, so nothing of it need outlive the machine.
    """
    memory = Path("/dev/shm")
    with contextlib.suppress(OSError):
        runs = not os.statvfs(memory).f_flag & os.ST_NOEXEC
        if runs and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 6 << 30:
            folder = tempfile.mkdtemp(prefix="tt-", dir=memory)
            os.environ["TMPDIR"] = tempfile.tempdir = folder
            return Path(folder)
    return None


_MEMORY = _in_memory()
_HOME = Path(tempfile.mkdtemp(prefix="tangthu-test-"))
os.environ["TANGTHU_HOME"] = str(_HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "tangthu.kernel.settings"
os.environ.pop("DATABASE_URL", None)

from tests.support import corpora  # noqa: E402
from tests.support.house import TestHouse  # noqa: E402
from tests.support.isolated import isolated_house  # noqa: E402
from tests.support.law import LawReport  # noqa: E402
from tests.support.server import DESKTOP, Server, Visitor, chromium, serve  # noqa: E402
from tests.support.warm import cheap_digests  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the house's own reports."""
    parser.addoption("--law-report", help="write which test proves which requirement, as JSON")
    parser.addoption("--story-page", help="write the story test as a page to read")


def pytest_configure(config: pytest.Config) -> None:
    """Set Django up once the home exists; settings read its secrets."""
    if config.getoption("--law-report") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(LawReport(Path(config.getoption("--law-report"))))
    from tangthu.kernel.home import Home

    Home(_HOME).ensure()
    import django

    django.setup()
    from django.conf import settings

    cheap_digests()
    settings.ALLOWED_HOSTS.append("testserver")  # the name that Django's test client asks for


@atexit.register
def _remove_home() -> None:
    shutil.rmtree(_HOME, ignore_errors=True)
    if _MEMORY is not None:
        shutil.rmtree(_MEMORY, ignore_errors=True)


# Files with a browser, a killed process or a whole installation in them: begun last, one of them
# would keep a single core busy while the other waits for the end.
_LONG = ("browser", "accessibility", "kill", "schemas", "processes/", "isolated/", "hostile",
         "commands", "chain/")  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; each test carries its requirement IDs, also across processes."""
    items.sort(key=lambda item: not any(part in item.nodeid for part in _LONG))
    for item in items:
        for mark in item.iter_markers("req"):
            item.user_properties.extend(("req", name) for name in mark.args)


@pytest.fixture(scope="session")
def test_house() -> Iterator[TestHouse]:
    """The session's server and its templates."""
    from tangthu.kernel import database
    from tangthu.kernel.home import Home
    from tangthu.kernel.prepare import owner_alias

    home = Home(_HOME)
    # Only the tests themselves know the owner's login, to play who breaks in.
    with database.available(home), owner_alias():
        house = TestHouse(home)
        house.make_templates()
        yield house
        house.close_connections()


@pytest.fixture
def db(test_house: TestHouse) -> Iterator[TestHouse]:
    """A fresh, migrated, empty database and an empty home."""
    with test_house.clone("empty"):
        yield test_house


@pytest.fixture
def cast(test_house: TestHouse) -> Iterator[TestHouse]:
    """A fresh database with the fixed cast: two bodies, four people each."""
    with test_house.clone("cast"):
        yield test_house


@pytest.fixture(scope="module")
def shared_cast(test_house: TestHouse) -> Iterator[TestHouse]:
    """One database with the cast for all tests of a module that change nothing lasting."""
    with test_house.clone("cast"):
        yield test_house


@pytest.fixture
def isolated_cast(test_house: TestHouse) -> Iterator[TestHouse]:
    """An installation on an isolated LAN with the cast, some of them cleared for secrets."""
    with isolated_house(test_house):
        yield test_house


@pytest.fixture(scope="session")
def hau_giang() -> Path:
    """The real digitisation batch; skips loudly when it is not there."""
    return corpora.need("hau-giang-2010")


@pytest.fixture
def server(cast: TestHouse) -> Iterator[Server]:
    """The staff site over a fresh database with the cast."""
    with serve(cast) as running:
        yield running


@pytest.fixture
def isolated_server(isolated_cast: TestHouse) -> Iterator[Server]:
    """The staff site of an isolated installation."""
    with serve(isolated_cast) as running:
        yield running


@pytest.fixture(scope="module")
def shared_server(shared_cast: TestHouse) -> Iterator[Server]:
    """The staff site over the module's database; for tests that change nothing lasting."""
    with serve(shared_cast) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session."""
    with chromium() as running:
        yield running


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open a window on a server: `visit(server, "cuc", size=PHONE)`; "" stays signed out."""
    open_windows: list[Visitor] = []

    def open_window(server: Server, username: str = "", size: tuple[int, int] = DESKTOP) -> Visitor:
        visitor = Visitor(browser, server, size)
        open_windows.append(visitor)
        return visitor.sign_in(username) if username else visitor

    yield open_window
    for visitor in open_windows:
        visitor.close()
