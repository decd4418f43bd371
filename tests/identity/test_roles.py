"""The twelve roles: each is given, limited in time and withdrawn, and gives what the rules say."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions.add_person import add_person, appoint
from tangthu.identity.actions.end_appointment import end_appointment
from tangthu.identity.models import Appointment, Person, Role
from tangthu.identity.queries import viewer_of
from tangthu.identity.roles import RIGHTS, rights_on
from tests.support.house import PASSWORD, TestHouse


def held(person: Person) -> set[str]:
    viewer = viewer_of(person)
    return {right for right in RIGHTS if viewer.bodies_with(right)}


@pytest.mark.req("RM-336")
def test_each_role_is_given_for_a_time_and_withdrawn_and_gives_what_the_rules_say(
    cast: TestHouse,
) -> None:
    today, body = timezone.localdate(), cast.body("H30.81")
    given = rights_on(today)
    assert set(given) == set(Role.values), "a role without rules, or rules without a role"
    for role, rights in given.items():
        person = add_person(
            SYSTEM, body=body, full_name=role, username=f"x{role}"[:20].replace("_", ""),
            password=PASSWORD,
        )  # fmt: skip

        def hold(
            since: int, until: int | None, who: Person = person, role: str = role
        ) -> Appointment:
            return appoint(
                SYSTEM, person=who, body=body, position=role, role=role,
                since=today + dt.timedelta(days=since),
                until=None if until is None else today + dt.timedelta(days=until),
            )  # fmt: skip

        hold(-9, -1)
        hold(1, 9)
        assert held(person) == set(), f"{role}: over, or not begun"
        mine = hold(0, 0)
        assert held(person) == rights, role
        end_appointment(cast.acting("dung"), mine.pk, decision="QĐ 5")
        assert held(person) == set(), f"{role}: withdrawn"


@pytest.mark.req("RM-690", "AR-30")
def test_who_changes_post_has_the_rights_of_the_new_one_and_none_of_the_old(
    cast: TestHouse,
) -> None:
    today, body = timezone.localdate(), cast.body("H30.81")
    person = Person.objects.get(pk=cast.acting("hoa").viewer.person_id)
    old = Appointment.objects.get(person=person)
    before = held(person)
    end_appointment(cast.acting("dung"), old.pk, decision="QĐ 5")
    appoint(SYSTEM, person=person, body=body, position="Lưu trữ viên", role="archivist",
            since=today)  # fmt: skip
    assert held(person) == rights_on(today)["archivist"] != before


@pytest.mark.req("RM-690", "AR-30")
def test_rights_follow_the_rules_of_the_day(cast: TestHouse) -> None:
    person = Person.objects.get(pk=cast.acting("hoa").viewer.person_id)
    today = timezone.localdate()
    role = Appointment.objects.get(person=person).position.role
    before = held(person)
    assert "read.public" in before
    rules = cast.home.root / "rules"
    rules.mkdir(exist_ok=True)
    head = f'[[values]]\nkey = "role.{role}"\nvi = "x"\ncitation = "x"\nevidence = "N"\n'
    old, new = today - dt.timedelta(days=1), today
    given = '", "'.join(sorted(before))
    written = rules / "doi-quyen.toml"
    written.write_text(
        f'{head}value = ["{given}"]\neffective_from = 2020-03-05\neffective_to = {old}\n\n'
        f'{head}value = ["read.public"]\neffective_from = {new}\n',
        encoding="utf-8",
    )
    try:
        assert held(person) == {"read.public"} != before
        assert rights_on(old)[role] == before
    finally:
        written.unlink()
    assert held(person) == before
