"""Saved searches: save one, use it with the rights of today, rename, share, delete."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.identity.queries import bodies
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import InvalidInput
from tangthu.reports import queries, sources
from tangthu.reports.actions.keep_views import NAME, change_view, delete_view, save_view
from tangthu.reports.models import SavedView
from tangthu.ui.choosing import COLUMNS
from tangthu.ui.forms import mark
from tangthu.ui.parts import Crumb
from tangthu.ui.tables import Cell, Column, EmptyState, Register


class ViewForm(forms.Form):
    """The name of a saved search, and with whom it is shared."""

    name = forms.CharField(label=gettext_lazy("Tên"), max_length=NAME)
    shared_with = forms.ChoiceField(
        label=gettext_lazy("Ai dùng được"),
        required=False,
        help_text=gettext_lazy("Người khác chỉ thấy những gì chính họ được xem."),
    )

    def __init__(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        mine = [("", _("Chỉ mình tôi"))]
        shared = [
            (str(body.id), _("Mọi người của %(body)s") % {"body": body.short_name})
            for body in (() if isolated() else bodies(viewer(request)))
        ]
        mark(self.fields["shared_with"], "")
        self.fields["shared_with"].choices = [*mine, *shared]  # type: ignore[attr-defined]

    def body(self) -> uuid.UUID | None:
        """The body it is shared with."""
        chosen = self.cleaned_data["shared_with"]
        return uuid.UUID(chosen) if chosen else None

    def take(self, error: InvalidInput) -> None:
        """Show what an action found wrong beside its field."""
        for name, problems in error.problems.items():
            for problem in problems:
                self.add_error(name if name in self.fields else None, str(problem))


def _way(last: str) -> list[Crumb]:
    return [Crumb(_("Tìm kiếm đã lưu"), reverse("reports:views")), Crumb(last)]


@require_safe
def views(request: HttpRequest) -> HttpResponse:
    """The saved searches that the person may use."""
    me = viewer(request)
    found = list(queries.views(me)[:400])
    register: Register[SavedView] = Register(
        name="saved-views",
        caption=_("Tìm kiếm đã lưu"),
        query=request.GET,
        default_sort="name",
        row_id=lambda one: str(one.pk),
        page_size=400,
        columns=(
            Column(
                "name", _("Tên"),
                lambda one: Cell(one.name, reverse("reports:view", args=[one.pk])), primary=True,
            ),
            Column("list", _("Danh sách"), lambda one: sources.TITLES[one.source]),
            Column(
                "who", _("Ai dùng được"),
                lambda one: one.shared_with.short_name if one.shared_with else _("Chỉ mình tôi"),
            ),
            Column("owner", _("Người lưu"), lambda one: one.person.full_name, wide_only=True),
            Column(
                "edit", _("Sửa"),
                lambda one: Cell(_("Đổi tên, xóa"), reverse("reports:view-change", args=[one.pk]))
                if one.person_id == me.person_id else "",
            ),
        ),
        empty=EmptyState(
            _("Chưa có tìm kiếm nào được lưu"),
            _("Ở trang tìm kiếm hay danh sách, chọn “Xuất, in, lưu”, rồi “Lưu tìm kiếm này”."),
            _("Tìm kiếm"),
            reverse("discovery:search"),
        ),
    )  # fmt: skip
    page = register.page(found, sort_values=lambda one: (one.name,), total=len(found))
    return render(request, "reports/views.html", {"register": page})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Save the list that the query string names."""
    source = request.GET.get("nguon", "")
    pairs = sources.pairs_of(request.GET)
    if source in (sources.CONTENTS, sources.CHOSEN):
        raise InvalidInput(
            _("Mục lục của một hồ sơ không phải là tìm kiếm để lưu."),
            hint=_("Mở hồ sơ, rồi in hoặc xuất mục lục ở đó."),
        )
    wanted = sources.asked(viewer(request), source, pairs)
    pairs = sources.kept_pairs(pairs, wanted)
    columns = request.GET.get(COLUMNS, "")
    if columns:
        pairs[COLUMNS] = ",".join(
            one.key for one in sources.chosen_columns(wanted, sources.keys_of(request.GET))
        )
    form = ViewForm(request, request.POST or None, initial={"name": wanted.text[:NAME]})
    if request.method == "POST" and form.is_valid():
        try:
            kept = save_view(
                acting(request),
                name=form.cleaned_data["name"],
                source=source,
                query=urlencode(pairs),
                shared_with=form.body(),
            )
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, _("Đã lưu tìm kiếm “%(name)s”.") % {"name": kept.name})
            return redirect("reports:views")
    context = {
        "form": form,
        "way": _way(_("Lưu tìm kiếm")),
        "heading": _("Lưu tìm kiếm"),
        "conditions": sources.conditions_in_words(viewer(request), wanted),
        "save_label": _("Lưu"),
        "cancel_url": sources.page_of(source, urlencode(pairs)),
    }
    return render(request, "reports/view_form.html", context, status=422 if form.errors else 200)


@require_safe
def use(request: HttpRequest, view_id: uuid.UUID) -> HttpResponse:
    """Ask the saved search again, now."""
    kept = queries.view(viewer(request), view_id)
    return redirect(sources.page_of(kept.source, kept.query))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, view_id: uuid.UUID) -> HttpResponse:
    """Rename a saved search, share it or not."""
    kept = queries.own_view(viewer(request), view_id)
    initial = {"name": kept.name, "shared_with": str(kept.shared_with_id or "")}
    form = ViewForm(request, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_view(
                acting(request), kept.pk, name=form.cleaned_data["name"], shared_with=form.body()
            )
        except InvalidInput as error:
            form.take(error)
        else:
            return redirect("reports:views")
    context = {
        "form": form,
        "kept": kept,
        "way": _way(kept.name),
        "heading": _("Sửa tìm kiếm đã lưu"),
        "save_label": _("Lưu"),
        "cancel_url": reverse("reports:views"),
    }
    return render(request, "reports/view_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["POST"])
def delete(request: HttpRequest, view_id: uuid.UUID) -> HttpResponse:
    """Delete one's own saved search."""
    delete_view(acting(request), view_id)
    messages.success(request, _("Đã xóa tìm kiếm."))
    return redirect("reports:views")
