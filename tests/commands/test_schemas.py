"""Every command with --json answers as its published schema says, in good and in bad cases."""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
import subprocess
import unicodedata
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pyotp
import pytest

from tests.commands.test_commands import TANGTHU, call
from tests.support import batches
from tests.support.clamd import scanner
from tests.support.house import PASSWORD, TestHouse
from tests.support.json_schema import complaints, keywords
from tests.support.records import make_dossier, sealed_package, signed_events

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "cli" / "schemas"
DONE, FOUND, COULD_NOT = 0, 1, 2


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def told(done: subprocess.CompletedProcess[str], name: str, status: int) -> Any:
    """The one document on stdout, which must fit its schema; words must be on stderr."""
    assert done.returncode == status, f"{done.returncode}\n{done.stdout[:800]}\n{done.stderr[:800]}"
    assert "Traceback" not in done.stderr
    assert done.stderr.strip() or name == "stores"
    document = json.loads(done.stdout)
    assert complaints(document, schema(name)) == []
    return document


def test_every_command_with_json_has_a_schema_and_no_schema_is_left_over() -> None:
    from tangthu.faces.cli.main import cli

    def walk(command: click.Command, name: str) -> Iterator[str]:
        if any("--json" in option.opts for option in command.params):
            yield name
        if isinstance(command, click.Group):
            context = click.Context(command)
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                assert found is not None
                yield from walk(found, f"{name}-{inner}".strip("-"))

    assert {*walk(cli, ""), "error"} == {path.stem for path in SCHEMAS.glob("*.json")}


