"""A restore is tried aside and thrown away; what is due is ordered; what is wrong is told."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tangthu.backup import checks, drilling, houses, scheduling, sets
from tangthu.backup.actions.order_backup import order_drill
from tangthu.kernel.jobs import execute, request_stop
from tangthu.kernel.models import Job
from tests.backup.test_sets import filled, made, told_kinds
from tests.support.house import TestHouse


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sets").mkdir()
    monkeypatch.setattr(settings, "BACKUP_PLACES", [tmp_path / "sets"])
    return tmp_path / "sets"


def drilled(house: TestHouse, folder: Path) -> dict[str, Any]:
    job = execute(order_drill(house.acting("dung"), folder, queued=False).id)
    assert job.state == Job.State.DONE, f"{job.message} {job.hint}"
    return job.result


def nothing_left(house: TestHouse) -> bool:
    return not list(house.home.temporary.glob("drill-*"))


@pytest.mark.req("RM-958", "AR-92", "AR-91", "RM-690", "AR-30")
def test_a_restore_is_tried_and_reported_and_nothing_of_it_stays(
    cast: TestHouse, place: Path
) -> None:
    filled(cast)
    made(cast, place)
    folder = made(cast, place)
    stores = {path: path.read_bytes() for path in cast.home.stores.rglob("*") if path.is_file()}
    found = drilled(cast, folder)
    assert found["ok"], found
    facts = sets.read_facts(folder)
    assert (found["set"], found["packages"], found["bad_count"]) == (folder.name, 1, 0)
    assert found["rows"] == sum(rows for rows, _digest in facts.tables.values())
    assert [(log["ok"], log["size"] > 0) for log in found["logs"]] == [(True, True)] * 2
    assert nothing_left(cast)
    assert stores == {path: path.read_bytes() for path in stores}
    assert told_kinds(cast) == told_kinds(cast, "H31.07")
    assert told_kinds(cast)[-1] == "backup.drill.done"


def test_a_set_that_does_not_help_fails_its_trial(cast: TestHouse, place: Path) -> None:
    filled(cast)
    folder = made(cast, place)
    # Whole by its own list, but not what it says of the database.
    facts = sets.read_facts(folder)
    facts.tables["records_dossier"][0] += 1
    houses.write_sealed(folder, facts)
    found = drilled(cast, folder)
    assert (found["ok"], "records_dossier" in found["error"]) == (False, True)
    shutil.rmtree(folder / "files" / "objects")
    found = drilled(cast, folder)
    assert (found["ok"], "hỏng" in found["error"]) == (False, True)
    assert nothing_left(cast)
    worst = [one for one in checks.look(None) if one.level == "error"]
    assert ["thử phục hồi" in one.message for one in worst] == [True]


def test_a_log_of_another_key_fails_the_trial(cast: TestHouse, place: Path) -> None:
    from tangthu.ledger.logs import log_of
    from tangthu.ledger.publishing import tree_folder

    filled(cast)
    folder = made(cast, place)
    other = tree_folder(cast.home, log_of(cast.body("H31.07").pk)) / "keys.txt"
    mine = tree_folder(cast.home, log_of(cast.body("H30.81").pk)) / "keys.txt"
    mine.write_bytes(other.read_bytes())
    found = drilled(cast, folder)
    assert [log["ok"] for log in found["logs"]] == [False, True]
    assert not found["ok"]


def test_a_trial_that_is_stopped_or_was_killed_leaves_nothing(cast: TestHouse, place: Path) -> None:
    filled(cast)
    folder = made(cast, place)
    left = cast.home.temporary / "drill-00000000"
    (left / "home" / "postgres").mkdir(parents=True)
    (left / drilling.MARK).touch()
    (left / "home" / "x").write_text("left by a killed one")
    ordered = order_drill(cast.acting("dung"), folder, queued=False)

    def stop(_done: int, _total: int | None, _unit: str) -> None:
        request_stop(ordered.id)

    assert execute(ordered.id, stop).state == Job.State.STOPPED
    assert nothing_left(cast)
    assert "backup.drill.done" not in told_kinds(cast)


@pytest.mark.req("AR-88", "RM-958")
def test_the_house_orders_a_set_a_day_and_a_trial_a_quarter(
    cast: TestHouse, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = scheduling.order_due()
    assert [(job.kind, job.person_id, job.args["to"]) for job in first] == [
        ("backup.make", None, str(place))
    ]
    assert scheduling.order_due() == []
    assert execute(first[0].id).state == Job.State.DONE
    (trial,) = scheduling.order_due()
    assert trial.kind == "backup.drill"
    assert scheduling.order_due() == []
    assert execute(trial.id).result["ok"]
    assert scheduling.order_due() == []
    now = dt.datetime.now(dt.UTC)
    later = now + dt.timedelta(hours=25)
    monkeypatch.setattr(scheduling.clock, "now", lambda: later)
    assert [job.kind for job in scheduling.order_due()] == ["backup.make"]
    assert [scheduling.drill_is_due(now + dt.timedelta(days=n)) for n in (80, 93)] == [False, True]
    assert scheduling.set_is_due(place / "absent", now)


def test_a_place_that_is_away_is_told_and_tried_again(
    cast: TestHouse, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "BACKUP_PLACES", [place / "away"])
    assert scheduling.order_due() == []
    assert next(one.level for one in checks.look(None)) == "error"


@pytest.mark.req("AR-85")
def test_the_check_tells_of_places_that_are_missing_shared_or_behind(
    cast: TestHouse, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> str:
        return "\n".join(one.message for one in checks.look(None) if one.level != "ok")

    monkeypatch.setattr(settings, "BACKUP_PLACES", [])
    assert "Chưa đặt nơi sao lưu" in told()
    monkeypatch.setattr(settings, "BACKUP_PLACES", [place])
    assert {"Chỉ có một nơi", "chưa có bộ nào", "cùng ổ đĩa với hệ thống"} <= {
        words for words in ("Chỉ có một nơi", "chưa có bộ nào", "cùng ổ đĩa với hệ thống")
        if words in told()
    }  # fmt: skip
    folder = made(cast, place)
    assert "chưa có bộ nào" not in told()
    second = place.parent / "second"
    second.mkdir()
    monkeypatch.setattr(settings, "BACKUP_PLACES", [place, second])
    assert "trên cùng một ổ đĩa" in told()
    old = sets.read_facts(folder)
    old.moment = (dt.datetime.now(dt.UTC) - dt.timedelta(days=3)).isoformat()
    houses.write_sealed(folder, old)
    assert "mới nhất ở" in told()
    (folder / "manifest.json").write_text(json.dumps(asdict(old)) + " ")
    assert "bản kê hỏng" in told()
