"""Seal a dossier into its AIP on the archivist's word; a changed dossier gets a further version."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tangthu.archive import bound, packaging
from tangthu.archive.job_kinds import SEAL
from tangthu.archive.models import Place
from tangthu.archive.searchables import reindex_dossiers
from tangthu.identity.acting import Acting
from tangthu.kernel import advisory, clock, jobs
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.kernel.models import Job
from tangthu.kernel.rulebook import rulebook
from tangthu.kernel.stores import FolderStore, content_key
from tangthu.ledger.logs import log_of
from tangthu.records.models import Dossier
from tangthu.records.queries import withheld_in
from tangthu.repository.actions.store_package import (
    Order,
    Tell,
    is_stored,
    silent,
    store_package,
)
from tangthu.repository.models import Package, PackageVersion
from tangthu.repository.reading import packaged_only
from tangthu.standards import ocfl
from tangthu.standards.tt05 import aip_hoso
from tangthu.standards.tt05.errors import PackageRefusedError
from tangthu.standards.tt05.findings import Finding
from tangthu.standards.tt05.identifiers import object_id
from tangthu.standards.tt05.package import PackagePlan

_UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)


class Withheld(Refused):
    """A document of the dossier is withheld as a possible state secret."""


class NothingToSeal(Refused):
    """The newest version of the package already says what the records say."""


def queue_sealing(acting: Acting, dossier_id: uuid.UUID) -> Job:
    """Order the sealing of a dossier: its next version is fixed now, the work runs as a job.

    While an order for the dossier is still worked on, that one is answered with. An order that
    failed after it had stored something is taken up again, so that nothing stays half entered.
    Raises NotFoundForViewer, Withheld, NothingToSeal if nothing changed.
    """
    with transaction.atomic():
        dossier = (
            Dossier.objects.select_for_update()
            .filter(pk=dossier_id, body_id__in=acting.viewer.bodies_with("archive.seal"))
            .first()
        )
        if dossier is None:
            raise NotFoundForViewer(_("Không có gì ở đây."))
        _refuse_withheld(dossier)
        left = _unfinished(dossier)
        if left is not None and left.state in _UNDER_WAY and jobs.is_queued(left.pk):
            return left
        args = left.args if left is not None and is_stored(_order(left.args)) else None
        return jobs.enqueue(
            SEAL,
            args=args or _new_order(dossier),
            body_id=dossier.body_id,
            person_id=acting.viewer.person_id,
            subject_id=dossier.pk,
        )


def resume_sealing(acting: Acting, job: Job) -> Job:
    """Go on with a sealing that was stopped or failed; what it had stored is taken up again."""
    return queue_sealing(acting, uuid.UUID(job.args["dossier"]))


def _refuse_withheld(dossier: Dossier) -> None:
    """AR-129: while a secret is suspected, no copy of the dossier is made."""
    if withheld_in(dossier.pk):
        raise Withheld(
            _("Hồ sơ có tài liệu đang bị cách ly nên chưa đóng gói được."),
            hint=_("Chờ kết luận của lãnh đạo phụ trách bảo vệ bí mật nhà nước."),
        )


def _unfinished(dossier: Dossier) -> Job | None:
    """The newest order of the dossier, if it did not come to its end."""
    newest = Job.objects.filter(kind=SEAL, subject_id=dossier.pk).order_by("-created_at").first()
    return newest if newest is not None and newest.state != Job.State.DONE else None


def _new_order(dossier: Dossier) -> dict[str, Any]:
    package = Package.objects.filter(dossier_id=dossier.pk).first()
    number, status = 1, "NEW"
    if package is not None:
        newest = PackageVersion.objects.get(package=package, number=package.head)
        if newest.state_sha256 == packaging.state_digest(dossier):
            raise NothingToSeal(
                _("Hồ sơ không có thay đổi nào từ lần đóng gói trước."),
                hint=_("Không cần đóng gói lại."),
            )
        number, status = package.head + 1, "SUPPLEMENT"
    moment = clock.now()
    return {
        "dossier": str(dossier.pk),
        "code": dossier.archive_file_code,
        "package": str(package.pk if package else uuid.uuid4()),
        "number": number,
        "status": status,
        # Thousandths of a second are what packages and inventories can say.
        "moment": moment.replace(microsecond=moment.microsecond // 1000 * 1000).isoformat(),
    }


def _order(args: dict[str, Any]) -> Order:
    package_id = uuid.UUID(args["package"])
    return Order(
        package_id=package_id,
        objid=object_id(package_id),
        number=args["number"],
        moment=dt.datetime.fromisoformat(args["moment"]),
        message=f"{args['status']} v{args['number']} {args['code']}",
        record_status=args["status"],
    )


def seal(acting: Acting, args: dict[str, Any], tell: Tell = silent) -> PackageVersion:
    """Carry out an order: plan, store in every store, enter in the catalogue.

    Safe to repeat after a crash. The version holds the dossier as it was in one instant after the
    work began, and says which (`state_sha256`). `tell` hears how many bytes of how many were stored
    and may raise to stop. Raises Withheld, also for a document that is
    withheld meanwhile; InvalidInput with the findings when the descriptions do not meet TT05;
    StoreUnusable, CopyDamaged, OcflError or OSError when a store fails.
    """
    dossier = Dossier.objects.select_related("body").get(pk=args["dossier"])
    acting.require("archive.seal", dossier.body_id)
    _refuse_withheld(dossier)
    order = _order(args)
    with advisory.exclusive(f"seal {dossier.pk}"):
        done = PackageVersion.objects.filter(
            package_id=order.package_id, number=order.number, sealed_at=order.moment
        ).first()
        if done is None:
            done = _store(acting, dossier, order, tell)
        _drop_working_copies(done)
    return done


def _store(acting: Acting, dossier: Dossier, order: Order, tell: Tell) -> PackageVersion:
    package = Package.objects.filter(dossier_id=dossier.pk).first()
    if package is not None and (package.pk, package.head + 1) != (order.package_id, order.number):
        raise Refused(_("Hồ sơ vừa được người khác đóng gói."), hint=_("Tải lại trang."))
    work = settings.HOME.cache / f"seal-{order.package_id}"
    shutil.rmtree(work, ignore_errors=True)  # what a killed run left there
    work.mkdir(parents=True)
    try:
        return store_package(
            acting,
            dossier.body,
            dossier.pk,
            order,
            lambda: _plan(dossier, order, work),
            lambda: _enter(dossier),
            tell,
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _enter(dossier: Dossier) -> None:
    """What the catalogue's transaction does besides.

    A document that was withheld after the plan was made keeps the version out. From the index on,
    whoever withholds one waits until this is committed.
    """
    reindex_dossiers([dossier.pk])
    _refuse_withheld(dossier)


def _plan(dossier: Dossier, order: Order, work: Path) -> tuple[PackagePlan, str]:
    """The plan of the package, and the digest of the state it was made from."""
    with (
        translation.override(settings.LANGUAGE_CODE),  # packages speak Vietnamese, whoever asks
        packaging.standing_still(log_of(dossier.body_id), dossier.pk, order.package_id) as still,
    ):
        _refuse_withheld(still)
        package = packaging.package_of(
            still,
            Place.objects.select_related("inventory__fonds").get(dossier=still),
            package_id=order.package_id,
            created=_created(order),
            modified=order.moment,
            record_status=order.record_status,
        )
        state = packaging.state_digest(still)
    try:
        tolerate = None if bound.binds(still.body) else _advice
        return aip_hoso.plan(package, work, rulebook(), tolerate=tolerate), state
    except PackageRefusedError as error:
        raise InvalidInput(
            _("Mô tả chưa đủ để đóng gói."),
            hint="; ".join(
                f"{finding.place}: {finding.message}" for finding in error.findings[:10]
            ),
            problems={"": [finding.message for finding in error.findings[:200]]},
        ) from error


def _advice(finding: Finding) -> bool:
    """Where the circular only advises, none of its findings refuses a package (AR-03)."""
    return True


def _created(order: Order) -> dt.datetime:
    first = PackageVersion.objects.filter(package_id=order.package_id, number=1).first()
    return first.sealed_at if first else order.moment


def _drop_working_copies(version: PackageVersion) -> None:
    """After every store verified its copy, content lives in AIPs only (DESIGN section 2).

    Only what this version holds, and nothing that a record outside a package still needs.
    """
    store = FolderStore(settings.HOME.working)
    with advisory.exclusive(advisory.WORKING_STORE):
        for digest in packaged_only(version):
            store.remove(content_key(digest))


def run_sealing(running: jobs.Running) -> dict[str, Any]:
    """Job `archive.dossier.seal`."""
    from tangthu.archive.checking import acting_of_job

    try:
        version = seal(
            acting_of_job(running),
            running.args,
            lambda done, total: running.progress(done, total, "byte", force=done == total),
        )
    except ocfl.OcflError as error:
        raise Refused(
            _("Kho không nhận gói: {why}").format(why=error), hint=_("Kiểm tra các kho.")
        ) from error
    return {"version": version.number, "files": version.files, "bytes": version.bytes}
