"""One act for many records: POST says what would come of each, confirming its digest starts it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from ninja import Query, Status

from tangthu.bulk import acts, queries
from tangthu.bulk.actions.choose_rows import choose_listed, choose_marked
from tangthu.bulk.actions.confirm_act import confirm_act as run_confirm_act
from tangthu.bulk.actions.preview_act import preview_act as run_preview_act
from tangthu.bulk.models import BulkAct
from tangthu.faces.api import drawing, paging, shapes
from tangthu.faces.api.narrowness import require_whole_reader
from tangthu.faces.api.problems import BadFields
from tangthu.faces.api.routes.shared import router
from tangthu.reports import sources

Limit = Query(50, ge=1, le=paging.MOST)
# What is written for the person as a file is written with all that he may read.
_FILES = frozenset({"dip", "export", "contents"})


def _drawn(request: Any, one: BulkAct) -> dict[str, Any]:
    counts = queries.counts(request.viewer, one)
    return {
        "id": one.pk,
        "act": one.act,
        "of": one.kind,
        "args": one.args,
        "digest": one.digest,
        "able": counts.able,
        "refused": counts.refused,
        "done": counts.done,
        "not_done": counts.not_done,
        "made_at": one.made_at,
        "expires_at": None if one.confirmed_at else one.expires_at,
        "confirmed_at": one.confirmed_at,
        "job": one.job_id,
    }


@router.post(
    "bulk-acts", response={201: shapes.bulk.BulkAct}, tags=["bulk"],
    summary=_("Xem trước một việc với mọi dòng của một bộ lọc, hoặc với các dòng được nêu"),
)  # fmt: skip
def preview_act(request: Any, response: HttpResponse, data: shapes.bulk.NewBulkAct) -> Any:
    kind = "dossier" if data.of == "dossiers" else "document"
    acts.act(request.viewer, kind, data.act)
    if data.ids and data.asked:
        words = translate("Chỉ một trong hai: ids hoặc asked.")
        raise BadFields(translate("Có giá trị chưa đúng."), problems={"ids": [words]})
    if data.act in _FILES:
        require_whole_reader(request)
    if data.ids:
        made = choose_marked(request.acting, data.of, data.ids)
    else:
        stray = sorted(set(data.asked) - set(sources.KEPT))
        if stray:  # what is not understood must not widen what is done
            raise BadFields(translate("Có giá trị chưa đúng."), problems={"asked": stray})
        made = choose_listed(request.acting, data.of, sources.pairs_of(data.asked))
    made = run_preview_act(request.acting, made.pk, data.act, data.args)
    response["Location"] = f"/api/v1/bulk-acts/{made.pk}"
    return Status(201, _drawn(request, made))


@router.get(
    "bulk-acts/{uuid:bulk_id}", response=shapes.bulk.BulkAct, tags=["bulk"],
    summary=_("Một việc hàng loạt: bản xem trước, hoặc đã làm đến đâu"),
)  # fmt: skip
def read_bulk_act(request: Any, bulk_id: uuid.UUID) -> Any:
    return _drawn(request, queries.bulk_act(request.viewer, bulk_id))


@router.get(
    "bulk-acts/{uuid:bulk_id}/rows", response=shapes.bulk.BulkRows, tags=["bulk"],
    summary=_("Từng dòng: làm được không và vì sao, sẽ đổi gì, kết quả; dòng không làm được trước"),
)  # fmt: skip
def bulk_act_rows(request: Any, bulk_id: uuid.UUID, limit: int = Limit, cursor: str = "") -> Any:
    found = queries.bulk_act(request.viewer, bulk_id)

    def part(start: int, most: int) -> tuple[list[queries.SeenRow], int]:
        return queries.rows(request.viewer, found, start=start, most=most)

    return paging.by_part(
        request, "bulk-rows", part, _row, limit=limit, asked={"act": str(found.pk)}
    )


def _row(one: queries.SeenRow) -> dict[str, Any]:
    row = one.row
    return {
        "object": row.obj,
        "name": one.name,
        "outcome": row.outcome or ("refused" if row.why_not else "waiting"),
        "why": row.why_not or row.message,
        "old": row.told.get("old"),
        "new": row.told.get("new"),
    }


@router.post(
    "bulk-acts/{uuid:bulk_id}/confirm", response={202: shapes.work.Job}, tags=["bulk"],
    summary=_("Xác nhận đúng bản xem trước có mã băm này; một công việc làm từng dòng"),
)  # fmt: skip
def confirm_act(request: Any, bulk_id: uuid.UUID, data: shapes.bulk.ConfirmBulkAct) -> Any:
    found = queries.bulk_act(request.viewer, bulk_id)
    if found.act in _FILES:
        require_whole_reader(request)
    _act, job = run_confirm_act(request.acting, bulk_id, data.digest)
    return Status(202, drawing.job(job))
