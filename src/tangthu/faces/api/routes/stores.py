"""Stores, packages and checks of both."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from ninja import Query, Status

from tangthu.faces.api import drawing, paging, shapes
from tangthu.faces.api.routes.shared import router
from tangthu.records import queries as records
from tangthu.repository import queries as repository
from tangthu.repository.actions.order_check import order_check as run_order_check
from tangthu.repository.wording import hurt_places

Limit = Query(50, ge=1, le=paging.MOST)
_FOUND = ("bad", "repaired", "unrepairable", "unchecked")
_PLACES = 1000


def _auditor(request: Any) -> None:
    """Raise Refused for who audits nowhere."""
    request.acting.require("repository.audit", request.key.body_id)


@router.get("stores", response=shapes.stores.Stores, tags=["stores"], summary=_("Các kho lưu trữ"))
def list_stores(request: Any) -> Any:
    _auditor(request)
    names = ("name", "kind", "usable", "healthy", "objects", "bytes", "hurt", "lost", "unseen")
    return {
        "items": [
            {**{name: getattr(one, name) for name in names}, "oldest_check": one.oldest}
            for one in repository.stores_seen(request.viewer)
        ]
    }


@router.get(
    "packages", response=shapes.stores.Packages, tags=["packages"], summary=_("Sổ gói (AIP)")
)
def list_packages(
    request: Any, state: Literal["", "hurt", "unseen"] = "", limit: int = Limit, cursor: str = ""
) -> Any:
    _auditor(request)
    found = repository.packages(request.viewer, state=state)
    page = paging.by_column(
        request, "packages", found, "objid", lambda one: one, limit=limit, asked={"state": state}
    )
    return {**page, "items": _lines(request, page["items"])}


def _lines(request: Any, rows: list[Any]) -> list[dict[str, Any]]:
    wanted = [one.dossier_id for one in rows]
    seen = set(records.dossiers(request.viewer).filter(pk__in=wanted).values_list("pk", flat=True))
    return [
        {
            "id": one.pk,
            "objid": one.objid,
            "head": one.head,
            "dossier": one.dossier_id if one.dossier_id in seen else None,
            "files": one.files,
            "bytes": one.bytes,
            "oldest_check": one.oldest,
        }
        for one in rows
    ]


@router.get(
    "packages/{uuid:package_id}", response=shapes.stores.Package, tags=["packages"],
    summary=_("Một gói: phiên bản, bản sao, chỗ hỏng"),
)  # fmt: skip
def read_package(request: Any, package_id: uuid.UUID) -> Any:
    found = repository.package(request.viewer, package_id)
    copies = list(repository.copies_of(found))
    return {
        **_lines(request, [found])[0],
        "versions": drawing.versions(found, whole=True),
        "copies": drawing.copies(found),
        "problems": [
            {"store": copy.store.name, "path": one.path, "what": str(one.what)}
            for copy in copies
            for one in hurt_places(copy)[:_PLACES]
        ],
    }


@router.get(
    "checks", response=shapes.stores.Checks, tags=["stores"], summary=_("Các lần kiểm tra kho")
)
def list_checks(request: Any, limit: int = Limit, cursor: str = "") -> Any:
    _auditor(request)
    return paging.by_moment(
        request, "checks", repository.checks(request.viewer), "created_at", _check, limit=limit
    )


def _check(job: Any) -> dict[str, Any]:
    def number(value: Any) -> int | None:
        return None if value is None else int(value)

    return {
        "job": drawing.job(job),
        "objects": number(job.n_objects),
        "files": number(job.n_files),
        **{name: number(getattr(job, f"n_{name}")) for name in _FOUND},
    }


@router.get(
    "checks/{uuid:job_id}", response=shapes.stores.CheckFound, tags=["stores"],
    summary=_("Một lần kiểm tra và những gì nó thấy"),
)  # fmt: skip
def read_check(request: Any, job_id: uuid.UUID) -> Any:
    job = repository.check(request.viewer, job_id)
    names = ("package", "store", "path", "status")
    return {
        **_check(job),
        "places": {
            kind: [
                {name: str(one.get(name, "")) for name in names}
                for one in job.result.get(kind, [])[:_PLACES]
            ]
            for kind in _FOUND
        },
    }


@router.post(
    "checks", response={202: shapes.work.Job}, tags=["stores"],
    summary=_("Đặt kiểm tra mọi gói, có hoặc không phục hồi"),
)  # fmt: skip
def order_check(request: Any, data: shapes.stores.OrderCheck) -> Any:
    _auditor(request)
    return Status(202, drawing.job(run_order_check(request.acting, repair=data.repair)))
