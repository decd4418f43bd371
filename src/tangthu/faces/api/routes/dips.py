"""Use packages (DIPs): ordering, fetching, removing one's own."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from ninja import Query, Status

from tangthu.archive import queries as archive
from tangthu.archive.actions.hand_out_dip import hand_out
from tangthu.archive.actions.order_dip import Asked, chosen_documents
from tangthu.archive.actions.order_dip import order_dip as run_order_dip
from tangthu.archive.actions.remove_dip import remove_dip as run_remove_dip
from tangthu.archive.models import Dissemination
from tangthu.archive.views.contents import as_download
from tangthu.faces.api import drawing, paging, shapes
from tangthu.faces.api.narrowness import require_whole_reader
from tangthu.faces.api.routes.shared import router
from tangthu.identity import queries as identity
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.standards.tt05.identifiers import dip_object_id

Limit = Query(50, ge=1, le=paging.MOST)


def _own(request: Any, dip_id: uuid.UUID) -> Dissemination:
    found = archive.dip(request.viewer, dip_id)
    if found.body_id != request.key.body_id:
        raise NotFoundForViewer(translate("Không có gì ở đây."))
    request.acting.require("dissemination.make", request.key.body_id)
    return found


def _drawn(request: Any, one: Dissemination, *, job: bool) -> dict[str, Any]:
    work = None
    if job:
        jobs = identity.jobs(request.viewer).filter(subject_id=one.pk)
        work = jobs.order_by("-created_at").first()
    return {
        "id": one.pk,
        "code": one.code,
        "state": "removed" if one.removed_at else "ready" if one.made_at else "ordered",
        "documents": one.documents,
        "files": one.files,
        "bytes": one.size,
        "sha256": one.sha256,
        "ordered_at": one.ordered_at,
        "expires_at": one.expires_at,
        "job": drawing.job(work) if work else None,
    }


@router.get("dips", response=shapes.dips.Dips, tags=["dips"], summary=_("Gói sử dụng của tôi"))
def list_dips(request: Any, limit: int = Limit, cursor: str = "") -> Any:
    request.acting.require("dissemination.make", request.key.body_id)
    found = archive.dips(request.viewer).filter(body_id=request.key.body_id)
    return paging.by_moment(
        request, "dips", found, "ordered_at", lambda one: _drawn(request, one, job=False),
        limit=limit,
    )  # fmt: skip


@router.post(
    "dips", response={202: shapes.dips.Dip}, tags=["dips"],
    summary=_("Tạo gói sử dụng của một hồ sơ hay của các tài liệu"),
)  # fmt: skip
def order_dip(request: Any, response: HttpResponse, data: shapes.dips.OrderDip) -> Any:
    if (data.dossier is None) == (not data.documents) and not data.places:
        problems = {"documents": [translate("Nêu một hồ sơ, hoặc các tài liệu.")]}
        raise InvalidInput(translate("Có giá trị chưa đúng."), problems=problems)
    chosen = list(data.documents)
    if data.dossier is not None:
        chosen = chosen_documents(request.acting, data.dossier, data.places, picked=data.documents)
    asked = Asked(
        data.purpose_code, data.purpose_text, data.fee_class, data.research_topic, data.note
    )
    ordered, _job = run_order_dip(request.acting, chosen, asked)
    response["Location"] = f"/api/v1/dips/{ordered.pk}"
    return Status(202, _drawn(request, ordered, job=True))


@router.get(
    "dips/{uuid:dip_id}",
    response=shapes.dips.Dip,
    tags=["dips"],
    summary=_("Một gói sử dụng của tôi"),
)
def read_dip(request: Any, dip_id: uuid.UUID) -> Any:
    return _drawn(request, _own(request, dip_id), job=True)


@router.get(
    "dips/{uuid:dip_id}/content", tags=["dips"], summary=_("Tải gói sử dụng (zip)"),
    openapi_extra={"x-content": "application/zip"},
)  # fmt: skip
def dip_content(request: Any, dip_id: uuid.UUID) -> Any:
    _own(request, dip_id)
    require_whole_reader(request)
    found, pieces = hand_out(request.acting, dip_id)
    response = as_download(StreamingHttpResponse(pieces), f"{dip_object_id(found.pk)}.zip")
    response["Content-Type"] = "application/zip"
    response["Content-Length"] = str(found.size)
    return response


@router.api_operation(
    ["DELETE"],
    "dips/{uuid:dip_id}",
    response={204: None},
    tags=["dips"],
    summary=_("Xóa gói sử dụng của tôi"),
)
def remove_dip(request: Any, dip_id: uuid.UUID) -> Any:
    _own(request, dip_id)
    run_remove_dip(request.acting, dip_id)
    return Status(204, None)
