"""Go on with an import that was begun before: the same command after a crash doubles nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tangthu.archive.actions.decide_batch import last_job, resume
from tangthu.archive.batch.answers import checked_answers
from tangthu.archive.batch.errors import BatchError
from tangthu.archive.batch.tables import read_table
from tangthu.archive.dry_run import code_lists
from tangthu.archive.incoming import index_path
from tangthu.archive.models import Batch, Fonds
from tangthu.identity.acting import Acting
from tangthu.kernel.models import Job
from tangthu.standards import durable

_OPEN = (Batch.State.CHECKING, Batch.State.REVIEW, Batch.State.ACCEPTING)
_UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)


def begun_before(
    acting: Acting, fonds: Fonds, *, index: Path, folder: Path, answers: Mapping[str, str]
) -> Batch | None:
    """The person's open batch of the same server folder, index and answers; None if there is none.

    Raises Refused without the right to import into the fonds.
    """
    acting.require("archive.import", fonds.body_id)
    try:
        given = checked_answers(answers, code_lists())
    except BatchError:
        return None
    begun = Batch.objects.select_related("body", "fonds__body").filter(
        fonds=fonds,
        folder=str(folder),
        owns_folder=False,
        created_by=acting.viewer.person_id,
        state__in=_OPEN,
    )
    for batch in begun.order_by("-created_at"):
        if all(batch.answers.get(key) == value for key, value in given.items()) and _same_index(
            batch, index
        ):
            return batch
    return None


def go_on(acting: Acting, batch: Batch) -> Job:
    """The batch's work that is to be run now: what was cut off, or another check."""
    job = last_job(batch)
    if job is not None and job.state in _UNDER_WAY:
        return job
    return resume(acting, batch.id)


def _same_index(batch: Batch, index: Path) -> bool:
    """Whether our copy is this index, perhaps without rows that were refused."""
    ours = index_path(batch)
    try:
        if durable.digest_file(ours).digests == durable.digest_file(index).digests:
            return True
        if not batch.refused_secret:
            return False
        kept = {row.number: row.values for row in read_table(ours).rows}
        rows = {row.number: row.values for row in read_table(index).rows}
    except (OSError, BatchError):
        return False
    left_out = rows.keys() - kept.keys()
    return len(left_out) <= batch.refused_secret and all(
        rows.get(number) == values for number, values in kept.items()
    )
