"""Seeing as another: only with his consent, only looking, only for a while, each look one's own."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions.add_person import appoint
from tangthu.identity.actions.leave import leave
from tangthu.identity.models import Person
from tangthu.identity.policies import Viewer
from tangthu.identity.queries import viewer_of
from tangthu.kernel.errors import NotFoundForViewer, Refused
from tangthu.ledger.history import history
from tangthu.records.models import Use
from tangthu.signin import seeing
from tangthu.signin.actions import see_as
from tangthu.signin.models import Kind, SecurityEntry, Seeing
from tests.office.conftest import SignIn
from tests.office.test_rights import events
from tests.support.house import TestHouse
from tests.support.records import make_dossier
from tests.support.server import DESKTOP, PHONE, Server, Visitor

REASON = "Chị Cúc không thấy hồ sơ năm 2010"


def person_of(username: str) -> Person:
    return Person.objects.get(account__username=username)


def allowed(house: TestHouse, of: str = "cuc", by: str = "dung") -> Seeing:
    asked = see_as.ask(house.acting(by), person_of(of).pk, reason=REASON)
    return see_as.allow(house.acting(of), asked.pk)


@pytest.mark.req("RM-954")
def test_an_administrator_sees_as_another_when_that_person_allows_it_and_only_looks(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast, documents=[{"access_level": "02"}])
    record = f"/tai-lieu/{made.documents[0].pk}/"
    desk, hers = sign_in("dung"), sign_in("cuc")
    place = f"/nguoi-dung/{person_of('cuc').pk}/xem-nhu/"
    assert desk.get(record).status_code == 404
    assert desk.post(place, {"reason": ""}).status_code == 422
    assert desk.post(place, {"reason": REASON}).status_code == 302
    assert "Đang chờ người ấy trả lời" in desk.get(place).content.decode()
    assert desk.post(place).status_code == 200  # nothing begins before she has answered
    assert seeing.KEY not in desk.session

    home = hers.get("/").content.decode()
    assert "Phạm Tiến Dũng xin xem như bạn" in home and REASON in home
    (asked,) = Seeing.objects.all()
    question = f"/xem-nhu/{asked.pk}/"
    assert "chỉ xem" in hers.get(question).content.decode()
    for username in ("hoa", "binh", "nga"):
        stranger = sign_in(username)
        assert stranger.get(question).status_code == 404
        assert stranger.post(question).status_code == 404
    assert desk.post(question).status_code == 404  # nobody allows it to himself
    assert hers.post(question, {"answer": "yes"}).status_code == 302

    assert desk.post(place)["Location"] == "/"
    page = desk.get(record)
    assert page.status_code == 200
    assert "Đang xem như Nguyễn Thị Cúc" in page.content.decode()
    (use,) = Use.objects.filter(obj=made.documents[0].pk)
    assert use.person_id == person_of("dung").pk
    told = [one for one in history(made.documents[0].pk, ch="a") if one.k == "view"]
    assert [(one.who, one.position) for one in told] == [
        ("Phạm Tiến Dũng", "Quản trị hệ thống; xem như Nguyễn Thị Cúc")
    ]
    absent = f"/tai-lieu/{uuid.uuid4()}/"
    assert desk.get(absent).status_code == 404
    (refused,) = SecurityEntry.objects.filter(kind=Kind.REFUSED, target=absent)
    assert refused.account == "dung"

    before, rows = events(), Use.objects.count()
    for address in (f"{record}mo-ta/", f"{record}bao-mat/", f"/in/tai-lieu/{made.documents[0].pk}/",
                    "/phong/moi/", "/dot-so-hoa/moi/", "/cot/"):  # fmt: skip
        answer = desk.post(address, {"subject": "x", "nguon": "documents"})
        assert answer.status_code == 403, address
        assert "chỉ xem" in answer.content.decode()
    for address in (f"/tep/{made.files[0].pk}/", f"{record}chung-cu.json", "/khoa-api/",
                    "/tai-khoan/", "/tai-khoan/buoc-hai/", "/nguoi-dung/", "/nhat-ky-an-toan/",
                    "/he-thong/", "/sao-luu/"):  # fmt: skip
        assert desk.get(address).status_code == 403, address
    assert (events(), Use.objects.count()) == (before, rows)

    assert desk.post("/xem-nhu/thoi/").status_code == 302
    assert desk.get(record).status_code == 404
    assert desk.get("/nguoi-dung/").status_code == 200


def test_it_ends_when_the_time_is_over_or_either_wants_or_loses_his_post(
    cast: TestHouse, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_dossier(cast)
    record = f"/tai-lieu/{made.documents[0].pk}/"

    def seeing_client() -> Client:
        desk = sign_in("dung")
        assert desk.post(f"/nguoi-dung/{person_of('cuc').pk}/xem-nhu/").status_code == 302
        assert desk.get(record).status_code == 200
        return desk

    def over(desk: Client) -> None:
        assert desk.get(record)["Location"] == "/"
        assert desk.get(record).status_code == 404

    first = allowed(cast)
    assert first.until - timezone.now() <= dt.timedelta(minutes=30)
    desk = seeing_client()
    Seeing.objects.update(until=timezone.now())
    over(desk)

    second = allowed(cast)
    desk = seeing_client()
    see_as.end(cast.acting("cuc"), second.pk)
    over(desk)

    third = allowed(cast)
    desk = seeing_client()
    monkeypatch.setattr(see_as.queries, "managed", _nobody)
    over(desk)
    monkeypatch.undo()
    see_as.end(cast.acting("dung"), third.pk)

    allowed(cast)
    desk = seeing_client()
    leave(cast.acting("dung"), person_of("cuc").pk, decision="01/QĐ")
    over(desk)


def _nobody(*_: Any) -> None:
    raise NotFoundForViewer("x")


def test_only_who_manages_the_account_asks_and_no_clearance_comes_along(cast: TestHouse) -> None:
    cuc = person_of("cuc")
    for username in ("hoa", "binh", "cuc", "quang"):
        with pytest.raises(NotFoundForViewer):
            see_as.ask(cast.acting(username), cuc.pk, reason=REASON)
    with pytest.raises(Refused):
        see_as.ask(cast.acting("dung"), person_of("dung").pk, reason=REASON)
    given = allowed(cast)
    with pytest.raises(see_as.AskedBefore):
        see_as.ask(cast.acting("dung"), cuc.pk, reason=REASON)
    through = seeing.through(cast.acting("dung"), given)
    body = cast.body("H30.81").pk
    assert through.viewer.may("read.conditional", body)
    assert not through.may("read.conditional", body)  # no action is done with another's eyes
    other = cast.body("H31.07")
    appoint(SYSTEM, person=cuc, body=other, position="Chuyên viên", role="archivist",
            since=dt.date(2026, 1, 1))  # fmt: skip
    assert viewer_of(cuc).may("read.conditional", other.pk)
    eyes = seeing.through(cast.acting("dung"), given).viewer
    assert not eyes.may("read.public", other.pk)  # nothing of a body that he does not manage
    cleared = Viewer(cuc.pk, "x", ((body, "archivist", "x"),), clearances=((body, "3"),))
    assert cleared.uncleared().clearances == ()


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_of_seeing_as_another_are_sound_and_say_whose_eyes_these_are(
    server: Server, visit: Callable[..., Visitor], size: tuple[int, int]
) -> None:
    house = server.house
    desk, hers = visit(server, "dung", size=size), visit(server, "cuc", size=size)
    place = f"/nguoi-dung/{person_of('cuc').pk}/xem-nhu/"

    def sound(visitor: Visitor) -> None:
        assert (visitor.axe(), visitor.overflow(), visitor.complaints) == ([], 0, [])

    desk.go(place)
    sound(desk)
    desk.page.get_by_label("Lý do").fill(REASON)
    desk.page.get_by_role("button", name="Gửi lời xin").click()
    desk.page.wait_for_selector("text=Đang chờ người ấy trả lời")
    sound(desk)
    hers.go("/")
    hers.page.get_by_role("link", name="Phạm Tiến Dũng xin xem như bạn").click()
    sound(hers)
    hers.page.get_by_role("button", name="Cho phép", exact=True).click()
    hers.page.wait_for_url("**/")
    desk.go(place)
    sound(desk)
    desk.page.get_by_role("button", name="Bắt đầu xem").click()
    desk.page.wait_for_selector(".practice-band")
    sound(desk)
    desk.go("/phong/")
    assert "Đang xem như Nguyễn Thị Cúc" in desk.page.inner_text(".practice-band")
    sound(desk)
    desk.page.get_by_role("button", name="Thôi xem").click()
    desk.page.wait_for_selector("text=Bạn lại là chính bạn")
    assert house.body("H30.81")
