"""The batch as lists: what would be left, the rows of the index, the files, the decisions."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.archive.actions.decide_batch import undo_decisions
from tangthu.archive.batch.duties import LISTS
from tangthu.archive.batch.model import EDIT, IGNORE, BatchFile, Decision, DocumentDraft
from tangthu.archive.dry_run import code_lists, decisions_of
from tangthu.archive.review import Review
from tangthu.archive.views.import_frame import frame, reviewed
from tangthu.archive.wording import (
    coded_words,
    field_label,
    finding_words,
    reason_words,
    target_words,
)
from tangthu.identity.views.asked import acting
from tangthu.records.fields import code_label
from tangthu.ui import formats
from tangthu.ui.tables import Cell, Column, EmptyState, Filter, Option, Register

Row = TypeVar("Row")
REASONS_SHOWN = 4
_KINDS = {
    "take": gettext_lazy("Nhận đề xuất"),
    "edit": gettext_lazy("Sửa"),
    "ignore": gettext_lazy("Bỏ qua"),
}


def _listed(
    request: HttpRequest,
    review: Review,
    current: str,
    rows: Sequence[Row],
    register: Register[Row],
    **more: Any,
) -> HttpResponse:
    """One page of rows that are in memory; the cursor is the number of the row."""
    cursor = register.cursor(width=1)
    numbered = list(enumerate(rows))
    if cursor is not None:
        at = int(cursor.values[0] or 0)
        numbered = numbered[:at][::-1] if cursor.backwards else numbered[at + 1 :]
    shown = numbered[: register.page_size + 1]
    places = {id(row): number for number, row in shown}
    page = register.page(
        [row for _number, row in shown],
        sort_values=lambda row: (places[id(row)],),
        cursor=cursor,
        total=len(rows),
    )
    context = {**frame(review.batch, review, current), "register": page, **more}
    return render(request, "archive/imports/table.html", context)


def _edit_link(review: Review, target: str, back: str) -> str:
    query = urlencode({"doi-tuong": target, "ve": back})
    return f"{reverse('imports:edit', args=[review.batch.id])}?{query}"


@require_safe
def waiting(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """The work list: what an acceptance now would leave, and why."""
    review = reviewed(request, batch_id)
    rows = list(review.waiting(review.complete))
    here = request.get_full_path()

    def what(row: tuple[str, Any]) -> Cell:
        target = row[0]
        words = target_words(review.report, target)
        known = target.startswith("dossier:") or review.document_of(target) is not None
        draft = review.document_of(target)
        note = draft.file or "" if draft and not target.startswith("file:") else ""
        return Cell(words, _edit_link(review, target, here) if known else "", note=note)

    def why(row: tuple[str, Any]) -> str:
        words = [reason_words(review.report, one) for one in row[1][:REASONS_SHOWN]]
        left = len(row[1]) - REASONS_SHOWN
        return " ".join(words) + (_(" và %(n)s lý do khác.") % {"n": left} if left > 0 else "")

    register = Register[tuple[str, Any]](
        name="waiting",
        caption=_("Còn lại sau khi tiếp nhận"),
        query=request.GET,
        default_sort="what",
        row_id=lambda row: row[0],
        columns=(
            Column("what", _("Mục"), what, primary=True),
            Column("why", _("Vì sao chưa nhận được"), why),
        ),
        empty=EmptyState(
            _("Không còn gì ở lại"), _("Mọi hồ sơ, tài liệu của đợt nhận được hoặc đã nhận.")
        ),
    )
    return _listed(request, review, "waiting", rows, register)


@require_safe
def rows(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Every document of the batch: rows of the index, and rows proposed for files without one."""
    review = reviewed(request, batch_id)
    here = request.get_full_path()
    lists = code_lists()
    edited = {(one.target, one.field): one.value for one in review.decisions if one.kind == EDIT}

    def value(name: str) -> Callable[[DocumentDraft], Cell]:
        def cell(draft: DocumentDraft) -> Cell:
            given = draft.values.get(name)
            proposed = draft.proposals.get(name)
            text = edited.get((draft.key, name)) or (given.value if given else "")
            note = ""
            if not text and proposed is not None:
                text, note = proposed.value, _("đề xuất")
            listed = LISTS.get(name)
            if listed and lists.has(listed, text):
                text = code_label(listed, text, timezone.localdate())
            return Cell(text or "–", note=note)

        return cell

    def name_of(draft: DocumentDraft) -> Cell:
        where = _("Dòng %(row)s") % {"row": draft.row} if draft.row else _("Tệp không có dòng")
        subject = draft.values.get("subject") or draft.proposals.get("subject")
        text = edited.get((draft.key, "subject")) or (subject.value if subject else "")
        return Cell(
            text or draft.file or where,
            _edit_link(review, draft.key, here),
            note=f"{where} · {draft.file or '–'}",
        )

    def state(draft: DocumentDraft) -> Cell:
        if draft.key in review.accepted:
            return Cell(_("Đã nhận"), tone="ok")
        if draft.key in review.ignored:
            return Cell(_("Bỏ qua"))
        if draft.key in ready:
            return Cell(_("Sẵn sàng"), tone="info")
        return Cell(_("Còn thiếu"), tone="warn")

    ready = {one.key for dossier in review.complete.ready for one in dossier.documents}
    register = Register[DocumentDraft](
        name="rows",
        caption=_("Văn bản của đợt"),
        query=request.GET,
        default_sort="ordinal",
        row_id=lambda draft: draft.key,
        columns=(
            Column("ordinal", _("Số TT"), value("ordinal"), "number"),
            Column("subject", _("Trích yếu"), name_of, primary=True),
            Column("type", _("Tên loại"), value("type"), wide_only=True),
            Column("issued", _("Ngày"), value("issued"), "date"),
            Column("state", _("Trạng thái"), state, "tag"),
        ),
        filters=(
            Filter(
                "hs",
                _("Hồ sơ"),
                tuple(Option(k, d.name) for k, d in list(review.report.dossiers.items())[:100]),
            ),
        ),
        empty=EmptyState(_("Bảng kê không có dòng nào")),
        searchable=True,
    )
    chosen = register.chosen("hs")
    text = register.search.casefold()
    shown = [
        one
        for one in review.report.documents.values()
        if (not chosen or one.dossier in chosen) and (not text or _holds(one, text))
    ]
    return _listed(request, review, "rows", shown, register)


