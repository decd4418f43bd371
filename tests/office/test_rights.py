"""What a person may not see does not exist for that person: every route, by its own pattern."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from tangthu.identity.acting import Acting
from tangthu.records.models import Dossier, Withheld
from tangthu.repository.models import Package
from tangthu.signin.actions import see_as
from tangthu.signin.models import Review
from tests.office.conftest import SignIn
from tests.support import batches
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier, sealed_package, signed_events

HIDDEN = "Kyluatnoibo"
PASSING_HEADERS = {"Date", "Set-Cookie", "X-Request-Id"}


@dataclass(frozen=True, slots=True)
class Route:
    """One route: its full name, and the names of its parameters."""

    name: str
    parameters: tuple[str, ...]
    public: bool


def routes() -> list[Route]:
    def walk(resolver: URLResolver, space: str) -> Iterator[Route]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                inner = pattern.namespace or ""
                yield from walk(pattern, ":".join(filter(None, [space, inner])))
            else:
                assert isinstance(pattern, URLPattern)
                names = (
                    *pattern.pattern.converters,
                    *getattr(pattern.pattern.regex, "groupindex", {}),
                )
                public = bool(getattr(pattern.callback, "is_public", False))
                name = ":".join(filter(None, [space, pattern.name or ""]))
                yield Route(name, tuple(dict.fromkeys(names)), public)

    return list(walk(get_resolver(), ""))


def withheld_in(made: MadeDossier) -> uuid.UUID:
    """A second document of the dossier, withheld as a possible state secret; or nothing at all."""
    found = Withheld.objects.filter(document__in=[one.id for one in made.documents]).first()
    return found.id if found else uuid.uuid4()


def dip_of(made: MadeDossier) -> uuid.UUID:
    """A use package of the archivist's with the dossier's first document, if it is in an AIP."""
    from tangthu.archive.actions.order_dip import NotPackaged, order_dip
    from tangthu.identity.acting import Acting
    from tangthu.identity.queries import viewer_named
    from tangthu.kernel.errors import NotFoundForViewer
    from tests.archive.dips import asked

    for username in ("cuc", "nga"):
        viewer = viewer_named(username)
        assert viewer is not None
        with contextlib.suppress(NotFoundForViewer, NotPackaged):
            return order_dip(Acting(viewer, "cli"), [made.documents[0].id], asked())[0].id
    return uuid.uuid4()


def ids_of(made: MadeDossier, job: uuid.UUID, **more: object) -> dict[str, object]:
    """A value of body A for every parameter that a route may have."""
    package = Package.objects.filter(dossier_id=made.dossier.id).first()
    return {
        "body_id": made.dossier.body_id,
        "package_id": package.id if package else uuid.uuid4(),
        "withheld_id": withheld_in(made),
        "dip_id": dip_of(made),
        "dossier_id": made.dossier.id,
        "document_id": made.documents[0].id,
        "file_id": made.files[0].id,
        "fonds_id": made.dossier.place.inventory.fonds_id,
        "job_id": job,
        "person_id": house_person(made),
        **taken_out(),
        **more,
    }


def house_person(made: MadeDossier) -> uuid.UUID:
    """A person of the dossier's body."""
    from tangthu.identity.models import Person

    return Person.objects.filter(home_body_id=made.dossier.body_id).earliest("sort_key").pk