def test_a_schema_leaves_nothing_open_that_is_not_meant_to_be() -> None:
    for path in SCHEMAS.glob("*.json"):
        whole = schema(path.stem)
        assert whole["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        for one in keywords(whole):
            if one.get("type") == "object":
                assert "additionalProperties" in one, path.name
                assert set(one.get("required", [])) <= set(one.get("properties", {})), path.name


def test_a_document_that_breaks_its_schema_is_refused() -> None:
    good = {"objects": 1, "files": 2, "found": 1, "bad": [], "repaired": [], "unrepairable": [],
            "unchecked": []}  # fmt: skip
    assert complaints(good, schema("fixity")) == []
    for change in (
        {"objects": "1"}, {"objects": True}, {"files": -1}, {"bad": 1}, {"more": 1},
        {"bad": [{"package": "x"}]},
    ):  # fmt: skip
        assert complaints({**copy.deepcopy(good), **change}, schema("fixity")), change
    del good["found"]
    assert complaints(good, schema("fixity"))


def test_the_examples_of_the_documentation_fit_their_schemas() -> None:
    page = (SCHEMAS.parent / "README.md").read_text(encoding="utf-8")
    seen = set()
    for part in page.split("\n### ")[1:]:
        name = part.split("`")[1]
        example = part.split("```json\n")[1].split("```")[0]
        assert complaints(json.loads(example), schema(name)) == [], name
        seen.add(name)
    assert seen == {path.stem for path in SCHEMAS.glob("*.json")}


def test_import_answers_by_its_schema(cast: TestHouse, tmp_path: Path) -> None:
    index = batches.write(tmp_path / "in", batches.papers(2))
    files = str(tmp_path / "in" / "tep")
    words = ["--as", "cuc", "import", "--index", str(index), "--files", files, "--body", "H30.81",
             "--fonds", "P1", "--json"]  # fmt: skip
    told(call(cast, *words), "error", COULD_NOT)
    made = [*words, "--create-fonds", "Phông thử"]
    waiting = told(call(cast, *made), "import", FOUND)
    assert (waiting["rows"], waiting["accepted"]) == (2, 0)
    taken = told(call(cast, *made, "--accept", "all-proposals"), "import", DONE)
    assert taken["accepted"] == 2
    told(call(cast, *words[:-1], "--set", "x", "--json"), "error", COULD_NOT)
    (tmp_path / "hong.xlsx").write_bytes(b"PK\x03\x04rubbish")
    broken = [*made]
    broken[broken.index(str(index))] = str(tmp_path / "hong.xlsx")
    told(call(cast, *broken), "error", COULD_NOT)


def test_keys_answer_by_their_schemas(cast: TestHouse) -> None:
    make = ("--as", "hoa", "apikey", "make", "Máy quét", "--body", "H30.81", "--json")
    made = told(call(cast, *make, "--scope", "read.public"), "apikey-make", DONE)
    told(call(cast, *make, "--scope", "archive.seal"), "error", COULD_NOT)
    told(call(cast, *make, "--scope", "read.public", "--days", "0"), "error", COULD_NOT)
    (listed,) = told(call(cast, "--as", "hoa", "apikey", "list", "--json"), "apikey-list", DONE)[
        "keys"
    ]
    assert listed["id"] == made["id"] and made["token"].startswith(listed["beginning"])
    none = told(call(cast, "--as", "cuc", "apikey", "list", "--json"), "apikey-list", DONE)
    assert none == {"keys": []}
    revoke = ("apikey", "revoke", made["id"], "--json")
    told(call(cast, "--as", "cuc", *revoke), "error", COULD_NOT)
    told(call(cast, "--as", "hoa", "apikey", "revoke", "x", "--json"), "error", COULD_NOT)
    assert told(call(cast, "--as", "dung", *revoke), "apikey-revoke", DONE)["state"] == "revoked"


def test_hooks_answer_by_their_schemas(cast: TestHouse) -> None:
    make = ("--as", "hoa", "hook", "make", "Cổng", "https://nhan.example/x?ma=bi-mat", "--json")
    kind = ("--body", "H30.81", "--kind", "records.dossier")
    made = told(call(cast, *make, *kind), "hook-make", DONE)
    told(call(cast, *make, "--body", "H30.81", "--kind", "identity.person"), "error", COULD_NOT)
    listed = told(call(cast, "--as", "dung", "hook", "list", "--json"), "hook-list", DONE)
    assert [(one["id"], one["url"]) for one in listed["hooks"]] == [(made["id"], "nhan.example")]
    for action, state in (("pause", "paused"), ("resume", "on"), ("show", "on")):
        turned = told(
            call(cast, "--as", "hoa", "hook", action, made["id"], "--json"), f"hook-{action}", DONE
        )
        assert turned["state"] == state
    remove = ("hook", "remove", made["id"], "--json")
    told(call(cast, "--as", "cuc", *remove), "error", COULD_NOT)
    assert told(call(cast, "--as", "hoa", *remove), "hook-remove", DONE)["state"] == "removed"


def test_seal_stores_and_fixity_answer_by_their_schemas(cast: TestHouse) -> None:
    made = make_dossier(cast)
    assert told(call(cast, "stores", "--json"), "stores", DONE) == []
    seal = ("--as", "cuc", "dossier", "seal", made.dossier.archive_file_code, "--json")
    assert told(call(cast, *seal), "dossier-seal", DONE)["version"] == 1
    told(call(cast, *seal), "error", COULD_NOT)
    told(call(cast, "--as", "nga", *seal[2:]), "error", COULD_NOT)
    fixity = ("--as", "cuc", "fixity", "--json")
    assert told(call(cast, *fixity), "fixity", DONE)["bad"] == []
    hurt = [next((cast.home.stores / name).rglob("data/*.pdf")) for name in ("kho-a", "kho-b")]
    hurt[0].write_bytes(b"%PDF")
    (place,) = told(call(cast, *fixity), "fixity", FOUND)["bad"]
    assert (place["store"], place["status"]) == ("kho-a", "changed")
    assert hurt[0].as_posix().endswith(place["path"])
    assert told(call(cast, "stores", "--json"), "stores", FOUND)[0]["healthy"] is False
    mended = told(call(cast, *fixity, "--repair"), "fixity", FOUND)
    assert len(mended["repaired"]) == 1
    for path in hurt:
        path.write_bytes(b"%PDF")
    lost = told(call(cast, *fixity, "--repair"), "fixity", FOUND)
    assert {one["store"] for one in lost["unrepairable"]} == {"kho-a", "kho-b"}
    (cast.home.stores / "kho-b").rename(cast.home.stores / "away")
    away = told(call(cast, *fixity), "fixity", FOUND)
    assert away["unchecked"][0]["store"] == "kho-b"
    told(call(cast, "--as", "hoa", "fixity", "--json"), "error", COULD_NOT)
    told(call(cast, "check", "--json"), "check", COULD_NOT)


def test_a_store_is_added_filled_verified_and_given_up_by_their_schemas(
    cast: TestHouse, tmp_path: Path
) -> None:
    sealed_package(cast, make_dossier(cast))
    add = ("stores", "add", "kho-c", str(tmp_path / "o3"), "--site", "Nhà B", "--json")
    told(call(cast, "--as", "cuc", *add), "error", COULD_NOT)
    assert told(call(cast, "--as", "dung", *add), "stores-add", DONE)["state"] == "joining"
    told(call(cast, "--as", "dung", *add), "error", COULD_NOT)
    bucket = ("stores", "add", "kho-s3", "https://127.0.0.1:9/luu-tru/kho", "--s3", "--json")
    without_keys = call(cast, "--as", "dung", *bucket)
    told(without_keys, "error", COULD_NOT)
    assert "secrets/s3/kho-s3.toml" in without_keys.stderr
    assert told(call(cast, "stores", "--json"), "stores", FOUND)[2]["missing"] == 1
    since = ("--carrier-since", "2024-02-01", "--carrier-years", "5", "--json")
    told(call(cast, "--as", "dung", "stores", "change", "kho-c", *since), "stores-change", DONE)
    copy = ("--as", "dung", "stores", "copy", "kho-c", "--json")
    assert told(call(cast, *copy), "stores-copy", DONE)["copied"] == 1
    verify = ("--as", "cuc", "stores", "verify", "kho-c", "--json")
    assert told(call(cast, *verify), "stores-verify", DONE)["objects"] == 1
    away = ("stores", "retire", "kho-a", "--reason", "ổ cũ", "--decision", "QĐ 1", "--json")
    assert told(call(cast, "--as", "dung", *away), "stores-retire", DONE) == {"copies": 1}
    told(call(cast, "--as", "dung", *away), "error", COULD_NOT)
    states = [one["state"] for one in told(call(cast, "stores", "--json"), "stores", DONE)]
    assert states == ["retired", "active", "active"]


def test_validation_answers_by_its_schemas(cast: TestHouse, tmp_path: Path) -> None:
    sealed_package(cast, make_dossier(cast))
    store = cast.home.stores / "kho-a"
    root = next(store.rglob("0=ocfl_object_1.1")).parent
    folder = next((root / "v1" / "content").iterdir())
    told(call(None, "packages", "validate", str(folder), "--json"), "packages-validate", DONE)
    told(call(None, "ocfl", "validate", str(store), str(root), "--json"), "ocfl-validate", DONE)
    next(folder.rglob("data/*.pdf")).write_bytes(b"%PDF")
    for name in ("packages", "ocfl"):
        words = (name, "validate", str(folder if name == "packages" else root),
                 str(tmp_path / "absent"), "--json")  # fmt: skip
        found = told(call(None, *words), f"{name}-validate", FOUND)
        assert [one["valid"] for one in next(iter(found.values()))] == [False, False]
        told(call(None, name, "validate", "--json"), "error", COULD_NOT)


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


def test_search_and_check_answer_by_their_schemas(cast: TestHouse) -> None:
    make_dossier(cast)
    assert told(call(cast, "reindex", "--json"), "reindex", DONE) == {"written": 0}
    found = told(call(cast, "--as", "cuc", "search", "thanh lý", "--json"), "search", DONE)
    assert found["count"] == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["hits"][0]["date"])
    words = call(cast, "--as", "cuc", "search", "thanh lý").stdout
    assert "/".join(reversed(found["hits"][0]["date"].split("-"))) in words
    none = told(call(cast, "--as", "nga", "search", "thanh lý", "--json"), "search", FOUND)
    assert none["hits"] == []
    told(call(cast, "search", "x", "--json"), "error", COULD_NOT)
    file = cast.home.root / "ra.docx"
    words = ("--as", "cuc", "search", "thanh lý", "--columns", "title,note", "--order", "-date")
    written = told(call(cast, *words, "--export", str(file), "--json"), "search", DONE)
    assert written["export"]["rows"] == 1
    assert written["export"]["bytes"] == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    told(call(cast, *words, "--export", str(file), "--json"), "error", COULD_NOT)
    assert file.read_bytes() == before
    apart = unicodedata.normalize("NFD", "thanh lý")
    again = ("--as", "cuc", "search", apart, "--export", str(file.with_name("ra-2.docx")))
    assert told(call(cast, *again, "--json"), "search", DONE)["export"]["rows"] == 1
    for wrong in (("--export", str(file.with_suffix(".exe"))),
                  ("--export", str(file.with_suffix(".pdf")), "--columns", "nope"),
                  ("--export", str(file / "x.pdf"))):  # fmt: skip
        told(call(cast, *words, *wrong, "--json"), "error", COULD_NOT)
    told(call(cast, "--as", "cuc", "search", "--json"), "error", COULD_NOT)
    signed_events()
    # The tests' own server waits for no disk, and nobody named a place for backups.
    checked = told(call(cast, "check", "--json"), "check", COULD_NOT)
    faulty = {one["check"] for one in checked["findings"] if one["level"] in ("warning", "error")}
    assert faulty - {"disk"} == {"database", "backups"}


