"""`/metrics`: figures for a monitoring system that knows the secret."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tangthu.kernel import metrics as figures
from tangthu.ui.marks import public

SECRET = "metrics-token"  # noqa: S105 - the name of the file in `secrets` of the home


@public
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures as text, to who sends the token of the home as a bearer; else 401.

    An address tells nothing: behind a proxy everybody comes from this machine.
    """
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    right = settings.HOME.secret(SECRET)
    if scheme.lower() != "bearer" or not constant_time_compare(token.strip(), right):
        answer = HttpResponse("401\n", content_type="text/plain; charset=utf-8", status=401)
        answer["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return answer
    return HttpResponse(figures.text(), content_type=figures.CONTENT_TYPE)
