"""The ledger: how the body's log stands, its checkpoint, and checking a proof."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from ninja import Status

from tangthu.faces.api import drawing, shapes
from tangthu.faces.api.routes.shared import router
from tangthu.identity.actions.resume_log import order_resume
from tangthu.kernel.errors import HouseError, NotFoundForViewer
from tangthu.ledger.logs import Log, log_of
from tangthu.ledger.overview import overview
from tangthu.ledger.proofs import BundleRefused, verify_bundle
from tangthu.ledger.publishing import tree_folder
from tangthu.ledger.signer import Signer
from tangthu.standards.ril.errors import RilError
from tangthu.standards.tlog.checkpoint import open_checkpoint
from tangthu.standards.tlog.errors import TlogError
from tangthu.standards.tlog.reader import TileReader


class NoCheckpoint(HouseError):
    """The log has no signed checkpoint yet."""

    http_status = 409


@router.get("ledger", response=shapes.ledger.Logs, tags=["ledger"], summary=_("Sổ cái đang ở đâu"))
def list_logs(request: Any) -> Any:
    request.acting.require("repository.audit", request.key.body_id)
    audited = sorted(request.viewer.bodies_with("repository.audit"))
    names = ("body", "origin", "size", "signed_size", "pending", "lag_seconds", "root",
             "signed_at", "stopped")  # fmt: skip
    return {"items": [{name: getattr(one, name) for name in names} for one in overview(audited)]}


def _log(request: Any, body_id: uuid.UUID) -> Log:
    if body_id not in {one[0] for one in request.viewer.positions}:
        raise NotFoundForViewer(translate("Không có gì ở đây."))
    return log_of(body_id)


@router.get(
    "ledger/{uuid:body_id}/checkpoint", response=shapes.ledger.Checkpoint, tags=["ledger"],
    summary=_("Điểm kiểm tra đã ký mới nhất và khóa công khai"),
)  # fmt: skip
def read_checkpoint(request: Any, body_id: uuid.UUID) -> Any:
    log = _log(request, body_id)
    key = Signer(settings.HOME, log.log_id, log.origin).verifier_key
    try:
        note = TileReader(tree_folder(settings.HOME, log)).checkpoint()
        open_checkpoint(note, log.origin, [key])
    except TlogError as error:
        raise NoCheckpoint(
            translate("Sổ cái chưa có điểm kiểm tra."), hint=translate("Thử lại sau một phút.")
        ) from error
    return {"origin": log.origin, "checkpoint": note.decode("utf-8"), "keys": [key.encode()]}


@router.post(
    "ledger/{uuid:body_id}/verify", response=shapes.ledger.Verified, tags=["ledger"],
    summary=_("Kiểm tra một bằng chứng với khóa của sổ cái này"),
)  # fmt: skip
def verify(request: Any, body_id: uuid.UUID, data: shapes.ledger.Verify) -> Any:
    log = _log(request, body_id)
    key = Signer(settings.HOME, log.log_id, log.origin).verifier_key
    try:
        events = verify_bundle(data.bundle, log.origin, [key])
    except (BundleRefused, RilError, TlogError) as error:
        return {"holds": False, "events": 0, "why": str(error)[:400]}
    return {"holds": True, "events": events, "why": ""}


@router.post(
    "ledger/{uuid:body_id}/resume", response={202: shapes.work.Job}, tags=["ledger"],
    summary=_("Kiểm tra lại toàn bộ sổ cái đã dừng và cho ghi tiếp"),
)  # fmt: skip
def resume(request: Any, body_id: uuid.UUID) -> Any:
    _log(request, body_id)
    return Status(202, drawing.job(order_resume(request.acting, body_id)))
