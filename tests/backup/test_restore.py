"""A set becomes a house again in an empty home, and its ledger is never forked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tangthu.backup import sealed_keys, sets
from tangthu.kernel import postgres
from tangthu.kernel.home import Home
from tangthu.ledger.logs import log_of
from tangthu.ledger.publishing import tree_folder
from tangthu.standards.tlog import merkle
from tangthu.standards.tlog.checkpoint import open_checkpoint
from tangthu.standards.tlog.note import VerifierKey
from tangthu.standards.tlog.reader import TileReader
from tests.backup.test_sets import PASSPHRASE, made
from tests.ledger.test_recovering import size_of, tell
from tests.support import killing, warm
from tests.support.commands import told
from tests.support.house import TestHouse
from tests.support.records import make_dossier, sealed_package, signed_events
from tests.support.running import nothing_runs

TRUST = ("--trust", "thử")
ORIGIN, OTHER = "test.example/H30.81", "test.example/H31.07"


@dataclass
class Lost:
    """A house that was backed up, worked on, and is gone: what is left of it."""

    folder: Path
    keys: Path
    tree: Path
    older: str
    newest: str
    key: VerifierKey
    packages: dict[str, bytes]


def packages_of(stores: Path, name: str) -> dict[str, bytes]:
    root = stores / name
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def lost(shared_cast: TestHouse, tmp_path_factory: pytest.TempPathFactory) -> Lost:
    """Backed up with events waiting, then worked on and signed; a mirror has the newer tree.

    Of the two places, one is lost together with the house.
    """
    house, folder = shared_cast, tmp_path_factory.mktemp("lost")
    (folder / "sets").mkdir()
    (folder / "lost").mkdir()
    sealed_package(house, make_dossier(house, documents=({}, {})))
    make_dossier(house, number="02")
    signed_events()
    made(house, folder / "lost")
    made(house, folder / "sets")
    make_dossier(house, number="03")
    tell(house, 2)
    body = house.body("H30.81").pk
    older = TileReader(tree_folder(house.home, log_of(body))).checkpoint().decode()
    made(house, folder / "lost")
    kept = made(house, folder / "sets")
    shutil.rmtree(folder / "lost")
    sealed_keys.seal(PASSPHRASE, folder / "khoa.json")
    tell(house, 4)
    signed_events()
    log = log_of(body)
    shutil.copytree(tree_folder(house.home, log), folder / "tree")
    newest = TileReader(folder / "tree").checkpoint().decode()
    from tangthu.ledger.signer import Signer

    key = Signer(house.home, log.log_id, log.origin).verifier_key
    return Lost(
        kept, folder / "khoa.json", folder / "tree", older, newest, key,
        packages_of(house.home.stores, "kho-a"),
    )  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Where to restore to; thrown away after, with nothing running in it."""
    target = tmp_path / "nhà mới"
    yield target
    postgres.stop(Home(target))
    assert nothing_runs(target)
    shutil.rmtree(target, ignore_errors=True)


