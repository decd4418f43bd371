"""One's own use packages (DIP): the list, how one goes, taking it, doing away with it."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tangthu.archive import queries
from tangthu.archive.actions.hand_out_dip import hand_out
from tangthu.archive.actions.remove_dip import remove_dip
from tangthu.archive.models import Dissemination
from tangthu.archive.views.contents import as_download
from tangthu.archive.views.telling import tell
from tangthu.identity import queries as identity
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.jobs import request_stop
from tangthu.kernel.models import Job
from tangthu.records import queries as records
from tangthu.records.fields import code_label
from tangthu.records.models import Document
from tangthu.standards.tt05.identifiers import dip_object_id
from tangthu.ui import formats
from tangthu.ui.parts import Action, Confirmation, Crumb, Fact, FactGroup, Notice, Progress
from tangthu.ui.tables import Cell, Column, EmptyState, Register, RegisterPage, Tone
from tangthu.ui.working import UNDER_WAY, progress_of

_LISTED = 200
_SHOWN = 100


def _state(dip: Dissemination, job: Job | None = None) -> tuple[str, Tone]:
    if dip.removed_at is not None:
        return _("Đã xóa"), ""
    if dip.made_at is None:
        return (_("Đang tạo"), "info") if _goes_on(job) else (_("Không tạo được"), "danger")
    if dip.expires_at is not None and dip.expires_at <= timezone.now():
        return _("Hết hạn"), ""
    return _("Tải được"), "ok"


def _goes_on(job: Job | None) -> bool:
    return job is None or job.state in UNDER_WAY


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The viewer's own use packages, newest first."""
    found = queries.dips(viewer(request))
    rows, count = list(found[:_LISTED]), found.count()
    jobs = {
        job.subject_id: job
        for job in identity.jobs(viewer(request)).filter(
            subject_id__in=[row.id for row in rows if row.made_at is None]
        )
    }

    def state(row: Dissemination) -> Cell:
        words, tone = _state(row, jobs.get(row.id))
        return Cell(words, tone=tone)

    register: Register[Dissemination] = Register(
        name="dips",
        caption=_("Gói sử dụng"),
        query=request.GET,
        default_sort="ordered",
        row_id=lambda row: str(row.id),
        page_size=_LISTED,
        columns=(
            Column(
                "code",
                _("Mã yêu cầu"),
                lambda row: Cell(
                    row.code,
                    reverse("archive:dip", args=[row.id]),
                    note=row.request["purpose_text"],
                ),
                primary=True,
            ),
            Column("ordered", _("Yêu cầu lúc"), lambda row: formats.moment(row.ordered_at), "date"),
            Column("count", _("Tài liệu"), lambda row: len(row.documents), "number"),
            Column(
                "size",
                _("Dung lượng"),
                lambda row: formats.file_size(row.size) if row.size else "",
                wide_only=True,
            ),
            Column("state", _("Trạng thái"), state, "tag"),
        ),
        empty=EmptyState(
            _("Bạn chưa tạo gói sử dụng nào"),
            _("Mở một hồ sơ hoặc tài liệu đã đóng gói, chọn “Tạo gói sử dụng (DIP)”."),
        ),
    )
    page = register.page(rows, sort_values=lambda row: (row.code,), total=count)
    context = {"register": page, "first": _LISTED if count > _LISTED else 0}
    return render(request, "archive/dips.html", context)


@require_safe
def dip(request: HttpRequest, dip_id: uuid.UUID) -> HttpResponse:
    """One use package of one's own: how it goes, what it is, where to take it."""
    found = queries.dip(viewer(request), dip_id)
    job = _job(request, found)
    words, tone = _state(found, job)
    ready = tone == "ok"
    actions = []
    if ready:
        download = reverse("archive:dip-download", args=[found.id])
        actions.append(Action(_("Tải gói"), download, key="t", icon="download", weight="primary"))
    if found.removed_at is None and not (found.made_at is None and _goes_on(job)):
        remove = reverse("archive:dip-remove", args=[found.id])
        actions.append(Action(_("Xóa gói"), remove, icon="close"))
    unmade = found.made_at is None and found.removed_at is None
    context = {
        "dip": found,
        "state": words,
        "tone": tone,
        "task": _task(found, job) if job is not None and unmade else None,
        "notice": _about(found) if ready else None,
        "actions": actions,
        "fact_groups": _facts(found),
        "register": _contents(request, found),
        "first": _SHOWN if len(found.documents) > _SHOWN else 0,
        "history": tell(found.id, whole=True),
        "way": [Crumb(_("Gói sử dụng"), reverse("archive:dips")), Crumb(found.code)],
    }
    return render(request, "archive/dip.html", context)


@require_safe
def progress(request: HttpRequest, dip_id: uuid.UUID) -> HttpResponse:
    """The progress block, asked for again each second; the whole page when it is over."""
    found = queries.dip(viewer(request), dip_id)
    page = reverse("archive:dip", args=[found.id])
    if not request.headers.get("HX-Request"):
        return redirect(page)
    job = _job(request, found)
    if job is None or not _goes_on(job):
        answer = HttpResponse()
        answer["HX-Redirect"] = page
        return answer
    return render(request, "ui/parts/progress.html", {"task": _task(found, job)})


