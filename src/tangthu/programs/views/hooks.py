"""Where a person has events told to: the list, one, making it, holding it, ending it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tangthu.identity.models import Body
from tangthu.identity.queries import bodies
from tangthu.identity.views.asked import acting, viewer
from tangthu.programs import hook_keys, queries
from tangthu.programs.actions.make_hook import make_hook, pause_hook, remove_hook, resume_hook
from tangthu.programs.hook_addresses import host_of
from tangthu.programs.hook_events import GROUPS
from tangthu.programs.models import Hook, HookDelivery
from tangthu.programs.wording import outcome_words
from tangthu.signin import proving
from tangthu.ui import formats
from tangthu.ui.by_time import page_by_time
from tangthu.ui.form_pages import posted, run_form
from tangthu.ui.parts import Action, Confirmation, Crumb, Fact, FactGroup, Tone
from tangthu.ui.tables import Cell, Column, EmptyState, Register

_methods = require_http_methods(["GET", "HEAD", "POST"])
_LAST = 30
_TONES: dict[str, Tone] = {"on": "ok", "stopped": "danger", "paused": "warn"}


class HookForm(forms.Form):
    """What a hook is called, where it sends and what it tells of."""

    not_done = gettext_lazy("Chưa đặt được nơi nhận tin")

    name = forms.CharField(label=gettext_lazy("Tên nơi nhận tin"), max_length=120)
    body = forms.ChoiceField(label=gettext_lazy("Cơ quan"))
    url = forms.CharField(
        label=gettext_lazy("Địa chỉ"),
        max_length=500,
        help_text=gettext_lazy("Ví dụ: https://nhan.example/tang-thu"),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Báo tin về"),
        widget=forms.CheckboxSelectMultiple,
        choices=list(GROUPS.items()),
        help_text=gettext_lazy("Chỉ báo những gì bạn được xem vào lúc gửi."),
    )

    def __init__(self, places: list[Body], data: Any = None) -> None:
        """`places`: bodies where the person holds a position."""
        super().__init__(data, initial={"kinds": ["records.dossier", "records.document"]})
        self.fields["body"].choices = [(str(one.pk), one.name) for one in places]  # type: ignore[attr-defined]


@require_safe
def hooks(request: HttpRequest) -> HttpResponse:
    """The hooks that the person has, and those of the people whom he manages."""
    register: Register[Hook] = Register(
        name="hooks",
        caption=_("Nơi nhận tin"),
        query=request.GET,
        default_sort="-created",
        row_id=lambda one: str(one.pk),
        columns=(
            Column("name", _("Tên"), _name, primary=True),
            Column("owner", _("Người đặt"), lambda one: one.person.full_name, extra=True),
            Column("created", _("Tạo lúc"), lambda one: formats.moment(one.created_at), "date"),
            Column("state", _("Trạng thái"), _state, "tag"),
        ),
        empty=EmptyState(
            _("Chưa có nơi nhận tin nào"),
            _("Khi có việc xảy ra với hồ sơ, tài liệu, hệ thống báo cho chương trình của bạn."),
            _("Đặt nơi nhận tin"),
            reverse("programs:hook-new"),
        ),
    )
    page = page_by_time(register, queries.hooks(viewer(request)), "created_at")
    new_url = reverse("programs:hook-new")
    actions = [Action(_("Đặt nơi nhận tin"), new_url, key="m", icon="plus", weight="primary")]
    context = {"register": page, "actions": actions, "way": [_keys(), Crumb(_("Nơi nhận tin"))]}
    return render(request, "programs/hooks.html", context)


def _name(one: Hook) -> Cell:
    return Cell(one.name, reverse("programs:hook", args=[one.pk]), note=host_of(one.url))


def _state(one: Hook) -> Cell:
    if one.state == Hook.State.ON and one.run.failing_since is not None:
        return Cell(_("Đang gửi lại"), tone="warn")
    return Cell(str(one.get_state_display()), tone=_TONES[one.state])


@_methods
def new(request: HttpRequest) -> HttpResponse:
    """Make a hook; who sits down at an open window makes none."""
    unproved = proving.first(request)
    if unproved is not None:
        return unproved

    def act(given: dict[str, Any]) -> str:
        made = make_hook(
            acting(request),
            name=given["name"],
            body_id=uuid.UUID(given["body"]),
            url=given["url"],
            kinds=given["kinds"],
        )
        return reverse("programs:hook", args=[made.pk])

    return run_form(
        request,
        HookForm(list(bodies(viewer(request))), posted(request)),
        act,
        done=_("Đã đặt nơi nhận tin."),
        title=_("Đặt nơi nhận tin"),
        lead=_(
            "Hệ thống gửi tin từ nay về sau tới địa chỉ này; tin chỉ nói loại việc, mã của hồ sơ "
            "hay tài liệu và thời điểm."
        ),
        save_label=_("Đặt nơi nhận tin"),
        way=[_keys(), _crumb(), Crumb(_("Đặt nơi nhận tin"))],
        cancel_url=reverse("programs:hooks"),
    )


@require_safe
def hook(request: HttpRequest, hook_id: uuid.UUID) -> HttpResponse:
    """One hook: where it sends, by which key that is signed, and how the last messages went."""
    found = queries.hook(viewer(request), hook_id)
    last = queries.deliveries(found, _LAST)
    register: Register[HookDelivery] = Register(
        name="hook-deliveries",
        caption=_("Các lần gửi gần đây"),
        query={},
        default_sort="-made",
        row_id=lambda one: str(one.pk),
        columns=(
            Column("made", _("Lập lúc"), lambda one: formats.moment(one.made_at), primary=True),
            Column("events", _("Số sự kiện"), lambda one: str(one.events), "number"),
            Column("attempts", _("Số lần thử"), lambda one: str(one.attempts), "number"),
            Column("outcome", _("Kết quả"), _outcome, "tag"),
            Column("id", _("Mã lần gửi"), lambda one: str(one.pk), "code", extra=True),
        ),
        empty=EmptyState(
            _("Chưa gửi lần nào"), _("Tin được gửi vài giây sau khi sự kiện được ký vào sổ cái.")
        ),
    )
    context = {
        "hook": found,
        "fact_groups": _facts(found, own=found.person_id == viewer(request).person_id),
        "register": register.page(last, sort_values=lambda one: (str(one.pk),)),
        "actions": _actions(found),
        "way": [_keys(), _crumb(), Crumb(found.name)],
    }
    return render(request, "programs/hook.html", context)


def _outcome(one: HookDelivery) -> Cell:
    tone: Tone = "ok" if one.done else "danger" if one.outcome else ""
    return Cell(outcome_words(one.outcome, one.status), tone=tone)


def _facts(found: Hook, *, own: bool) -> list[FactGroup]:
    state = _state(found)
    why = outcome_words(found.why) if found.why else ""
    run = found.run
    sending = [
        Fact(_("Trạng thái"), state.text, tone=state.tone, note=why),
        Fact(_("Địa chỉ"), found.url if own else host_of(found.url), code=True),
        Fact(_("Báo tin về"), "; ".join(str(GROUPS.get(one, one)) for one in found.kinds)),
    ]
    if found.state == Hook.State.ON and run.failing_since is not None:
        sending.append(
            Fact(
                _("Gửi lại lúc"),
                formats.moment(run.due_at),
                note=_("đã thử %(n)s lần, từ %(since)s")
                % {"n": run.attempts, "since": formats.moment(run.failing_since)},
            )
        )
    whose = [
        Fact(_("Người đặt"), found.person.full_name),
        Fact(_("Cơ quan"), found.body.name),
        Fact(_("Tạo lúc"), formats.moment(found.created_at)),
    ]
    if found.key is not None:
        whose.append(Fact(_("Khóa API"), f"{found.key.name} ({found.key.beginning}…)"))
    signed = (
        Fact(_("Mã khóa"), hook_keys.key_id(found.public_key), code=True),
        Fact(_("Khóa công khai (Ed25519)"), found.public_key, code=True),
    )
    return [
        FactGroup(_("Gửi tin"), tuple(sending)),
        FactGroup(_("Kiểm tra chữ ký"), signed),
        FactGroup(_("Của ai"), tuple(whose)),
    ]


def _actions(found: Hook) -> list[Action]:
    removing = Action(
        _("Xóa"), reverse("programs:hook-remove", args=[found.pk]), icon="close", weight="danger"
    )
    if found.state == Hook.State.ON:
        url = reverse("programs:hook-pause", args=[found.pk])
        return [Action(_("Tạm dừng"), url, key="t", icon="stop", method="post"), removing]
    url = reverse("programs:hook-resume", args=[found.pk])
    going_on = Action(_("Gửi tiếp"), url, key="t", icon="send", weight="primary", method="post")
    return [going_on, removing]


@require_POST
def pause(request: HttpRequest, hook_id: uuid.UUID) -> HttpResponse:
    """Send nothing for now."""
    pause_hook(acting(request), hook_id)
    messages.success(request, _("Đã tạm dừng; tin chưa gửi vẫn được giữ."))
    return redirect("programs:hook", hook_id)


@require_POST
def resume(request: HttpRequest, hook_id: uuid.UUID) -> HttpResponse:
    """Send again; who sits down at an open window lets none go on."""
    queries.hook(viewer(request), hook_id)  # nothing is to be proved for what is not there
    unproved = proving.first(request, reverse("programs:hook", args=[hook_id]))
    if unproved is not None:
        messages.info(request, _("Xác nhận xong thì chọn lại “Gửi tiếp”."))
        return unproved
    resume_hook(acting(request), hook_id)
    messages.success(request, _("Đã cho gửi tiếp, bắt đầu từ tin chưa gửi được."))
    return redirect("programs:hook", hook_id)


@_methods
def remove(request: HttpRequest, hook_id: uuid.UUID) -> HttpResponse:
    """Say what ends, and end it."""
    who = viewer(request)
    found = queries.hook(who, hook_id)
    if request.method == "POST":
        remove_hook(acting(request), hook_id)
        messages.success(request, _("Đã xóa nơi nhận tin “%(name)s”.") % {"name": found.name})
        return redirect("programs:hooks")
    confirmation = Confirmation(
        title=_("Xóa nơi nhận tin"),
        what=_("Xóa “%(name)s” ở %(host)s của %(person)s")
        % {"name": found.name, "host": host_of(found.url), "person": found.person.full_name},
        count=_("1 nơi nhận tin"),
        authority_label=_("Người thực hiện"),
        authority=f"{who.full_name}, {who.position_at(found.body_id)}".strip(", "),
        consequences=(
            _("Tin chưa gửi được thì không gửi nữa."),
            _("Muốn nhận lại phải đặt nơi mới, với khóa chữ ký mới."),
            _("Những gì đã gửi vẫn nằm ở bên nhận."),
        ),
        submit_label=_("Xóa nơi nhận tin"),
        cancel_url=reverse("programs:hook", args=[found.pk]),
    )
    context = {"confirmation": confirmation, "way": [_keys(), _crumb(), Crumb(found.name)]}
    return render(request, "ui/confirm.html", context)


def _keys() -> Crumb:
    return Crumb(_("Khóa API"), reverse("programs:keys"))


def _crumb() -> Crumb:
    return Crumb(_("Nơi nhận tin"), reverse("programs:hooks"))
