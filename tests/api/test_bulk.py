"""Acts for many records, freezes and the register of stores for programs."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from tangthu.bulk.models import BulkAct
from tangthu.kernel import jobs
from tangthu.kernel.models import Job
from tangthu.records.models import Document, Freeze
from tangthu.repository.models import Store
from tests.support.house import TestHouse
from tests.support.programs import program
from tests.support.records import make_dossier, sealed_package

READS = ["read.public", "read.conditional"]


def test_a_program_previews_confirms_by_digest_and_reads_what_came_of_each(
    cast: TestHouse,
) -> None:
    made = make_dossier(cast, documents=[{}, {"note": "Chỉnh lý"}, {"access_level": "02"}])
    given = {
        "of": "documents", "act": "describe", "asked": {"year": "2010"},
        "args": {"field": "note", "value": "Chỉnh lý"},
    }  # fmt: skip
    writer = program(cast, "cuc", [*READS, "archive.describe"])
    assert program(cast, "cuc", READS).ask("POST", "/bulk-acts", given).status_code == 404
    wide = {**given, "asked": {"nam": "2010"}}
    assert writer.ask("POST", "/bulk-acts", wide).status_code == 422
    wrong = {**given, "args": {"field": "title", "value": "x"}}
    assert writer.ask("POST", "/bulk-acts", wrong).status_code == 422
    answer = writer.ask("POST", "/bulk-acts", given)
    assert answer.status_code == 201, answer.content
    told = json.loads(answer.content)
    assert (told["able"], told["refused"], told["done"], told["job"]) == (2, 1, 0, None)
    here = f"/bulk-acts/{told['id']}"
    rows = writer.get(f"{here}/rows?limit=2")
    assert rows["total"] == 3 and len(rows["items"]) == 2 and rows["next"]
    assert rows["items"][0]["why"] == "Đã có giá trị này"
    # A key that sees less is told of less; another person's knows of nothing.
    narrow = program(cast, "cuc", ["read.public", "archive.describe"])
    assert narrow.get(here)["able"] == 1
    assert program(cast, "nga").ask("GET", here).status_code == 404
    assert program(cast, "binh").ask("GET", here).status_code == 404
    assert writer.ask("POST", f"{here}/confirm", {"digest": "0" * 64}).status_code == 409
    reader = program(cast, "cuc", READS)
    assert reader.ask("POST", f"{here}/confirm", {"digest": told["digest"]}).status_code == 404
    assert not Document.objects.filter(note="Chỉnh lý").exclude(pk=made.documents[1].pk).exists()
    started = writer.ask("POST", f"{here}/confirm", {"digest": told["digest"]})
    assert started.status_code == 202
    assert jobs.execute(uuid.UUID(json.loads(started.content)["id"])).state == "done"
    assert writer.get(here)["done"] == 2 and writer.get(here)["not_done"] == 0
    again = writer.ask("POST", f"{here}/confirm", {"digest": told["digest"]})
    assert json.loads(again.content)["id"] == json.loads(started.content)["id"]
    assert Job.objects.filter(kind="bulk.act").count() == 1


def test_files_for_a_person_are_not_made_by_a_key_that_reads_less(cast: TestHouse) -> None:
    make_dossier(cast)
    given = {"of": "dossiers", "act": "export", "args": {"format": "doc"}}
    narrow = program(cast, "cuc", ["read.public"]).ask("POST", "/bulk-acts", given)
    assert narrow.status_code == 403 and b"narrow-key" in narrow.content
    assert not BulkAct.objects.exists()
    assert program(cast, "cuc", READS).ask("POST", "/bulk-acts", given).status_code == 201


def test_freezes_are_listed_made_and_lifted_as_on_the_pages(cast: TestHouse) -> None:
    made = make_dossier(cast)
    given = {
        "name": "Thanh tra", "decision": "15/QĐ-TTr",
        "things": [{"kind": "dossier", "id": str(made.dossier.pk)}],
    }  # fmt: skip
    assert program(cast, "cuc").ask("POST", "/freezes", given).status_code == 404
    assert program(cast, "binh", READS).ask("POST", "/freezes", given).status_code == 404
    assert program(cast, "binh", READS).ask("GET", "/freezes").status_code == 404
    leader = program(cast, "binh")
    answer = leader.ask("POST", "/freezes", given)
    assert answer.status_code == 201, answer.content
    frozen = json.loads(answer.content)
    assert frozen["things"] == given["things"] and frozen["unnamed"] == 0
    here = f"/freezes/{frozen['id']}"
    assert leader.get("/freezes")["items"] == [leader.get(here)]
    # A key that reads nothing still learns that there is one, not what it locks.
    blind = program(cast, "binh", ["records.freeze"]).get(here)
    assert blind["things"] == [] and blind["unnamed"] == 1
    assert program(cast, "nga").ask("GET", here).status_code == 404
    assert leader.ask("POST", f"{here}/lift", {"decision": " "}).status_code == 422
    lifted = json.loads(leader.ask("POST", f"{here}/lift", {"decision": "20/QĐ"}).content)
    assert lifted["lift_decision"] == "20/QĐ" and lifted["lifted_at"]
    assert leader.ask("POST", f"{here}/lift", {"decision": "20/QĐ"}).status_code == 409
    assert Freeze.objects.get().lift_decision == "20/QĐ"


def test_the_register_of_stores_is_kept_as_on_the_pages(cast: TestHouse, tmp_path: Path) -> None:
    sealed_package(cast, make_dossier(cast))
    keeper, auditor = program(cast, "dung"), program(cast, "cuc")
    assert program(cast, "hoa").ask("GET", "/store-register").status_code == 403
    listed = auditor.get("/store-register")["items"]
    assert [one["path"] for one in listed] == [None] * len(listed)
    assert all(one["path"] for one in keeper.get("/store-register")["items"])
    new = {"name": "kho-moi", "path": str(tmp_path / "kho-moi"), "site": "Huế"}
    assert auditor.ask("POST", "/store-register", new).status_code == 403
    assert keeper.ask("POST", "/store-register", {**new, "name": "?"}).status_code == 422
    answer = keeper.ask("POST", "/store-register", new)
    assert answer.status_code == 201, answer.content
    made = json.loads(answer.content)
    here = f"/store-register/{made['uid']}"
    assert (made["state"], made["site"]) == ("joining", "Huế")
    changed = json.loads(keeper.ask("PATCH", here, {"power": "lưới điện", "pace": 5}).content)
    assert (changed["site"], changed["power"], changed["pace"]) == ("Huế", "lưới điện", 5)
    assert keeper.get(here) == changed
    copying = json.loads(keeper.ask("POST", f"{here}/copy", {}).content)
    assert jobs.execute(uuid.UUID(copying["id"])).state == "done"
    runs = program(cast, "dung", ["house.keep"])
    assert runs.ask("POST", f"{here}/check", {}).status_code == 403
    checking = json.loads(auditor.ask("POST", f"{here}/check", {}).content)
    assert jobs.execute(uuid.UUID(checking["id"])).state == "done"
    given_up = {"reason": "x", "decision": "y"}
    assert auditor.ask("POST", f"{here}/retire", given_up).status_code == 403
    gone = keeper.ask("POST", f"{here}/retire", given_up)
    assert gone.status_code == 202, gone.content
    assert Store.objects.get(uid=made["uid"]).state == "retiring"
    assert keeper.ask("GET", f"/store-register/{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("path", ["/bulk-acts", "/freezes"])
def test_what_nobody_knows_of_answers_alike(shared_cast: TestHouse, path: str) -> None:
    asking = program(shared_cast, "binh")
    assert asking.ask("GET", f"{path}/{uuid.uuid4()}").status_code == 404
