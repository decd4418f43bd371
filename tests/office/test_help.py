"""Help inside: two sentences and a key on every page, guides by role, first steps that see."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.template.loader import render_to_string
from django.utils import translation

import tangthu
from tangthu.faces.office.guides import GUIDES
from tangthu.faces.office.views import home
from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions.add_person import add_person, appoint
from tangthu.identity.actions.units import open_unit
from tangthu.identity.models import Role
from tangthu.ledger.logs import log_of
from tangthu.ledger.publishing import tree_folder
from tangthu.signin.actions.set_password import take_as_own
from tangthu.ui.first_steps import first_steps
from tangthu.ui.page_help import page_help
from tests.office.conftest import SignIn
from tests.office.test_rights import routes
from tests.support.house import PASSWORD, PEOPLE, TestHouse
from tests.support.records import make_dossier, signed_events
from tests.support.server import PHONE, Server, Visitor

PO = Path(tangthu.__file__).parent / "locale/en/LC_MESSAGES/django.po"
# Files, pictures, fragments, sheets for paper, forms that only post, and what has no shell.
NOT_PAGES = {
    "office": "sign-in sign-out language alive metrics columns job-stop job-resume job-rows "
    "ledger-resume",
    "signin": "passkey-in sso sso-back see-as-stop code lock log-file accounts-file",
    "archive": "edit-withdraw dossier-proof document-proof dip-progress dip-stop "
    "dip-download page-image file",
    "imports": "progress stop resume check-again decide report page snippet quarantine-page",
    "reports": "view export-progress export-file print-list print-dossier print-document "
    "marked-copy view-delete",
    "backup": "order",
    "bulk": "choose progress confirm",
    "identity": "bodies-file group-close member-end delegation-end",
    "programs": "hook-pause hook-resume",
    "repository": "order-check store-copy store-check",
}


def test_every_page_says_in_two_sentences_what_it_is_for_and_what_to_do_there() -> None:
    without = {f"{space}:{name}" for space, names in NOT_PAGES.items() for name in names.split()}
    known = {one.name for one in routes() if not one.name.startswith("api")}
    assert known - without == set(page_help.pages) - {"api-pages:reference"}
    for route, told in page_help.pages.items():
        for language in ("vi", "en"):
            with translation.override(language):
                for text in (str(told.purpose), str(told.doing)):
                    assert re.fullmatch(r"[^.!?…]+\.", text), (route, text)
    assert len({str(told.purpose) for told in page_help.pages.values()}) == len(page_help.pages)


def _newcomer(house: TestHouse, role: str) -> str:
    """Somebody of that role at the first body; the user name."""
    body, username = house.body("H30.81"), role.replace("_", "-")
    person = add_person(
        SYSTEM, body=body, full_name="Người Mới", username=username, password=PASSWORD
    )
    since = dt.date(2020, 1, 1)
    appoint(SYSTEM, person=person, body=body, position=role, role=role, since=since)
    take_as_own(person.account, demonstration=True)
    return username


def test_a_guide_of_ones_own_role_comes_first_and_leads_only_where_one_may_go(
    cast: TestHouse, sign_in: SignIn
) -> None:
    roles = {role: username for username, _name, _title, role in PEOPLE["H30.81"]}
    assert set(Role.values) == {role for guide in GUIDES for role in guide.roles}
    pictures: set[str] = set()
    for role in Role.values:
        client = sign_in(roles.get(role) or _newcomer(cast, role))
        page = client.get("/huong-dan/").content.decode()
        mine = next(guide for guide in GUIDES if role in guide.roles)
        slugs = re.findall(r'href="/huong-dan/([a-z-]+)/"', page)
        assert slugs[0] == mine.slug
        assert sorted(slugs) == sorted(guide.slug for guide in GUIDES)
        addresses: set[str] = set()
        for language in ("vi", "en"):
            client.cookies["tangthu_language"] = language
            text = client.get(f"/huong-dan/{mine.slug}/")
            assert text.headers["Content-Language"] == language
            body = text.content.decode().split('class="guide"')[1].split("</main>")[0]
            addresses.update(re.findall(r'href="(/[^"]*)"', body))
            pictures.update(re.findall(r'src="(/static/[^"]+)"', body))
        for address in addresses:
            assert client.get(address).status_code == 200, (role, address)
    for picture in pictures:
        assert client.get(picture).status_code == 200, picture
    assert sign_in("hoa").get("/huong-dan/khong-co/").status_code == 404


def test_a_label_that_help_quotes_stands_on_a_screen() -> None:
    screens: dict[str, set[str]] = {"vi": set(), "en": set()}
    with PO.open("rb") as source:
        for message in read_po(source, locale="en", domain="django"):
            for language, words in (("vi", message.id), ("en", message.string)):
                screens[language].update([words] if isinstance(words, str) else words)
    for language, known in screens.items():
        with translation.override(language):
            told = [f"{one.purpose} {one.doing}" for one in page_help.pages.values()]
            told += [str(step.label) + str(step.why) for step in first_steps.steps.values()]
            told += [
                render_to_string(f"office/guides/{language}/{guide.slug}.html") for guide in GUIDES
            ]
        for text in told:
            assert set(re.findall("“([^”]+)”", text)) <= known, text


def test_the_check_of_a_proof_that_the_guide_teaches_works_without_this_house(
    cast: TestHouse, sign_in: SignIn, tmp_path: Path
) -> None:
    made = make_dossier(cast)
    signed_events()
    client = sign_in("cuc")
    guide = client.get("/huong-dan/doc-gia/").content.decode()
    code = re.search(r'python -c "([^"]+)" TỆP TÊN-SỔ KHÓA', html.unescape(guide))
    log = log_of(cast.body("H30.81").id)
    key = (tree_folder(cast.home, log) / "keys.txt").read_text().split(" ")[0]
    assert code
    address = f"/tai-lieu/{made.documents[0].id}/"
    assert log.origin in client.get(address).content.decode()
    proof = client.get(f"{address}chung-cu.json").content
    first = json.loads(proof)["events"][0]
    digests = [one["h"] for one in first["open"]["content"]["value"]]
    assert digests == [file.sha256 for file in made.documents[0].files.all()]

    def check(content: bytes) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "proof.json"
        file.write_bytes(content)
        return subprocess.run(
            [sys.executable, "-c", code[1], str(file), log.origin, key],
            capture_output=True, text=True, env={}, cwd=tmp_path, check=False,
        )  # fmt: skip

    assert int(check(proof).stdout) == len(json.loads(proof)["events"])
    other = check(proof.replace("Nguyễn Thị Cúc".encode(), "Nguyễn Thị Lan".encode(), 1))
    assert other.returncode and "commitment" in other.stderr


def test_who_is_new_is_led_to_the_first_steps_for_thirty_days(
    shared_cast: TestHouse, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("hoa")
    assert "Việc của ngày đầu" in client.get("/").content.decode()
    assert dt.timedelta(days=30) == home.NEW_FOR
    monkeypatch.setattr(home, "NEW_FOR", dt.timedelta(0))
    assert "Việc của ngày đầu" not in client.get("/").content.decode()


def test_first_steps_concern_who_may_take_them_and_see_for_themselves_what_is_done(
    cast: TestHouse, sign_in: SignIn
) -> None:
    def steps(username: str) -> dict[str, bool]:
        request = sign_in(username).get("/huong-dan/").wsgi_request
        request.viewer = cast.acting(username).viewer
        return {step.name: done for step, done in first_steps.of(request)}

    assert steps("hoa") == {"second-step": False, "use": False, "view": False}
    assert set(steps("binh")) == {"second-step", "changes", "use", "view"}
    administrator = steps("dung")
    assert list(administrator) == [
        "second-step", "units", "people", "second-store", "backup-set", "backup-trial", "practice",
        "check",
    ]  # fmt: skip
    assert (administrator["units"], administrator["people"]) == (False, True)
    open_unit(
        cast.acting("dung"), body_id=cast.body("H30.81").id, name="Phòng Tổ chức",
        since=dt.date(2026, 1, 1), decision="01/QĐ-CC",
    )  # fmt: skip
    assert steps("dung")["units"] is True
    before = steps("cuc")
    assert before["fonds"] is False
    make_dossier(cast)
    assert steps("cuc")["fonds"] is True
    assert steps("nga")["fonds"] is False  # another body's fonds are nobody else's progress


@pytest.mark.browser
@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_the_question_mark_tells_of_this_page_and_leads_to_the_guides(
    shared_cast: TestHouse,
    shared_server: Server,
    visit: Callable[..., Visitor],
    size: tuple[int, int] | None,
) -> None:
    signed_events()
    visitor = visit(shared_server, "cuc", **({"size": size} if size else {}))
    page = visitor.go("/phong/")
    page.keyboard.press("?")
    told = page.locator("dialog[open] [data-page-help]").inner_text()
    assert str(page_help.pages["archive:fonds-list"].doing) in told
    assert visitor.axe() == []
    page.keyboard.press("Escape")
    page.locator("a.top-help").click()
    assert page.locator("dialog[open]").count() == 1
    page.locator("dialog[open] .help-guides a").click()
    page.wait_for_url("**/huong-dan/?trang=archive%3Afonds-list")
    assert str(page_help.pages["archive:fonds-list"].purpose) in page.inner_text("main")
    for address in (
        "/huong-dan/",
        "/huong-dan/?trang=x%00y",
        *(f"/huong-dan/{one.slug}/" for one in GUIDES),
    ):
        visitor.go(address)
        assert (visitor.axe(), visitor.overflow(), visitor.complaints) == ([], 0, []), address
    manager = visit(shared_server, "dung", **({"size": size} if size else {}))
    body = shared_cast.body("H30.81").pk
    for address in ("/huong-dan/", "/cho-tap/", f"/cho-tap/{body}/"):
        manager.go(address)
        assert (manager.axe(), manager.overflow(), manager.complaints) == ([], 0, []), address
    manager.page.locator("form[method=post] button[type=submit]").last.click()
    manager.page.wait_for_selector("strong.code")
    assert (manager.axe(), manager.overflow(), manager.complaints) == ([], 0, [])
    learner = visit(shared_server, **({"size": size} if size else {}))
    learner.sign_in("tap-cv", manager.page.inner_text("strong.code"))
    learner.go("/")
    assert learner.page.inner_text(".practice-band").strip() == "Chỗ tập – không gì ở đây được tính"
    assert (learner.axe(), learner.overflow(), learner.complaints) == ([], 0, [])
