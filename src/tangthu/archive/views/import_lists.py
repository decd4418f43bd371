"""Several lists among the files of a batch: which one counts as its index."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from tangthu.archive import dry_run, queries
from tangthu.archive.actions.choose_index import choose_index
from tangthu.archive.incoming import path_in
from tangthu.archive.index_copies import OTHER, differing
from tangthu.archive.models import Batch, BatchFile
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import Refused
from tangthu.ui import formats
from tangthu.ui.parts import Crumb, Notice

_KEEP = "="


class ListForm(forms.Form):
    """Which list is the index."""

    index = forms.ChoiceField(
        label=gettext_lazy("Bảng kê được tính"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Các bảng còn lại không tính là tài liệu và không được hỏi lại. Đổi bảng kê thì quyết "
            "định về từng dòng, hồ sơ, cột của bảng cũ được bỏ và đợt được kiểm tra lại."
        ),
    )

    def __init__(self, choices: Sequence[tuple[str, str]], data: object = None) -> None:
        super().__init__(data, initial={"index": _KEEP})  # type: ignore[arg-type]
        field = self.fields["index"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def unsettled(batch: Batch) -> list[BatchFile]:
    """The lists among the files that are partly the index, and that nobody decided about."""
    found = batch.files.filter(facts__list=OTHER, document=None).order_by("path")
    return [one for one in found if one.path not in batch.settled_lists]


def list_notice(batch: Batch) -> list[Notice]:
    """One message about all lists that lie among the files."""
    others = unsettled(batch)
    if not others:
        return []
    names = ", ".join(f"“{one.path}”" for one in others[:3])
    return [
        Notice(
            ngettext(
                "Trong các tệp còn %(n)s bảng kê khác",
                "Trong các tệp còn %(n)s bảng kê khác",
                len(others),
            )
            % {"n": len(others)},
            _("%(names)s giống bảng kê đang dùng “%(used)s” nhưng không y hệt. Chỉ một bảng được "
              "tính; các bảng kia không thành tài liệu.")
            % {"names": names, "used": batch.index_name},
            tone="warn",
            todo=_("chọn bảng kê được tính trước khi tiếp nhận."),
            action_label=_("Chọn bảng kê"),
            action_url=reverse("imports:lists", args=[batch.id]),
        )
    ]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def lists(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Choose the list that counts; keeping the one in use changes nothing else."""
    batch = queries.batch(viewer(request), batch_id)
    if batch.state != Batch.State.REVIEW:
        raise Refused(_("Đợt này đang được xử lý hoặc đã kết thúc."))
    others = unsettled(batch)
    if not others:
        return redirect("imports:batch", batch_id=batch_id)
    form = ListForm(_choices(batch, others), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data["index"]
        choose_index(acting(request), batch_id, "" if chosen == _KEEP else chosen)
        messages.success(request, _("Đã ghi bảng kê được tính."))
        return redirect("imports:batch", batch_id=batch_id)
    context = {
        "form": form,
        "way": [
            Crumb(_("Đợt số hóa"), reverse("imports:batches")),
            Crumb(batch.name, reverse("imports:batch", args=[batch_id])),
            Crumb(_("Chọn bảng kê")),
        ],
        "save_label": _("Dùng bảng kê này"),
        "cancel_url": reverse("imports:batch", args=[batch_id]),
    }
    status = 422 if form.is_bound else 200
    return render(request, "archive/imports/lists.html", context, status=status)


def _choices(batch: Batch, others: Sequence[BatchFile]) -> list[tuple[str, str]]:
    index = dry_run.read_index(batch)
    rows = ngettext("%(n)s dòng", "%(n)s dòng", len(index.rows))
    used = rows % {"n": formats.thousands(len(index.rows))}
    choices = [
        (_KEEP, _("%(name)s (đang dùng, %(rows)s)") % {"name": batch.index_name, "rows": used})
    ]
    for one in others:
        count, unlike = differing(index, path_in(batch, one.path_bytes))
        words = _("%(name)s (%(count)s dòng, %(unlike)s dòng khác bảng đang dùng)")
        told = {
            "name": one.path,
            "count": formats.thousands(count),
            "unlike": formats.thousands(unlike),
        }
        choices.append((one.path, words % told))
    return choices
