"""Do a confirmed bulk act: each row by its own action, with the rights that the person has then.

What was previewed is what is done: no row is added, and one that became another since, or may not
be done any more, is refused with the reason. A row and what came of it commit together; a run that
was killed or stopped goes on with the rows that are left.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tangthu.archive.checking import acting_of_job
from tangthu.bulk import acts
from tangthu.bulk.actions.preview_act import read
from tangthu.bulk.acts.base import Act, Doing, RowAct, WholeAct
from tangthu.bulk.models import BulkAct, BulkRow
from tangthu.identity.acting import Acting
from tangthu.kernel import jobs
from tangthu.kernel.errors import HouseError, InvalidInput, NotFoundForViewer
from tangthu.kernel.jobs import Running
from tangthu.kernel.models import Job

_PORTION = 50
Outcome = BulkRow.Outcome


def run_act(running: Running) -> dict[str, Any]:
    """Job `bulk.act`."""
    bulk = BulkAct.objects.select_related("body").get(pk=running.args["act"])
    acting, act = acting_of_job(running), acts.by_name(bulk.act)
    able = bulk.rows.filter(why_not="").exclude(outcome=Outcome.GONE)
    left = list(able.filter(outcome=Outcome.WAITING).order_by("place"))
    work = _Work(running, acting, bulk, act, able.count(), len(left))
    if isinstance(act, WholeAct):
        work.all_at_once(act, left)
    elif isinstance(act, RowAct):
        for start in range(0, len(left), _PORTION):
            work.portion(act, left[start : start + _PORTION])
    work.report()
    outcomes = list(bulk.rows.values_list("outcome", flat=True))
    return {"done": outcomes.count(Outcome.DONE), "refused": outcomes.count(Outcome.REFUSED)}


class _Work:
    """The rows of one act as they are done."""

    def __init__(
        self, running: Running, acting: Acting, bulk: BulkAct, act: Act, total: int, left: int
    ) -> None:
        self._running, self._acting, self._bulk, self._act = running, acting, bulk, act
        self._total, self._done = total, total - left

    def report(self) -> None:
        """Say how far it is; raises NotFinished when somebody asked to stop."""
        self._running.progress(self._done, self._total, _("dòng"), force=True)

    def portion(self, act: RowAct, rows: list[BulkRow]) -> None:
        """Judge some rows anew, then do each."""
        whys = self._judged(rows)
        for row in rows:
            self._running.progress(self._done, self._total, _("dòng"))
            if row.obj not in whys and row.job_id is None:
                _settle(row, Outcome.GONE)
                self._total -= 1
                continue
            if row.job_id is None and whys[row.obj]:
                _settle(row, Outcome.REFUSED, whys[row.obj])
            else:
                self._row(act, row)
            self._done += 1

    def _judged(self, rows: list[BulkRow]) -> dict[uuid.UUID, str]:
        """Why each of the rows that the person sees now cannot be done; "" it can."""
        known = read(self._acting.viewer, self._bulk.kind, [row.obj for row in rows])
        judged = self._act.judge(self._acting.viewer, self._bulk, list(known.values()))
        return {pk: str(one.why_not) for pk, one in judged.items()}

    def _row(self, act: RowAct, row: BulkRow) -> None:
        try:
            if row.job_id is None:
                with transaction.atomic():
                    job = act.do(self._acting, Doing(self._bulk, row.obj, row.state))
                    if job is None:
                        _settle(row, Outcome.DONE)
                        return
                    row.job_id = job.pk
                    row.save(update_fields=["job_id"])
            _settle(row, *_ended(jobs.finish(row.job_id)))
        except NotFoundForViewer:
            _settle(row, Outcome.GONE)
        except HouseError as error:
            _settle(row, Outcome.REFUSED, _words(error))

    def all_at_once(self, act: WholeAct, rows: list[BulkRow]) -> None:
        """Make one thing of all rows that can be done now."""
        self.report()
        bulk = self._bulk
        if "job" not in bulk.kept:
            whys = self._judged(rows)
            for row in rows:
                if row.obj not in whys:
                    _settle(row, Outcome.GONE)
                elif whys[row.obj]:
                    _settle(row, Outcome.REFUSED, whys[row.obj])
            rows = [row for row in rows if row.outcome == Outcome.WAITING]
            if not rows:
                return
            with transaction.atomic():
                job = act.do_all(self._acting, bulk, [row.obj for row in rows])
                bulk.kept = {"job": str(job.pk), "about": str(job.subject_id)}
                bulk.save(update_fields=["kept"])
        outcome, message = _ended(jobs.finish(uuid.UUID(bulk.kept["job"])))
        BulkRow.objects.filter(pk__in=[row.pk for row in rows]).update(
            outcome=outcome, message=message
        )
        self._done = self._total


def _ended(job: Job) -> tuple[BulkRow.Outcome, str]:
    if job.state == Job.State.DONE:
        return Outcome.DONE, ""
    return Outcome.REFUSED, f"{job.message} {job.hint}".strip()


def _words(error: HouseError) -> str:
    """What a refusal says, with the first thing that it names."""
    if isinstance(error, InvalidInput):
        first = next((one for some in error.problems.values() for one in some), "")
        return f"{error.message} {first}".strip()
    return str(error.message)


def _settle(row: BulkRow, outcome: BulkRow.Outcome, message: str = "") -> None:
    """Keep what came of a row; in the transaction of its work."""
    row.outcome, row.message = outcome, message
    row.save(update_fields=["outcome", "message"])
