"""Changes by programs: the same actions as on pages, the state that is meant, each made once."""

from __future__ import annotations

import json
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from tangthu.kernel import jobs
from tangthu.kernel.models import Job
from tangthu.ledger.history import history
from tangthu.programs.actions.keep_answer import StillAsked, answered
from tangthu.programs.queries import key_of
from tangthu.records.models import Withheld
from tests.support import batches
from tests.support.house import TestHouse
from tests.support.programs import BASE, Program, program
from tests.support.records import make_dossier, sealed_package


def sent(answer: Any, status: int) -> Any:
    assert answer.status_code == status, (answer.status_code, answer.content[:600])
    return json.loads(answer.content) if answer.content else None


def ran(job: dict[str, Any]) -> Job:
    done = jobs.execute(uuid.UUID(job["id"]))
    assert done.state == "done", (done.message, done.hint)
    return done


def test_a_description_is_changed_for_the_state_that_was_read(cast: TestHouse) -> None:
    made = make_dossier(cast)
    cuc = program(cast, "cuc")
    for address, name in (
        (f"/dossiers/{made.dossier.id}", "title"),
        (f"/documents/{made.documents[0].id}", "subject"),
        (f"/fonds/{made.dossier.place.inventory.fonds_id}", "name"),
    ):
        change = {"description": {name: "Tên mới đặt"}}
        sent(cuc.ask("PATCH", address, change), 428)
        tag = cuc.ask("GET", address).headers["ETag"]
        done = cuc.ask("PATCH", address, change, If_Match=tag)
        assert sent(done, 200)["changed"] == [name]
        lost = sent(cuc.ask("PATCH", address, {"description": {name: "Khác"}}, If_Match=tag), 412)
        assert lost["type"].endswith("/precondition-failed")
        assert cuc.ask("GET", address).headers["ETag"] == done.headers["ETag"]
        assert cuc.get(address)["description"][name] == "Tên mới đặt"
    event = history(made.dossier.id)[-1]
    assert event.fields["agent"]["via"] == "api"
    assert event.fields["agent"]["name"] == "Nguyễn Thị Cúc"


@pytest.mark.parametrize(
    "description",
    [
        {"title": ""},
        {"title": None},
        {"title": 7},
        {"title": ["a"]},
        {"language_codes": "01"},
        {"language_codes": ["abc"]},
        {"retention_years": 99999},
        {"retention_years": -1},
        {"sheet_count": True},
        {"backup_required": "yes"},
        {"record_count": 3},
        {"archive_file_code": "x"},
        {"nothing": "x"},
        {"id": "x"},
        {"body": "x"},
        {"start_date": "31/02/2010"},
        {"access_level": "99"},
        {"keywords": "x" * 401},
    ],
)
def test_a_value_that_cannot_be_changes_nothing(
    shared_cast: TestHouse, description: dict[str, Any]
) -> None:
    made = _shared(shared_cast)
    cuc = program(shared_cast, "cuc")
    address = f"/dossiers/{made.dossier.id}"
    before = cuc.ask("GET", address)
    answer = cuc.ask(
        "PATCH", address, {"description": description}, If_Match=before.headers["ETag"]
    )
    assert sent(answer, 422)["problems"], description
    assert cuc.ask("GET", address).headers["ETag"] == before.headers["ETag"]
    from tangthu.programs.actions.make_key import revoke_key
    from tangthu.programs.models import ApiKey

    for key in ApiKey.objects.filter(revoked_at=None):
        revoke_key(shared_cast.acting("cuc"), key.pk)


def _shared(house: TestHouse) -> Any:
    from tangthu.records.models import Dossier

    if not Dossier.objects.exists():
        make_dossier(house)
    found = Dossier.objects.get()

    class Made:
        dossier = found

    return Made


def test_who_may_read_and_not_change_is_told_which_scope_is_missing(cast: TestHouse) -> None:
    made = make_dossier(cast)
    hoa, narrow = program(cast, "hoa"), program(cast, "cuc", ["read.public"])
    address = f"/dossiers/{made.dossier.id}"
    for asking in (hoa, narrow):
        tag = asking.ask("GET", address).headers["ETag"]
        change = {"description": {"title": "x"}}
        told = sent(asking.ask("PATCH", address, change, If_Match=tag), 403)
        assert told["right"] == "archive.describe"
        assert sent(asking.ask("POST", f"{address}/sealing", {"state": "x"}), 403)["right"]


