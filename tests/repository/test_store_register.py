"""The register of stores: a further one is filled, checked and given up, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest

from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.kernel import jobs
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.kernel.job_rows import Outcome
from tangthu.kernel.models import Job, JobRow
from tangthu.ledger.history import history
from tangthu.records.models import Withheld
from tangthu.repository.actions.copy_store import order_copy, resume_copy
from tangthu.repository.actions.order_check import order_check
from tangthu.repository.actions.register_store import StoreFacts, add_store, change_store
from tangthu.repository.actions.retire_store import retire_store
from tangthu.repository.fixity import check_copies, copies_of
from tangthu.repository.hazards import never_apart, replace_by, shared
from tangthu.repository.models import Copy, Package, Store
from tangthu.repository.stores import StoreUnusable, object_root
from tangthu.standards import durable, ocfl
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier

THERE = StoreFacts(site="Hà Tĩnh", power="EVN 2", operator="Tổ 2", medium="SSD", vendor="B")
GIVEN = {"reason": "Ổ cũ", "decision": "QĐ 12/QĐ-LT ngày 02/09/2025"}


def seal(house: TestHouse, made: MadeDossier) -> Package:
    job = jobs.execute(queue_sealing(house.acting("cuc"), made.dossier.pk).id)
    assert job.state == Job.State.DONE, job.message
    return Package.objects.get(dossier_id=made.dossier.pk)


@pytest.fixture
def packages(cast: TestHouse) -> list[Package]:
    """Two packages in the two first stores."""
    return [seal(cast, make_dossier(cast, number=number)) for number in ("01", "02")]


def added(house: TestHouse, place: Path, name: str = "kho-c", **facts: Any) -> Store:
    return add_store(house.acting("dung"), name=name, path=str(place), facts=StoreFacts(**facts))


def copied(house: TestHouse, store: Store) -> Job:
    return jobs.execute(order_copy(house.acting("dung"), store.uid).id)


@pytest.mark.req("AR-98")
def test_a_store_that_is_added_gets_every_package_proven_and_is_then_in_use(
    cast: TestHouse, packages: list[Package], tmp_path: Path
) -> None:
    store = added(cast, tmp_path / "o-moi" / "kho")
    assert store.state == Store.State.JOINING
    job = copied(cast, store)
    assert job.state == Job.State.DONE, job.message
    assert (job.done, job.total, job.result["copied"]) == (2, 2, 2)
    assert job.result["bytes"] > 0
    rows = JobRow.objects.filter(job=job)
    assert {row.label for row in rows} == {one.objid for one in packages}
    assert {row.outcome for row in rows} == {Outcome.DONE}
    store.refresh_from_db()
    assert store.state == Store.State.ACTIVE
    for package in packages:
        here, there = (object_root(one, package) for one in Store.objects.exclude(name="kho-b"))
        names = {path.relative_to(here) for path in here.rglob("*") if path.is_file()}
        assert names == {path.relative_to(there) for path in there.rglob("*") if path.is_file()}
        assert all((here / one).read_bytes() == (there / one).read_bytes() for one in names)
        told = [event for event in history(package.pk) if event.kind_name.endswith(".copied")]
        assert [event.fields["detail"]["source"] for event in told] == ["kho-a"]
    assert [one.kind_name.rpartition(".")[2] for one in history(store.uid)] == ["added", "joined"]


def test_a_package_sealed_while_a_store_is_filled_goes_there_by_itself(
    cast: TestHouse, packages: list[Package], tmp_path: Path
) -> None:
    store = added(cast, tmp_path / "kho")
    third = seal(cast, make_dossier(cast, number="03"))
    assert Copy.objects.filter(package=third, store=store).exists()
    assert ocfl.open_object(object_root(store, third)).inventory.head == "v1"
    # What has not been copied yet is not called missing by a check.
    check = jobs.execute(order_check(cast.acting("cuc"), repair=False).id)
    assert (check.result["bad"], check.result["unchecked"]) == ([], [])
    assert copied(cast, store).result["copied"] == 2


def test_a_copying_that_is_stopped_goes_on_with_what_is_left(
    cast: TestHouse, packages: list[Package], tmp_path: Path
) -> None:
    store = added(cast, tmp_path / "kho")
    job = order_copy(cast.acting("dung"), store.uid)
    assert order_copy(cast.acting("dung"), store.uid).pk == job.pk, "never two at once"

    def stop(done: int, total: int | None, unit: str) -> None:
        assert (total, unit) == (2, "gói")
        jobs.request_stop(job.id)

    stopped = jobs.execute(job.id, stop)
    assert stopped.state == Job.State.STOPPED
    assert not Copy.objects.filter(store=store).exists()
    on = jobs.execute(resume_copy(cast.acting("dung"), stopped).id)
    assert on.state == Job.State.DONE and on.result["copied"] == 2


def test_a_copying_killed_after_the_bytes_are_there_enters_them_once(
    cast: TestHouse, packages: list[Package], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    store = added(cast, tmp_path / "kho")
    job = order_copy(cast.acting("dung"), store.uid)
    real = durable.point

    def kill(name: str) -> None:
        if name == "repository.copy.stored":
            raise Killed
        real(name)

    with monkeypatch.context() as here:
        here.setattr(durable, "point", kill)
        with pytest.raises(Killed):
            jobs.execute(job.id)
    assert not Copy.objects.filter(store=store).exists()
    assert jobs.execute(job.id).state == Job.State.DONE
    assert Copy.objects.filter(store=store).count() == 2
    for package in packages:
        told = [one for one in history(package.pk) if one.kind_name.endswith(".copied")]
        assert len(told) == 1


def test_a_copy_is_made_from_the_store_whose_copy_is_whole(
    cast: TestHouse, packages: list[Package], tmp_path: Path
) -> None:
    first = Store.objects.get(name="kho-a")
    content = next(object_root(first, packages[0]).rglob("data/*.pdf"))
    content.write_bytes(b"%PDF-1.4 changed")
    store = added(cast, tmp_path / "kho")
    assert copied(cast, store).result == {
        "copied": 2, "bytes": pytest.approx(0, abs=1 << 40), "withheld": 0, "failed": 0,
    }  # fmt: skip
    verdicts = check_copies([one for one in copies_of(packages[0]) if one.store_id == store.pk])
    assert [one.whole for one in verdicts] == [True]
    event = next(e for e in history(packages[0].pk) if e.kind_name.endswith(".copied"))
    assert event.fields["detail"]["source"] == "kho-b"


def test_a_package_without_a_whole_copy_is_told_and_the_others_are_copied(
    cast: TestHouse, packages: list[Package], tmp_path: Path
) -> None:
    for store in Store.objects.all():
        next(object_root(store, packages[0]).rglob("data/*.pdf")).write_bytes(b"%PDF-1.4 changed")
    added_store = added(cast, tmp_path / "kho")
    job = copied(cast, added_store)
    assert job.state == Job.State.DONE
    assert (job.result["copied"], job.result["failed"]) == (1, 1)
    row = JobRow.objects.get(job=job, outcome=Outcome.FAILED)
    assert row.about_id == packages[0].dossier_id and "bản sao lành" in row.message
    added_store.refresh_from_db()
    assert added_store.state == Store.State.JOINING


@pytest.mark.req("AR-129")
def test_nothing_is_copied_while_a_secret_is_suspected(
    cast: TestHouse, packages: list[Package], tmp_path: Path
) -> None:
    from tangthu.archive.actions.withhold_document import withhold_document
    from tangthu.records.models import Membership

    document = Membership.objects.filter(dossier_id=packages[0].dossier_id).first()
    assert document is not None
    withhold_document(cast.acting("cuc"), document.document_id)
    assert Withheld.objects.exists()
    store = added(cast, tmp_path / "kho")
    job = copied(cast, store)
    assert (job.result["copied"], job.result["withheld"]) == (1, 1)
    assert not object_root(store, packages[0]).exists()
    store.refresh_from_db()
    assert store.state == Store.State.JOINING


def test_a_store_that_is_away_stops_the_copying_in_words(
    cast: TestHouse, packages: list[Package], tmp_path: Path
) -> None:
    store = added(cast, tmp_path / "kho")
    shutil.rmtree(tmp_path / "kho")
    job = copied(cast, store)
    assert (job.state, job.message) == (Job.State.FAILED, "Không mở được kho kho-c.")
    assert not (tmp_path / "kho").exists(), "an unmounted disk is not made anew"
    with pytest.raises(StoreUnusable):
        object_root(store, packages[0])


def test_one_store_is_checked_by_itself_and_nothing_is_called_lost(
    cast: TestHouse, packages: list[Package], tmp_path: Path
) -> None:
    store = added(cast, tmp_path / "kho")
    copied(cast, store)
    root = object_root(store, packages[1])
    next(root.rglob("data/*.pdf")).unlink()
    with pytest.raises(Refused):
        order_check(cast.acting("cuc"), repair=True, store=store)
    job = jobs.execute(order_check(cast.acting("cuc"), repair=False, store=store).id)
    assert job.result["objects"] == 2
    assert {one["store"] for one in job.result["bad"]} == {"kho-c"}
    assert job.result["unrepairable"] == []
    states = dict(Copy.objects.filter(package=packages[1]).values_list("store__name", "state"))
    assert states == {"kho-a": "good", "kho-b": "good", "kho-c": "bad"}
    whole = jobs.execute(order_check(cast.acting("cuc"), repair=True).id)
    assert {one["store"] for one in whole.result["repaired"]} == {"kho-c"}


@pytest.mark.req("AR-85")
def test_a_store_is_given_up_only_while_two_others_hold_every_package_whole(
    cast: TestHouse, packages: list[Package], tmp_path: Path
) -> None:
    acting = cast.acting("dung")
    first = Store.objects.get(name="kho-a")
    with pytest.raises(Refused, match="ít nhất 2 kho"):
        retire_store(acting, first.uid, **GIVEN)
    store = added(cast, tmp_path / "kho")
    with pytest.raises(Refused, match="ít nhất 2 kho"):
        retire_store(acting, first.uid, **GIVEN)  # the third is not filled yet
    copied(cast, store)
    Copy.objects.filter(store=store, package=packages[0]).update(state=Copy.State.BAD)
    with pytest.raises(Refused, match="kho-c còn gói chưa có bản sao lành"):
        retire_store(acting, first.uid, **GIVEN)
    Copy.objects.update(state=Copy.State.GOOD)
    with pytest.raises(InvalidInput) as refused:
        retire_store(acting, first.uid, reason=" ", decision="")
    assert set(refused.value.problems) == {"reason", "decision"}
    job = jobs.execute(retire_store(acting, first.uid, **GIVEN).id)
    assert job.state == Job.State.DONE and job.result == {"copies": 2}
    first.refresh_from_db()
    assert first.state == Store.State.RETIRED
    assert not Copy.objects.filter(store=first).exists()
    assert object_root(first, packages[0]).is_dir(), "its bytes are for people to dispose of"
    told = history(first.uid)[-1]
    assert (told.kind_name, told.fields["detail"]["decision"]) == (
        "repository.store.retired", GIVEN["decision"],
    )  # fmt: skip
    with pytest.raises(Refused):
        retire_store(acting, first.uid, **GIVEN)


def test_a_house_without_its_first_store_seals_reads_and_checks(
    cast: TestHouse, packages: list[Package], tmp_path: Path
) -> None:
    from tangthu.records.models import ContentFile
    from tangthu.repository.reading import open_content

    copied(cast, added(cast, tmp_path / "kho"))
    first = Store.objects.get(name="kho-a")
    jobs.execute(retire_store(cast.acting("dung"), first.uid, **GIVEN).id)
    shutil.rmtree(first.path)
    third = seal(cast, make_dossier(cast, number="03"))
    names = Copy.objects.filter(package=third).values_list("store__name", flat=True)
    assert set(names) == {"kho-b", "kho-c"}
    check = jobs.execute(order_check(cast.acting("cuc"), repair=True).id)
    assert check.result["objects"] == 3
    assert (check.result["bad"], check.result["unchecked"]) == ([], [])
    file = ContentFile.objects.first()
    assert file is not None and b"".join(open_content(file)).startswith(b"%PDF")


def test_a_disk_that_comes_back_is_read_before_its_copies_count(
    cast: TestHouse, packages: list[Package], tmp_path: Path
) -> None:
    store = added(cast, tmp_path / "kho")
    copied(cast, store)
    jobs.execute(retire_store(cast.acting("dung"), store.uid, **GIVEN).id)
    # Bit rot while it lay in a cupboard: the inventory still looks right.
    next(object_root(store, packages[0]).rglob("data/*.pdf")).write_bytes(b"%PDF rotten")
    again = added(cast, tmp_path / "kho", name="kho-d")
    job = copied(cast, again)
    assert (job.result["copied"], job.result["failed"]) == (1, 1)
    assert not Copy.objects.filter(store=again, package=packages[0]).exists()


@pytest.mark.parametrize(
    ("name", "path", "wrong"),
    [
        ("kho-a", "{tmp}/x", "name"),
        ("Kho C", "{tmp}/x", "name"),
        ("../x", "{tmp}/x", "name"),
        ("kho-c", "x/y", "path"),
        ("kho-c", "{tmp}/../x", "path"),
        ("kho-c", "{home}", "path"),
        ("kho-c", "{home}/working/x", "path"),
        ("kho-c", "{home}/stores/kho-a/x", "path"),
        ("kho-c", "{home}/stores", "path"),
        ("kho-c", "/", "path"),
        ("kho-c", "{tmp}/full", "path"),
        ("kho-c", "{tmp}/full/file.txt", "path"),
        ("kho-c", "{tmp}/full/file.txt/x", "path"),
        ("kho-c", "/proc/x", "path"),
        ("kho-c", "{tmp}/\0", "path"),
    ],
)
def test_a_store_that_cannot_be_is_refused_at_its_field_and_leaves_nothing(
    cast: TestHouse, tmp_path: Path, name: str, path: str, wrong: str
) -> None:
    from tangthu.repository.actions.open_stores import ensure_stores

    ensure_stores()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file.txt").write_text("x")
    place = path.format(tmp=tmp_path, home=cast.home.root)
    with pytest.raises(InvalidInput) as refused:
        add_store(cast.acting("dung"), name=name, path=place, facts=StoreFacts())
    assert set(refused.value.problems) == {wrong}
    assert Store.objects.count() == 2


def test_only_who_administers_the_house_changes_its_stores(cast: TestHouse, tmp_path: Path) -> None:
    from tangthu.repository.actions.open_stores import ensure_stores

    store = ensure_stores()[0]
    for username in ("cuc", "hoa", "binh"):
        acting = cast.acting(username)
        for act in (
            lambda acting=acting: add_store(
                acting, name="kho-c", path=str(tmp_path / "x"), facts=THERE
            ),
            lambda acting=acting: change_store(acting, store.uid, THERE),
            lambda acting=acting: order_copy(acting, store.uid),
            lambda acting=acting: retire_store(acting, store.uid, **GIVEN),
        ):
            with pytest.raises(Refused, match="quyền quản trị các kho"):
                act()
    assert not (tmp_path / "x").exists() and Store.objects.count() == 2


@pytest.mark.req("AR-85")
def test_stores_that_share_every_hazard_are_told_and_silence_is_not_sharing() -> None:
    def at(**given: str) -> Store:
        return Store(uid=uuid.uuid4(), **given)

    every = {"site": "Nhà A", "power": "1", "operator": "Tổ 1", "medium": "HDD", "vendor": "W"}
    one, same = at(**every), at(**{**every, "site": "  nhà   a "})
    other = at(**{**every, "medium": "băng từ"})
    silent = at()
    assert shared([one, same]) == list(every)
    assert never_apart([one, same, other, silent]) == [(one, same)]
    assert shared([one, other]) == ["site", "power", "operator", "vendor"]
    assert shared([one, silent]) == shared([silent, at()]) == shared([one]) == []


@pytest.mark.req("AR-90")
@pytest.mark.parametrize(
    ("since", "years", "by"),
    [
        (dt.date(2024, 5, 10), 5, dt.date(2028, 5, 10)),
        (dt.date(2024, 2, 29), 4, dt.date(2027, 2, 28)),
        (dt.date(2024, 5, 10), None, None),
        (None, 5, None),
    ],
)
def test_a_carrier_is_replaced_a_year_before_its_rated_life_ends(
    cast: TestHouse, since: dt.date | None, years: int | None, by: dt.date | None
) -> None:
    assert replace_by(Store(carrier_since=since, carrier_years=years)) == by


def test_what_is_said_of_a_store_is_changed_with_an_event_and_only_when_it_changes(
    cast: TestHouse,
) -> None:
    from tangthu.repository.actions.open_stores import ensure_stores

    store = ensure_stores()[0]
    change_store(cast.acting("dung"), store.uid, THERE)
    change_store(cast.acting("dung"), store.uid, THERE)
    store.refresh_from_db()
    assert (store.site, store.medium) == ("Hà Tĩnh", "SSD")
    assert [one.kind_name for one in history(store.uid)] == ["repository.store.changed"]
    for wrong in (
        StoreFacts(site="x" * 101),
        StoreFacts(carrier_since=dt.date(2999, 1, 1)),
        StoreFacts(carrier_years=0),
        StoreFacts(pace=-1),
    ):
        with pytest.raises(InvalidInput):
            change_store(cast.acting("dung"), store.uid, wrong)


def test_background_work_waits_until_its_bytes_fit_the_pace_and_can_be_stopped_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tangthu.repository import throttle

    clock = [100.0]
    monkeypatch.setattr(throttle.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(throttle.time, "sleep", lambda s: clock.__setitem__(0, clock[0] + s))
    told: list[float] = []
    slow = throttle.Throttle(10)
    slow.spent(50_000_000, lambda: told.append(clock[0]))
    assert clock[0] == pytest.approx(105.0) and len(told) >= 10
    clock[0] += 60  # the work itself took longer than it may: nothing to wait for, nothing saved
    slow.spent(50_000_000)
    assert clock[0] == pytest.approx(165.0)
    slow.spent(10_000_000)
    assert clock[0] == pytest.approx(166.0)
    throttle.Throttle(0).spent(10**12)
    assert clock[0] == pytest.approx(166.0)
