"""Take what is ready of a batch into the archive, dossier by dossier, and leave the rest waiting.

Bytes first: each file is copied into the working store, read back and compared with the digest
that the check found. Then one transaction makes the dossier, its documents, places, texts, index
entries and events. Killed anywhere and run again, it goes on where it stood.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Model
from django.utils.translation import gettext_lazy as _

from tangthu.archive import describing, retired_codes
from tangthu.archive.actions.decide_batch import locked, resting
from tangthu.archive.actions.open_batch import drop_uploads
from tangthu.archive.actions.open_fonds import inventory_of
from tangthu.archive.batch.accept import ALL_PROPOSALS, COMPLETE
from tangthu.archive.batch.describe import archive_file_code, note_retold
from tangthu.archive.batch.model import ReadyDocument, ReadyDossier
from tangthu.archive.incoming import forget_facts, path_in
from tangthu.archive.job_kinds import ACCEPT
from tangthu.archive.models import Batch, BatchFile, Inventory, Place
from tangthu.archive.searchables import reindex_dossiers
from tangthu.capture import text as texts
from tangthu.capture.actions.keep_texts import keep_texts
from tangthu.identity.acting import Acting
from tangthu.kernel import advisory, jobs
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.kernel.models import Job, QuarantinedItem
from tangthu.kernel.sandbox import Sandbox, SandboxError
from tangthu.kernel.stores import FolderStore, StoreDamaged, content_key
from tangthu.ledger.record import Event, record
from tangthu.records.actions.add_documents import add_documents
from tangthu.records.actions.create_dossier import create_dossier
from tangthu.records.actions.new_records import NewDocument, NewDossier, NewFile
from tangthu.records.models import Document, Dossier, Membership
from tangthu.standards import durable
from tangthu.standards.tt05.errors import InvalidCodeError
from tangthu.standards.vietnamese import fold

READERS = 2


def queue_acceptance(
    acting: Acting, batch_id: uuid.UUID, accept: str, *, queued: bool = True
) -> Job:
    """Queue taking what is ready; `accept` is `complete` or `all-proposals`.

    Raises Refused while a file of the batch waits to be looked at again.
    """
    if accept not in (COMPLETE, ALL_PROPOSALS):
        raise InvalidInput(_("Chưa chọn cách tiếp nhận."))
    with transaction.atomic():
        batch = locked(acting, batch_id)
        if batch.files.filter(facts__isnull=True, quarantine_id=None).exists():
            raise Refused(
                _("Có tệp mới hoặc đã thay đổi, chưa được kiểm tra."),
                hint=_("Kiểm tra lại đợt này rồi tiếp nhận."),
            )
        batch.state = Batch.State.ACCEPTING
        batch.save(update_fields=["state"])
        return jobs.enqueue(
            ACCEPT,
            args={"batch": str(batch.id), "accept": accept},
            body_id=batch.body_id,
            person_id=acting.viewer.person_id,
            subject_id=batch.id,
            queued=queued,
        )


def open_documents(batch: Batch, ready: ReadyDossier) -> list[ReadyDocument]:
    """The ready documents that are not records yet: their file has no document."""
    taken = set(batch.files.filter(document__isnull=False).values_list("path", flat=True))
    return [one for one in ready.documents if one.file.path not in taken]


def accept_dossier(
    acting: Acting,
    batch: Batch,
    ready: ReadyDossier,
    sandbox: Sandbox,
    told: Callable[[int], None] = lambda stored: None,
    also: Callable[[Dossier], None] = lambda dossier: None,
) -> Dossier | None:
    """Take one ready dossier, or the ready documents it did not have yet; None if nothing is new.

    `told` hears how many files are stored and may raise NotFinished to stop; `also` runs in the
    transaction that takes the dossier. Raises Refused if a file changed since the check, or
    something cannot be taken as it is described.
    """
    waiting = open_documents(batch, ready)
    if not waiting:
        return None
    files = {
        item.path: item
        for item in batch.files.filter(document=None, facts__isnull=False)
        if item.path
    }
    try:
        code = archive_file_code(ready)
        new = [_new_document(one, ready, files[one.file.path]) for one in waiting]
        _fits(ready, new)
    except (InvalidCodeError, ValueError) as error:
        raise Refused(
            _("Hồ sơ %(number)s không lập được mã lưu trữ.")
            % {"number": describing.text_of(ready.values, "number")},
            hint=_("Kiểm tra số hồ sơ, năm, mã cơ quan và số thứ tự văn bản."),
        ) from error
    # Sealing removes contents that no record needs; it waits until ours are records.
    with advisory.shared(advisory.WORKING_STORE):
        for stored, one in enumerate(waiting, start=1):
            _store(batch, files[one.file.path])
            told(stored)
        found = _texts(new, sandbox)
        durable.point("archive.accept.stored")
        with transaction.atomic():
            dossier = _make(acting, batch, ready, code, new)
            keep_texts(found)
            for item, one in zip(new, waiting, strict=True):
                BatchFile.objects.filter(pk=files[one.file.path].pk).update(document_id=item.id)
            reindex_dossiers([dossier.pk])
            also(dossier)
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


def _store(batch: Batch, item: BatchFile) -> None:
    """Copy a file into the working store under the digest that the check found."""
    store = FolderStore(settings.HOME.working)
    key = content_key(item.sha256)
    if store.stat(key) is not None:
        return
    path = path_in(batch, item.path_bytes)
    try:
        same = durable.digest_file(path).digests["sha256"] == item.sha256
        if same:
            store.put(key, durable.chunks_of(path), sha256=item.sha256)
    except (FileNotFoundError, StoreDamaged):
        same = False
    if not same:
        forget_facts(item)
        Batch.objects.filter(pk=batch.pk).update(updates=F("updates") + 1)
        raise Refused(
            _("Tệp “%(file)s” đã thay đổi hoặc biến mất sau khi kiểm tra.") % {"file": item.path},
            hint=_("Kiểm tra lại đợt này rồi tiếp nhận."),
        )


def _texts(new: Sequence[NewDocument], sandbox: Sandbox) -> dict[uuid.UUID, Sequence[str]]:
    """The text of each page of the PDFs, read from the bytes that were stored."""
    store = FolderStore(settings.HOME.working)
    given = [item.files[0] for item in new if item.files[0].media_type == "application/pdf"]

    def read(file: NewFile) -> Sequence[str]:
        try:
            return texts.read_plain(store.path(content_key(file.sha256)), sandbox).pages
        except SandboxError:
            return ()

    with ThreadPoolExecutor(READERS) as pool:
        return {file.id: pages for file, pages in zip(given, pool.map(read, given), strict=True)}


def _fits(ready: ReadyDossier, new: Sequence[NewDocument]) -> None:
    """Refuse values that are longer than the catalogue can hold; nothing is ever cut."""
    place = {
        "box": describing.text_of(ready.values, "box"),
        "number": describing.text_of(ready.values, "number"),
    }
    shelf = {"code": describing.inventory_code(ready)}
    wholes: list[tuple[type[Model], Mapping[str, Any]]] = [
        (Dossier, describing.dossier_columns(ready, new)),
        (Place, place),
        (Inventory, shelf),
        *((Document, one.description) for one in new),
    ]
    for model, values in wholes:
        for name, value in values.items():
            limit = getattr(model._meta.get_field(name), "max_length", None)
            if limit is not None and isinstance(value, str) and len(value) > limit:
                raise Refused(
                    _("Giá trị “%(value)s…” quá dài: tối đa %(limit)s ký tự.")
                    % {"value": value[:60], "limit": limit},
                    hint=_("Rút gọn giá trị này rồi tiếp nhận."),
                    field=name,
                )


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


def _make(
    acting: Acting, batch: Batch, ready: ReadyDossier, code: str, new: Sequence[NewDocument]
) -> Dossier:
    digitised = describing.is_digitised(ready)
    existing = Dossier.objects.filter(archive_file_code=code, body_id=batch.body_id).first()
    if existing is not None:
        taken = Membership.objects.filter(dossier=existing)
        _same_dossier(batch, existing, ready)
        if not {item.ordinal for item in new}.isdisjoint(taken.values_list("ordinal", flat=True)):
            raise Refused(
                _("Hồ sơ %(code)s đã có tài liệu ở số thứ tự này.") % {"code": code},
                hint=_("Sửa số thứ tự rồi tiếp nhận."),
            )
        return add_documents(
            acting,
            existing.pk,
            new,
            source=batch.name,
            digitised=digitised,
            note=note_retold(existing.note, ready, taken.count() + len(new)),
        )
    retired_codes.require_in_use(ready)
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


def _same_dossier(batch: Batch, existing: Dossier, ready: ReadyDossier) -> None:
    """A code is given once (AR-36): only the same dossier grows, and only from its own fonds."""
    home = Place.objects.select_related("inventory__fonds").filter(dossier=existing).first()
    if home is not None and home.inventory.fonds_id != batch.fonds_id:
        raise Refused(
            _("Mã %(code)s đã thuộc về một hồ sơ của phông %(fonds)s.")
            % {"code": existing.archive_file_code, "fonds": home.inventory.fonds.code},
            hint=_("Nhập đợt này vào đúng phông, hoặc sửa số hồ sơ."),
        )
    ours = batch.files.filter(document__memberships__dossier=existing).exists()
    title = describing.text_of(ready.values, "title")
    if not ours and " ".join(fold(existing.title).split()) != " ".join(fold(title).split()):
        raise Refused(
            _("Mã %(code)s đã thuộc về hồ sơ “%(title)s”.")
            % {"code": existing.archive_file_code, "title": existing.title[:120]},
            hint=_("Mã hồ sơ chỉ cấp một lần: sửa số hồ sơ, hoặc sửa tiêu đề nếu là một hồ sơ."),
        )


def close_batch(acting: Acting, batch_id: uuid.UUID) -> Batch:
    """End a batch: what was not taken is left behind, our upload folder is emptied.

    Also ends a batch whose check was stopped or failed. Raises Refused while its work runs, or
    while a file of it waits in quarantine.
    """
    with transaction.atomic():
        batch = resting(acting, batch_id)
        waiting = QuarantinedItem.objects.filter(
            context_obj=batch.id, decision=QuarantinedItem.Decision.WAITING
        )
        if waiting.exists():
            raise Refused(
                _("Còn tệp của đợt này đang bị cách ly."),
                hint=_("Chờ lãnh đạo quyết định về tệp đó rồi kết thúc đợt."),
            )
        taken = batch.files.filter(document__isnull=False).exists()
        batch.state = Batch.State.CLOSED if taken else Batch.State.ABANDONED
        batch.save(update_fields=["state"])
        record(
            Event(
                kind="archive.batch.closed",
                obj=batch.id,
                body=batch.body_id,
                actor=acting.actor(batch.body_id),
            )
        )
    durable.point("archive.batch.closed")
    drop_uploads(batch)
    return batch
