"""Proving anew who one is, before something that only the person himself may do."""

from __future__ import annotations

import json

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tangthu.identity.models import Account
from tangthu.kernel.errors import InvalidInput
from tangthu.signin import ceremony, challenges, duties, proving, queries
from tangthu.signin.actions import passkeys, second_step
from tangthu.signin.actions.passkeys import PASSKEY
from tangthu.signin.places import place_of
from tangthu.signin.standing import has_app
from tangthu.signin.views.code import CodeForm, locked
from tangthu.ui.marks import while_due


class PasswordForm(forms.Form):
    """The password, for who has no second step."""

    password = forms.CharField(
        label=gettext_lazy("Mật khẩu"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def take_problems(self, error: InvalidInput) -> None:
        """Show what was found wrong beside its field."""
        for name, words in error.problems.items():
            self.add_error(name, [str(one) for one in words])


class BothForm(CodeForm, PasswordForm):
    """Password and code."""

    field_order = ("password", "code")


@while_due
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Ask for all that signing in asks for, then lead back."""
    account = request.user
    assert isinstance(account, Account)
    told = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(told, {request.get_host()}, request.is_secure())
    onward = told if safe else reverse("office:account")
    if PASSKEY in request.POST:
        wrong = _passkey(request, account)
        return _page(request, account, None, wrong) if wrong else _proved(request, onward)
    form = _form(account, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            _check(request, account, form.cleaned_data)
        except InvalidInput as error:
            form.take_problems(error)
        except second_step.TooManyWrong:
            return locked(request)
        else:
            return _proved(request, onward)
    return _page(request, account, form)


def _form(account: Account, data: object = None) -> PasswordForm:
    if not duties.has_second_step(account):
        return PasswordForm(data)  # type: ignore[arg-type]
    form = BothForm(data)  # type: ignore[arg-type]
    if not has_app(account):
        form.fields["code"].label = _("Mã khôi phục")
    return form


def _check(request: HttpRequest, account: Account, given: dict[str, str]) -> None:
    """Raise InvalidInput, or TooManyWrong, unless all is right; wrong ones count as at sign-in."""
    if "code" in given:
        how = second_step.prove(account, given["code"], password=given["password"])
        if how == second_step.RECOVERY:
            words = _("Bạn vừa dùng một mã khôi phục; còn %(n)s mã.")
            messages.warning(request, words % {"n": queries.codes_left(account)})
        return
    if authenticate(request, username=account.username, password=given["password"]) is None:
        wrong = _("Mật khẩu chưa đúng.")
        raise InvalidInput(wrong, problems={"password": [wrong]})


def _passkey(request: HttpRequest, account: Account) -> str:
    """Take a passkey that verified its person, which is two factors; returns what is wrong."""
    place, asked = place_of(request), challenges.take(request, challenges.PROVE)
    try:
        if place is None or asked is None:
            raise passkeys.not_proved()
        passkeys.prove_passkey(
            place, asked["state"], request.POST[PASSKEY], account=account, whole=True
        )
    except InvalidInput as error:
        return str(error.problems[PASSKEY][0])
    return ""


def _proved(request: HttpRequest, onward: str) -> HttpResponse:
    proving.note(request.session)
    return HttpResponseRedirect(onward)


def _page(
    request: HttpRequest, account: Account, form: PasswordForm | None, wrong: str = ""
) -> HttpResponse:
    place, known = place_of(request), []
    if place is not None:
        known = queries.credentials_at(account, place.host)
    context: dict[str, object] = {"form": form or _form(account), "wrong": wrong}
    if place is not None and known:
        asked = ceremony.ask_for_proof(place, known, verified=True)
        challenges.keep(request, challenges.PROVE, asked.state)
        context["options"] = json.dumps(asked.options)
    status = 422 if wrong or (form is not None and form.is_bound) else 200
    return render(request, "signin/prove.html", context, status=status)
