"""Commands on the ledger, the mode and backups answer by their schemas, good and bad."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from tests.support.clamd import scanner
from tests.support.commands import COULD_NOT, DONE, FOUND, call, told
from tests.support.house import PASSWORD, TestHouse
from tests.support.records import make_dossier, signed_events


def test_the_ledgers_commands_answer_by_their_schemas(cast: TestHouse) -> None:
    from django.db import connections

    from tangthu.ledger.integrator import stop
    from tangthu.ledger.logs import log_of

    made = make_dossier(cast)
    signed_events()
    status = ("ledger", "status", "--json")
    assert len(told(call(cast, *status), "ledger-status", DONE)["logs"]) == 2
    assert told(call(cast, "ledger", "verify", "--json"), "ledger-verify", DONE)["ok"] is True
    proof = ("ledger", "proof", str(made.dossier.pk), "--json")
    told(call(cast, "--as", "cuc", *proof), "ledger-proof", DONE)
    told(call(cast, "--as", "nga", *proof), "error", COULD_NOT)
    log = log_of(cast.body("H30.81").id)
    stop(log, "thử")
    stopped = told(call(cast, *status), "ledger-status", FOUND)
    assert {one["stopped"] for one in stopped["logs"]} == {"thử", ""}
    assert told(call(cast, "ledger", "verify", "--json"), "ledger-verify", FOUND)["ok"] is False
    told(call(cast, "check", "--json"), "check", COULD_NOT)
    resume = ("ledger", "resume", log.origin, "--json")
    for username in ("cuc", "quang"):
        told(call(cast, "--as", username, *resume), "error", COULD_NOT)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET n = n + 1 WHERE obj = %s", [made.dossier.pk])
    assert told(call(cast, "--as", "dung", *resume), "ledger-resume", FOUND)["problems"]
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET n = n - 1 WHERE obj = %s", [made.dossier.pk])
    assert told(call(cast, "--as", "dung", *resume), "ledger-resume", DONE)["running"] is True
    told(call(cast, *status), "ledger-status", DONE)


@pytest.mark.req("IN-37")
def test_a_backlog_is_told_by_command(cast: TestHouse) -> None:
    from tangthu.ledger.backlog import PENDING_WARNING
    from tests.ledger import steps

    signed_events()
    steps.record_on(cast, [uuid.uuid4() for _ in range(PENDING_WARNING + 1)])
    found = told(call(cast, "ledger", "status", "--json"), "ledger-status", FOUND)
    assert {(one["origin"], one["behind"]) for one in found["logs"]} == {
        ("test.example/H30.81", True), ("test.example/H31.07", False),
    }  # fmt: skip


def test_the_mode_and_clearances_answer_by_their_schemas(
    cast: TestHouse,
) -> None:
    shown = told(call(cast, "mode", "show", "--json"), "mode-show", DONE)
    assert shown == {"mode": "connected", "fixed": True}
    told(call(cast, "mode", "set", "isolated_lan", "--decision", "x", "--json"), "error", COULD_NOT)
    told(call(cast, "mode", "set", "isolated_lan", "--json"), "error", COULD_NOT)
    refused = ["--as", "dung", "clearance", "hoa", "1", "--decision", "x", "--json"]
    told(call(cast, *refused), "error", COULD_NOT)


def test_a_clearance_and_a_change_of_mode_answer_by_their_schemas(db: TestHouse) -> None:
    from tangthu.kernel import deployment

    mark = deployment.home_mark(db.home)
    try:
        words = ("mode", "set", "isolated_lan", "--decision", "12/QĐ", "--json")
        told(call(db, *words), "error", COULD_NOT)
        changed = call(db, *words, DATABASE_OWNER_URL=db.url)
        assert told(changed, "mode-set", DONE)["mode"] == "isolated_lan"
        assert deployment.read_mark(mark) == "isolated_lan"
        told(call(db, "--as", "x", "clearance", "y", "1", "--decision", "z", "--json"), "error", 2)
    finally:
        deployment.write_mark(mark, deployment.CONNECTED)


def test_a_clearance_answers_by_its_schema(isolated_cast: TestHouse) -> None:
    given = ["--as", "dung", "clearance", "hoa", "1", "--decision", "9/QĐ", "--json"]
    assert told(call(isolated_cast, *given), "clearance", DONE)["degree"] == "1"
    own = ["--as", "dung", "clearance", "dung", "1", "--decision", "9/QĐ", "--json"]
    told(call(isolated_cast, *own), "error", COULD_NOT)


def test_backups_answer_by_their_schemas(cast: TestHouse, tmp_path: Path) -> None:
    place, keys = tmp_path / "sets", tmp_path / "khoa.json"
    run = ("--as", "dung", "backup", "run", "--json")
    told(call(cast, *run), "error", COULD_NOT)
    told(call(cast, *run, "--to", str(place)), "error", COULD_NOT)
    place.mkdir()
    told(call(cast, "--as", "cuc", *run[2:], "--to", str(place)), "error", COULD_NOT)
    (made,) = told(call(cast, *run, TANGTHU_BACKUP_TO=str(place)), "backup-run", DONE)["sets"]
    listed = ("backup", "list", "--in", str(place), "--json")
    assert [one["set"] for one in told(call(cast, *listed), "backup-list", DONE)["sets"]] == [
        made["set"]
    ]
    verify = ("--as", "dung", "backup", "verify", str(place / made["set"]), "--json")
    assert told(call(cast, *verify), "backup-verify", DONE)["files"] == made["files"]
    drill = ("--as", "dung", "backup", "drill", "--json")
    told(call(cast, *drill), "error", COULD_NOT)
    assert told(call(cast, *drill, str(place / made["set"])), "backup-drill", DONE)["ok"]
    scan = ("--as", "dung", "backup", "scan", str(place / made["set"]), "--json")
    told(call(cast, *scan), "error", COULD_NOT)
    with scanner(tmp_path) as clamd:
        scanned = told(call(cast, *scan, TANGTHU_CLAMD=str(clamd.path)), "backup-scan", DONE)
        assert scanned["scans"][0]["infected"] == 0 < scanned["scans"][0]["files"]
        clamd.says = "stream: Test.Virus-1 FOUND"
        scan = (*scan[:4], "--json")
        given = {"TANGTHU_CLAMD": str(clamd.path), "TANGTHU_BACKUP_TO": str(place)}
        (one,) = told(call(cast, *scan, **given), "backup-scan", FOUND)["scans"]
        assert one["infected"] == one["files"] and one["newest"]
    (place / made["set"] / "database" / "toc.dat").unlink()
    failed = told(call(cast, *drill, TANGTHU_BACKUP_TO=str(place)), "backup-drill", FOUND)
    assert "toc.dat" in failed["error"]
    found = told(call(cast, *verify), "backup-verify", FOUND)
    assert found["bad"] == [{"path": "database/toc.dat", "status": "missing"}]
    (place / made["set"] / "manifest.json").write_text("{}")
    assert told(call(cast, *listed), "backup-list", FOUND)["sets"] == []
    told(call(cast, *verify), "error", COULD_NOT)
    restore = ("backup", "restore", str(place / made["set"]), "--home", str(tmp_path), "--json")
    told(call(None, *restore), "error", COULD_NOT)
    signed_events()
    seal = ["--as", "dung", "backup", "keys", "--json", "--to", str(keys)]
    back = ["backup", "keys", "--json", "--from", str(keys)]
    attempt = ["backup", "keys", "--json", "--try", str(keys)]
    for words, given, status in (
        (seal, "ngan", COULD_NOT), (seal, PASSWORD, DONE), (back, "khac", COULD_NOT),
        (attempt, "khac", COULD_NOT), (attempt, PASSWORD, DONE), (back, PASSWORD, DONE),
    ):  # fmt: skip
        done = call(cast, *words, given=f"{given}\n")
        told(done, "backup-keys" if status == DONE else "error", status)
