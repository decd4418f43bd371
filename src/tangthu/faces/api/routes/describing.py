"""Changing descriptions, sealing, and withholding what may be a state secret."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from ninja import Status

from tangthu.archive import queries as archive
from tangthu.archive.actions import describe_fonds as fonds_action
from tangthu.archive.actions import describe_record as record_action
from tangthu.archive.actions.open_fonds import open_fonds as run_open_fonds
from tangthu.archive.actions.report_secret import report_secret
from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.archive.packaging import is_behind
from tangthu.archive.sealing_ahead import ahead
from tangthu.archive.searchables import COUNTED
from tangthu.faces.api import drawing, shapes
from tangthu.faces.api.problems import PreconditionFailed, PreconditionNeeded
from tangthu.faces.api.routes.shared import router
from tangthu.identity.queries import body as body_of
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.records import queries as records
from tangthu.records.queries import sees_all
from tangthu.repository import queries as repository


def _meant(request: Any, current: str) -> None:
    """Raise unless the request says that it means the current state (RFC 9110, If-Match)."""
    told = request.headers.get("If-Match", "")
    if not told:
        raise PreconditionNeeded(
            translate("Thay đổi mô tả phải nói nó dựa trên trạng thái nào."),
            hint=translate("Gửi If-Match với ETag của lần đọc."),
        )
    tags = [one.strip() for one in told.split(",")]
    if told.strip() != "*" and f'"{current}"' not in tags:
        raise _lost()


def _lost() -> PreconditionFailed:
    return PreconditionFailed(
        translate("Người khác vừa sửa mô tả này; chưa ghi gì."),
        hint=translate("Đọc lại, xem khác nhau rồi gửi lại với ETag mới."),
    )


def _describes(request: Any, body_id: uuid.UUID) -> None:
    request.acting.require("archive.describe", body_id)


@router.patch(
    "dossiers/{uuid:dossier_id}", response=shapes.describing.Changed, tags=["dossiers"],
    summary=_("Sửa mô tả một hồ sơ (cần If-Match)"),
)  # fmt: skip
def describe_dossier(
    request: Any, response: HttpResponse, dossier_id: uuid.UUID, data: shapes.describing.Change
) -> Any:
    found = records.dossier(request.viewer, dossier_id)
    _describes(request, found.body_id)
    hidden = frozenset() if sees_all(request.viewer, found) else COUNTED
    return _record(request, response, found, record_action.describe_dossier, data, hidden)


@router.patch(
    "documents/{uuid:document_id}", response=shapes.describing.Changed, tags=["documents"],
    summary=_("Sửa mô tả một tài liệu (cần If-Match)"),
)  # fmt: skip
def describe_document(
    request: Any, response: HttpResponse, document_id: uuid.UUID, data: shapes.describing.Change
) -> Any:
    found = records.document(request.viewer, document_id)
    _describes(request, found.body_id)
    return _record(request, response, found, record_action.describe_document, data, frozenset())


def _record(
    request: Any, response: HttpResponse, found: Any, describe: Any, data: shapes.describing.Change,
    hidden: frozenset[str],
) -> Any:  # fmt: skip
    _meant(request, drawing.state_of(found))
    stray = sorted(set(data.description) & hidden)
    if stray:
        raise InvalidInput(translate("Có trường không sửa được."), problems={"": stray})
    try:
        done = describe(
            request.acting, found.pk, _values(type(found), data.description), extra=data.extra,
            expected=record_action.digest_of(found),
        )  # fmt: skip
    except record_action.ChangedMeanwhile as error:
        raise _lost() from error
    state = drawing.state_of(done.record)
    response["ETag"] = f'"{state}"'
    warnings = {name: [str(one) for one in found] for name, found in done.warnings.items()}
    waits = done.waits.pk if done.waits else None
    return {"changed": done.changed, "warnings": warnings, "state": state, "waits": waits}


def _values(model: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The values as their columns want them. Raises InvalidInput naming those of another type."""
    problems: dict[str, list[Any]] = {}
    for name, value in given.items():
        if name not in {one.name for one in model._meta.concrete_fields}:
            continue  # the action says that there is no such field
        kind = model._meta.get_field(name).get_internal_type()
        if not _fits(kind, value, empty=model._meta.get_field(name).null):
            problems[name] = [translate("Kiểu giá trị không đúng.")]
    if problems:
        raise InvalidInput(translate("Mô tả mới chưa đúng quy định."), problems=problems)
    return given


