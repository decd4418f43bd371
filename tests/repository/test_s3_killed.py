"""The server of a bucket killed with -9 while packages are sent to it, and started again."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest

from tangthu.kernel import jobs
from tangthu.kernel.job_rows import Outcome
from tangthu.kernel.models import Job, JobRow
from tangthu.repository.actions.copy_store import resume_copy
from tangthu.repository.actions.order_check import order_check
from tangthu.repository.fixity import check_copies, copies_of
from tangthu.repository.models import Copy, Package, Store
from tangthu.standards import durable, ocfl
from tests.repository.test_s3_store import PLAIN, added, copied, download, seal
from tests.support.house import TestHouse
from tests.support.records import make_dossier
from tests.support.seaweed import Seaweed, seaweed

pytestmark = pytest.mark.soak

PACKAGES, KILLS = 12, 5


def test_a_server_killed_while_it_is_written_to_loses_nothing_that_was_promised(
    cast: TestHouse, tmp_path: Path
) -> None:
    packages = [seal(cast, make_dossier(cast, number=f"{n:02}")) for n in range(1, PACKAGES + 1)]
    chance = random.Random(20261127)
    with seaweed(tmp_path / "weed") as weed:
        weed.client().create_bucket(Bucket=PLAIN)
        store = added(cast, weed.endpoint)
        for _ in range(KILLS):
            killed = kill_while_sending(weed, chance)
            try:
                newest = Job.objects.filter(kind="repository.copy").order_by("-created_at").first()
                job = (
                    copied(cast, store)
                    if newest is None
                    else jobs.execute(resume_copy(cast.acting("dung"), newest).id)
                )
                assert killed.wait(30)
            finally:
                durable.observe(None)
            assert job.state == Job.State.FAILED and "kho-s3" in job.message and job.hint
            weed.start()
            promised = list(Copy.objects.filter(store=store).select_related("package"))
            for copy in promised:
                assert whole_within(30, store, copy.package), copy.package.objid
        job = jobs.execute(resume_copy(cast.acting("dung"), job).id)
        assert job.state == Job.State.DONE, job.message
        failed = JobRow.objects.filter(job=job, outcome=Outcome.FAILED)
        assert list(failed.values_list("message", flat=True)) == []
        assert Copy.objects.filter(store=store).count() == PACKAGES
        check = jobs.execute(order_check(cast.acting("cuc"), repair=False).id)
        assert (check.result["bad"], check.result["unchecked"]) == ([], [])
        there = download(store, tmp_path / "there")
    assert [one for one in ocfl.validate_root(there) if one.severity == "error"] == []
    assert len(packages) == len(list(there.rglob("0=ocfl_object_1.1")))


def kill_while_sending(weed: Seaweed, chance: random.Random) -> threading.Event:
    """Kill the server a moment after some file was sent; the event tells that it is dead."""
    killed = threading.Event()
    left = [chance.randint(1, 15)]

    def kill() -> None:
        weed.kill()
        killed.set()

    def sent(name: str) -> None:
        if name == "repository.sent":
            left[0] -= 1
            if left[0] == 0:
                threading.Timer(chance.random() * 0.03, kill).start()

    durable.observe(sent)
    return killed


def whole_within(seconds: float, store: Store, package: Package) -> bool:
    """Whether the copy reads whole; a server that has just started finds its volumes by and by."""
    deadline = time.monotonic() + seconds
    while True:
        copies = [one for one in copies_of(package) if one.store_id == store.pk]
        if check_copies(copies)[0].whole:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
