"""Every page of the house for people without a mouse, with large letters, or colours of their own.

The pages are all of docs/routes.toml. axe-core looks at them in the browser tests of each app;
here is what axe cannot see (docs/accessibility.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client

from tests.support import policy
from tests.support.asks import Ask, pages
from tests.support.everything import (
    jobs_of_their_own,
    people_of_every_role,
    records_in_every_state,
    things_of_the_house,
)
from tests.support.house import PASSWORD, TestHouse
from tests.support.policy import Person
from tests.support.server import Server, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
REACH = (Path(__file__).parents[1] / "assets" / "reach.js").read_text(encoding="utf-8")
# 1280 px at 200 %, and at 400 %: WCAG 2.2, 1.4.4 and 1.4.10.
TWICE, FOUR_TIMES = (640, 400), (320, 256)


@dataclass(frozen=True, slots=True)
class Stop:
    """A page to look at: its route, its address, and who may open it."""

    route: str
    address: str
    username: str


@pytest.fixture(scope="module")
def stops(shared_cast: TestHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Stop]]:
    """One address of every page that a person of some role may open and that is drawn as a page."""
    people = people_of_every_role(shared_cast)
    things = records_in_every_state(shared_cast)
    more = things_of_the_house(shared_cast, tmp_path_factory.mktemp("dot"))
    asks = pages(things, more, jobs_of_their_own(shared_cast))
    found: dict[str, Stop] = {}
    clients: dict[str, Client] = {}
    # Who made the things first: most pages are then looked at by one person.
    people = sorted(people, key=lambda one: (not one.owner, not one.home, -len(one.rights)))
    for ask in asks:
        if ask.method == "get" and ask.route not in found:
            stop = _stop(ask, people, clients)
            if stop is not None:
                found[ask.route] = stop
    yield sorted(found.values(), key=lambda one: one.username)


def _stop(ask: Ask, people: list[Person], clients: dict[str, Client]) -> Stop | None:
    for person in people:
        if policy.allows(ask.rule, person, ask.thing, ask.parameters):
            client = clients.get(person.username)
            if client is None:
                client = clients[person.username] = Client()
                client.post("/dang-nhap/", {"username": person.username, "password": PASSWORD})
            answer = client.get(ask.address)
            if answer.status_code != 200 or answer.streaming:
                answer.close()
                continue
            if answer.content[:100].lstrip().lower().startswith(b"<!doctype html"):
                return Stop(ask.route, ask.address, person.username)
    return None


def wrong_with(visitor: Visitor, *, whole: bool = True) -> list[str]:
    """What the page that is open is not for everybody; `whole` with the frame around it."""
    page = visitor.page
    page.evaluate(REACH)
    page.keyboard.press("Tab")
    found = page.evaluate(
        """(whole) => {
          const first = document.activeElement, skip = document.querySelector(".skip")
          const elsewhere = document.querySelector("[autofocus], .error-summary")
          const found = skip && first !== skip && !elsewhere
            ? [`the skip link is not first: ${reach.name(first)}`] : []
          return [...found, ...reach.keyboard(whole), ...reach.moving()]
        }""",
        whole,
    )
    page.emulate_media(forced_colors="active")
    found += page.evaluate("reach.borderless()")
    page.emulate_media(forced_colors="none")
    for width, height in (TWICE, FOUR_TIMES):
        page.set_viewport_size({"width": width, "height": height})
        found += [f"at {width} px: {one}" for one in page.evaluate("reach.cut()")]
    page.set_viewport_size({"width": 1280, "height": 800})
    return [str(one) for one in found]


def test_every_page_is_for_keyboards_large_letters_still_eyes_and_own_colours(
    stops: list[Stop], shared_server: Server, visit: Visit
) -> None:
    """All at one visit of each page: focus, zoom, motion and forced colours."""
    assert len(stops) > 80, "most pages of the house are visited"
    wrong: list[str] = []
    visitor: Visitor | None = None
    username = ""
    for stop in stops:
        new = visitor is None or stop.username != username
        if visitor is None or new:
            username = stop.username
            visitor = visit(shared_server, username)
            visitor.page.emulate_media(reduced_motion="reduce")
        visitor.go(stop.address)
        wrong += [f"{stop.route} {stop.address}: {one}" for one in wrong_with(visitor, whole=new)]
        visitor.complaints.clear()
    assert wrong == [], "\n" + "\n".join(wrong)


BAD = """<!doctype html><html lang="vi"><body><a class="skip" href="#x">Tới</a>
<style>.none:focus { outline: 0 } .slow { transition: color 2s } .bare { border: 0 }
.cut { width: 4rem; overflow: hidden; white-space: nowrap } .wide { width: 900px }
.cover { position: fixed; inset: 0 0 auto; height: 3rem; background: #fff; z-index: 9 }</style>
<button class="none">a</button><button tabindex="3">b</button><span onclick="x()">c</span>
<button class="slow">d</button><button class="bare">e</button>
<p class="cut">một dòng quá dài cho chỗ</p>
<button id="trap">f</button><p class="wide">g</p><div class="cover"></div>
<script>trap.addEventListener("keydown", (e) => e.preventDefault())</script>
</body></html>"""


def test_what_is_wrong_on_a_page_is_found(shared_server: Server, visit: Visit) -> None:
    """The checks themselves: on a page with one of each fault all are told."""
    visitor = visit(shared_server)
    visitor.page.set_content(BAD)
    told = "\n".join(wrong_with(visitor))
    for fault in (
        "focus not seen: button.none", "out of order: button. “b”", "for the mouse only: span.",
        "turns slowly: button.slow", "no border: button.bare", "cut off by p.cut",
        "holds the keyboard: button. “f”", "focus covered: button.none",
        "the skip link is not first", "at 640 px: ", "wider than its window",
    ):  # fmt: skip
        assert fault in told, (fault, told)


WALK = ("home", "archive:documents", "archive:document", "imports:batch", "imports:new", "search",
        "archive:document-describe")  # fmt: skip


def test_tab_goes_through_whole_pages_and_escape_closes_what_opens(
    stops: list[Stop], shared_server: Server, visit: Visit
) -> None:
    """Real keys, forth and back, on pages with much on them; then menus, help and navigation."""
    by_route = {one.route: one for one in stops}
    routes = [one for one in by_route if one.split(":")[-1] in WALK or one in WALK]
    assert len(routes) >= 6, routes
    username = by_route["archive:document"].username
    visitor = visit(shared_server, username)
    page = visitor.page
    for route in routes:
        visitor.go(by_route[route].address)
        page.evaluate(REACH)
        count = page.evaluate("window.wanted = reach.reachable(), wanted.length")
        met: list[int] = []
        for key, presses in (("Tab", count + 8), ("Shift+Tab", count + 8)):
            met = []
            for _press in range(presses):
                page.keyboard.press(key)
                place = page.evaluate("wanted.indexOf(document.activeElement)")
                if (
                    met
                    and place == -1
                    and page.evaluate("document.activeElement === document.body")
                ):
                    break
                if place >= 0:
                    met.append(place)
            # Boxes that scroll are reached besides; of what is to be reached nothing is left out,
            # and all comes in the order of the page, wherever the walk began.
            once = list(dict.fromkeys(met if key == "Tab" else met[::-1]))
            assert sorted(once) == list(range(count)), (route, key)
            start = once.index(0)
            assert once[start:] + once[:start] == list(range(count)), (route, key)
    _closes_by_escape(visitor)


def _closes_by_escape(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/")
    summaries = page.locator("details.menu > summary")
    assert summaries.count() >= 1
    for number in range(summaries.count()):
        summaries.nth(number).focus()
        page.keyboard.press("Enter")
        assert summaries.nth(number).evaluate("one => one.parentElement.open")
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        assert not summaries.nth(number).evaluate("one => one.parentElement.open")
        assert summaries.nth(number).evaluate("one => one === document.activeElement")
    opener = page.locator("[data-keyboard-target=opener]")
    opener.focus()
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 1
    for _press in range(30):
        page.keyboard.press("Tab")
        inside = (
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
        assert page.evaluate(inside), "what lies behind an open dialog is not reached"
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert opener.evaluate("one => one === document.activeElement")
    page.set_viewport_size({"width": 640, "height": 400})
    page.locator(".top-menu").focus()
    page.keyboard.press("Enter")
    assert page.locator("#dieu-huong").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#dieu-huong").is_visible()
    assert page.locator(".top-menu").evaluate("one => one === document.activeElement")
    page.set_viewport_size({"width": 1280, "height": 800})
    visitor.go("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "noi-dung", "the skip link skips"
