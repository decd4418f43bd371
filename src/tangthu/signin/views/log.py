"""The security log as a register, and as a file of lines (RM-956)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.signin import queries, wording
from tangthu.signin.actions.read_log import note_reading
from tangthu.signin.models import Kind, Outcome, SecurityEntry
from tangthu.ui import formats
from tangthu.ui.by_time import page_by_time
from tangthu.ui.csv_cells import safe_cell
from tangthu.ui.days import fault_of
from tangthu.ui.parts import Action
from tangthu.ui.tables import Cell, Column, EmptyState, Filter, Option, RangeFilter, Register

_HEADINGS = (
    "time_utc", "kind", "outcome", "source", "port", "account", "target", "detail", "agent",
)  # fmt: skip


def _viewer(request: HttpRequest) -> Viewer:
    """Who reads. Raises NotFoundForViewer for who may not."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.may_anywhere("log.review"):
        raise NotFoundForViewer()
    return viewer


def _register(request: HttpRequest) -> Register[SecurityEntry]:
    return Register(
        name="security-log",
        caption=_("Nhật ký an toàn"),
        query=request.GET,
        default_sort="-at",
        row_id=lambda one: str(one.pk),
        searchable=True,
        filters=[
            Filter("viec", _("Việc"), tuple(Option(k.value, k.label) for k in Kind), multiple=True),
            Filter("ket-qua", _("Kết quả"), tuple(Option(k.value, k.label) for k in Outcome)),
            RangeFilter("ngay", _("Ngày")),
        ],
        columns=(
            Column("at", _("Lúc"), lambda one: formats.moment(one.at), "date", sortable=True),
            Column("kind", _("Việc"), _kind, primary=True),
            Column("account", _("Tài khoản"), lambda one: one.account or "–", "code"),
            Column("target", _("Đối tượng"), lambda one: one.target or "–"),
            Column("source", _("Nguồn"), _source, "code"),
            Column("outcome", _("Kết quả"), _outcome, "tag"),
            Column("agent", _("Thiết bị"), lambda one: wording.device(one.agent), extra=True),
        ),
        empty=EmptyState(
            _("Không có dòng nào"), _("Đổi bộ lọc; nhật ký giữ ít nhất 12 tháng.")
        ),
    )  # fmt: skip


def _kind(one: SecurityEntry) -> Cell:
    return Cell(one.get_kind_display(), note=wording.of_entry(one))


def _source(one: SecurityEntry) -> str:
    return f"{one.source}:{one.port}" if one.port else one.source


def _outcome(one: SecurityEntry) -> Cell:
    tones = {Outcome.OK: "", Outcome.FAIL: "warn", Outcome.REFUSED: "danger"}
    return Cell(one.get_outcome_display(), tone=tones[Outcome(one.outcome)])  # type: ignore[arg-type]


def _found(viewer: Viewer, register: Register[SecurityEntry]) -> QuerySet[SecurityEntry]:
    """The lines that the filters leave."""
    start, end = register.span("ngay")
    return queries.narrowed(
        queries.entries(viewer),
        kinds=register.chosen("viec"),
        outcomes=register.chosen("ket-qua"),
        text=register.search,
        start=start,
        end=end,
    )


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The lines of the viewer's bodies, newest first. That it was read is a line of its own."""
    viewer = _viewer(request)
    register = _register(request)
    trouble = fault_of(*register.span("ngay"))
    found = queries.entries(viewer) if trouble else _found(viewer, register)
    page = page_by_time(register, found, "at", trouble=trouble)
    note_reading(viewer, request.user, target=request.path)  # type: ignore[arg-type]
    query = request.GET.urlencode()
    url = f"{reverse('signin:log-file')}{'?' if query else ''}{query}"
    context = {
        "register": page,
        "actions": [Action(_("Tải các dòng đang lọc (CSV)"), url, icon="download")],
    }
    return render(request, "signin/log.html", context)


class _Line(io.StringIO):
    """A file of one line, to be taken out after each."""

    def taken(self) -> str:
        line = self.getvalue()
        self.seek(0)
        self.truncate()
        return line


@require_safe
def log_file(request: HttpRequest) -> StreamingHttpResponse:
    """The same lines as CSV in UTF-8, times in UTC; streamed, however many there are."""
    viewer = _viewer(request)
    found = _found(viewer, _register(request))
    note_reading(viewer, request.user, target=request.path, always=True)  # type: ignore[arg-type]
    response = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    name = f"nhat-ky-an-toan-{timezone.localdate():%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(found: QuerySet[SecurityEntry]) -> Iterator[str]:
    line = _Line()
    writer = csv.writer(line)
    yield "\ufeff"
    writer.writerow(_HEADINGS)
    yield line.taken()
    for one in found.order_by("-at", "-id").iterator(chunk_size=2000):
        writer.writerow([safe_cell(value) for value in wording.as_row(one)])
        yield line.taken()
