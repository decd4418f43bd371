"""Who keeps the house: a right apart from the administrators of its bodies (decision 016)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tangthu.identity import house
from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions import change_rights
from tangthu.identity.actions.add_person import add_person, appoint
from tangthu.identity.actions.end_appointment import end_appointment
from tangthu.identity.actions.keep_house import give_house, hand_over
from tangthu.identity.actions.leave import leave
from tangthu.identity.actions.open_further import open_further
from tangthu.identity.house import KEEP, KeptByOthers
from tangthu.identity.keeping import LastHolder
from tangthu.identity.models import Account, Appointment, Person, Position, Role
from tangthu.identity.queries import viewer_of
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.signin.actions import see_as
from tangthu.signin.actions.account_state import disable_account, enable_account
from tangthu.signin.actions.end_sessions import end_of
from tangthu.signin.actions.open_practice import open_practice
from tangthu.signin.actions.second_step import reset_second_step
from tangthu.signin.actions.set_password import reset_password, set_own_password
from tangthu.signin.models import SignInState
from tests.support.house import PASSWORD, TestHouse

OF_THE_HOUSE = ("/he-thong/", "/sao-luu/", "/quan-tri-he-thong/", "/co-quan/moi/", "/kho/moi/")
OF_THE_BODY = (
    "/nguoi/", "/don-vi/", "/nguoi-dung/", "/nhat-ky-an-toan/", "/quyen/", "/co-quan/",
    "/nguoi-dung/ra-soat/",
)  # fmt: skip


def client(username: str) -> Client:
    found = Client()
    given = {"username": username, "password": PASSWORD}
    assert found.post("/dang-nhap/", given).status_code == 302
    return found


def person(username: str) -> Person:
    return Account.objects.get(username=username).person


def keeps(username: str) -> bool:
    return viewer_of(person(username)).may_anywhere(KEEP)


def given(cast: TestHouse, username: str, by: str = "dung") -> Appointment:
    """`username` keeps the house, confirmed by the leader of his body."""
    made = give_house(cast.acting(by), username, decision="1/QĐ")
    change_rights.confirm(cast.acting(_leader(username)), "appointment", made.pk)
    return made


def _leader(username: str) -> str:
    return "minh" if username in ("quang", "lan", "nga") else "binh"


@pytest.mark.req("RM-954")
def test_an_administrator_of_a_body_has_nothing_of_the_house_and_who_keeps_it_has(
    shared_cast: TestHouse,
) -> None:
    for page in OF_THE_HOUSE:
        assert client("quang").get(page).status_code == 404, page
        assert client("dung").get(page).status_code == 200, page
    for page in OF_THE_BODY:
        assert client("quang").get(page).status_code == 200, page
    menu = client("quang").get("/").content.decode()
    assert "/he-thong/" not in menu and "/sao-luu/" not in menu
    assert "/quan-tri-he-thong/" not in menu


def test_who_keeps_the_house_gives_it_on_and_a_second_person_confirms(cast: TestHouse) -> None:
    page = client("dung")
    answer = page.post(
        "/quan-tri-he-thong/moi/",
        {"username": "quang", "position": "Quản trị hệ thống", "until": "", "decision": "1/QĐ"},
    )
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert not keeps("quang")
    made = house.posts().get(person=person("quang"))
    assert made.position.body == cast.body("H31.07"), "at his own body, whose leader confirms"
    told = page.get("/quan-tri-he-thong/").content.decode().split("</main>")[0]
    assert "Bùi Quang" in told and "Chờ xác nhận" in told
    with pytest.raises(Refused):
        change_rights.confirm(cast.acting("binh"), "appointment", made.pk)
    change_rights.confirm(cast.acting("minh"), "appointment", made.pk)
    assert keeps("quang") and client("quang").get("/he-thong/").status_code == 200
    with pytest.raises(InvalidInput):
        give_house(cast.acting("dung"), "quang", decision="2/QĐ")
    answer = page.post(f"/quan-tri-he-thong/{made.pk}/thoi/", {"on": "", "decision": "3/QĐ"})
    assert answer.status_code == 302 and not keeps("quang")


def test_no_administrator_of_a_body_makes_himself_or_another_keep_the_house(
    cast: TestHouse,
) -> None:
    quang, body = cast.acting("quang"), cast.body("H31.07")
    with pytest.raises(Refused):
        give_house(quang, "lan", decision="1/QĐ")
    with pytest.raises(Refused):
        appoint(
            quang, person=person("lan"), body=body, position="X", role=Role.KEEPER,
            since=timezone.localdate(),
        )  # fmt: skip
    form = client("quang").get(f"/nguoi/{person('lan').pk}/chuc-vu/").content.decode()
    assert 'value="keeper"' not in form
    assert client("quang").post("/quan-tri-he-thong/moi/", {}).status_code == 404


def test_the_last_who_keeps_the_house_cannot_go_and_the_next_must_be_confirmed(
    cast: TestHouse,
) -> None:
    mine = house.posts().get(person=person("dung"))
    for on in (None, timezone.localdate() + dt.timedelta(days=3)):
        with pytest.raises(LastHolder):
            end_appointment(cast.acting("dung"), mine.pk, decision="1/QĐ", on=on)
    made = give_house(cast.acting("dung"), "quang", decision="1/QĐ")
    with pytest.raises(LastHolder):
        end_appointment(cast.acting("dung"), mine.pk, decision="1/QĐ")
    change_rights.confirm(cast.acting("minh"), "appointment", made.pk)
    end_appointment(cast.acting("dung"), mine.pk, decision="1/QĐ")
    assert not keeps("dung") and keeps("quang")


def last_day(username: str, days: int) -> Appointment:
    """`username` keeps the house to a planned day, confirmed."""
    post = house.posts().get(person=person(username))
    on = timezone.localdate() + dt.timedelta(days=days)
    return end_appointment(SYSTEM, post.pk, decision="1/QĐ", on=on)


def test_no_planned_last_day_leaves_a_day_on_which_nobody_keeps_the_house(
    cast: TestHouse,
) -> None:
    today = timezone.localdate()
    given(cast, "quang")
    last_day("quang", 12)
    dung = house.posts().get(person=person("dung"))
    for on in (None, today, today + dt.timedelta(days=5), today + dt.timedelta(days=30)):
        with pytest.raises(LastHolder):
            end_appointment(cast.acting("dung"), dung.pk, decision="2/QĐ", on=on)
        dung.refresh_from_db()
        assert dung.effective_to is None and dung.ended_at is None
    page = client("dung").post(
        f"/quan-tri-he-thong/{dung.pk}/thoi/",
        {"on": (today + dt.timedelta(days=5)).strftime("%d/%m/%Y"), "decision": "2/QĐ"},
    )
    gap = (today + dt.timedelta(days=13)).strftime("%d/%m/%Y")
    assert page.status_code == 422
    assert f"Từ ngày {gap} không còn ai" in page.content.decode()
    # Who keeps it for good closes the gap; a last day may then be planned.
    given(cast, "lan")
    end_appointment(cast.acting("dung"), dung.pk, decision="2/QĐ", on=today + dt.timedelta(days=5))
    lan = house.posts().get(person=person("lan"))
    with pytest.raises(LastHolder):
        end_appointment(cast.acting("dung"), lan.pk, decision="3/QĐ")


def test_two_who_keep_it_one_after_the_other_leave_no_day_between(cast: TestHouse) -> None:
    today = timezone.localdate()
    given(cast, "quang")
    last_day("quang", 20)
    given(cast, "lan")
    last_day("lan", 10)
    dung = house.posts().get(person=person("dung"))
    last = end_appointment(SYSTEM, dung.pk, decision="1/QĐ", on=today + dt.timedelta(days=30))
    assert last.effective_to is not None
    # Of the days to the thirtieth the other two have twenty.
    with pytest.raises(LastHolder):
        end_appointment(cast.acting("dung"), dung.pk, decision="2/QĐ")
    lan = house.posts().get(person=person("lan"))
    end_appointment(cast.acting("dung"), lan.pk, decision="2/QĐ")
    quang = house.posts().get(person=person("quang"))
    end_appointment(cast.acting("dung"), quang.pk, decision="2/QĐ", on=today + dt.timedelta(days=3))
    # The same last day once more takes nothing away.
    end_appointment(cast.acting("dung"), dung.pk, decision="3/QĐ", on=last.effective_to)


@pytest.mark.req("RM-954")
def test_nobody_keeps_the_house_while_who_reset_his_password_may_sign_in_as_him(
    cast: TestHouse,
) -> None:
    """Else an administrator of a body would reset a person, let the house be given to him, and
    keep it in his name."""
    lan = person("lan")
    password = reset_password(cast.acting("quang"), lan.pk)
    made = give_house(cast.acting("dung"), "lan", decision="1/QĐ")
    at = f"/quyen/appointment/{made.pk}/"
    answer = client("minh").post(at, {"decision": "confirm"})
    assert answer.status_code == 409
    assert "do người khác cấp" in answer.content.decode()
    # Whoever set his own now may still be the other; for a while that is not known.
    thief, own = Client(), "Trang-giay-Moi-1"
    thief.post("/dang-nhap/", {"username": "lan", "password": password})
    thief.post("/tai-khoan/mat-khau/", {"old": password, "new": own, "again": own})
    with pytest.raises(house.NotHisAlone):
        change_rights.confirm(cast.acting("minh"), "appointment", made.pk)
    assert not keeps("lan")
    # While it waits nobody but who keeps the house resets him once more.
    with pytest.raises(KeptByOthers):
        reset_password(cast.acting("quang"), lan.pk)
    day = timezone.now() - dt.timedelta(hours=25)
    SignInState.objects.filter(account__person=lan).update(reset_at=day)
    with pytest.raises(house.NotHisAlone):  # the other may have waited before he set it
        change_rights.confirm(cast.acting("minh"), "appointment", made.pk)
    SignInState.objects.filter(account__person=lan).update(own_since=day)
    change_rights.confirm(cast.acting("minh"), "appointment", made.pk)
    assert keeps("lan")


@pytest.mark.req("RM-954")
def test_nobody_new_keeps_the_house_before_his_own_password_has_stood_for_a_while(
    cast: TestHouse,
) -> None:
    """Whoever enters a new person hands out the first password, and may set the next as well."""
    given = "Mat-khau-duoc-cap-1"
    add_person(
        cast.acting("quang"), body=cast.body("H31.07"), full_name="Đỗ Văn Mới", username="moi",
        password=given,
    )  # fmt: skip
    made = give_house(cast.acting("dung"), "moi", decision="2/QĐ")
    account, own = Account.objects.get(username="moi"), "Trang-giay-Moi-1"
    set_own_password(account, old=given, new=own)
    state = SignInState.objects.get(account__username="moi")
    assert state.own_since is not None
    with pytest.raises(house.NotHisAlone):
        change_rights.confirm(cast.acting("minh"), "appointment", made.pk)
    state.own_since -= dt.timedelta(hours=25)
    state.save()
    set_own_password(account, old=own, new=own + "-2")
    change_rights.confirm(cast.acting("minh"), "appointment", made.pk)
    assert keeps("moi")


def test_whoever_administers_a_body_does_not_come_in_as_who_keeps_the_house(
    cast: TestHouse,
) -> None:
    """An administrator of the body that answers for such a person resets nothing of his."""
    given(cast, "lan")
    lan, quang = person("lan"), cast.acting("quang")
    for act in (reset_password, reset_second_step, disable_account, end_of):
        with pytest.raises(KeptByOthers):
            act(quang, lan.pk)
    with pytest.raises(KeptByOthers):
        leave(quang, lan.pk, decision="1/QĐ")
    with pytest.raises(NotFoundForViewer):
        post = house.posts().get(person=lan)
        end_appointment(quang, post.pk, decision="1/QĐ")
    with pytest.raises(KeptByOthers):
        see_as.ask(quang, lan.pk, reason="xem thử")
    page = client("quang").get(f"/nguoi-dung/{lan.pk}/")
    told = page.content.decode().split("</main>")[0]
    for act_of in ("Vô hiệu hóa", "Đặt lại mật khẩu", "Xem như người này"):
        assert act_of not in told
    disable_account(SYSTEM, lan.pk)
    with pytest.raises(KeptByOthers):
        enable_account(quang, lan.pk)
    told = client("quang").get(f"/nguoi-dung/{lan.pk}/").content.decode().split("</main>")[0]
    assert "Cho dùng lại" not in told
    enable_account(SYSTEM, lan.pk)
    end_appointment(cast.acting("dung"), house.posts().get(person=lan).pk, decision="2/QĐ")
    assert reset_password(quang, lan.pk)


def test_who_sees_as_somebody_does_no_more_once_that_one_keeps_the_house(cast: TestHouse) -> None:
    quang = cast.acting("quang")
    asked = see_as.ask(quang, person("lan").pk, reason="xem thử")
    see_as.allow(cast.acting("lan"), asked.pk)
    assert see_as.in_force(quang, str(asked.pk)) is not None
    given(cast, "lan")
    assert see_as.in_force(quang, str(asked.pk)) is None


def test_who_opens_a_body_makes_nobody_there_keep_the_house_alone(cast: TestHouse) -> None:
    """At a new body a position holds at once, for nobody confirms yet; the house's does not."""
    dung = cast.acting("dung")
    body, first = open_further(
        dung, code="H32.01", archive_code="000.32.01", name="Ủy ban nhân dân xã Mới",
        short_name="Xã Mới", origin="moi.example/H32.01", username="moi", full_name="Lê Văn Mới",
        position="Quản trị", password=PASSWORD, since=timezone.localdate(),
    )  # fmt: skip
    assert viewer_of(first).may("people.manage", body.pk)
    made = give_house(dung, "moi", decision="1/QĐ")
    assert not made.alone and not keeps("moi")


