"""Take what is ready of a batch into the archive, dossier by dossier, and leave the rest waiting.

Bytes first: each file is copied into the working store, read back and compared with the digest
that the check found. Then one transaction makes the dossier, its documents, places, texts, index
entries and events. Killed anywhere and run again, it goes on where it stood.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.archive import describing
from tangthu.archive.actions.decide_batch import locked
from tangthu.archive.actions.open_fonds import inventory_of
from tangthu.archive.batch.describe import archive_file_code, note
from tangthu.archive.batch.model import ReadyDocument, ReadyDossier
from tangthu.archive.incoming import path_in
from tangthu.archive.models import Batch, BatchFile, Place
from tangthu.archive.searchables import reindex_dossiers
from tangthu.capture import text as texts
from tangthu.capture.actions.keep_texts import keep_texts
from tangthu.identity.acting import Acting
from tangthu.kernel import advisory, jobs
from tangthu.kernel.errors import Refused
from tangthu.kernel.models import Job
from tangthu.kernel.sandbox import Sandbox, SandboxError
from tangthu.kernel.stores import FolderStore, content_key
from tangthu.ledger.record import Event, record
from tangthu.records.actions.add_documents import add_documents
from tangthu.records.actions.create_dossier import create_dossier
from tangthu.records.actions.new_records import NewDocument, NewDossier, NewFile
from tangthu.records.models import Dossier, Membership
from tangthu.standards import durable

ACCEPT = "archive.batch.accept"


def queue_acceptance(acting: Acting, batch_id: uuid.UUID, accept: str) -> Job:
    """Queue taking what is ready; `accept` is `complete` or `all-proposals`."""
    with transaction.atomic():
        batch = locked(acting, batch_id)
        batch.state = Batch.State.ACCEPTING
        batch.save(update_fields=["state"])
        return jobs.enqueue(
            ACCEPT,
            args={"batch": str(batch.id), "accept": accept},
            body_id=batch.body_id,
            person_id=acting.viewer.person_id,
            subject_id=batch.id,
        )


def open_documents(batch: Batch, ready: ReadyDossier) -> list[ReadyDocument]:
    """The ready documents that are not records yet: their file has no document."""
    taken = set(
        batch.files.filter(
            path__in=[one.file.path for one in ready.documents], document__isnull=False
        ).values_list("path", flat=True)
    )
    return [one for one in ready.documents if one.file.path not in taken]


def accept_dossier(
    acting: Acting, batch: Batch, ready: ReadyDossier, sandbox: Sandbox
) -> Dossier | None:
    """Take one ready dossier, or the ready documents it did not have yet; None if nothing is new.

    Raises Refused if a file changed since the check.
    """
    waiting = open_documents(batch, ready)
    if not waiting:
        return None
    with advisory.shared(advisory.WORKING_STORE):
        return _take(acting, batch, ready, waiting, sandbox)


def _take(
    acting: Acting,
    batch: Batch,
    ready: ReadyDossier,
    waiting: Sequence[ReadyDocument],
    sandbox: Sandbox,
) -> Dossier:
    files = {
        item.path: item for item in batch.files.filter(path__in=[one.file.path for one in waiting])
    }
    new = [_new_document(one, ready, files[one.file.path]) for one in waiting]
    found: dict[uuid.UUID, Sequence[str]] = {}
    for item, one in zip(new, waiting, strict=True):
        path = path_in(batch, files[one.file.path].path_bytes)
        _store(path_bytes=os.fsencode(path), sha256=one.file.sha256)
        if one.file.mime == "application/pdf":
            try:
                found[item.files[0].id] = texts.read_plain(path, sandbox).pages
            except SandboxError:
                found[item.files[0].id] = ()
    durable.point("archive.accept.stored")
    with transaction.atomic():
        dossier = _make(acting, batch, ready, new)
        keep_texts(found)
        for item, one in zip(new, waiting, strict=True):
            BatchFile.objects.filter(pk=files[one.file.path].pk).update(document_id=item.id)
        reindex_dossiers([dossier.pk])
        record(
            Event(
                kind="archive.batch.accepted",
                obj=batch.id,
                body=batch.body_id,
                actor=acting.actor(batch.body_id),
                detail={
                    "dossiers": 1,
                    "documents": len(new),
                    "proposed": sum(1 for one in waiting if one.confirmed),
                    "dossier": str(dossier.pk),
                },
            )
        )
    durable.point("archive.accept.committed")
    return dossier


def _store(*, path_bytes: bytes, sha256: str) -> None:
    store = FolderStore(settings.HOME.working)
    key = content_key(sha256)
    if store.stat(key) is not None:
        return
    path = describing.native(path_bytes)
    if durable.digest_file(path).digests["sha256"] != sha256:
        raise Refused(
            _("Một tệp của đợt đã thay đổi sau khi kiểm tra."), hint=_("Kiểm tra lại đợt này.")
        )
    store.put(key, durable.chunks_of(path), sha256=sha256)


def _new_document(one: ReadyDocument, ready: ReadyDossier, item: BatchFile) -> NewDocument:
    facts: Mapping[str, Any] = item.facts or {}
    file = NewFile(
        id=uuid.uuid4(),
        name=os.path.basename(bytes(item.path_bytes)),  # noqa: PTH119
        size=item.size,
        sha256=item.sha256,
        media_type=facts.get("mime", ""),
        format_id=facts.get("format_id", ""),
        format_name=facts.get("format_name", ""),
        page_count=facts.get("pages") or 0,
    )
    return NewDocument(
        id=uuid.uuid4(),
        ordinal=describing.ordinal(one),
        description=describing.document_columns(ready, one),
        files=[file],
    )


def _make(acting: Acting, batch: Batch, ready: ReadyDossier, new: Sequence[NewDocument]) -> Dossier:
    code = archive_file_code(ready)
    digitised = describing.is_digitised(ready)
    existing = Dossier.objects.filter(archive_file_code=code, body_id=batch.body_id).first()
    if existing is not None:
        taken = set(Membership.objects.filter(dossier=existing).values_list("ordinal", flat=True))
        if not taken.isdisjoint(item.ordinal for item in new):
            raise Refused(
                _("Hồ sơ đã có tài liệu ở số thứ tự này."), hint=_("Sửa số thứ tự rồi tiếp nhận.")
            )
        return add_documents(
            acting,
            existing.pk,
            new,
            source=batch.name,
            digitised=digitised,
            note=note(ready),
        )
    dossier = create_dossier(
        acting,
        batch.body,
        NewDossier(
            id=uuid.uuid4(),
            description=describing.dossier_columns(ready, new),
            documents=new,
            source=batch.name,
            digitised=digitised,
        ),
    )
    inventory = inventory_of(acting, batch.fonds, describing.inventory_code(ready))
    place = Place(
        dossier=dossier,
        inventory=inventory,
        box=describing.text_of(ready.values, "box"),
        number=describing.text_of(ready.values, "number"),
    )
    place.save(force_insert=True)
    record(
        Event(
            kind="archive.dossier.placed",
            obj=dossier.pk,
            body=batch.body_id,
            actor=acting.actor(batch.body_id),
            detail={
                "inventory": inventory.code,
                "box": place.box or "–",
                "number": place.number,
                "fonds": batch.fonds.code,
            },
        )
    )
    return dossier


def close_batch(acting: Acting, batch_id: uuid.UUID) -> Batch:
    """End a batch: what was not taken is left behind, our upload folder is emptied."""
    from tangthu.archive.actions.open_batch import drop_uploads

    with transaction.atomic():
        batch = locked(acting, batch_id)
        batch.state = Batch.State.CLOSED
        batch.save(update_fields=["state"])
        record(
            Event(
                kind="archive.batch.closed",
                obj=batch.id,
                body=batch.body_id,
                actor=acting.actor(batch.body_id),
            )
        )
        transaction.on_commit(lambda: drop_uploads(batch))
    return batch
