"""The check of a batch, as a job: what lies in the folder, what each file is, what it proposes.

Runs file by file and can be stopped, resumed and run again: a file whose facts are known is not
opened twice. What declares itself secret is refused before anything is opened and nothing of it is
kept; what only looks secret goes to quarantine (AR-127, AR-131, invariant 6).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from tangthu.archive import dry_run
from tangthu.archive.actions.hold_suspect import hold_suspect
from tangthu.archive.actions.refuse_secret import refuse_declared
from tangthu.archive.batch.headings import DOSSIER
from tangthu.archive.batch.model import BatchFile as GivenFile
from tangthu.archive.batch.report import build_report
from tangthu.archive.incoming import FoundFile, path_in, walk
from tangthu.archive.models import Batch, BatchFile
from tangthu.capture import text as texts
from tangthu.capture.probe import FileFacts, probe
from tangthu.capture.proposals import Proposal, propose, second_opinion
from tangthu.capture.secrets import suspect_stamp
from tangthu.capture.workers import open_sandbox
from tangthu.identity.acting import Acting
from tangthu.identity.models import Person
from tangthu.identity.queries import viewer_of
from tangthu.kernel.errors import HouseError
from tangthu.kernel.jobs import Running
from tangthu.kernel.sandbox import Sandbox, SandboxError
from tangthu.ledger.record import Event, record

WORKERS = 2


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was found in one file."""

    file: BatchFile
    facts: FileFacts
    proposals: tuple[Proposal, ...]
    suspect: bool


def acting_of_job(running: Running) -> Acting:
    """The person on whose behalf a job runs, with the rights held today."""
    person = Person.objects.get(pk=running.job.person_id)
    return Acting(viewer_of(person), "job")


def run_check(running: Running) -> dict[str, Any]:
    """Job `archive.batch.check`: fill in the facts of every file, then offer the dry run."""
    batch = Batch.objects.select_related("body", "fonds__body").get(pk=running.args["batch"])
    acting = acting_of_job(running)
    acting.require("archive.import", batch.body_id)
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.CHECKING)
    try:
        found = list(walk(Path(batch.folder), batch.index_name))
        _refuse_secrets(acting, batch, found)
        _list_files(batch, found)
        _look_at_files(running, acting, batch)
    except HouseError:
        Batch.objects.filter(pk=batch.pk).update(state=Batch.State.REVIEW)
        raise
    return _finish(acting, batch)


def _refuse_secrets(acting: Acting, batch: Batch, found: list[FoundFile]) -> None:
    """Drop rows and files that the index declares secret, before any file is opened."""
    table = dry_run.read_index(batch)
    report = build_report(
        table,
        dry_run.mapping_of(batch, table),
        [GivenFile(item.path, item.size, "") for item in found],
        {},
        batch.answers,
        lists=dry_run.code_lists(),
        index_names=[batch.index_name],
    )
    whole = {
        row.dossier["number"].value
        for row in report.rows
        if row.secret == DOSSIER and "number" in row.dossier
    }
    rows = {
        row.number
        for row in report.rows
        if row.secret or ("number" in row.dossier and row.dossier["number"].value in whole)
    }
    paths = {
        finding.target.removeprefix("file:")
        for finding in report.findings
        if finding.code == "secret.declared" and finding.target.startswith("file:")
    }
    if rows or paths:
        refused = [item for item in found if item.path in paths]
        refuse_declared(acting, batch, rows=rows, files=refused, table=table)
        found[:] = [item for item in found if item.path not in paths]