def test_a_secret_that_is_declared_is_refused_and_the_document_withheld_although_it_failed(
    cast: TestHouse,
) -> None:
    made = make_dossier(cast)
    cuc = program(cast, "cuc")
    address = f"/documents/{made.documents[0].id}"
    tag = cuc.ask("GET", address).headers["ETag"]
    change = {"description": {"access_level": "03"}}
    answer = cuc.ask("PATCH", address, change, If_Match=tag, Idempotency_Key="mat")
    assert sent(answer, 422)["type"].endswith("/secret-refused")
    assert Withheld.objects.filter(document=made.documents[0], released_at=None).exists()
    sent(cuc.ask("GET", address), 404)
    binh = program(cast, "binh")
    (held,) = binh.get("/withheld")["items"]
    sent(cuc.ask("POST", f"/withheld/{held['id']}/release", {"basis": "x"}), 404)
    sent(binh.ask("POST", f"/withheld/{held['id']}/release", {"basis": "Kết luận 1/KL"}), 204)
    sent(cuc.ask("GET", address), 200)


def test_a_dossier_is_sealed_as_it_was_looked_at(cast: TestHouse) -> None:
    made = make_dossier(cast)
    cuc = program(cast, "cuc")
    address = f"/dossiers/{made.dossier.id}/sealing"
    ahead = cuc.get(address)
    assert (ahead["version"], ahead["documents"], ahead["behind"]) == (1, 1, True)
    sent(cuc.ask("POST", address, {"state": "0" * 64}), 412)
    job = sent(cuc.ask("POST", address, {"state": ahead["state"]}, Idempotency_Key="goi"), 202)
    again = sent(cuc.ask("POST", address, {"state": ahead["state"]}, Idempotency_Key="goi"), 202)
    assert again["id"] == job["id"]
    ran(job)
    assert cuc.get(f"/jobs/{job['id']}")["state"] == "done"
    (package,) = cuc.get("/packages")["items"]
    assert package["dossier"] == str(made.dossier.id)
    assert [one["state"] for one in cuc.get(f"/packages/{package['id']}")["copies"]] == ["good"] * 2
    assert cuc.get(address)["behind"] is False
    check = sent(cuc.ask("POST", "/checks", {"repair": False}), 202)
    ran(check)
    assert cuc.get(f"/checks/{check['id']}")["objects"] == 1


def test_a_use_package_is_ordered_fetched_and_removed(cast: TestHouse) -> None:
    made = make_dossier(cast, documents=[{}, {}])
    sealed_package(cast, made)
    cuc = program(cast, "cuc")
    asked = {"dossier": str(made.dossier.id), "purpose_code": "02", "purpose_text": "Nghiên cứu"}
    dip = sent(cuc.ask("POST", "/dips", asked), 202)
    assert len(dip["documents"]) == 2
    ran(dip["job"])
    narrow = program(cast, "cuc", ["read.public"])
    told = sent(narrow.ask("GET", f"/dips/{dip['id']}/content"), 403)
    assert told["type"].endswith("/refused")
    assert cuc.get(f"/dips/{dip['id']}")["state"] == "ready", "a narrow key took it away"
    answer = cuc.ask("GET", f"/dips/{dip['id']}/content")
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    sent(program(cast, "hoa").ask("GET", f"/dips/{dip['id']}"), 404)
    sent(cuc.ask("DELETE", f"/dips/{dip['id']}"), 204)
    assert cuc.get(f"/dips/{dip['id']}")["state"] == "removed"
    sent(cuc.ask("GET", f"/dips/{dip['id']}/content"), 410)


def test_a_list_is_exported_and_fetched_by_a_key_that_reads_all(cast: TestHouse) -> None:
    make_dossier(cast)
    cuc = program(cast, "cuc")
    ordered = sent(cuc.ask("POST", "/exports", {"source": "dossiers", "format": "xlsx"}), 202)
    ran({"id": ordered["job"]})
    found = cuc.get(f"/exports/{ordered['id']}")
    assert found["ready"] and found["rows"] == 1
    answer = cuc.ask("GET", f"/exports/{ordered['id']}/content")
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    narrow = program(cast, "cuc", ["read.public"])
    for method, path, document in (
        ("GET", "/exports", None),
        ("GET", f"/exports/{ordered['id']}/content", None),
        ("POST", "/exports", {"source": "dossiers"}),
    ):
        assert sent(narrow.ask(method, path, document), 403)["type"].endswith("/narrow-key")
    sent(program(cast, "hoa").ask("GET", f"/exports/{ordered['id']}"), 404)


