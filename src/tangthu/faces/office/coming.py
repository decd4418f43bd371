"""From which page of ours a request came: the way back from whatever could not be done."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

# In the address of the sign-in page: that something was posted after its session had run out.
LOST = "het-han"


def came_from(request: HttpRequest) -> str:
    """Path and query of the page of this site that the browser names as its last ("" if none).

    What another site names, or made up, is no way back.
    """
    told = request.headers.get("Referer", "")
    try:
        hosts = {request.get_host()}
    except DisallowedHost:
        return ""
    if not url_has_allowed_host_and_scheme(told, hosts, require_https=request.is_secure()):
        return ""
    parts = urlsplit(told)
    found = parts.path + (f"?{parts.query}" if parts.query else "")
    # A path of two slashes would be read as another host.
    return found if url_has_allowed_host_and_scheme(found, hosts) and parts.netloc else ""


def way_back(request: HttpRequest) -> str:
    """The page to go back to from an answer to `request`; "" if that would be the same again."""
    found = came_from(request)
    return "" if request.method == "GET" and found == request.get_full_path() else found
