"""The staff site on an isolated LAN: who may come in, and the band on every page (AR-128)."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone, translation

from tangthu.kernel import shown
from tangthu.kernel.deployment import isolated
from tangthu.kernel.isolation import is_local
from tangthu.records.fields import code_label
from tangthu.ui.callers import address_of
from tangthu.ui.templatetags.ui import BAND

log = logging.getLogger("tangthu.office")


class IsolatedSite:
    """Turn away who is not in a local network; put the mode and the highest secrecy on each page.

    The band stands at the top of the page, which is made before its contents: so the template
    leaves a mark, and what was met meanwhile is filled in here.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not isolated():
            raise MiddlewareNotUsed
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Behind a proxy the visitor is whom the proxy names.
        seen = {str(request.META.get("REMOTE_ADDR") or ""), address_of(request)} - {""}
        if not all(is_local(address, settings.LOCAL_NETWORKS) for address in seen):
            log.warning("a visitor from another network was turned away")
            return HttpResponse(status=403, content_type="text/plain; charset=utf-8")
        shown.begin()
        response = self.respond(request)
        response.headers["X-Robots-Tag"] = "noindex"
        if isinstance(response, HttpResponse) and BAND.encode() in response.content:
            language = response.headers.get("Content-Language", settings.LANGUAGE_CODE)
            with translation.override(language):
                band = self._band()
            response.content = response.content.replace(BAND.encode(), band.encode())
            if "Content-Length" in response.headers:
                response.headers["Content-Length"] = str(len(response.content))
        return response

    @staticmethod
    def _band() -> str:
        degree = shown.highest()
        words = code_label("secrecy", degree, timezone.localdate()) if degree else ""
        return render_to_string("ui/parts/mode_band.html", {"degree": degree, "words": words})
