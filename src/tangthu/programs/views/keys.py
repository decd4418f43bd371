"""One's own API keys: the list, making one, taking one back."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.identity.models import Body
from tangthu.identity.queries import bodies
from tangthu.identity.views.asked import acting, viewer
from tangthu.programs import queries
from tangthu.programs.actions.make_key import MOST_DAYS, make_key, revoke_key
from tangthu.programs.models import ApiKey
from tangthu.programs.wording import scope_words
from tangthu.signin import proving
from tangthu.ui import formats
from tangthu.ui.by_time import page_by_time
from tangthu.ui.form_pages import posted, run_form
from tangthu.ui.parts import Action, Confirmation, Crumb, Fact, FactGroup
from tangthu.ui.tables import Cell, Column, EmptyState, Register

_methods = require_http_methods(["GET", "HEAD", "POST"])


class KeyForm(forms.Form):
    """What a key is called, what it may do, and until when."""

    not_done = gettext_lazy("Chưa tạo được khóa")

    name = forms.CharField(
        label=gettext_lazy("Tên khóa"),
        max_length=120,
        help_text=gettext_lazy("Để sau này nhận ra chương trình nào dùng khóa."),
    )
    body = forms.ChoiceField(label=gettext_lazy("Cơ quan"))
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Khóa được làm gì"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Không bao giờ nhiều hơn quyền của bạn vào lúc khóa được dùng."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Hạn dùng (ngày)"), min_value=1, max_value=MOST_DAYS, initial=90
    )

    def __init__(self, places: list[Body], rights: dict[str, None], data: Any = None) -> None:
        """`places`: bodies where the person holds a position; `rights`: what he has at any."""
        super().__init__(data, initial={"days": 90, "scopes": ["read.public"]})
        self.fields["body"].choices = [(str(one.pk), one.name) for one in places]  # type: ignore[attr-defined]
        self.fields["scopes"].choices = [(one, scope_words(one)) for one in rights]  # type: ignore[attr-defined]


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The keys that the person has, and those of the people whom he manages."""
    register: Register[ApiKey] = Register(
        name="api-keys",
        caption=_("Khóa API"),
        query=request.GET,
        default_sort="-created",
        row_id=lambda one: str(one.pk),
        columns=(
            Column("name", _("Tên"), _name, primary=True),
            Column("beginning", _("Bắt đầu bằng"), lambda one: f"{one.beginning}…", "code"),
            Column("owner", _("Người giữ"), lambda one: one.person.full_name, extra=True),
            Column("created", _("Tạo lúc"), lambda one: formats.moment(one.created_at), extra=True),
            Column("until", _("Hạn dùng"), lambda one: formats.moment(one.expires_at), "date"),
            Column("used", _("Dùng lần cuối"), _used, "date"),
            Column("state", _("Trạng thái"), _state, "tag"),
        ),
        empty=EmptyState(
            _("Chưa có khóa nào"),
            _("Khóa cho một chương trình làm việc thay bạn, trong quyền của bạn."),
            _("Tạo khóa"),
            reverse("programs:key-new"),
        ),
    )
    page = page_by_time(register, queries.keys(viewer(request)), "created_at")
    actions = [
        Action(_("Tạo khóa"), reverse("programs:key-new"), key="m", icon="plus", weight="primary"),
        Action(_("Nơi nhận tin"), reverse("programs:hooks"), icon="send"),
        Action(_("Tài liệu API"), reverse("api-pages:reference"), icon="reading"),
    ]
    return render(request, "programs/keys.html", {"register": page, "actions": actions})


def _name(one: ApiKey) -> Cell:
    living = one.revoked_at is None and one.expires_at > timezone.now()
    url = reverse("programs:key-revoke", args=[one.pk]) if living else ""
    return Cell(one.name, url, note=", ".join(one.scopes))


def _used(one: ApiKey) -> str:
    last = one.used.last_used_at
    return formats.moment(last) if last else _("Chưa dùng")


def _state(one: ApiKey) -> Cell:
    if one.revoked_at is not None:
        return Cell(_("Đã thu hồi"))
    if one.expires_at <= timezone.now():
        return Cell(_("Hết hạn"), tone="warn")
    return Cell(_("Còn hiệu lực"), tone="ok")


@_methods
def new(request: HttpRequest) -> HttpResponse:
    """Make a key; its token is shown by the answer to this form and never again."""
    unproved = proving.first(request)
    if unproved is not None:
        return unproved
    who = viewer(request)
    places = list(bodies(who))
    rights = dict.fromkeys(right for place in places for right in queries.rights_at(who, place.pk))

    def act(given: dict[str, Any]) -> HttpResponse:
        key, token = make_key(
            acting(request),
            name=given["name"],
            body_id=uuid.UUID(given["body"]),
            scopes=given["scopes"],
            days=given["days"],
        )
        return _told(request, key, token)

    return run_form(
        request,
        KeyForm(places, rights, posted(request)),
        act,
        title=_("Tạo khóa API"),
        lead=_(
            "Khóa chỉ hiện một lần, ngay sau khi tạo. Chỉ cho khóa những quyền mà chương trình cần."
        ),
        save_label=_("Tạo khóa"),
        way=[_crumb(), Crumb(_("Tạo khóa"))],
        cancel_url=reverse("programs:keys"),
    )


def _told(request: HttpRequest, key: ApiKey, token: str) -> HttpResponse:
    facts = (
        Fact(_("Tên"), key.name),
        Fact(_("Cơ quan"), key.body.name),
        Fact(_("Được làm gì"), "; ".join(scope_words(one) for one in key.scopes)),
        Fact(_("Hạn dùng"), formats.moment(key.expires_at)),
    )
    context = {
        "token": token,
        "fact_groups": [FactGroup(_("Khóa"), facts)],
        "way": [_crumb(), Crumb(key.name)],
    }
    response = render(request, "programs/key_made.html", context, status=201)
    response["Cache-Control"] = "no-store"
    return response


@_methods
def revoke(request: HttpRequest, key_id: uuid.UUID) -> HttpResponse:
    """Say what ends, and end it."""
    key = queries.key(viewer(request), key_id)
    if request.method == "POST":
        revoke_key(acting(request), key_id)
        messages.success(request, _("Đã thu hồi khóa “%(name)s”.") % {"name": key.name})
        return redirect("programs:keys")
    who = viewer(request)
    confirmation = Confirmation(
        title=_("Thu hồi khóa"),
        what=_("Thu hồi khóa “%(name)s” (%(beginning)s…) của %(person)s")
        % {"name": key.name, "beginning": key.beginning, "person": key.person.full_name},
        count=_("1 khóa"),
        authority_label=_("Người thực hiện"),
        authority=f"{who.full_name}, {who.position_at(key.body_id)}".strip(", "),
        consequences=(
            _("Khóa đang được làm: %(what)s.")
            % {"what": "; ".join(scope_words(one) for one in key.scopes)},
            _("Chương trình đang dùng khóa này bị từ chối ngay từ yêu cầu tiếp theo."),
            _("Những gì khóa đã làm vẫn còn nguyên và vẫn ghi trong sổ cái."),
        ),
        submit_label=_("Thu hồi khóa"),
        cancel_url=reverse("programs:keys"),
    )
    context = {"confirmation": confirmation, "way": [_crumb(), Crumb(key.name)]}
    return render(request, "ui/confirm.html", context)


def _crumb() -> Crumb:
    return Crumb(_("Khóa API"), reverse("programs:keys"))
