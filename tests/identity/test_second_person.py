"""Nobody does without the second person: not by removing him, not by confirming for himself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tangthu.identity import changes
from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions import change_rights
from tangthu.identity.actions.add_person import appoint
from tangthu.identity.actions.change_rights import OwnChange
from tangthu.identity.actions.delegate import delegate
from tangthu.identity.actions.end_appointment import end_appointment
from tangthu.identity.actions.grant_right import ask_grant
from tangthu.identity.actions.leave import leave
from tangthu.identity.actions.rename_person import rename_person
from tangthu.identity.actions.reorganise import reorganise
from tangthu.identity.actions.units import open_unit
from tangthu.identity.keeping import LastHolder
from tangthu.identity.models import Account, Appointment, Grant, Person
from tangthu.identity.queries import viewer_named, viewer_of
from tangthu.kernel.errors import InvalidInput
from tangthu.ledger.history import history
from tests.identity.test_people_pages import client
from tests.support.house import TestHouse

TODAY = timezone.localdate


def person(username: str) -> Person:
    return Account.objects.get(username=username).person


def held(username: str) -> Appointment:
    mine = Appointment.objects.filter(person=person(username), ended_at=None)
    return mine.exclude(position__role="keeper").get()


@pytest.mark.req("RM-630")
def test_the_last_who_confirms_or_manages_is_not_removed_and_his_going_frees_nobody(
    cast: TestHouse,
) -> None:
    body, dung = cast.body("H30.81"), cast.acting("dung")
    tomorrow = TODAY() + dt.timedelta(days=1)
    for who in ("binh", "dung"):
        for on in (None, tomorrow):
            with pytest.raises(LastHolder) as refused:
                end_appointment(dung, held(who).pk, decision="1/QĐ", on=on)
            assert "person rescue" in str(refused.value.hint)
    with pytest.raises(LastHolder):
        leave(dung, person("binh").pk, decision="1/QĐ")
    assert viewer_of(person("binh")).positions and viewer_of(person("dung")).positions
    # Gone all the same, by whoever runs the machine: what is asked for waits, it gives nothing.
    end_appointment(SYSTEM, held("binh").pk, decision="1/QĐ")
    made = appoint(
        dung, person=person("dung"), body=body, position="Lưu trữ", role="archivist", since=TODAY()
    )
    assert not made.alone and not viewer_of(person("dung")).may("read.conditional", body.pk)
    page = client("cuc").get(f"/quyen/appointment/{made.pk}/").content.decode()
    assert "Chưa ai xác nhận được thay đổi này" in page
    # With a second one, who was confirmed by somebody else, the first may go.
    appoint(
        SYSTEM, person=person("hoa"), body=body, position="ATTT", role="security_officer",
        since=TODAY(),
    )  # fmt: skip
    second = appoint(
        dung, person=person("binh"), body=body, position="Phó", role="deputy", since=TODAY()
    )
    with pytest.raises(LastHolder):
        leave(dung, person("hoa").pk, decision="1/QĐ")
    change_rights.confirm(cast.acting("hoa"), "appointment", second.pk)
    leave(dung, person("hoa").pk, decision="1/QĐ")


@pytest.mark.req("RM-630")
def test_nobody_confirms_for_himself_by_what_he_holds_or_belongs_to(cast: TestHouse) -> None:
    body = cast.body("H30.81")
    unit = open_unit(cast.acting("dung"), body_id=body.pk, name="P", since=TODAY(), decision="1")
    mine = appoint(
        SYSTEM, person=person("hoa"), body=body, position="ATTT", role="security_officer",
        since=TODAY(), unit=unit,
    )  # fmt: skip
    for kind, holder in (("position", mine.position_id), ("unit", unit.pk)):
        asked = ask_grant(
            cast.acting("dung"), right="read.conditional", scope_kind="body", scope=body.pk,
            holder_kind=kind, holder=holder, decision="12",
        )  # fmt: skip
        before = changes.waiting_for(viewer_of(person("hoa")))
        with pytest.raises(OwnChange):
            change_rights.confirm(cast.acting("hoa"), "grant", asked.pk)
        assert before == 0, "it is in no queue of his"
        change_rights.confirm(cast.acting("binh"), "grant", asked.pk)
        assert Grant.objects.get(pk=asked.pk).confirmed_at
    told = client("dung").post(
        f"/nguoi/{person('binh').pk}/chuc-vu/",
        {"position": "Kiêm", "role": "officer", "unit": "", "kind": "concurrent", "until": "",
         "since": f"{TODAY():%d/%m/%Y}", "decision": "1", "knowing": "on"},
        follow=True,
    ).content.decode()  # fmt: skip
    assert "xác nhận thứ hai" not in told, "the security officer confirms it"
    end_appointment(cast.acting("dung"), mine.pk, decision="2/QĐ")
    told = client("dung").post(
        f"/nguoi/{person('binh').pk}/chuc-vu/",
        {"position": "Kiêm 2", "role": "officer", "unit": "", "kind": "concurrent", "until": "",
         "since": f"{TODAY():%d/%m/%Y}", "decision": "1", "knowing": "on"},
        follow=True,
    ).content.decode()  # fmt: skip
    assert "xác nhận thứ hai" in told
    assert "Kiêm 2" not in client("binh").get("/").content.decode(), "it is not his to confirm"


def test_an_end_is_no_longer_stay_and_a_planned_change_takes_nothing_today(cast: TestHouse) -> None:
    body, dung = cast.body("H30.81"), cast.acting("dung")
    until = TODAY() + dt.timedelta(days=7)
    short = appoint(
        SYSTEM, person=person("hoa"), body=body, position="Q", role="archivist", since=TODAY(),
        until=until,
    )  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        end_appointment(dung, short.pk, decision="1/QĐ", on=until + dt.timedelta(days=1))
    assert set(refused.value.problems) == {"on"}
    unit = open_unit(dung, body_id=body.pk, name="A", since=TODAY(), decision="1")
    moved = appoint(
        SYSTEM, person=person("cuc"), body=body, position="VT", role="clerk", since=TODAY(),
        unit=unit,
    )  # fmt: skip
    reorganise(
        dung, body_id=body.pk, ending=[unit.pk], opening=["B"], moves={moved.pk: 0},
        since=TODAY() + dt.timedelta(days=60), decision="QĐ",
    )  # fmt: skip
    moved.refresh_from_db()
    assert (moved.ended_at, moved.effective_to) == (None, TODAY() + dt.timedelta(days=59))
    assert [title for _b, _r, title in viewer_named("cuc").positions].count("VT") == 1  # type: ignore[union-attr]
    # What was asked for stands in the ledger, so that what is confirmed is known.
    asked = Appointment.objects.get(person=person("cuc"), confirmed_at=None)
    detail = history(person("cuc").pk)[-1].fields["detail"]
    assert detail["change"] == str(asked.pk) and detail["kind"] == "main"
    assert detail["decision"] == "QĐ" and detail["unit"] == str(asked.position.unit_id)


def test_nothing_given_at_a_body_outlives_the_last_post_there(cast: TestHouse) -> None:
    body, hoa = cast.body("H30.81"), person("hoa")
    given = ask_grant(
        cast.acting("cuc"), right="read.conditional", scope_kind="body", scope=body.pk,
        holder_kind="person", holder=hoa.pk, decision="12",
    )  # fmt: skip
    change_rights.confirm(cast.acting("binh"), "grant", given.pk)
    lend: dict[str, Any] = {
        "body_id": body.pk, "receiver_id": hoa.pk, "rights": ["read.conditional"],
        "since": TODAY(), "until": TODAY() + dt.timedelta(days=300), "decision": "1",
    }  # fmt: skip
    for wrong in (
        {"since": TODAY() - dt.timedelta(days=1)}, {"until": TODAY() + dt.timedelta(days=400)},
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            delegate(cast.acting("binh"), **{**lend, **wrong})
        assert set(refused.value.problems) == set(wrong)
    delegate(cast.acting("binh"), **lend)
    assert viewer_of(hoa).may("read.conditional", body.pk)
    end_appointment(cast.acting("dung"), held("hoa").pk, decision="z")
    appoint(
        SYSTEM, person=hoa, body=cast.body("H31.07"), position="VT", role="clerk", since=TODAY()
    )
    assert not viewer_of(hoa).may("read.conditional", body.pk)
    given.refresh_from_db()
    assert given.ended_at and not given.waits
    assert history(hoa.pk)[-2].fields["detail"]["ends_too"] == {"grant": 1}


def test_a_post_dated_back_is_told_to_who_confirms_it_and_a_name_has_no_hidden_character(
    cast: TestHouse,
) -> None:
    since = TODAY() - dt.timedelta(days=400)
    made = appoint(
        cast.acting("dung"), person=person("hoa"), body=cast.body("H30.81"), position="X",
        role="officer", since=since,
    )  # fmt: skip
    page = client("binh").get(f"/quyen/appointment/{made.pk}/").content.decode()
    assert "lùi ngày" in page and "400" in page
    for hidden in ("\u200b", "\u202e", "\x07"):
        with pytest.raises(InvalidInput):
            rename_person(cast.acting("dung"), person("dung").pk, full_name=f"Lê Văn{hidden} Bình")
    told = client("dung").post(
        f"/nguoi/{person('dung').pk}/ho-ten/", {"full_name": "Lê Văn Binh"}, follow=True
    )
    assert "người khác tên giống" in told.content.decode()
