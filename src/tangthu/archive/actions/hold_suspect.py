"""Quarantine a file that looks like a state secret, and decide on it (AR-129, invariant 6)."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Set

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.archive import dry_run
from tangthu.archive.actions.refuse_secret import about, finish_refusals, forget_answers
from tangthu.archive.hidden_rows import rows_of
from tangthu.archive.incoming import index_path, path_in, shown_path
from tangthu.archive.index_copies import copies_with
from tangthu.archive.marks import held_id, path_mark
from tangthu.archive.models import Batch, BatchFile
from tangthu.identity.acting import Acting
from tangthu.kernel import clock, quarantine
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.kernel.models import QuarantinedItem
from tangthu.ledger.record import Event, record
from tangthu.standards import durable
from tangthu.standards.vietnamese import nfc

DECISIONS = {"not_secret": "không mật", "declassified": "đã giải mật", "purged": "hủy"}
"""What an officer can decide on a quarantined file, as the event says it."""

_UUID_LENGTH = 36


def hold_suspect(acting: Acting, batch: Batch, item: BatchFile) -> QuarantinedItem:
    """Move the bytes of a batch's file into quarantine; its name goes with them.

    The event says that a file was held, never which or why. Our upload copy is overwritten; a file
    in a folder that is not ours is not opened again while it is held.
    """
    path_bytes = bytes(item.path_bytes)
    source = path_in(batch, path_bytes)
    held = QuarantinedItem(
        id=_free_id(batch, path_bytes),
        body_id=batch.body_id,
        context_obj=batch.id,
        context_key=uuid.UUID(int=item.pk),
        arrived_at=clock.now(),
        size=item.size,
    )
    written = quarantine.keep(settings.HOME, held.id, durable.chunks_of(source))
    name = json.dumps({"path": path_bytes.hex(), "sha256": written.digests["sha256"]})
    quarantine.keep_note(settings.HOME, held.id, name)
    rows = _rows_about(batch, path_bytes)
    with transaction.atomic():
        held.size = written.size
        held.save(force_insert=True)
        BatchFile.objects.filter(pk=item.pk).update(
            path="",
            path_bytes=held.id.bytes,
            sha256="",
            facts=None,
            proposals=[],
            quarantine_id=held.id,
        )
        _mark(batch, add=path_mark(batch.id, path_bytes))
        _forget_decisions(batch, {f"file:{shown_path(path_bytes)}", *(f"row:{n}" for n in rows)})
        forget_answers(batch)
        record(_event("archive.quarantine.held", acting, batch, {}))
    durable.point("archive.quarantine.recorded")
    if batch.owns_folder:
        durable.overwrite_and_remove(source)
    return held


def _free_id(batch: Batch, path_bytes: bytes) -> uuid.UUID:
    """The same id when a crash makes us hold the file again, another after a decision on it."""
    ids = (held_id(batch.id, path_bytes, time) for time in itertools.count())
    return next(one for one in ids if not QuarantinedItem.objects.filter(pk=one).exists())


def purge_decided() -> None:
    """Destroy quarantined bytes whose decision stands but which a crash left behind."""
    lying = {
        uuid.UUID(path.stem)
        for path in settings.HOME.quarantine.iterdir()
        if len(path.stem) == _UUID_LENGTH
    }
    decided = QuarantinedItem.objects.filter(pk__in=lying).exclude(
        decision=QuarantinedItem.Decision.WAITING
    )
    for held in decided:
        quarantine.purge(settings.HOME, held.pk)


def decide_quarantined(
    acting: Acting, held_id: uuid.UUID, *, decision: str, basis: str = ""
) -> QuarantinedItem:
    """A named officer decides on a quarantined file: not secret, declassified by a decision, purge.

    Released bytes return to the batch, which must be checked again. Raises NotFoundForViewer for
    whoever may not decide, Refused if it is decided already, InvalidInput for a missing basis.
    """
    with transaction.atomic():
        held = (
            QuarantinedItem.objects.select_for_update()
            .filter(pk=held_id, body_id__in=acting.viewer.bodies_with("quarantine.decide"))
            .first()
        )
        if held is None:
            raise NotFoundForViewer(_("Không có gì ở đây."))
        if held.decision != QuarantinedItem.Decision.WAITING:
            raise Refused(_("Tệp này đã có quyết định."))
        if decision not in DECISIONS:
            raise InvalidInput(_("Chưa chọn quyết định."))
        if decision == "declassified" and not basis.strip():
            raise InvalidInput(
                _("Cần số quyết định giải mật."),
                problems={"basis": [_("Ghi số, ngày và cơ quan ra quyết định giải mật.")]},
            )
        batch = Batch.objects.select_for_update().get(pk=held.context_obj)
        held.decision = decision
        held.decided_by = acting.viewer.person_id
        held.decided_at = clock.now()
        held.basis = nfc(basis).strip()[:200]
        held.save(update_fields=["decision", "decided_by", "decided_at", "basis"])
        item = BatchFile.objects.filter(quarantine_id=held.id).first()
        if item is not None and decision == "purged":
            _strike_row(batch, held)
            item.delete()
        elif item is not None:
            _release(batch, item, held)
        if decision == "purged":
            _mark(batch)
        record(
            _event(
                "archive.quarantine.decided",
                acting,
                batch,
                {"decision": DECISIONS[decision], "basis": held.basis},
            )
        )
    durable.point("archive.quarantine.decided")
    finish_refusals(batch.pk)
    quarantine.purge(settings.HOME, held.id)
    return held


def note_suspect_viewed(acting: Acting, held: QuarantinedItem) -> None:
    """Record, in the batch's chain of access, that the deciding officer looked at a held file."""
    acting.require("quarantine.decide", held.body_id)
    with transaction.atomic():
        batch = Batch.objects.get(pk=held.context_obj)
        record(_event("archive.quarantine.viewed", acting, batch, {}))


