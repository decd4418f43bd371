"""The server's half of the upload controller (static/ui/controllers/upload.js)."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase, HttpResponseRedirectBase

View = TypeVar("View", bound=Callable[..., Any])


def takes_files(right: str) -> Callable[[View], View]:
    """Mark a view as one to which whoever has `right` somewhere may send files of any size.

    No other view is sent more than a form's worth: the bytes would lie on our disk before anybody
    asks who sent them.
    """

    def mark(view: View) -> View:
        view.takes_files = right  # type: ignore[attr-defined]
        return view

    return mark


class ToldRedirects:
    """Tells a script that sends files where to go next, instead of sending it there.

    A script follows a redirect unseen and so uses up the message that the person should read; the
    answer to a request with the header `X-Upload` is therefore `{"location": …}`.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.respond(request)
        if "X-Upload" in request.headers and isinstance(response, HttpResponseRedirectBase):
            told = JsonResponse({"location": response.url})
            told.cookies = response.cookies
            return told
        return response
