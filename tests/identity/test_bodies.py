"""Bodies and units change by decision; what is of an earlier day is told of by its names."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tangthu.identity.actions.add_person import appoint
from tangthu.identity.actions.units import open_unit
from tangthu.identity.models import Account, Appointment, Body, Unit
from tests.support.house import BODIES, PASSWORD, TestHouse
from tests.support.records import make_dossier

OLD = BODIES["H30.81"][1]
NEW = "Chi cục An toàn thực phẩm và Chế biến"


def client(username: str) -> Client:
    found = Client()
    given = {"username": username, "password": PASSWORD}
    assert found.post("/dang-nhap/", given).status_code == 302
    return found


def day(value: dt.date) -> str:
    return value.strftime("%d/%m/%Y")


@pytest.mark.req("RM-012")
def test_a_renamed_body_is_told_of_by_the_name_of_the_day_on_pages_prints_and_lists(
    cast: TestHouse,
) -> None:
    today, body = timezone.localdate(), cast.named_since("H30.81", dt.date(2005, 1, 1))
    young = {"issued_on": today.isoformat(), "subject": "Mới ban hành"}
    made = make_dossier(cast, documents=[{}, young, {"issued_on": "", "subject": "Không ngày"}])
    given = {
        "name": NEW, "short_name": "Chi cục ATTP", "code": "H30.90", "since": day(today),
        "decision": "12/QĐ-UBND",
    }  # fmt: skip
    page = f"/co-quan/{body.pk}/ten/"
    assert client("cuc").post(page, given).status_code == 404
    asking = client("dung")
    assert OLD in asking.get(page).content.decode()
    taken = asking.post(page, {**given, "code": "H31.07"})
    assert taken.status_code == 422
    assert "không dùng lại" in taken.content.decode()
    assert asking.post(page, given).status_code == 302

    reading = client("cuc")
    old, new, undated = (f"/tai-lieu/{one.pk}/" for one in made.documents)
    for address in (f"/ho-so/{made.dossier.pk}/", old):
        words = reading.get(address).content.decode()
        assert OLD in words and f"nay là {NEW}" in words, address
    for address in (new, undated):
        words = reading.get(address).content.decode()
        assert NEW in words and OLD not in words, address
    printed = reading.post(f"/in{old}").content.decode()
    assert OLD in printed and f"nay là {NEW}" in printed
    reading.post("/cot/", {"name": "documents", "column": ["code", "title", "body"]})
    listed = reading.get("/tai-lieu/").content.decode()
    assert (listed.count(f">{OLD}<"), listed.count(f">{NEW}<")) == (1, 2), listed

    register = reading.get("/co-quan/").content.decode()
    assert OLD in register and NEW in register and "H30.90" in register
    assert "H31.07" not in register and "Trung tâm" not in register
    lines = reading.get("/co-quan/ma-dinh-danh.csv").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["H30.90", "H30.81"]
    yesterday = (today - dt.timedelta(days=1)).isoformat()
    assert lines[2].split(",")[5] == yesterday


def test_a_body_is_opened_on_its_page_by_who_keeps_the_house(cast: TestHouse) -> None:
    given = {
        "name": "Xã Mới", "short_name": "Xã Mới", "code": "H30.81", "archive_code": "001.03.10",
        "origin": "test.example/H30.82", "full_name": "Lê An", "position": "Quản trị",
        "username": "an", "password": "ngan",
    }  # fmt: skip
    assert client("binh").get("/co-quan/moi/").status_code == 404
    asking = client("dung")
    assert asking.post("/co-quan/moi/", given).status_code == 422
    given["password"] = PASSWORD
    twice = asking.post("/co-quan/moi/", given)
    assert twice.status_code == 422
    assert "Mã này đã cấp" in twice.content.decode()
    assert asking.post("/co-quan/moi/", {**given, "code": "H30 82"}).status_code == 422
    assert asking.post("/co-quan/moi/", {**given, "code": "H30.82"}).status_code == 302
    assert Body.objects.filter(code="H30.82").exists()
    assert "H30.82" in asking.get("/co-quan/").content.decode(), "who keeps the house knows of all"
    theirs = client("quang")
    assert "H30.82" not in theirs.get("/co-quan/").content.decode()
    assert theirs.get("/co-quan/moi/").status_code == 404, "an administrator of a body"


def test_units_are_merged_on_one_page_that_asks_who_goes_where(cast: TestHouse) -> None:
    today, body, acting = timezone.localdate(), cast.body("H30.81"), cast.acting("dung")
    start = today - dt.timedelta(days=100)
    old = [
        open_unit(acting, body_id=body.pk, name=name, since=start, decision="1/QĐ")
        for name in ("Phòng Hành chính", "Phòng Kế hoạch")
    ]
    hoa = Account.objects.get(username="hoa").person
    appoint(
        acting, person=hoa, body=body, position="Trưởng phòng", role="unit_head", since=start,
        unit=old[0], decision="2/QĐ",
    )  # fmt: skip
    asking, page = client("dung"), "/don-vi/to-chuc-lai/"
    assert client("cuc").get(page).status_code == 404
    assert asking.post(page, {"opening": "", "since": day(today)}).status_code == 422
    given = {
        "ending": [str(one.pk) for one in old], "opening": "Phòng Tổng hợp\n",
        "parent": "", "since": day(today), "decision": "9/QĐ",
    }  # fmt: skip
    asked = asking.post(page, given)
    assert asked.status_code == 200
    words = asked.content.decode()
    assert "Trần Thị Hoa, Trưởng phòng (Phòng Hành chính)" in words
    assert Unit.objects.filter(effective_to=None).count() == 2
    held = Appointment.objects.get(position__unit=old[0])
    done = asking.post(page, {**given, "asked": "True", f"move-{held.pk}": "0"})
    assert done.status_code == 302, done.content.decode()
    new = Unit.objects.get(effective_to=None)
    assert set(new.succeeds.all()) == set(old)
    moved = Appointment.objects.get(position__unit=new)
    assert (moved.person, moved.position.title) == (hoa, "Trưởng phòng")
    assert moved.waits, "a new position gives rights once a second person has confirmed it"
