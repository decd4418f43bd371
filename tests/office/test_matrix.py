"""Every route as every role for records in every state: as the policy text says, no other way.

The expectation is computed from docs/routes.toml (which right a route asks for) and
rulesets/roles.toml (which role has it); no line of this file says who may do what.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from tests.office.test_rights import PASSING_HEADERS, events
from tests.support import policy
from tests.support.asks import Ask, operations, pages
from tests.support.everything import (
    WORD,
    jobs_of_their_own,
    people_of_every_role,
    records_in_every_state,
    things_of_the_house,
)
from tests.support.house import PASSWORD, TestHouse
from tests.support.policy import Person, Thing
from tests.support.programs import Program, program
from tests.support.states import assert_same, catalogue

# These move bytes, which no rollback brings back: asked for last.
MOVING = ("archive:document-report", "withhold", "archive:withheld", "release", "decide_suspect")
# Whoever may is told that the thing is in no state for it.
NOT_NOW = {
    "imports:edit", "imports:lists", "imports:resume", "imports:columns", "office:job-resume",
    "office:ledger-resume", "archive:dip-stop", "resume", "resume_import", "accept_import",
    "backup:order", "signin:account-second-step", "imports:close", "close_import", "order_dip",
    "add_decisions", "retire_store",
}  # fmt: skip


# What is posted, where a page does nothing without.
POSTED = {
    "rights:change": {"decision": "confirm"},
    "backup:restored": {"decision": "read"},
    "imports:edit": {"doi-tuong": "row:2"},
}
# How whoever may is answered; to something that is not whole, also what is wrong with it.
SHOWN = {200, 302}
TAKEN = {200, 201, 202, 204, 302, 400, 412, 422}
# Pages of what there is none of here, but for whoever may: findings of a kind, a piece of a page.
EMPTY = {"imports:take-kind": 400, "imports:snippet": 404, "confirm_act": 409, "lift_freeze": 409,
         "approve_edit": 409}  # fmt: skip


@dataclass(slots=True)
class Whole:
    """A house with everything in it."""

    house: TestHouse
    people: list[Person]
    things: list[Thing]
    asks: list[Ask]
    clients: dict[str, Client]
    programs: dict[str, Program]
    moved: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def whole(shared_cast: TestHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    from django.test import override_settings

    people = people_of_every_role(shared_cast)
    things = records_in_every_state(shared_cast)
    more = things_of_the_house(shared_cast, tmp_path_factory.mktemp("dot"))
    own_jobs = jobs_of_their_own(shared_cast)
    asks = [*pages(things, more, own_jobs), *operations(things, more, own_jobs)]
    asks.sort(key=lambda one: (one.route in MOVING, one.method != "get"))
    clients = {one.username: signed_in(one.username) for one in people}
    keys = {one.username: program(shared_cast, one.username) for one in people}
    for client in (*clients.values(), *(one.client for one in keys.values())):
        client.raise_request_exception = False  # a page that fails is one line of what is wrong
    with override_settings(API_LIMITS={"*": (10**7, 10**7)}):
        yield Whole(shared_cast, people, things, asks, clients, keys)


def signed_in(username: str) -> Client:
    client = Client()
    given = {"username": username, "password": PASSWORD}
    assert client.post("/dang-nhap/", given).status_code == 302
    return client


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written within is not kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def answer(
    whole: Whole, person: Person, ask: Ask, *, absent: bool = False, kept: bool = False
) -> HttpResponseBase:
    address = ask.absent if absent else ask.address
    with nullcontext() if kept else undone():
        if not address.startswith("/api"):
            client = whole.clients[person.username]
            session = client.cookies["tangthu_session"].value
            try:
                given = POSTED.get(ask.route) if ask.method == "post" else None
                return getattr(client, ask.method)(address, given)  # type: ignore[no-any-return]
            finally:
                client.cookies["tangthu_session"] = session  # also after signing out
        sent = ask.absent_document if absent else ask.document
        asking = whole.programs[person.username]
        if ask.route == "upload_import":
            return asking.client.post(address, headers=asking.headers)
        return asking.ask(ask.method.upper(), address, sent, If_Match="*")


def told(response: HttpResponseBase) -> tuple[int, dict[str, str], bytes]:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = {k: v for k, v in response.headers.items() if k not in PASSING_HEADERS}
    headers.pop("RateLimit", None)
    return response.status_code, headers, body


def difference(whole: Whole, person: Person, ask: Ask, nothing: dict[Any, Any]) -> str:
    """What is not as the policy says; "" if all is."""
    response = answer(whole, person, ask)
    status = response.status_code
    if policy.allows(ask.rule, person, ask.thing, ask.parameters):
        other = EMPTY.get(ask.route, 403 if ask.route in NOT_NOW else 0)
        if status in (SHOWN if ask.method == "get" else TAKEN) or status == other:
            response.close()
            return ""
        return f"may, and got {status}"
    if status not in (401, 403, 404):
        return f"may not, and got {status}"
    if ask.thing is None or policy.allows(ask.known, person, ask.thing, ask.parameters):
        return ""
    key = (ask.route, ask.method, person.username)
    if key not in nothing:
        nothing[key] = told(answer(whole, person, ask, absent=True))
    return "" if told(response) == nothing[key] else "may not know of it, and was told"


def shares(people: list[Person], ask: Ask, number: int) -> list[Person]:
    """Of people who have the same rights one, each in his turn; nobody is left out for long. Of a
    record's states a quarter are tried, the next for the next route; in the soak, all by all."""
    alike: dict[Any, list[Person]] = {}
    for one in people:
        alike.setdefault((one.rights, one.home, one.owner, one.role == "inspector"), []).append(one)
    found = [group[number % len(group)] for group in alike.values()]
    if ask.thing is None or ask.thing.state == "one":
        return found
    return [one for place, one in enumerate(found) if (number + place) % 4 == 0]


