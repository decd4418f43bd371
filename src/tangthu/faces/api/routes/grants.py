"""Rights on one body, fonds, dossier or document: what was asked for, and asking.

Confirming is for a person at a page or command: a program that asks and confirms would be one.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Status

from tangthu.faces.api import paging, shapes
from tangthu.faces.api.routes.shared import router
from tangthu.identity import changes
from tangthu.identity.actions.grant_right import ask_grant as run_ask_grant

Limit = Query(50, ge=1, le=paging.MOST)


def _drawn(one: changes.Change) -> dict[str, Any]:
    row = one.row
    return {
        "id": row.pk,
        "state": one.state,
        "body": row.body_id,
        "right": row.right,
        "scope_kind": row.scope_kind,
        # What the key's person may not know of stays unnamed.
        "scope": row.scope if one.scope_known else None,
        "holder_kind": row.holder_kind,
        "holder": row.holder,
        "holder_name": one.holder,
        "effective_from": row.effective_from,
        "effective_to": row.effective_to,
        "decision": row.decision,
        "asked_by": one.asked_by,
        "asked_at": row.asked_at,
    }


@router.get(
    "grants", response=shapes.grants.Grants, tags=["grants"],
    summary=_("Quyền cấp riêng, cả đang chờ và đã kết thúc; mới trước"),
)  # fmt: skip
def list_grants(request: Any, limit: int = Limit, cursor: str = "") -> Any:
    found = changes.grants(request.viewer)
    page = paging.by_moment(request, "grants", found, "asked_at", lambda grant: grant, limit=limit)
    told = changes.told_grants(request.viewer, page["items"])
    return {**page, "items": [_drawn(one) for one in told]}


@router.post(
    "grants", response={201: shapes.grants.Grant}, tags=["grants"],
    summary=_("Đề nghị cấp một quyền; có hiệu lực khi người thứ hai xác nhận"),
)  # fmt: skip
def ask_grant(request: Any, response: HttpResponse, data: shapes.grants.NewGrant) -> Any:
    made = run_ask_grant(
        request.acting,
        right=data.right,
        scope_kind=data.scope_kind,
        scope=data.scope,
        holder_kind=data.holder_kind,
        holder=data.holder,
        decision=data.decision,
        until=data.until,
    )
    return Status(201, _drawn(changes.told_grants(request.viewer, [made])[0]))
