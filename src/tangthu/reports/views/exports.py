"""Exports: order one, watch it being written, take the file; those ordered before."""

from __future__ import annotations

import uuid
from dataclasses import replace
from urllib.parse import urlencode

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.archive.views.catalogue import in_words
from tangthu.archive.views.contents import as_download
from tangthu.discovery.guarded import TooBroad
from tangthu.identity.policies import Viewer
from tangthu.identity.queries import jobs
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.kernel.job_registry import label_of
from tangthu.kernel.models import Job
from tangthu.reports import files, queries, sources
from tangthu.reports.actions.order_export import fetch_export, order_export
from tangthu.reports.job_kinds import JOB_ROWS
from tangthu.reports.job_results import OUTCOMES
from tangthu.reports.models import Export
from tangthu.ui import formats
from tangthu.ui.by_time import page_by_time
from tangthu.ui.choosing import COLUMNS
from tangthu.ui.parts import Crumb, Fact, FactGroup, Progress
from tangthu.ui.tables import Cell, Column, EmptyState, Register
from tangthu.ui.working import progress_of

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "pdf": "application/pdf",
}


class ExportForm(forms.Form):
    """In which format, in which columns, in which order."""

    not_done = gettext_lazy("Chưa xuất được")

    format = forms.ChoiceField(
        label=gettext_lazy("Định dạng"),
        choices=Export.Format.choices,
        initial=Export.Format.DOCX,
        widget=forms.RadioSelect,
    )
    sort = forms.ChoiceField(
        label=gettext_lazy("Thứ tự"),
        choices=(
            ("place", gettext_lazy("Mã lưu trữ")),
            ("date", gettext_lazy("Thời gian, cũ trước")),
            ("-date", gettext_lazy("Thời gian, mới trước")),
            ("code", gettext_lazy("Số, ký hiệu")),
        ),
    )
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Cột"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nhiều cột thì tệp Word, PDF xoay ngang trang."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Order the list that the query string names as a file."""
    source = request.GET.get("nguon", "")
    pairs = sources.pairs_of(request.GET)
    me = viewer(request)
    wanted = sources.asked(me, source, pairs)
    pairs = sources.kept_pairs(pairs, wanted)
    every = sources.every_column(wanted)
    shown = [one.key for one in sources.chosen_columns(wanted, sources.keys_of(request.GET))]
    sort = ("-" if wanted.descending else "") + wanted.order
    form = ExportForm(
        request.POST or None, initial={"format": "docx", "sort": sort, "columns": shown}
    )
    if source in (sources.CONTENTS, sources.CHOSEN):
        # As filed, or as chosen, and no other way: that is what this list is for.
        del form.fields["sort"]
    form.fields["columns"].choices = [(one.key, one.label) for one in every]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        export, _job = order_export(
            acting(request),
            source=source,
            pairs={**pairs, "sort": form.cleaned_data.get("sort", "")},
            columns=form.cleaned_data["columns"],
            format_=form.cleaned_data["format"],
        )
        return redirect("reports:export", export_id=export.pk)
    back = sources.page_of(source, urlencode(pairs))
    context = {
        "form": form,
        "way": [Crumb(sources.title_of(wanted), back), Crumb(_("Xuất ra tệp"))],
        "conditions": sources.conditions_in_words(me, wanted)[:-1],
        "count": _counted(me, wanted),
        "save_label": _("Xuất"),
        "cancel_label": _("Không xuất"),
        "cancel_url": back,
    }
    return render(request, "reports/export_form.html", context, status=422 if form.errors else 200)


def _counted(me: Viewer, wanted: sources.Asked) -> str:
    """How many rows, in words; "" when counting takes too long for a page."""
    try:
        count, capped = sources.count(me, wanted)
    except TooBroad:
        return ""
    return in_words(count, capped=capped)


@require_safe
def export(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    """One export: how far it is, then its file."""
    found, task = _under_way(request, export_id)
    ready = files.is_ready(found)
    context = {
        "export": found,
        "again_url": _again_url(found),
        "task": task,
        "ready": ready,
        "way": [Crumb(_("Bản xuất của tôi"), reverse("reports:exports")), Crumb(found.serial)],
        "fact_groups": [_facts(request, found)],
    }
    return render(request, "reports/export.html", context)


@require_safe
def progress(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    """The progress block, asked for again each second; the whole page when it is over."""
    found, task = _under_way(request, export_id)
    page = reverse("reports:export", args=[found.pk])
    if not request.headers.get("HX-Request"):
        return redirect(page)
    if task is None or not task.running:
        answer = HttpResponse()
        answer["HX-Redirect"] = page
        return answer
    return render(request, "ui/parts/progress.html", {"task": task})


def _under_way(request: HttpRequest, export_id: uuid.UUID) -> tuple[Export, Progress | None]:
    """An export, and how far its job is; None once the list is written."""
    found = queries.export(viewer(request), export_id)
    job = jobs(viewer(request)).filter(pk=found.job_id).first()
    if job is not None and job.state == Job.State.DONE:
        # It may have ended between the two reads.
        found = queries.export(viewer(request), export_id)
    if job is None or found.finished_at is not None:
        return found, None
    url = reverse("reports:export-progress", args=[found.pk])
    return found, replace(progress_of(job), url=url, result_url="")


def _again_url(found: Export) -> str:
    """Where the same is ordered once more."""
    if found.source == JOB_ROWS:
        return reverse("office:job", args=[found.asked["job"]])
    pairs = {"nguon": found.source, **found.asked, COLUMNS: ",".join(found.columns)}
    return f"{reverse('reports:export-new')}?{urlencode(pairs)}"


def _asked(request: HttpRequest, found: Export) -> list[Fact]:
    """What was asked for, and in which columns."""
    if found.source == JOB_ROWS:
        outcome = OUTCOMES.get(found.asked["outcome"], _("Tất cả"))
        return [
            Fact(_("Công việc"), label_of(found.asked["kind"]), _again_url(found)),
            Fact(_("Kết quả"), outcome),
        ]
    wanted = sources.as_ordered(viewer(request), found.source, found.asked)
    words = sources.conditions_in_words(viewer(request), wanted)
    columns = ", ".join(str(one.label) for one in sources.chosen_columns(wanted, found.columns))
    return [*(Fact(label, value) for label, value in words), Fact(_("Cột"), columns)]


def _facts(request: HttpRequest, found: Export) -> FactGroup:
    facts = [
        *_asked(request, found),
        Fact(_("Định dạng"), found.get_format_display()),
        Fact(_("Mã bản"), found.serial, code=True),
        Fact(_("Đặt lúc"), formats.moment(found.ordered_at)),
    ]
    if found.finished_at is not None:
        facts += [
            Fact(_("Số dòng"), formats.thousands(found.rows or 0)),
            Fact(_("Dung lượng"), formats.file_size(found.size or 0)),
            Fact("SHA-256", found.sha256, code=True),
            Fact(_("Giữ tệp đến"), formats.moment(found.expires_at)),
        ]
    return FactGroup(str(sources.TITLES[found.source]), tuple(facts))


@require_safe
def download(request: HttpRequest, export_id: uuid.UUID) -> HttpResponseBase:
    """The file, for its owner alone; each time is recorded."""
    found = queries.export(viewer(request), export_id)
    if not files.is_ready(found):
        raise NotFoundForViewer(_("Tệp này không còn."), hint=_("Xuất lại danh sách."))
    kind = _TYPES[found.format]
    if request.method == "HEAD":
        return HttpResponse(content_type=kind)
    moment = timezone.localtime(found.ordered_at)
    name = f"{sources.file_name(viewer(request), found)}-{moment:%Y%m%d-%H%M}.{found.format}"
    # Recorded last: what could fail has not failed by then.
    response = FileResponse(files.file_of(found).open("rb"), content_type=kind)
    try:
        fetch_export(acting(request), export_id)
    except Exception:
        response.close()
        raise
    return as_download(response, name)


@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """What the person ordered, newest first."""
    me = viewer(request)
    words: dict[uuid.UUID, str] = {}
    register: Register[Export] = Register(
        name="exports",
        caption=_("Bản xuất của tôi"),
        query=request.GET,
        default_sort="-ordered",
        row_id=lambda one: str(one.pk),
        columns=(
            Column(
                "list", _("Danh sách"),
                lambda one: Cell(
                    str(sources.TITLES[one.source]),
                    reverse("reports:export", args=[one.pk]),
                    note=words.get(one.pk, ""),
                ),
                primary=True,
            ),
            Column("format", _("Định dạng"), lambda one: f".{one.format}", "short"),
            Column("ordered", _("Đặt lúc"), lambda one: formats.moment(one.ordered_at), "date"),
            Column(
                "rows", _("Số dòng"),
                lambda one: "" if one.rows is None else formats.thousands(one.rows), "number",
            ),
            Column("serial", _("Mã bản"), lambda one: one.serial, "code", wide_only=True),
            Column("state", _("Trạng thái"), _state, "tag"),
        ),
        empty=EmptyState(
            _("Chưa xuất danh sách nào"),
            _("Ở trang tìm kiếm hay danh sách, chọn “Xuất, in, lưu”."),
        ),
    )  # fmt: skip
    page = page_by_time(
        register,
        queries.exports(me),
        "ordered_at",
        prepare=lambda rows: words.update(sources.words_of(me, rows)),
    )
    return render(request, "reports/exports.html", {"register": page})


def _state(one: Export) -> Cell:
    if one.finished_at is None:
        return Cell(_("Chưa xong"), tone="info")
    if files.is_ready(one):
        return Cell(_("Tải được"), tone="ok")
    return Cell(_("Hết hạn giữ"))
