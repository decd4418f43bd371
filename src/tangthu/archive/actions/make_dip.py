"""Make an ordered use package (DIP): only what its person may read now, from AIPs, then judged.

The package is built beside its place, validated, and moved there by one rename; only then do the
row and the events say that it is made. A run that was killed is done again from the start.
"""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tangthu.archive.dip_package import dip_package
from tangthu.archive.models import Dissemination
from tangthu.identity.acting import Acting
from tangthu.kernel import advisory, clock
from tangthu.kernel.errors import HouseError, InvalidInput, NoRoom, Refused
from tangthu.kernel.job_rows import About, Outcome, Row
from tangthu.kernel.jobs import Running
from tangthu.kernel.rulebook import rulebook
from tangthu.ledger.record import Event, record_many
from tangthu.records import queries
from tangthu.records.models import Document
from tangthu.standards import durable
from tangthu.standards.tt05 import dip as tt05_dip
from tangthu.standards.tt05 import validator
from tangthu.standards.tt05.errors import PackageRefusedError
from tangthu.standards.tt05.materialise import pieces
from tangthu.standards.tt05.package import PackagePlan
from tangthu.standards.xml import ForbiddenCharacterError

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class NoLongerThere(Refused):
    """A document that was asked for cannot be seen any more by the person."""


class DipUnsound(HouseError):
    """The package that was made does not pass our own validator; it was not handed out."""


def dip_path(dip_id: uuid.UUID) -> Path:
    """Where the zip of a DIP lies."""
    return settings.HOME.dips / f"{dip_id}.zip"


def visible_documents(acting: Acting, dip: Dissemination) -> list[Document]:
    """The documents of a DIP, in order. Raises NoLongerThere unless its person may see them all."""
    wanted = [uuid.UUID(one) for one in dip.documents]
    found = queries.documents(acting.viewer).in_bulk(wanted)
    if len(found) != len(wanted):
        raise NoLongerThere(
            _("Có tài liệu đã chọn không còn ở đây."), hint=_("Tạo gói khác với tài liệu hiện có.")
        )
    return [found[one] for one in wanted]


def make_dip(acting: Acting, dip_id: uuid.UUID, running: Running) -> Dissemination:
    """Make the DIP. Safe to repeat.

    Raises NoLongerThere, Refused, NotInAip, NotReadable, NoRoom, InvalidInput, DipUnsound, OSError.
    """
    with advisory.exclusive(f"dip {dip_id}"):
        dip = Dissemination.objects.select_related("body").get(pk=dip_id)
        if dip.made_at is not None or dip.removed_at is not None:
            return dip
        acting.require("dissemination.make", dip.body_id)
        documents = visible_documents(acting, dip)
        work = settings.HOME.dips / f".{dip_id}"
        shutil.rmtree(work, ignore_errors=True)  # what a killed run left there
        work.mkdir(mode=0o700)
        try:
            return _make(acting, dip, documents, work, running)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _make(
    acting: Acting,
    dip: Dissemination,
    documents: Sequence[Document],
    work: Path,
    running: Running,
) -> Dissemination:
    moment = clock.now()
    plan = _plan(acting, dip, documents, work, moment)
    total = sum(item.size for item in plan.files)
    if not settings.HOME.has_room(total):
        raise NoRoom(
            _("Ổ đĩa của máy chủ không đủ chỗ cho gói này."),
            hint=_("Chọn ít tài liệu hơn, hoặc báo quản trị dọn bớt ổ đĩa."),
        )
    packed = work / f"{plan.folder}.zip"
    _pack(plan, packed, total, running)
    verdict = validator.validate(packed, rules=rulebook())
    wrong = [one for one in verdict.findings if one.severity == "error"]
    if [one for one in wrong if not _of_a_description(one.place)]:
        raise DipUnsound(
            _("Gói vừa tạo không qua được kiểm tra nên không được giao."),
            hint="; ".join(f"{one.place}: {one.message}" for one in wrong[:5]),
        )
    written = durable.digest_file(packed)
    # Rights may have changed while the bytes were copied.
    visible_documents(acting, dip)
    durable.rename(packed, dip_path(dip.pk), what="dip.made")
    with transaction.atomic():
        made = Dissemination.objects.select_for_update().select_related("body").get(pk=dip.pk)
        if made.removed_at is not None:
            dip_path(dip.pk).unlink(missing_ok=True)
            return made
        made.made_at = clock.now()
        made.expires_at = made.made_at + dt.timedelta(hours=settings.DIP_HOURS)
        made.files = sum(1 for item in plan.files if "/data/" in item.path)
        made.size, made.sha256 = written.size, written.digests["sha256"]
        made.save(update_fields=["made_at", "expires_at", "files", "size", "sha256"])
        record_many(_events(acting, made, documents))
        running.rows(
            *(
                Row(str(one.pk), Outcome.DONE, about=About.DOCUMENT, about_id=one.pk)
                for one in documents
            )
        )
    return made


