"""Hooks: addresses that the house tells events to. What a program makes ends with its key."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from ninja import Status

from tangthu.faces.api import shapes
from tangthu.faces.api.routes.shared import router
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.programs import hook_keys, queries
from tangthu.programs.actions.make_hook import make_hook as run_make_hook
from tangthu.programs.actions.make_hook import remove_hook as run_remove_hook
from tangthu.programs.hook_addresses import host_of
from tangthu.programs.models import Hook

_MOST = 500
_LAST = 30


def _known(request: Any) -> QuerySet[Hook]:
    """The hooks at the key's body that it may know of: those made by a key that opens no more than
    it does, and everybody's for who manages people."""
    found = queries.hooks(request.viewer).filter(body=request.key.body_id)
    if request.viewer.may("people.manage", request.key.body_id):
        return found
    return found.filter(key__scopes__contained_by=request.key.scopes)


def _one(request: Any, hook_id: uuid.UUID) -> Hook:
    found = _known(request).filter(pk=hook_id).first()
    if found is None:
        raise NotFoundForViewer(translate("Không có gì ở đây."))
    return found


def _drawn(request: Any, one: Hook) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        # What follows the host may be a secret of whoever made it.
        "url": one.url if one.key_id == request.key.pk else host_of(one.url),
        "body": one.body_id,
        "kinds": one.kinds,
        "key_id": hook_keys.key_id(one.public_key),
        "public_key": one.public_key,
        "state": one.state,
        "why": one.why,
        "created_at": one.created_at,
        "failing_since": one.run.failing_since,
    }


@router.get(
    "hooks", response=shapes.hooks.Hooks, tags=["hooks"],
    summary=_("Nơi nhận tin mà khóa này, hoặc khóa không rộng hơn, đã đặt"),
)  # fmt: skip
def list_hooks(request: Any) -> Any:
    found = _known(request)[:_MOST]
    return {"items": [_drawn(request, one) for one in found]}


@router.post(
    "hooks", response={201: shapes.hooks.Hook}, tags=["hooks"],
    summary=_("Đặt nơi nhận tin; nó hết hiệu lực cùng khóa và không biết nhiều hơn khóa"),
)  # fmt: skip
def make_hook(request: Any, response: HttpResponse, data: shapes.hooks.NewHook) -> Any:
    made = run_make_hook(
        request.acting, name=data.name, body_id=request.key.body_id, url=data.url,
        kinds=data.kinds, key=request.key,
    )  # fmt: skip
    response["Location"] = f"/api/v1/hooks/{made.pk}"
    return Status(201, _drawn(request, _one(request, made.pk)))


@router.get(
    "hooks/{uuid:hook_id}", response=shapes.hooks.HookRead, tags=["hooks"],
    summary=_("Một nơi nhận tin và các lần gửi gần đây"),
)  # fmt: skip
def read_hook(request: Any, hook_id: uuid.UUID) -> Any:
    found = _one(request, hook_id)
    last = queries.deliveries(found, _LAST)
    told = [
        {name: getattr(one, name) for name in shapes.hooks.Delivery.model_fields} for one in last
    ]
    return {**_drawn(request, found), "deliveries": told}


@router.api_operation(
    ["DELETE"],
    "hooks/{uuid:hook_id}", response={204: None}, tags=["hooks"],
    summary=_("Xóa một nơi nhận tin"),
)  # fmt: skip
def remove_hook(request: Any, hook_id: uuid.UUID) -> Any:
    run_remove_hook(request.acting, _one(request, hook_id).pk)
    return Status(204, None)
