"""A bulk act on the screen: rows chosen, an act chosen, its preview, its progress and result."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tangthu.bulk import acts, queries
from tangthu.bulk.actions.choose_rows import KINDS, SEARCH, choose_listed, choose_marked
from tangthu.bulk.actions.confirm_act import confirm_act
from tangthu.bulk.actions.preview_act import preview_act
from tangthu.bulk.acts.base import made_page
from tangthu.bulk.acts.describe import shared_fields
from tangthu.bulk.models import BulkAct
from tangthu.identity.queries import jobs
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import HouseError, InvalidInput, NotFoundForViewer
from tangthu.records.fields import label_of
from tangthu.reports import sources
from tangthu.ui import formats
from tangthu.ui.by_time import page_by_time
from tangthu.ui.form_pages import posted, run_form
from tangthu.ui.parts import Crumb, Progress
from tangthu.ui.tables import Cell, Column, EmptyState, Register
from tangthu.ui.working import progress_of

_PAGE = 100
_LISTS = {kind: source for source, kind in KINDS.items()}


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Freeze the marked rows of a list, or all rows of the list as it was asked for."""
    source = request.POST.get("nguon") or request.GET.get("nguon", "")
    try:
        if "nguon" in request.POST:
            made = choose_listed(acting(request), source, sources.pairs_of(request.POST))
        else:
            made = choose_marked(acting(request), source, _ids(request))
    except InvalidInput as error:
        if source not in {*KINDS, SEARCH}:
            raise
        messages.warning(request, f"{error.message} {error.hint}".strip())
        return redirect(sources.page_of(source, urlencode(sources.pairs_of(request.POST))))
    return redirect("bulk:act", bulk_id=made.pk)


def _ids(request: HttpRequest) -> list[uuid.UUID]:
    found = []
    for one in request.POST.getlist("ids"):
        try:
            found.append(uuid.UUID(one))
        except ValueError:
            continue
    return found


