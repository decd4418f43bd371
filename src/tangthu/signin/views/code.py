"""The second step of signing in: a code, after the password."""

from __future__ import annotations

import json

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tangthu.identity.models import Account
from tangthu.kernel.errors import InvalidInput
from tangthu.signin import ceremony, challenges, halfway
from tangthu.signin.actions import passkeys
from tangthu.signin.actions.passkeys import PASSKEY
from tangthu.signin.actions.second_step import RECOVERY, TooManyWrong, prove
from tangthu.signin.places import place_of
from tangthu.signin.queries import codes_left, credentials_at
from tangthu.signin.standing import has_app
from tangthu.ui.marks import public


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Mã trong ứng dụng, hoặc mã khôi phục"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "class": "code-in"}
        ),
    )

    def take_problems(self, error: InvalidInput) -> None:
        """Show what an action found wrong beside its field."""
        for name, words in error.problems.items():
            self.add_error(name, [str(one) for one in words])


def locked(request: HttpRequest) -> HttpResponse:
    """429: too many wrong codes."""
    seconds = int(settings.AXES_COOLOFF_TIME * 3600)
    return render(request, "ui/errors/locked.html", {"cooloff_seconds": seconds}, status=429)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of whose password was right a moment ago; anybody else goes to the start."""
    account = halfway.account_of(request)
    if account is None:
        return HttpResponseRedirect(reverse(settings.LOGIN_URL))
    if PASSKEY in request.POST:
        return _passkey(request, account)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            how = prove(account, form.cleaned_data["code"])
        except InvalidInput as error:
            form.take_problems(error)
        except TooManyWrong:
            return locked(request)
        else:
            onward = halfway.finish(request, account, how)
            if how == RECOVERY:
                words = _("Bạn vừa dùng một mã khôi phục; còn %(n)s mã.")
                messages.warning(request, words % {"n": codes_left(account)})
            return HttpResponseRedirect(onward)
    return _page(request, account, form)


def _passkey(request: HttpRequest, account: Account) -> HttpResponse:
    """The second step by a passkey instead of a code."""
    place, asked = place_of(request), challenges.take(request, challenges.SECOND)
    try:
        if place is None or asked is None:
            raise passkeys.not_proved()
        passkeys.prove_passkey(place, asked["state"], request.POST[PASSKEY], account=account)
    except InvalidInput as error:
        form = CodeForm()
        return _page(request, account, form, wrong=str(error.problems[PASSKEY][0]))
    return HttpResponseRedirect(halfway.finish(request, account, PASSKEY))


def _page(
    request: HttpRequest, account: Account, form: CodeForm, *, wrong: str = ""
) -> HttpResponse:
    """Both ways, as far as the account has them; a new challenge each time."""
    place, known = place_of(request), []
    if place is not None:
        known = credentials_at(account, place.host)
    context: dict[str, object] = {
        "form": form,
        "start": reverse(settings.LOGIN_URL),
        "with_app": has_app(account),
        "wrong": wrong,
    }
    if not context["with_app"]:
        form.fields["code"].label = _("Mã khôi phục")
    if place is not None and known:
        asked = ceremony.ask_for_proof(place, known, verified=False)
        challenges.keep(request, challenges.SECOND, asked.state)
        context["options"] = json.dumps(asked.options)
    status = 422 if form.is_bound or wrong else 200
    return render(request, "signin/code.html", context, status=status)
