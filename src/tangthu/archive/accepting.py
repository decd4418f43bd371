"""The job that takes what is ready of a batch, dossier by dossier."""

from __future__ import annotations

from typing import Any

from tangthu.archive import dry_run
from tangthu.archive.actions.accept_batch import READERS, accept_dossier, open_documents
from tangthu.archive.actions.end_acceptance import end_acceptance
from tangthu.archive.checking import acting_of_job
from tangthu.archive.models import Batch
from tangthu.capture.workers import open_sandbox
from tangthu.kernel.errors import HouseError, NotFinished
from tangthu.kernel.jobs import Running


def run_acceptance(running: Running) -> dict[str, Any]:
    """Job `archive.batch.accept`: one transaction per dossier; refused ones are told."""
    batch = Batch.objects.select_related("body", "fonds__body").get(pk=running.args["batch"])
    acting = acting_of_job(running)
    acting.require("archive.import", batch.body_id)
    refused: dict[str, str] = {}
    made: list[str] = []
    documents = 0
    try:
        outcome = dry_run.outcome_of(batch, running.args["accept"])
        work = [(ready, len(open_documents(batch, ready))) for ready in outcome.ready]
        total = sum(count for _ready, count in work)
        done = 0
        running.progress(0, total, "tài liệu", force=True)
        with open_sandbox(READERS) as sandbox:
            for ready, count in work:

                def told(stored: int, before: int = done) -> None:
                    running.progress(before + stored - 1, total, "tài liệu")

                try:
                    dossier = accept_dossier(acting, batch, ready, sandbox, told)
                except NotFinished:
                    raise
                except HouseError as error:
                    refused[ready.key] = str(error)
                else:
                    if dossier is not None:
                        made.append(str(dossier.pk))
                        documents += count
                done += count
                running.progress(done, total, "tài liệu")
        running.progress(done, total, "tài liệu", force=True)
    finally:
        end_acceptance(batch)
    return {"dossiers": made, "documents": documents, "refused": refused}