def in_order(whole: Whole, ask: Ask, people: list[Person]) -> list[Person]:
    """Of what moves bytes one who may is enough, once, after all who may not."""
    if ask.route not in MOVING:
        return people
    may = [one for one in people if policy.allows(ask.rule, one, ask.thing, ask.parameters)]
    first = may[:1] if ask.address not in whole.moved else []
    whole.moved |= {ask.address} if first else set()
    return [*(one for one in people if one not in may), *first]


@pytest.mark.req("AR-121")
@pytest.mark.parametrize("in_turn", [True, pytest.param(False, marks=pytest.mark.soak)])
def test_every_route_answers_every_role_for_records_in_every_state_as_the_policy_says(
    whole: Whole, in_turn: bool
) -> None:
    wrong: list[str] = []
    nothing: dict[Any, Any] = {}
    asked = let_in = 0
    for number, ask in enumerate(whole.asks):
        people = shares(whole.people, ask, number) if in_turn else whole.people
        for person in in_order(whole, ask, people):
            asked += 1
            found = difference(whole, person, ask, nothing)
            let_in += policy.allows(ask.rule, person, ask.thing, ask.parameters)
            if found:
                state = ask.thing.state if ask.thing else "-"
                who = f"{person.role}{'' if person.home else ' (stranger)'}"
                wrong.append(f"{ask.method} {ask.route} [{state}] {who}: {found}")
    assert not wrong, f"{len(wrong)} of {asked}:\n" + "\n".join(wrong)
    assert asked > (1500 if in_turn else 6000), asked
    assert asked / 10 < let_in < asked * 9 / 10, "hardly anything was told apart"


# What concerns only whoever asks: his account, his lists and prints, keys that open what he may.
ONESELF = {
    "office:sign-in", "office:sign-out", "office:language", "office:columns", "signin:password",
    "signin:see-as-stop",
    "signin:code", "signin:second-step", "signin:recovery", "signin:second-step-off",
    "signin:app", "signin:passkey-in", "signin:passkey-new", "signin:passkey", "signin:passkey-off",
    "signin:sso-link", "signin:sso-unlink", "signin:prove",
    "signin:sessions", "signin:lock", "reports:view-new", "reports:export-new",
    "reports:print-list", "reports:print-dossier", "reports:print-document", "reports:marked-copy",
    "programs:key-new", "programs:hook-new", "make_hook", "bulk:choose", "preview_act",
    "office:jobs-stop", "save_view", "order_export", "verify",
}  # fmt: skip


def state_of_the_house() -> dict[str, Any]:
    """Every row of records, archive, people and rights, and how many jobs and events there are."""
    from django.apps import apps

    from tangthu.identity.models import ListChoice
    from tangthu.kernel.models import Job

    found: dict[str, Any] = dict(catalogue())
    for model in apps.get_app_config("identity").get_models():
        if model is not ListChoice:
            found[model.__name__] = list(model.objects.order_by("pk").values())  # type: ignore[attr-defined]
    return {**found, "jobs": Job.objects.count(), "events": events()}


