"""A key opens what its person may do now, within its scopes, and nothing else."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client
from django.utils import timezone

from tangthu.identity.acting import Acting
from tangthu.identity.models import Account, Appointment
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.ledger.history import history
from tangthu.programs import queries
from tangthu.programs.actions.make_key import MOST_KEYS, make_key, revoke_key
from tangthu.programs.models import ApiKey
from tests.support.house import PASSWORD, TestHouse
from tests.support.programs import Program, program
from tests.support.records import make_dossier


def made(house: TestHouse, username: str, scopes: list[str], days: int = 30) -> tuple[ApiKey, str]:
    acting = house.acting(username)
    body = acting.viewer.positions[0][0]
    return make_key(acting, name="Máy quét", body_id=body, scopes=scopes, days=days)


def test_the_token_is_kept_nowhere_and_the_making_is_an_event(cast: TestHouse) -> None:
    key, token = made(cast, "cuc", ["read.public"])
    kept = ApiKey.objects.filter(pk=key.pk).values()[0]
    assert token not in json.dumps(kept, default=str)
    assert kept["digest"] == queries.digest_of(token)
    assert token.startswith(key.beginning)
    (event,) = history(key.pk)
    assert event.kind_name == "programs.key.made"
    assert token not in json.dumps(event.fields)
    revoke_key(cast.acting("cuc"), key.pk)
    assert [one.kind_name for one in history(key.pk)][-1] == "programs.key.revoked"
    revoke_key(cast.acting("cuc"), key.pk)
    assert len(history(key.pk)) == 2


@pytest.mark.parametrize(
    ("name", "scopes", "days", "field"),
    [
        ("", ["read.public"], 30, "name"),
        ("x" * 121, ["read.public"], 30, "name"),
        ("dòng\nmới", ["read.public"], 30, "name"),
        ("x", [], 30, "scopes"),
        ("x", ["archive.seal"], 30, "scopes"),
        ("x", ["nothing"], 30, "scopes"),
        ("x", ["read.public"], 0, "days"),
        ("x", ["read.public"], 367, "days"),
    ],
)
def test_a_key_that_cannot_be_is_refused_by_its_field(
    shared_cast: TestHouse, name: str, scopes: list[str], days: int, field: str
) -> None:
    acting = shared_cast.acting("hoa")
    body = acting.viewer.positions[0][0]
    with pytest.raises(InvalidInput) as told:
        make_key(acting, name=name, body_id=body, scopes=scopes, days=days)
    assert set(told.value.problems) == {field}
    assert not ApiKey.objects.exists()


def test_nobody_makes_a_key_at_a_body_of_others(shared_cast: TestHouse) -> None:
    acting = shared_cast.acting("cuc")
    other = shared_cast.body("H31.07")
    with pytest.raises(InvalidInput) as told:
        make_key(acting, name="x", body_id=other.pk, scopes=["read.public"], days=3)
    assert set(told.value.problems) == {"body"}


def test_only_the_owner_and_the_administrator_of_the_body_end_a_key(cast: TestHouse) -> None:
    key, _token = made(cast, "cuc", ["read.public"])
    for stranger in ("hoa", "binh", "nga", "quang"):
        with pytest.raises(NotFoundForViewer):
            revoke_key(cast.acting(stranger), key.pk)
    revoke_key(cast.acting("dung"), key.pk)
    assert ApiKey.objects.get(pk=key.pk).revoked_at is not None


def test_a_key_makes_and_ends_no_keys(cast: TestHouse) -> None:
    key, _token = made(cast, "cuc", ["read.public"])
    by_key = Acting(cast.acting("cuc").viewer, "api")
    with pytest.raises(Refused):
        make_key(by_key, name="x", body_id=key.body_id, scopes=["read.public"], days=3)
    with pytest.raises(Refused):
        revoke_key(by_key, key.pk)


def test_a_person_has_no_more_living_keys_than_the_ceiling(cast: TestHouse) -> None:
    for _ in range(MOST_KEYS):
        key, _token = made(cast, "cuc", ["read.public"])
    with pytest.raises(Refused):
        made(cast, "cuc", ["read.public"])
    revoke_key(cast.acting("cuc"), key.pk)
    made(cast, "cuc", ["read.public"])


def status(asking: Program, path: str = "/me") -> int:
    return asking.ask("GET", path).status_code


def test_a_key_ends_with_its_day_its_revocation_its_account_and_its_position(
    cast: TestHouse,
) -> None:
    for end in ("expire", "revoke", "account", "person", "position"):
        username = {"account": "hoa", "person": "binh", "position": "dung"}.get(end, "cuc")
        scope = "people.manage" if username == "dung" else "read.public"
        key, token = made(cast, username, [scope])
        asking = Program(token)
        assert status(asking) == 200, end
        if end == "expire":
            _as_owner(cast, "UPDATE programs_apikey SET expires_at = now() WHERE id = %s", key.pk)
        elif end == "revoke":
            revoke_key(cast.acting("cuc"), key.pk)
        elif end == "account":
            Account.objects.filter(person=key.person).update(is_active=False)
        elif end == "person":
            _as_owner(
                cast, "UPDATE identity_person SET active = false WHERE id = %s", key.person_id
            )
        else:
            yesterday = timezone.localdate() - dt.timedelta(days=1)
            assert Appointment.objects.filter(person=key.person).exists()
            _as_owner(
                cast,
                "UPDATE identity_appointment SET effective_to = %s WHERE person_id = %s",
                yesterday,
                key.person_id,
            )
        assert status(asking) == 401, end


def _as_owner(house: TestHouse, statement: str, *values: object) -> None:
    """Change a watched row as only the owner of the database can, past the ledger."""
    import psycopg

    with psycopg.connect(house.url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement.encode(), values)


def test_a_scope_that_is_left_out_is_closed_although_the_person_has_the_right(
    cast: TestHouse,
) -> None:
    made_one = make_dossier(cast, documents=[{}, {"access_level": "02"}])
    narrow = program(cast, "cuc", ["read.public"])
    whole = program(cast, "cuc")
    hidden = f"/documents/{made_one.documents[1].id}"
    assert status(whole, hidden) == 200
    assert status(narrow, hidden) == 404
    assert status(narrow, "/stores") == 403
    assert json.loads(narrow.ask("GET", "/stores").content)["right"] == "repository.audit"
    assert narrow.get("/me")["rights"] == ["read.public"]
    assert narrow.get("/documents")["count"]["total"] == 1
    assert whole.get("/documents")["count"]["total"] == 2


_NOW_A_CLERK = (
    "UPDATE identity_position SET role = 'clerk' WHERE id IN "
    "(SELECT position_id FROM identity_appointment WHERE person_id = %s)"
)


def test_a_right_that_the_person_loses_is_lost_to_the_key(cast: TestHouse) -> None:
    make_dossier(cast, documents=[{}, {"access_level": "02"}])
    asking = program(cast, "cuc")
    assert asking.get("/documents")["count"]["total"] == 2
    person = cast.acting("cuc").viewer.person_id
    _as_owner(cast, _NOW_A_CLERK, person)
    assert asking.get("/documents")["count"]["total"] == 1
    assert status(asking, "/stores") == 403


def test_a_session_of_the_person_opens_nothing(cast: TestHouse) -> None:
    client = Client()
    assert client.post("/dang-nhap/", {"username": "cuc", "password": PASSWORD}).status_code == 302
    answer = client.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.req("RM-691")
def test_the_page_makes_shows_once_and_ends_a_key(cast: TestHouse) -> None:
    client = Client()
    client.post("/dang-nhap/", {"username": "cuc", "password": PASSWORD})
    body = cast.body("H30.81")
    given = {"name": "Máy quét", "body": str(body.pk), "scopes": ["read.public"], "days": "30"}
    told = client.post("/khoa-api/moi/", given)
    assert told.status_code == 201
    key = ApiKey.objects.get()
    token = told.content.decode().split(f"<code>{key.beginning}")[1].split("<")[0]
    assert status(Program(key.beginning + token)) == 200
    listed = client.get("/khoa-api/").content.decode()
    assert "Máy quét" in listed and token not in listed
    assert client.post(f"/khoa-api/{key.pk}/thu-hoi/").status_code == 302
    assert status(Program(key.beginning + token)) == 401
    wrong = client.post("/khoa-api/moi/", {**given, "scopes": ["house.administer"]})
    assert wrong.status_code == 422


def test_a_key_made_for_something_else_knows_of_no_looks_and_packages(cast: TestHouse) -> None:
    reads = program(cast, "cuc", ["read.public"])
    audits = program(cast, "cuc", ["repository.audit"])
    orders = program(cast, "cuc", ["dissemination.make"])
    oversees = program(cast, "cuc", ["use.oversee"])
    for path, may in (("/uses", (reads, oversees)), ("/dips", (orders,))):
        for key in (reads, audits, orders, oversees):
            assert status(key, path) == (200 if key in may else 403), path


def test_a_key_knows_of_no_hook_that_opens_more_than_it_does(cast: TestHouse) -> None:
    from tangthu.programs.actions.make_hook import make_hook

    body = cast.body("H30.81").pk
    given = {"url": "https://nhan.example/x", "kinds": ["records.dossier"]}
    by_hand = make_hook(cast.acting("cuc"), name="tay", body_id=body, **given)
    wide = program(cast, "cuc", ["read.conditional", "read.public"])
    narrow = program(cast, "cuc", ["read.public"])
    made = json.loads(wide.ask("POST", "/hooks", {"name": "Máy", **given}).content)["id"]
    small = json.loads(narrow.ask("POST", "/hooks", {"name": "Nhỏ", **given}).content)["id"]
    for hidden in (made, by_hand.pk):
        assert status(narrow, f"/hooks/{hidden}") == 404
        assert narrow.ask("DELETE", f"/hooks/{hidden}").status_code == 404
    assert [one["id"] for one in narrow.get("/hooks")["items"]] == [small]
    assert {one["id"] for one in wide.get("/hooks")["items"]} == {made, small}
    assert wide.ask("DELETE", f"/hooks/{small}").status_code == 204
