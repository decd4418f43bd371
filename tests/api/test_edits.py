"""Changes of labelled records that wait for a second person, for programs (RM-951)."""

from __future__ import annotations

import json
import uuid

import pytest

from tangthu.records.models import PendingEdit
from tests.office.test_labels import CONFIDENTIAL, describe
from tests.support.house import TestHouse
from tests.support.programs import Program, program
from tests.support.records import MadeDossier, make_dossier

READS = ["read.public", "read.conditional"]


@pytest.fixture
def made(cast: TestHouse) -> MadeDossier:
    """A dossier under a strict label."""
    found = make_dossier(cast)
    describe(cast, found.dossier, sensitivity=CONFIDENTIAL, access_level="02")
    return found


def asked(asking: Program, made: MadeDossier, **values: object) -> str:
    """The id of a change of the dossier that a program asked for and that waits."""
    here = f"/dossiers/{made.dossier.pk}"
    state = asking.get(here)["state"]
    answer = asking.ask("PATCH", here, {"description": values}, If_Match=f'"{state}"')
    assert answer.status_code == 200, answer.content
    told = json.loads(answer.content)
    assert told["changed"] == [] and told["waits"]
    return str(told["waits"])


@pytest.mark.req("RM-951")
def test_a_change_that_a_program_asked_for_is_seen_beside_what_stands_and_approved_by_another(
    cast: TestHouse, made: MadeDossier
) -> None:
    asking, leader = program(cast, "cuc"), program(cast, "binh")
    edit = asked(asking, made, title="Tên mới", note="sửa lại")
    here = f"/edits/{edit}"
    (listed,) = leader.get("/edits?state=waiting")["items"]
    assert (listed["id"], listed["state"], listed["own"]) == (edit, "waiting", False)
    assert (listed["asked_by"], listed["record"]) == ("Nguyễn Thị Cúc", str(made.dossier.pk))
    read = leader.get(here)
    assert read["fields"]["title"] == {"now": made.dossier.title, "then": "Tên mới"}
    assert (read["label"], read["stale"], read["unseen"]) == (CONFIDENTIAL, False, [])
    assert asking.get(here)["own"]
    # Nobody approves his own, by whichever of his keys.
    assert asking.ask("POST", f"{here}/approve").status_code == 403
    # A key that only reads does not open what waits.
    assert program(cast, "cuc", READS).ask("POST", f"{here}/approve").status_code == 404
    done = leader.ask("POST", f"{here}/approve")
    assert done.status_code == 200, done.content
    assert set(json.loads(done.content)["changed"]) == {"title", "note"}
    made.dossier.refresh_from_db()
    assert (made.dossier.title, made.dossier.note) == ("Tên mới", "sửa lại")
    again = leader.ask("POST", f"{here}/approve")
    assert again.status_code == 409 and b"edit-decided" in again.content
    assert leader.get("/edits?state=waiting")["items"] == []
    assert leader.get("/edits?state=decided")["items"][0]["decided_by"] == "Lê Văn Bình"


@pytest.mark.req("RM-951")
def test_a_key_without_the_right_decides_nothing_and_one_without_the_record_knows_of_nothing(
    cast: TestHouse, made: MadeDossier
) -> None:
    edit = asked(program(cast, "cuc"), made, title="Tên mới")
    here = f"/edits/{edit}"
    reads = program(cast, "binh", READS)
    approves = program(cast, "binh", ["read.public", "records.approve"])
    for blind in (reads, approves, program(cast, "nga"), program(cast, "hoa")):
        for method, path in (("GET", here), ("POST", f"{here}/approve")):
            answer = blind.ask(method, path)
            absent = blind.ask(method, path.replace(edit, str(uuid.uuid4())))
            assert (answer.status_code, answer.content) == (404, absent.content)
    assert approves.get("/edits") == {"items": [], "next": None}
    assert reads.ask("GET", "/edits").status_code == 404
    # The key of whoever asked takes back nothing that it may not see.
    only_reads = program(cast, "cuc", READS)
    assert only_reads.ask("GET", here).status_code == 404
    assert only_reads.ask("POST", f"{here}/withdraw").status_code == 404
    describes = program(cast, "cuc", [*READS, "archive.describe"])
    told = describes.ask("POST", f"{here}/refuse", {"reason": "Khác"})
    assert told.status_code == 403 and json.loads(told.content)["right"] == "records.approve"
    assert PendingEdit.objects.get().decided_at is None


@pytest.mark.req("RM-951")
def test_a_change_is_refused_for_a_reason_or_taken_back_by_whoever_asked_for_it(
    cast: TestHouse, made: MadeDossier
) -> None:
    asking, leader = program(cast, "cuc"), program(cast, "binh")
    title = made.dossier.title
    first = f"/edits/{asked(asking, made, title='Một')}"
    assert leader.ask("POST", f"{first}/refuse", {"reason": " "}).status_code == 422
    assert leader.ask("POST", f"{first}/refuse", {}).status_code == 422
    assert leader.ask("POST", f"{first}/refuse", {"reason": "Chưa đủ căn cứ"}).status_code == 200
    told = asking.get(first)
    assert (told["state"], told["reason"]) == ("refused", "Chưa đủ căn cứ")
    second = f"/edits/{asked(asking, made, title='Hai')}"
    assert leader.ask("POST", f"{second}/withdraw").status_code == 404
    assert asking.ask("POST", f"{second}/withdraw").status_code == 200
    assert asking.get(second)["state"] == "withdrawn"
    made.dossier.refresh_from_db()
    assert made.dossier.title == title


def test_a_change_of_what_was_changed_meanwhile_is_told_as_stale_and_not_made(
    cast: TestHouse, made: MadeDossier
) -> None:
    asking, leader = program(cast, "cuc"), program(cast, "binh")
    first = f"/edits/{asked(asking, made, title='Một')}"
    second = f"/edits/{asked(asking, made, note='Hai')}"
    assert leader.ask("POST", f"{first}/approve").status_code == 200
    assert leader.get(second)["stale"]
    late = leader.ask("POST", f"{second}/approve")
    assert late.status_code == 409 and b"changed-meanwhile" in late.content
    made.dossier.refresh_from_db()
    assert (made.dossier.title, made.dossier.note) == ("Một", made.dossier.note)
    assert made.dossier.note != "Hai"


def test_changes_are_paged_newest_first(cast: TestHouse, made: MadeDossier) -> None:
    asking = program(cast, "cuc")
    edits = [asked(asking, made, note=f"Lần {n}") for n in range(3)]
    page = asking.get("/edits?limit=2")
    rest = asking.get(f"/edits?limit=2&cursor={page['next']}")
    assert [one["id"] for one in [*page["items"], *rest["items"]]] == edits[::-1]
    assert rest["next"] is None
