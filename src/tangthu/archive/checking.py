"""The check of a batch, as a job: what lies in the folder, what each file is, what it proposes.

Runs file by file and can be stopped, resumed and run again: a file whose facts are known is not
opened twice. What declares itself secret is refused before anything is opened and nothing of it is
kept; what only looks secret goes to quarantine (AR-127, AR-131, invariant 6).
"""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tangthu.archive import dry_run, index_copies
from tangthu.archive.actions.hold_suspect import hold_suspect, purge_decided
from tangthu.archive.actions.refuse_secret import (
    finish_refusals,
    refuse,
    refuse_what_the_index_declares,
)
from tangthu.archive.batch import findings
from tangthu.archive.batch.cells import Table
from tangthu.archive.batch.model import BatchFile as GivenFile
from tangthu.archive.batch.model import BatchReport
from tangthu.archive.batch.report import build_report
from tangthu.archive.incoming import FoundFile, forget_facts, path_in, walk
from tangthu.archive.marks import content_mark, path_mark
from tangthu.archive.models import Batch, BatchFile
from tangthu.archive.unpacking import unpack_upload
from tangthu.capture import antivirus
from tangthu.capture import text as texts
from tangthu.capture.opening import opening_texts
from tangthu.capture.probe import FileFacts, probe
from tangthu.capture.proposals import Proposal, propose
from tangthu.capture.secrets import suspect_stamp, suspect_text
from tangthu.capture.workers import open_sandbox
from tangthu.identity.acting import Acting
from tangthu.identity.models import Person
from tangthu.identity.queries import viewer_of
from tangthu.kernel.deployment import isolated
from tangthu.kernel.job_rows import Outcome, Row
from tangthu.kernel.jobs import Running
from tangthu.kernel.sandbox import Sandbox, SandboxError
from tangthu.ledger.record import Event, record
from tangthu.standards import durable