@pytest.mark.req("RM-600")
def test_an_inspector_reads_records_rights_and_history_and_changes_nothing(whole: Whole) -> None:
    me = next(one for one in whole.people if one.role == "inspector")
    writes = [one for one in whole.asks if one.method != "get"]
    may = {one.route for one in writes if policy.allows(one.rule, me, one.thing, one.parameters)}
    assert may <= ONESELF, may - ONESELF
    before = state_of_the_house()
    refused = [one for one in writes if one.route not in ONESELF]
    assert len(refused) > 100
    for one in refused:
        assert answer(whole, me, one, kept=True).status_code in (403, 404), one.route
    assert_same(state_of_the_house(), before)
    read = {
        "archive:dossier", "archive:document", "archive:file", "archive:dossier-seers",
        "rights:changes", "rights:change", "identity:people", "identity:units", "reports:history",
    }  # fmt: skip
    for one in whole.asks:
        held = one.thing is not None and one.thing.state == "withheld"
        if one.method == "get" and one.route in read and not held:
            assert answer(whole, me, one).status_code == 200, (one.route, one.thing)


LISTS = (
    "/", "/ho-so/?sort=-title", "/tai-lieu/?sort=-date", "/ho-so/?year=2010", "/tai-lieu/?type=02",
    f"/tim/?q={WORD}", f"/tim/?q={WORD}&kind=dossier", "/phong/", "/cong-viec/", "/goi-su-dung/",
    "/lich-su-khai-thac/", "/thong-ke/", "/kho/goi/", "/quyen/", "/cach-ly/", "/ban-in/", "/xuat/",
    "/tim-kiem-da-luu/", "/dot-so-hoa/", "/nguoi/", "/nhom/", "/api/v1/dossiers?facets=true",
    "/api/v1/documents?sort=-date", f"/api/v1/search?q={WORD}", "/api/v1/jobs", "/api/v1/uses",
    "/api/v1/packages", "/api/v1/fonds",
)  # fmt: skip


def visible(whole: Whole, person: Person) -> dict[str, str]:
    """The number of each record that the person may see, by its id."""
    found = {}
    for number, thing in enumerate(whole.things, start=1):
        for name in ("dossier_id", "document_id"):
            if policy.allows("see", person, thing, (name,)):
                found[str(thing.ids[name])] = f"{WORD} {number:02d}"
    return found


@pytest.mark.req("AR-121")
def test_lists_counts_orders_and_exports_tell_each_role_of_what_it_may_see_alone(
    whole: Whole,
) -> None:
    ids = {str(one.ids[name]) for one in whole.things for name in ("dossier_id", "document_id")}
    words = {f"{WORD} {number:02d}" for number in range(1, len(whole.things) + 1)}
    for person in shares(whole.people, whole.asks[0], 0):
        seen = visible(whole, person)
        hidden = (ids - set(seen)) | (words - set(seen.values()))
        for address in LISTS:
            page = text_of(whole, person, address)
            told = {one for one in hidden if one in page}
            assert not told, (person, address, told)
        for kind, address in (("dossier_id", "/ho-so/"), ("document_id", "/tai-lieu/")):
            mine = {str(one.ids[kind]) for one in whole.things} & set(seen)
            page = text_of(whole, person, address)
            assert {one for one in ids if f"{address}{one}/" in page} == mine, (person, address)
            assert f"{len(mine)} trong phạm vi bạn được xem" in page or not mine
        taken = exported(whole, person)
        assert {one for one in words if one in taken} == {
            seen[one] for one in seen if one in {str(t.ids["document_id"]) for t in whole.things}
        }, person


def text_of(whole: Whole, person: Person, address: str) -> str:
    if address.startswith("/api"):
        return whole.programs[person.username].ask("GET", address).content.decode()
    return whole.clients[person.username].get(address).content.decode()


def exported(whole: Whole, person: Person) -> str:
    """The text of the list of documents as the person takes it out."""
    import openpyxl

    from tangthu.kernel.jobs import execute
    from tangthu.kernel.models import Job

    client = whole.clients[person.username]
    given = {"format": "xlsx", "sort": "-date", "columns": ["title"]}
    ordered = client.post("/xuat/moi/?nguon=documents", given)
    if ordered.status_code != 302:
        assert not visible(whole, person), ordered.content.decode()[:3000]
        return ""
    job = execute(Job.objects.latest("created_at").pk)
    assert job.state == "done", job.message
    data = b"".join(client.get(f"{ordered['Location']}tep/").streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(data))
    return " ".join(str(cell.value) for row in book.active.iter_rows() for cell in row)