def test_jobs_are_seen_stopped_and_gone_on_with_by_command(cast: TestHouse) -> None:
    from tangthu.kernel.jobs import execute
    from tangthu.repository.actions.order_check import order_check

    made = make_dossier(cast)
    sealed_package(cast, made)
    waiting = str(order_check(cast.acting("cuc"), repair=False).pk)
    (listed,) = told(call(cast, "--as", "cuc", "jobs", "list", "--kind", "repository.fixity",
                          "--json"), "jobs-list", DONE)  # fmt: skip
    assert (listed["id"], listed["state"]) == (waiting, "waiting")
    stopped = told(call(cast, "--as", "cuc", "jobs", "stop", waiting, "--json"), "jobs-stop", DONE)
    assert stopped["state"] == "stopped"
    again = call(cast, "--as", "cuc", "jobs", "resume", waiting, "--json")
    further = told(again, "jobs-resume", DONE)
    assert further["state"] == "waiting" and further["id"] != waiting
    execute(uuid.UUID(further["id"]))
    shown = call(cast, "--as", "cuc", "jobs", "show", further["id"], "--json")
    found = told(shown, "jobs-show", DONE)
    assert (found["outcomes"], len(found["rows"])) == ({"done": 1}, 1)
    assert made.dossier.title in found["rows"][0]["name"]
    assert further["id"] in call(cast, "--as", "cuc", "jobs", "list").stdout
    others = told(call(cast, "--as", "nga", "jobs", "list", "--json"), "jobs-list", DONE)
    assert others == []
    for words in (("show", further["id"]), ("stop", further["id"]), ("resume", str(uuid.uuid4()))):
        told(call(cast, "--as", "nga", "jobs", *words, "--json"), "error", COULD_NOT)