def taken_out() -> dict[str, object]:
    """A saved search, a finished export, a key, a passkey and a grant of an archivist of body A."""
    from tangthu.archive.actions.freeze_records import freeze_records, lift_freeze
    from tangthu.bulk.actions.choose_rows import choose_marked
    from tangthu.identity import house
    from tangthu.identity.actions.grant_right import ask_grant
    from tangthu.identity.queries import viewer_named
    from tangthu.kernel import jobs
    from tangthu.programs.actions.make_hook import make_hook
    from tangthu.programs.actions.make_key import make_key
    from tangthu.records import queries as records
    from tangthu.reports.actions.keep_views import save_view
    from tangthu.reports.actions.order_export import order_export

    viewer = viewer_named("cuc")
    assert viewer is not None
    acting = Acting(viewer, "cli")
    view = save_view(acting, name=HIDDEN, source="dossiers", query="q=x", shared_with=None)
    export, job = order_export(
        acting, source="documents", pairs={"q": HIDDEN}, columns=[], format_="doc", queued=False
    )
    assert jobs.execute(job.id).state == "done"
    key, _token = make_key(
        acting, name=HIDDEN, body_id=viewer.positions[0][0], scopes=["read.public"], days=3
    )
    hook = make_hook(
        acting, name=HIDDEN, body_id=viewer.positions[0][0], kinds=["records.dossier"],
        url="https://198.51.100.7.example/",
    )  # fmt: skip
    dossier = records.dossiers(viewer).first()
    assert dossier is not None
    bulk = choose_marked(acting, "dossiers", [dossier.pk])
    change = ask_grant(
        acting, right="read.public", scope_kind="dossier", scope=dossier.pk,
        holder_kind="person", holder=viewer.person_id, decision=HIDDEN,
    )  # fmt: skip
    manager = viewer_named("dung")
    assert manager is not None
    leader = viewer_named("binh")
    assert leader is not None
    locked = freeze_records(
        Acting(leader, "cli"), [("dossier", dossier.pk)], name=HIDDEN, decision=HIDDEN
    )
    lift_freeze(Acting(leader, "cli"), locked.pk, decision=HIDDEN)
    edit = pending_edit(acting, dossier)
    seeing = see_as.ask(Acting(manager, "cli"), viewer.person_id, reason=HIDDEN)
    return {
        "seeing_id": seeing.pk, "bulk_id": bulk.pk, "hook_id": hook.pk, "freeze_id": locked.pk,
        # A restore is of the house, not of a body: who may read of one is asked in the matrix.
        "restore_id": uuid.uuid4(),
        "edit_id": edit, "keeper_id": house.posts().values_list("pk", flat=True).first(),
        "view_id": view.id, "export_id": export.id, "key_id": key.id, "change_id": change.pk,
        "passkey_id": passkey_of("cuc"), "scope": dossier.pk,
        **of_people(viewer.person_id, viewer.positions[0][0]),
    }  # fmt: skip


def pending_edit(acting: Acting, dossier: Dossier) -> uuid.UUID:
    """A change of a dossier that waits, made from a state that is no longer."""
    from tangthu.ledger.record import Event, record
    from tangthu.records.models import PendingEdit

    with transaction.atomic():
        held = PendingEdit.objects.create(
            body_id=dossier.body_id, kind="dossier", obj=dossier.pk, values={"note": HIDDEN},
            expected="x", asked_by=acting.viewer.person_id, asked_at=timezone.now(),
        )  # fmt: skip
        record(
            Event(
                kind="records.dossier.edit_asked", obj=dossier.pk, body=dossier.body_id,
                actor=acting.actor(dossier.body_id), detail={"edit": str(held.pk)},
            )
        )  # fmt: skip
    return held.pk


def passkey_of(username: str) -> uuid.UUID:
    """A passkey of somebody, who is still asked for his password alone."""
    from tangthu.identity.models import Account
    from tangthu.signin.models import Passkey

    account = Account.objects.get(username=username)
    made = Passkey.objects.create(
        account=account, credential=uuid.uuid4().bytes, kept=b"", host="localhost", name=HIDDEN,
        count=0, added_at=timezone.now(),
    )  # fmt: skip
    return made.pk


def review_of(body_id: uuid.UUID) -> Review:
    """A signed review of the accounts of a body."""
    from tangthu.identity.acting import SYSTEM
    from tangthu.signin import reviewing
    from tangthu.signin.actions.close_review import close_review

    kept = {one.person_id: ("keep", "") for one in reviewing.accounts_at(body_id)}
    return close_review(SYSTEM, body_id, kept)


