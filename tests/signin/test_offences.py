"""Each offence that Nghị định 31 lists, tried without the right: refused, written into the security
log with who and where, and nothing is changed (AR-15)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from tangthu.identity.keeping import LastHolder
from tangthu.identity.models import Account, Unit
from tangthu.identity.views import groups
from tangthu.kernel.errors import HouseError, Refused
from tangthu.signin.models import SecurityEntry
from tests.signin.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.programs import program
from tests.support.records import CONDITIONAL, make_dossier, sealed_package
from tests.support.states import assert_same, catalogue

# By offence: who tries (`lan` works at another body, `hoa` reads public records alone), how, and
# where. `dossier` is of conditional access and in a package, `open` public.
OFFENCES: dict[str, list[tuple[str, str, str]]] = {
    "access": [
        ("lan", "get", "/ho-so/{dossier}/"), ("lan", "get", "/tai-lieu/{document}/"),
        ("hoa", "get", "/ho-so/{dossier}/"), ("hoa", "get", "/ho-so/{dossier}/ai-duoc-xem/"),
        ("hoa", "get", "/kho/goi/{package}/"), ("hoa", "get", "/nhat-ky-an-toan/"),
        ("hoa", "get", "/nguoi-dung/{person}/"),
    ],
    "copy": [
        ("lan", "get", "/tep/{file}/"), ("hoa", "get", "/tep/{file}/"),
        ("hoa", "post", "/tep/{file}/ban-co-dau/"), ("hoa", "post", "/in/ho-so/{dossier}/"),
        ("hoa", "post", "/in/tai-lieu/{document}/"),
        ("hoa", "post", "/ho-so/{dossier}/goi-su-dung/"),
        ("lan", "get", "/ho-so/{dossier}/chung-cu.json"),
    ],
    "sharing": [
        ("hoa", "post", "/quyen/cap/dossier/{open}/"),
        ("lan", "post", "/quyen/cap/document/{document}/"),
        ("hoa", "post", "/quyen/grant/{other}/"),
        ("hoa", "post", "/nguoi/{person}/chuc-vu/"),
    ],
    "content": [
        ("hoa", "post", "/ho-so/{open}/mo-ta/"), ("lan", "post", "/tai-lieu/{document}/mo-ta/"),
        ("hoa", "post", "/ho-so/{open}/dong-goi/"), ("hoa", "post", "/ho-so/{dossier}/mo-ta/"),
        ("lan", "post", "/tai-lieu/{document}/bao-mat/"),
    ],
    "master data": [
        ("hoa", "post", "/co-quan/{body}/ten/"), ("quang", "post", "/co-quan/{body}/ten/"),
        ("hoa", "post", "/don-vi/{unit}/giai-the/"), ("hoa", "post", "/don-vi/moi/"),
        ("hoa", "post", "/nguoi/{person}/ho-ten/"), ("quang", "post", "/nguoi/{person}/ho-ten/"),
        ("hoa", "post", "/phong/{fonds}/mo-ta/"), ("lan", "post", "/phong/{fonds}/mo-ta/"),
        ("hoa", "post", "/phong/moi/"),
    ],
    "destroying": [
        ("cuc", "post", "/kho/noi/{store}/thoi-dung/"), ("cuc", "post", "/kho/noi/{store}/sua/"),
        ("quang", "post", "/kho/noi/{store}/thoi-dung/"),
        ("hoa", "post", "/phong-toa/dossier/{open}/"),
        ("hoa", "post", "/goi-su-dung/{other}/xoa/"), ("quang", "post", "/sao-luu/dat/"),
    ],
}  # fmt: skip
# The same by programs, with a key of whoever tries.
BY_KEY: list[tuple[str, str, str, Any]] = [
    ("lan", "GET", "/dossiers/{dossier}", None),
    ("hoa", "GET", "/files/{file}/content", None),
    ("hoa", "PATCH", "/dossiers/{open}", {"description": {"title": "Giả mạo"}}),
    ("lan", "PATCH", "/dossiers/{dossier}", {"description": {"title": "Giả mạo"}}),
    ("lan", "PATCH", "/fonds/{fonds}", {"description": {"name": "Giả mạo"}}),
    ("hoa", "POST", "/documents/{document}/withholding", {"reason": "x"}),
]


@pytest.fixture
def things(cast: TestHouse) -> dict[str, object]:
    """A conditional dossier in a package, and what else an address can name."""
    from django.utils import timezone

    from tangthu.identity.actions.units import open_unit
    from tangthu.repository.models import Store

    made = make_dossier(cast, access=CONDITIONAL, documents=[{"access_level": CONDITIONAL}])
    package = sealed_package(cast, made)
    open_unit(
        cast.acting("dung"), body_id=made.dossier.body_id, name="Phòng Một",
        since=timezone.localdate(), decision="1/QĐ",
    )  # fmt: skip
    return {
        "dossier": made.dossier.pk, "document": made.documents[0].pk, "file": made.files[0].pk,
        "open": make_dossier(cast, number="02").dossier.pk,
        "fonds": made.dossier.place.inventory.fonds_id, "body": made.dossier.body_id,
        "package": package.pk, "unit": Unit.objects.get().pk,
        "store": Store.objects.earliest("position").uid, "other": uuid.uuid4(),
        "person": Account.objects.get(username="cuc").person_id,
    }  # fmt: skip


def state() -> dict[str, Any]:
    from tangthu.identity.models import Appointment, Body, Grant, Person
    from tangthu.repository.models import Store

    models: tuple[Any, ...] = (Appointment, Body, Grant, Person, Unit, Store)
    return {
        **catalogue(),
        **{one.__name__: list(one.objects.order_by("pk").values()) for one in models},
    }


def tried(act: Callable[[], int]) -> tuple[int, list[SecurityEntry]]:
    """How an attempt was answered, and the lines of the security log that it left."""
    before = set(SecurityEntry.objects.values_list("pk", flat=True))
    status = act()
    found = SecurityEntry.objects.filter(outcome="refused").exclude(pk__in=before)
    return status, list(found)


@pytest.mark.req("AR-15")
def test_every_offence_without_the_right_is_refused_and_written(
    cast: TestHouse, sign_in: SignIn, things: dict[str, object]
) -> None:
    clients: dict[str, Client] = {}
    before = state()
    for offence, attempts in OFFENCES.items():
        for username, method, pattern in attempts:
            client = clients.setdefault(username, sign_in(username))
            address = pattern.format(**things)
            status, lines = tried(lambda: getattr(client, method)(address).status_code)  # noqa: B023
            case = (offence, username, method, pattern)
            assert status in (403, 404), (case, status)
            assert [(one.account, one.target, one.kind) for one in lines] == [
                (username, address, "refused")
            ], case
    for username, method, pattern, sent in BY_KEY:
        asking = program(cast, username)
        address = f"/api/v1{pattern.format(**things)}"
        status, lines = tried(
            lambda: asking.ask(method, address, sent, If_Match="*").status_code  # noqa: B023
        )
        assert status in (403, 404), (username, pattern, status)
        assert [(one.account, one.target) for one in lines] == [(username, address)], pattern
    assert_same(state(), before)


@pytest.mark.req("AR-15")
def test_an_offence_by_command_is_refused_and_written(
    cast: TestHouse,
) -> None:
    from tests.support.commands import call

    for username, *words in (
        ("quang", "stores", "retire", "kho-a", "--reason", "ổ cũ", "--decision", "1/QĐ"),
        ("hoa", "keeper", "give", "hoa", "--decision", "1/QĐ"),
        ("quang", "account", "reset-password", "dung"),
    ):
        status, lines = tried(lambda: call(cast, "--as", username, *words).returncode)  # noqa: B023
        assert status == 2, words
        assert [one.account for one in lines] == [username], words


@pytest.mark.req("AR-15")
def test_what_a_form_refuses_for_want_of_a_right_is_written_too(
    cast: TestHouse, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page opens for whoever may open it anywhere; where he may not is told beside the form."""
    client = sign_in("dung")
    for error, written in (
        (Refused("không được", right="x"), [("dung", "/nhom/moi/")]),
        (LastHolder("người cuối"), []),  # a conflict is no want of a right
    ):

        def refuse(*_given: object, told: HouseError = error, **_more: object) -> None:
            raise told

        monkeypatch.setattr(groups, "open_group", refuse)
        status, lines = tried(lambda: client.post("/nhom/moi/", {"name": "Tổ"}).status_code)
        assert status == 422
        assert [(one.account, one.target) for one in lines] == written


@pytest.mark.req("AR-15")
def test_neither_ledger_nor_log_is_rewritten_by_what_serves_people(cast: TestHouse) -> None:
    """Whoever takes over the site has its login alone; the database refuses and keeps what was."""
    make_dossier(cast)
    for words in (
        "DELETE FROM ledger_entry", "UPDATE ledger_entry SET leaf = ''", "TRUNCATE ledger_entry",
        "DELETE FROM signin_securityentry", "UPDATE signin_securityentry SET account = ''",
    ):  # fmt: skip
        with pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute(words)
