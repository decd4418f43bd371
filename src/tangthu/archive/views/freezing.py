"""Freezes: which stand and stood, locking a thing, and unlocking what one freeze locks."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.archive.actions.freeze_records import RIGHT, freeze_records, lift_freeze
from tangthu.identity import scopes
from tangthu.identity.policies import Viewer
from tangthu.identity.queries import names_of
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.records.models import Freeze
from tangthu.ui import formats
from tangthu.ui.form_pages import posted, run_form
from tangthu.ui.parts import Action, Crumb, Fact, FactGroup, Notice

_SHOWN = 200


class FreezeForm(forms.Form):
    """What the freeze is called, and on whose decision."""

    name = forms.CharField(
        label=gettext_lazy("Tên đợt phong tỏa"),
        max_length=200,
        help_text=gettext_lazy("Ví dụ: phục vụ thanh tra 2026. Người khác đọc được tên này."),
    )
    decision = forms.CharField(
        label=gettext_lazy("Căn cứ"),
        max_length=200,
        help_text=gettext_lazy("Số, ngày và cơ quan ra quyết định phong tỏa."),
    )


class LiftForm(forms.Form):
    """On whose decision it ends."""

    decision = forms.CharField(
        label=gettext_lazy("Căn cứ gỡ phong tỏa"),
        max_length=200,
        help_text=gettext_lazy("Số, ngày và cơ quan ra quyết định."),
    )


@require_safe
def freezes(request: HttpRequest) -> HttpResponse:
    """Those at the bodies where the viewer freezes records; what stands first."""
    bodies = _bodies(viewer(request))
    found = Freeze.objects.filter(body_id__in=bodies).order_by("-frozen_at")
    standing = list(found.filter(lifted_at=None)[:_SHOWN])
    over = list(found.exclude(lifted_at=None)[:_SHOWN])
    return render(request, "archive/freezes.html", {"standing": standing, "over": over})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, scope_kind: str, scope: uuid.UUID) -> HttpResponse:
    """Lock a fonds, dossier or document with all that lies in it."""
    who = viewer(request)
    thing = scopes.named(who, scope_kind, scope)
    if thing is None or not who.may(RIGHT, thing.body_id) or not thing.url:
        raise NotFoundForViewer()

    def act(given: dict[str, str]) -> str:
        made = freeze_records(acting(request), [(scope_kind, scope)], **given)
        return reverse("archive:freeze", args=[made.pk])

    return run_form(
        request,
        FreezeForm(posted(request)),
        act,
        done=_("Đã phong tỏa."),
        title=_("Phong tỏa"),
        lead=thing.label,
        warnings=[
            Notice(
                _("Cho đến khi gỡ, không ai sửa mô tả, thêm, di chuyển hay hủy được."),
                text=_("Vẫn đọc, đóng gói, sao lưu và cách ly được."),
            )
        ],
        save_label=_("Phong tỏa"),
        way=[Crumb(thing.label, thing.url), Crumb(_("Phong tỏa"))],
        cancel_url=thing.url,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def freeze(request: HttpRequest, freeze_id: uuid.UUID) -> HttpResponse:
    """What one freeze locks, since when and why; and the form that ends it."""
    who = viewer(request)
    found = Freeze.objects.filter(pk=freeze_id, body_id__in=_bodies(who)).first()
    if found is None:
        raise NotFoundForViewer()
    things = list(found.things.order_by("id").values_list("kind", "thing"))
    known = scopes.all_named(who, things)
    context = {
        "found": found,
        "fact_groups": [_facts(found)],
        "things": [known[one] for one in things if one in known],
        "hidden": sum(1 for one in things if one not in known),
    }
    way = [Crumb(_("Phong tỏa"), reverse("archive:freezes")), Crumb(found.name)]
    if found.lifted_at is not None:
        return render(request, "archive/freeze.html", {**context, "way": way})
    return run_form(
        request,
        LiftForm(posted(request)),
        lambda given: reverse(
            "archive:freeze", args=[lift_freeze(acting(request), freeze_id, **given).pk]
        ),
        done=_("Đã gỡ phong tỏa."),
        title=found.name,
        save_label=_("Gỡ phong tỏa"),
        way=way,
        cancel_url=reverse("archive:freezes"),
        template="archive/freeze.html",
        **context,
    )


def notice_of(found: Freeze | None, who: Viewer) -> Notice | None:
    """What a page of something frozen says; None for what is free."""
    if found is None:
        return None
    may = who.may(RIGHT, found.body_id)
    return Notice(
        _("Đang phong tỏa theo %(decision)s: không sửa, di chuyển hay hủy được.")
        % {"decision": found.decision},
        text=_("%(name)s, từ %(moment)s")
        % {"name": found.name, "moment": formats.moment(found.frozen_at)},
        tone="warn",
        action_label=_("Xem đợt phong tỏa") if may else "",
        action_url=reverse("archive:freeze", args=[found.pk]) if may else "",
    )


def action_for(who: Viewer, body_id: uuid.UUID, kind: str, thing: uuid.UUID) -> list[Action]:
    """The way to the form that locks a thing; nothing for who may not."""
    if not who.may(RIGHT, body_id):
        return []
    url = reverse("archive:freeze-new", args=[kind, thing])
    return [Action(_("Phong tỏa"), url, icon="lock")]


def _facts(found: Freeze) -> FactGroup:
    people = names_of([found.frozen_by, found.lifted_by])
    facts = [
        Fact(_("Căn cứ"), found.decision),
        Fact(_("Phong tỏa lúc"), formats.moment(found.frozen_at)),
        Fact(_("Người thực hiện"), people.get(found.frozen_by, "–")),
    ]
    if found.lifted_at is not None and found.lifted_by is not None:
        facts += [
            Fact(_("Gỡ lúc"), formats.moment(found.lifted_at)),
            Fact(_("Căn cứ gỡ phong tỏa"), found.lift_decision),
            Fact(_("Người gỡ"), people.get(found.lifted_by, "–")),
        ]
    return FactGroup(_("Phong tỏa"), tuple(facts))


def _bodies(who: Viewer) -> frozenset[uuid.UUID]:
    found = who.bodies_with(RIGHT)
    if not found:
        raise NotFoundForViewer()
    return found
