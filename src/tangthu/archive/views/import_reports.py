"""The dry run as an Excel workbook, out and back in."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.archive import dry_run
from tangthu.archive.actions.decide_batch import decide
from tangthu.archive.batch.errors import BatchError
from tangthu.archive.batch.workbook_in import Returned, read_report
from tangthu.archive.batch.workbook_out import write_report
from tangthu.archive.forms_imports import ReturnedForm
from tangthu.archive.review import Review
from tangthu.archive.views.contents import disposition
from tangthu.archive.views.import_frame import frame, reviewed
from tangthu.identity.views.asked import acting
from tangthu.kernel.errors import HouseError
from tangthu.standards import durable
from tangthu.ui.uploads import takes_files

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def download(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponseBase:
    """The report as .xlsx, to be corrected away from the screen."""
    review = reviewed(request, batch_id)
    with tempfile.TemporaryDirectory(dir=settings.HOME.cache) as folder:
        path = Path(folder, "bao-cao.xlsx")
        write_report(path, review.report, dry_run.code_lists())
        handle = path.open("rb")
    response = StreamingHttpResponse(iter(lambda: handle.read(1 << 20), b""), content_type=XLSX)
    response["Content-Disposition"] = disposition(f"Báo cáo {review.batch.name}.xlsx")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@takes_files("archive.import")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Take a corrected report back: changed cells become decisions, what cannot be is listed."""
    review = reviewed(request, batch_id)
    bound = request.method == "POST"
    form = ReturnedForm(request.POST, request.FILES) if bound else ReturnedForm()
    returned: Returned | None = None
    if bound and form.is_valid():
        sent = form.cleaned_data["workbook"][0]
        path = Path(sent.temporary_file_path())
        try:
            returned = _take(request, review, path, sent.name)
        except HouseError as error:
            form.add_error("workbook", str(error))
        finally:
            durable.overwrite_and_remove(path)
        if returned is not None and not returned.problems:
            return redirect("imports:batch", batch_id=batch_id)
    context = {
        **frame(review.batch, review, "batch"),
        "form": form,
        "problems": returned.problems if returned else (),
        "taken": len(returned.decisions) if returned else 0,
        "save_label": _("Gửi lại báo cáo đã sửa"),
        "cancel_url": reverse("imports:batch", args=[batch_id]),
        "report_url": reverse("imports:report", args=[batch_id]),
    }
    status = 422 if form.errors else 200
    return render(request, "archive/imports/corrected.html", context, status=status)


def _take(request: HttpRequest, review: Review, path: Path, name: str) -> Returned:
    try:
        returned = read_report(path, review.report, dry_run.code_lists())
    except BatchError as error:
        raise dry_run.in_words(error, name=name) from error
    if not returned.decisions:
        messages.info(request, _("Tệp này không có gì khác với báo cáo đang có."))
        return returned
    decide(acting(request), review.batch.id, returned.decisions)
    told = ngettext(
        "Đã ghi %(n)s quyết định từ tệp Excel.",
        "Đã ghi %(n)s quyết định từ tệp Excel.",
        len(returned.decisions),
    )
    messages.success(request, told % {"n": len(returned.decisions)})
    return returned