@pytest.mark.req("RM-955")
def test_who_only_keeps_the_house_proves_himself_as_an_administrator(cast: TestHouse) -> None:
    given(cast, "hoa")
    hoa = SignInState.objects.filter(account__username="hoa")
    hoa.update(demonstration=False)
    signed_in = {"username": "hoa", "password": PASSWORD}
    assert Client().post("/dang-nhap/", signed_in)["Location"] == "/tai-khoan/buoc-hai/"
    hoa.update(demonstration=True, password_at=timezone.now() - dt.timedelta(days=63))
    assert Client().post("/dang-nhap/", signed_in)["Location"] == "/tai-khoan/mat-khau/"


def test_nobody_who_only_practises_keeps_the_house(cast: TestHouse) -> None:
    place = open_practice(cast.acting("dung"), cast.body("H30.81").pk)
    with pytest.raises(InvalidInput):
        give_house(cast.acting("dung"), place.people[0][0], decision="1/QĐ")
    with pytest.raises(InvalidInput):
        appoint(
            cast.acting("dung"), person=person(place.people[0][0]), body=place.body, position="X",
            role=Role.KEEPER, since=timezone.localdate(),
        )  # fmt: skip


def test_an_installation_from_before_is_handed_over_to_the_administrators_of_its_first_body(
    cast: TestHouse,
) -> None:
    assert hand_over() == 0, "somebody keeps it"
    # As it was before there was the role: the rows of the cast are told of by no event here.
    _forget_the_role()
    assert not keeps("dung") and not keeps("quang")
    assert hand_over() == 1
    assert keeps("dung") and not keeps("quang")
    made = house.posts().get(person=person("dung"))
    assert made.confirmed_at is not None and made.decision
    assert hand_over() == 0, "once"


def test_a_house_whose_rules_take_the_right_from_the_role_is_not_handed_over_again(
    shared_cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "keeping_roles", frozenset)
    assert hand_over() == 0


def _forget_the_role() -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        for table in ("identity_appointment", "identity_position"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "DELETE FROM identity_appointment a USING identity_position p"
            " WHERE p.id = a.position_id AND p.role = 'keeper'"
        )
        cursor.execute("DELETE FROM identity_position WHERE role = 'keeper'")
        for table in ("identity_appointment", "identity_position"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    assert not Position.objects.filter(role=Role.KEEPER).exists()
