"""What a program reads is what the page of the same person shows."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import pytest

from tests.support.house import TestHouse
from tests.support.programs import Program, program
from tests.support.records import MadeDossier, make_dossier, sealed_package, signed_events


@pytest.fixture(scope="module")
def made(shared_cast: TestHouse) -> Iterator[MadeDossier]:
    first = make_dossier(
        shared_cast, documents=[{}, {"access_level": "02"}, {"subject": "Kế hoạch thanh tra"}]
    )
    sealed_package(shared_cast, first)
    for number in range(2, 9):
        make_dossier(shared_cast, number=f"{number:02d}")
    signed_events()
    yield first


@pytest.fixture(scope="module")
def cuc(shared_cast: TestHouse, made: MadeDossier) -> Program:
    return program(shared_cast, "cuc")


@pytest.fixture(scope="module")
def hoa(shared_cast: TestHouse, made: MadeDossier) -> Program:
    return program(shared_cast, "hoa")


@pytest.fixture(scope="module")
def nga(shared_cast: TestHouse, made: MadeDossier) -> Program:
    return program(shared_cast, "nga")


def test_the_key_says_whose_it_is(cuc: Program) -> None:
    me = cuc.get("/me")
    assert me["person"] == "Nguyễn Thị Cúc"
    assert me["body"]["code"] == "H30.81"
    assert "archive.describe" in me["rights"]


def test_every_list_answers(cuc: Program) -> None:
    for path in (
        "/search?q=ke+hoach", "/dossiers", "/documents", "/fonds", "/jobs", "/uses", "/imports",
        "/stores", "/packages", "/checks", "/ledger", "/dips", "/exports", "/views", "/bodies",
        "/quarantine", "/withheld", "/uses?everybody=true", "/dossiers?facets=true",
    ):  # fmt: skip
        assert "items" in cuc.get(path), path


def test_a_record_is_read_with_its_state_as_etag(cuc: Program, made: MadeDossier) -> None:
    answer = cuc.ask("GET", f"/dossiers/{made.dossier.id}")
    found = json.loads(answer.content)
    assert answer.headers["ETag"] == f'"{found["state"]}"'
    assert found["documents"] == 3
    assert found["package"]["copies"][0]["state"] == "good"
    document = cuc.get(f"/documents/{made.documents[0].id}")
    assert document["dossiers"][0]["id"] == str(made.dossier.id)
    assert document["files"][0]["sha256"] == made.files[0].sha256
    places = cuc.get(f"/dossiers/{made.dossier.id}/documents?limit=2")
    assert [one["ordinal"] for one in places["items"]] == [1, 2]
    rest = cuc.get(f"/dossiers/{made.dossier.id}/documents?limit=2&cursor={places['next']}")
    assert [one["ordinal"] for one in rest["items"]] == [3]
    assert rest["next"] is None


def test_who_may_not_see_all_documents_gets_no_count_of_them(
    hoa: Program, made: MadeDossier
) -> None:
    found = hoa.get(f"/dossiers/{made.dossier.id}")
    assert found["documents"] == 2
    assert "record_count" not in found["description"]
    assert found["package"]["versions"][0]["files"] is None


def test_pages_follow_each_other_without_gap_or_repetition(cuc: Program) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        answer = cuc.ask("GET", f"/dossiers?limit=3&sort=code{cursor}")
        page = json.loads(answer.content)
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            assert 'rel="next"' not in answer.headers.get("Link", "")
            break
        assert f"cursor={page['next'].replace(':', '%3A')}" in answer.headers["Link"]
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == page["count"]["total"] == 8


def test_a_cursor_of_another_list_or_another_key_is_refused(cuc: Program, hoa: Program) -> None:
    cursor = cuc.get("/dossiers?limit=1")["next"]
    for asking, path in (
        (cuc, f"/documents?limit=1&cursor={cursor}"),
        (cuc, f"/dossiers?limit=1&sort=date&cursor={cursor}"),
        (cuc, f"/dossiers?limit=1&cursor={cursor}x"),
        (hoa, f"/dossiers?limit=1&cursor={cursor}"),
    ):
        answer = asking.ask("GET", path)
        assert answer.status_code == 400
        assert json.loads(answer.content)["type"].endswith("/bad-request")


def test_what_is_forbidden_and_what_does_not_exist_get_the_same_bytes(
    nga: Program, hoa: Program, made: MadeDossier
) -> None:
    fonds = made.dossier.place.inventory.fonds_id
    for pattern, known in (
        ("/dossiers/{}", made.dossier.id),
        ("/dossiers/{}/documents", made.dossier.id),
        ("/dossiers/{}/history", made.dossier.id),
        ("/dossiers/{}/proof", made.dossier.id),
        ("/dossiers/{}/sealing", made.dossier.id),
        ("/documents/{}", made.documents[0].id),
        ("/documents/{}/history", made.documents[0].id),
        ("/documents/{}/proof", made.documents[0].id),
        ("/documents/{}/pages/1", made.documents[0].id),
        ("/files/{}", made.files[0].id),
        ("/files/{}/content", made.files[0].id),
        ("/fonds/{}", fonds),
        ("/fonds/{}/history", fonds),
        ("/ledger/{}/checkpoint", made.dossier.body_id),
    ):
        forbidden = nga.ask("GET", pattern.format(known))
        missing = nga.ask("GET", pattern.format(uuid.uuid4()))
        assert forbidden.status_code == missing.status_code == 404, pattern
        assert forbidden.content == missing.content, pattern
        unlike = {"RateLimit", "X-Request-Id"}
        assert {k: v for k, v in forbidden.headers.items() if k not in unlike} == {
            k: v for k, v in missing.headers.items() if k not in unlike
        }
    hidden = hoa.ask("GET", f"/documents/{made.documents[1].id}")
    assert hidden.status_code == 404


def test_a_file_comes_whole_and_in_ranges(cuc: Program, made: MadeDossier) -> None:
    address = f"/files/{made.files[0].id}/content"
    whole = cuc.ask("GET", address)
    data = b"".join(whole.streaming_content)  # type: ignore[attr-defined]
    assert len(data) == made.files[0].size
    part = cuc.ask("GET", address, Range="bytes=5-14")
    assert part.status_code == 206
    assert b"".join(part.streaming_content) == data[5:15]  # type: ignore[attr-defined]
    assert part.headers["Content-Range"] == f"bytes 5-14/{len(data)}"
    end = cuc.ask("GET", address, Range="bytes=-4")
    assert b"".join(end.streaming_content) == data[-4:]  # type: ignore[attr-defined]
    beyond = cuc.ask("GET", address, Range=f"bytes={len(data)}-")
    assert beyond.status_code == 416
    changed = cuc.ask("GET", address, Range="bytes=0-1", If_Range='"other"')
    assert changed.status_code == 200


def test_a_page_image_a_history_and_a_proof_come_as_on_the_page(
    cuc: Program, made: MadeDossier
) -> None:
    image = cuc.ask("GET", f"/documents/{made.documents[0].id}/pages/1")
    assert image.status_code == 200, image.content[:300]
    assert image.headers["Content-Type"] == "image/webp"
    assert cuc.get(f"/dossiers/{made.dossier.id}/history")["items"]
    proof = cuc.get(f"/documents/{made.documents[0].id}/proof")
    body = made.dossier.body_id
    answer = cuc.ask("POST", f"/ledger/{body}/verify", {"bundle": proof})
    assert json.loads(answer.content)["holds"] is True
    proof["events"][0]["leaf"] = proof["events"][0]["leaf"][:-2] + "AA"
    answer = cuc.ask("POST", f"/ledger/{body}/verify", {"bundle": proof})
    assert json.loads(answer.content)["holds"] is False
    assert cuc.get(f"/ledger/{body}/checkpoint")["keys"]


def test_a_value_that_cannot_hold_is_told_by_its_field(cuc: Program) -> None:
    for path, field in (
        ("/dossiers?year=20x", "year"),
        ("/dossiers?fonds=khong-co", "fonds"),
        ("/dossiers?limit=0", "limit"),
        ("/dossiers?sort=nothing", "sort"),
        ("/search?q=a&kind=none", "kind"),
        ("/jobs?state=none", "state"),
    ):
        answer = cuc.ask("GET", path)
        assert answer.status_code == 422, path
        assert [one["field"] for one in json.loads(answer.content)["problems"]] == [field], path