def _holds(draft: DocumentDraft, text: str) -> bool:
    values = [one.value for one in draft.values.values()]
    values += [one.value for one in draft.proposals.values()]
    return any(text in value.casefold() for value in (*values, draft.file or ""))


@require_safe
def files(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Every file of the batch with what was found in it."""
    review = reviewed(request, batch_id)
    found: dict[str, list[str]] = {}
    for finding in review.report.findings:
        if finding.target.startswith("file:"):
            found.setdefault(finding.target.removeprefix("file:"), []).append(
                finding_words(finding)
            )
    here = request.get_full_path()

    def name_of(file: BatchFile) -> Cell:
        known = review.document_of(f"file:{file.path}") is not None
        link = _edit_link(review, f"file:{file.path}", here) if known else ""
        return Cell(file.path, link, note=file.sha256[:16])

    def told(file: BatchFile) -> str:
        return " ".join(found.get(file.path, [])[:3])

    register = Register[BatchFile](
        name="files",
        caption=_("Tệp của đợt"),
        query=request.GET,
        default_sort="path",
        row_id=lambda file: file.path,
        columns=(
            Column("path", _("Tệp"), name_of, primary=True),
            Column("size", _("Cỡ"), lambda file: formats.file_size(file.size), "number"),
            Column("pages", _("Trang"), lambda file: file.pages, "number"),
            Column("pdfa", "PDF/A", _pdfa, wide_only=True),
            Column("found", _("Phát hiện"), told),
        ),
        empty=EmptyState(_("Thư mục không có tệp nào")),
        searchable=True,
    )
    text = register.search.casefold()
    shown = [one for one in review.report.files.values() if text in one.path.casefold()]
    return _listed(request, review, "files", shown, register)


def _pdfa(file: BatchFile) -> str:
    if file.pdfa is None:
        return "–"
    return _("có khai") if file.pdfa else _("không")


@require_http_methods(["GET", "HEAD", "POST"])
def decisions(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """What people decided, latest first; posting one takes it back."""
    review = reviewed(request, batch_id)
    if request.method == "POST":
        field, _space, target = request.POST.get("bo", "").partition(" ")
        undo_decisions(acting(request), batch_id, target, field)
        messages.success(request, _("Đã lấy lại quyết định."))
        return redirect(request.get_full_path())
    hidden = set(map(str, review.report.hidden_rows))
    standing = {(one.kind, one.target, one.field) for one in review.decisions}
    shown = [
        _decided(review, one, (one.kind, one.target, one.field) in standing)
        for one in reversed(decisions_of(review.batch))
        if one.target.removeprefix("row:") not in hidden
    ][:500]
    context = {
        **frame(review.batch, review, "decisions"),
        "decided": shown,
        "answers": [
            (field_label(name), coded_words(name, value))
            for name, value in sorted(review.report.answers.items())
        ],
        "answers_url": reverse("imports:answers", args=[batch_id]),
    }
    return render(request, "archive/imports/decisions.html", context)


def _decided(review: Review, one: Decision, stands: bool) -> dict[str, object]:
    finding = review.report.finding(one.target)
    if finding is not None:
        about, what = target_words(review.report, finding.target), finding_words(finding)
    elif one.kind == IGNORE:
        about, what = target_words(review.report, one.target), _("Để lại, không nhận.")
    else:
        about = target_words(review.report, one.target)
        what = f"{field_label(one.field)}: {coded_words(one.field, one.value) or _('(để trống)')}"
    return {
        "kind": _KINDS.get(one.kind, one.kind),
        "about": about,
        "what": what,
        "stands": stands,
        "undo": f"{one.field} {one.target}",
    }