def _of_a_description(place: str) -> bool:
    """Whether a finding is about how the archive describes a document: handed out as it stands."""
    return "/EAD_doc_" in place


def _plan(
    acting: Acting,
    dip: Dissemination,
    documents: Sequence[Document],
    work: Path,
    moment: dt.datetime,
) -> PackagePlan:
    place = work / "made"
    place.mkdir()
    try:
        with translation.override(settings.LANGUAGE_CODE):  # packages speak Vietnamese
            package = dip_package(dip, documents, acting.viewer, moment)
            return tt05_dip.plan(package, place, rulebook())
    except PackageRefusedError as error:
        raise InvalidInput(
            _("Chưa tạo được gói sử dụng."),
            hint="; ".join(f"{one.place}: {one.message}" for one in error.findings[:10]),
        ) from error
    except ForbiddenCharacterError as error:
        raise InvalidInput(
            _("Mô tả của một tài liệu có ký tự không ghi được vào gói."),
            hint=_("Nhờ lưu trữ viên sửa mô tả."),
        ) from error


def _pack(plan: PackagePlan, target: Path, total: int, running: Running) -> None:
    """Write the package as a zip; content is stored, for most formats are packed already."""
    done = 0
    running.progress(0, total, "byte", force=True)
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED, allowZip64=True) as out:
        for item in plan.files:
            entry = zipfile.ZipInfo(f"{plan.folder}/{item.path}", _ZIP_TIME)
            entry.external_attr = 0o644 << 16
            entry.file_size = item.size
            with out.open(entry, "w", force_zip64=item.size > 2**31) as handle:
                for piece in pieces(item):
                    handle.write(piece)
                    done += len(piece)
                    running.progress(done, total, "byte")
    running.progress(total, total, "byte", force=True)


def _events(acting: Acting, dip: Dissemination, documents: Sequence[Document]) -> list[Event]:
    """One event of the package, and one in each document's chain of access (AR-120)."""
    actor = acting.actor(dip.body_id)
    purpose = dip.request["purpose_code"]
    whole = Event(
        kind="archive.dip.made",
        obj=dip.pk,
        body=dip.body_id,
        actor=actor,
        content=[{"id": "f1", "alg": "sha-256", "h": dip.sha256, "sz": dip.size, "fmt": "zip"}],
        detail={
            "code": dip.code,
            "purpose": purpose,
            "documents": len(documents),
            "files": dip.files,
            "ids": [str(one.pk) for one in documents],
        },
    )
    each = [
        Event(
            kind="archive.document.disseminated",
            obj=one.pk,
            body=dip.body_id,
            actor=actor,
            detail={"code": dip.code, "purpose": purpose, "dip": str(dip.pk)},
        )
        for one in documents
    ]
    return [whole, *each]


def run_making(running: Running) -> dict[str, Any]:
    """Job `archive.dip.make`."""
    from tangthu.archive.checking import acting_of_job

    dip = make_dip(acting_of_job(running), uuid.UUID(running.args["dip"]), running)
    return {"dip": str(dip.pk), "files": dip.files, "bytes": dip.size}