def _list_files(batch: Batch, found: list[FoundFile]) -> None:
    known = {bytes(raw) for raw in batch.files.values_list("path_bytes", flat=True)}
    BatchFile.objects.bulk_create(
        (
            BatchFile(batch=batch, path_bytes=item.path_bytes, path=item.path, size=item.size)
            for item in found
            if item.path_bytes not in known
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    gone = known - {item.path_bytes for item in found}
    if gone:
        batch.files.filter(path_bytes__in=gone, document=None, quarantine_id=None).delete()


def _look_at_files(running: Running, acting: Acting, batch: Batch) -> None:
    gazetteer = _gazetteer(batch)
    waiting = batch.files.filter(facts__isnull=True, quarantine_id=None).order_by("path_bytes")
    total = batch.files.filter(quarantine_id=None).count()
    done = total - waiting.count()
    running.progress(done, total, "tệp", force=True)
    with open_sandbox(WORKERS) as sandbox, ThreadPoolExecutor(WORKERS) as pool:
        for chunk in _chunks(list(waiting), 8 * WORKERS):
            looks = pool.map(lambda item: _look(batch, item, sandbox, gazetteer), chunk)
            for looked in looks:
                _keep(acting, batch, looked)
                done += 1
                running.progress(done, total, "tệp")
    running.progress(done, total, "tệp", force=True)


def _chunks(items: list[BatchFile], size: int) -> Iterator[list[BatchFile]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _gazetteer(batch: Batch) -> tuple[str, ...]:
    """Names of bodies by which an issuer's accents are mended: the fonds, and the index's own."""
    table = dry_run.read_index(batch)
    column = dry_run.mapping_of(batch, table).columns().get("document.issuer")
    issuers = {row.value(column) for row in table.rows} if column is not None else set()
    return (batch.fonds.name, batch.body.name, *sorted(filter(None, issuers))[:500])


def _look(batch: Batch, item: BatchFile, sandbox: Sandbox, gazetteer: tuple[str, ...]) -> _Looked:
    path = path_in(batch, item.path_bytes)
    facts = probe(path, sandbox, name=item.path)
    proposals: tuple[Proposal, ...] = ()
    suspect = False
    if facts.pdf is not None and facts.pdf.page_count:
        with contextlib.suppress(SandboxError):
            pages = texts.read_layout(path, sandbox)
            first = next((page for page in pages if page.number == 1), None)
            suspect = not item.cleared and first is not None and suspect_stamp(first) is not None
            if not suspect:
                proposals = propose(item.path, pages, gazetteer)
    return _Looked(item, facts, proposals, suspect)


def _keep(acting: Acting, batch: Batch, looked: _Looked) -> None:
    if looked.suspect:
        hold_suspect(acting, batch, looked.file)
        return
    item = looked.file
    item.size, item.sha256 = looked.facts.size, looked.facts.sha256
    item.facts = dry_run.facts_as_data(looked.facts)
    item.proposals = [dry_run.proposal_as_data(one) for one in looked.proposals]
    item.save(update_fields=["size", "sha256", "facts", "proposals"])


def _finish(acting: Acting, batch: Batch) -> dict[str, Any]:
    """Let the files of the batch speak for each other, and put the dry run before a person."""
    files = list(batch.files.filter(facts__isnull=False).order_by("path_bytes"))
    before = [[dry_run.proposal_from_data(one) for one in item.proposals] for item in files]
    for item, old, new in zip(files, before, second_opinion(before), strict=True):
        if list(new) != old:
            item.proposals = [dry_run.proposal_as_data(one) for one in new]
            item.save(update_fields=["proposals"])
    with transaction.atomic():
        locked = Batch.objects.select_for_update().get(pk=batch.pk)
        locked.state = Batch.State.REVIEW
        locked.updates += 1
        locked.save(update_fields=["state", "updates"])
        Batch.objects.filter(pk=batch.pk).update(checked_at=Now())
        batch.refresh_from_db()
        report = dry_run.report_of(batch)
        record(
            Event(
                kind="archive.batch.checked",
                obj=batch.id,
                body=batch.body_id,
                actor=acting.actor(batch.body_id),
                detail={
                    "rows": len(report.rows),
                    "files": len(report.files),
                    "findings": dict(report.counts()),
                },
            )
        )
    return {"rows": len(report.rows), "files": len(report.files), **report.counts()}
