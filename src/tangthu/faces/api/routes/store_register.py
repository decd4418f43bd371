"""The register of stores: what each is and shares, adding, changing, filling, giving up."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Status

from tangthu.faces.api import drawing, shapes
from tangthu.faces.api.routes.shared import router
from tangthu.repository import queries as repository
from tangthu.repository.actions.copy_store import order_copy
from tangthu.repository.actions.order_check import order_check
from tangthu.repository.actions.register_store import StoreFacts
from tangthu.repository.actions.register_store import add_store as run_add_store
from tangthu.repository.actions.register_store import change_store as run_change_store
from tangthu.repository.actions.retire_store import retire_store as run_retire_store
from tangthu.repository.models import Store

_RUNS = "house.keep"


def _drawn(request: Any, one: Store) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "name": one.name,
        "kind": one.kind,
        "state": one.state,
        # Where a store lies on the server is for those who look after the server.
        "path": one.path if request.viewer.may_anywhere(_RUNS) else None,
        **{name: getattr(one, name) for name in StoreFacts.__dataclass_fields__},
    }


@router.get(
    "store-register", response=shapes.register.RegisteredStores, tags=["stores"],
    summary=_("Sổ các kho, cả kho đã thôi dùng"),
)  # fmt: skip
def list_registered_stores(request: Any) -> Any:
    if not request.viewer.may_anywhere(_RUNS):
        request.acting.require("repository.audit", request.key.body_id)
    return {"items": [_drawn(request, one) for one in repository.all_stores()]}


@router.post(
    "store-register", response={201: shapes.register.RegisteredStore}, tags=["stores"],
    summary=_("Thêm một kho ở thư mục của máy chủ hoặc ở địa chỉ S3"),
)  # fmt: skip
def add_store(request: Any, response: HttpResponse, data: shapes.register.NewStore) -> Any:
    made = run_add_store(
        request.acting, name=data.name, path=data.path, kind=data.kind,
        facts=StoreFacts(**data.model_dump(exclude={"name", "path", "kind"})),
    )  # fmt: skip
    response["Location"] = f"/api/v1/store-register/{made.uid}"
    return Status(201, _drawn(request, made))


@router.get(
    "store-register/{uuid:store_uid}", response=shapes.register.RegisteredStore, tags=["stores"],
    summary=_("Một kho trong sổ"),
)  # fmt: skip
def read_store(request: Any, store_uid: uuid.UUID) -> Any:
    return _drawn(request, repository.store(request.viewer, store_uid))


@router.patch(
    "store-register/{uuid:store_uid}", response=shapes.register.RegisteredStore, tags=["stores"],
    summary=_("Ghi lại những gì nói về một kho; điều không gửi thì giữ nguyên"),
)  # fmt: skip
def change_store(request: Any, store_uid: uuid.UUID, data: shapes.register.ChangeStore) -> Any:
    stood = repository.store(request.viewer, store_uid)
    facts = {name: getattr(stood, name) for name in StoreFacts.__dataclass_fields__}
    facts |= data.model_dump(exclude_unset=True)
    run_change_store(request.acting, store_uid, StoreFacts(**facts))
    return _drawn(request, repository.store(request.viewer, store_uid))


@router.post(
    "store-register/{uuid:store_uid}/copy", response={202: shapes.work.Job}, tags=["stores"],
    summary=_("Chép sang kho này mọi gói mà nó chưa có"),
)  # fmt: skip
def copy_store(request: Any, store_uid: uuid.UUID) -> Any:
    repository.store(request.viewer, store_uid)
    return Status(202, drawing.job(order_copy(request.acting, store_uid)))


@router.post(
    "store-register/{uuid:store_uid}/check", response={202: shapes.work.Job}, tags=["stores"],
    summary=_("Đọc lại mọi bản sao trong một kho, không phục hồi gì"),
)  # fmt: skip
def check_store(request: Any, store_uid: uuid.UUID) -> Any:
    found = repository.store(request.viewer, store_uid)
    return Status(202, drawing.job(order_check(request.acting, repair=False, store=found)))


@router.post(
    "store-register/{uuid:store_uid}/retire", response={202: shapes.work.Job}, tags=["stores"],
    summary=_("Thôi dùng một kho; tệp trong kho không bị xóa"),
)  # fmt: skip
def retire_store(request: Any, store_uid: uuid.UUID, data: shapes.register.RetireStore) -> Any:
    repository.store(request.viewer, store_uid)
    job = run_retire_store(request.acting, store_uid, reason=data.reason, decision=data.decision)
    return Status(202, drawing.job(job))