def _strike_row(batch: Batch, held: QuarantinedItem) -> None:
    """Have the row that describes a purged file blanked in our copy of the index as well."""
    if not index_path(batch).is_file():
        return  # the batch is over and its index gone
    note = json.loads(quarantine.read_note(settings.HOME, held.id))
    rows = _rows_about(batch, bytes.fromhex(note["path"]))
    copies = copies_with(batch, rows)
    batch.rows_to_blank = sorted({*batch.rows_to_blank, *rows})
    batch.shut_out = sorted({*batch.shut_out, *(path_mark(batch.id, path) for path in copies)})
    batch.save(update_fields=["rows_to_blank", "shut_out"])
    batch.files.filter(path_bytes__in=list(copies), document=None).delete()


def _rows_about(batch: Batch, path_bytes: bytes) -> frozenset[int]:
    """The numbers of the rows of the index that are about a file."""
    table = dry_run.read_index(batch)
    mapping = dry_run.mapping_of(batch, table)
    return rows_of(batch, table, mapping, dry_run.code_lists(), {shown_path(path_bytes)})


def _forget_decisions(batch: Batch, targets: Set[str]) -> None:
    """Decisions repeat what a file is called and about: those on a held one go."""
    locked = Batch.objects.select_for_update().get(pk=batch.pk)
    locked.decisions = [one for one in locked.decisions if not about(one, targets)]
    locked.save(update_fields=["decisions"])


def _release(batch: Batch, item: BatchFile, held: QuarantinedItem) -> None:
    """Give the bytes back to the batch's folder and let the check open the file."""
    note = json.loads(quarantine.read_note(settings.HOME, held.id))
    path_bytes = bytes.fromhex(note["path"])
    if batch.owns_folder:
        target = path_in(batch, path_bytes)
        durable.make_dirs(target.parent)
        chunks = quarantine.read(settings.HOME, held.id)
        durable.write_file(target, chunks, what="batch.released", mode=0o600)
    item.path_bytes = path_bytes
    item.path = shown_path(path_bytes)
    item.quarantine_id = None
    item.cleared = True
    item.save(update_fields=["path_bytes", "path", "quarantine_id", "cleared"])
    _mark(batch, drop=path_mark(batch.id, path_bytes))


def _mark(batch: Batch, *, add: str = "", drop: str = "") -> None:
    """Shut a path of the batch out, or let it in again; either way the dry run is stale."""
    locked = Batch.objects.select_for_update().get(pk=batch.pk)
    marks = {*locked.shut_out, add} - {"", drop}
    locked.shut_out = sorted(marks)
    locked.updates += 1
    locked.save(update_fields=["shut_out", "updates"])


def _event(kind: str, acting: Acting, batch: Batch, detail: dict[str, str]) -> Event:
    return Event(
        kind=kind,
        obj=batch.id,
        body=batch.body_id,
        actor=acting.actor(batch.body_id),
        detail=detail,
    )
