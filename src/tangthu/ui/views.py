"""The component pages, which only the site of the tests serves. Specimens: nothing here reads or
writes a record."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from tangthu.ui import specimens
from tangthu.ui.parts import Confirmation, Crumb, Progress
from tangthu.ui.tables import EmptyState

ERROR_TEMPLATES = {
    "missing": ("ui/errors/missing.html", 404),
    "server": ("ui/errors/server.html", 500),
    "locked": ("ui/errors/locked.html", 429),
    "csrf": ("ui/errors/csrf.html", 403),
    "not-allowed": ("ui/errors/not_allowed.html", 405),
    "bad-request": ("ui/errors/bad_request.html", 400),
}
PROGRESS_STEPS = 8
PROGRESS_TOTAL = 12_408


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """All parts on one page, each with its states."""
    wrong = specimens.SpecimenForm({"arrived": "31/02/2025", "summary": ""})
    context = {
        "way": [Crumb(_("Trang đầu"), "/"), Crumb(_("Mẫu giao diện"))],
        "queue_groups": specimens.queue_groups(),
        "actions_specimen": specimens.actions(),
        "empty": EmptyState(
            _("Không còn việc nào đến hạn"),
            _("Việc mới được giao sẽ hiện ở đây, hạn sớm nhất lên đầu."),
            _("Xem việc đã xong"),
            "#",
        ),
        "register": specimens.register_page(request.GET),
        "register_filtered_out": specimens.register_page(
            {"status": "waiting", "q": "zzz"}, name="empty"
        ),
        "fact_groups": specimens.fact_groups(),
        "timeline_entries": specimens.timeline(),
        "viewer": specimens.viewer(),
        "viewer_empty": specimens.viewer_empty(),
        "tabs": specimens.tabs(reverse("ui:components")),
        "notices": specimens.notices(),
        "stats": specimens.stats(),
        "chart": specimens.chart(),
        "chart_empty": specimens.chart(empty=True),
        "proposals": specimens.proposals(),
        "tasks": specimens.tasks(),
        "form": specimens.SpecimenForm(),
        "wrong_form": wrong,
        "confirmation": _confirmation(),
        "icons": specimens.icon_names(),
        "colours": specimens.COLOURS,
        "snippet": specimens.SNIPPET,
        "snippet_ranges": specimens.SNIPPET_RANGES,
        "specimen_time": specimens.NOW,
        "error_kinds": list(ERROR_TEMPLATES),
    }
    return render(request, "ui/specimens/components.html", context)


@require_safe
def queue_page(request: HttpRequest) -> HttpResponse:
    """The first face: what is mine to do."""
    groups = specimens.queue_groups()
    return render(request, "ui/specimens/queue.html", {"queue_groups": groups})


@require_safe
def record_page(request: HttpRequest) -> HttpResponse:
    """The second face: image left, facts and history right, actions on top."""
    context = {
        "way": [Crumb(_("Văn bản đến"), reverse("ui:register")), Crumb("123/QĐ-UBND")],
        "actions": specimens.actions(),
        "viewer": specimens.viewer(),
        "tabs": specimens.tabs(request.path),
        "fact_groups": specimens.fact_groups(),
        "timeline_entries": specimens.timeline(),
    }
    return render(request, "ui/specimens/record.html", context)


@require_safe
def register_page(request: HttpRequest) -> HttpResponse:
    """The third face: a sortable table with filters that are links."""
    context = {
        "way": [Crumb(_("Trang đầu"), "/"), Crumb(_("Sổ đăng ký văn bản đến"))],
        "register": specimens.register_page(request.GET),
        "stats": specimens.stats(),
    }
    return render(request, "ui/specimens/register.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def form_page(request: HttpRequest) -> HttpResponse:
    """A form; posting it shows its errors or the same form again."""
    form = specimens.SpecimenForm(request.POST or None)
    status = 422 if form.is_bound and not form.is_valid() else 200
    context = {
        "form": form,
        "save_label": _("Lưu"),
        "save_next_label": _("Lưu và tiếp theo"),
        "cancel_url": reverse("ui:components"),
        "way": [Crumb(_("Văn bản đến"), reverse("ui:register")), Crumb(_("Đăng ký"))],
    }
    return render(request, "ui/specimens/form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def upload_page(request: HttpRequest) -> HttpResponse:
    """A form with files; what is posted is counted and let go."""
    bound = request.method == "POST"
    form = specimens.UploadForm(request.POST, request.FILES) if bound else specimens.UploadForm()
    valid = bound and form.is_valid()
    context = {
        "form": form,
        "received": form.cleaned_data["uploads"] if valid else None,
        "received_paths": request.POST.getlist("uploads_paths"),
        "save_label": _("Gửi tệp"),
        "way": [Crumb(_("Kho lưu trữ"), "#"), Crumb(_("Nhập tài liệu"))],
    }
    return render(
        request, "ui/specimens/upload.html", context, status=422 if bound and not valid else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_page(request: HttpRequest) -> HttpResponse:
    """An irreversible step, restated."""
    form = specimens.ConfirmForm(request.POST or None)
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "ui/confirm.html", {"confirmation": _confirmation(form)}, status=status)


@require_safe
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """The sign-in layout with a form that leads nowhere."""
    context = {"form": specimens.SignInForm(), "body_name": specimens.BODY}
    return render(request, "ui/sign_in.html", context)


@require_GET
def progress_fragment(request: HttpRequest) -> HttpResponse:
    """What a polled task answers: one step further each time, done at the end."""
    asked = request.GET.get("step", "")
    step = min(int(asked), PROGRESS_STEPS) if asked.isascii() and asked.isdigit() else 0
    finished = step >= PROGRESS_STEPS
    task = Progress(
        id="viec-mau",
        label=_("Kiểm tra và đóng gói tài liệu"),
        done=PROGRESS_TOTAL * step // PROGRESS_STEPS,
        total=PROGRESS_TOTAL,
        elapsed=step * 9.0,
        speed=PROGRESS_TOTAL / PROGRESS_STEPS / 9.0 if step else None,
        url=f"{reverse('ui:progress')}?step={step + 1}",
        unit=_("tệp"),
        state="done" if finished else "running",
        stop_url="" if finished else reverse("ui:confirm"),
        result_url=reverse("ui:register") if finished else "",
        result_label=_("Xem kết quả") if finished else "",
    )
    return render(request, "ui/parts/progress.html", {"task": task})


@require_safe
def error_page(request: HttpRequest, kind: str) -> HttpResponse:
    """One of the error pages, with its own status."""
    if kind not in ERROR_TEMPLATES:
        raise Http404
    template, status = ERROR_TEMPLATES[kind]
    return render(request, template, {"cooloff_seconds": 900}, status=status)


def _confirmation(form: specimens.ConfirmForm | None = None) -> Confirmation:
    return Confirmation(
        title=_("Tiêu hủy tài liệu hết thời hạn lưu trữ"),
        what=_("Tiêu hủy hồ sơ trong Danh mục tài liệu hết giá trị năm 2025, phông Văn phòng"),
        count=_("37 hồ sơ, 1.204 văn bản, 3,2 GB"),
        authority=_("Quyết định số 88/QĐ-VP ngày 15/10/2025 của Chánh Văn phòng"),
        consequences=(
            _("Nội dung bị xóa khỏi mọi kho và không thể khôi phục."),
            _("Hệ thống giữ bằng chứng của quyết định và việc tiêu hủy."),
        ),
        sample=(
            "H30.2004.12 – Tập lưu công văn đi năm 2004, quyển 12",
            "H30.2004.13 – Hồ sơ sao lục văn bản năm 2004",
        ),
        more=35,
        submit_label=_("Tiêu hủy 37 hồ sơ"),
        cancel_url=reverse("ui:components"),
        form=form or specimens.ConfirmForm(),
    )
