"""Commands on records and packages answer by their schemas, in good and in bad cases."""

from __future__ import annotations

import re
import unicodedata
import uuid
from pathlib import Path

from tests.support import batches
from tests.support.commands import COULD_NOT, DONE, FOUND, call, told
from tests.support.house import TestHouse
from tests.support.records import make_dossier, sealed_package, signed_events


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
