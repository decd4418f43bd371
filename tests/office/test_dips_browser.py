"""Use packages as their owners meet them: asked for, watched, taken, in a real browser."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tangthu.archive.models import Dissemination
from tangthu.kernel.jobs import execute
from tangthu.kernel.models import Job
from tests.archive.dips import made as made_dip
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import CONDITIONAL, MadeDossier, make_dossier, sealed_package
from tests.support.server import DESKTOP, PHONE, Server, Visitor

FORM = {"purpose_code": "02", "purpose_text": "Giải quyết khiếu nại", "fee_class": "10"}


@pytest.fixture
def sealed(cast: TestHouse) -> MadeDossier:
    made = make_dossier(cast, documents=[{}, {"access_level": CONDITIONAL}, {}])
    sealed_package(cast, made)
    return made


def order(client: Client, made: MadeDossier, **changes: str) -> str:
    answer = client.post(f"/ho-so/{made.dossier.pk}/goi-su-dung/", {**FORM, **changes})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return str(answer["Location"])


def run_job(address: str) -> None:
    dip = Dissemination.objects.get(pk=address.strip("/").rpartition("/")[2])
    assert execute(Job.objects.get(subject_id=dip.pk).pk).state == "done"


@pytest.mark.req("RM-813")
def test_a_reader_asks_for_a_package_and_takes_it(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    hoa = sign_in("hoa")
    assert "goi-su-dung" in hoa.get(f"/ho-so/{sealed.dossier.pk}/").content.decode()
    address = order(hoa, sealed)
    waiting = hoa.get(address).content.decode()
    assert 'data-controller="poll"' in waiting
    assert hoa.get(f"{address}tai/").status_code == 410
    run_job(address)
    polled = hoa.get(f"{address}tien-do/", headers={"HX-Request": "true"})
    assert polled["HX-Redirect"] == address
    page = hoa.get(address).content.decode()
    taken = hoa.get(f"{address}tai/")
    data = b"".join(taken.streaming_content)
    assert hashlib.sha256(data).hexdigest() in page
    assert taken["Content-Disposition"].startswith('attachment; filename="uuid-')
    assert taken["Cache-Control"] == "private, no-store"
    assert len(Dissemination.objects.get().documents) == 2
    assert hoa.post(f"{address}xoa/").status_code == 302
    assert hoa.get(f"{address}tai/").status_code == 410
    assert "Đã xóa" in hoa.get("/goi-su-dung/").content.decode()


def test_a_package_has_no_address_for_anybody_else(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    dip = made_dip(cast, "hoa", [sealed.documents[0].pk])
    for name in ("cuc", "binh", "dung", "nga"):
        client = sign_in(name)
        for end in ("", "tai/", "tien-do/"):
            assert client.get(f"/goi-su-dung/{dip.pk}/{end}").status_code == 404, (name, end)
        for end in ("xoa/", "dung/"):
            assert client.post(f"/goi-su-dung/{dip.pk}/{end}").status_code == 404, (name, end)
        assert str(dip.pk) not in client.get("/goi-su-dung/").content.decode()
        assert str(dip.pk) not in client.get("/cong-viec/").content.decode()
    assert Client().get(f"/goi-su-dung/{dip.pk}/tai/").status_code == 302


def test_hostile_and_wrong_forms_are_answered_in_words(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    hoa = sign_in("hoa")
    address = f"/ho-so/{sealed.dossier.pk}/goi-su-dung/"
    for changes in (
        {"purpose_text": ""}, {"purpose_code": "99"}, {"fee_class": "<script>"}, {"documents": "2"},
        {"documents": "9" * 300}, {"documents": "x"}, {"purpose_text": "x" * 501},
        {"note": "a\x00b"}, {"research_topic": "y" * 300},
    ):  # fmt: skip
        answer = hoa.post(address, {**FORM, **changes})
        assert answer.status_code == 422, changes
        assert "<script>" not in answer.content.decode().replace("<script src", "")
    assert not Dissemination.objects.exists()
    hidden, missing = (
        re.sub(r'csrf[^>]+>|"X-CSRFToken[^}]+|value="[29]"|số [29]', "", text)
        for text in (
            hoa.post(address, {**FORM, "documents": place}).content.decode() for place in "29"
        )
    )
    assert hidden == missing
    loose = make_dossier(cast, number="03")
    answer = hoa.post(f"/ho-so/{loose.dossier.pk}/goi-su-dung/", FORM)
    assert answer.status_code == 403
    assert "chưa được đóng gói" in answer.content.decode()


def test_pages_of_packages_ask_a_fixed_number_of_questions(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    hoa = sign_in("hoa")
    counts = {}
    for _ in range(2):
        dip = made_dip(cast, "hoa", [sealed.documents[0].pk])
        for address in ("/goi-su-dung/", f"/goi-su-dung/{dip.pk}/",
                        f"/ho-so/{sealed.dossier.pk}/goi-su-dung/"):  # fmt: skip
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert hoa.get(address).status_code == 200
            key = address.replace(str(dip.pk), "x")
            counts.setdefault(key, []).append(len(asked))
    for key, found in counts.items():
        assert found[0] == found[1] <= 25, (key, found)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_are_sound_in_a_browser(
    server: Server, visit: Callable[..., Visitor], tmp_path: Path, size: tuple[int, int]
) -> None:
    house = server.house
    made = make_dossier(house, documents=[{}, {}, {}])
    sealed_package(house, made)
    dip = made_dip(house, "hoa", [document.pk for document in made.documents])
    visitor = visit(server, "hoa", size=size)
    for name, address in (
        ("ho-so", f"/ho-so/{made.dossier.pk}/"),
        ("yeu-cau", f"/ho-so/{made.dossier.pk}/goi-su-dung/"),
        ("goi", f"/goi-su-dung/{dip.pk}/"), ("danh-sach", "/goi-su-dung/"),
    ):  # fmt: skip
        page = visitor.go(address)
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert visitor.axe() == [], address
        assert visitor.overflow() <= 0, address
    page = visitor.go(f"/ho-so/{made.dossier.pk}/goi-su-dung/")
    page.get_by_label("Nội dung mục đích sử dụng").fill("Nghiên cứu lịch sử địa phương")
    page.locator("[name=documents]").fill("1-2")
    page.get_by_role("button", name="Tạo gói sử dụng").click()
    page.wait_for_url("**/goi-su-dung/*/")
    newest = Dissemination.objects.order_by("-ordered_at").first()
    assert newest is not None
    assert len(newest.documents) == 2
    page.wait_for_selector(".progress-running")
    assert execute(Job.objects.get(subject_id=newest.pk).pk).state == "done"
    link = page.get_by_role("link", name="Tải gói")
    link.wait_for(timeout=20_000)
    with page.expect_download() as taken:
        link.click()
    assert Path(taken.value.path()).stat().st_size == Dissemination.objects.get(pk=newest.pk).size
    assert visitor.complaints == []
