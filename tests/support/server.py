"""The staff site as its users meet it: granian on a free loopback port, and a real browser."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tangthu.kernel import database
from tests.support import warm
from tests.support.house import PASSWORD, TestHouse

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

AXE = Path(__file__).resolve().parents[1] / "assets" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
DESKTOP = (1280, 800)
PHONE = (390, 844)
# What came has been painted; what lies in view and is loaded lazily has been asked for.
_DRAWN = """async () => {
    await document.fonts.ready;
    const drawn = () => new Promise(done => requestAnimationFrame(done));
    await drawn();
    await drawn();
}"""
# Places where a rule holds need not be described, which is a quarter of axe's work.
_LOOK = """async ([tags, contrast]) => {
    const {violations} = await axe.run(document, {
        runOnly: {type: 'tag', values: tags},
        rules: {'color-contrast': {enabled: contrast}},
        resultTypes: ['violations'],
        selectors: false,
    });
    return violations.flatMap(({id, nodes}) => nodes.map(({html, failureSummary}) =>
        `${id}: ${html.slice(0, 200)} ${(failureSummary || '').slice(0, 300)}`));
}"""
CHROMIUM = os.environ.get("TANGTHU_CHROMIUM", "/usr/bin/chromium")
# Each window of a whole Chromium loads the pages behind its address bar, which nobody sees here:
# three quarters of what a window costs. Chromium heeds only the last list of features that it is
# given, so what Playwright turns off for the sake of its tests is named again.
_FEATURES_OFF = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades",
    "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints",
    "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Server:
    """A running staff site: its address, and the house whose database it serves."""

    url: str
    house: TestHouse


@contextmanager
def serve(house: TestHouse) -> Iterator[Server]:
    """Serve the database that `house` points at until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [
        "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
        "tangthu.faces.office.wsgi:application",
    ]  # fmt: skip
    home = warm.settled({**house.environment, database.PROCESS: database.SITE})
    # A file, not a pipe: nobody reads along, and a server that cannot write its log stands still.
    with tempfile.TemporaryFile() as log, Path(os.devnull).open("r+b") as nothing:
        streams = [nothing, nothing, log]
        pid = home.start("granian.cli:entrypoint", words, house.environment, streams)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(lambda: home.running(pid), url, log)
            yield Server(url, house)
        finally:
            os.kill(pid, signal.SIGTERM)
            home.wait(pid, 15)


def _wait(running: Callable[[], bool], url: str, log: IO[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if not running():
            log.seek(0)
            raise RuntimeError(f"the server ended at once: {log.read().decode()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{url}/song", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the server does not answer")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; the ORM calls of tests beside it are meant.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", f"--disable-features={','.join(_FEATURES_OFF)}"],
        )
        try:
            yield browser
        finally:
            browser.close()


class Visitor:
    """One person at one browser window: goes to pages and notices what is wrong with them."""

    def __init__(self, browser: Browser, server: Server, size: tuple[int, int] = DESKTOP) -> None:
        self.server = server
        self.size = size
        self.context: BrowserContext = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="vi-VN", base_url=server.url
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._under_way: set[Any] = set()
        self.page.on("request", lambda one: self._under_way.add(one))
        self.page.on("requestfinished", lambda one: self._under_way.discard(one))
        self.page.on("requestfailed", lambda one: self._under_way.discard(one))

    def _heard(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def sign_in(self, username: str, password: str = PASSWORD) -> Visitor:
        """Sign in by posting the form's fields, without drawing the page."""
        address = f"{self.server.url}/dang-nhap/"
        page = self.context.request.get(address)
        token = page.text().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        answer = self.context.request.post(
            address,
            form={"csrfmiddlewaretoken": token, "username": username, "password": password},
            headers={"Referer": address},
            max_redirects=0,
        )
        assert answer.status == 302, f"sign-in of {username} failed: {answer.status}"
        return self

    def go(self, path: str) -> Page:
        """Open `path` and wait until the page is drawn and nothing that it asked for is to come."""
        self.page.goto(self.server.url + path, wait_until="load")
        self.page.evaluate(_DRAWN)
        deadline = time.monotonic() + 30
        while self._under_way:
            assert time.monotonic() < deadline, f"{path} still waits for {self._under_way}"
            self.page.wait_for_timeout(20)
            if not self._under_way:  # what came is painted, and may ask for more
                self.page.evaluate(_DRAWN)
        return self.page

    def axe(self) -> list[str]:
        """What axe-core finds wrong with the page as it stands, one line per finding and place.

        Contrast, three quarters of its work, is asked of a page at the desk alone: colours do not
        depend on the width. Of every component it is asked at both (tests/ui/test_browser.py).
        """
        if not self.page.evaluate("typeof window.axe !== 'undefined'"):
            # The content policy forbids added script tags; the debugger protocol does not ask it.
            # Pages opened from now on have it from their start, sent and translated once.
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
            self.context.add_init_script(path=AXE)
        found: list[str] = self.page.evaluate(_LOOK, [AXE_TAGS, self.size == DESKTOP])
        return found + self._unexplained()

    def _unexplained(self) -> list[str]:
        """A finding if this page of the house has no help of its own; specimens need none."""
        shell, told = self.page.evaluate(
            "['.frame', '[data-page-help]'].map(one => document.querySelector(one) !== null)"
        )
        missed = shell and not told and not self.page.url.startswith(f"{self.server.url}/ui/")
        return [f"no help for {self.page.url}"] if missed else []

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        wide: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide

    def close(self) -> None:
        """Leave."""
        self.context.close()
