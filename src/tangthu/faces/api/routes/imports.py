"""Digitisation batches: sending one, what was found, deciding, taking in."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Query, Status, UploadedFile

from tangthu.archive import queries as archive
from tangthu.archive.actions.accept_batch import close_batch, queue_acceptance
from tangthu.archive.actions.choose_index import choose_index
from tangthu.archive.actions.decide_batch import (
    answer,
    check_again,
    choose_mapping,
    decide,
    last_job,
    resume,
    undo_decisions,
)
from tangthu.archive.actions.open_batch import open_batch
from tangthu.archive.batch.accept import ALL_PROPOSALS, COMPLETE
from tangthu.archive.batch.findings import Finding
from tangthu.archive.batch.model import Decision
from tangthu.archive.models import Batch, Fonds
from tangthu.archive.receiving import read_folder, receiving, take_uploads
from tangthu.archive.review import Review
from tangthu.archive.views.import_findings import shape_of
from tangthu.archive.views.import_lists import unsettled
from tangthu.archive.views.import_reports import download
from tangthu.faces.api import drawing, paging, parsing, shapes
from tangthu.faces.api.problems import BadFields
from tangthu.faces.api.routes.shared import router
from tangthu.identity.queries import codes_elsewhere
from tangthu.kernel.errors import InvalidInput, Refused

Limit = Query(50, ge=1, le=paging.MOST)


def drawn(batch: Batch) -> dict[str, Any]:
    """A batch in a list."""
    return {
        "id": batch.pk,
        "name": batch.name,
        "state": batch.state,
        "body": drawing.body(batch.body),
        "fonds": batch.fonds_id,
        "created_at": batch.created_at,
        "checked_at": batch.checked_at,
        "answers": batch.answers,
        "refused_secret": batch.refused_secret,
    }


def _begun(batch: Batch, job: Any) -> dict[str, Any]:
    return {"batch": drawn(batch), "job": drawing.job(job)}


@router.get(
    "imports", response=shapes.imports.Batches, tags=["imports"], summary=_("Đợt số hóa, mới trước")
)
def list_imports(request: Any, state: str = "", limit: int = Limit, cursor: str = "") -> Any:
    found = archive.batches(request.viewer)
    if state:
        if state not in Batch.State.values:
            problems = {"state": [", ".join(Batch.State.values)]}
            raise BadFields(translate("Có giá trị chưa đúng."), problems=problems)
        found = found.filter(state=state)
    return paging.by_moment(
        request, "imports", found, "created_at", drawn, limit=limit, asked={"state": state}
    )


def _fonds(request: Any, fonds_id: uuid.UUID) -> Fonds:
    found = archive.one_fonds(request.viewer, fonds_id)
    request.acting.require("archive.import", found.body_id)
    return found


@router.post(
    "imports", response={202: shapes.imports.Begun}, tags=["imports"],
    summary=_("Gửi một đợt số hóa: bảng kê và các tệp, hoặc một tệp zip"),
)  # fmt: skip
def upload_import(
    request: Any,
    response: HttpResponse,
    fonds: Form[uuid.UUID],
    files: File[list[UploadedFile]],
    index: File[UploadedFile | None] = None,
    name: Form[str] = "",
    paths: Form[list[str]] = [],  # noqa: B006 (as the framework wants it; never changed)
    answers: Form[str] = "",
) -> Any:
    given = parsing.parsed(answers.encode()) if answers else {}
    if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
        problems = {"answers": [translate("answers là một đối tượng JSON gồm các chuỗi.")]}
        raise BadFields(translate("Có giá trị chưa đúng."), problems=problems)
    found = _fonds(request, fonds)
    with receiving() as place:
        received = take_uploads(place, index, files, paths)
        batch, job = open_batch(
            request.acting,
            found,
            batch_id=received.batch_id,
            name=name[:200],
            index=received.index,
            index_name=received.index_name,
            folder=received.folder,
            owns_folder=received.ours,
            answers=given,
        )
    response["Location"] = f"/api/v1/imports/{batch.pk}"
    return Status(202, _begun(batch, job))


@router.post(
    "imports/from-folder", response={202: shapes.imports.Begun}, tags=["imports"],
    summary=_("Nhập đợt số hóa từ một thư mục trên máy chủ"),
)  # fmt: skip
def import_folder(request: Any, response: HttpResponse, data: shapes.imports.FromFolder) -> Any:
    found = _fonds(request, data.fonds)
    with receiving() as place:
        kept_back = codes_elsewhere(request.viewer, "archive.import")
        received = read_folder(place, data.folder, None, kept_back)
        batch, job = open_batch(
            request.acting,
            found,
            batch_id=received.batch_id,
            name=data.name,
            index=received.index,
            index_name=received.index_name,
            folder=received.folder,
            owns_folder=received.ours,
            answers=data.answers,
        )
    response["Location"] = f"/api/v1/imports/{batch.pk}"
    return Status(202, _begun(batch, job))


def _review(request: Any, batch_id: uuid.UUID) -> Review:
    batch = archive.batch(request.viewer, batch_id)
    if batch.state != Batch.State.REVIEW:
        raise Refused(
            translate("Đợt này đang được xử lý hoặc đã kết thúc."),
            hint=translate("Chờ công việc đang chạy xong."),
        )
    return Review(batch)


@router.get(
    "imports/{uuid:batch_id}", response=shapes.imports.BatchState, tags=["imports"],
    summary=_("Một đợt số hóa: đang ở đâu, còn gì phải trả lời"),
)  # fmt: skip
def read_import(request: Any, batch_id: uuid.UUID) -> Any:
    batch = archive.batch(request.viewer, batch_id)
    job = last_job(batch)
    found: dict[str, Any] = {
        **drawn(batch),
        "job": drawing.job(job) if job else None,
        "rows": None,
        "files": None,
        "open": {},
        "complete": None,
        "all_proposals": None,
        "all_taken": None,
        "lists": [],
        "held": batch.files.filter(quarantine_id__isnull=False).count(),
        "outcome": job.result if job else None,
    }
    if batch.state == Batch.State.REVIEW:
        review = Review(batch)
        found |= {
            "rows": len(review.report.rows),
            "files": len(review.report.files),
            "open": {**review.open_counts, "questions": len(review.questions)},
            "complete": _ready(review, review.complete),
            "all_proposals": _ready(review, review.with_proposals),
            "all_taken": review.all_taken,
            "lists": [one.path for one in unsettled(batch)],
        }
    return found


def _ready(review: Review, outcome: Any) -> dict[str, int]:
    dossiers, documents, _proposed = review.new_in(outcome)
    return {"dossiers": dossiers, "documents": documents}


@router.get(
    "imports/{uuid:batch_id}/findings", response=shapes.imports.Findings, tags=["imports"],
    summary=_("Những gì kiểm tra đã thấy, với đề xuất"),
)  # fmt: skip
def list_findings(
    request: Any, batch_id: uuid.UUID, state: str = "open", severity: str = "", code: str = "",
    limit: int = Limit, cursor: str = "",
) -> Any:  # fmt: skip
    review = _review(request, batch_id)
    found = [
        one
        for one in review.report.findings
        if (state in {"", "all"} or review.states[one.id] == state)
        and severity in {"", one.severity}
        and code in {"", one.code}
    ]
    asked = {"batch": batch_id, "state": state, "severity": severity, "code": code}
    return paging.by_place(
        request, "findings", found, lambda one: _finding(review, one), limit=limit, asked=asked
    )


def _finding(review: Review, one: Finding) -> dict[str, Any]:
    return {
        "id": one.id,
        "shape": shape_of(one),
        "code": one.code,
        "severity": one.severity,
        "target": one.target,
        "place": one.place,
        "words": one.text(),
        "state": review.states[one.id],
        "takeable": review.takeable(one),
        "repairs": [
            {"field": repair.field, "value": repair.value, "basis": repair.basis,
             "snippet": repair.snippet}
            for repair in one.repairs
        ],
    }  # fmt: skip


@router.get(
    "imports/{uuid:batch_id}/waiting", response=shapes.imports.WaitingList, tags=["imports"],
    summary=_("Những gì còn lại nếu tiếp nhận bây giờ, và vì sao"),
)  # fmt: skip
def list_waiting(
    request: Any, batch_id: uuid.UUID, accept: str = COMPLETE, limit: int = Limit, cursor: str = ""
) -> Any:
    if accept not in {COMPLETE, ALL_PROPOSALS}:
        problems = {"accept": [f"{COMPLETE}, {ALL_PROPOSALS}"]}
        raise BadFields(translate("Có giá trị chưa đúng."), problems=problems)
    review = _review(request, batch_id)
    outcome = review.complete if accept == COMPLETE else review.with_proposals
    rows = [
        {"target": target, "reasons": [one.code for one in reasons]}
        for target, reasons in review.waiting(outcome)
    ]
    asked = {"batch": batch_id, "accept": accept}
    return paging.by_place(request, "waiting", rows, lambda one: one, limit=limit, asked=asked)


@router.get(
    "imports/{uuid:batch_id}/report", tags=["imports"],
    summary=_("Báo cáo Excel của đợt, để sửa ngoài màn hình"),
    openapi_extra={
        "x-content": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    },
)  # fmt: skip
def import_report(request: Any, batch_id: uuid.UUID) -> Any:
    return download(request, batch_id)


@router.post(
    "imports/{uuid:batch_id}/decisions", response={204: None}, tags=["imports"],
    summary=_("Quyết định: nhận đề xuất (take), sửa (edit), bỏ qua (ignore)"),
)  # fmt: skip
def add_decisions(request: Any, batch_id: uuid.UUID, data: shapes.imports.Decisions) -> Any:
    _review(request, batch_id)
    given = [Decision(one.kind, one.target, one.field, one.value) for one in data.decisions]
    decide(request.acting, batch_id, given)
    return Status(204, None)


@router.api_operation(
    ["DELETE"],
    "imports/{uuid:batch_id}/decisions", response={204: None}, tags=["imports"],
    summary=_("Rút lại quyết định về một đối tượng (và trường)"),
)  # fmt: skip
def remove_decisions(
    request: Any, batch_id: uuid.UUID, target: str = Query(..., max_length=400), field: str = ""
) -> Any:
    _review(request, batch_id)
    undo_decisions(request.acting, batch_id, target, field)
    return Status(204, None)


@router.put(
    "imports/{uuid:batch_id}/answers", response=shapes.imports.Batch, tags=["imports"],
    summary=_("Trả lời chung cho cả đợt; chuỗi rỗng là rút lại"),
)  # fmt: skip
def give_answers(request: Any, batch_id: uuid.UUID, data: shapes.imports.Answers) -> Any:
    _review(request, batch_id)
    answer(request.acting, batch_id, data.answers)
    return drawn(archive.batch(request.viewer, batch_id))


@router.put(
    "imports/{uuid:batch_id}/columns", response={204: None}, tags=["imports"],
    summary=_("Ghép cột của bảng kê với trường"),
)  # fmt: skip
def choose_columns(request: Any, batch_id: uuid.UUID, data: shapes.imports.Columns) -> Any:
    _review(request, batch_id)
    wanted: dict[int, str | None] = {}
    for name, field in data.columns.items():
        if not (name.isascii() and name.isdigit() and len(name) < 5):
            problems = {"columns": [translate("Tên là số thứ tự của cột.")]}
            raise InvalidInput(translate("Có giá trị chưa đúng."), problems=problems)
        wanted[int(name)] = field
    choose_mapping(request.acting, batch_id, wanted)
    return Status(204, None)


@router.put(
    "imports/{uuid:batch_id}/index", response={202: shapes.work.Job, 204: None}, tags=["imports"],
    summary=_("Chọn bảng kê được tính; rỗng là giữ bảng đang dùng"),
)  # fmt: skip
def choose_list(request: Any, batch_id: uuid.UUID, data: shapes.imports.ChooseIndex) -> Any:
    job = choose_index(request.acting, batch_id, data.path)
    return Status(202, drawing.job(job)) if job else Status(204, None)


@router.post(
    "imports/{uuid:batch_id}/check", response={202: shapes.work.Job}, tags=["imports"],
    summary=_("Kiểm tra lại đợt"),
)  # fmt: skip
def check_import(request: Any, batch_id: uuid.UUID) -> Any:
    archive.batch(request.viewer, batch_id)
    return Status(202, drawing.job(check_again(request.acting, batch_id)))


@router.post(
    "imports/{uuid:batch_id}/resume", response={202: shapes.work.Job}, tags=["imports"],
    summary=_("Chạy tiếp việc của đợt đã dừng giữa chừng"),
)  # fmt: skip
def resume_import(request: Any, batch_id: uuid.UUID) -> Any:
    archive.batch(request.viewer, batch_id)
    return Status(202, drawing.job(resume(request.acting, batch_id)))


@router.post(
    "imports/{uuid:batch_id}/accept", response={202: shapes.work.Job}, tags=["imports"],
    summary=_("Tiếp nhận phần đã đủ, hoặc cả mọi đề xuất"),
)  # fmt: skip
def accept_import(request: Any, batch_id: uuid.UUID, data: shapes.imports.Accept) -> Any:
    review = _review(request, batch_id)
    outcome = review.complete if data.accept == COMPLETE else review.with_proposals
    if not _ready(review, outcome)["documents"]:
        raise Refused(translate("Chưa có gì sẵn sàng để tiếp nhận."))
    return Status(202, drawing.job(queue_acceptance(request.acting, batch_id, data.accept)))


@router.post(
    "imports/{uuid:batch_id}/close", response=shapes.imports.Batch, tags=["imports"],
    summary=_("Kết thúc đợt; phần chưa nhận bị bỏ lại"),
)  # fmt: skip
def close_import(request: Any, batch_id: uuid.UUID) -> Any:
    archive.batch(request.viewer, batch_id)
    close_batch(request.acting, batch_id)
    return drawn(archive.batch(request.viewer, batch_id))
