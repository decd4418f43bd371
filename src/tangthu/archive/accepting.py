"""The job that takes what is ready of a batch, dossier by dossier."""

from __future__ import annotations

from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from tangthu.archive import dry_run
from tangthu.archive.actions.accept_batch import READERS, accept_dossier, open_documents
from tangthu.archive.actions.end_acceptance import end_acceptance
from tangthu.archive.batch.model import ReadyDossier
from tangthu.archive.checking import acting_of_job
from tangthu.archive.models import Batch
from tangthu.archive.review import Review
from tangthu.capture.workers import open_sandbox
from tangthu.kernel.errors import HouseError, NotFinished
from tangthu.kernel.job_rows import About, Outcome, Row
from tangthu.kernel.jobs import Running
from tangthu.records.models import Dossier
from tangthu.standards import durable


def run_acceptance(running: Running) -> dict[str, Any]:
    """Job `archive.batch.accept`: one transaction per dossier; refused ones are told.

    What was taken is kept with the job in the transaction that takes it, so that a run after a
    crash answers for the runs before it; one that had come to its end is not begun again.
    `all_taken` in the answer: nothing of the batch waits any more.
    """
    batch = Batch.objects.select_related("body", "fonds__body").get(pk=running.args["batch"])
    acting = acting_of_job(running)
    acting.require("archive.import", batch.body_id)
    answer = running.job.result or {"dossiers": [], "documents": 0, "refused": {}}
    if batch.state != Batch.State.ACCEPTING:
        return answer
    try:
        _take(running, batch, answer)
    except (OperationalError, InterfaceError):
        raise  # the database went away: the same job goes on when it is back
    except BaseException:
        end_acceptance(batch)
        raise
    answer["all_taken"] = Review(batch).all_taken
    end_acceptance(batch, lambda: running.keep(answer))
    durable.point("archive.accept.ended")
    return answer


def _take(running: Running, batch: Batch, answer: dict[str, Any]) -> None:
    """Take every ready dossier; `answer` grows with each."""
    outcome = dry_run.outcome_of(batch, running.args["accept"])
    work = [(ready, len(open_documents(batch, ready))) for ready in outcome.ready]
    total = sum(count for _ready, count in work)
    done = 0
    running.progress(0, total, "tài liệu", force=True)
    with open_sandbox(READERS) as sandbox:
        for ready, count in work:

            def told(stored: int, before: int = done) -> None:
                running.progress(before + stored - 1, total, "tài liệu")

            def kept(dossier: Dossier, documents: int = count, ready: ReadyDossier = ready) -> None:
                running.keep(_with(answer, dossier, documents))
                running.rows(
                    Row(
                        ready.key,
                        Outcome.DONE,
                        _("{n} tài liệu").format(n=documents),
                        about=About.DOSSIER,
                        about_id=dossier.pk,
                    )
                )

            try:
                # Who has lost the right since the beginning takes nothing more.
                now = acting_of_job(running)
                now.require("archive.import", batch.body_id)
                dossier = accept_dossier(now, batch, ready, sandbox, told, kept)
            except NotFinished:
                raise
            except HouseError as error:
                answer["refused"][ready.key] = str(error)
                running.rows(Row(ready.key, Outcome.REFUSED, str(error), label=ready.key))
            else:
                if dossier is not None:
                    answer.update(_with(answer, dossier, count))
            done += count
            running.progress(done, total, "tài liệu")
    running.progress(done, total, "tài liệu", force=True)


def _with(answer: dict[str, Any], dossier: Dossier, documents: int) -> dict[str, Any]:
    taken = [*answer["dossiers"], str(dossier.pk)]
    return {**answer, "dossiers": taken, "documents": answer["documents"] + documents}
