"""Use packages as their owners meet them: asked for, watched, taken, in a real browser."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tangthu.archive.models import Dissemination
from tangthu.archive.views import dip_orders
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


def order(client: Client, made: MadeDossier, **changes: str | list[str]) -> str:
    answer = client.post(f"/ho-so/{made.dossier.pk}/goi-su-dung/", {**FORM, **changes})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return str(answer["Location"])


def documents_of(address: str) -> list[str]:
    return [str(one) for one in Dissemination.objects.get(pk=_key(address)).documents]


def _key(address: str) -> str:
    return address.strip("/").rpartition("/")[2]


def run_job(address: str) -> None:
    dip = Dissemination.objects.get(pk=_key(address))
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
    asked = hoa.get(f"{address}xoa/").content.decode()
    assert "không tải được nữa" in asked
    assert Dissemination.objects.get().removed_at is None, "asking removes nothing"
    assert hoa.post(f"{address}xoa/").status_code == 302
    assert hoa.get(f"{address}xoa/")["Location"] == address
    assert hoa.get(f"{address}tai/").status_code == 410
    assert "Đã xóa" in hoa.get("/goi-su-dung/").content.decode()


def test_a_package_has_no_address_for_anybody_else(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    dip = made_dip(cast, "hoa", [sealed.documents[0].pk])
    for name in ("cuc", "binh", "dung", "nga"):
        client = sign_in(name)
        for end in ("", "tai/", "tien-do/", "xoa/"):
            assert client.get(f"/goi-su-dung/{dip.pk}/{end}").status_code == 404, (name, end)
        for end in ("xoa/", "dung/"):
            assert client.post(f"/goi-su-dung/{dip.pk}/{end}").status_code == 404, (name, end)
        assert str(dip.pk) not in client.get("/goi-su-dung/").content.decode()
        assert str(dip.pk) not in client.get("/cong-viec/").content.decode()
    assert Client().get(f"/goi-su-dung/{dip.pk}/tai/").status_code == 302


def test_hostile_and_wrong_forms_are_answered_in_words(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dip_orders, "_LISTED", 1)
    hoa = sign_in("hoa")
    address = f"/ho-so/{sealed.dossier.pk}/goi-su-dung/"
    for changes in (
        {"purpose_text": ""}, {"purpose_code": "99"}, {"fee_class": "<script>"}, {"documents": "2"},
        {"documents": "9" * 300}, {"documents": "x"}, {"purpose_text": "x" * 501},
        {"note": "a\x00b"}, {"picked": "x"}, {"research_topic": "y" * 300},
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
    hidden, missing = (
        re.sub(r'csrf[^>]+>|"X-CSRFToken[^}]+', "", text)
        for text in (
            hoa.post(address, {**FORM, "picked": str(one)}).content.decode()
            for one in (sealed.documents[1].pk, uuid.uuid4())
        )
    )
    assert hidden == missing
    assert "không còn trong danh sách" in hidden
    loose = make_dossier(cast, number="03")
    answer = hoa.post(f"/ho-so/{loose.dossier.pk}/goi-su-dung/", FORM)
    assert answer.status_code == 403
    assert "chưa được đóng gói" in answer.content.decode()


@pytest.mark.req("RM-816")
def test_documents_are_marked_in_a_table_and_others_named_by_number(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    hoa = sign_in("hoa")
    first, _hidden, third = (document.pk for document in sealed.documents)
    page = hoa.get(f"/ho-so/{sealed.dossier.pk}/goi-su-dung/").content.decode()
    assert page.count('name="picked"') == 2
    assert 'name="documents"' not in page, "the table shows them all"
    assert page.index('name="picked"') < page.index('name="purpose_code"')
    assert "Không, quay lại" in page
    assert "không lưu" not in page
    for changes, chosen in (
        ({"picked": str(third)}, [third]),
        ({}, [first, third]),
        ({"picked": [str(third), str(first)]}, [first, third]),
    ):
        address = order(hoa, sealed, **changes)
        assert documents_of(address) == [str(one) for one in chosen]
    monkeypatch.setattr(dip_orders, "_LISTED", 1)
    page = hoa.get(f"/ho-so/{sealed.dossier.pk}/goi-su-dung/").content.decode()
    assert page.count('name="picked"') == 1
    assert "Còn 1 tài liệu" in page
    address = order(hoa, sealed, picked=str(first), documents="1-3")
    assert documents_of(address) == [str(first), str(third)]


def test_pages_of_packages_ask_a_fixed_number_of_questions(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    hoa = sign_in("hoa")
    hoa.get("/")  # the first page of a session notes its use
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
        ("xoa", f"/goi-su-dung/{dip.pk}/xoa/"),
    ):  # fmt: skip
        page = visitor.go(address)
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert visitor.axe() == [], address
        assert visitor.overflow() <= 0, address
    page = visitor.go(f"/ho-so/{made.dossier.pk}/goi-su-dung/")
    page.get_by_label("Nội dung mục đích sử dụng").fill("Nghiên cứu lịch sử địa phương")
    for box in page.locator("[name=picked]").all()[:2]:
        box.check()
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
