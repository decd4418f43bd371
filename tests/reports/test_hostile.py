"""Whatever stands in a query string or a form: no answer is a failure of ours, and what was refused
leaves no trace in the history of use."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from tangthu.kernel.models import Job
from tangthu.records.models import Use
from tangthu.reports.job_kinds import EXPORT
from tangthu.reports.models import Export, SavedView
from tests.office.conftest import SignIn
from tests.reports.exporting import made
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier

# As they stand in an address: bytes that are no UTF-8 and halves of characters too.
HOSTILE = (
    "", "%00", "a%00b", "%FF%FE", "%ED%A0%80", "%F0%9F%98%80", "x" * 4000, "%CC%81" * 500,
    "%D9%A1%D9%A2", "%EF%BC%91", "%C2%B2", "-1", "0", "1" * 400, "1e309", "NaN", "null", "[]",
    "31%2F12%2F9999", "9999", "9999-12-31", "01%2F01%2F0001", "0001", "0000", "00%2F00%2F2010",
    "%27%22%3C%2F%3E%7B%7D%25%5C", "..%2F..%2Fetc%2Fpasswd", "title,title,%00,,,", "-%00", "%25s",
)  # fmt: skip
_ID = re.compile(r"[0-9a-f-]{36}")
DATES = ("ngay_from", "ngay_to")
PAIRS = ("q", "kind", "sort", "fonds", "year", "type", "retention", "sealed", "secrecy", "dang",
         "dossier")  # fmt: skip
LISTS = ("search", "dossiers", "documents", "dossier-documents")


@dataclass(frozen=True)
class House:
    """What stands in the database of this module."""

    cast: TestHouse
    made: MadeDossier
    export: Export
    view: SavedView


@pytest.fixture(scope="module")
def house(shared_cast: TestHouse) -> House:
    """One dossier, a list of it taken out, a search that is kept."""
    from tangthu.reports.actions.keep_views import save_view

    one = make_dossier(shared_cast, documents=[{}, {"access_level": "02"}])
    export = made(shared_cast, format_="xlsx")
    view = save_view(
        shared_cast.acting("cuc"), name="x", source="documents", query="q=x", shared_with=None
    )
    return House(shared_cast, one, export, view)


@pytest.fixture
def client(house: House, sign_in: SignIn) -> Client:
    """The archivist; what fails inside is an answer, as it is for who sits before it."""
    return sign_in("cuc", raise_request_exception=False)


def spellings(one: uuid.UUID) -> tuple[str, ...]:
    """Ways to write the id that Python's own reader takes for the same."""
    plain = str(one)
    return (
        plain, plain.upper(), f"urn:uuid:{plain}", f"{{{plain}}}", one.hex,
        plain.replace("-", "--"), f" {plain} ", f"urn:uuid:{{{one.hex.upper()}}}",
    )  # fmt: skip


def traces() -> tuple[int, ...]:
    """How much has been noted so far: events, uses, exports, searches, jobs."""
    with connection.cursor() as cursor:
        counts = []
        for table in ("ledger_pending", "ledger_entry", "records_use", "reports_export",
                      "reports_savedview", "kernel_job"):  # fmt: skip
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts.append(cursor.fetchone()[0])
    return tuple(counts)