@pytest.mark.parametrize(
    "words",
    [("nope",), ("stores", "--nope"), ("ledger", "nope"), ("--as", "ai-do", "search", "x")],
)
def test_a_wrong_command_line_is_an_error_document(cast: TestHouse, words: tuple[str, ...]) -> None:
    told(call(cast, *words, "--json"), "error", COULD_NOT)


def test_after_two_dashes_json_is_only_a_word_to_search_for(cast: TestHouse) -> None:
    done = call(cast, "--as", "ai-do", "search", "--", "--json")
    assert (done.returncode, done.stdout) == (COULD_NOT, "")


def test_use_packages_answer_by_their_schemas(cast: TestHouse, tmp_path: Path) -> None:
    made = make_dossier(cast, documents=[{}, {"access_level": "02"}])
    code = made.dossier.archive_file_code
    asked = ["--purpose", "02", "--content", "Giải quyết khiếu nại", "--json"]
    told(call(cast, "--as", "hoa", "dip", "make", code, *asked), "error", COULD_NOT)
    sealed_package(cast, made)
    out = tmp_path / "goi.zip"
    one = told(
        call(cast, "--as", "hoa", "dip", "make", code, *asked, "--out", str(out)), "dip-make", DONE
    )
    assert (one["documents"], one["state"]) == (1, "ready")
    assert out.stat().st_size == one["bytes"]
    (listed,) = told(call(cast, "--as", "hoa", "dip", "list", "--json"), "dip-list", DONE)
    assert listed == one
    assert "sẵn sàng" in call(cast, "--as", "hoa", "dip", "list").stdout
    assert told(call(cast, "--as", "cuc", "dip", "list", "--json"), "dip-list", DONE) == []
    again = ["dip", "fetch", one["id"], "--out", str(tmp_path / "lan-nua.zip"), "--json"]
    told(call(cast, "--as", "hoa", *again), "dip-fetch", DONE)
    told(call(cast, "--as", "hoa", *again), "error", COULD_NOT)
    told(call(cast, "--as", "cuc", *again), "error", COULD_NOT)
    hidden = ["--as", "hoa", "dip", "make", "--document", made.documents[1].record_archive_code]
    told(call(cast, *hidden, *asked), "error", COULD_NOT)
    told(call(cast, "--as", "hoa", "dip", "make", code, "--documents", "2", *asked), "error", 2)
    judged = call(cast, "packages", "validate", str(out), "--json")
    assert judged.returncode in (DONE, FOUND)


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


BODY = (
    "--code", "H30.81", "--archive-code", "001.03.08", "--name", "Ủy ban xã",
    "--short-name", "UBND", "--admin", "dung", "--admin-name", "Phạm Tiến Dũng",
)  # fmt: skip


def test_beginning_answers_by_its_schema_once_and_leaves_nothing_when_it_cannot(
    db: TestHouse,
) -> None:
    from tangthu.identity.models import Account, Appointment, Body

    words = ("begin", *BODY, "--json", "--origin")
    for wrong in (
        ("khong", ), ("a.example/b", "--admin", "có dấu"), ("a.example/b", "--admin", ""),
        ("a.example/b", "--code", "a/b"), ("a.example/b", "--name", " "),
        ("a.example/b", "--admin-name", " "), ("a.example/b", "--position", "x" * 121),
        ("a.example/b", "--ask-password"),
    ):  # fmt: skip
        told(call(db, *words, *wrong), "error", COULD_NOT)
        assert not Body.objects.exists(), wrong
    made = told(call(db, *words, "luutru.example/H30.81"), "begin", DONE)
    account = Account.objects.get(username="dung")
    assert account.check_password(made["password"])
    held = Appointment.objects.order_by("position__role")
    assert [(one.position.role, one.person_id) for one in held] == [
        ("administrator", account.person_id), ("keeper", account.person_id),
    ]  # fmt: skip
    again = told(call(db, *words, "luutru.example/H31"), "error", COULD_NOT)
    assert "đã có cơ quan" in again["error"]["message"]
    assert Body.objects.count() == Account.objects.count() == 1