def of_people(person_id: uuid.UUID, body_id: uuid.UUID) -> dict[str, object]:
    """Of an archivist of body A: himself, his position and what he delegated, a unit, a group."""
    from tangthu.identity.acting import SYSTEM, Acting
    from tangthu.identity.actions.delegate import delegate
    from tangthu.identity.actions.groups import ask_member, open_group
    from tangthu.identity.actions.units import open_unit
    from tangthu.identity.models import Account, Appointment, Person
    from tangthu.identity.queries import viewer_of

    today = timezone.localdate()
    unit = open_unit(SYSTEM, body_id=body_id, name=HIDDEN, since=today, decision=HIDDEN)
    group = open_group(SYSTEM, body_id=body_id, name=HIDDEN)
    member = ask_member(SYSTEM, group.pk, person_id, decision=HIDDEN)
    lent = delegate(
        Acting(viewer_of(Person.objects.get(pk=person_id)), "cli"), body_id=body_id,
        receiver_id=Account.objects.get(username="binh").person_id, rights=["archive.import"],
        since=today, until=today, decision=HIDDEN,
    )  # fmt: skip
    return {
        "person_id": person_id, "unit_id": unit.pk, "group_id": group.pk, "member_id": member.pk,
        "review_id": review_of(body_id).pk,
        "appointment_id": Appointment.objects.get(person_id=person_id).pk,
        "delegation_id": lent.pk,
    }  # fmt: skip


def ids_of_batch(house: TestHouse, folder: Path) -> dict[str, object]:
    """A batch of body A under review, one of its files, and one that waits in quarantine."""
    paper = batches.Paper(ordinal=2, pdf=batches.stamped_pdf())
    batch = batches.checked(house, folder, [batches.Paper(), paper])
    held = batch.files.get(quarantine_id__isnull=False)
    item = batch.files.get(quarantine_id=None)
    return {"batch_id": batch.id, "item": item.pk, "held_id": held.quarantine_id}


# Parameters that name no record: the same on both sides of a comparison.
# Stores are the house's, not a body's: tests/office/test_stores.py says who sees them.
PLAIN = {
    "number": "1", "kind": "png", "change": "grant", "scope_kind": "dossier",
    "store_uid": str(uuid.uuid4()), "slug": "van-thu",
    "bulk_act": "export", "provider_name": "tinh",
}  # fmt: skip


def nothing_like(value: object) -> object:
    """An id of the same kind that nothing bears."""
    return 987_654_321 if isinstance(value, int) else uuid.uuid4()


def addresses(ids: dict[str, object]) -> list[tuple[Route, str, str]]:
    """For every route with an id: its address for the given things, and for things that are not."""
    found = []
    for route in routes():
        if not set(route.parameters) - set(PLAIN):
            continue
        unknown = set(route.parameters) - set(ids) - set(PLAIN)
        assert not unknown, f"teach this test what {unknown} of {route.name} may be"
        real = {p: PLAIN.get(p) or ids[p] for p in route.parameters}
        absent = {p: PLAIN.get(p) or nothing_like(ids[p]) for p in route.parameters}
        found.append((route, reverse(route.name, kwargs=real), reverse(route.name, kwargs=absent)))
    return found


def make_job(house: TestHouse) -> uuid.UUID:
    from tangthu.kernel import jobs

    acting = house.acting("cuc")
    return jobs.enqueue(
        "archive.dossier.seal",
        args={},
        body_id=house.body("H30.81").id,
        person_id=acting.viewer.person_id,
        queued=False,
    ).id


def answer(client: Client, method: str, address: str) -> tuple[int, dict[str, str], bytes]:
    response = getattr(client, method)(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = {k: v for k, v in response.headers.items() if k not in PASSING_HEADERS}
    return response.status_code, headers, body


def events() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_pending) + (SELECT count(*) FROM ledger_entry)"
        )
        return int(cursor.fetchone()[0])


# The matrix (test_matrix.py) asks as strangers of every role in turn; here one asks for all.
@pytest.mark.parametrize(
    "username", ["quang", *(pytest.param(one, marks=pytest.mark.soak) for one in ("lan", "nga"))]
)
def test_ids_of_another_body_answer_as_ids_that_do_not_exist(
    cast: TestHouse, sign_in: SignIn, username: str, tmp_path: Path
) -> None:
    made = make_dossier(cast)
    ids = ids_of(made, make_job(cast), **ids_of_batch(cast, tmp_path))
    signed_events()
    client = sign_in(username)
    before = events()
    seen = 0
    for route, real, absent in addresses(ids):
        for method in ("get", "head", "post"):
            there = answer(client, method, real)
            assert there == answer(client, method, absent), f"{method} {route.name}"
            assert there[0] in {404, 405}, f"{method} {route.name}: {there[0]}"
            seen += 1
    assert seen >= 30
    assert events() == before, "a refused look was recorded, which tells that there is something"


