"""Seal a dossier into its AIP on the archivist's word; a changed dossier gets a further version."""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.archive import packaging
from tangthu.archive.models import Place
from tangthu.archive.searchables import reindex_dossiers
from tangthu.identity.acting import Acting
from tangthu.kernel import advisory, clock, jobs
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.kernel.models import Job
from tangthu.kernel.rulebook import rulebook
from tangthu.kernel.stores import FolderStore, content_key
from tangthu.ledger.integrator import step
from tangthu.ledger.logs import log_of
from tangthu.records.models import ContentFile, Dossier, Membership
from tangthu.repository.actions.store_package import Order, store_package
from tangthu.repository.models import Package, PackageVersion
from tangthu.standards import ocfl
from tangthu.standards.tt05 import aip_hoso
from tangthu.standards.tt05.errors import PackageRefusedError
from tangthu.standards.tt05.identifiers import object_id
from tangthu.standards.tt05.package import PackagePlan

SEAL = "archive.dossier.seal"


class NothingToSeal(Refused):
    """The newest version of the package already says what the records say."""


def queue_sealing(acting: Acting, dossier_id: uuid.UUID) -> Job:
    """Order the sealing of a dossier: its next version is fixed now, the work runs as a job.

    Raises NotFoundForViewer, Refused without `archive.seal`, NothingToSeal if nothing changed.
    """
    with transaction.atomic():
        dossier = (
            Dossier.objects.select_for_update()
            .filter(pk=dossier_id, body_id__in=acting.viewer.bodies_with("archive.seal"))
            .first()
        )
        if dossier is None:
            raise NotFoundForViewer(_("Không có gì ở đây."))
        order = _order(dossier)
        return jobs.enqueue(
            SEAL,
            args=order,
            body_id=dossier.body_id,
            person_id=acting.viewer.person_id,
            subject_id=dossier.pk,
        )


def _order(dossier: Dossier) -> dict[str, Any]:
    package = Package.objects.filter(dossier_id=dossier.pk).first()
    digest = packaging.state_digest(dossier)
    number, status = 1, "NEW"
    if package is not None:
        newest = PackageVersion.objects.get(package=package, number=package.head)
        if newest.state_sha256 == digest:
            raise NothingToSeal(
                _("Hồ sơ không có thay đổi nào từ lần đóng gói trước."),
                hint=_("Không cần đóng gói lại."),
            )
        number, status = package.head + 1, "SUPPLEMENT"
    return {
        "dossier": str(dossier.pk),
        "package": str(package.pk if package else uuid.uuid4()),
        "number": number,
        "status": status,
        "state": digest,
        "moment": clock.now().replace(microsecond=0).isoformat(),
    }


def seal(acting: Acting, args: dict[str, Any]) -> PackageVersion:
    """Carry out an order: plan, store in every store, enter in the catalogue.

    Safe to repeat after a crash. Raises InvalidInput with the findings when the descriptions do
    not meet TT05, OcflError or OSError when a store fails.
    """
    dossier = Dossier.objects.select_related("body").get(pk=args["dossier"])
    acting.require("archive.seal", dossier.body_id)
    package_id = uuid.UUID(args["package"])
    order = Order(
        package_id=package_id,
        objid=object_id(package_id),
        number=args["number"],
        moment=dt.datetime.fromisoformat(args["moment"]),
        message=f"{args['status']} v{args['number']} {dossier.archive_file_code}",
        record_status=args["status"],
        state_sha256=args["state"],
    )
    with advisory.exclusive(f"seal {dossier.pk}"):
        done = PackageVersion.objects.filter(package_id=package_id, number=order.number).first()
        if done is None:
            done = _store(acting, dossier, order)
        _drop_working_copies(dossier)
    return done


def _store(acting: Acting, dossier: Dossier, order: Order) -> PackageVersion:
    other = Package.objects.filter(dossier_id=dossier.pk).exclude(pk=order.package_id).first()
    if other is not None:
        raise Refused(_("Hồ sơ vừa được người khác đóng gói."), hint=_("Tải lại trang."))
    place = Place.objects.select_related("inventory__fonds").get(dossier=dossier)
    log = log_of(dossier.body_id)
    while step(log):
        pass  # every event so far must have its place in the log before it enters a package
    with tempfile.TemporaryDirectory(dir=settings.HOME.cache) as work:

        def make_plan() -> PackagePlan:
            package = packaging.package_of(
                dossier,
                place,
                package_id=order.package_id,
                created=_created(order),
                modified=order.moment,
                record_status=order.record_status,
            )
            try:
                return aip_hoso.plan(package, Path(work), rulebook())
            except PackageRefusedError as error:
                raise InvalidInput(
                    _("Mô tả chưa đủ để đóng gói."),
                    hint="; ".join(
                        f"{finding.place}: {finding.message}" for finding in error.findings[:10]
                    ),
                    problems={"": [finding.message for finding in error.findings[:200]]},
                ) from error

        return store_package(
            acting,
            dossier.body,
            dossier.pk,
            order,
            make_plan,
            lambda: _index(dossier),
        )


def _index(dossier: Dossier) -> None:
    reindex_dossiers([dossier.pk])


def _created(order: Order) -> dt.datetime:
    first = PackageVersion.objects.filter(package_id=order.package_id, number=1).first()
    return first.sealed_at if first else order.moment


def _drop_working_copies(dossier: Dossier) -> None:
    """After every store verified its copy, content lives in AIPs only (DESIGN section 2)."""
    store = FolderStore(settings.HOME.working)
    documents = Membership.objects.filter(dossier=dossier).values("document_id")
    digests = set(
        ContentFile.objects.filter(document__in=documents).values_list("sha256", flat=True)
    )
    sealed = Package.objects.values("dossier_id")
    with advisory.exclusive(advisory.WORKING_STORE):
        still_open = set(
            ContentFile.objects.filter(sha256__in=digests)
            .exclude(document__memberships__dossier_id__in=sealed)
            .values_list("sha256", flat=True)
        )
        for digest in digests - still_open:
            store.remove(content_key(digest))


def run_sealing(running: jobs.Running) -> dict[str, Any]:
    """Job `archive.dossier.seal`."""
    from tangthu.archive.checking import acting_of_job

    try:
        version = seal(acting_of_job(running), running.args)
    except ocfl.OcflError as error:
        raise Refused(
            _("Kho không nhận gói: {why}").format(why=error), hint=_("Kiểm tra các kho.")
        ) from error
    return {"version": version.number, "files": version.files, "bytes": version.bytes}
