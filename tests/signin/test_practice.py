"""A place to practise: everything works there and nothing of it counts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions.add_person import appoint
from tangthu.identity.actions.grant_right import ask_grant
from tangthu.identity.models import Account, Body, Person
from tangthu.identity.queries import viewer_named
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.programs.actions.make_key import make_key
from tangthu.records import queries as records
from tangthu.signin.actions.open_practice import close_practice, open_practice
from tests.support.house import TestHouse
from tests.support.records import make_dossier, signed_events


def test_who_practises_works_at_a_body_of_its_own_and_no_real_person_sees_it(
    cast: TestHouse,
) -> None:
    real = cast.body("H30.81")
    make_dossier(cast, title="Hồ sơ thật")
    made = open_practice(cast.acting("dung"), real.pk)
    assert [name for name, _words in made.people] == ["tap-vt", "tap-ld", "tap-cv", "tap-lt"]
    practised = make_dossier(cast, title="Hồ sơ tập", username="tap-lt")
    signed_events()

    def titles(username: str) -> list[str]:
        viewer = viewer_named(username)
        assert viewer is not None
        return sorted(records.dossiers(viewer).values_list("title", flat=True))

    assert titles("cuc") == ["Hồ sơ thật"]
    for username, _words in made.people:
        assert titles(username) == ["Hồ sơ tập"]
        viewer = viewer_named(username)
        assert viewer is not None
        assert not any(map(viewer.may_anywhere, ("house.administer", "people.manage")))

    client = Client()
    form = {"username": "tap-lt", "password": made.password}
    assert client.post("/dang-nhap/", form).status_code == 302
    page = client.get("/ho-so/").content.decode()
    assert "không gì ở đây được tính" in page and "Hồ sơ tập" in page and "Hồ sơ thật" not in page
    sheet = client.post(f"/in/ho-so/{practised.dossier.id}/").content.decode()
    assert "TẬP – Chi cục ATVSTP" in sheet
    staff = Client()
    staff.force_login(Account.objects.get(username="cuc"))
    assert "không gì ở đây được tính" not in staff.get("/ho-so/").content.decode()
    told = staff.get("/huong-dan/").content.decode()
    assert "tap-lt" in told and made.password not in told

    again = open_practice(cast.acting("dung"), real.pk)
    assert again.body == made.body and again.password != made.password
    assert client.get("/ho-so/").status_code == 302  # its sessions have ended
    assert client.post("/dang-nhap/", form).status_code == 422
    assert client.post("/dang-nhap/", {**form, "password": again.password}).status_code == 302


def test_only_who_manages_the_people_and_administers_the_house_opens_a_place_to_practise(
    cast: TestHouse,
) -> None:
    real = cast.body("H30.81")
    for username in ("hoa", "cuc", "binh", "quang"):
        with pytest.raises(NotFoundForViewer):
            open_practice(cast.acting(username), real.pk)
    assert not Body.objects.filter(practice_of__isnull=False).exists()
    assert not Account.objects.filter(username__startswith="tap-").exists()
    first = open_practice(cast.acting("dung"), real.pk)
    second = open_practice(cast.acting("quang"), cast.body("H31.07").pk)
    assert second.people[0][0] == "tap-vt-2"
    assert first.body.archive_code != second.body.archive_code
    with pytest.raises(NotFoundForViewer):
        open_practice(cast.acting("dung"), first.body.pk)
    with pytest.raises(Refused):
        open_practice(SYSTEM, first.body.pk)


def test_a_place_to_practise_is_closed_and_its_people_get_nothing_elsewhere(
    cast: TestHouse,
) -> None:
    real = cast.body("H30.81")
    made = open_practice(cast.acting("dung"), real.pk)
    learner = Person.objects.get(account__username="tap-lt")
    dossier = make_dossier(cast).dossier
    asked = {"right": "read.public", "scope_kind": "dossier", "scope": dossier.pk,
             "holder_kind": "person", "holder": learner.pk, "decision": "1"}  # fmt: skip
    with pytest.raises(InvalidInput):
        ask_grant(cast.acting("cuc"), **asked)
    for person, body in ((learner, real), (Person.objects.get(account__username="hoa"), made.body)):
        with pytest.raises(InvalidInput):
            appoint(SYSTEM, person=person, body=body, position="x", role="clerk",
                    since=dt.date(2026, 1, 1))  # fmt: skip
    with pytest.raises(InvalidInput):
        make_key(cast.acting("tap-lt"), name="x", body_id=made.body.pk, scopes=["read.public"],
                 days=3)  # fmt: skip
    with pytest.raises(NotFoundForViewer):
        close_practice(cast.acting("cuc"), real.pk)
    close_practice(cast.acting("dung"), real.pk)
    form = {"username": "tap-lt", "password": made.password}
    assert Client().post("/dang-nhap/", form).status_code == 422
    again = open_practice(cast.acting("dung"), real.pk)
    form = {"username": "tap-lt", "password": again.password}
    assert Client().post("/dang-nhap/", form).status_code == 302
