"""Changes of labelled records that wait for a second person (RM-951): seeing and deciding them.

A key decides as its person does: with the right, never on a change that this person asked for
himself, be it at a page or by another key of his.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from ninja import Query

from tangthu.archive import edits
from tangthu.archive.actions import approve_edit as deciding
from tangthu.faces.api import paging, shapes
from tangthu.faces.api.routes.shared import router
from tangthu.identity.queries import names_of
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.records import sensitivity

Limit = Query(50, ge=1, le=paging.MOST)


def _drawn(request: Any, one: edits.Edit, people: Mapping[Any, str]) -> dict[str, Any]:
    row = one.row
    return {
        "id": row.pk,
        "body": row.body_id,
        "kind": row.kind,
        "record": row.obj,
        "code": str(one.record),
        "title": one.title,
        "state": row.decision or "waiting",
        "asked_by": people.get(row.asked_by, ""),
        "asked_at": row.asked_at,
        "own": row.asked_by == request.viewer.person_id,
        "decided_by": people.get(row.decided_by, ""),
        "decided_at": row.decided_at,
        "reason": row.reason,
    }


@router.get(
    "edits", response=shapes.edits.Edits, tags=["edits"],
    summary=_("Sửa đổi mô tả chờ duyệt và đã quyết định; mới trước"),
)  # fmt: skip
def list_edits(
    request: Any, state: Literal["", "waiting", "decided"] = "", limit: int = Limit,
    cursor: str = "",
) -> Any:  # fmt: skip
    if not edits.bodies(request.viewer):
        raise NotFoundForViewer()
    found = edits.every(request.viewer)
    if state:
        found = found.filter(decided_at__isnull=state == "waiting")
    page = paging.by_moment(
        request, "edits", found, "asked_at", lambda one: one, limit=limit, asked={"state": state}
    )
    rows = edits.seen(request.viewer, page["items"])
    people = names_of([who for one in rows for who in (one.row.asked_by, one.row.decided_by)])
    return {**page, "items": [_drawn(request, one, people) for one in rows]}


@router.get(
    "edits/{uuid:edit_id}", response=shapes.edits.EditRead, tags=["edits"],
    summary=_("Một sửa đổi bên cạnh mô tả hiện nay"),
)  # fmt: skip
def read_edit(request: Any, edit_id: uuid.UUID) -> Any:
    found = edits.one(request.viewer, edit_id)
    if found is None:
        raise NotFoundForViewer()
    row, record = found.row, found.record
    unseen = edits.unseen(request.viewer, found)
    further = row.extra if row.extra is not None else record.extra
    labels = dict.fromkeys([*record.extra, *further])
    return {
        **_drawn(request, found, names_of([row.asked_by, row.decided_by])),
        "label": sensitivity.label_over(record) or "",
        "fields": {
            name: {"now": getattr(record, name), "then": then}
            for name, then in row.values.items()
            if name not in unseen
        },
        "extra": {
            label: {"now": record.extra.get(label), "then": further.get(label)}
            for label in labels
            if record.extra.get(label) != further.get(label)
        },
        "unseen": sorted(unseen),
        "stale": edits.is_stale(found),
    }


@router.post(
    "edits/{uuid:edit_id}/approve", response=shapes.edits.Decided, tags=["edits"],
    summary=_("Duyệt sửa đổi của người khác; mô tả đổi ngay"),
)  # fmt: skip
def approve_edit(request: Any, edit_id: uuid.UUID) -> Any:
    done = deciding.approve_edit(request.acting, edit_id)
    warnings = {name: [str(one) for one in words] for name, words in done.warnings.items()}
    return {"id": edit_id, "state": "approved", "changed": done.changed, "warnings": warnings}


@router.post(
    "edits/{uuid:edit_id}/refuse", response=shapes.edits.Decided, tags=["edits"],
    summary=_("Không duyệt, kèm lý do; mô tả không đổi"),
)  # fmt: skip
def refuse_edit(request: Any, edit_id: uuid.UUID, data: shapes.edits.RefuseEdit) -> Any:
    held = deciding.refuse_edit(request.acting, edit_id, reason=data.reason)
    return {"id": edit_id, "state": held.decision}


@router.post(
    "edits/{uuid:edit_id}/withdraw", response=shapes.edits.Decided, tags=["edits"],
    summary=_("Rút lại sửa đổi mà chính mình đề nghị"),
)  # fmt: skip
def withdraw_edit(request: Any, edit_id: uuid.UUID) -> Any:
    held = deciding.withdraw_edit(request.acting, edit_id)
    return {"id": edit_id, "state": held.decision}
