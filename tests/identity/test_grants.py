"""Grants for a body, a fonds, a dossier, a document: asked for, confirmed, and what they then open.

Three things must say the same: the reads of records, the index, and the page that tells who may see
a record and why.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from typing import Any

import pytest
from django.test import Client

from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tests.support.house import PASSWORD, TestHouse
from tests.support.records import CONDITIONAL, MadeDossier, make_dossier


def grant(house: TestHouse, who: str, right: str, kind: str, scope: uuid.UUID, **given: Any) -> Any:
    """A grant for a person, asked for by `by` (the archivist), not yet confirmed."""
    from tangthu.identity.actions.grant_right import ask_grant
    from tangthu.identity.queries import viewer_named

    holder = viewer_named(who)
    assert holder is not None
    values: dict[str, Any] = {
        "holder_kind": "person",
        "holder": holder.person_id,
        "decision": "12/QĐ-CC ngày 03/02/2026",
        **given,
    }
    by = values.pop("by", "cuc")
    return ask_grant(house.acting(by), right=right, scope_kind=kind, scope=scope, **values)


def confirm(house: TestHouse, change: Any, who: str = "binh", kind: str = "grant") -> None:
    from tangthu.identity.actions.change_rights import confirm as run

    run(house.acting(who), kind, change.pk)


def sees(house: TestHouse, username: str, made: MadeDossier) -> tuple[bool, int]:
    """Whether a person may see the dossier, and how many of its documents."""
    from tangthu.records import queries

    viewer = house.acting(username).viewer
    documents = queries.documents(viewer).filter(memberships__dossier=made.dossier)
    return queries.dossiers(viewer).filter(pk=made.dossier.pk).exists(), documents.count()


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/dang-nhap/", {"username": username, "password": PASSWORD})
    return client


@pytest.fixture
def closed(cast: TestHouse) -> MadeDossier:
    """A dossier that only leaders and archivists of its body may see, with two documents."""
    return make_dossier(cast, access=CONDITIONAL, documents=({}, {}))


@pytest.mark.req("RM-630", "AR-21")
def test_a_right_on_one_document_opens_nothing_until_a_second_person_confirms_it(
    cast: TestHouse, closed: MadeDossier
) -> None:
    asked = grant(cast, "hoa", "read.conditional", "document", closed.documents[0].pk)
    assert asked.waits
    assert sees(cast, "hoa", closed) == (False, 0)
    confirm(cast, asked)
    assert sees(cast, "hoa", closed) == (False, 1), "the one document, and not its dossier"


def test_nobody_confirms_what_he_asked_for_nor_a_right_for_himself(
    cast: TestHouse, closed: MadeDossier
) -> None:
    from tangthu.identity.actions.change_rights import OwnChange

    own = grant(cast, "hoa", "read.conditional", "dossier", closed.dossier.pk, by="binh")
    with pytest.raises(OwnChange):
        confirm(cast, own)
    for_himself = grant(cast, "binh", "read.public", "dossier", closed.dossier.pk)
    with pytest.raises(OwnChange):
        confirm(cast, for_himself)
    with pytest.raises(Refused):
        confirm(cast, own, who="cuc")
    with pytest.raises(Refused):
        confirm(cast, own, who="minh")


def test_a_refused_right_opens_nothing_and_is_not_decided_twice(
    cast: TestHouse, closed: MadeDossier
) -> None:
    from tangthu.identity.actions.change_rights import AlreadyDecided, refuse

    asked = grant(cast, "hoa", "read.conditional", "dossier", closed.dossier.pk)
    refuse(cast.acting("binh"), "grant", asked.pk)
    assert sees(cast, "hoa", closed) == (False, 0)
    with pytest.raises(AlreadyDecided):
        confirm(cast, asked)


@pytest.mark.req("RM-690", "AR-103")
def test_a_right_ends_at_once_and_its_end_stands_unconfirmed_until_somebody_confirms_it(
    cast: TestHouse, closed: MadeDossier
) -> None:
    from tangthu.identity.actions.change_rights import end

    asked = grant(cast, "hoa", "read.conditional", "dossier", closed.dossier.pk)
    confirm(cast, asked)
    assert sees(cast, "hoa", closed) == (True, 2)
    end(cast.acting("cuc"), "grant", asked.pk)
    assert sees(cast, "hoa", closed) == (False, 0)
    asked.refresh_from_db()
    assert asked.waits
    confirm(cast, asked)
    asked.refresh_from_db()
    assert not asked.waits


@pytest.mark.parametrize("who", ["cuc", "binh", "dung", "nga"])
def test_a_position_does_not_end_as_a_grant_does(cast: TestHouse, who: str) -> None:
    from tangthu.identity.actions.change_rights import end
    from tangthu.identity.models import Appointment

    held = Appointment.objects.get(person_id=cast.acting("hoa").viewer.person_id)
    with pytest.raises(NotFoundForViewer):
        end(cast.acting(who), "appointment", held.pk)
    held.refresh_from_db()
    assert held.ended_at is None


def test_what_was_asked_for_can_be_taken_back_and_then_nobody_has_to_confirm_that(
    cast: TestHouse, closed: MadeDossier
) -> None:
    from tangthu.identity.actions.change_rights import AlreadyDecided, end

    asked = grant(cast, "hoa", "read.conditional", "dossier", closed.dossier.pk)
    end(cast.acting("cuc"), "grant", asked.pk)
    asked.refresh_from_db()
    assert not asked.waits
    with pytest.raises(AlreadyDecided):
        confirm(cast, asked)


def test_the_oldest_changes_wait_first_and_their_list_takes_few_statements(
    cast: TestHouse, closed: MadeDossier
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tangthu.identity import changes

    kinds = [("dossier", closed.dossier.pk)] + [("document", one.pk) for one in closed.documents]
    asked = [
        grant(cast, who, "read.conditional", kind, scope)
        for kind, scope in kinds
        for who in ("hoa", "dung", "lan", "minh")
    ]
    leader = cast.acting("binh").viewer
    assert [one.id for one in changes.page_of(leader, 2, only_waiting=True)] == [
        one.pk for one in asked[:2]
    ]
    with CaptureQueriesContext(
        connection,
    ) as few:
        changes.page_of(leader, 2, only_waiting=True)
    with CaptureQueriesContext(connection) as many:
        told = changes.page_of(leader, 50, only_waiting=True)
    assert len(told) == len(asked)
    assert {one.scope for one in told if one.scope_url == ""} == set()
    assert len(many) <= len(few) + 1, "the documents beside the dossier"


@pytest.mark.parametrize("days", [-1, 1])
def test_a_right_holds_between_its_days_alone(
    cast: TestHouse, closed: MadeDossier, days: int
) -> None:
    from django.utils import timezone

    day = timezone.localdate() + dt.timedelta(days=days)
    span = {"since": day} if days > 0 else {"since": day, "until": day}
    confirm(cast, grant(cast, "hoa", "read.conditional", "dossier", closed.dossier.pk, **span))
    assert sees(cast, "hoa", closed) == (False, 0)


def test_a_grant_to_a_group_opens_for_its_confirmed_members(
    cast: TestHouse, closed: MadeDossier
) -> None:
    from tangthu.identity.actions.groups import ask_member, close_group, open_group

    dung, hoa = cast.acting("dung"), cast.acting("hoa").viewer.person_id
    group = open_group(dung, body_id=closed.dossier.body_id, name="Tổ thanh tra")
    how = {"holder_kind": "group", "holder": group.pk}
    confirm(cast, grant(cast, "hoa", "read.conditional", "dossier", closed.dossier.pk, **how))
    member = ask_member(dung, group.pk, hoa, decision="4/QĐ")
    assert sees(cast, "hoa", closed) == (False, 0)
    confirm(cast, member, kind="member")
    assert sees(cast, "hoa", closed) == (True, 2)
    close_group(dung, group.pk)
    assert sees(cast, "hoa", closed) == (False, 0)


def test_whoever_may_not_see_a_record_cannot_give_rights_on_it_nor_learn_that_it_exists(
    cast: TestHouse, closed: MadeDossier
) -> None:
    for scope in (closed.dossier.pk, uuid.uuid4()):
        with pytest.raises(NotFoundForViewer):
            grant(cast, "lan", "read.public", "dossier", scope, by="nga")
        with pytest.raises(NotFoundForViewer):
            grant(cast, "hoa", "read.public", "dossier", scope, by="dung")
    with pytest.raises(Refused):
        grant(cast, "hoa", "read.public", "body", closed.dossier.body_id, by="hoa")


@pytest.mark.parametrize(
    "wrong",
    [
        {"right": "people.manage"},
        {"right": "archive.describe"},
        {"right": "không có"},
        {"decision": "  "},
        {"holder": uuid.UUID(int=5)},
        {"holder_kind": "unit"},
        {"holder_kind": "body"},
        {"until": dt.date(2001, 1, 1)},
    ],
)
def test_a_grant_that_means_nothing_is_refused_in_words(
    cast: TestHouse, closed: MadeDossier, wrong: dict[str, Any]
) -> None:
    given = {"right": "read.public", **wrong}
    with pytest.raises(InvalidInput) as refused:
        grant(cast, "hoa", given.pop("right"), "dossier", closed.dossier.pk, **given)
    assert refused.value.problems


def test_a_document_of_two_dossiers_is_opened_by_a_grant_for_itself_alone(cast: TestHouse) -> None:
    from django.db import transaction

    from tangthu.archive.searchables import reindex_dossiers
    from tangthu.ledger.record import Event, record
    from tangthu.records.models import Membership

    one = make_dossier(cast, access=CONDITIONAL, documents=({},))
    other = make_dossier(cast, access=CONDITIONAL, number="02", documents=({},))
    shared = one.documents[0]
    with transaction.atomic():
        Membership(dossier=other.dossier, document=shared, ordinal=9).save()
        for obj in (other.dossier.pk, shared.pk):
            record(
                Event(
                    "records.dossier.described", obj, shared.body_id,
                    cast.acting("cuc").actor(shared.body_id),
                )
            )  # fmt: skip
    reindex_dossiers([one.dossier.pk, other.dossier.pk])
    for made in (one, other):
        confirm(cast, grant(cast, "hoa", "read.conditional", "dossier", made.dossier.pk))
    assert sees(cast, "hoa", one) == (True, 0)
    assert sees(cast, "hoa", other) == (True, 1)
    confirm(cast, grant(cast, "hoa", "read.conditional", "document", shared.pk))
    assert sees(cast, "hoa", one) == (True, 1)


def _found_by_index(viewer: Any) -> set[uuid.UUID]:
    from tangthu.discovery import lists

    rows = lists.portion(viewer, "", limit=1000)
    count, capped = lists.count(viewer, "")
    assert (count, capped) == (len(rows), False)
    assert len({row.obj for row in rows}) == len(rows)
    return {row.obj for row in rows}


def _found_in_records(viewer: Any) -> set[uuid.UUID]:
    from tangthu.records import queries

    dossiers = queries.dossiers(viewer).values_list("pk", flat=True)
    return {*dossiers, *queries.documents(viewer).values_list("pk", flat=True)}


def test_reads_index_and_who_may_see_agree_whatever_is_granted(cast: TestHouse) -> None:
    """Random grants to people, positions and groups of two bodies; all are asked after each."""
    from tangthu.archive.models import Fonds
    from tangthu.identity.models import Grant, Person, Position
    from tangthu.identity.policies import Viewer
    from tangthu.identity.queries import viewer_of
    from tangthu.records.who_may_see import who_may_see

    made = [
        make_dossier(
            cast, number=f"{number:02d}", access=access,
            documents=({"access_level": "01"}, {"access_level": "02"}),
        )
        for number, access in enumerate(("01", "02", "02"), start=1)
    ]  # fmt: skip
    made.append(make_dossier(cast, "nga", number="09", access=CONDITIONAL))
    records = [record for one in made for record in (one.dossier, *one.documents)]
    scopes = [
        *(("dossier", one.dossier.pk, one.dossier.body_id) for one in made),
        *(("document", each.pk, each.body_id) for one in made for each in one.documents),
        *(("fonds", one.pk, one.body_id) for one in Fonds.objects.all()),
        *(("body", one.dossier.body_id, one.dossier.body_id) for one in (made[0], made[-1])),
    ]
    people = list(Person.objects.all())
    holders = [("person", one.pk) for one in people]
    holders += [("position", one.pk) for one in Position.objects.all()]
    dice = random.Random(7)
    opened_by_grants = 0
    for _ in range(25):
        scope_kind, scope, body = dice.choice(scopes)
        holder_kind, holder = dice.choice(holders)
        right = dice.choice(["read.public", "read.conditional"])
        _stand(
            cast, Grant, body=body, right=right, scope=(scope_kind, scope),
            holder=(holder_kind, holder),
        )  # fmt: skip
        told = {record.pk: {one.person.pk for one in who_may_see(record)} for record in records}
        for person in people:
            viewer = viewer_of(person)
            in_records = _found_in_records(viewer)
            assert in_records == _found_by_index(viewer)
            assert in_records == {pk for pk, seers in told.items() if person.pk in seers}
            bare = Viewer(viewer.person_id, "", viewer.positions)
            opened_by_grants += len(in_records - _found_in_records(bare))
        if dice.random() < 0.2:
            _end_all(cast, Grant)
    assert opened_by_grants > 30


def _stand(
    house: TestHouse,
    model: Any,
    *,
    body: uuid.UUID,
    right: str,
    scope: tuple[str, uuid.UUID],
    holder: tuple[str, uuid.UUID],
) -> None:
    """A grant that stands, as the installation itself would make it."""
    from django.db import transaction

    from tangthu.identity.acting import SYSTEM
    from tangthu.ledger.record import Event, record

    now = dt.datetime.now(dt.UTC)
    made = model(
        body_id=body, right=right, scope_kind=scope[0], scope=scope[1], holder_kind=holder[0],
        holder=holder[1], effective_from=dt.date(2020, 1, 1), decision="1/QĐ", asked_at=now,
        confirmed_at=now,
    )  # fmt: skip
    with transaction.atomic():
        made.save(force_insert=True)
        record(Event("identity.rights.granted", made.pk, body, SYSTEM.actor(body)))


def _end_all(house: TestHouse, model: Any) -> None:
    from tangthu.identity.acting import SYSTEM
    from tangthu.identity.actions.change_rights import end

    for one in model.objects.filter(ended_at=None):
        end(SYSTEM, "grant", one.pk)


def test_who_may_see_takes_as_few_statements_for_many_grants_as_for_a_few(
    cast: TestHouse, closed: MadeDossier
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from tangthu.identity.acting import SYSTEM
    from tangthu.identity.actions.delegate import delegate
    from tangthu.identity.actions.groups import ask_member, open_group
    from tangthu.identity.actions.units import open_unit
    from tangthu.records.who_may_see import who_may_see

    today, body = timezone.localdate(), cast.body("H30.81")
    hoa = cast.acting("hoa").viewer.person_id

    def more(number: int) -> None:
        group = open_group(SYSTEM, body_id=body.pk, name=f"Nhóm {number}")
        ask_member(SYSTEM, group.pk, hoa, decision="1/QĐ")
        unit = open_unit(
            SYSTEM, body_id=body.pk, name=f"Phòng {number}", since=today, decision="1/QĐ"
        )
        for kind, holder in (("group", group.pk), ("unit", unit.pk)):
            asked = grant(
                cast, "hoa", "read.conditional", "dossier", closed.dossier.pk,
                holder_kind=kind, holder=holder,
            )  # fmt: skip
            confirm(cast, asked)
        delegate(
            cast.acting("binh"), body_id=body.pk, receiver_id=hoa, rights=["read.conditional"],
            since=today, until=today, decision="1/QĐ",
        )  # fmt: skip

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            reasons = {one.person.pk: len(one.reasons) for one in who_may_see(closed.dossier)}
        assert reasons[hoa] == 2 * done, "a group and a delegation each time"
        return len(seen)

    done = 1
    more(0)
    few = statements()
    for number in range(1, 4):
        more(number)
        done += 1
    assert statements() == few


@pytest.mark.req("RM-691")
def test_a_grant_at_odds_with_another_warns_who_asks_and_who_decides(
    cast: TestHouse, closed: MadeDossier
) -> None:
    from tangthu.identity.actions.change_rights import refuse
    from tangthu.identity.grant_conflicts import conflicts_of_grant

    today = dt.date.today()
    dossier = closed.dossier.pk
    first = grant(cast, "hoa", "read.conditional", "dossier", dossier, until=today)
    assert conflicts_of_grant(first) == []
    # The same right with another last day: the later one holds.
    second = grant(cast, "hoa", "read.conditional", "dossier", dossier, decision="20/QĐ")
    (words,) = conflicts_of_grant(second)
    assert "ngày hết hạn khác nhau" in words and "12/QĐ-CC" in words
    page = signed_in("binh").get(f"/quyen/grant/{second.pk}/").content.decode().split("</main>")[0]
    assert "Mâu thuẫn với quyền khác" in page and "ngày hết hạn khác nhau" in page
    # One says no, another asks again.
    refuse(cast.acting("binh"), "grant", second.pk)
    assert conflicts_of_grant(first) == []
    third = grant(cast, "hoa", "read.conditional", "dossier", dossier, until=today)
    found = conflicts_of_grant(third)
    assert len(found) == 2 and "Trùng với quyền" in found[0] and "20/QĐ" in found[1]
    # What the whole body opens, no single grant closes again.
    body = closed.dossier.body_id
    grant(cast, "hoa", "read.conditional", "body", body, decision="30/QĐ")
    assert any("cả cơ quan theo 30/QĐ" in one for one in conflicts_of_grant(third))
    # The page of asking tells it as well.
    person = str(first.holder)
    given = {"right": "read.conditional", "holder": f"person:{person}", "decision": "40/QĐ"}
    asked = signed_in("cuc").post(f"/quyen/cap/dossier/{dossier}/", given, follow=True)
    assert "ngày hết hạn khác nhau" in asked.content.decode()


@pytest.mark.req("RM-691")
def test_periods_that_do_not_meet_and_other_holders_are_no_conflict(
    cast: TestHouse, closed: MadeDossier
) -> None:
    from tangthu.identity.grant_conflicts import conflicts_of_grant

    today, dossier = dt.date.today(), closed.dossier.pk
    grant(cast, "hoa", "read.conditional", "dossier", dossier, until=today)
    later = grant(
        cast, "hoa", "read.conditional", "dossier", dossier, since=today + dt.timedelta(days=1)
    )
    other = grant(cast, "lan", "read.conditional", "dossier", dossier)
    narrower = grant(cast, "hoa", "read.public", "dossier", dossier, until=today)
    assert conflicts_of_grant(later) == conflicts_of_grant(other) == []
    assert conflicts_of_grant(narrower), "the wider right gives what this one does"
    (words,) = conflicts_of_grant(
        grant(cast, "dung", "archive.describe", "body", closed.dossier.body_id)
    )
    assert "Quản trị" in words