def addresses(house: House) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every page of the app with the parameters that it, or its list, may read."""
    listed = ("sort", "at", "cot", "density")
    yield "/tim-kiem-da-luu/", listed
    yield f"/tim-kiem-da-luu/{house.view.pk}/", ("cot",)
    yield f"/tim-kiem-da-luu/{house.view.pk}/sua/", ()
    yield "/xuat/", listed
    yield f"/xuat/{house.export.pk}/", ("cot",)
    yield f"/xuat/{house.export.pk}/tien-do/", ()
    yield f"/xuat/{house.export.pk}/tep/", ("x",)
    yield "/ban-in/", ("ma",)
    yield "/lich-su-khai-thac/", (*DATES, "viec", "ai", *listed)
    yield "/thong-ke/", (*DATES, *listed)
    yield f"/ho-so/{house.made.dossier.pk}/", listed
    for page in ("/xuat/moi/", "/tim-kiem-da-luu/moi/"):
        yield page, ("nguon",)
        for source in LISTS:
            base = f"?nguon={source}&q=thanh&dossier={house.made.dossier.pk}"
            yield page + base, (*PAIRS, "cot")


def some(path: str, name: str) -> list[str]:
    """A handful of values for a parameter, another one for each page; every one for a date.

    Each value meets many parameters, each parameter many values, and the test stays quick.
    """
    values = [value for value in HOSTILE if value != "%00"]
    if name in DATES:
        return [*values, "%00"]
    return ["%00", *random.Random(f"{_ID.sub('', path)} {name}").sample(values, 2)]


def sent(client: Client, method: str, path: str, query: str) -> HttpResponse:
    """What comes back; a form is sent as such."""
    if method == "GET":
        joint = "&" if "?" in path else "?"
        return client.get(f"{path}{joint}{query}")
    return client.post(path, query, content_type="application/x-www-form-urlencoded")


def wrong(client: Client, method: str, path: str, query: str) -> str:
    """What is wrong with the answer to one request; "" if nothing."""
    before = traces()
    answer = sent(client, method, path, query)
    told = f"{method} {path} {query[:100]}: {answer.status_code}"
    if answer.status_code >= 500:
        return told
    return f"{told}, noted" if answer.status_code >= 400 and traces() != before else ""


def test_no_page_fails_whatever_is_asked_of_it(house: House, client: Client) -> None:
    asked = [
        (path, query)
        for path, names in addresses(house)
        for query in (
            "",
            *(f"{name}={value}" for name in names for value in some(path, name)),
            *(f"{name}=a&{name}=b&{name}[]=c&{name}=%00" for name in names),
        )
    ]
    failures = [wrong(client, "GET", path, query) for path, query in asked]
    assert "\n".join(filter(None, failures)) == ""


def test_no_list_is_printed_ordered_or_kept_in_a_way_that_fails(
    house: House, client: Client
) -> None:
    dossier = house.made.dossier.pk
    failures = []
    for source in LISTS:
        base = f"nguon={source}&q=thanh&dossier={dossier}"
        failures += [
            wrong(client, "POST", "/in/danh-sach/", f"{base}&{name}={value}")
            for name in (*PAIRS, "nguon", "cot")
            for value in some(source, name)
        ]
        failures += [
            wrong(client, "POST", f"/xuat/moi/?{base}", f"format=xlsx&columns=title&{name}={value}")
            for name in ("format", "sort", "columns")
            for value in some(base, name)
        ]
        # So that none is refused for there being too many already.
        Job.objects.filter(kind=EXPORT).update(state=Job.State.DONE)
        Export.objects.exclude(pk=house.export.pk).update(expires_at=house.export.ordered_at)
    for value in some("", "ngay_to"):
        for name in ("name", "shared_with"):
            form = f"name=y&{name}={value}"
            failures.append(wrong(client, "POST", "/tim-kiem-da-luu/moi/?nguon=documents", form))
            change = f"/tim-kiem-da-luu/{house.view.pk}/sua/"
            failures.append(wrong(client, "POST", change, form))
        failures += [
            wrong(client, "POST", "/cot/", f"name=documents&column=title&{name}={value}")
            for name in ("name", "column", "next", "default")
        ]
    assert "\n".join(filter(None, failures)) == ""


@pytest.mark.parametrize("spelt", range(8))
def test_a_dossier_in_any_spelling_of_its_id_is_one_dossier(
    house: House, client: Client, spelt: int
) -> None:
    dossier = house.made.dossier
    asked = f"nguon=dossier-documents&dossier={quote(spellings(dossier.pk)[spelt])}"
    for method, path in (("GET", "/xuat/moi/"), ("POST", "/in/danh-sach/")):
        answer = sent(client, method, path, asked)
        assert answer.status_code == 200, path
        assert f'href="/ho-so/{dossier.pk}/' in answer.content.decode()
    ordered = sent(client, "POST", f"/xuat/moi/?{asked}", "format=xlsx&columns=title")
    assert ordered.status_code == 302
    Job.objects.filter(kind=EXPORT).update(state=Job.State.DONE)
    assert Export.objects.latest("ordered_at").asked == {"dossier": str(dossier.pk)}
    printed = Use.objects.filter(kind="list_print").latest("at")
    assert printed.detail["asked"] == {"dossier": str(dossier.pk)}


@pytest.mark.req("RM-662")
@pytest.mark.parametrize("address", ["/lich-su-khai-thac/?ai=tat-ca&", "/thong-ke/?"])
def test_a_span_of_days_holds_its_ends_as_they_were_typed(
    house: House, client: Client, address: str
) -> None:
    """A month or a year as its end means its last day; ends of the calendar are no failure."""
    year = timezone.localdate().year
    for span, there in (
        ("", True), (f"ngay_from=01/01/{year}&ngay_to=31/12/{year}", True),
        (f"ngay_from={year}&ngay_to={year}", True), (f"ngay_to={year - 1}", False),
        (f"ngay_from={year + 1}", False), ("ngay_to=31/12/9999", True), ("ngay_to=9999", True),
        ("ngay_from=31/12/9999", False), ("ngay_from=01/01/0001", True),
        ("ngay_to=01/01/0001", False), ("ngay_from=0001&ngay_to=9999", True),
    ):  # fmt: skip
        page = client.get(address + span).content.decode()
        listed = page.count("<tr") > 1
        counted = re.search(r"Lượt in, xuất, tải danh sách.*?stat-value.>(\d+)", page, re.DOTALL)
        assert (int(counted[1]) > 0 if counted else listed) is there, span
