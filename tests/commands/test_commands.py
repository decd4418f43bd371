"""The commands as a person or a script calls them: exit status, one JSON document, words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import answer, call
from tests.support.house import TestHouse


def test_the_real_batch_goes_from_folder_to_vault_by_commands_alone(
    cast: TestHouse, hau_giang: Path, tmp_path: Path
) -> None:
    done = call(
        cast, "--as", "cuc", "import", "--index", str(hau_giang / "metadata.xlsx"),
        "--files", str(hau_giang), "--body", "H30.81", "--fonds", "ATTP",
        "--create-fonds", "Chi cục An toàn vệ sinh thực phẩm", "--set", "access=01",
        "--accept", "all-proposals", "--report", str(tmp_path / "bao-cao.xlsx"), "--json",
    )  # fmt: skip
    found = answer(done)
    assert done.returncode == 1, "nine rows stay behind without a file"
    assert (found["rows"], found["files"], found["accepted"]) == (14, 40, 40)
    (dossier,) = found["dossiers"]
    assert (dossier["documents"], dossier["declared"]) == (40, 83)
    assert sum(1 for target in found["waiting"] if target.startswith("row:")) == 9
    assert (tmp_path / "bao-cao.xlsx").read_bytes()[:2] == b"PK"

    sealed = answer(call(cast, "--as", "cuc", "dossier", "seal", dossier["code"], "--json"))
    assert sealed["version"] == 1
    stores = answer(call(cast, "stores", "--json"))
    assert [(one["objects"], one["healthy"]) for one in stores] == [(1, True)] * 2
    fixity = call(cast, "--as", "cuc", "fixity", "--json")
    assert fixity.returncode == 0
    assert answer(fixity)["bad"] == []
    hits = answer(call(cast, "--as", "cuc", "search", "ngo doc", "--json"))
    assert hits["count"] > 0
    proof = answer(call(cast, "--as", "cuc", "ledger", "proof", dossier["id"], "--json"))
    assert proof["obj"] == dossier["id"]
    verified = answer(call(cast, "ledger", "verify", "--json"))
    assert verified["ok"] is True
    assert verified["size"] > 100
    package = next(path for path in Path(stores[0]["path"]).rglob("urn_uuid_*") if path.is_dir())
    valid = call(None, "packages", "validate", str(package), "--json")
    assert valid.returncode == 0, valid.stdout[:2000]
    root = call(None, "ocfl", "validate", stores[1]["path"], "--json")
    assert root.returncode == 0


def test_another_bodys_person_finds_and_proves_nothing(cast: TestHouse) -> None:
    from tests.support.records import make_dossier

    made = make_dossier(cast)
    known = call(cast, "--as", "nga", "ledger", "proof", str(made.dossier.pk))
    unknown = call(cast, "--as", "nga", "ledger", "proof", str(made.dossier.body_id))
    assert known.returncode == unknown.returncode == 2 or known.returncode == 1
    assert known.stderr.replace(str(made.dossier.pk), "X") == unknown.stderr.replace(
        str(made.dossier.body_id), "X"
    )
    assert call(cast, "--as", "nga", "search", "van ban", "--json").returncode == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--as", "ai-do", "search", "x"),
        ("search", "x"),
        ("--as", "cuc", "dossier", "seal", "khong-co"),
        ("--as", "hoa", "fixity"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_no_trace(
    shared_cast: TestHouse, words: tuple[str, ...]
) -> None:
    done = call(shared_cast, *words)
    assert done.returncode in {1, 2}
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1


def test_help_names_every_command() -> None:
    done = call(None, "--help")
    assert done.returncode == 0
    for name in ("up", "import", "dossier", "packages", "ocfl", "stores", "fixity", "ledger",
                 "search", "check"):  # fmt: skip
        assert f"\n  {name} " in done.stdout


def test_a_path_that_is_no_package_is_invalid_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x")
    for words in (("packages", "validate"), ("ocfl", "validate")):
        done = call(None, *words, str(tmp_path), str(tmp_path / "absent"), "--json")
        assert done.returncode == 1
        (listed,) = answer(done).values()
        assert [one["valid"] for one in listed] == [False, False]


def test_ocfl_validate_says_what_is_wrong_with_whatever_it_is_given(tmp_path: Path) -> None:
    from tests.standards.ocfl.ocfl_cases import RawObject

    good = RawObject(tmp_path / "good").root
    root = tmp_path / "root"
    RawObject(root / "object")
    (root / "0=ocfl_1.1").write_text("ocfl_1.1\n")
    undeclared = tmp_path / "undeclared"
    RawObject(undeclared / "a" / "object")
    misdeclared = tmp_path / "misdeclared"
    RawObject(misdeclared).root.joinpath("0=ocfl_object_1.1").rename(misdeclared / "0=ocfl_1.1")
    (tmp_path / "link").symlink_to(good)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    asked = {
        "good": set(),
        "link": set(),
        "root": set(),
        "root/object": set(),
        "undeclared": {"E069"},
        "misdeclared": {"E006"},
        "good/v1": {"E003", "E001", "E046", "E092"},
        "absent": {"E003"},
        "file": {"E003"},
        "loop": {"E003"},
        "empty": {"E003", "E063"},
        "file/x": {"E003"},
        "a\x01b": {"E003"},
    }
    for name, valid in (("good", 0), ("root", 0), ("link", 0)):
        assert call(None, "ocfl", "validate", str(tmp_path / name)).returncode == valid
    done = call(None, "ocfl", "validate", *(str(tmp_path / name) for name in asked), "--json")
    assert done.returncode == 1
    found = {
        name: {one["rule"] for one in listed["findings"] if one["severity"] == "error"}
        for name, listed in zip(asked, answer(done)["objects"], strict=True)
    }
    assert found == asked
