"""Correcting a batch on the screen: one dossier or document, the answers, the column mapping."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tangthu.archive.actions.decide_batch import answer, choose_mapping, decide
from tangthu.archive.batch.cells import letters
from tangthu.archive.batch.duties import ANSWERABLE, DOCUMENT_DUTIES, DOSSIER_DUTIES
from tangthu.archive.batch.headings import FIELDS
from tangthu.archive.batch.layout import DOCUMENT_FIELDS, DOSSIER_FIELDS
from tangthu.archive.batch.mapping import Choice
from tangthu.archive.batch.model import EDIT, IGNORE, TAKE, Decision, DocumentDraft
from tangthu.archive.batch.rows import Value
from tangthu.archive.dry_run import shape_of, shown_index
from tangthu.archive.forms_imports import AnswersForm, ValuesForm
from tangthu.archive.review import OPEN, Review
from tangthu.archive.views.import_cards import Cards
from tangthu.archive.views.import_frame import frame, reviewed
from tangthu.archive.wording import target_words
from tangthu.identity.views.asked import acting
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.ui.parts import Viewer, ViewerPage

_PAGES_SHOWN = 30
_ROWS_SHOWN = 3
_DOSSIER_WIDE = ("mode", "confidence", "retention", "language", "condition")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """The values of one dossier or document, its file's pages beside them."""
    review = reviewed(request, batch_id)
    given = request.POST if request.method == "POST" else request.GET
    target = given.get("doi-tuong", "")
    back = _safe(request, given.get("ve", ""), batch_id)
    draft = review.document_of(target)
    names: Sequence[str]
    if draft is not None:
        target, level, names = draft.key, "document", DOCUMENT_FIELDS
        initial = _document_values(review, draft)
    elif target.removeprefix("dossier:") in review.report.dossiers:
        level, names = "dossier", DOSSIER_FIELDS
        initial = _dossier_values(review, target)
    else:
        raise NotFoundForViewer(_("Không có gì ở đây."))
    if target in review.accepted:
        raise Refused(
            _("Tài liệu này đã được tiếp nhận."), hint=_("Sửa mô tả ở trang của tài liệu.")
        )
    form = ValuesForm(level, names, given if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            _save(request, review, target, draft, form)
        except InvalidInput as error:
            form.add_error(None, str(error))
        else:
            following = _next(review, target) if "next" in request.POST else ""
            return redirect(_edit_address(batch_id, following, back) if following else back)
    field = given.get("truong", "") or _first_missing(level, form)
    if field in form.fields and not form.is_bound:
        form.fields[field].widget.attrs["autofocus"] = True
    about = [
        one
        for one in review.report.findings
        if one.target in (target, f"file:{draft.file}" if draft else target)
        and one.severity != "note"
    ]
    context = {
        **frame(review.batch, review, "rows"),
        "form": form,
        "target": target,
        "back": back,
        "heading": target_words(review.report, target),
        "file": draft.file if draft else "",
        "viewer": _pages(review, draft),
        "cards": Cards(review, about[:12], back).cards,
        "form_errors": form.non_field_errors(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "archive/imports/edit.html", context, status=status)


def _safe(request: HttpRequest, address: str, batch_id: uuid.UUID) -> str:
    """The address to go back to, if it is one of ours; else the batch."""
    if address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return address
    return reverse("imports:batch", args=[batch_id])


def _edit_address(batch_id: uuid.UUID, target: str, back: str) -> str:
    query = urlencode({"doi-tuong": target, "ve": back})
    return f"{reverse('imports:edit', args=[batch_id])}?{query}"


def _edits(review: Review, target: str) -> dict[str, str]:
    return {
        one.field: one.value
        for one in review.decisions
        if one.kind == EDIT and one.target == target
    }


def _document_values(review: Review, draft: DocumentDraft) -> dict[str, str]:
    dossier = review.report.dossiers.get(draft.dossier)
    shared: dict[str, Value] = dict(dossier.values) if dossier else {}
    values = {name: shared[name].value for name in _DOSSIER_WIDE if name in shared}
    values.update({name: v for name, v in review.report.answers.items() if name in _DOSSIER_WIDE})
    values.update({name: one.value for name, one in draft.proposals.items()})
    values.update({name: one.value for name, one in draft.values.items()})
    return {**values, **_edits(review, draft.key)}


def _dossier_values(review: Review, target: str) -> dict[str, str]:
    dossier = review.report.dossiers[target.removeprefix("dossier:")]
    values = dict(review.report.answers)
    for finding in review.report.findings:
        if finding.target == target:
            values.update({one.field: one.value for one in finding.repairs if one.field})
    values.update({name: one.value for name, one in dossier.values.items()})
    return {**values, **_edits(review, target)}


def _save(
    request: HttpRequest,
    review: Review,
    target: str,
    draft: DocumentDraft | None,
    form: ValuesForm,
) -> None:
    """Record what was changed, and confirm the other proposals if the person says so."""
    if request.POST.get("lam") == "ignore":
        decisions = [Decision(IGNORE, target)]
    else:
        decisions = [Decision(EDIT, target, name, value) for name, value in form.changed()]
        if form.cleaned_data["confirm"]:
            targets = {target, f"file:{draft.file}" if draft and draft.file else target}
            changed = {one.field for one in decisions}
            decisions += [
                Decision(TAKE, one.id, value=shape_of(one))
                for one in review.report.findings
                if one.target in targets
                and review.states[one.id] == OPEN
                and one.repairs
                and review.takeable(one)
                and one.field not in changed
            ]
    if decisions:
        decide(acting(request), review.batch.id, decisions)
        messages.success(request, _("Đã ghi quyết định."))


def _next(review: Review, target: str) -> str:
    """The next document that still waits for a person; "" after the last."""
    waiting = [
        one for one, _why in review.waiting(review.complete) if one in review.report.documents
    ]
    later = list(review.report.documents)
    if target in later:
        wanted = set(waiting)
        after = later[later.index(target) + 1 :]
        return next((one for one in after if one in wanted), "")
    return waiting[0] if waiting else ""


def _pages(review: Review, draft: DocumentDraft | None) -> Viewer | None:
    if draft is None or draft.file is None:
        return None
    file = review.report.files.get(draft.file)
    item = review.batch.files.filter(path=draft.file).first()
    if file is None or item is None or file.mime != "application/pdf" or not file.pages:
        return Viewer(draft.file, (), why_empty=_("Tệp này không có trang để hiện."))
    return Viewer(
        draft.file,
        tuple(
            ViewerPage(
                number,
                reverse("imports:page", args=[review.batch.id, item.pk, number]),
                1000,
                1414,
            )
            for number in range(1, min(file.pages, _PAGES_SHOWN) + 1)
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """The answers for the whole batch; those posted are changed, the others stay."""
    review = reviewed(request, batch_id)
    posted = request.POST if request.method == "POST" else None
    names = [name for name in ANSWERABLE if posted is None or f"tl-{name}" in posted]
    form = AnswersForm(names, posted, standing=review.report.answers)
    if form.is_bound and form.is_valid():
        try:
            answer(acting(request), batch_id, {name: form.cleaned_data[name] for name in names})
        except InvalidInput as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Đã ghi câu trả lời cho cả đợt."))
            return redirect("imports:batch", batch_id=batch_id)
    context = {
        **frame(review.batch, review, "decisions"),
        "form": form,
        "save_label": _("Ghi câu trả lời"),
        "cancel_url": reverse("imports:decisions", args=[batch_id]),
    }
    status = 422 if form.is_bound else 200
    return render(request, "archive/imports/answers.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Which column holds which field; what was changed is a person's word from then on."""
    review = reviewed(request, batch_id)
    choices = review.report.mapping.choices
    if request.method == "POST":
        changed = _changed_columns(request, choices)
        if changed:
            choose_mapping(acting(request), batch_id, changed)
            messages.success(request, _("Đã ghép lại cột; báo cáo được lập lại."))
        return redirect(request.get_full_path())
    table = shown_index(review.batch)
    shown = [
        {
            "letter": letters(one.column),
            "name": f"cot-{one.column}",
            "heading": one.heading or _("(không có tiêu đề)"),
            "field": one.field or "",
            "doubtful": one.doubtful,
            "person": one.reason == "person",
            "sample": [value for row in table.rows[:40] if (value := row.value(one.column))][
                :_ROWS_SHOWN
            ],
        }
        for one in choices
    ]
    context = {
        **frame(review.batch, review, "columns"),
        "columns": shown,
        "fields": _field_groups(),
        "sheet": table.sheet,
        "header_row": table.header_row,
    }
    return render(request, "archive/imports/columns.html", context)


def _changed_columns(request: HttpRequest, choices: tuple[Choice, ...]) -> dict[int, str | None]:
    changed: dict[int, str | None] = {}
    for one in choices:
        name = f"cot-{one.column}"
        if name not in request.POST:
            continue
        wanted = request.POST[name] or None
        if wanted != one.field or (one.doubtful and f"chac-{one.column}" in request.POST):
            changed[one.column] = wanted
    return changed


def _first_missing(level: str, form: ValuesForm) -> str:
    """The first empty field without which the thing cannot be taken; "" if none is empty."""
    duties = DOSSIER_DUTIES if level == "dossier" else DOCUMENT_DUTIES
    empty = (name for name in form.fields if name in duties and not form.initial.get(name))
    return next(empty, "")


def _field_groups() -> list[tuple[str, list[tuple[str, Any]]]]:
    groups: dict[str, list[tuple[str, Any]]] = {"dossier": [], "document": []}
    for field in FIELDS:
        groups[field.level].append((field.key, _(field.label)))
    return [(_("Hồ sơ"), groups["dossier"]), (_("Văn bản"), groups["document"])]
