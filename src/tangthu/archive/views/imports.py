"""Digitisation batches: the list, opening a new one, and opening a fonds for it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.archive import queries
from tangthu.archive.actions.open_batch import open_batch
from tangthu.archive.forms_imports import NewBatchForm
from tangthu.archive.models import Batch
from tangthu.archive.receiving import offered_folders, read_folder, receiving, take_uploads
from tangthu.archive.views.fonds import opening
from tangthu.identity.queries import codes_elsewhere
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.ui import formats
from tangthu.ui.by_time import page_by_time
from tangthu.ui.form_pages import lay
from tangthu.ui.parts import Action, Crumb
from tangthu.ui.tables import Cell, Column, EmptyState, Filter, Option, Register, Tone
from tangthu.ui.uploads import takes_files

STATES: dict[str, Tone] = {
    Batch.State.RECEIVING: "info",
    Batch.State.CHECKING: "info",
    Batch.State.REVIEW: "warn",
    Batch.State.ACCEPTING: "info",
    Batch.State.CLOSED: "ok",
    Batch.State.ABANDONED: "",
}


def require_importer(request: HttpRequest) -> None:
    """Raise NotFoundForViewer for whoever imports nowhere."""
    if not viewer(request).may_anywhere("archive.import"):
        raise NotFoundForViewer(_("Không có gì ở đây."))


@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """The batches of the viewer's bodies, newest first."""
    require_importer(request)
    register = _register(request)
    found = queries.batches(viewer(request))
    chosen = register.chosen("state")
    if chosen:
        found = found.filter(state__in=chosen)
    page = page_by_time(register, found, "created_at")
    actions = [
        Action(_("Nhập đợt mới"), reverse("imports:new"), key="m", icon="plus", weight="primary")
    ]
    return render(request, "archive/imports/list.html", {"register": page, "actions": actions})


def _register(request: HttpRequest) -> Register[Batch]:
    return Register(
        name="batches",
        caption=_("Đợt số hóa"),
        query=request.GET,
        default_sort="-created",
        row_id=lambda one: str(one.id),
        columns=(
            Column(
                "name",
                _("Đợt"),
                lambda one: Cell(
                    one.name,
                    reverse("imports:batch", args=[one.id]),
                    note=f"{one.fonds.code} – {one.fonds.name}",
                ),
                primary=True,
            ),
            Column("state", _("Trạng thái"), _state, "tag"),
            Column("created", _("Nhập lúc"), lambda one: formats.moment(one.created_at), "date"),
            Column("body", _("Cơ quan"), lambda one: one.body.short_name, wide_only=True),
        ),
        filters=(
            Filter(
                "state",
                _("Trạng thái"),
                tuple(Option(value, str(words)) for value, words in Batch.State.choices),
                tabs=True,
            ),
        ),
        empty=EmptyState(
            _("Chưa có đợt số hóa nào"),
            _("Gửi lên bảng kê và các tệp quét; hệ thống kiểm tra trước, chưa nhận gì vào kho."),
            _("Nhập đợt mới"),
            reverse("imports:new"),
        ),
    )


def _state(one: Batch) -> Cell:
    return Cell(one.get_state_display(), tone=STATES[one.state])


@takes_files("archive.import")
@require_http_methods(["GET", "HEAD", "POST"])
def new_batch(request: HttpRequest) -> HttpResponse:
    """Choose fonds, index and files, and open the batch."""
    require_importer(request)
    who = viewer(request)
    fonds = queries.fonds(who).filter(body_id__in=who.bodies_with("archive.import"))
    folders = offered_folders(codes_elsewhere(who, "archive.import"))
    if request.method == "POST":
        form = NewBatchForm(fonds, folders, request.POST, request.FILES)
        if form.is_valid():
            batch = _open(request, form)
            if batch is not None:
                return redirect("imports:batch", batch_id=batch.id)
    else:
        chosen = request.GET.get("phong", "")[:40]
        form = NewBatchForm(fonds, folders, chosen=chosen)
    context = {
        "form": form,
        "way": [_list_crumb(), Crumb(_("Nhập đợt mới"))],
        "has_fonds": fonds.exists(),
        "save_label": _("Gửi và kiểm tra"),
        "cancel_url": reverse("imports:batches"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "archive/imports/new.html", context, status=status)


def _open(request: HttpRequest, form: NewBatchForm) -> Batch | None:
    """Receive the files and open the batch; None with the form's errors when that cannot be."""
    given = form.cleaned_data
    try:
        with receiving() as place:
            index = given["index"][0] if given["index"] else None
            if given["folder"]:
                received = read_folder(
                    place,
                    given["folder"],
                    index,
                    codes_elsewhere(viewer(request), "archive.import"),
                )
            else:
                paths = request.POST.getlist("files_paths")
                received = take_uploads(place, index, given["files"], paths)
            batch, _job = open_batch(
                acting(request),
                given["fonds"],
                batch_id=received.batch_id,
                name=given["name"],
                index=received.index,
                index_name=received.index_name,
                folder=received.folder,
                owns_folder=received.ours,
                answers=form.answers(),
            )
    except InvalidInput as error:
        lay(form, error)
        return None
    return batch


@require_http_methods(["GET", "HEAD", "POST"])
def new_fonds(request: HttpRequest) -> HttpResponse:
    """Open a fonds and go on with the batch."""
    require_importer(request)
    batch = reverse("imports:new")
    return opening(
        request,
        way=[_list_crumb(), Crumb(_("Mở phông mới"))],
        cancel_url=batch,
        onward=lambda fonds: f"{batch}?{urlencode({'phong': fonds.code})}",
    )


def _list_crumb() -> Crumb:
    return Crumb(_("Đợt số hóa"), reverse("imports:batches"))