def upload(asking: Program, fonds: str, folder: Path, **headers: str) -> Any:
    # Written once: a workbook bears the moment of its making, and another one is another request.
    index = folder / "bang-ke.xlsx"
    if not index.exists():
        index = batches.write(folder, batches.papers(2))
    files = sorted((folder / "tep").rglob("*.pdf"))
    data = {
        "fonds": fonds,
        "name": "Đợt của máy quét",
        "answers": json.dumps({"access": "01"}),
        "index": SimpleUploadedFile(index.name, index.read_bytes()),
        "files": [SimpleUploadedFile(one.name, one.read_bytes()) for one in files],
    }
    return asking.client.post(
        f"{BASE}/imports",
        data,
        headers={**asking.headers, **{k.replace("_", "-"): v for k, v in headers.items()}},
    )


def test_a_batch_goes_from_upload_to_records_by_keys_alone(cast: TestHouse, tmp_path: Path) -> None:
    cuc = program(cast, "cuc")
    body = cuc.get("/me")["body"]["id"]
    new = {"body": body, "code": "P1", "name": "Phông thử", "agency_code": "H30.81"}
    fonds = sent(cuc.ask("POST", "/fonds", new), 201)["id"]
    hoa = program(cast, "hoa")
    assert upload(hoa, fonds, tmp_path / "in").status_code == 404
    begun = sent(upload(cuc, fonds, tmp_path / "in", Idempotency_Key="dot-1"), 202)
    again = sent(upload(cuc, fonds, tmp_path / "in", Idempotency_Key="dot-1"), 202)
    assert again == begun, "the same files under the same name are one batch"
    assert len(cuc.get("/imports")["items"]) == 1
    batch = f"/imports/{begun['batch']['id']}"
    sent(cuc.ask("GET", f"{batch}/findings"), 403)
    ran(begun["job"])
    state = cuc.get(batch)
    assert (state["state"], state["rows"], state["files"]) == ("review", 2, 2)
    findings = cuc.get(f"{batch}/findings?state=all&limit=200")
    assert findings["total"] == len(findings["items"])
    takeable = [one for one in findings["items"] if one["takeable"] and one["state"] == "open"]
    if takeable:
        taken = [{"kind": "take", "target": takeable[0]["id"], "value": takeable[0]["shape"]}]
        sent(cuc.ask("POST", f"{batch}/decisions", {"decisions": taken}), 204)
    assert cuc.ask("GET", f"{batch}/report").status_code == 200
    assert cuc.get(f"{batch}/waiting?accept=all-proposals")["total"] == 0
    wrong = {"decisions": [{"kind": "edit", "target": "row:9999", "field": "x", "value": "y"}]}
    assert sent(cuc.ask("POST", f"{batch}/decisions", wrong), 403)["type"].endswith("/refused")
    sent(cuc.ask("PUT", f"{batch}/answers", {"answers": {"nothing": "1"}}), 422)
    job = sent(cuc.ask("POST", f"{batch}/accept", {"accept": "all-proposals"}), 202)
    ran(job)
    assert cuc.get("/documents")["count"]["total"] == 2
    assert cuc.get(batch)["all_taken"] is True
    assert sent(cuc.ask("POST", f"{batch}/close"), 200)["state"] == "closed"
    nga = program(cast, "nga")
    for path in ("", "/findings", "/waiting", "/report"):
        sent(nga.ask("GET", f"{batch}{path}"), 404)


def test_a_change_that_another_request_is_making_is_not_made_twice(cast: TestHouse) -> None:
    cuc = program(cast, "cuc")
    key = key_of(cuc.token)
    assert key is not None
    with transaction.atomic():
        assert answered(key, "cung-luc", "a" * 64) is None
        told: list[BaseException | None] = []

        def other() -> None:
            try:
                with transaction.atomic():
                    answered(key, "cung-luc", "a" * 64)
                told.append(None)
            except StillAsked as error:
                told.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(30)
    assert isinstance(told[0], StillAsked)