def test_adding_a_person_answers_by_its_schema_and_needs_the_right_at_the_body(
    cast: TestHouse,
) -> None:
    from tangthu.identity.models import Account
    from tangthu.ledger.history import history

    at = ("--name", "Lê Thị Mai", "--position", "Văn thư", "--role", "clerk", "--body")
    add = ("person", "add", "mai", *at, "H30.81", "--json")
    absent = told(call(cast, "--as", "dung", *add[:-2], "H99", "--json"), "error", COULD_NOT)
    foreign = told(call(cast, "--as", "quang", *add), "error", COULD_NOT)
    assert foreign["error"]["message"].replace("H30.81", "H99") == absent["error"]["message"]
    for username in ("cuc", "binh", "hoa"):
        told(call(cast, "--as", username, *add), "error", COULD_NOT)
    taken = ("person", "add", "HOA", *at, "H30.81", "--json")
    assert "đã có" in told(call(cast, "--as", "dung", *taken), "error", 2)["error"]["message"]
    told(call(cast, *add), "error", COULD_NOT)
    made = told(call(cast, "--as", "dung", *add), "person-add", DONE)
    account = Account.objects.get(username="mai")
    assert account.check_password(made["password"])
    assert [one.kind_name for one in history(account.person_id)] == [
        "identity.person.added", "identity.person.appointed",
    ]  # fmt: skip
    plain = call(cast, "--as", "dung", "person", "add", "mai2", *at, "H30.81")
    assert "Mật khẩu: " in plain.stdout
    assert "Mật khẩu: " not in plain.stderr


def test_a_first_password_that_is_asked_for_is_not_told_and_must_be_a_good_one(
    cast: TestHouse,
) -> None:
    from tangthu.identity.models import Account

    words = [TANGTHU, "--as", "dung", "person", "add", "mai", "--name", "Lê Thị Mai", "--position",
             "Văn thư", "--role", "clerk", "--body", "H30.81", "--ask-password",
             "--json"]  # fmt: skip
    for given, name, status in (("ngan\n", "error", COULD_NOT), (f"{PASSWORD}\n", "person-add", 0)):
        done = subprocess.run(
            words, input=given, env=cast.environment, capture_output=True, text=True, check=False
        )
        document = told(done, name, status)
        assert given.strip() not in done.stdout + done.stderr
    assert document["password"] is None
    place = told(call(cast, "--as", "dung", "practice", "H30.81", "--json"), "practice", DONE)
    assert place["people"][0]["username"] == "tap-vt"
    told(call(cast, "--as", "hoa", "practice", "H30.81", "--json"), "error", COULD_NOT)
    assert Account.objects.get(username="mai").check_password(PASSWORD)


def test_who_keeps_the_house_is_listed_given_and_ended_by_their_schemas(cast: TestHouse) -> None:
    given = ("keeper", "give", "quang", "--decision", "1/QĐ", "--json")
    ended = ("keeper", "end", "dung", "--decision", "2/QĐ", "--json")
    for words in (("keeper", "list", "--json"), given, ended):
        told(call(cast, "--as", "quang", *words), "error", COULD_NOT)
    assert not told(call(cast, "--as", "dung", *given), "keeper-give", DONE)["gives"]
    told(call(cast, "--as", "dung", *ended), "error", COULD_NOT)  # the other one waits
    found = told(call(cast, "keeper", "list", "--json"), "keeper-list", DONE)["keepers"]
    assert [(one["username"], one["gives"]) for one in found] == [("dung", True), ("quang", False)]
    told(call(cast, *ended), "keeper-end", DONE)  # whoever runs the machine
    told(call(cast, *given[:2], "lan", *given[3:]), "keeper-give", DONE)
    told(call(cast, "--as", "lan", "keeper", "list", "--json"), "keeper-list", DONE)


def test_accounts_and_the_security_log_answer_by_their_schemas(cast: TestHouse) -> None:
    from tangthu.identity.models import Account
    from tangthu.signin import codes
    from tangthu.signin.actions.second_step import set_up
    from tangthu.signin.models import SecondStep

    told(call(cast, "account", "list", "--json"), "error", COULD_NOT)
    found = told(call(cast, "--as", "dung", "account", "list", "--json"), "account-list", DONE)
    assert {one["username"] for one in found["accounts"]} == {"hoa", "binh", "cuc", "dung"}
    assert {one["kind"] for one in found["others"]} == {"service"}
    none = told(call(cast, "--as", "cuc", "account", "list", "--json"), "account-list", DONE)
    assert none == {"accounts": [], "others": []}
    reset = ("account", "reset-password", "hoa", "--json")
    made = told(call(cast, "--as", "dung", *reset), "account-reset-password", DONE)
    assert Account.objects.get(username="hoa").check_password(made["password"])
    foreign = told(call(cast, "--as", "quang", *reset), "error", COULD_NOT)
    absent = told(call(cast, "--as", "quang", *reset[:2], "x", "--json"), "error", COULD_NOT)
    assert foreign["error"]["message"].replace("hoa", "x") == absent["error"]["message"]
    off = ("account", "reset-second-step", "hoa", "--json")
    told(call(cast, "--as", "dung", *off), "error", COULD_NOT)
    for by in (("--as", "dung"), ()):
        secret = codes.make_secret()
        set_up(Account.objects.get(username="hoa"), secret, pyotp.TOTP(secret).now())
        if by:
            told(call(cast, "--as", "quang", *off), "error", COULD_NOT)
        assert told(call(cast, *by, *off), "account-reset-second-step", DONE)["username"] == "hoa"
    assert not SecondStep.objects.exists()
    for word, enabled, by in (("disable", False, ("--as", "dung")), ("enable", True, ())):
        answer = told(call(cast, *by, "account", word, "hoa", "--json"), f"account-{word}", DONE)
        assert answer["enabled"] is enabled is Account.objects.get(username="hoa").is_active
    at = ("--body", "H30.81", "--json")
    review = ("--as", "dung", "account", "review")
    seen = told(call(cast, *review, "list", *at), "account-review-list", DONE)
    assert [one["username"] for one in seen["accounts"]].count("hoa") == 1
    told(call(cast, "--as", "quang", *review[2:], "list", *at), "error", COULD_NOT)
    told(call(cast, *review, "sign", "--disable", "x", *at), "error", COULD_NOT)
    signed = told(call(cast, *review, "sign", "--disable", "cuc", *at), "account-review-sign", DONE)
    assert (signed["accounts"], signed["disabled"]) == (4, 1)
    assert not Account.objects.get(username="cuc").is_active
    log = ("security-log", "--json")
    lines = told(call(cast, "--as", "dung", *log), "security-log", DONE)
    kinds = [one["kind"] for one in lines["entries"]]
    assert [one for one in kinds if one != "refused"][:5] == [
        "reviewed", "disabled", "enabled", "disabled", "factor-off",
    ]  # fmt: skip
    assert "reset" in kinds
    told(call(cast, "--as", "dung", *log, "--kind", "khong"), "error", COULD_NOT)
    told(call(cast, "--as", "hoa", *log), "error", COULD_NOT)
    again = told(call(cast, "--as", "dung", *log, "--kind", "read"), "security-log", DONE)
    assert again["entries"][0]["target"] == "tangthu security-log"