@require_safe
def act(request: HttpRequest, bulk_id: uuid.UUID) -> HttpResponse:
    """What can be done with the chosen rows; the preview of what was chosen; or how far it is."""
    me = viewer(request)
    found = queries.bulk_act(me, bulk_id)
    counts = queries.counts(me, found)
    chosen = ngettext("%(n)s dòng đã chọn", "%(n)s dòng đã chọn", counts.rows) % {
        "n": formats.thousands(counts.rows)
    }
    back = _back(found)
    context: dict[str, Any] = {
        "found": found, "counts": counts, "back": back, "chosen": chosen,
        "conditions": _conditions(request, found),
    }  # fmt: skip
    if not found.act:
        context |= {"way": [back, Crumb(_("Làm hàng loạt"))], "offered": _offered(request, found)}
        return render(request, "bulk/choose.html", context)
    done = acts.by_name(found.act)
    page = _number(request.GET.get("trang", ""))
    rows, total = queries.rows(me, found, start=(page - 1) * _PAGE, most=_PAGE)
    task = _task(request, found)
    context |= {
        "act": done,
        "words": done.words(me, found),
        "rows": rows,
        "page": page,
        "before": page - 1,
        "after": page + 1 if total > page * _PAGE else 0,
        "task": task,
        "made": made_page(done, found),
        "way": [back, Crumb(done.label)],
    }
    return render(request, "bulk/act.html", context)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own bulk acts, the newest first: chosen, being done, done."""
    me = viewer(request)
    register: Register[BulkAct] = Register(
        name="bulk-acts",
        caption=_("Việc hàng loạt của tôi"),
        query=request.GET,
        default_sort="-made",
        row_id=lambda one: str(one.pk),
        columns=(
            Column(
                "act", _("Việc"),
                lambda one: Cell(
                    str(acts.by_name(one.act).label) if one.act else _("Chưa chọn việc"),
                    reverse("bulk:act", args=[one.pk]),
                ),
                primary=True,
            ),
            Column("list", _("Danh sách"), lambda one: str(_back(one).label)),
            Column("made", _("Chọn lúc"), lambda one: formats.moment(one.made_at), "date"),
            Column(
                "confirmed", _("Xác nhận lúc"),
                lambda one: formats.moment(one.confirmed_at) if one.confirmed_at else "", "date",
            ),
        ),
        empty=EmptyState(
            _("Chưa có việc hàng loạt nào"),
            _("Ở danh sách hồ sơ hay tài liệu, bấm “Làm hàng loạt”."),
        ),
    )  # fmt: skip
    page = page_by_time(register, queries.bulk_acts(me), "made_at")
    title = _("Việc hàng loạt của tôi")
    return render(request, "identity/register.html", {"register": page, "title": title})


@require_safe
def progress(request: HttpRequest, bulk_id: uuid.UUID) -> HttpResponse:
    """The progress block, asked for again each second; the whole page when it is over."""
    found = queries.bulk_act(viewer(request), bulk_id)
    page = reverse("bulk:act", args=[found.pk])
    if not request.headers.get("HX-Request"):
        return redirect(page)
    task = _task(request, found)
    if task is None or not task.running:
        answer = HttpResponse()
        answer["HX-Redirect"] = page
        return answer
    return render(request, "ui/parts/progress.html", {"task": task})


@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest, bulk_id: uuid.UUID, bulk_act: str) -> HttpResponse:
    """What the act must know; then its preview."""
    me = viewer(request)
    found = queries.bulk_act(me, bulk_id)
    chosen = acts.act(me, found.kind, bulk_act)
    here = reverse("bulk:act", args=[found.pk])
    if found.confirmed_at is not None:
        return redirect(here)
    form = chosen.form(me, found, posted(request), chosen=request.GET.get("truong", ""))

    def preview(_given: dict[str, Any]) -> str:
        preview_act(acting(request), found.pk, bulk_act, request.POST)
        return here

    if request.method == "POST" and not form.fields:
        preview({})
        return redirect(here)
    return run_form(
        request, form, preview, done=_("Đã lập bản xem trước; chưa có gì thay đổi."),
        title=chosen.label, lead=chosen.note, save_label=_("Xem trước"),
        way=[_back(found), Crumb(_("Làm hàng loạt"), here), Crumb(chosen.label)], cancel_url=here,
    )  # fmt: skip


@require_POST
def confirm(request: HttpRequest, bulk_id: uuid.UUID) -> HttpResponse:
    """Start what was previewed."""
    found = queries.bulk_act(viewer(request), bulk_id)
    try:
        confirm_act(acting(request), found.pk, request.POST.get("digest", ""))
    except NotFoundForViewer:
        raise
    except HouseError as error:
        messages.warning(request, f"{error.message} {error.hint}".strip())
    return redirect("bulk:act", bulk_id=found.pk)


def _offered(request: HttpRequest, found: BulkAct) -> list[dict[str, Any]]:
    """The acts with their addresses; of descriptions one for each field."""
    told = []
    for one in acts.offered(viewer(request), found.kind):
        url = reverse("bulk:prepare", args=[found.pk, one.name])
        fields = shared_fields(found.kind) if one.name == "describe" else []
        links = [(label_of(field), f"{url}?truong={field.identifier}") for field in fields]
        form = one.form(viewer(request), found, None)
        told.append({"act": one, "url": url, "links": links, "asks": bool(form.fields)})
    return told


def _task(request: HttpRequest, found: BulkAct) -> Progress | None:
    job = jobs(viewer(request)).filter(pk=found.job_id).first() if found.job_id else None
    if job is None:
        return None
    url = reverse("bulk:progress", args=[found.pk])
    return replace(progress_of(job), url=url, result_url="")


def _back(found: BulkAct) -> Crumb:
    source = found.source or _LISTS[found.kind]
    return Crumb(sources.TITLES[source], sources.page_of(source, urlencode(found.asked)))


def _conditions(request: HttpRequest, found: BulkAct) -> list[tuple[str, str]]:
    """From which list the rows were chosen, in words."""
    if not found.source:
        return [(_("Cách chọn"), _("đánh dấu từng dòng"))]
    wanted = sources.as_ordered(viewer(request), found.source, found.asked)
    words = sources.conditions_in_words(viewer(request), wanted)[:-1]
    return words or [(_("Cách chọn"), _("mọi dòng của danh sách, không lọc"))]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 else 1
