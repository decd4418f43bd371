"""The rules in force on a day: each with its citation, evidence and period (AR-01, RM-014)."""

from __future__ import annotations

from itertools import groupby

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tangthu.identity.views.asked import viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.kernel.rulebook import matching, rulebook
from tangthu.kernel.terms import spoken
from tangthu.ui.form_pages import as_day
from tangthu.ui.forms import PartialDateField

# How surely a rule was read, in words (docs/rules.md).
EVIDENCE = {
    "P": gettext_lazy("đọc nguyên văn"),
    "V": gettext_lazy("đọc nguyên văn"),
    "S2": gettext_lazy("hai bản tóm tắt khớp nhau"),
    "S": gettext_lazy("một bản tóm tắt"),
    "N": gettext_lazy("chưa kiểm chứng"),
    "G": gettext_lazy("hiểu biết chung, hoặc do Tàng Thư đặt"),
}
_KINDS = {
    "value": gettext_lazy("Giá trị"),
    "code": gettext_lazy("Danh mục mã"),
    "field": gettext_lazy("Trường mô tả"),
    "format": gettext_lazy("Định dạng tệp"),
}


class DayForm(forms.Form):
    """Of which day, and which words the rules must hold."""

    ngay = PartialDateField(label=gettext_lazy("Ngày"), required=False, whole=True)
    q = forms.CharField(label=gettext_lazy("Tìm"), required=False, max_length=100)


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """All rules of one day, today without one asked for; for everybody with a position."""
    if not viewer(request).bodies():
        raise NotFoundForViewer()
    form = DayForm(request.GET or None)
    day, words = timezone.localdate(), ""
    if form.is_bound and form.is_valid():
        day = as_day(form.cleaned_data["ngay"]) or day
        words = form.cleaned_data["q"]
    found = matching(day, words)
    sections = [
        (f"{_KINDS[kind]}: {_title(group)}", list(rows))
        for (kind, group), rows in groupby(found, key=lambda one: (one.kind, one.group))
    ]
    book = rulebook()
    context = {
        "form": form,
        "day": day,
        "sections": sections,
        "count": len(found),
        "evidence": EVIDENCE.items(),
        "identity": book.identity,
        "overrides": book.overrides(),
    }
    return render(request, "office/rules.html", context, status=200)


def _title(group: str) -> str:
    book = rulebook()
    if group in book.list_names():
        return spoken(book.list_title(group)[0])
    return _("mọi định dạng") if group == "formats" else group
