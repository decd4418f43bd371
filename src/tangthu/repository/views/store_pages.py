"""The page of one store, and what an administrator does with it: add, describe, copy, give up."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import acting
from tangthu.identity.views.shared import told
from tangthu.kernel.job_registry import label_of
from tangthu.kernel.models import Job
from tangthu.repository import queries
from tangthu.repository.actions.copy_store import order_copy
from tangthu.repository.actions.order_check import UNDER_WAY, order_check
from tangthu.repository.actions.register_store import add_store, change_store
from tangthu.repository.actions.retire_store import retire_store, why_not_retired
from tangthu.repository.hazards import HAZARDS, replace_by
from tangthu.repository.models import Store
from tangthu.repository.stores import missing_in, room_of
from tangthu.repository.views.asked import administrator, auditor, keeper
from tangthu.repository.views.forms import NewStoreForm, RetireForm, StoreFactsForm, said_of
from tangthu.repository.views.stores import GIVEN_UP
from tangthu.ui import formats
from tangthu.ui.form_pages import posted, run_form
from tangthu.ui.parts import Action, Crumb, Fact, FactGroup, Notice

_METHODS = ["GET", "HEAD", "POST"]
_LATEST = 5


@require_safe
def store(request: HttpRequest, store_uid: uuid.UUID) -> HttpResponse:
    """What is known of a store, what was done with it, and what can be done."""
    viewer = keeper(request)
    found = queries.store(viewer, store_uid)
    context = {
        "store": found,
        "way": [Crumb(_("Kho lưu trữ"), reverse("repository:stores")), Crumb(found.name)],
        "notice": _notice(found),
        "fact_groups": _facts(viewer, found),
        "history": told(found.uid, viewer.bodies()),
        "jobs": [_job(one) for one in queries.store_jobs(found)[:_LATEST]]
        if viewer.may_anywhere("house.keep")
        else [],
        "actions": _actions(viewer, found),
    }
    return render(request, "repository/store.html", context)


def _notice(found: Store) -> Notice | None:
    if found.state == Store.State.JOINING:
        return Notice(
            _("Kho này chưa có đủ các gói"),
            _("Gói mới đã được ghi vào đây; gói từ trước còn phải chép sang."),
            todo=_("đặt “Chép các gói sang kho này”."),
        )
    if found.state in GIVEN_UP:
        return Notice(
            _("Kho này đã thôi dùng"),
            _("Không gói nào được ghi vào đây nữa, và không bản sao nào ở đây được tính đến."),
            kept=_("các tệp trên phương tiện vẫn còn nguyên; hệ thống không xóa."),
        )
    return None


def _facts(viewer: Viewer, found: Store) -> list[FactGroup]:
    room = room_of(found)
    due = replace_by(found)
    place = [Fact(_("Loại"), found.get_kind_display()), Fact(_("Tình trạng"), _state_of(found))]
    # Where a store lies on the server is for those who look after the server.
    if viewer.may_anywhere("house.keep"):
        label = _("Địa chỉ") if found.in_bucket else _("Thư mục")
        place.append(Fact(label, found.path, code=True))
    if room is not None and found.state not in GIVEN_UP:
        words = _("%(free)s trong %(total)s") % {
            "free": formats.file_size(room.free),
            "total": formats.file_size(room.total),
        }
        place.append(Fact(_("Còn trống"), words))
    if found.in_bucket:
        place.append(Fact(_("Khóa chống xóa"), _lock(found)))
    place.append(
        Fact(
            _("Tốc độ việc nền"),
            _("nhiều nhất %(n)s MB mỗi giây") % {"n": found.pace}
            if found.pace
            else _("không giới hạn"),
        )
    )
    missing = _("chưa khai")
    hazards = tuple(Fact(label, getattr(found, key) or missing) for key, label in HAZARDS.items())
    carrier = (
        Fact(
            _("Dùng từ ngày"), formats.day(found.carrier_since) if found.carrier_since else missing
        ),
        Fact(
            _("Tuổi thọ"),
            _("%(n)s năm") % {"n": found.carrier_years} if found.carrier_years else missing,
        ),
        Fact(_("Phải thay trước ngày"), formats.day(due) if due else "–"),
    )
    return [
        FactGroup(_("Nơi chứa"), tuple(place)),
        FactGroup(_("Nguy cơ mất cùng lúc"), hazards),
        FactGroup(_("Phương tiện"), carrier),
    ]


def _lock(found: Store) -> str:
    if not found.lock_days:
        return _("không khóa")
    return _("%(n)s ngày kể từ lần kiểm tra gia hạn gần nhất") % {"n": found.lock_days}


def _state_of(found: Store) -> str:
    return str(Store.State(found.state).label)


def _actions(viewer: Viewer, found: Store) -> list[Action]:
    if found.state in GIVEN_UP:
        return []
    made = []
    if viewer.may_anywhere("repository.audit"):
        made.append(
            Action(
                _("Kiểm tra kho này"),
                reverse("repository:store-check", args=[found.uid]),
                key="t",
                icon="search",
                method="post",
            )
        )
    if viewer.may_anywhere("house.keep"):
        copy_url = reverse("repository:store-copy", args=[found.uid])
        lacks = missing_in(found).exists()
        made += [
            Action(
                _("Chép các gói sang kho này"),
                copy_url,
                icon="download",
                method="post",
                weight="primary" if lacks else "plain",
                why_not="" if lacks else _("Kho đã có đủ các gói."),
            ),
            Action(_("Sửa"), reverse("repository:store-edit", args=[found.uid]), key="e"),
            Action(
                _("Thôi dùng"),
                reverse("repository:store-retire", args=[found.uid]),
                weight="danger",
                why_not=why_not_retired(found),
            ),
        ]
    return made


def _job(one: Job) -> dict[str, object]:
    return {
        "label": label_of(one.kind),
        "when": one.created_at,
        "url": reverse("office:job", args=[one.pk]),
        "runs": one.state in UNDER_WAY,
    }


@require_http_methods(_METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """Add a store."""
    administrator(request)
    form = NewStoreForm(posted(request))
    home = reverse("repository:stores")

    def act(given: dict[str, Any]) -> str:
        made = add_store(
            acting(request),
            name=given["name"],
            path=given["path"],
            facts=form.facts(),
            kind=given["kind"] or Store.Kind.FOLDER,
        )
        return reverse("repository:store", args=[made.uid])

    return run_form(
        request, form, act, done=_("Đã thêm kho."), title=_("Thêm kho"), save_label=_("Thêm kho"),
        way=[Crumb(_("Kho lưu trữ"), home), Crumb(_("Thêm kho"))], cancel_url=home,
        lead=_("Từ lúc này mỗi gói mới nằm thêm ở kho này; gói từ trước được chép sang sau."),
    )  # fmt: skip


@require_http_methods(_METHODS)
def edit(request: HttpRequest, store_uid: uuid.UUID) -> HttpResponse:
    """Say anew what a store shares with others, when its carrier is due, and its pace."""
    found = queries.store(administrator(request), store_uid)
    form = StoreFactsForm(posted(request), initial=said_of(found))
    if not found.in_bucket:
        del form.fields["lock_days"]
    page = reverse("repository:store", args=[found.uid])

    def act(_given: dict[str, Any]) -> str:
        change_store(acting(request), found.uid, form.facts())
        return page

    return run_form(
        request, form, act, done=_("Đã ghi."), title=_("Sửa kho %(name)s") % {"name": found.name},
        save_label=_("Ghi"), way=[*_way(found), Crumb(_("Sửa"))], cancel_url=page,
    )  # fmt: skip


@require_POST
def copy(request: HttpRequest, store_uid: uuid.UUID) -> HttpResponse:
    """Order that every package is brought into the store, and show how it goes."""
    found = queries.store(administrator(request), store_uid)
    return redirect("office:job", job_id=order_copy(acting(request), found.uid).pk)


@require_POST
def check(request: HttpRequest, store_uid: uuid.UUID) -> HttpResponse:
    """Order that every copy in this store is read, and show how it goes."""
    found = queries.store(auditor(request), store_uid)
    job = order_check(acting(request), repair=False, store=found)
    return redirect("office:job", job_id=job.pk)


@require_http_methods(_METHODS)
def retire(request: HttpRequest, store_uid: uuid.UUID) -> HttpResponse:
    """Give up a store, with reason and decision."""
    found = queries.store(administrator(request), store_uid)
    form = RetireForm(posted(request))
    page = reverse("repository:store", args=[found.uid])

    def act(given: dict[str, Any]) -> str:
        retire_store(acting(request), found.uid, reason=given["reason"], decision=given["decision"])
        return page

    why_not = why_not_retired(found)
    return run_form(
        request, form, act, done=_("Đã thôi dùng kho."),
        title=_("Thôi dùng kho %(name)s") % {"name": found.name}, save_label=_("Thôi dùng"),
        way=[*_way(found), Crumb(_("Thôi dùng"))], cancel_url=page,
        lead=_(
            "Không gói nào được ghi vào kho này nữa. Các tệp trên phương tiện vẫn còn; giữ, chuyển"
            " hay hủy phương tiện là việc của người, có biên bản."
        ),
        warnings=[Notice(_("Chưa thôi dùng được"), why_not, tone="warn")] if why_not else [],
    )  # fmt: skip


def _way(found: Store) -> list[Crumb]:
    return [
        Crumb(_("Kho lưu trữ"), reverse("repository:stores")),
        Crumb(found.name, reverse("repository:store", args=[found.uid])),
    ]
