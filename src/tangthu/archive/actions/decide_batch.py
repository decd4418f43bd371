"""A person decides on a dry run: takes repairs, edits, answers for all, leaves things out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.archive.actions.open_batch import queue_check
from tangthu.archive.batch.accept import COMPLETE, apply
from tangthu.archive.batch.answers import checked_answers
from tangthu.archive.batch.errors import BatchError
from tangthu.archive.batch.model import Decision
from tangthu.archive.dry_run import (
    code_lists,
    decisions_of,
    in_words,
    mapping_of,
    read_index,
    report_of,
)
from tangthu.archive.models import Batch
from tangthu.identity.acting import Acting
from tangthu.kernel.errors import NotFoundForViewer, Refused
from tangthu.kernel.models import Job
from tangthu.ledger.record import Event, record


def locked(acting: Acting, batch_id: uuid.UUID) -> Batch:
    """The batch, locked for a decision. Raises NotFoundForViewer; Refused while it is worked on."""
    batch = (
        Batch.objects.select_for_update()
        .filter(pk=batch_id, body_id__in=acting.viewer.bodies_with("archive.import"))
        .first()
    )
    if batch is None:
        raise NotFoundForViewer(_("Không có gì ở đây."))
    if batch.state != Batch.State.REVIEW:
        raise Refused(
            _("Đợt này đang được xử lý hoặc đã kết thúc."), hint=_("Chờ công việc đang chạy xong.")
        )
    return batch


def decide(acting: Acting, batch_id: uuid.UUID, decisions: Sequence[Decision]) -> Batch:
    """Add decisions to the batch. All hold or none: a decision that cannot be is refused whole."""
    with transaction.atomic():
        batch = locked(acting, batch_id)
        together = [*decisions_of(batch), *decisions]
        try:
            apply(report_of(batch), together, COMPLETE, lists=code_lists())
        except BatchError as error:
            raise in_words(error) from error
        batch.decisions = [dict(one.as_data()) for one in together]
        batch.save(update_fields=["decisions"])
        _record(acting, batch, len(decisions))
    return batch


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
    """Say which column holds which field (`level.name`, or None); decisions on rows stay."""
    with transaction.atomic():
        batch = locked(acting, batch_id)
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
    return batch


def check_again(acting: Acting, batch_id: uuid.UUID) -> Job:
    """Queue another check, after files were added or released from quarantine."""
    with transaction.atomic():
        batch = locked(acting, batch_id)
        batch.state = Batch.State.CHECKING
        batch.save(update_fields=["state"])
        return queue_check(acting, batch)


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
