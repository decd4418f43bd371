"""The form by which a right on one thing is asked for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tangthu.identity import queries, scopes
from tangthu.identity.actions.change_rights import can_be_confirmed
from tangthu.identity.actions.grant_right import ask_grant, grantable
from tangthu.identity.grant_conflicts import conflicts_of_grant
from tangthu.identity.models import Account, Grant
from tangthu.identity.roles import RIGHTS
from tangthu.identity.views.asked import acting, viewer
from tangthu.identity.views.changes import nobody_confirms
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ui.form_pages import as_day, posted, run_form
from tangthu.ui.forms import PartialDateField
from tangthu.ui.parts import Crumb


class GrantForm(forms.Form):
    """Which right, to whom, until when, on whose decision."""

    def __init__(
        self, rights: Sequence[str], holders: list[tuple[str, Any]], data: object = None
    ) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["right"] = forms.ChoiceField(
            label=_("Quyền"), choices=[(right, RIGHTS[right]) for right in rights]
        )
        self.fields["holder"] = forms.ChoiceField(
            label=_("Cấp cho"), choices=[("", _("– Chọn –")), *holders], required=False
        )
        self.fields["username"] = forms.CharField(
            label=_("Hoặc tên đăng nhập của người ở cơ quan khác"), max_length=60, required=False
        )
        self.fields["until"] = PartialDateField(label=_("Đến hết ngày"), required=False, whole=True)
        self.fields["decision"] = forms.CharField(
            label=_("Căn cứ"),
            max_length=200,
            help_text=_("Số, ngày và cơ quan ra quyết định hoặc văn bản đồng ý."),
        )

    def chosen(self) -> tuple[str, uuid.UUID]:
        """Kind and id of who is to hold the right; an id of nobody if nobody was chosen."""
        if self.cleaned_data["username"]:
            found = Account.objects.filter(username=self.cleaned_data["username"]).first()
            return Grant.Holder.PERSON, found.person_id if found else uuid.UUID(int=0)
        kind, _at, named = self.cleaned_data["holder"].partition(":")
        return kind, uuid.UUID(named) if named else uuid.UUID(int=0)


@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest, scope_kind: str, scope: uuid.UUID) -> HttpResponse:
    """Ask for a right on a body, fonds, dossier or document that one may see oneself."""
    who = viewer(request)
    thing = scopes.named(who, scope_kind, scope)
    if thing is None or not who.may("rights.ask", thing.body_id):
        raise NotFoundForViewer()
    holders = queries.holders(who, thing.body_id)
    form = GrantForm(grantable(scope_kind), holders, posted(request))

    def act(given: dict[str, Any]) -> str:
        holder_kind, holder = form.chosen()
        made = ask_grant(
            acting(request),
            right=given["right"],
            scope_kind=scope_kind,
            scope=scope,
            holder_kind=holder_kind,
            holder=holder,
            decision=given["decision"],
            until=as_day(given["until"]),
        )
        _say(request, made)
        return reverse("rights:change", args=["grant", made.pk])

    return run_form(
        request,
        form,
        act,
        title=_("Cấp quyền"),
        save_label=_("Gửi đề nghị"),
        way=[Crumb(thing.label, thing.url), Crumb(_("Cấp quyền"))],
        cancel_url=thing.url or reverse("rights:changes"),
        template="identity/grant.html",
        thing=thing,
    )


def _say(request: HttpRequest, made: Grant) -> None:
    messages.success(
        request,
        _("Đã cấp quyền; chưa có ai khác để xác nhận.")
        if made.alone
        else _("Đã gửi đề nghị; quyền có hiệu lực khi người thứ hai xác nhận."),
    )
    if made.waits and not made.alone and not can_be_confirmed(made):
        messages.warning(request, nobody_confirms())
    for words in conflicts_of_grant(made):
        messages.warning(request, words)
