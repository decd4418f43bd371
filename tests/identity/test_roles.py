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
