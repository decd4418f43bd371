"""A set holds everything of one moment, says so exactly, and is whole or not there at all."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tangthu.backup import checks, retention, sealed_keys, sets
from tangthu.backup.actions.order_backup import order_backup, order_verification
from tangthu.backup.actions.seal_keys import seal_keys
from tangthu.backup.places import MARK, PlaceUnusable
from tangthu.kernel.errors import HouseError, InvalidInput, Refused
from tangthu.kernel.jobs import execute, request_stop
from tangthu.kernel.models import Job
from tangthu.ledger.history import history
from tangthu.repository.models import Store
from tests.support import killing, states
from tests.support.house import TestHouse
from tests.support.records import make_dossier, sealed_package, signed_events

PASSPHRASE = "mot cum mat khau du dai"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "sets").mkdir()
    return tmp_path / "sets"


def filled(house: TestHouse) -> None:
    """One sealed dossier, and one that lies in the working store."""
    sealed_package(house, make_dossier(house, documents=({}, {})))
    make_dossier(house, number="02")
    (house.home.quarantine / "secret.bin").write_bytes(b"a secret")
    (house.home.uploads / "half.bin").write_bytes(b"half")
    signed_events()


def made(house: TestHouse, place: Path, **how: Any) -> Path:
    job = execute(order_backup(house.acting("dung"), place, queued=False, **how).id)
    assert job.state == Job.State.DONE, f"{job.message} {job.hint}"
    assert not job.result["problems"]
    return place / str(job.result["set"])


def names_in(place: Path) -> list[str]:
    """What lies in a place, beside the mark of the house."""
    return [path.name for path in place.iterdir() if path.name != MARK]


def verified(house: TestHouse, folder: Path) -> dict[str, Any]:
    job = execute(order_verification(house.acting("dung"), folder, queued=False).id)
    assert job.state == Job.State.DONE, f"{job.message} {job.hint}"
    return job.result


def told_kinds(house: TestHouse, code: str = "H30.81") -> list[str]:
    told = [one.fields["detail"]["event"] for one in history(house.body(code).pk)]
    return [kind for kind in told if kind.startswith("backup.")]


@pytest.mark.req("AR-86", "AR-92", "RM-958")
def test_a_set_holds_database_ledger_and_records_and_neither_keys_nor_what_is_not_accepted(
    cast: TestHouse, place: Path
) -> None:
    filled(cast)
    folder = made(cast, place)
    facts = sets.read_facts(folder)
    paths = {one.path for one in sets.entries(folder)}
    areas = {"/".join(path.split("/")[:2]) for path in paths}
    assert {"home/ledger", "home/working", "home/secrets", "home/mode"} <= areas
    assert {"stores/kho-a", "stores/kho-b", "database/toc.dat"} <= areas
    assert any(path.startswith("objects/") and path.endswith(".pdf") for path in paths)
    assert not [path for path in paths if path.endswith((".key", ".pgpass")) or "secret.bin" in path
                or "half.bin" in path or "postgres-owner" in path]  # fmt: skip
    keys = list((cast.home.secrets / "ledger").glob("*.key"))
    everything = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    assert keys and not [one for one in keys if one.read_bytes() in everything]
    assert facts.keys[: len(keys)] == [f"secrets/ledger/{one.name}" for one in sorted(keys)]
    assert (facts.kind, facts.packages, facts.tables["records_dossier"][0]) == ("full", 1, 2)
    assert [one["origin"] for one in facts.logs] == ["test.example/H30.81", "test.example/H31.07"]
    assert [one["checkpoint"].startswith(one["origin"]) for one in facts.logs] == [True, True]
    assert names_in(place) == [facts.name]
    assert folder.stat().st_mode & 0o77 == 0
    assert told_kinds(cast) == told_kinds(cast, "H31.07") == ["backup.set.made"]
    assert verified(cast, folder)["found"] == 0
    assert told_kinds(cast)[-1] == "backup.set.verified"


def test_a_store_that_was_given_up_is_neither_saved_nor_to_be_filled_again(
    cast: TestHouse, place: Path
) -> None:
    filled(cast)
    Store.objects.create(
        name="kho-cu", path="/nowhere/kho-cu", position=9, state=Store.State.RETIRED
    )
    facts = sets.read_facts(made(cast, place))
    assert [one["name"] for one in facts.stores] == ["kho-a", "kho-b"]


def test_an_incremental_set_has_only_what_is_new_and_a_full_one_has_all(
    cast: TestHouse, place: Path
) -> None:
    filled(cast)
    first = made(cast, place)
    make_dossier(cast, number="03")
    second = made(cast, place)
    facts = sets.read_facts(second)
    assert (facts.kind, facts.chain) == ("incremental", first.name)
    new = [one.path for one in sets.entries(second) if one.set == second.name]
    assert not [path for path in new if path.startswith("objects/")]
    assert len([path for path in new if path.startswith("home/working/")]) == 1
    assert verified(cast, second)["found"] == 0
    third = sets.read_facts(made(cast, place, full=True))
    assert (third.kind, third.chain, third.own_bytes > facts.own_bytes) == (
        "full", third.name, True,
    )  # fmt: skip


@pytest.mark.parametrize("damage", ["flip", "remove", "list", "manifest"])
def test_damage_of_a_set_is_found_and_named(cast: TestHouse, place: Path, damage: str) -> None:
    filled(cast)
    first = made(cast, place)
    second = made(cast, place)
    inside = next(one for one in sets.entries(second) if one.path.endswith(".pdf"))
    target = sets.place_of(second, inside)
    assert target.is_relative_to(first), "an incremental set leans on the first of its chain"
    if damage == "remove":
        target.unlink()
    elif damage == "flip":
        target.write_bytes(b"x" + target.read_bytes()[1:])
    elif damage == "list":
        path = second / sets.FILES
        path.write_bytes(path.read_bytes().replace(b"home/mode", b"home/fashion"))
    else:
        path = second / sets.MANIFEST
        path.write_bytes(path.read_bytes().replace(b'"full"', b'"half"').replace(b"H30", b"H31"))
        with pytest.raises(sets.SetUnusable):
            order_verification(cast.acting("dung"), second)
        assert sets.damaged_in(place) == [second.name]
        return
    result = verified(cast, second)
    wanted = {"flip": (inside.path, "changed"), "remove": (inside.path, "missing"),
              "list": ("files.jsonl", "changed")}  # fmt: skip
    assert wanted[damage] in [(one["path"], one["status"]) for one in result["bad"]]


def test_a_file_that_is_damaged_in_one_store_is_taken_from_the_other(
    cast: TestHouse, place: Path
) -> None:
    filled(cast)
    content = next((cast.home.stores / "kho-a").rglob("data/*.pdf"))
    content.write_bytes(b"x" + content.read_bytes()[1:])
    folder = made(cast, place)
    other = next((cast.home.stores / "kho-b").rglob(f"data/{content.name}")).read_bytes()
    entry = next(one for one in sets.entries(folder) if one.path.endswith(f"/data/{content.name}"))
    assert sets.place_of(folder, entry).read_bytes() == other


def test_what_is_damaged_everywhere_is_told_and_the_rest_is_saved(
    cast: TestHouse, place: Path
) -> None:
    filled(cast)
    for store in ("kho-a", "kho-b"):
        content = min((cast.home.stores / store).rglob("data/*.pdf"))
        content.write_bytes(b"x" + content.read_bytes()[1:])
    job = execute(order_backup(cast.acting("dung"), place, queued=False).id)
    assert job.state == Job.State.DONE
    of_package, of_record = job.result["problems"]
    assert of_package.endswith("not whole in any store")
    assert of_record.endswith("a record's file is in no place")
    assert verified(cast, place / job.result["set"])["found"] == 0


def test_a_place_inside_the_house_or_absent_and_who_is_no_administrator_are_refused(
    shared_cast: TestHouse, tmp_path: Path
) -> None:
    inside = shared_cast.home.stores / "x"
    inside.mkdir()
    for place in (inside, shared_cast.home.root, tmp_path / "absent"):
        with pytest.raises(PlaceUnusable):
            order_backup(shared_cast.acting("dung"), place)
    (tmp_path / "link").symlink_to(inside)
    with pytest.raises(PlaceUnusable):
        order_backup(shared_cast.acting("dung"), tmp_path / "link")
    for name in ("cuc", "hoa", "binh"):
        with pytest.raises(Refused):
            order_backup(shared_cast.acting(name), tmp_path)
    assert not Job.objects.exists()


def test_a_full_disk_is_told_before_much_is_written(
    cast: TestHouse, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(place)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1))
    job = execute(order_backup(cast.acting("dung"), place, queued=False).id)
    assert (job.state, "không đủ chỗ" in job.message) == (Job.State.FAILED, True)
    assert sets.sets_in(place) == []


def test_a_stopped_backup_leaves_no_set_and_the_next_one_clears_away(
    cast: TestHouse, place: Path
) -> None:
    filled(cast)
    ordered = order_backup(cast.acting("dung"), place, queued=False)

    def stop(_done: int, _total: int | None, _unit: str) -> None:
        request_stop(ordered.id)

    assert execute(ordered.id, stop).state == Job.State.STOPPED
    assert sets.sets_in(place) == []
    folder = made(cast, place)
    assert names_in(place) == [folder.name]
    assert told_kinds(cast) == ["backup.set.made"]


def test_a_backup_killed_anywhere_leaves_a_whole_set_or_none_and_is_told_of_once(
    cast: TestHouse, place: Path
) -> None:
    filled(cast)
    with killing.Runner(cast.environment) as runner:
        for point in ("backup.database", "backup.stores", "backup.manifest.renamed",
                      "backup.written", "backup.set.renamed"):  # fmt: skip
            ordered = order_backup(cast.acting("dung"), place, queued=False)
            runner.kill(states.RUN, str(ordered.id), at=(point, 1))
            whole = sets.sets_in(place)
            assert len(whole) == (1 if point == "backup.set.renamed" else 0)
            assert told_kinds(cast) == []
            if point != "backup.set.renamed":
                Job.objects.filter(pk=ordered.pk).update(state=Job.State.STOPPED)
    again = execute(ordered.id)
    assert (again.state, again.result["set"]) == (Job.State.DONE, whole[0].name)
    assert names_in(place) == [whole[0].name]
    assert told_kinds(cast) == ["backup.set.made"]
    assert verified(cast, place / whole[0].name)["found"] == 0


def test_old_chains_go_as_a_whole_and_the_newest_stays(cast: TestHouse, place: Path) -> None:
    full, increment = made(cast, place), made(cast, place)
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=31)
    assert retention.remove_old(place, later) == []
    newest = made(cast, place, full=True)
    assert retention.remove_old(place, later - dt.timedelta(days=2)) == []
    assert retention.remove_old(place, later) == [increment.name, full.name]
    assert names_in(place) == [newest.name]


def test_a_full_set_is_made_when_the_chain_is_a_week_old(
    cast: TestHouse, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.backup import making

    made(cast, place)
    moment = dt.datetime.now(dt.UTC)
    monkeypatch.setattr(making.clock, "now", lambda: moment + dt.timedelta(days=6))
    assert sets.read_facts(made(cast, place)).kind == "incremental"
    monkeypatch.setattr(making.clock, "now", lambda: moment + dt.timedelta(days=8))
    assert sets.read_facts(made(cast, place)).kind == "full"


@pytest.mark.req("RM-958")
def test_keys_are_sealed_apart_and_open_by_their_passphrase_alone(
    cast: TestHouse, tmp_path: Path
) -> None:
    signed_events()
    cast.home.secret("second-step")
    target = tmp_path / "khoa.json"
    who = cast.acting("dung")
    with pytest.raises(InvalidInput):
        seal_keys(who, "ngan", target)
    with pytest.raises(Refused):
        seal_keys(cast.acting("cuc"), PASSPHRASE, target)
    names = seal_keys(who, PASSPHRASE, target)
    assert [name for name in names if name.startswith("secrets/ledger/")] != []
    assert {"secrets/django-key", "secrets/second-step"} <= set(names)
    assert not [name for name in names if "owner" in name or "pgpass" in name]
    assert told_kinds(cast) == ["backup.keys.sealed"]
    with pytest.raises(Refused):
        seal_keys(who, PASSPHRASE, target)
    held = sealed_keys.unseal(PASSPHRASE, target)
    assert held == {name: (cast.home.root / name).read_bytes() for name in names}
    assert sealed_keys.lacking(held) == []
    cast.home.secret("later")
    assert sealed_keys.lacking(held) == ["secrets/later"]
    document = json.loads(target.read_text())
    for other, broken in (
        (PASSPHRASE + "x", document),
        (PASSPHRASE, {**document, "n": 2}),
        (PASSPHRASE, {**document, "nonce": "00" * 12}),
        (PASSPHRASE, {}),
    ):
        (tmp_path / "x.json").write_text(json.dumps(broken))
        with pytest.raises(sealed_keys.KeysSealed):
            sealed_keys.unseal(other, tmp_path / "x.json")
    with pytest.raises(HouseError):
        sealed_keys.put_back(settings.HOME, {"../../x": b"x"})
    with pytest.raises(Refused):
        key = next(name for name in names if name.endswith(".key"))
        sealed_keys.put_back(settings.HOME, {key: os.urandom(32)})


@pytest.mark.req("AR-88")
def test_a_carrier_of_three_years_is_told_until_a_full_set_lies_on_a_new_one(
    cast: TestHouse, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "BACKUP_PLACES", [place])

    def told() -> list[str]:
        return [str(one.message) for one in checks.look(None) if "quá ba năm" in str(one.message)]

    assert told() == [], "nothing lies there yet"
    made(cast, place)
    assert told() == []
    now = dt.datetime.now(dt.UTC)
    for days, due in ((3 * 365 - 5, False), (3 * 366 + 1, True)):
        since = (now - dt.timedelta(days=days)).timestamp()
        os.utime(place / MARK, (since, since))
        made(cast, place)
        assert bool(told()) == due, "a further set on the old carrier changes nothing"
    assert str(place) in told()[0]
    place.rename(place.with_name("old"))
    place.mkdir()
    assert sets.read_facts(made(cast, place)).kind == "full"
    assert told() == []
