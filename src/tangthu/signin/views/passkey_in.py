"""Signing in by a passkey alone: possession, and the finger or PIN that opens it."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tangthu.kernel.errors import InvalidInput
from tangthu.signin import ceremony, challenges, halfway, places
from tangthu.signin.actions.passkeys import PASSKEY, not_proved, prove_passkey
from tangthu.ui.marks import public

BACKEND = "django.contrib.auth.backends.ModelBackend"


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passkey_in(request: HttpRequest) -> HttpResponse:
    """Ask the browser for any passkey of this house; whose it is says the passkey."""
    told = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(told, {request.get_host()}, request.is_secure())
    wanted, wrong = told if safe else reverse(settings.LOGIN_REDIRECT_URL), ""
    place = places.place_of(request)
    if request.method == "POST" and place is not None:
        asked = challenges.take(request, challenges.ALONE)
        try:
            if asked is None:
                raise not_proved()
            answer = request.POST.get(PASSKEY, "")
            account = prove_passkey(place, asked["state"], answer, account=None)
        except InvalidInput as error:
            wrong = str(error.problems[PASSKEY][0])
        else:
            request.signed_in_by = (PASSKEY,)  # type: ignore[attr-defined]
            login(request, account, backend=BACKEND)
            return HttpResponseRedirect(halfway.gone_in(request, wanted, lost=False))
    context: dict[str, object] = {
        "wrong": wrong,
        "why_not": places.why_not(request),
        "start": f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': wanted})}",
    }
    if place is not None:
        question = ceremony.ask_for_proof(place, None, verified=True)
        challenges.keep(request, challenges.ALONE, question.state)
        context["options"] = json.dumps(question.options)
    return render(request, "signin/passkey_in.html", context, status=422 if wrong else 200)
