"""The outermost door: who may speak for a visitor, a request's number, and its line in the log."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from tangthu.kernel import logs
from tangthu.kernel.proxies import believe

log = logging.getLogger("tangthu.requests")

_NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")


class Arriving:
    """Strip what is forwarded by nobody who is believed; number the request and tell of it.

    The number is the proxy's, or ours; it goes back as `X-Request-Id`.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        believe(request.META, settings.PROXIES, expected=settings.SITE_HTTPS)
        given = str(request.META.get("HTTP_X_REQUEST_ID", ""))
        number = given if _NUMBER.fullmatch(given) else uuid.uuid4().hex
        begun = time.perf_counter()
        with logs.about(request=number):
            response = self.respond(request)
            facts = {
                "method": request.method,
                "route": logs.route_of(request),
                "status": response.status_code,
                "seconds": round(time.perf_counter() - begun, 4),
            }
            log.info("request", extra={"facts": facts})
        response.headers["X-Request-Id"] = number
        # The web server would write its own name.
        response.headers["Server"] = "web"
        return response
