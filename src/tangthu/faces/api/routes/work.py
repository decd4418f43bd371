"""Who the key is, its bodies, long work, uses, and what waits for an officer's conclusion."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from ninja import Query, Status

from tangthu.archive.actions.hold_suspect import decide_quarantined
from tangthu.archive.actions.withhold_document import release_document
from tangthu.faces.api import drawing, paging, shapes
from tangthu.faces.api.narrowness import require_reader
from tangthu.faces.api.problems import BadFields
from tangthu.faces.api.routes.shared import router
from tangthu.identity import queries as identity
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.kernel.job_registry import private_kinds, right_of
from tangthu.kernel.jobs import request_stop
from tangthu.kernel.models import Job
from tangthu.programs import metering
from tangthu.programs.queries import rights_at
from tangthu.records import queries as records
from tangthu.records.models import Use
from tangthu.reports import queries as reports

Limit = Query(50, ge=1, le=paging.MOST)
SHOWN = 500


@router.get("me", response=shapes.keys.Me, tags=["key"], summary=_("Khóa này: của ai, được làm gì"))
def me(request: Any) -> Any:
    key = request.key
    limit = metering.limit_of(key.body.code)
    return {
        "key": key.beginning,
        "name": key.name,
        "person": request.viewer.full_name,
        "position": request.viewer.position_at(key.body_id),
        "body": drawing.body(key.body),
        "scopes": key.scopes,
        "rights": rights_at(request.viewer, key.body_id),
        "expires_at": key.expires_at,
        "requests_per_minute": limit.per_minute,
        "burst": limit.burst,
    }


@router.get("bodies", response=shapes.keys.Bodies, tags=["key"], summary=_("Cơ quan của khóa"))
def list_bodies(request: Any) -> Any:
    return {"items": [drawing.body(one) for one in identity.bodies(request.viewer)]}


@router.get("jobs", response=shapes.work.Jobs, tags=["jobs"], summary=_("Công việc nền, mới trước"))
def list_jobs(request: Any, state: str = "", limit: int = Limit, cursor: str = "") -> Any:
    found = identity.jobs(request.viewer)
    if state:
        if state not in Job.State.values:
            problems = {"state": [", ".join(Job.State.values)]}
            raise BadFields(translate("Có giá trị chưa đúng."), problems=problems)
        found = found.filter(state=state)
    page = paging.by_moment(
        request, "jobs", found, "created_at", lambda job: job, limit=limit, asked={"state": state}
    )
    return {**page, "items": drawing.jobs(request.viewer, page["items"])}


@router.get(
    "jobs/{uuid:job_id}",
    response=shapes.work.Job,
    tags=["jobs"],
    summary=_("Một công việc và tiến độ"),
)
def read_job(request: Any, job_id: uuid.UUID) -> Any:
    return drawing.jobs(request.viewer, [identity.job(request.viewer, job_id)])[0]


def _require_stopper(request: Any, job: Job) -> None:
    """Raise Refused unless the key opens the right of such work, or looks after its body."""
    viewer, body = request.viewer, job.body_id or request.key.body_id
    looks_after = viewer.may("archive.import", body) or viewer.may("repository.audit", body)
    if not (looks_after and job.kind not in private_kinds()):
        request.acting.require(right_of(job), body)


@router.post(
    "jobs/{uuid:job_id}/stop", response={202: shapes.work.Job}, tags=["jobs"],
    summary=_("Yêu cầu một công việc dừng ở chỗ an toàn gần nhất"),
)  # fmt: skip
def stop_job(request: Any, job_id: uuid.UUID) -> Any:
    found = identity.job(request.viewer, job_id)
    _require_stopper(request, found)
    request_stop(found.pk)
    stopping = identity.job(request.viewer, job_id)
    return Status(202, drawing.jobs(request.viewer, [stopping])[0])


@router.get(
    "uses", response=shapes.views.Uses, tags=["uses"], summary=_("Lịch sử khai thác, mới trước")
)
def list_uses(
    request: Any, everybody: bool = False, kind: str = "", limit: int = Limit, cursor: str = ""
) -> Any:
    if not request.viewer.may_anywhere("use.oversee"):
        if everybody:
            request.acting.require("use.oversee", request.key.body_id)
        require_reader(request)
    found = reports.uses(request.viewer, everybody=everybody).filter(body=request.key.body)
    if kind:
        if kind not in Use.Kind.values:
            problems = {"kind": [", ".join(Use.Kind.values)]}
            raise BadFields(translate("Có giá trị chưa đúng."), problems=problems)
        found = found.filter(kind=kind)
    page = paging.by_moment(
        request, "uses", found, "at", lambda use: use, limit=limit,
        asked={"everybody": everybody, "kind": kind},
    )  # fmt: skip
    seen = reports.used_records(request.viewer, page["items"])
    return {**page, "items": [_use(use, seen) for use in page["items"]]}


def _use(use: Use, seen: Any) -> dict[str, Any]:
    return {
        "id": use.pk,
        "at": use.at,
        "kind": use.kind,
        "person": use.person.full_name if use.person else None,
        "body": use.body_id,
        "object": use.obj if use.obj in seen else None,
        "serial": use.serial,
    }


@router.get(
    "quarantine", response=shapes.secrets.Suspects, tags=["quarantine"],
    summary=_("Tệp bị cách ly, chờ kết luận; cũ trước"),
)  # fmt: skip
def list_quarantine(request: Any) -> Any:
    found = identity.quarantined(request.viewer)[:SHOWN]
    return {
        "items": [
            {"id": one.pk, "arrived_at": one.arrived_at, "size": one.size, "batch": one.context_obj}
            for one in found
        ]
    }


@router.post(
    "quarantine/{uuid:held_id}/decision", response={204: None}, tags=["quarantine"],
    summary=_("Kết luận về một tệp bị cách ly"),
)  # fmt: skip
def decide_suspect(request: Any, held_id: uuid.UUID, data: shapes.secrets.SuspectDecision) -> Any:
    if not identity.quarantined(request.viewer).filter(pk=held_id).exists():
        raise NotFoundForViewer(translate("Không có gì ở đây."))
    decide_quarantined(request.acting, held_id, decision=data.decision, basis=data.basis)
    return Status(204, None)


@router.get(
    "withheld", response=shapes.secrets.WithheldList, tags=["quarantine"],
    summary=_("Tài liệu bị báo là mật, chờ kết luận; cũ trước"),
)  # fmt: skip
def list_withheld(request: Any) -> Any:
    found = records.withheld(request.viewer).select_related("document")[:SHOWN]
    return {
        "items": [
            {
                "id": one.pk,
                "reported_at": one.reported_at,
                "document_code": one.document.record_archive_code,
            }
            for one in found
        ]
    }


@router.post(
    "withheld/{uuid:withheld_id}/release", response={204: None}, tags=["quarantine"],
    summary=_("Kết luận không mật: đưa tài liệu trở lại"),
)  # fmt: skip
def release(request: Any, withheld_id: uuid.UUID, data: shapes.secrets.Release) -> Any:
    release_document(request.acting, withheld_id, data.basis)
    return Status(204, None)