def test_people_are_listed_appointed_ended_and_let_go_by_their_schemas(cast: TestHouse) -> None:
    by = ("--as", "dung", "person")
    assert len(told(call(cast, *by, "list", "--json"), "person-list", DONE)) == 4
    told(call(cast, "--as", "hoa", "person", "list", "--json"), "error", COULD_NOT)
    told(call(cast, *by, "show", "nga", "--json"), "error", COULD_NOT)
    given = ("--body", "H30.81", "--position", "Phó chi cục trưởng", "--decision", "1/QĐ", "--json")
    told(call(cast, *by, "appoint", "hoa", "--role", "king", *given), "error", COULD_NOT)
    made = told(
        call(cast, *by, "appoint", "hoa", "--role", "deputy", *given), "person-appoint", DONE
    )
    assert made["gives_rights"] is False
    shown = told(call(cast, *by, "show", "hoa", "--json"), "person-show", DONE)
    assert {one["title"] for one in shown["positions"]} == {"Văn thư", "Phó chi cục trưởng"}
    saved = ("person", "rescue", "cuc", "--role", "security_officer", *given)
    assert told(call(cast, *saved), "person-rescue", DONE)["role"] == "security_officer"
    told(call(cast, *saved[:4], "clerk", *given), "error", COULD_NOT)
    end = ("--position", "Văn thư", "--decision", "1/QĐ", "--json")
    told(call(cast, *by, "end", "hoa", *end), "person-end", DONE)
    told(call(cast, *by, "end", "hoa", *end), "error", COULD_NOT)
    gone = told(
        call(cast, *by, "leave", "hoa", "--decision", "2/QĐ", "--json"), "person-leave", DONE
    )
    assert gone["active"] is False


def test_bodies_and_units_answer_by_their_schemas(cast: TestHouse) -> None:
    by, here = ("--as", "dung"), ("--body", "H30.81", "--decision", "1/QĐ", "--json")
    open_ = (
        "body", "open", "--code", "H30.82", "--archive-code", "001.03.10", "--name", "Xã Mới",
        "--short-name", "Xã Mới", "--origin", "test.example/H30.82", "--admin", "an",
        "--admin-name", "Lê An", "--json",
    )  # fmt: skip
    told(call(cast, "--as", "cuc", *open_), "error", COULD_NOT)
    assert told(call(cast, *by, *open_), "body-open", DONE)["body"] == "H30.82"
    cast.named_since("H30.81", dt.date(2020, 1, 1))
    rename = ("body", "rename", "H30.81", "--name", "Chi cục Mới", "--decision", "2/QĐ", "--json")
    told(call(cast, "--as", "cuc", *rename), "error", COULD_NOT)
    assert told(call(cast, *by, *rename), "body-rename", DONE)["name"] == "Chi cục Mới"
    settle = ("body", "set", "H30.81", "--tt05", "voluntary", "--decision", "1/QĐ", "--json")
    assert told(call(cast, *by, *settle), "body-set", DONE)["applies_tt05"] == "voluntary"
    listed = told(call(cast, *by, "body", "list", "--json"), "body-list", DONE)
    assert [one["to"] is None for one in listed] == [True, False]
    for name in ("Phòng A", "Phòng B", "Phòng C"):
        given = ("unit", "open", name, *here, "--since", "2025-01-01")
        told(call(cast, *by, *given), "unit-open", DONE)
    told(call(cast, *by, "unit", "close", "Phòng C", *here), "unit-close", DONE)
    given = ("person", "appoint", "hoa", "--role", "officer", "--position", "Chuyên viên")
    told(call(cast, *by, *given, "--unit", "Phòng A", *here), "person-appoint", DONE)
    merge = ("unit", "reorganise", "--end", "Phòng A", "--end", "Phòng B", "--open", "Phòng D")
    told(call(cast, *by, *merge, *here, "--move", "hoa=Phòng Z"), "error", COULD_NOT)
    merged = told(call(cast, *by, *merge, *here), "unit-reorganise", DONE)
    assert (merged["moved"], merged["units"][0]["succeeds"]) == (1, ["Phòng A", "Phòng B"])
    units = ("unit", "list", "--body", "H30.81", "--json")
    today = told(call(cast, *by, *units), "unit-list", DONE)
    before = told(call(cast, *by, *units, "--on", "2025-06-01"), "unit-list", DONE)
    assert [one["name"] for one in before] == ["Phòng A", "Phòng B", "Phòng C"]
    assert {one["name"] for one in today} >= {"Phòng D"}


