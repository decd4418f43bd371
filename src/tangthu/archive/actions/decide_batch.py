"""A person decides on a dry run: takes repairs, edits, answers for all, leaves things out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.archive.actions.refuse_secret import refuse_targets, refuse_what_the_index_declares
from tangthu.archive.batch.accept import COMPLETE, apply
from tangthu.archive.batch.answers import checked_answers
from tangthu.archive.batch.codes import declares_secret, marks_secrecy
from tangthu.archive.batch.errors import BatchError
from tangthu.archive.batch.model import EDIT, Decision
from tangthu.archive.dry_run import (
    code_lists,
    decisions_of,
    in_words,
    mapping_of,
    read_index,
    report_of,
    standing,
)
from tangthu.archive.incoming import walk
from tangthu.archive.job_kinds import CHECK
from tangthu.archive.models import Batch
from tangthu.identity.acting import Acting
from tangthu.kernel import jobs
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.kernel.models import Job
from tangthu.ledger.record import Event, record

_WAITS = dt.timedelta(seconds=30)


def locked(acting: Acting, batch_id: uuid.UUID) -> Batch:
    """The batch, locked for a decision. Raises NotFoundForViewer; Refused while it is worked on."""
    batch = _locked(acting, batch_id)
    if batch.state != Batch.State.REVIEW:
        raise _busy()
    return batch


def resting(acting: Acting, batch_id: uuid.UUID) -> Batch:
    """The batch, locked, if no living process works on it: in review, or left by its job."""
    batch = _locked(acting, batch_id)
    if batch.state in (Batch.State.CLOSED, Batch.State.ABANDONED) or under_way(batch):
        raise _busy()
    return batch


def _locked(acting: Acting, batch_id: uuid.UUID) -> Batch:
    batch = (
        Batch.objects.select_for_update()
        .filter(pk=batch_id, body_id__in=acting.viewer.bodies_with("archive.import"))
        .first()
    )
    if batch is None:
        raise NotFoundForViewer(_("Không có gì ở đây."))
    return batch


def _busy() -> Refused:
    return Refused(
        _("Đợt này đang được xử lý hoặc đã kết thúc."), hint=_("Chờ công việc đang chạy xong.")
    )


def last_job(batch: Batch) -> Job | None:
    """The newest check or acceptance of the batch."""
    return Job.objects.filter(subject_id=batch.id).order_by("-created_at").first()


def under_way(batch: Batch) -> bool:
    """Whether the batch's work runs or waits for a worker; False when its process has died."""
    if batch.state not in (Batch.State.CHECKING, Batch.State.ACCEPTING):
        return False
    job = last_job(batch)
    if job is None or job.state in (Job.State.DONE, Job.State.FAILED, Job.State.STOPPED):
        return False
    if job.state == Job.State.WAITING:
        return timezone.now() - job.created_at < _WAITS or jobs.is_queued(job.id)
    return jobs.is_running(job.id) or jobs.is_queued(job.id)


def resume(acting: Acting, batch_id: uuid.UUID, *, queued: bool = True) -> Job:
    """Go on with a check or an acceptance that was stopped, failed or died."""
    with transaction.atomic():
        batch = resting(acting, batch_id)
        if batch.state == Batch.State.ACCEPTING:
            job = last_job(batch)
            kind, args = (job.kind, job.args) if job is not None else (CHECK, {})
        else:
            kind, args = CHECK, {}
            batch.state = Batch.State.CHECKING
            batch.save(update_fields=["state"])
        return jobs.enqueue(
            kind,
            args={**args, "batch": str(batch.id)},
            body_id=batch.body_id,
            person_id=acting.viewer.person_id,
            subject_id=batch.id,
            queued=queued,
        )


