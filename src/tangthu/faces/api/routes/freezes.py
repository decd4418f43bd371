"""Freezes: which stand and stood, locking things on a decision, lifting on another."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Status

from tangthu.archive import queries as archive
from tangthu.archive.actions.freeze_records import freeze_records
from tangthu.archive.actions.freeze_records import lift_freeze as run_lift_freeze
from tangthu.faces.api import paging, shapes
from tangthu.faces.api.routes.shared import router
from tangthu.identity import scopes
from tangthu.records.models import Freeze

Limit = Query(50, ge=1, le=paging.MOST)


def _drawn(request: Any, one: Freeze) -> dict[str, Any]:
    things = list(one.things.order_by("id").values_list("kind", "thing"))
    known = scopes.all_named(request.viewer, things)
    return {
        "id": one.pk,
        "body": one.body_id,
        "name": one.name,
        "decision": one.decision,
        "frozen_at": one.frozen_at,
        "lifted_at": one.lifted_at,
        "lift_decision": one.lift_decision,
        # What the key's person may not know of stays unnamed.
        "things": [{"kind": kind, "id": thing} for kind, thing in things if (kind, thing) in known],
        "unnamed": sum(1 for one in things if one not in known),
    }


@router.get(
    "freezes", response=shapes.freezes.Freezes, tags=["freezes"],
    summary=_("Các đợt phong tỏa, cả đã gỡ; mới trước"),
)  # fmt: skip
def list_freezes(request: Any, limit: int = Limit, cursor: str = "") -> Any:
    found = archive.freezes(request.viewer)
    return paging.by_moment(
        request, "freezes", found, "frozen_at", lambda one: _drawn(request, one), limit=limit
    )


@router.post(
    "freezes", response={201: shapes.freezes.Freeze}, tags=["freezes"],
    summary=_("Phong tỏa phông, hồ sơ, tài liệu của một cơ quan theo quyết định"),
)  # fmt: skip
def make_freeze(request: Any, response: HttpResponse, data: shapes.freezes.NewFreeze) -> Any:
    things = [(one.kind, one.id) for one in data.things]
    made = freeze_records(request.acting, things, name=data.name, decision=data.decision)
    response["Location"] = f"/api/v1/freezes/{made.pk}"
    return Status(201, _drawn(request, made))


@router.get(
    "freezes/{uuid:freeze_id}", response=shapes.freezes.Freeze, tags=["freezes"],
    summary=_("Một đợt phong tỏa và những gì nó khóa"),
)  # fmt: skip
def read_freeze(request: Any, freeze_id: uuid.UUID) -> Any:
    return _drawn(request, archive.freeze(request.viewer, freeze_id))


@router.post(
    "freezes/{uuid:freeze_id}/lift", response=shapes.freezes.Freeze, tags=["freezes"],
    summary=_("Gỡ một đợt phong tỏa theo quyết định"),
)  # fmt: skip
def lift_freeze(request: Any, freeze_id: uuid.UUID, data: shapes.freezes.LiftFreeze) -> Any:
    archive.freeze(request.viewer, freeze_id)
    return _drawn(request, run_lift_freeze(request.acting, freeze_id, decision=data.decision))
