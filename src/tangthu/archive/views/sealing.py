"""Sealing a dossier: first a page that says what it fixes, then the order."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tangthu.archive.actions.seal_dossier import NothingToSeal, queue_sealing
from tangthu.archive.packaging import is_behind
from tangthu.archive.sealing_ahead import Ahead, Open, ahead
from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.records import queries
from tangthu.records.models import Dossier
from tangthu.records.queries import sees_all
from tangthu.repository import queries as repository
from tangthu.ui import formats
from tangthu.ui.parts import Confirmation, Crumb, Notice

_SHOWN = 50
_LINKED = 60


@dataclass(frozen=True, slots=True)
class Point:
    """What is open, with the documents of which it is: ordinal and address; `more` are not named.

    The address is "" where the document cannot be opened.
    """

    words: str
    blocks: bool
    documents: tuple[tuple[int, str], ...]
    more: int


class ConfirmForm(forms.Form):
    """What the person saw when confirming."""

    state = forms.CharField(widget=forms.HiddenInput, max_length=64)


@require_http_methods(["GET", "HEAD", "POST"])
def seal(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """Say what sealing would fix; order it once that was confirmed, and show how it goes."""
    who = viewer(request)
    found = queries.dossier(who, dossier_id)
    if not who.may("archive.seal", found.body_id):
        raise NotFoundForViewer(_("Không có gì ở đây."))
    package = repository.package_of(who, found.id)
    if package is not None and not is_behind(package, found):
        return _nothing(request, dossier_id)
    looked = ahead(found, package)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    seen = form.cleaned_data["state"] if form.is_bound and form.is_valid() else ""
    if seen == looked.state and not looked.blocked:
        try:
            job = queue_sealing(acting(request), dossier_id)
        except NothingToSeal:
            return _nothing(request, dossier_id)
        return redirect("office:job", job_id=job.id)
    return _page(request, found, looked, changed=bool(seen) and seen != looked.state)


def _nothing(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    messages.info(request, _("Gói mới nhất đã khớp với mô tả và tài liệu; không cần đóng lại."))
    return redirect("archive:dossier", dossier_id=dossier_id)


def _page(request: HttpRequest, found: Dossier, looked: Ahead, *, changed: bool) -> HttpResponse:
    who = viewer(request)
    whole = sees_all(who, found)
    back = reverse("archive:dossier", args=[found.id])
    title = _("Đóng gói hồ sơ")
    # Figures and findings of documents tell that they exist: only for whoever may see them all.
    points = _points(who, found, [one for one in looked.open if whole or one.ordinal is None])
    context = {
        "title": title,
        "way": [
            Crumb(_("Hồ sơ"), reverse("archive:dossiers")),
            Crumb(found.archive_file_code, back),
            Crumb(title),
        ],
        "notice": _notice(looked, changed=changed),
        "open_points": points[:_SHOWN],
        "open_more": max(0, len(points) - _SHOWN),
        "back": back,
        "confirmation": None if looked.blocked else _confirmation(who, found, looked, back, whole),
    }
    return render(request, "archive/seal.html", context, status=409 if changed else 200)


def _points(who: Viewer, found: Dossier, given: Sequence[Open]) -> list[Point]:
    """The open points, each once, with links to the descriptions of the documents that have it."""
    ordinals: dict[tuple[bool, str], list[int]] = {}
    for one in given:
        ordinals.setdefault((one.blocks, one.words), []).extend(
            [] if one.ordinal is None else [one.ordinal]
        )
    named = {ordinal for several in ordinals.values() for ordinal in several[:_LINKED]}
    places = queries.documents_of(who, found).filter(ordinal__in=named)
    ids = dict(places.values_list("ordinal", "document_id"))
    return [
        Point(
            words,
            blocks,
            tuple((one, _address(ids.get(one))) for one in several[:_LINKED]),
            len(several) - _LINKED if len(several) > _LINKED else 0,
        )
        for (blocks, words), several in ordinals.items()
    ]


def _address(document_id: uuid.UUID | None) -> str:
    return reverse("archive:document-describe", args=[document_id]) if document_id else ""


def _notice(looked: Ahead, *, changed: bool) -> Notice | None:
    if looked.blocked:
        return Notice(
            _("Chưa đóng gói được"),
            tone="danger",
            kept=_("hồ sơ và tài liệu giữ nguyên như đang có."),
            todo=_("xử lý những điểm ghi “chặn” dưới đây rồi mở lại trang này."),
        )
    if changed:
        return Notice(
            _("Hồ sơ vừa thay đổi sau khi bạn mở trang này"),
            _("Chưa đóng gói gì cả. Dưới đây là hồ sơ như đang có bây giờ."),
            "warn",
        )
    return None


def _confirmation(
    who: Viewer, found: Dossier, looked: Ahead, back: str, whole: bool
) -> Confirmation:
    if whole:
        documents = ngettext("%(n)s tài liệu", "%(n)s tài liệu", looked.documents)
        files = ngettext("%(n)s tệp", "%(n)s tệp", looked.files)
        count = ", ".join(
            (
                documents % {"n": formats.thousands(looked.documents)},
                files % {"n": formats.thousands(looked.files)},
                formats.file_size(looked.bytes),
            )
        )
    else:
        count = _("Tài liệu của hồ sơ")
    return Confirmation(
        title=_("Đóng gói hồ sơ"),
        what=_("Phiên bản %(n)s của gói lưu trữ “%(title)s”")
        % {"n": looked.version, "title": found.title},
        count=count,
        authority_label=_("Người thực hiện"),
        authority=f"{who.full_name}, {who.position_at(found.body_id)}",
        submit_label=_("Đóng gói phiên bản %(n)s") % {"n": looked.version},
        cancel_url=back,
        warning=_("Việc này không thể hoàn tác: phiên bản đã đóng không sửa, không xóa được."),
        consequences=(
            _("mô tả hồ sơ, mô tả và thứ tự từng tài liệu, nội dung các tệp và lịch sử đến lúc này "
              "được cố định trong gói, chép vào mọi kho và ghi vào sổ cái;"),
            _("bản ở kho làm việc được bỏ khi mọi kho đã xác nhận bản của mình;"),
            _("thay đổi về sau chỉ vào được một phiên bản mới; phiên bản này còn nguyên."),
        ),
        form=ConfirmForm(initial={"state": looked.state}),
    )  # fmt: skip