def call(home: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TANGTHU_HOME": str(home)}
    done = warm.run(words, environment, given=given)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def restored(lost: Lost, home: Path, *more: str) -> Any:
    words = ("backup", "restore", str(lost.folder), "--home", str(home), "--json")
    done = call(home, *words, "--keys", str(lost.keys), *more, given=f"{PASSPHRASE}\n")
    return told(done, "backup-restore", 0)


def recover(home: Path, origin: str, *more: str) -> subprocess.CompletedProcess[str]:
    person = "dung" if origin == ORIGIN else "quang"
    return call(home, "--as", person, "ledger", "recover", origin, "--json", *more)


@pytest.mark.req("AR-85", "AR-86", "RM-959", "IN-89", "IN-90", "RM-690", "AR-30")
def test_a_house_is_restored_elsewhere_and_its_ledger_goes_on_without_a_fork(
    lost: Lost, home: Path
) -> None:
    found = restored(lost, home, "--by", "Phạm Tiến Dũng, quản trị")
    facts = sets.read_facts(lost.folder)
    assert (found["packages"], found["logs"], found["missing_keys"]) == (1, [ORIGIN, OTHER], [])
    assert found["rows"] == sum(rows for rows, _digest in facts.tables.values())
    for name in ("kho-a", "kho-b"):
        assert packages_of(home / "stores", name) == lost.packages
    # Nothing is signed, and no event gets a signed place, before it was compared.
    call(home, "integrator", "--once")
    assert size_of(home / "ledger" / ORIGIN) == open_size(lost.older)
    unsaid = recover(home, ORIGIN)
    assert unsaid.returncode == 2 and "--nothing-newer" in unsaid.stdout
    done = recover(home, ORIGIN, "--tree", str(lost.tree))
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert (answer["to"], answer["running"]) == (open_size(lost.newest), True)
    assert len(answer["orphans"]) == 5  # four told since, and that the set was made
    other = recover(home, OTHER, "--nothing-newer", "máy cũ đã hỏng trước khi ký")
    assert other.returncode == 0, other.stdout + other.stderr
    call(home, "integrator", "--once")
    verified = call(home, "ledger", "verify", "--json")
    assert verified.returncode == 0, verified.stdout
    reader = TileReader(home / "ledger" / ORIGIN)
    size, newest = size_of(reader.root), open_checkpoint(lost.newest.encode(), ORIGIN, [lost.key])
    assert size > newest.checkpoint.size
    merkle.verify_consistency(
        newest.checkpoint.size, size, newest.checkpoint.root, reader.root_of(size),
        reader.consistency_proof(newest.checkpoint.size, size),
    )  # fmt: skip
    fixity = call(home, "--as", "cuc", "fixity", "--json")
    assert fixity.returncode == 0, fixity.stdout
    stores = json.loads(call(home, "stores", "--json").stdout)
    assert [(one["objects"], one["healthy"]) for one in stores] == [(1, True), (1, True)]
    assert {Path(one["path"]).parent for one in stores} == {home / "stores"}
    assert json.loads(call(home, "--as", "cuc", "search", "quyết định", "--json").stdout)["count"]
    assert not any((home / "quarantine").iterdir())
    note, kept, unread = restore_told(home)
    assert note["by"] == "Phạm Tiến Dũng, quản trị" and note["account"]
    assert (note["set"], note["rows"], note["packages"]) == (facts.name, found["rows"], 1)
    assert (kept["by"], kept["rows"], kept["missing_keys"]) == (note["by"], note["rows"], [])
    # Who keeps the house and who administers the other body are to read of it, nobody else.
    assert unread == {"dung": [facts.name], "quang": [facts.name], "cuc": []}


def restore_told(home: Path) -> Any:
    """What the ledger of the first body tells of the restore, what is kept of it, and who is still
    to read that; asked by a process of that house."""
    script = (
        "import json, django; django.setup()\n"
        "from django.conf import settings\n"
        "from tangthu.identity.models import Body\n"
        "from tangthu.kernel import database\n"
        "from tangthu.ledger.history import history\n"
        "from tangthu.backup.restores import unread_by\n"
        "from tangthu.backup.models import Restore\n"
        "from tangthu.identity.queries import viewer_named\n"
        "with database.available(settings.HOME):\n"
        "    body = Body.objects.get(code='H30.81')\n"
        "    told = [e for e in history(body.pk) if e.kind_name == 'backup.house.restored']\n"
        "    unread = {name: [one.set for one in unread_by(viewer_named(name))]\n"
        "              for name in ('dung', 'quang', 'cuc')}\n"
        "    kept = Restore.objects.get().told\n"
        "    print(json.dumps([dict(told[-1].fields['detail']), kept, unread]))\n"
    )
    environment = {
        **os.environ, "TANGTHU_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "tangthu.kernel.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def open_size(note: str) -> int:
    return int(note.splitlines()[1])


def test_without_keys_the_restore_says_so_and_they_are_put_back_later(
    lost: Lost, home: Path
) -> None:
    words = ("backup", "restore", str(lost.folder), "--home", str(home))
    refused = call(home, *words, "--json")
    assert (refused.returncode, "--trust" in refused.stderr + refused.stdout) == (2, True)
    assert list(home.iterdir()) == [], "nothing was loaded of a set that nobody vouched for"
    words = (*words, "--trust", "tự tay lấy từ két")
    done = call(home, *words, "--json")
    assert done.returncode == 0, done.stderr
    assert "secrets/ledger/1.key" in json.loads(done.stdout)["missing_keys"]
    assert "backup keys --from" in done.stderr
    assert recover(home, ORIGIN, "--tree", str(lost.tree)).returncode == 2
    put = call(home, "backup", "keys", "--from", str(lost.keys), given=f"{PASSPHRASE}\n")
    assert put.returncode == 0, put.stderr
    assert recover(home, ORIGIN, "--tree", str(lost.tree)).returncode == 0
    again = call(home, *words)
    assert (again.returncode, "không trống" in again.stderr) == (2, True)


def test_a_damaged_set_and_what_is_no_set_leave_the_home_empty(
    lost: Lost, home: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "sets"
    shutil.copytree(lost.folder.parent, broken)
    dump = next((broken / lost.folder.name / "database").glob("*.dat.gz"))
    dump.write_bytes(b"x" + dump.read_bytes()[1:])
    words = ("--home", str(home), *TRUST)
    done = call(home, "backup", "restore", str(broken / lost.folder.name), *words)
    assert (done.returncode, dump.name in done.stderr) == (2, True)
    assert list(home.iterdir()) == []
    none = call(home, "backup", "restore", str(tmp_path), *words)
    assert (none.returncode, "bộ sao lưu" in none.stderr) == (2, True)


@pytest.mark.parametrize(
    "point", ["backup.restore.shut", "backup.restore.files", "backup.restore.database"]
)
def test_a_restore_killed_half_way_lets_nothing_start_and_is_done_again(
    lost: Lost, home: Path, point: str
) -> None:
    alone = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    with killing.Runner(alone) as runner:
        target = "tests.backup.steps:restore"
        runner.kill(target, str(lost.folder), str(home), at=(point, 1))
    for words in (("ledger", "status"), ("up", "--no-demo"), ("integrator", "--once")):
        refused = call(home, *words)
        assert refused.returncode == 2
        assert "chưa xong" in refused.stderr
    restored(lost, home)
    assert call(home, "ledger", "status").returncode in (0, 1)