def _fits(kind: str, value: Any, *, empty: bool) -> bool:
    if value is None:
        return empty
    if kind == "BooleanField":
        return isinstance(value, bool)
    if kind in {"PositiveIntegerField", "PositiveSmallIntegerField"}:
        most = 32767 if "Small" in kind else 2**31 - 1
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
    if kind == "ArrayField":
        return isinstance(value, list) and all(len(one) <= 2 for one in value)
    return isinstance(value, str)


@router.post(
    "fonds", response={201: shapes.fonds.FondsLine}, tags=["fonds"], summary=_("Mở một phông mới")
)
def open_fonds(request: Any, response: HttpResponse, data: shapes.fonds.NewFonds) -> Any:
    body = body_of(request.viewer, str(data.body))
    if body is None:
        raise NotFoundForViewer(translate("Không có gì ở đây."))
    opened = run_open_fonds(
        request.acting, body, code=data.code, name=data.name, agency_code=data.agency_code
    )
    response["Location"] = f"/api/v1/fonds/{opened.pk}"
    return Status(201, drawing.fonds_line(opened))


@router.patch(
    "fonds/{uuid:fonds_id}", response=shapes.describing.Changed, tags=["fonds"],
    summary=_("Sửa mô tả một phông (cần If-Match)"),
)  # fmt: skip
def describe_fonds(
    request: Any, response: HttpResponse, fonds_id: uuid.UUID, data: shapes.describing.Change
) -> Any:
    found = archive.one_fonds(request.viewer, fonds_id)
    _describes(request, found.body_id)
    _meant(request, drawing.state_of(found))
    if data.extra is not None:
        problems = {"extra": [translate("Phông không có trường bổ sung.")]}
        raise InvalidInput(translate("Mô tả mới chưa đúng quy định."), problems=problems)
    values = _values(type(found), data.description)
    problems = {
        name: [translate("Dài quá %(limit)s ký tự.") % {"limit": limit}]
        for name, value in values.items()
        if isinstance(value, str) and (limit := {"name": 300, "date_range": 40}.get(name))
        and len(value) > limit
    }  # fmt: skip
    if problems:
        raise InvalidInput(translate("Mô tả mới chưa đúng quy định."), problems=problems)
    try:
        changed = fonds_action.describe_fonds(
            request.acting, fonds_id, values, expected=fonds_action.digest_of(found)
        )
    except fonds_action.FondsChangedMeanwhile as error:
        raise _lost() from error
    state = drawing.state_of(archive.one_fonds(request.viewer, fonds_id))
    response["ETag"] = f'"{state}"'
    return {"changed": changed, "warnings": {}, "state": state}


def _sealed(request: Any, dossier_id: uuid.UUID) -> tuple[Any, Any]:
    found = records.dossier(request.viewer, dossier_id)
    request.acting.require("archive.seal", found.body_id)
    return found, repository.package_of(request.viewer, found.pk)


@router.get(
    "dossiers/{uuid:dossier_id}/sealing", response=shapes.sealing.Ahead, tags=["packages"],
    summary=_("Đóng gói bây giờ sẽ cố định những gì, còn gì mở"),
)  # fmt: skip
def look_ahead(request: Any, dossier_id: uuid.UUID) -> Any:
    found, package = _sealed(request, dossier_id)
    whole = sees_all(request.viewer, found)
    looked = ahead(found, package)
    return {
        "version": looked.version,
        "documents": looked.documents if whole else None,
        "files": looked.files if whole else None,
        "bytes": looked.bytes if whole else None,
        "open": [
            {"ordinal": one.ordinal, "words": one.words, "blocks": one.blocks}
            for one in looked.open
            if whole or one.ordinal is None
        ],
        "state": looked.state,
        "behind": package is None or is_behind(package, found),
    }


@router.post(
    "dossiers/{uuid:dossier_id}/sealing", response={202: shapes.work.Job}, tags=["packages"],
    summary=_("Đóng gói hồ sơ đúng như đã xem (state)"),
)  # fmt: skip
def seal(request: Any, dossier_id: uuid.UUID, data: shapes.sealing.Seal) -> Any:
    found, package = _sealed(request, dossier_id)
    looked = ahead(found, package)
    if looked.state != data.state:
        raise _lost()
    if looked.blocked:
        words = [str(one.words) for one in looked.open if one.blocks and one.ordinal is None]
        raise InvalidInput(translate("Chưa đóng gói được"), problems={"": words})
    return Status(202, drawing.job(queue_sealing(request.acting, dossier_id)))


@router.post(
    "documents/{uuid:document_id}/withholding", response={202: None}, tags=["documents"],
    summary=_("Báo tài liệu có thể là bí mật nhà nước; tài liệu bị giữ lại ngay"),
)  # fmt: skip
def withhold(request: Any, document_id: uuid.UUID) -> Any:
    report_secret(request.acting, document_id)
    return Status(202, None)