def test_rights_on_a_record_answer_by_their_schemas(cast: TestHouse) -> None:
    code = make_dossier(cast, access="02").dossier.archive_file_code
    give = ("grant", "give", "read.conditional", "--dossier", code, "--decision", "1/QĐ", "--json")
    told(call(cast, "--as", "hoa", *give, "--to", "hoa"), "error", COULD_NOT)
    told(call(cast, "--as", "cuc", *give), "error", COULD_NOT)
    told(call(cast, "--as", "cuc", *give, "--to", "khong"), "error", COULD_NOT)
    told(call(cast, "--as", "cuc", *give, "--to-unit", "Phòng Z"), "error", COULD_NOT)
    made = told(call(cast, "--as", "cuc", *give, "--to", "hoa"), "grant-give", DONE)
    assert made["gives_right"] is False
    titled = told(call(cast, "--as", "cuc", *give, "--to-position", "Văn thư"), "grant-give", DONE)
    waiting = ("--as", "binh", "grant", "list", "--waiting", "--json")
    listed = told(call(cast, *waiting), "grant-list", DONE)
    assert {one["id"] for one in listed} == {made["id"], titled["id"]}
    told(call(cast, "--as", "nga", "grant", "confirm", made["id"], "--json"), "error", COULD_NOT)
    told(call(cast, "--as", "cuc", "grant", "confirm", made["id"], "--json"), "error", COULD_NOT)
    by = ("--as", "binh", "grant")
    done = told(call(cast, *by, "confirm", made["id"], "--json"), "grant-confirm", DONE)
    assert done["state"] == "standing"
    refused = told(call(cast, *by, "refuse", titled["id"], "--json"), "grant-refuse", DONE)
    assert refused["state"] == "refused"
    seen = told(call(cast, "--as", "binh", "who-may-see", code, "--json"), "who-may-see", DONE)
    assert {one["name"] for one in seen} >= {"Trần Thị Hoa", "Nguyễn Thị Cúc"}
    told(call(cast, "--as", "hoa", "who-may-see", code, "--json"), "error", COULD_NOT)
    told(call(cast, "--as", "nga", "who-may-see", code, "--json"), "error", COULD_NOT)
    ended = ("--as", "cuc", "grant", "end", made["id"], "--json")
    assert told(call(cast, *ended), "grant-end", DONE)["state"] == "unconfirmed"
    seen = told(call(cast, "--as", "binh", "who-may-see", code, "--json"), "who-may-see", DONE)
    assert "Trần Thị Hoa" not in {one["name"] for one in seen}


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
    seal = [TANGTHU, "--as", "dung", "backup", "keys", "--json", "--to", str(keys)]
    back = [TANGTHU, "backup", "keys", "--json", "--from", str(keys)]
    attempt = [TANGTHU, "backup", "keys", "--json", "--try", str(keys)]
    for words, given, status in (
        (seal, "ngan", COULD_NOT), (seal, PASSWORD, DONE), (back, "khac", COULD_NOT),
        (attempt, "khac", COULD_NOT), (attempt, PASSWORD, DONE), (back, PASSWORD, DONE),
    ):  # fmt: skip
        done = subprocess.run(
            words, input=f"{given}\n", capture_output=True, text=True, check=False,
            env=cast.environment, timeout=120,
        )  # fmt: skip
        told(done, "backup-keys" if status == DONE else "error", status)


def test_the_registry_of_codes_answers_by_its_schemas(cast: TestHouse, tmp_path: Path) -> None:
    file = tmp_path / "ma.csv"
    file.write_text("ma_dinh_danh,ten,tu_ngay,den_het_ngay,quyet_dinh\nH99.81,Thử,2021-01-01,,\n")
    load = ("codes", "load", str(file), "--body", "H30.81", "--json")
    told(call(cast, "--as", "cuc", *load), "error", COULD_NOT)
    assert told(call(cast, "--as", "dung", *load), "codes-load", DONE) == {"codes": 1}
    listed = told(call(cast, "--as", "cuc", "codes", "list", "--json"), "codes-list", DONE)
    assert [one["code"] for one in listed["codes"]] == ["H99.81"]


