"""Requests under /api/ leave the way of pages before sessions, forms and cookies are looked at.

So a person's session opens nothing here, and no forged form can use it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from tangthu.kernel.late import late
from tangthu.kernel.securitylog import called_from
from tangthu.ui.callers import caller_of

PREFIX = "/api/"


class ApiDoor:
    """Hand requests under /api/ to the programming interface, all others on."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond
        self.answer = late("tangthu.faces.api.front.answer")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(PREFIX):
            with called_from(caller_of(request)):
                response: HttpResponseBase = self.answer(request)
            return response
        return self.respond(request)
