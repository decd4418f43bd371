"""Taking what is ready of a batch, restated first; and ending the batch."""

from __future__ import annotations

import uuid
from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tangthu.archive import queries
from tangthu.archive.actions.accept_batch import close_batch, queue_acceptance
from tangthu.archive.batch.accept import ALL_PROPOSALS, COMPLETE
from tangthu.archive.batch.model import Outcome
from tangthu.archive.forms_imports import AcceptForm
from tangthu.archive.models import Batch
from tangthu.archive.review import Review
from tangthu.archive.views.import_frame import OVER, frame, reviewed, whole_batch_taken
from tangthu.archive.wording import kind_words
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import Refused
from tangthu.ui.parts import Confirmation, Crumb

_SAMPLE = 8


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Say what would be taken and what would stay and why; posting takes it."""
    review = reviewed(request, batch_id)
    choices = _choices(review)
    form = (
        AcceptForm(choices, request.POST if request.method == "POST" else None) if choices else None
    )
    if form is not None and form.is_bound and form.is_valid():
        queue_acceptance(acting(request), batch_id, form.cleaned_data["accept"])
        return redirect("imports:batch", batch_id=batch_id)
    who = viewer(request)
    position = who.position_at(review.batch.body_id)
    context = {
        **frame(review.batch, review, "batch"),
        "actions": [],
        "form": form,
        "over": whole_batch_taken(review) if review.all_taken else None,
        "authority": f"{who.full_name}, {position}" if position else who.full_name,
        "dossiers": _dossiers(review),
        "left": _left(review, review.complete),
        "left_count": sum(1 for _one in review.waiting(review.complete)),
        "left_after_all": sum(1 for _one in review.waiting(review.with_proposals)),
        "cancel_url": reverse("imports:batch", args=[batch_id]),
        "way": [
            Crumb(_("Đợt số hóa"), reverse("imports:batches")),
            Crumb(review.batch.name, reverse("imports:batch", args=[batch_id])),
            Crumb(_("Tiếp nhận")),
        ],
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "archive/imports/accept.html", context, status=status)


def _choices(review: Review) -> list[tuple[str, str]]:
    """The ways to take something now, each with what it would take; none if nothing is ready."""
    dossiers, documents, proposed = review.new_in(review.complete)
    found = []
    if documents:
        words = _("Phần đã đủ: %(documents)s tài liệu trong %(dossiers)s hồ sơ") % {
            "documents": documents,
            "dossiers": dossiers,
        }
        if proposed:
            words += _(", %(n)s trong đó từ đề xuất bạn đã xác nhận") % {"n": proposed}
        found.append((COMPLETE, words))
    all_dossiers, all_documents, _all_proposed = review.new_in(review.with_proposals)
    if all_documents > documents:
        words = _(
            "Phần đã đủ và mọi đề xuất còn lại: %(documents)s tài liệu trong %(dossiers)s hồ sơ: "
            "%(before)s đã đủ, %(now)s nhờ đề xuất được xác nhận cùng lúc này"
        ) % {
            "documents": all_documents,
            "dossiers": all_dossiers,
            "before": documents,
            "now": all_documents - documents,
        }
        found.append((ALL_PROPOSALS, words))
    return found


def _dossiers(review: Review) -> list[str]:
    """The dossiers that would be taken at most, each with the truth about its documents."""
    found = []
    for ready in review.with_proposals.ready[:_SAMPLE]:
        title = ready.values["title"].value
        words = _("Hồ sơ %(number)s – %(title)s: %(n)s tài liệu") % {
            "number": ready.values["number"].value,
            "title": title,
            "n": len(ready.documents),
        }
        if ready.declared_documents is not None and ready.declared_documents != len(
            ready.documents
        ):
            words += _(" (bảng kê khai %(n)s)") % {"n": ready.declared_documents}
        found.append(words)
    return found


def _left(review: Review, outcome: Outcome) -> list[tuple[str, int]]:
    """Why things would stay: the reasons by how many things they hold."""
    counts: Counter[str] = Counter()
    for _target, reasons in review.waiting(outcome):
        counts.update({reason.code for reason in reasons})
    return [(_reason(code), count) for code, count in counts.most_common(12)]


def _reason(code: str) -> str:
    told = {
        "dossier.waits": _("Hồ sơ chưa đủ thông tin"),
        "dossier.no-document": _("Hồ sơ chưa có văn bản nào sẵn sàng"),
    }
    return told.get(code) or kind_words(code)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """End the batch; what was not taken is let go."""
    batch = queries.batch(viewer(request), batch_id)
    if batch.state in OVER:
        raise Refused(_("Đợt này đã kết thúc."))
    if request.method == "POST":
        close_batch(acting(request), batch_id)
        messages.success(request, _("Đã kết thúc đợt %(name)s.") % {"name": batch.name})
        return redirect("imports:batches")
    taken = batch.files.filter(document__isnull=False).count()
    left = batch.files.filter(document=None).count()
    position = viewer(request).position_at(batch.body_id)
    confirmation = Confirmation(
        title=_("Kết thúc đợt số hóa"),
        what=_("Kết thúc đợt “%(name)s”") % {"name": batch.name},
        count=ngettext(
            "%(taken)s tệp đã nhận vào kho, %(left)s tệp bỏ lại",
            "%(taken)s tệp đã nhận vào kho, %(left)s tệp bỏ lại",
            left,
        )
        % {"taken": taken, "left": left},
        authority_label=_("Người thực hiện"),
        authority=f"{viewer(request).full_name}, {position}",
        consequences=_consequences(batch),
        submit_label=_("Kết thúc đợt"),
        cancel_url=reverse("imports:batch", args=[batch_id]),
    )
    context = {**frame(batch, None, ""), "confirmation": confirmation, "actions": []}
    return render(request, "ui/confirm.html", context)


def _consequences(batch: Batch) -> tuple[str, ...]:
    found = [_("Tài liệu đã nhận vẫn ở trong kho, không bị ảnh hưởng.")]
    if batch.owns_folder:
        found.append(_("Tệp đã gửi lên mà chưa nhận sẽ bị xóa khỏi máy chủ."))
    else:
        found.append(_("Thư mục gốc trên máy chủ không bị đụng đến."))
    found.append(_("Quyết định và báo cáo của đợt không sửa được nữa."))
    return tuple(found)
