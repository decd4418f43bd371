"""Pages of people, units, groups and delegations: what each lets whom do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tangthu.identity.actions import change_rights
from tangthu.identity.actions.end_appointment import end_appointment
from tangthu.identity.actions.open_further import open_further
from tangthu.identity.actions.rename_body import rename_body
from tangthu.identity.actions.reorganise import reorganise
from tangthu.identity.actions.units import open_unit
from tangthu.identity.models import Account, Appointment, Delegation, Group, Person, Unit
from tangthu.identity.names import name_on
from tangthu.identity.queries import viewer_of
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tests.support.house import PASSWORD, TestHouse
from tests.support.states import told

TODAY = timezone.localdate


def client(username: str) -> Client:
    found = Client()
    answer = found.post("/dang-nhap/", {"username": username, "password": PASSWORD})
    assert answer.status_code == 302
    return found


def person(username: str) -> Person:
    return Account.objects.get(username=username).person


def day(value: dt.date) -> str:
    return value.strftime("%d/%m/%Y")


def position(**more: str) -> dict[str, str]:
    return {
        "position": "Chuyên viên", "role": "officer", "unit": "", "kind": "main",
        "since": day(TODAY()), "until": "", "decision": "12/QĐ-CC 01/03/2026", **more,
    }  # fmt: skip


def test_every_page_opens_for_who_reviews_and_is_nothing_for_who_does_not(cast: TestHouse) -> None:
    whose = person("cuc").pk
    pages = ["/nguoi/", f"/nguoi/{whose}/", "/don-vi/", "/nhom/"]
    for username in ("dung", "binh", "cuc"):
        for page in pages:
            assert client(username).get(page).status_code == 200, (username, page)
    for page in pages:
        assert client("hoa").get(page).status_code == 404
    assert client("quang").get(f"/nguoi/{whose}/").status_code == 404
    changing = [
        "/nguoi/moi/", f"/nguoi/{whose}/chuc-vu/", f"/nguoi/{whose}/ho-ten/",
        f"/nguoi/{whose}/thoi-viec/", "/don-vi/moi/", "/nhom/moi/",
    ]  # fmt: skip
    for page in changing:
        assert client("dung").get(page).status_code == 200, page
        for username in ("binh", "hoa", "quang" if str(whose) in page else "cuc"):
            assert client(username).get(page).status_code == 404, (username, page)
            assert client(username).post(page, {}).status_code == 404, (username, page)
    assert client("hoa").get("/uy-quyen/").status_code == 200
    assert client("cuc").get("/tai-khoan/").status_code == 200


def test_a_person_who_is_added_has_no_right_until_a_second_person_confirms(cast: TestHouse) -> None:
    given = position(full_name="Lê Thị Mai", username="mai", password=PASSWORD)
    answer = client("dung").post("/nguoi/moi/", given)
    assert answer.status_code == 302, answer.content.decode()
    mai = person("mai")
    assert viewer_of(mai).positions == ()
    assert "Chờ xác nhận" in client("dung").get(f"/nguoi/{mai.pk}/").content.decode()
    assert "Lê Thị Mai" in client("dung").get("/nguoi/?state=waiting").content.decode()
    change = Appointment.objects.get(person=mai)
    with pytest.raises(Refused):
        change_rights.confirm(cast.acting("dung"), "appointment", change.pk)
    change_rights.confirm(cast.acting("binh"), "appointment", change.pk)
    assert [role for _body, role, _title in viewer_of(mai).positions] == ["officer"]


def test_a_position_is_given_on_its_page_for_a_time_and_withdrawn(cast: TestHouse) -> None:
    role, hoa = "deputy", person("hoa")
    until = TODAY() + dt.timedelta(days=30)
    given = position(role=role, position=f"Vai {role}", until=day(until), knowing="on")
    answer = client("dung").post(f"/nguoi/{hoa.pk}/chuc-vu/", given)
    assert answer.status_code == 302, answer.content.decode()
    made = Appointment.objects.get(person=hoa, position__title=f"Vai {role}")
    assert made.effective_to == until
    change_rights.confirm(cast.acting("binh"), "appointment", made.pk)
    assert any(title == f"Vai {role}" for _b, _r, title in viewer_of(hoa).positions)
    ended = client("dung").post(f"/chuc-vu/{made.pk}/thoi/", {"on": "", "decision": "13/QĐ"})
    assert ended.status_code == 302
    assert not any(title == f"Vai {role}" for _b, _r, title in viewer_of(hoa).positions)
    assert told(hoa.pk)[-1][0] == "identity.person.appointment_ended"


def test_an_end_that_is_planned_leaves_the_right_until_its_day(cast: TestHouse) -> None:
    held = Appointment.objects.get(person=person("hoa"))
    with pytest.raises(NotFoundForViewer):
        end_appointment(cast.acting("quang"), held.pk, decision="1/QĐ")
    with pytest.raises(InvalidInput) as refused:
        end_appointment(
            cast.acting("dung"), held.pk, decision=" ", on=TODAY() - dt.timedelta(days=1)
        )
    assert set(refused.value.problems) == {"decision", "on"}
    end_appointment(cast.acting("dung"), held.pk, decision="1/QĐ", on=TODAY())
    assert viewer_of(person("hoa")).positions


def test_what_does_not_go_together_is_told_before_it_is_asked_for(cast: TestHouse) -> None:
    hoa, dung = person("hoa"), person("dung")
    page = f"/nguoi/{hoa.pk}/chuc-vu/"
    leader = position(role="leader", position="Chi cục trưởng")
    warned = client("dung").post(page, leader)
    assert warned.status_code == 422
    assert "Lê Văn Bình cũng giữ chức vụ" in warned.content.decode()
    assert not Appointment.objects.filter(person=hoa, position__role="leader").exists()
    assert client("dung").post(page, {**leader, "knowing": "on"}).status_code == 302
    page = f"/nguoi/{dung.pk}/chuc-vu/"
    both = client("dung").post(page, position(role="inspector"))
    assert both.status_code == 422
    assert "cần tách cho hai người" in both.content.decode()


def test_who_leaves_holds_nothing_and_is_told_of_by_his_page(cast: TestHouse) -> None:
    cuc = person("cuc")
    page = f"/nguoi/{cuc.pk}/thoi-viec/"
    assert "Lưu trữ viên" in client("dung").get(page).content.decode()
    assert client("dung").post(page, {"decision": ""}).status_code == 422
    assert viewer_of(cuc).positions
    assert client("dung").post(page, {"decision": "3/QĐ"}).status_code == 302
    cuc.refresh_from_db()
    assert (viewer_of(cuc).positions, cuc.account.is_active) == ((), False)
    assert "Đã thôi việc" in client("dung").get(f"/nguoi/{cuc.pk}/").content.decode()


def test_a_person_is_renamed_and_the_old_name_stays_in_his_history(cast: TestHouse) -> None:
    hoa = person("hoa")
    answer = client("dung").post(f"/nguoi/{hoa.pk}/ho-ten/", {"full_name": "Trần Thị Hòa"})
    assert answer.status_code == 302
    page = client("dung").get(f"/nguoi/{hoa.pk}/").content.decode()
    assert "Trần Thị Hòa" in page
    assert "từ Trần Thị Hoa thành" in page


def test_a_reorganisation_ends_opens_and_moves_and_the_old_day_keeps_the_old_tree(
    cast: TestHouse,
) -> None:
    acting, body = cast.acting("dung"), cast.body("H30.81")
    start = TODAY() - dt.timedelta(days=100)
    old = open_unit(acting, body_id=body.pk, name="Phòng Thanh tra", since=start, decision="1/QĐ")
    hoa = person("hoa")
    given = position(role="unit_head", position="Trưởng phòng", unit=str(old.pk))
    assert client("dung").post(f"/nguoi/{hoa.pk}/chuc-vu/", given).status_code == 302
    held = Appointment.objects.get(position__unit=old)
    with pytest.raises(InvalidInput):
        reorganise(
            acting, body_id=body.pk, ending=[old.pk], opening=["Phòng Mới"], moves={held.pk: 1},
            since=TODAY(), decision="9/QĐ",
        )  # fmt: skip
    (new,) = reorganise(
        acting, body_id=body.pk, ending=[old.pk], opening=["Phòng Nghiệp vụ"], moves={held.pk: 0},
        since=TODAY(), decision="9/QĐ",
    )  # fmt: skip
    assert list(new.succeeds.all()) == [old]
    assert Appointment.objects.get(position__unit=new).person == hoa
    today = client("dung").get("/don-vi/").content.decode()
    assert "Phòng Nghiệp vụ" in today and "<h3>Phòng Thanh tra" not in today
    past = TODAY() - dt.timedelta(days=5)
    before = client("dung").get(f"/don-vi/?ngay={past:%d/%m/%Y}").content.decode()
    assert "<h3>Phòng Thanh tra" in before and "Phòng Nghiệp vụ" not in before


def test_a_reorganisation_that_fails_changes_nothing(cast: TestHouse) -> None:
    acting, body = cast.acting("dung"), cast.body("H30.81")
    old = open_unit(acting, body_id=body.pk, name="Phòng A", since=TODAY(), decision="1/QĐ")
    with pytest.raises(InvalidInput):
        reorganise(
            acting, body_id=body.pk, ending=[old.pk], opening=["Phòng B", " "], moves={},
            since=TODAY() + dt.timedelta(days=1), decision="9/QĐ",
        )  # fmt: skip
    assert list(Unit.objects.filter(effective_to=None)) == [old]


def test_a_renamed_body_keeps_its_old_name_on_earlier_days_and_no_code_is_given_twice(
    cast: TestHouse,
) -> None:
    acting, body = cast.acting("dung"), cast.body("H30.81")
    names = body.names.get()
    names.effective_from = TODAY() - dt.timedelta(days=50)
    with pytest.raises(NotFoundForViewer):
        rename_body(
            cast.acting("quang"), body.pk, name="X", short_name="X", code="X", decision="1/QĐ"
        )
    with pytest.raises(InvalidInput) as refused:
        rename_body(acting, body.pk, name="", short_name="X", code="H31.07", decision="1/QĐ")
    assert set(refused.value.problems) == {"name", "code", "since"}  # opened today in this test
    assert name_on(body, TODAY() - dt.timedelta(days=1)).name == body.name  # type: ignore[union-attr]


def test_who_administers_opens_a_further_body_and_has_no_right_there(cast: TestHouse) -> None:
    def further(username: str, code: str) -> None:
        open_further(
            cast.acting(username), code=code, archive_code="001.09", name="Xã Mới",
            short_name="Xã Mới", origin=f"test.example/{code}", username="qt-moi",
            full_name="Ngô Mới", position="Quản trị", password=PASSWORD, since=TODAY(),
        )  # fmt: skip

    with pytest.raises(Refused):
        further("cuc", "H99.1")
    with pytest.raises(InvalidInput):
        further("dung", "H31.07")
    further("dung", "H99.1")
    made = cast.body("H99.1")
    assert viewer_of(person("qt-moi")).may("people.manage", made.pk)
    assert not viewer_of(person("dung")).may("people.manage", made.pk)


def test_a_delegation_gives_what_its_giver_holds_ends_with_it_and_is_not_passed_on(
    cast: TestHouse,
) -> None:
    hoa, body = person("hoa"), cast.body("H30.81")
    given = {
        "receiver": str(hoa.pk), "rights": ["archive.import"], "since": day(TODAY()),
        "until": day(TODAY() + dt.timedelta(days=5)), "decision": "7/GUQ",
    }  # fmt: skip
    assert (
        client("hoa")
        .post("/uy-quyen/moi/", {**given, "receiver": str(person("binh").pk)})
        .status_code
        == 422
    )
    assert client("cuc").post("/uy-quyen/moi/", given).status_code == 302
    assert viewer_of(hoa).may("archive.import", body.pk)
    onward = {**given, "receiver": str(person("binh").pk)}
    assert client("hoa").post("/uy-quyen/moi/", onward).status_code == 422
    assert "Nguyễn Thị Cúc" in client("hoa").get("/uy-quyen/").content.decode()
    assert "7/GUQ" in client("hoa").get("/tai-khoan/").content.decode()
    made = Delegation.objects.get()
    assert client("hoa").post(f"/uy-quyen/{made.pk}/thoi/").status_code == 404
    end_appointment(
        cast.acting("dung"), Appointment.objects.get(person=person("cuc")).pk, decision="1/QĐ"
    )
    assert not viewer_of(hoa).may("archive.import", body.pk)


def test_a_group_is_opened_joined_left_and_closed(cast: TestHouse) -> None:
    dung = client("dung")
    assert dung.post("/nhom/moi/", {"name": "Nhóm nội bộ"}).status_code == 302
    group = Group.objects.get()
    assert dung.post("/nhom/moi/", {"name": "nhóm nội bộ"}).status_code == 422
    joined = {"person": str(person("hoa").pk), "until": "", "decision": "2/QĐ"}
    assert dung.post(f"/nhom/{group.pk}/nguoi/", joined).status_code == 302
    member = group.members.get()
    assert "Chờ xác nhận" in client("binh").get(f"/nhom/{group.pk}/").content.decode()
    assert client("quang").post(f"/nhom/nguoi/{member.pk}/roi/").status_code == 404
    assert dung.post(f"/nhom/nguoi/{member.pk}/roi/").status_code == 302
    assert client("binh").post(f"/nhom/{group.pk}/dong/").status_code == 404
    assert dung.post(f"/nhom/{group.pk}/dong/").status_code == 302
    assert dung.get(f"/nhom/{group.pk}/").status_code == 200


@pytest.mark.parametrize("page", ["/nguoi/", "/don-vi/", "/nhom/"])
@pytest.mark.parametrize(
    "query", ["ngay=x", "ngay=9999-99-99", "at=xx", "unit=x", "q=%00", "sort=-name"]
)
def test_a_hostile_address_gives_a_page(cast: TestHouse, page: str, query: str) -> None:
    assert client("dung").get(f"{page}?{query}").status_code == 200
