"""Database, worker, web, integrator and the server of a bucket, killed in any order under load.

Six minutes in `make soak`; `TANGTHU_PLUG_MINUTES=20` for longer.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.processes.load import PAPERS, Load, Promised
from tests.support.running import Up, call, query, until
from tests.support.seaweed import ACCESS, SECRET, Seaweed, seaweed

pytestmark = pytest.mark.soak

MINUTES = float(os.environ.get("TANGTHU_PLUG_MINUTES", "6"))
SCOPES = (
    "read.public", "read.conditional", "archive.import", "archive.describe", "archive.seal",
    "dissemination.make", "repository.audit",
)  # fmt: skip
FIRST_BATCHES = 3

LOOK = """
from tangthu.archive.models import Batch, Dissemination
from tangthu.kernel.models import Job
from tangthu.ledger.history import history
from tangthu.records.models import Document
print(json.dumps({
    "jobs": [[str(j.pk), j.kind, j.state, j.message, j.hint] for j in Job.objects.all()],
    "subjects": {str(d.pk): d.subject for d in Document.objects.all()},
    "edits": {
        str(d.pk): sum(one.kind_name == "records.document.described" for one in history(d.pk))
        for d in Document.objects.all()
    },
    "orders": [str(one.pk) for one in Dissemination.objects.all()],
    "batches": {str(one.pk): one.state for one in Batch.objects.all()},
}))
"""


def test_whatever_is_killed_in_whatever_order_nothing_is_lost_nothing_doubled_and_every_job_ends(
    tmp_path: Path,
) -> None:
    home = tmp_path / "var"
    with seaweed(tmp_path / "weed") as weed, Up(home, tmp_path / "notes") as up:
        up.ready()
        weed.client().create_bucket(Bucket="luu-tru")
        keys = home / "secrets" / "s3" / "kho-s3.toml"
        keys.parent.mkdir(mode=0o700, exist_ok=True)
        keys.write_text(f'access_key = "{ACCESS}"\nsecret_key = "{SECRET}"\n')
        keys.chmod(0o600)
        run(home, "--as", "dung", "stores", "add", "kho-s3", f"{weed.endpoint}/luu-tru/a", "--s3")
        run(home, "--as", "dung", "stores", "copy", "kho-s3")
        scopes = [word for scope in SCOPES for word in ("--scope", scope)]
        made = run(
            home, "--as", "cuc", "apikey", "make", "Máy thử", "--body", "H30.81", *scopes, "--json"
        )
        before = query(home, LOOK)
        load = Load(up.address, json.loads(made)["token"], tmp_path / "batches")
        for number in range(1, FIRST_BATCHES + 1):
            load.batch(number)
        visitors = [up.visitor(name) for name in ("cuc", "hoa")]
        with load.working(visitors) as promised:
            killed = pull_plugs(up, weed)
        until(lambda: jobs_ended(home), "the end of every job", 300)
        run(home, "--as", "dung", "stores", "copy", "kho-s3")
        told = query(home, LOOK)
        fixity = json.loads(run(home, "--as", "cuc", "fixity", "--json"))
        ledger = json.loads(run(home, "ledger", "verify", "--json"))
        assert up.stop() == 0
    print(killed, promised.pages, len(promised.jobs), len(promised.orders), len(promised.batches))
    assert len(killed) == 5 and min(killed.values()) > 0
    assert up.err.count("Traceback") == 0, up.err[:20_000]
    holds_what_was_promised(promised, before, told)
    assert (fixity["bad"], fixity["unrepairable"], fixity["unchecked"]) == ([], [], [])
    assert ledger


def pull_plugs(up: Up, weed: Seaweed) -> Counter[str]:
    """Kill one thing after another, in ever new orders; returns how often which."""
    chance = random.Random()
    victims: dict[str, Callable[[], int]] = {
        "database": up.postmaster,
        "worker": lambda: up.child(" worker"),
        "web": lambda: up.child("granian"),
        "integrator": lambda: up.child(" integrator"),
    }
    killed: Counter[str] = Counter()
    deadline = time.monotonic() + MINUTES * 60
    turn: list[str] = []
    while time.monotonic() < deadline:
        if not turn:
            turn = chance.sample([*victims, "store"], len(victims) + 1)
        name = turn.pop()
        if name == "store":
            weed.kill()
            killed[name] += 1
            time.sleep(chance.uniform(0, 8))
            weed.start()
        else:
            # Its successor may not be there yet.
            with suppress(ProcessLookupError, FileNotFoundError, IndexError):
                os.kill(victims[name](), signal.SIGKILL)
                killed[name] += 1
        time.sleep(chance.uniform(0.5, 12))
    return killed


def run(home: Path, *words: str) -> str:
    """What a command that must end well prints."""
    done = call(home, *words, timeout=600)
    assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def jobs_ended(home: Path) -> bool:
    """Whether no job is waiting or under way."""
    with suppress(AssertionError):
        states = query(home, LOOK)["jobs"]
        return all(state in {"done", "failed", "stopped"} for _id, _kind, state, *_ in states)
    return False


def holds_what_was_promised(
    promised: Promised, before: dict[str, Any], told: dict[str, Any]
) -> None:
    """Nothing strange was answered; each answered change is there once; each failure says why."""
    assert promised.strange == []
    assert len(promised.orders) == len(set(promised.orders)) > 5
    assert sorted(promised.orders) == sorted(set(told["orders"]) - set(before["orders"]))
    assert sum(map(len, promised.edits.values())) > 20
    for document, subjects in promised.edits.items():
        assert told["subjects"][document] == subjects[-1]
    assert {one: n for one, n in told["edits"].items() if n} == {
        one: len(subjects) for one, subjects in promised.edits.items()
    }
    assert len(promised.batches) > FIRST_BATCHES
    assert len(told["subjects"]) - len(before["subjects"]) == PAPERS * len(promised.batches)
    known = {pk: state for pk, state in told["batches"].items() if pk in promised.batches}
    assert known == dict.fromkeys(promised.batches, "closed")
    jobs = {pk: rest for pk, *rest in told["jobs"]}
    assert set(promised.jobs) <= set(jobs)
    failed = [one for one in jobs.values() if one[1] == "failed"]
    assert [one for one in failed if not (one[2] and one[3])] == []