def decide(acting: Acting, batch_id: uuid.UUID, decisions: Sequence[Decision]) -> Batch:
    """Add decisions to the batch. All hold or none: a decision that cannot be is refused whole.

    A decision that declares something a state secret is not kept: the thing is refused (AR-127).
    """
    with transaction.atomic():
        batch = locked(acting, batch_id)
        report = report_of(batch)
        if len(standing(report, decisions)) != len(decisions):
            raise Refused(
                _("Báo cáo đã thay đổi từ khi bạn mở trang này."),
                hint=_("Xem lại đề xuất hiện có rồi quyết định."),
            )
        secret = [one.target for one in decisions if _declares_secret(one)]
        if secret and isolated():
            raise _elsewhere()
        open_ones = [one for one in decisions if not _declares_secret(one)]
        together = [*standing(report, decisions_of(batch)), *open_ones]
        try:
            apply(report, together, COMPLETE, lists=code_lists())
        except BatchError as error:
            raise in_words(error) from error
        if open_ones:
            batch.decisions = _latest(
                [*batch.decisions, *(dict(one.as_data()) for one in open_ones)]
            )
            batch.save(update_fields=["decisions"])
            _record(acting, batch, len(open_ones))
    if secret:
        refuse_targets(acting, batch, secret)
    return batch


def _elsewhere() -> InvalidInput:
    """On an isolated LAN no file is destroyed for being secret; its degree is stated elsewhere."""
    return InvalidInput(
        _("Độ mật ghi trong bảng kê, hoặc xác định ở trang “Độ mật” sau khi tiếp nhận."),
        hint=_("Sửa bảng kê rồi mở đợt mới."),
    )


def _declares_secret(one: Decision) -> bool:
    if one.kind != EDIT:
        return False
    return (one.field == "mode" and declares_secret(one.value)) or (
        one.field == "secrecy" and marks_secrecy(one.value)
    )


def _latest(decisions: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Of several decisions on the same thing the latest, in the place of the latest."""
    last: dict[tuple[str, str, str], Mapping[str, str]] = {}
    for one in decisions:
        key = (one["kind"], one["target"], one["field"])
        last.pop(key, None)
        last[key] = one
    return [dict(one) for one in last.values()]


def undo_decisions(acting: Acting, batch_id: uuid.UUID, target: str, field: str = "") -> Batch:
    """Take back the decisions on one target (and field)."""
    with transaction.atomic():
        batch = locked(acting, batch_id)
        kept = [
            one
            for one in decisions_of(batch)
            if not (one.target == target and (not field or one.field == field))
        ]
        taken_back = len(batch.decisions) - len(kept)
        batch.decisions = [dict(one.as_data()) for one in kept]
        batch.save(update_fields=["decisions"])
        _record(acting, batch, taken_back)
    return batch


def answer(acting: Acting, batch_id: uuid.UUID, answers: Mapping[str, str]) -> Batch:
    """Answer once for the whole batch (access mode, physical condition, …); "" takes it back."""
    with transaction.atomic():
        batch = locked(acting, batch_id)
        try:
            given = checked_answers({k: v for k, v in answers.items() if v}, code_lists())
        except BatchError as error:
            raise in_words(error) from error
        emptied = {name for name, value in answers.items() if not value}
        kept = {name: value for name, value in batch.answers.items() if name not in emptied}
        batch.answers = {**kept, **given}
        batch.save(update_fields=["answers"])
        _record(acting, batch, len(answers))
    return batch


def choose_mapping(acting: Acting, batch_id: uuid.UUID, columns: Mapping[int, str | None]) -> Batch:
    """Say which column holds which field (`level.name`, or None); decisions on rows stay.

    Rows that a column so declares secret are refused; a folder that cannot be read for that
    changes nothing. Raises NotFoundForViewer, Refused, InvalidInput.
    """
    with transaction.atomic():
        batch = locked(acting, batch_id)
        folder = Path(batch.folder)
        found = list(walk(folder, batch.index_name)) if folder.is_dir() else []
        table = read_index(batch)
        chosen = mapping_of(batch, table)
        try:
            for column, name in columns.items():
                chosen = chosen.changed(column, name)
        except BatchError as error:
            raise in_words(error) from error
        batch.mapping = chosen.to_json()
        batch.updates += 1
        batch.save(update_fields=["mapping", "updates"])
        _record(acting, batch, len(columns))
    refuse_what_the_index_declares(acting, batch, found)
    return batch


def check_again(acting: Acting, batch_id: uuid.UUID) -> Job:
    """Queue another check, after files were added, changed or released from quarantine."""
    with transaction.atomic():
        locked(acting, batch_id)
        return resume(acting, batch_id)


def _record(acting: Acting, batch: Batch, count: int) -> None:
    record(
        Event(
            kind="archive.batch.decided",
            obj=batch.id,
            body=batch.body_id,
            actor=acting.actor(batch.body_id),
            detail={"count": count},
        )
    )