WORKERS = 2


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was found in one file."""

    file: BatchFile
    facts: FileFacts | None
    proposals: tuple[Proposal, ...]
    suspect: bool = False
    gone: bool = False
    scanned: antivirus.Verdict | None = None


def acting_of_job(running: Running) -> Acting:
    """The person on whose behalf a job runs, with the rights held today."""
    person = Person.objects.get(pk=str(running.job.person_id))
    return Acting(viewer_of(person), "job")


def run_check(running: Running) -> dict[str, Any]:
    """Job `archive.batch.check`: fill in the facts of every file, then offer the dry run.

    Stopped or failed, the batch stays as it is and the check goes on from there when resumed. A
    run that was killed after its end has its answer with the job already.
    """
    if running.job.result:
        return running.job.result
    batch = Batch.objects.select_related("body", "fonds__body").get(pk=running.args["batch"])
    acting = acting_of_job(running)
    acting.require("archive.import", batch.body_id)
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.CHECKING)
    purge_decided()
    unpack_upload(running, batch)
    finish_refusals(batch.pk)
    batch.refresh_from_db()
    refuse_what_the_index_declares(acting, batch, _listed(batch))
    _list_files(batch, _listed(batch))
    _look_at_files(running, acting, batch)
    return _finish(running, acting, batch)


def _listed(batch: Batch) -> list[FoundFile]:
    """What lies in the folder and was neither refused nor taken into quarantine."""
    marks = set(batch.shut_out)
    return [
        item
        for item in walk(Path(batch.folder), batch.index_name)
        if not marks or path_mark(batch.id, item.path_bytes) not in marks
    ]


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
    open_files = batch.files.filter(document=None, quarantine_id=None)
    open_files.filter(path_bytes__in=gone).delete()
    sizes = {item.path_bytes: item.size for item in found}
    for item in open_files.filter(facts__isnull=False):
        unreadable = dry_run.UNREADABLE in (item.facts or {})["problems"]
        if unreadable or sizes.get(bytes(item.path_bytes)) != item.size:
            forget_facts(item)


def _look_at_files(running: Running, acting: Acting, batch: Batch) -> None:
    gazetteer = _gazetteer(batch)
    index = dry_run.read_index(batch)
    waiting = batch.files.filter(facts__isnull=True, quarantine_id=None).order_by("path_bytes")
    total = batch.files.filter(quarantine_id=None).count()
    done = total - waiting.count()
    running.progress(done, total, "tệp", force=True)
    declared = _declared_secret(batch) if isolated() else frozenset()
    with open_sandbox(WORKERS) as sandbox, ThreadPoolExecutor(WORKERS) as pool:
        for chunk in _chunks(list(waiting), 8 * WORKERS):
            looks = pool.map(lambda item: _look(batch, item, sandbox, gazetteer, declared), chunk)
            for looked in looks:
                _keep(acting, batch, looked, index)
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


def _declared_secret(batch: Batch) -> frozenset[str]:
    """On an isolated LAN: the files whose rows state a degree of secrecy; no stamp on them is news.

    A stamp on any other file waits for the officer, as everywhere.
    """
    table = dry_run.read_index(batch)
    files = [GivenFile(path, 0, "") for path in batch.files.values_list("path", flat=True) if path]
    report = build_report(
        table,
        dry_run.mapping_of(batch, table),
        files,
        {},
        batch.answers,
        lists=dry_run.code_lists(),
        index_names=[batch.index_name],
    )
    secret = {row.number for row in report.rows if row.says_secret}
    return frozenset(
        one.file for one in report.documents.values() if one.row in secret and one.file
    )


def _look(
    batch: Batch,
    item: BatchFile,
    sandbox: Sandbox,
    gazetteer: tuple[str, ...],
    declared: Set[str] = frozenset(),
) -> _Looked:
    """What is in one file. A file that is gone has no facts; an unreadable one is damaged.

    Where a scanner is named, nothing is opened that it has not let pass. Raises ScannerAway.
    """
    path = path_in(batch, item.path_bytes)
    cleared = item.cleared or item.path in declared
    try:
        scanned = antivirus.scan(path) if antivirus.configured() else None
        if scanned is not None and (scanned.found or scanned.too_large):
            return _Looked(item, None, (), scanned=scanned)
        facts = probe(path, sandbox, name=item.path)
        if scanned is not None and scanned.sha256 != facts.sha256:
            return _Looked(item, None, ())  # exchanged meanwhile: looked at again next time
    except FileNotFoundError:
        return _Looked(item, None, (), gone=True)
    except OSError:
        return _Looked(item, None, ())
    proposals: tuple[Proposal, ...] = ()
    suspect = False
    if facts.pdf is not None and facts.pdf.page_count:
        with contextlib.suppress(SandboxError):
            pages = texts.read_layout(path, sandbox)
            first = next((page for page in pages if page.number == 1), None)
            suspect = not cleared and first is not None and suspect_stamp(first) is not None
            if not suspect:
                proposals = propose(item.path, pages, gazetteer)
    elif facts.pdf is None and not cleared:
        suspect = any(suspect_text(text) for text in opening_texts(path, sandbox))
    return _Looked(item, facts, proposals, suspect=suspect)


def _keep(acting: Acting, batch: Batch, looked: _Looked, index: Table) -> None:
    item, facts = looked.file, looked.facts
    if looked.gone:
        item.delete()
        return
    if looked.scanned is not None:
        problem = "infected" if looked.scanned.found else "unscanned"
        # The next check asks the scanner again: its signatures or limits may be others then.
        told = dry_run.unopened_facts(problem, dry_run.UNREADABLE)
        item.facts = {**told, "virus": looked.scanned.found}
        item.save(update_fields=["facts"])
        return
    if facts is None:
        item.facts = dry_run.unreadable_facts()
        item.save(update_fields=["facts"])
        return
    if batch.shut_out and content_mark(batch.id, facts.sha256) in batch.shut_out:
        refuse(acting, batch, rows=set(), paths={bytes(item.path_bytes)})
        return
    if looked.suspect:
        hold_suspect(acting, batch, item)
        return
    item.size, item.sha256 = facts.size, facts.sha256
    item.facts = dry_run.facts_as_data(facts)
    if index_copies.is_list(item.path):
        item.facts["list"] = index_copies.relation(index, path_in(batch, item.path_bytes))
    item.proposals = [dry_run.proposal_as_data(one) for one in looked.proposals]
    item.save(update_fields=["size", "sha256", "facts", "proposals"])
    durable.point("archive.check.kept")


_WORST = (
    (findings.BLOCKS, Outcome.REFUSED, gettext_noop("{n} chỗ chặn tiếp nhận")),
    (findings.ASKS, Outcome.WARNED, gettext_noop("{n} chỗ cần người quyết định")),
    (findings.REPAIRS, Outcome.DONE, gettext_noop("{n} chỗ đã tự sửa")),
    (findings.NOTE, Outcome.DONE, gettext_noop("{n} ghi chú")),
)


def _rows_of(report: BatchReport) -> Iterator[Row]:
    """What was found in each row of the index, in figures; what it says is on the batch's page."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for finding in report.findings:
        found[finding.target][finding.severity] += 1
    for row in report.rows:
        counted = found.get(f"row:{row.number}", Counter())
        told = [_(words).format(n=counted[one]) for one, _out, words in _WORST if counted[one]]
        outcome = next((out for one, out, _words in _WORST if counted[one]), Outcome.DONE)
        yield Row(
            f"{row.number:09d}",
            outcome,
            "; ".join(told) or _("không có gì phải sửa"),
            label=_("Dòng {n}").format(n=row.number),
        )


def _finish(running: Running, acting: Acting, batch: Batch) -> dict[str, Any]:
    """Put the dry run before a person; the answer is kept with it, so that this happens once."""
    with transaction.atomic():
        locked = Batch.objects.select_for_update().get(pk=batch.pk)
        locked.state = Batch.State.REVIEW
        locked.updates += 1
        locked.save(update_fields=["state", "updates"])
        Batch.objects.filter(pk=batch.pk).update(checked_at=Now())
        batch.refresh_from_db()
        report = dry_run.report_of(batch)
        answer = {"rows": len(report.rows), "files": len(report.files), **report.counts()}
        running.keep(answer)
        running.rows(*_rows_of(report))
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
                    # AR-131: that classification was looked at, and with what outcome, is kept.
                    "secrecy": {
                        "refused": batch.refused_secret,
                        "held": batch.files.filter(quarantine_id__isnull=False).count(),
                    },
                },
            )
        )
    durable.point("archive.check.finished")
    return answer
