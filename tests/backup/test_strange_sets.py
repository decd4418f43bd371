"""A set may come from a stranger: nothing in it reaches past where it belongs, nothing runs it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from tangthu.backup import checks, houses, restoring, retention, scheduling, sets, verifying
from tangthu.backup.actions.order_backup import order_drill
from tangthu.kernel import clock
from tangthu.kernel.errors import Refused
from tangthu.kernel.home import Home
from tests.backup.test_sets import filled, made
from tests.support.house import TestHouse


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sets").mkdir()
    monkeypatch.setattr(settings, "BACKUP_PLACES", [tmp_path / "sets"])
    return tmp_path / "sets"


def forged(folder: Path, facts: sets.SetFacts) -> None:
    """Write a manifest that is whole by itself, as anybody can, under the old seal."""
    facts.name = folder.name
    sets.write_manifest(folder, facts)


@pytest.mark.parametrize(
    "path",
    [
        "objects//etc/x", "stores/kho-a/root//etc/x", "objects/../../x", "objects/./x", "objects/",
        "stores/kho-x/root/x", "stores/kho-a/other/x", "elsewhere/x", "home/secrets/x",
        "home/ledger/../secrets/ledger/1.key", "/etc/x",
    ],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_refused(tmp_path: Path, path: str) -> None:
    facts = sets.SetFacts("", "", "", "", "", "", "", stores=[{"name": "kho-a"}])
    with pytest.raises(restoring.RestoreRefused):
        list(restoring._targets(Home(tmp_path), facts, path))
    (tmp_path / "stores").symlink_to("/etc")
    (target,) = restoring._targets(Home(tmp_path), facts, "objects/cron.d/x")
    with pytest.raises(restoring.RestoreRefused):
        restoring._require_within(Home(tmp_path), target)


def test_names_in_a_manifest_and_its_list_that_lead_elsewhere_make_it_no_set(
    cast: TestHouse, place: Path
) -> None:
    folder = made(cast, place)
    good = (folder / sets.MANIFEST).read_bytes()
    facts = sets.read_facts(folder)
    for wrong in (
        {"stores": [{"name": "../../../srv/other"}]},
        {"stores": [{"name": "kho-a/../.."}]},
        {"logs": [{**facts.logs[0], "log_id": "../x"}]},
        {"logs": [{**facts.logs[0], "origin": "../../x"}]},
        {"name": "../x"},
        {"chain": "../x"},
        {"moment": "2026-01-01T00:00:00"},
    ):
        sets.write_manifest(folder, replace(facts, **wrong))
        with pytest.raises(sets.SetUnusable):
            sets.read_facts(folder)
    sets.write_manifest(folder, facts)
    assert (folder / sets.MANIFEST).read_bytes() == good
    lines = (folder / sets.FILES).read_bytes()
    for wrong in (
        ["home/rules/x", 1, "0" * 64, folder.name, "/etc/passwd"],
        ["home/rules/x", 1, "0" * 64, "../../etc", "passwd"],
        ["home/rules/x", 1, "0" * 64, "..", "x"],
        ["database/toc.dat", 1, "0" * 64, folder.name, "files/home/mode"],
    ):
        (folder / sets.FILES).write_bytes(lines + json.dumps(wrong).encode() + b"\n")
        with pytest.raises(sets.SetUnusable):
            list(sets.entries(folder))
    (folder / sets.FILES).write_bytes(lines)
    (folder / "database" / "9999.dat").write_bytes(b"what nobody listed")
    verdict = verifying.verify_set(folder, lambda _more: None)
    assert verdict.bad == [("database/9999.dat", "unlisted")]


def test_a_set_that_another_house_made_is_not_run_counted_built_upon_or_removed(
    cast: TestHouse, place: Path
) -> None:
    filled(cast)
    folder = made(cast, place)
    facts, now = sets.read_facts(folder), clock.now()
    assert facts.house == houses.house_id() and houses.made_with(folder, houses.own_secret())
    forged(folder, facts)
    assert houses.made_with(folder, houses.own_secret()), "the same bytes bear the same seal"
    facts.problems = [["objects/x", "changed by a stranger"]]
    forged(folder, facts)
    assert not houses.made_with(folder, houses.own_secret())
    with pytest.raises(Refused, match="không phải do hệ thống này lập"):
        order_drill(cast.acting("dung"), folder)
    assert [job.kind for job in scheduling.order_due()] == ["backup.make"], "and no trial"
    assert scheduling.set_is_due(place, now)
    assert scheduling.newest_set() is None
    later = now + dt.timedelta(days=40)
    own = made(cast, place)
    assert sets.read_facts(own).kind == "full", "it does not lean on a stranger's"
    assert retention.remove_old(place, later) == [] and folder.is_dir()
    told = [(one.level, str(one.message)) for one in checks.look(None)]
    assert [level for level, words in told if folder.name in words] == ["warning"]


def test_a_set_of_a_moment_to_come_is_an_error_and_not_the_newest(
    cast: TestHouse, place: Path
) -> None:
    folder = made(cast, place)
    facts = sets.read_facts(folder)
    ahead = place / "20310101T000000.000000Z-full-aaaaaaaa"
    shutil.copytree(folder, ahead)
    facts.moment, facts.name, facts.chain = "2031-01-01T00:00:00+00:00", ahead.name, ahead.name
    houses.write_sealed(ahead, facts)
    now = clock.now()
    assert scheduling.set_is_due(place, now + dt.timedelta(days=30))
    newest = scheduling.newest_set()
    assert newest is not None and newest[1].name == folder.name
    told = [one for one in checks.look(None) if ahead.name in str(one.message)]
    assert [one.level for one in told] == ["error"]
    assert sets.read_facts(made(cast, place)).chain == folder.name
