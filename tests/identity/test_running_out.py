"""What a person was given at a body ends with the day on which his last position there runs out,
and the list of changes of rights is read to its end."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from tangthu.identity import changes, staff, standing
from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions import change_rights
from tangthu.identity.actions.add_person import appoint
from tangthu.identity.actions.grant_right import ask_grant
from tangthu.identity.actions.groups import ask_member, open_group
from tangthu.identity.models import Account, Grant, Person
from tangthu.identity.views import changes as page
from tests.support.house import PASSWORD, TestHouse
from tests.support.records import CONDITIONAL, make_dossier

TODAY = timezone.localdate


def person(username: str) -> Person:
    return Account.objects.get(username=username).person


def given(house: TestHouse, username: str, scope: uuid.UUID) -> Grant:
    made = ask_grant(
        house.acting("cuc"), right="read.conditional", scope_kind="dossier", scope=scope,
        holder_kind="person", holder=person(username).pk, decision="1/QĐ",
    )  # fmt: skip
    change_rights.confirm(house.acting("binh"), "grant", made.pk)
    return made


def sees(house: TestHouse, username: str, scope: uuid.UUID) -> bool:
    from tangthu.records import queries

    return queries.dossiers(house.acting(username).viewer).filter(pk=scope).exists()


def listed(house: TestHouse, scope: uuid.UUID) -> set[str]:
    """Who stands on the page of who may see, as `cuc` reads it."""
    client = Client()
    assert client.post("/dang-nhap/", {"username": "cuc", "password": PASSWORD}).status_code == 302
    text = client.get(f"/ho-so/{scope}/ai-duoc-xem/").content.decode().split("</main>")[0]
    names = {one: person(one).full_name for one in ("lan", "minh", "hoa")}
    return {one for one, name in names.items() if name in text}


@pytest.mark.req("RM-690")
def test_a_grant_and_a_group_end_on_the_day_after_the_last_position_at_the_body(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, today = cast.body("H30.81"), TODAY()
    scope = make_dossier(cast, access=CONDITIONAL).dossier.pk
    last = today + dt.timedelta(days=5)
    post = {"person": person("lan"), "body": body, "role": "officer", "since": today}
    appoint(SYSTEM, position="Biệt phái", until=last, **post)  # type: ignore[arg-type]
    made, outsider = given(cast, "lan", scope), given(cast, "minh", scope)
    group = open_group(cast.acting("dung"), body_id=body.pk, name="Tổ")
    member = ask_member(cast.acting("dung"), group.pk, person("lan").pk, decision="2/QĐ")
    change_rights.confirm(cast.acting("binh"), "member", member.pk)
    assert listed(cast, scope) >= {"lan", "minh"}

    def on(day: dt.date) -> None:
        monkeypatch.setattr(timezone, "localdate", lambda *_given: day)

    on(last)
    assert sees(cast, "lan", scope) and sees(cast, "minh", scope), "the last day counts"
    assert group.pk in standing.holds_as(person("lan").pk)
    on(last + dt.timedelta(days=1))
    assert not sees(cast, "lan", scope) and sees(cast, "minh", scope), "he never had a position"
    assert group.pk not in standing.holds_as(person("lan").pk)
    told = changes.change(cast.acting("binh").viewer, "grant", made.pk)
    assert told.state == "ended"
    assert changes.change(cast.acting("binh").viewer, "grant", outsider.pk).state == "standing"
    (mine,) = staff.grants(cast.acting("dung").viewer, person("lan").pk)
    assert not staff.stands(mine)
    # A later position brings nothing back; one that follows without a day between would have.
    again = {**post, "since": last + dt.timedelta(days=3)}
    appoint(SYSTEM, position="Trở lại", **again)  # type: ignore[arg-type]
    on(last + dt.timedelta(days=4))
    assert not sees(cast, "lan", scope)


def test_what_follows_without_a_day_between_keeps_what_was_given(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, today = cast.body("H30.81"), TODAY()
    scope = make_dossier(cast, access=CONDITIONAL).dossier.pk
    last = today + dt.timedelta(days=5)
    post = {"person": person("lan"), "body": body, "role": "officer"}
    appoint(SYSTEM, position="Một", since=today, until=last, **post)  # type: ignore[arg-type]
    given(cast, "lan", scope)
    appoint(SYSTEM, position="Hai", since=last + dt.timedelta(days=1), **post)  # type: ignore[arg-type]
    monkeypatch.setattr(timezone, "localdate", lambda *_given: last + dt.timedelta(days=2))
    assert sees(cast, "lan", scope)


def test_the_list_of_changes_is_read_to_its_end_by_key(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = make_dossier(cast, access=CONDITIONAL).dossier.pk
    for number in range(7):
        made = ask_grant(
            cast.acting("cuc"), right="read.public", scope_kind="dossier", scope=scope,
            holder_kind="person", holder=person("hoa").pk, decision=f"{number}/QĐ",
        )  # fmt: skip
        if number % 2:
            change_rights.confirm(cast.acting("binh"), "grant", made.pk)
    viewer = cast.acting("binh").viewer
    whole = [one.id for one in changes.page_of(viewer, 100)]
    assert len(whole) == changes.count(viewer, only_waiting=False) > 10
    monkeypatch.setattr(page, "_PAGE", 3)
    client = Client()
    client.post("/dang-nhap/", {"username": "binh", "password": PASSWORD})
    for address, wanted in (
        ("/quyen/", whole),
        ("/quyen/?cho=1", [one.id for one in changes.page_of(viewer, 100, only_waiting=True)]),
    ):
        found: list[uuid.UUID] = []
        pages = []
        while address:
            pages.append(address)
            text = client.get(address).content.decode()
            found += _ids(text)
            address = _link(text, "next")
        assert found == wanted
        text = client.get(pages[2] if len(pages) > 2 else pages[-1]).content.decode()
        back = client.get(_link(text, "prev")).content.decode()
        assert _ids(back) == _ids(client.get(pages[-2 if len(pages) < 3 else 1]).content.decode())


def _ids(text: str) -> list[uuid.UUID]:
    main = text.split("</main>")[0]
    found = re.findall(r'href="/quyen/(?:grant|member|appointment)/([0-9a-f-]{36})/', main)
    return [uuid.UUID(one) for one in dict.fromkeys(found)]


def _link(text: str, rel: str) -> str:
    import html

    found = re.search(rf'<a[^>]*rel="{rel}"[^>]*>', text)
    if found is None:
        return ""
    address = re.search(r'href="([^"]*)"', found.group())
    assert address
    link = html.unescape(address.group(1))
    return link if link.startswith("/") else f"/quyen/{link}"