@pytest.mark.req("AR-121")
def test_conditional_records_answer_a_clerk_as_if_they_did_not_exist(
    cast: TestHouse, sign_in: SignIn, tmp_path: Path
) -> None:
    made = make_dossier(cast, access="02")
    sealed_package(cast, made)
    ids = ids_of(made, make_job(cast), **ids_of_batch(cast, tmp_path))
    del ids["fonds_id"]
    client = sign_in("hoa")
    before = events()
    for route in routes():
        if not set(route.parameters) & set(ids):
            continue
        real = reverse(route.name, kwargs={p: PLAIN.get(p) or ids[p] for p in route.parameters})
        absent = reverse(
            route.name, kwargs={p: PLAIN.get(p) or nothing_like(ids[p]) for p in route.parameters}
        )
        for method in ("get", "post"):
            assert answer(client, method, real) == answer(client, method, absent), route.name
    assert events() == before


@pytest.mark.req("AR-121")
def test_a_public_document_in_a_conditional_dossier_is_hidden_by_the_strictest_level(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast, access="02", documents=[{"access_level": "01"}])
    address = f"/tai-lieu/{made.documents[0].id}/"
    assert sign_in("hoa").get(address).status_code == 404
    page = sign_in("cuc").get(address).content.decode()
    assert "Chế độ sử dụng thực tế" in page
    assert "Sử dụng có điều kiện" in page


def test_a_visitor_is_sent_to_sign_in_whether_the_thing_exists_or_not(
    cast: TestHouse, tmp_path: Path
) -> None:
    made = make_dossier(cast)
    ids = ids_of(made, make_job(cast), **ids_of_batch(cast, tmp_path))
    for route, real, absent in addresses(ids):
        for method in ("get", "post"):
            status, headers, body = answer(Client(), method, real)
            other, others, rest = answer(Client(), method, absent)
            assert status == other == 302, route.name
            assert headers.pop("Location") == f"/dang-nhap/?next={real}"
            assert others.pop("Location") == f"/dang-nhap/?next={absent}"
            assert (headers, body) == (others, rest)


def test_only_these_pages_are_open_to_visitors(cast: TestHouse) -> None:
    open_routes = {route.name for route in routes() if route.public}
    assert open_routes == {
        "office:sign-in", "office:sign-out", "office:language", "office:alive", "office:metrics",
        "signin:code", "signin:passkey-in", "signin:sso", "signin:sso-back",
    }  # fmt: skip
    for route in routes():
        if route.parameters or route.public:
            continue
        assert Client().get(reverse(route.name)).status_code == 302, route.name
    missing, other = Client().get("/khong-co/"), Client().get("/khong-co-nua/")
    assert missing.status_code == other.status_code == 302


def plain_pages() -> list[str]:
    """Every page without a parameter, and search and filters for what is hidden."""
    return [reverse(route.name) for route in routes() if not route.parameters] + [
        f"/tim/?q={HIDDEN}",
        f"/tim/?q={HIDDEN}&kind=document",
        "/tim/?q=2010",
        f"/ho-so/?q={HIDDEN}",
        f"/tai-lieu/?q={HIDDEN}",
        "/tai-lieu/?year=2007",
        "/tai-lieu/?type=09",
    ]


def test_nothing_of_another_body_shows_on_any_page(
    cast: TestHouse, sign_in: SignIn, tmp_path: Path
) -> None:
    made = make_dossier(cast, title=f"Hồ sơ {HIDDEN}", documents=[{"subject": HIDDEN}])
    batch = ids_of_batch(cast, tmp_path)
    job = make_job(cast)
    signed_events()
    traces = [
        HIDDEN, made.dossier.archive_file_code, str(made.dossier.id), str(made.documents[0].id),
        str(made.dossier.place.inventory.fonds_id), "Chi cục ATVSTP", "test.example/H30.81",
        str(job), str(batch["batch_id"]), str(batch["held_id"]), "Đợt thử",
    ]  # fmt: skip
    for username in ("lan", "minh", "nga", "quang"):
        client = sign_in(username)
        for address in plain_pages():
            page = answer(client, "get", address)[2].decode()
            page = page.replace(f"“{HIDDEN}”", "").replace(f'value="{HIDDEN}"', "")
            page = page.replace(f"q={HIDDEN}", "").replace(f"<title>{HIDDEN}", "")
            found = [trace for trace in traces if trace in page]
            assert not found, f"{username} sees {found} at {address}"
    own = sign_in("cuc").get("/tim/?q=" + HIDDEN).content.decode()
    assert str(made.documents[0].id) in own, "the search would find nothing for anybody"


