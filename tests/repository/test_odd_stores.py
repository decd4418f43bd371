"""Strange names, stores that are away, copies nobody saw: none keeps others from their check."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.db.models import F

from tangthu.kernel.jobs import execute
from tangthu.kernel.models import JobRow
from tangthu.repository import checking
from tangthu.repository.actions import keep_proofs as proofs
from tangthu.repository.actions.check_package import check_package
from tangthu.repository.actions.copy_store import order_copy
from tangthu.repository.actions.order_check import order_check, order_due_checks
from tangthu.repository.actions.register_store import StoreFacts, add_store
from tangthu.repository.models import Copy, Package, Store
from tests.repository import steps
from tests.support.house import TestHouse
from tests.support.records import make_dossier, sealed_package, signed_events


@pytest.mark.req("RM-950")
def test_a_strange_name_or_a_package_that_cannot_be_checked_keeps_none_from_being_checked(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sealed_package(cast, make_dossier(cast))
    second = sealed_package(cast, make_dossier(cast, number="02"))
    signed_events()
    root = steps.objects(cast)[0]
    with open(os.fsencode(root) + b"/H\xf5 s\xac.txt", "wb") as stray:
        stray.write(b"x")
    odd = cast.home.stores / "kho-a" / "abc/def/012/%00"
    odd.mkdir(parents=True)
    (odd / "0=ocfl_object_1.1").write_text("ocfl_object_1.1\n")
    job = execute(order_check(cast.acting("cuc"), repair=False, queued=False).id)
    assert job.state == "done", job.message
    assert {(one["path"], one["package"][:4]) for one in job.result["bad"]} == {
        ("H\\xf5 s\\xac.txt", "urn:"), ("", "\\x00"),
    }  # fmt: skip
    job = execute(order_check(cast.acting("cuc"), repair=True, queued=False).id)
    assert [one["path"] for one in job.result["repaired"]] == ["H\\xf5 s\\xac.txt"]
    assert len(steps.set_aside(cast)) == 1 and not steps.complaints(root)

    def fails(acting: object, package_id: object, **given: object) -> object:
        if package_id == first.pk:
            raise ValueError("odd")
        return check_package(acting, package_id, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(checking, "check_package", fails)
    job = execute(order_check(cast.acting("cuc"), repair=False, queued=False).id)
    assert job.state == "done" and job.result["objects"] == 2
    assert [one["package"] for one in job.result["unchecked"]] == [first.objid]
    outcomes = dict(JobRow.objects.filter(job=job).values_list("key", "outcome"))
    assert (outcomes[str(first.pk)], outcomes[str(second.pk)]) == ("failed", "done")


def test_a_store_that_is_away_makes_no_work_and_keeps_no_proof_from_the_others(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "_MOST", 1)
    for number in ("01", "02", "03"):
        sealed_package(cast, make_dossier(cast, number=number))
    signed_events()
    Copy.objects.update(verified_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    place, away = cast.home.stores / "kho-b", cast.home.stores / "away"
    place.rename(away)
    assert [execute(one.id).result["objects"] for one in order_due_checks()] == [3]
    assert order_due_checks() == []
    signed_events()
    for _round in range(3):
        proofs.keep_proofs()
    assert Copy.objects.filter(store__name="kho-a", proof_version=1).count() == 3
    # Back again, it is due a day after somebody went for it in vain.
    away.rename(place)
    assert order_due_checks() == []
    Copy.objects.update(tried_at=F("tried_at") - dt.timedelta(days=1))
    assert [execute(one.id).result["objects"] for one in order_due_checks()] == [3]
    signed_events()
    proofs.keep_proofs()
    assert Copy.objects.filter(store__name="kho-b", proof_version=1).count() == 1


def test_of_a_store_that_nobody_reached_no_copy_is_entered_and_it_is_copied_to_later(
    cast: TestHouse, tmp_path: Path
) -> None:
    package = sealed_package(cast, make_dossier(cast))
    signed_events()
    store = add_store(
        cast.acting("dung"), name="kho-ccc", path=str(tmp_path / "c"), facts=StoreFacts()
    )
    Store.objects.filter(pk=store.pk).update(state="active")
    (tmp_path / "c").rename(tmp_path / "d")
    for repair in (False, True):
        verdict = check_package(cast.acting("cuc"), package.pk, repair=repair)
        assert verdict.outcome == "part"
        assert not Copy.objects.filter(store=store)
    (tmp_path / "d").rename(tmp_path / "c")
    job = execute(order_copy(cast.acting("dung"), store.uid, queued=False).id)
    assert job.result["copied"] == 1 and Package.objects.get().copies.count() == 3
