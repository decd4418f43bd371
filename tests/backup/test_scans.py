"""Sets are scanned for viruses every half year, and what is found is told (RM-958)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from tangthu.backup import checks, scheduling, sets
from tangthu.backup.actions.order_backup import order_scan
from tangthu.kernel import jobs
from tangthu.kernel.errors import Refused
from tangthu.kernel.jobs import execute, request_stop
from tangthu.kernel.models import Job
from tangthu.ledger.history import history
from tests.backup.test_sets import filled, made, told_kinds
from tests.support.clamd import VIRUS, Scanner, scanner
from tests.support.house import TestHouse
from tests.support.records import make_dossier


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sets").mkdir()
    monkeypatch.setattr(settings, "BACKUP_PLACES", [tmp_path / "sets"])
    return tmp_path / "sets"


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[Scanner]:
    with scanner(tmp_path) as running, override_settings(CLAMD=str(running.path)):
        yield running


def scanned(house: TestHouse, folder: Path) -> dict[str, Any]:
    job = execute(order_scan(house.acting("dung"), folder, queued=False).id)
    assert job.state == Job.State.DONE, f"{job.message} {job.hint}"
    return job.result


def told() -> list[tuple[str, str]]:
    """What the check says of viruses."""
    found = [(one.level, str(one.message)) for one in checks.look(None)]
    return [one for one in found if "mã độc" in one[1]]


def long_ago() -> None:
    """Every scan was made seven months ago."""
    past = dt.timedelta(days=213)
    for job in Job.objects.filter(kind="backup.scan"):
        assert job.finished_at is not None
        job.created_at, job.finished_at = job.created_at - past, job.finished_at - past
        job.save()


@pytest.mark.req("RM-958", "AR-92")
def test_every_file_of_a_chain_is_shown_to_the_scanner_once_and_all_bodies_are_told(
    cast: TestHouse, place: Path, clamd: Scanner
) -> None:
    filled(cast)
    made(cast, place)
    make_dossier(cast, number="03")
    newest = made(cast, place)
    assert told() == [("warning", f"Chưa quét mã độc bộ sao lưu nào ở {place}.")]
    found = scanned(cast, newest)
    expected = {(one.set, one.at): one.sha256 for one in sets.entries(newest)}
    assert found["files"] == len(clamd.seen) == len(expected)
    assert sorted(expected.values()) == sorted(
        hashlib.sha256(data).hexdigest() for data in clamd.seen
    )
    assert (found["infected"], found["unscanned"], found["bad"]) == (0, 0, [])
    assert (found["scanner"], found["signatures"]) == ("ClamAV 1.0.7", 27350)
    assert told_kinds(cast)[-1] == told_kinds(cast, "H31.07")[-1] == "backup.set.scanned"
    assert [level for level, _words in told()] == ["ok"]


@pytest.mark.req("RM-958")
def test_what_is_infected_is_named_with_its_package_and_stays_an_error(
    cast: TestHouse, place: Path, clamd: Scanner
) -> None:
    filled(cast)
    folder = made(cast, place)
    package = next(one for one in sets.entries(folder) if one.path.startswith("objects/"))
    working = next(one for one in sets.entries(folder) if one.path.startswith("home/working/"))
    large, gone = [one for one in sets.entries(folder) if one.path.startswith("database/")][:2]
    for one in (package, working):
        sets.place_of(folder, one).write_bytes(VIRUS)
    sets.place_of(folder, gone).unlink()
    sets.place_of(folder, large).write_bytes(b"other")
    found = scanned(cast, folder)
    told_of = {one["path"]: (one["status"], one["virus"], one["package"]) for one in found["bad"]}
    (objid,) = [line.split('"')[1] for line in (folder / sets.PACKAGES).read_text().splitlines()]
    assert told_of == {
        package.path: ("infected", "Test.Virus-1", objid),
        working.path: ("infected", "Test.Virus-1", ""),
        large.path: ("changed", "", ""),
        gone.path: ("unreadable", "", ""),
    }
    assert (found["infected"], found["unscanned"]) == (2, 2)
    event = history(cast.body("H30.81").pk)[-1]
    assert (event.fields["detail"]["infected"], event.out) == (2, "part")
    assert told()[0] == (
        "error", f"Bộ sao lưu {folder.name} ở {place} có 2 tệp mang mã độc."
    )  # fmt: skip


def test_what_is_too_large_for_the_scanner_is_told_and_not_taken_for_clean(
    cast: TestHouse, place: Path, clamd: Scanner
) -> None:
    folder = made(cast, place)
    clamd.most = 100
    found = scanned(cast, folder)
    assert found["infected"] == 0 < found["unscanned"]
    assert {one["status"] for one in found["bad"]} == {"too_large"}
    assert [level for level, _words in told()] == ["warning"]


@pytest.mark.req("RM-958")
def test_the_house_orders_a_scan_in_each_place_when_half_a_year_is_over_and_has_a_scanner(
    cast: TestHouse, place: Path, tmp_path: Path, clamd: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setattr(settings, "BACKUP_PLACES", [place, other])
    folders = {str(made(cast, one)) for one in (place, other)}

    def ordered() -> list[Job]:
        return [one for one in scheduling.order_due() if one.kind == "backup.scan"]

    with override_settings(CLAMD=""):
        assert ordered() == []
        assert [level for level, _words in told()] == ["warning", "warning"]
        hints = [one.remedy for one in checks.look(None) if "mã độc" in str(one.message)]
        assert all("clamav-daemon" in one for one in hints)
        with pytest.raises(Refused, match="Chưa có máy quét"):
            order_scan(cast.acting("dung"), place)
    first = ordered()
    assert {one.args["folder"] for one in first} == folders
    assert ordered() == [], "they are under way"
    assert {execute(one.pk).state for one in first} == {"done"}
    assert ordered() == []
    long_ago()
    assert [level for level, _words in told()] == ["warning", "warning"]
    assert {one.args["folder"] for one in ordered()} == folders


def test_a_scan_that_is_stopped_or_loses_its_scanner_goes_on_from_there(
    cast: TestHouse, place: Path, clamd: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(cast)
    folder = made(cast, place)
    monkeypatch.setattr("tangthu.backup.scanning._KEEP_SECONDS", 0.0)
    monkeypatch.setattr(jobs, "_REPORT_SECONDS", 0.0)
    all_files = len({(one.set, one.at) for one in sets.entries(folder)})
    who = cast.acting("dung")
    job = order_scan(who, folder, queued=False)

    def stop() -> None:
        if len(clamd.seen) == 5:
            request_stop(job.pk)

    clamd.meanwhile = stop
    stopped = execute(job.pk)
    assert stopped.state == Job.State.STOPPED
    assert 4 <= stopped.result["files"] <= 5
    clamd.meanwhile = None
    with override_settings(CLAMD=str(place / "nobody")):
        away = execute(jobs.resume(who, stopped).pk)
    assert (away.state, "Máy quét mã độc không trả lời" in away.message) == ("failed", True)
    begun = stopped.result["files"]
    clamd.seen.clear()
    done = execute(jobs.resume(who, stopped).pk)
    assert done.state == Job.State.DONE
    assert done.result["files"] == all_files
    assert len(clamd.seen) == all_files - begun


def test_a_set_whose_list_was_changed_is_not_called_clean(
    cast: TestHouse, place: Path, clamd: Scanner
) -> None:
    folder = made(cast, place)
    with (folder / sets.FILES).open("ab") as lines:
        lines.write(b"\n")
    job = execute(order_scan(cast.acting("dung"), folder, queued=False).id)
    assert (job.state, "Bản kê tệp" in job.message) == (Job.State.FAILED, True)
    assert clamd.seen == []


def test_a_scan_counts_although_another_set_was_made_meanwhile(
    cast: TestHouse, place: Path, clamd: Scanner
) -> None:
    make_dossier(cast)
    job = order_scan(cast.acting("dung"), made(cast, place), queued=False)
    seen: list[Path] = []
    clamd.meanwhile = lambda: seen or seen.append(made(cast, place))  # type: ignore[func-returns-value]
    assert execute(job.id).state == Job.State.DONE
    assert seen and scheduling.newest_sets() == seen
    assert scheduling.last_scan(place) == Job.objects.get(pk=job.pk)
    assert [level for level, _words in told()] == ["ok"]


def test_no_scan_is_ordered_where_the_set_of_the_day_is_still_to_come(
    cast: TestHouse, place: Path, clamd: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(cast, place)
    monkeypatch.setattr(scheduling, "set_is_due", lambda *_: True)
    assert {one.kind for one in scheduling.order_due()} == {"backup.make", "backup.drill"}


def test_the_scan_of_an_older_set_does_not_stand_for_the_newest(
    cast: TestHouse, place: Path, clamd: Scanner
) -> None:
    older = made(cast, place)
    made(cast, place)
    assert not scanned(cast, older)["newest"]
    assert scheduling.last_scan(place) is None
    assert [level for level, _words in told()] == ["warning"]