def test_rules_answer_by_their_schema(shared_cast: TestHouse) -> None:
    words = ("rules", "--on", "2026-11-01", "--find", "register_answer", "--json")
    (one,) = told(call(shared_cast, *words), "rules", DONE)["rules"]
    assert one["key"] == "deadline.register_answer" and one["citation"] and one["to"] is None
    before = ("rules", "--on", "2019-01-01", "--json")
    assert told(call(shared_cast, *before), "rules", DONE)["rules"] == []


def test_labels_answer_by_their_schemas(cast: TestHouse) -> None:
    made = make_dossier(cast)
    label = ("--as", "cuc", "label", "set", made.dossier.archive_file_code)
    told(call(cast, *label[:4], "x", "03", "--json"), "error", COULD_NOT)
    done = told(call(cast, *label, "03", "--json"), "label-set", DONE)
    assert (done["sensitivity"], done["access_level"], done["waits"]) == ("03", "02", None)
    first = told(call(cast, *label, "-", "--json"), "label-set", DONE)["waits"]
    second = told(call(cast, *label, "01", "--json"), "label-set", DONE)["waits"]
    listed = told(call(cast, "--as", "binh", "label", "waiting", "--json"), "label-waiting", DONE)
    assert [one["id"] for one in listed["edits"]] == [first, second]
    refuse = ("label", "refuse", second, "--reason", "Chưa đủ căn cứ", "--json")
    told(call(cast, "--as", "binh", *refuse), "label-refuse", DONE)
    approve = ("label", "approve", first, "--json")
    told(call(cast, "--as", "cuc", *approve), "error", COULD_NOT)
    third = told(call(cast, *label, "02", "--json"), "label-set", DONE)["waits"]
    withdraw = ("label", "withdraw", third, "--json")
    told(call(cast, "--as", "binh", *withdraw), "error", COULD_NOT)
    told(call(cast, "--as", "cuc", *withdraw), "label-withdraw", DONE)
    told(call(cast, "--as", "binh", *approve), "label-approve", DONE)


def test_freezes_answer_by_their_schemas(cast: TestHouse) -> None:
    made = make_dossier(cast)
    named = ("--name", "Thanh tra", "--decision", "15/QĐ", "--dossier", str(made.dossier.pk))
    told(call(cast, "--as", "cuc", "freeze", "add", *named, "--json"), "error", COULD_NOT)
    locked = told(call(cast, "--as", "binh", "freeze", "add", *named, "--json"), "freeze-add", DONE)
    wrong = ("freeze", "add", *named[:4], "--dossier", "x", "--json")
    told(call(cast, "--as", "binh", *wrong), "error", COULD_NOT)
    listed = told(call(cast, "--as", "binh", "freeze", "list", "--json"), "freeze-list", DONE)
    assert [one["id"] for one in listed["freezes"]] == [locked["id"]]
    lift = ("freeze", "lift", locked["id"], "--decision", "20/QĐ", "--json")
    ended = told(call(cast, "--as", "binh", *lift), "freeze-lift", DONE)
    assert ended["lifted_at"] is not None
    told(call(cast, "--as", "binh", *lift), "error", COULD_NOT)


def test_acts_for_many_records_answer_by_their_schemas(cast: TestHouse) -> None:
    made = make_dossier(cast, documents=[{}, {}])
    cuc = ("--as", "cuc")
    note = (*cuc, "documents", "describe", "note", "Chỉnh lý", "--filter", "year=2010", "--json")
    looked = told(call(cast, *note, "--dry-run"), "documents-describe", DONE)
    assert (looked["able"], looked["done"]) == (2, None)
    done = told(call(cast, *note), "documents-describe", DONE)
    assert done["done"] == 2 and {row["new"] for row in done["rows"]} == {"Chỉnh lý"}
    again = told(call(cast, *note), "documents-describe", FOUND)
    assert (again["able"], again["refused"], again["done"]) == (0, 2, None)
    wide = (*cuc, "documents", "describe", "note", "x", "--filter", "nam=2010", "--json")
    told(call(cast, *wide), "error", COULD_NOT)
    seal = (*cuc, "dossiers", "seal", "--id", str(made.dossier.pk), "--json")
    assert told(call(cast, *seal), "dossiers-seal", DONE)["done"] == 1
    for words in (
        ("export",), ("contents", "--format", "doc"), ("dip", "--purpose", "02", "--content", "x"),
        ("grant", "read.conditional", "--to", "hoa", "--decision", "12/QĐ"),
    ):  # fmt: skip
        asked = (*cuc, "dossiers", *words, "--json")
        assert told(call(cast, *asked), f"dossiers-{words[0]}", DONE)["done"] == 1, words
