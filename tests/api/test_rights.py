"""For every person of the cast: what a page shows, a key shows, and nothing else."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from tangthu.kernel.models import Job
from tangthu.programs.actions.make_key import make_key
from tangthu.repository.models import Package
from tests.office.test_rights import dip_of, taken_out
from tests.support import batches
from tests.support.house import PASSWORD, PEOPLE, TestHouse
from tests.support.programs import Program
from tests.support.records import MadeDossier, make_dossier, sealed_package, signed_events

EVERYBODY = [name for people in PEOPLE.values() for name, *_rest in people]


@pytest.fixture(scope="module")
def pairs(
    shared_cast: TestHouse, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[str, str]]:
    """Addresses of pages, each with the address of the same thing for programs."""
    open_one = make_dossier(shared_cast, documents=[{}, {"access_level": "02"}])
    closed = make_dossier(shared_cast, number="02", access="02", documents=[{}])
    sealed_package(shared_cast, open_one)
    other = make_dossier(shared_cast, "nga", number="09")
    batch = batches.checked(shared_cast, tmp_path_factory.mktemp("dot"), [batches.Paper()])
    signed_events()
    ids = taken_out()
    dip, package, job = dip_of(open_one), Package.objects.get(), Job.objects.earliest("created_at")
    found = [
        ("/kho/", "/stores"), ("/kho/goi/", "/packages"), ("/so-cai/", "/ledger"),
        (f"/kho/goi/{package.id}/", f"/packages/{package.id}"),
        (f"/cong-viec/{job.id}/", f"/jobs/{job.id}"),
        (f"/dot-so-hoa/{batch.id}/", f"/imports/{batch.id}"),
        (f"/dot-so-hoa/{batch.id}/con-lai/", f"/imports/{batch.id}/waiting"),
        (f"/dot-so-hoa/{batch.id}/bao-cao.xlsx", f"/imports/{batch.id}/report"),
        (f"/goi-su-dung/{dip}/", f"/dips/{dip}"),
        (f"/xuat/{ids['export_id']}/", f"/exports/{ids['export_id']}"),
    ]  # fmt: skip
    for made in (open_one, closed, other):
        found += of_dossier(made)
    return found


def of_dossier(made: MadeDossier) -> list[tuple[str, str]]:
    here, fonds = made.dossier.id, made.dossier.place.inventory.fonds_id
    found = [
        (f"/ho-so/{here}/", f"/dossiers/{here}"),
        (f"/ho-so/{here}/", f"/dossiers/{here}/documents"),
        (f"/ho-so/{here}/chung-cu.json", f"/dossiers/{here}/proof"),
        (f"/phong/{fonds}/", f"/fonds/{fonds}"),
    ]
    for document, file in zip(made.documents, made.files, strict=True):
        found += [
            (f"/tai-lieu/{document.id}/", f"/documents/{document.id}"),
            (f"/tai-lieu/{document.id}/", f"/documents/{document.id}/history"),
            (f"/tai-lieu/{document.id}/chung-cu.json", f"/documents/{document.id}/proof"),
            (f"/tai-lieu/{document.id}/trang/1.webp", f"/documents/{document.id}/pages/1"),
            (f"/tep/{file.id}/", f"/files/{file.id}/content"),
        ]
    return found


def signed_in(username: str) -> Client:
    client = Client()
    given = {"username": username, "password": PASSWORD}
    assert client.post("/dang-nhap/", given).status_code == 302
    return client


@pytest.mark.parametrize("username", EVERYBODY)
def test_a_key_shows_what_the_page_shows(
    shared_cast: TestHouse, pairs: list[tuple[str, str]], username: str
) -> None:
    from tangthu.programs.queries import rights_at

    acting = shared_cast.acting(username)
    body = acting.viewer.positions[0][0]
    _key, token = make_key(
        acting, name="x", body_id=body, scopes=rights_at(acting.viewer, body), days=1
    )
    client, asking = signed_in(username), Program(token)
    shown = 0
    for page, address in pairs:
        by_page, by_key = client.get(page).status_code, asking.ask("GET", address).status_code
        assert (by_page == 200) == (by_key == 200), (page, by_page, address, by_key)
        assert by_key in {200, 403, 404}, (address, by_key)
        shown += by_key == 200
    assert shown or username in {"dung", "quang"}


@pytest.mark.parametrize("username", EVERYBODY)
def test_a_key_counts_and_finds_what_the_page_counts_and_finds(
    shared_cast: TestHouse, pairs: list[tuple[str, str]], username: str
) -> None:
    from tangthu.programs.queries import rights_at

    acting = shared_cast.acting(username)
    body = acting.viewer.positions[0][0]
    scopes = rights_at(acting.viewer, body)
    _key, token = make_key(acting, name="y", body_id=body, scopes=scopes, days=1)
    client, asking = signed_in(username), Program(token)
    for page, address, kind in (
        ("/ho-so/", "/dossiers", "ho-so"), ("/tai-lieu/", "/documents", "tai-lieu"),
    ):  # fmt: skip
        words = client.get(page).content.decode()
        items = asking.get(address)["items"]
        assert {one["id"] for one in items} == {
            str(uuid.UUID(part[:36])) for part in words.split(f'href="/{kind}/')[1:]
            if len(part) > 36 and part[8] == "-" and part[36] == "/"
        }  # fmt: skip
        hits = asking.get(f"/search?q=thanh+ly&kind={items[0]['kind'] if items else 'dossier'}")
        assert {one["id"] for one in hits["items"]} <= {one["id"] for one in items}
