"""What a restored house must know before it is used: where its stores lie, that nothing runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from tangthu.backup.models import Restore
from tangthu.backup.sets import SetFacts
from tangthu.identity.acting import SYSTEM
from tangthu.kernel import clock
from tangthu.kernel.home import Home
from tangthu.kernel.prepare import as_owner
from tangthu.ledger.logs import all_logs
from tangthu.ledger.record import Event, record_many

# Problems of a set that are kept one by one.
MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class RestoreTold:
    """What a restore tells of itself.

    `by`: who does it, as the command was told; `account`: the machine's account that it ran as;
    `trust`: in whose words the set was believed, where no key told who made it. `missing_keys`: the
    files of keys that the house had and still lacks.
    """

    by: str
    account: str
    trust: str
    files: int
    tables: int
    rows: int
    packages: int
    missing_keys: list[str]


def settle(home: Home, *, moved: bool) -> None:
    """Let the stores be those of this home (if they were restored into it), and stop what ran.

    A bucket stays where it is. Its keys are in no set, so nothing is written there until somebody
    who knows which of two houses goes on puts them into this home.

    Work that was under way when the set was made is not gone on with by itself: who ordered it sees
    that it was stopped, and goes on with it. The house's own rounds order theirs anew.
    """
    with as_owner() as connection, connection.transaction():
        if moved:
            named = (
                "SELECT name FROM repository_store WHERE state IN ('joining', 'active') "
                "AND kind = 'folder'"
            )
            for (name,) in connection.execute(named).fetchall():
                connection.execute(
                    "UPDATE repository_store SET path = %s WHERE name = %s",
                    [str(home.stores / name), name],
                )
        connection.execute(
            "UPDATE kernel_job SET state = 'stopped', message = %s, hint = %s, "
            "finished_at = now(), updated_at = now() WHERE state IN ('waiting', 'running')",
            [
                _("Công việc đã dừng vì hệ thống được phục hồi từ bản sao lưu."),
                _("Chạy tiếp nếu còn cần."),
            ],
        )
        connection.execute("DELETE FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
        connection.execute("DELETE FROM kernel_worker")


def note_restored(facts: SetFacts, told: RestoreTold) -> None:
    """Record at every body that the house was restored: by whom, from which set and moment, what
    came back (AR-92, RM-959), and keep that for those who are to read of it (RM-690 e). Whatever
    part of it was not whole ends a restore before this; what the set itself lacked is told."""
    detail = {"set": facts.name, "moment": facts.moment, **asdict(told)}
    lacking = {
        "problems": [list(one) for one in facts.problems[:MOST_KEPT]],
        "problem_count": len(facts.problems),
    }
    detail["missing_keys"] = len(told.missing_keys)
    with transaction.atomic():
        Restore.objects.create(
            set=facts.name,
            moment=facts.made_at,
            restored_at=clock.now(),
            told={**asdict(told), **lacking},
        )
        record_many(
            [
                Event(
                    kind="backup.house.restored", obj=log.body, body=log.body,
                    actor=SYSTEM.actor(log.body),
                    detail={name: value for name, value in detail.items() if value != ""},
                )
                for log in all_logs()
            ]
        )  # fmt: skip