@require_POST
def stop(request: HttpRequest, dip_id: uuid.UUID) -> HttpResponse:
    """Ask the job that makes a package to stop."""
    found = queries.dip(viewer(request), dip_id)
    job = _job(request, found)
    if job is not None:
        request_stop(job.id)
    return redirect("archive:dip", dip_id=found.id)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, dip_id: uuid.UUID) -> HttpResponse:
    """Do away with a package of one's own, once that was confirmed."""
    if request.method == "POST":
        remove_dip(acting(request), dip_id)
        messages.success(request, _("Đã xóa gói sử dụng."))
        return redirect("archive:dips")
    found = queries.dip(viewer(request), dip_id)
    here = reverse("archive:dip", args=[found.id])
    if found.removed_at is not None:
        return redirect(here)
    documents = len(found.documents)
    confirmation = Confirmation(
        title=_("Xóa gói sử dụng"),
        what=_("Xóa gói sử dụng %(code)s") % {"code": found.code},
        count=ngettext("%(n)s tài liệu", "%(n)s tài liệu", documents)
        % {"n": formats.thousands(documents)},
        authority_label=_("Người thực hiện"),
        authority=viewer(request).full_name,
        submit_label=_("Xóa gói"),
        cancel_url=here,
        consequences=(
            _("gói không tải được nữa; muốn dùng lại thì tạo gói mới;"),
            _("tài liệu và gói lưu trữ giữ nguyên; yêu cầu và việc xóa còn trong sổ cái."),
        ),
    )
    way = [
        Crumb(_("Gói sử dụng"), reverse("archive:dips")),
        Crumb(found.code, here),
        Crumb(_("Xóa gói")),
    ]
    return render(request, "ui/confirm.html", {"confirmation": confirmation, "way": way})


@require_safe
def download(request: HttpRequest, dip_id: uuid.UUID) -> HttpResponseBase:
    """The package as a zip; each download is on record."""
    if request.method == "HEAD":
        queries.dip(viewer(request), dip_id)
        return HttpResponse()
    found, pieces = hand_out(acting(request), dip_id)
    response = StreamingHttpResponse(pieces)
    response["Content-Type"] = "application/zip"
    response["Content-Length"] = str(found.size)
    return as_download(response, f"{dip_object_id(found.id)}.zip")


def _job(request: HttpRequest, found: Dissemination) -> Job | None:
    jobs = identity.jobs(viewer(request)).filter(subject_id=found.id)
    return jobs.order_by("-created_at").first()


def _task(found: Dissemination, job: Job) -> Progress:
    may_stop = _goes_on(job) and not job.stop_requested
    return replace(
        progress_of(job),
        id="viec-cua-goi",
        url=reverse("archive:dip-progress", args=[found.id]),
        stop_url=reverse("archive:dip-stop", args=[found.id]) if may_stop else "",
        result_url="",
    )


def _about(found: Dissemination) -> Notice:
    return Notice(
        _(
            "Gói đã sẵn sàng, tải được đến %(until)s. Chỉ bạn tải được gói này; mỗi lần tải được "
            "ghi vào sổ cái."
        )
        % {"until": formats.moment(found.expires_at)},
        tone="ok",
    )


def _facts(found: Dissemination) -> list[FactGroup]:
    on = timezone.localdate(found.ordered_at)
    asked = found.request
    request = [
        Fact(_("Mã yêu cầu"), found.code, code=True),
        Fact(_("Yêu cầu lúc"), formats.moment(found.ordered_at)),
        Fact(_("Mục đích sử dụng"), code_label("purpose", asked["purpose_code"], on)),
        Fact(_("Nội dung mục đích sử dụng"), asked["purpose_text"]),
        Fact(_("Đối tượng tính phí"), code_label("fee_classes", asked["fee_class"], on)),
        Fact(_("Chủ đề nghiên cứu"), asked["research_topic"]),
        Fact(_("Ghi chú"), asked["note"]),
    ]
    groups = [FactGroup(_("Yêu cầu"), tuple(fact for fact in request if fact.value))]
    if found.made_at is not None:
        package = (
            Fact("OBJID", dip_object_id(found.id), code=True),
            Fact(_("Tạo xong lúc"), formats.moment(found.made_at)),
            Fact(_("Hạn tải"), formats.moment(found.expires_at)),
            Fact(_("Số tệp"), formats.thousands(found.files)),
            Fact(_("Dung lượng"), formats.file_size(found.size)),
            Fact("SHA-256", found.sha256, code=True),
        )
        groups.append(FactGroup(_("Gói"), package))
    return groups


def _contents(request: HttpRequest, found: Dissemination) -> RegisterPage:
    """The documents in the package that the viewer may still see; the first of them."""
    wanted = [uuid.UUID(one) for one in found.documents[:_SHOWN]]
    seen = records.documents(viewer(request)).in_bulk(wanted)
    rows = [seen[one] for one in wanted if one in seen]
    register: Register[Document] = Register(
        name="contents",
        caption=_("Tài liệu trong gói"),
        query=request.GET,
        default_sort="code",
        row_id=lambda row: str(row.pk),
        page_size=_SHOWN,
        columns=(
            Column(
                "subject",
                _("Trích yếu"),
                lambda row: Cell(row.subject, reverse("archive:document", args=[row.pk])),
                primary=True,
            ),
            Column("code", _("Mã lưu trữ"), lambda row: row.record_archive_code, "code"),
        ),
        empty=EmptyState(_("Không có tài liệu nào bạn được xem"), ""),
    )
    # Where all are listed: those that may still be seen.
    total = len(found.documents) if len(found.documents) > _SHOWN else len(rows)
    return register.page(rows, sort_values=lambda row: (row.record_archive_code,), total=total)
