"""A set that says it is whole has the bytes of every record that it lists, as of its moment."""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.archive.actions.withhold_document import withhold_document
from tangthu.backup import (
    checks,
    copying,
    making,
    places,
    retention,
    scheduling,
    sets,
    snapshot,
    verifying,
)
from tangthu.backup.actions.order_backup import order_backup, order_drill, order_verification
from tangthu.kernel import advisory, clock, logins
from tangthu.kernel.jobs import execute
from tangthu.kernel.models import Job
from tangthu.kernel.stores import content_key
from tests.backup.test_sets import made, verified
from tests.repository import steps
from tests.support.house import TestHouse
from tests.support.records import change_dossier, make_dossier, sealed_package, signed_events


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sets").mkdir()
    monkeypatch.setattr(settings, "BACKUP_PLACES", [tmp_path / "sets"])
    return tmp_path / "sets"


def digests(folder: Path) -> set[str]:
    return {one.sha256 for one in sets.entries(folder)}


def tried(house: TestHouse, place: Path, **how: Any) -> Job:
    return execute(order_backup(house.acting("dung"), place, queued=False, **how).id)


def worst(place: Path) -> list[str]:
    found = checks._of_place(place, clock.now())
    return [str(one.message) for one in found if one.level == "error"]


@pytest.mark.req("AR-86")
def test_what_is_sealed_while_a_set_is_made_is_in_it(
    cast: TestHouse, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed_package(cast, make_dossier(cast))
    signed_events()
    kept: dict[str, Any] = {}
    real_taken, real_dump = making.taken, snapshot.Snapshot.dump
    real_copy = making._Making._copy_working
    free: list[bool] = []

    @contextmanager
    def taken() -> Iterator[snapshot.Snapshot]:
        kept["made"] = make_dossier(cast, number="07")
        signed_events()
        with real_taken() as moment:
            yield moment

    def copy_working(self: Any, writer: Any) -> None:
        name = connections["default"].settings_dict["NAME"]
        parts = {**logins.conninfo(cast.home, logins.APP_ROLE), "dbname": name}
        with psycopg.connect(**parts) as other:
            row = other.execute(
                "SELECT pg_try_advisory_lock(%s)", [advisory._key(advisory.WORKING_STORE)]
            ).fetchone()
            assert row is not None
            free.append(row[0])
        real_copy(self, writer)

    def dump(self: snapshot.Snapshot, folder: Path, watch: Any) -> None:
        real_dump(self, folder, watch)
        sealed_package(cast, kept["made"])

    monkeypatch.setattr(making, "taken", taken)
    monkeypatch.setattr(making._Making, "_copy_working", copy_working)
    monkeypatch.setattr(snapshot.Snapshot, "dump", dump)
    folder = made(cast, place)
    assert {file.sha256 for file in kept["made"].files} <= digests(folder)
    assert free == [True, False], "nothing leaves the working store between moment and copy"


def test_a_record_whose_bytes_are_in_no_place_is_a_problem_of_the_set_and_an_error(
    cast: TestHouse, place: Path
) -> None:
    sealed_package(cast, make_dossier(cast))
    lost = make_dossier(cast, number="02").files[0].sha256
    signed_events()
    (cast.home.working / content_key(lost)).unlink()
    job = tried(cast, place)
    assert [line.split(":")[0] for line in job.result["problems"]] == [
        f"home/working/{content_key(lost)}"
    ]
    assert any(content_key(lost) in words for words in worst(place))
    without = tried(cast, place, stores=False)
    assert len(without.result["problems"]) == 1, "of packages a set without them says nothing"


@pytest.mark.req("AR-129")
def test_what_is_withheld_leaves_the_working_store_for_no_further_set(
    cast: TestHouse, place: Path
) -> None:
    secret, other = make_dossier(cast), make_dossier(cast, number="02")
    signed_events()
    withhold_document(cast.acting("cuc"), secret.files[0].document_id)
    held = digests(made(cast, place))
    assert secret.files[0].sha256 not in held
    assert other.files[0].sha256 in held


def test_a_package_is_taken_from_the_store_that_has_the_version_which_is_listed(
    cast: TestHouse, place: Path
) -> None:
    first = make_dossier(cast)
    sealed_package(cast, first)
    signed_events()
    root, second = steps.objects(cast)
    shutil.copytree(root, cast.home.root / "old")
    change_dossier(cast, first.dossier, note="mới")
    job = execute(queue_sealing(cast.acting("cuc"), first.dossier.pk).id)
    assert job.state == Job.State.DONE, job.message
    shutil.rmtree(root)
    shutil.copytree(cast.home.root / "old", root)  # the first store came back from an older disk
    folder = made(cast, place)
    paths = {one.path for one in sets.entries(folder) if one.path.startswith("objects/")}
    assert [path for path in paths if "/v2/" in path]
    assert verified(cast, folder)["found"] == 0
    shutil.rmtree(second)
    shutil.copytree(cast.home.root / "old", second)
    (problem,) = tried(cast, place, full=True).result["problems"]
    assert "version 2 as listed is in no store" in problem


def test_one_bad_sector_a_link_or_a_closed_folder_stops_no_backup(
    cast: TestHouse, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed_package(cast, make_dossier(cast))
    signed_events()
    real = os.read
    bad = "/kho-a/"

    def read(handle: int, size: int) -> bytes:
        name = str(Path(f"/proc/self/fd/{handle}").readlink())
        if bad in name and name.endswith(".pdf"):
            raise OSError(errno.EIO, "Input/output error")
        return real(handle, size)

    monkeypatch.setattr(copying.os, "read", read)
    made(cast, place)  # the other store has it
    bad = "/kho-"
    beside = cast.home.stores / "kho-a.beside"
    (beside / "link").symlink_to("/etc/hostname")
    (beside / "folder").symlink_to("/etc")
    job = tried(cast, place, full=True)
    assert job.state == Job.State.DONE, job.message
    told = sorted(job.result["problems"])
    assert [line for line in told if "beside" in line] == [
        "stores/kho-a/beside/folder: unreadable: not a regular file",
        "stores/kho-a/beside/link: unreadable: not a regular file",
    ]
    assert [line for line in told if line.endswith("not whole in any store")]


def test_what_the_medium_does_not_give_back_is_no_set(
    cast: TestHouse, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_dossier(cast)
    signed_events()

    def sync() -> None:
        (hidden,) = place.glob(".*.unfinished")
        target = next(hidden.rglob("working/*/*/*"))
        target.write_bytes(b"x" + target.read_bytes()[1:])

    with monkeypatch.context() as patched:
        patched.setattr(making.os, "sync", sync)
        job = tried(cast, place)
    assert (job.state, "không giữ đúng" in job.message) == (Job.State.FAILED, True)
    assert sets.sets_in(place) == []
    made(cast, place)


def test_no_chain_is_removed_while_the_newest_set_could_not_take_its_place(
    cast: TestHouse, place: Path
) -> None:
    first = make_dossier(cast)
    sealed_package(cast, first)
    signed_events()
    good = made(cast, place)
    later = clock.now() + dt.timedelta(days=31)
    without = made(cast, place, stores=False)
    assert scheduling.newest_set()[1].name == good.name  # type: ignore[index]
    assert retention.remove_old(place, later) == []
    assert "không có các gói" in retention.overdue(place, later).why
    sets_kept = shutil.copytree(cast.home.stores, cast.home.root / "kept")
    for root in steps.objects(cast):
        shutil.rmtree(root)
    job = tried(cast, place, full=True)
    assert job.result["problems"]
    assert worst(place), "a set that lacks something is an error"
    assert retention.remove_old(place, later) == []
    assert [str(one.message) for one in checks._of_place(place, later) if "quá hạn" in one.message]
    shutil.rmtree(cast.home.stores)
    shutil.copytree(sets_kept, cast.home.stores)
    newest = made(cast, place, full=True)
    facts = sets.read_facts(newest)
    assert not worst(place)
    inside = next(one for one in sets.entries(newest) if one.path.endswith(".pdf"))
    target = sets.place_of(newest, inside)
    whole = target.read_bytes()
    target.write_bytes(b"x" + whole[1:])
    with pytest.raises(sets.SetUnusable):
        retention.remove_old(place, later)
    execute(order_verification(cast.acting("dung"), newest, queued=False).id)
    assert [words for words in worst(place) if newest.name in words]
    target.write_bytes(whole)
    assert facts.packages == 1 and good.is_dir() and without.is_dir()
    assert good.name in retention.remove_old(place, later)
    assert newest.is_dir() and not good.is_dir()


def test_a_trial_of_a_set_without_packages_reads_none_and_says_so(
    cast: TestHouse, place: Path
) -> None:
    sealed_package(cast, make_dossier(cast))
    signed_events()
    folder = made(cast, place, stores=False)
    assert scheduling.set_is_due(place, clock.now()), "such a set is not the day's"
    for root in steps.objects(cast):
        shutil.rmtree(root)  # whoever reads the live stores finds out
    job = execute(order_drill(cast.acting("dung"), folder, queued=False).id)
    found = {name: job.result.get(name) for name in ("ok", "packages", "bad_count", "holds_stores")}
    assert found == {"ok": True, "packages": 0, "bad_count": 0, "holds_stores": False}
    assert scheduling.last_drill() is None


def test_a_place_of_another_house_takes_no_set(cast: TestHouse, place: Path) -> None:
    made(cast, place)
    (place / places.MARK).write_text("0" * 32)
    with pytest.raises(places.PlaceUnusable):
        order_backup(cast.acting("dung"), place)
    assert any("hệ thống khác" in words for words in worst(place))


def test_what_several_files_share_is_known_so_that_a_check_reads_each_place_once(
    cast: TestHouse, place: Path
) -> None:
    dossier = make_dossier(cast, documents=({}, {}))
    sealed_package(cast, dossier)
    folder = made(cast, place)
    of_place: dict[tuple[str, str], list[sets.Entry]] = {}
    for one in sets.entries(folder):
        of_place.setdefault((one.set, one.at), []).append(one)
    several = {where for where, found in of_place.items() if len(found) > 1}
    shared = sets.shared_places(folder)
    assert several and several <= shared
    assert len(shared) < len(of_place) / 2, "most bytes lie where their own path says"
    read = 0

    def watch(more: int) -> None:
        nonlocal read
        read += more

    verdict = verifying.verify_set(folder, watch)
    lists = sum((folder / name).stat().st_size for name in (sets.FILES, sets.PACKAGES))
    once = sum(found[0].size for found in of_place.values())
    assert (verdict.bad, verdict.bytes, read - lists) == ([], once, once)