@pytest.mark.req("AR-121")
def test_a_clerk_meets_no_trace_of_conditional_records(cast: TestHouse, sign_in: SignIn) -> None:
    shown = {"subject": "Thông báo nghỉ lễ", "issued_on": "2010-02-04"}
    hidden = {
        "subject": f"Về việc {HIDDEN}", "access_level": "02", "issued_on": "2007-05-01",
        "record_type": "09", "issuer": HIDDEN, "number": "987", "page_count": 77,
    }  # fmt: skip
    mixed = make_dossier(cast, number="01", documents=[shown, hidden, hidden], declared=3)
    closed = make_dossier(cast, number="02", title=f"Hồ sơ {HIDDEN}", access="02", documents=[{}])
    signed_events()
    clerk, archivist = sign_in("hoa"), sign_in("cuc")
    traces = [
        HIDDEN, str(closed.dossier.id), closed.dossier.archive_file_code, "987/QĐ",
        *(str(document.id) for document in [*mixed.documents[1:], *closed.documents]),
        ">2007<", "year=2007\"", "0000002", "0000003",
    ]  # fmt: skip
    home = f"/ho-so/{mixed.dossier.id}/"
    visible = f"/tai-lieu/{mixed.documents[0].id}/"
    fonds = f"/phong/{mixed.dossier.place.inventory.fonds_id}/"
    everywhere = [*plain_pages(), home, visible, fonds, f"{home}chung-cu.json"]
    for address in everywhere:
        page = clerk.get(address).content.decode()
        page = page.replace(f"“{HIDDEN}”", "").replace(f'value="{HIDDEN}"', "")
        page = page.replace(f"q={HIDDEN}", "").replace(f"<title>{HIDDEN}", "")
        if "year=2007" in address:  # what was asked for is echoed
            page = page.replace("year=2007", "").replace(">2007<", "><")
        found = [trace for trace in traces if trace in page]
        assert not found, f"the clerk sees {found} at {address}"
    dossier = clerk.get(home).content.decode()
    assert "tất cả 1" in dossier
    assert "bảng kê khai" not in dossier
    assert "Tổng số tài liệu trong hồ sơ" not in dossier
    assert "tất cả 3" in archivist.get(home).content.decode()
    register = clerk.get("/tai-lieu/").content.decode()
    assert "1 trong phạm vi bạn được xem" in register
    assert "4 trong phạm vi bạn được xem" in archivist.get("/tai-lieu/").content.decode()
    counts = clerk.get("/ho-so/").content.decode()
    assert "1 trong phạm vi bạn được xem" in counts


def test_the_note_of_a_dossier_is_no_word_to_search_by_where_it_may_count_what_is_hidden(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.archive.actions.describe_record import describe_dossier, digest_of

    made = make_dossier(cast, documents=[{}, {"access_level": "02"}])
    describe_dossier(
        cast.acting("cuc"),
        made.dossier.id,
        {"note": "Hồ sơ số hóa này có hai tài liệu demthu"},
        expected=digest_of(made.dossier),
    )
    assert "0 kết quả" in sign_in("hoa").get("/tim/?q=demthu").content.decode()
    page = sign_in("hoa").get(f"/ho-so/{made.dossier.id}/").content.decode()
    assert "demthu" not in page


def test_search_and_facets_of_two_bodies_do_not_mix(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast, "cuc", number="01", documents=[{"record_type": "02"}] * 2)
    make_dossier(cast, "nga", number="01", documents=[{"record_type": "07"}] * 3)
    for username, count, own, foreign in (("cuc", 2, "02", "07"), ("nga", 3, "07", "02")):
        client = sign_in(username)
        search = client.get("/tim/?q=thanh+lý&kind=document").content.decode()
        assert f"{count} kết quả" in search
        register = client.get("/tai-lieu/").content.decode()
        assert f"type={own}" in register
        assert f"type={foreign}" not in register
        chosen = client.get(f"/tai-lieu/?type={foreign}").content.decode()
        assert "0 trong phạm vi bạn được xem" in chosen
