"""Lists as files, and searches that are kept."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import FileResponse, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from ninja import Query, Status

from tangthu.archive.views.contents import as_download
from tangthu.faces.api import paging, shapes
from tangthu.faces.api.narrowness import require_reader, require_whole_reader
from tangthu.faces.api.routes.shared import router
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.reports import files, sources
from tangthu.reports import queries as reports
from tangthu.reports.actions.keep_views import change_view as run_change_view
from tangthu.reports.actions.keep_views import delete_view as run_delete_view
from tangthu.reports.actions.keep_views import save_view as run_save_view
from tangthu.reports.actions.order_export import fetch_export
from tangthu.reports.actions.order_export import order_export as run_order_export
from tangthu.reports.models import Export, SavedView

Limit = Query(50, ge=1, le=paging.MOST)
_VIEWS = 400


def _drawn(one: Export) -> dict[str, Any]:
    return {
        "id": one.pk,
        "source": one.source,
        "asked": one.asked,
        "columns": one.columns,
        "format": one.format,
        "serial": one.serial,
        "ready": files.is_ready(one),
        "rows": one.rows,
        "size": one.size,
        "sha256": one.sha256,
        "ordered_at": one.ordered_at,
        "finished_at": one.finished_at,
        "expires_at": one.expires_at,
        "job": one.job_id,
    }


@router.get(
    "exports", response=shapes.exports.Exports, tags=["exports"], summary=_("Bản xuất của tôi")
)
def list_exports(request: Any, limit: int = Limit, cursor: str = "") -> Any:
    require_whole_reader(request)
    found = reports.exports(request.viewer)
    return paging.by_moment(request, "exports", found, "ordered_at", _drawn, limit=limit)


@router.post(
    "exports", response={202: shapes.exports.Export}, tags=["exports"],
    summary=_("Xuất một danh sách ra tệp; asked như tham số của danh sách"),
)  # fmt: skip
def order_export(request: Any, response: HttpResponse, data: shapes.exports.OrderExport) -> Any:
    require_whole_reader(request)
    ordered, _job = run_order_export(
        request.acting,
        source=data.source,
        pairs=sources.pairs_of(data.asked),
        columns=data.columns,
        format_=data.format,
    )
    response["Location"] = f"/api/v1/exports/{ordered.pk}"
    return Status(202, _drawn(ordered))


@router.get(
    "exports/{uuid:export_id}", response=shapes.exports.Export, tags=["exports"],
    summary=_("Một bản xuất của tôi"),
)  # fmt: skip
def read_export(request: Any, export_id: uuid.UUID) -> Any:
    found = reports.export(request.viewer, export_id)
    require_whole_reader(request)
    return _drawn(found)


@router.get(
    "exports/{uuid:export_id}/content", tags=["exports"], summary=_("Tải bản xuất"),
    openapi_extra={"x-content": "application/octet-stream"},
)  # fmt: skip
def export_content(request: Any, export_id: uuid.UUID) -> Any:
    found = reports.export(request.viewer, export_id)
    require_whole_reader(request)
    if not files.is_ready(found):
        raise NotFoundForViewer(translate("Tệp này không còn."))
    moment = timezone.localtime(found.ordered_at)
    name = f"{sources.file_name(request.viewer, found)}-{moment:%Y%m%d-%H%M}.{found.format}"
    response = FileResponse(files.file_of(found).open("rb"))
    try:
        fetch_export(request.acting, export_id)
    except Exception:
        response.close()
        raise
    response["Content-Type"] = "application/octet-stream"
    return as_download(response, name)


def _view(request: Any, one: SavedView) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "source": one.source,
        "query": one.query,
        "owner": one.person.full_name,
        "own": one.person_id == request.viewer.person_id,
        "shared_with": one.shared_with_id,
    }


@router.get("views", response=shapes.views.Views, tags=["views"], summary=_("Tìm kiếm đã lưu"))
def list_views(request: Any) -> Any:
    require_reader(request)
    return {"items": [_view(request, one) for one in reports.views(request.viewer)[:_VIEWS]]}


@router.post(
    "views", response={201: shapes.views.View}, tags=["views"], summary=_("Lưu một tìm kiếm")
)
def save_view(request: Any, response: HttpResponse, data: shapes.views.NewView) -> Any:
    require_reader(request)
    kept = run_save_view(
        request.acting, name=data.name, source=data.source, query=data.query,
        shared_with=data.shared_with,
    )  # fmt: skip
    response["Location"] = f"/api/v1/views/{kept.pk}"
    return Status(201, _view(request, reports.view(request.viewer, kept.pk)))


@router.get(
    "views/{uuid:view_id}", response=shapes.views.View, tags=["views"],
    summary=_("Một tìm kiếm đã lưu"),
)  # fmt: skip
def read_view(request: Any, view_id: uuid.UUID) -> Any:
    require_reader(request)
    return _view(request, reports.view(request.viewer, view_id))


@router.patch(
    "views/{uuid:view_id}", response=shapes.views.View, tags=["views"],
    summary=_("Đổi tên, chia sẻ tìm kiếm của tôi"),
)  # fmt: skip
def change_view(request: Any, view_id: uuid.UUID, data: shapes.views.ChangeView) -> Any:
    require_reader(request)
    run_change_view(request.acting, view_id, name=data.name, shared_with=data.shared_with)
    return _view(request, reports.view(request.viewer, view_id))


@router.api_operation(
    ["DELETE"],
    "views/{uuid:view_id}", response={204: None}, tags=["views"],
    summary=_("Xóa tìm kiếm của tôi"),
)  # fmt: skip
def delete_view(request: Any, view_id: uuid.UUID) -> Any:
    require_reader(request)
    run_delete_view(request.acting, view_id)
    return Status(204, None)
