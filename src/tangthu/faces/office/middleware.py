"""Who is asking, and errors in words.

Every route needs a signed-in person with a position, unless its view is marked `public`. A visitor
learns nothing from the answer: existing and missing addresses lead to the same sign-in page.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tangthu.faces.office import away
from tangthu.faces.office.coming import LOST, came_from
from tangthu.faces.office.views import errors
from tangthu.identity.acting import Acting
from tangthu.identity.policies import NOBODY
from tangthu.identity.queries import viewer_of
from tangthu.kernel import terms
from tangthu.kernel.errors import HouseError, NoRoom, NotFoundForViewer, Refused
from tangthu.kernel.securitylog import called_from
from tangthu.kernel.uploads import lacked_room
from tangthu.signin import duties, seeing, visits
from tangthu.signin.actions import visit
from tangthu.signin.actions.note_refusal import note_refusal
from tangthu.signin.views import sessions
from tangthu.ui.callers import caller_of

log = logging.getLogger("tangthu.office")

Respond = Callable[[HttpRequest], HttpResponseBase]
# In the session: when its time last began anew.
USED = "used"


class ChosenLanguage:
    """Vietnamese, unless this person chose English: a browser's own setting decides nothing."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.respond(request)
        response.headers.setdefault("Content-Language", language)
        return response


class StaffOnly:
    """Attach `request.acting` and `request.viewer`; send visitors to the sign-in page."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with called_from(caller_of(request)):
            try:
                return self._answer(request)
            except Exception as error:
                if away.is_away(error):
                    return away.answer(request, error)
                raise

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        stands = visits.standing_of(request) if user.is_authenticated else visits.ENDED
        if user.is_authenticated and stands == visits.ENDED:
            request.session.flush()
            request.user = user = AnonymousUser()
        viewer = viewer_of(user.person) if user.is_authenticated else NOBODY  # type: ignore[union-attr]
        request.viewer = viewer  # type: ignore[attr-defined]
        request.acting = Acting(viewer, "web")  # type: ignore[attr-defined]
        if not viewer.positions and not self._is_public(request):
            return self._to_sign_in(request)
        if viewer.positions:
            if stands == visits.LOCKED and not _is_open_while_locked(request):
                told = self._at_the_lock(request)
                if told is not None:
                    return told
            due = duties.page(request)
            if due and not _is_open_while_due(request):
                return self._elsewhere(request, due)
            told = self._see_as(request)
            if told is not None:
                return told
        with terms.using(viewer.terms):
            response = self.respond(request)
        if viewer.positions:
            self._note_use(request, response)
            # Shown again only after asking: rights may have changed, or the person have left.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    @staticmethod
    def _see_as(request: HttpRequest) -> HttpResponse | None:
        """Put another's eyes in the place of the viewer's, if he sees as another; returns what to
        answer to anything but looking."""
        own: Acting = request.acting  # type: ignore[attr-defined]
        before = seeing.KEY in request.session
        by = seeing.of(request, own)
        if by is None:
            return redirect("office:home") if before and request.method == "GET" else None
        if _said_of_view(request, "is_while_seeing") or _said_of_view(request, "is_public"):
            return None
        request.acting = seeing.through(own, by)  # type: ignore[attr-defined]
        request.viewer = request.acting.viewer  # type: ignore[attr-defined]
        request.seeing = by  # type: ignore[attr-defined]
        if seeing.may_open(request, _route(request)):
            return None
        return errors.house_error(
            request,
            Refused(
                _("Đang xem như %(name)s nên chỉ xem được trang này trang khác, không làm được gì.")
                % {"name": by.person.full_name},
                hint=_("Bấm “Thôi xem” ở đầu trang để trở lại là chính bạn."),
            ),
        )

    @staticmethod
    def _to_sign_in(request: HttpRequest) -> HttpResponse:
        """To the sign-in page, and from there back; what was posted is gone, and that is told."""
        page = reverse(settings.LOGIN_URL)
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=204)
            response["HX-Redirect"] = page
            return response
        form = came_from(request) if request.method == "POST" else ""
        if form:
            return HttpResponseRedirect(f"{page}?{urlencode({'next': form, LOST: 1}, safe='/')}")
        return redirect_to_login(request.get_full_path(), page)

    @staticmethod
    def _at_the_lock(request: HttpRequest) -> HttpResponse | None:
        """What stands before a screen at which nobody was; None once its password was posted."""
        page = reverse("signin:lock")
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=204)
            response["HX-Redirect"] = page
            return response
        if request.method != "POST":
            return redirect_to_login(request.get_full_path(), page)
        if request.content_type != "application/x-www-form-urlencoded":
            # Files are not read before it is known who sends them.
            return redirect_to_login(came_from(request) or "/", page)
        password = request.POST.get(sessions.PASSWORD)
        if password is not None and sessions.unlock(request, password[:256]):
            posted = request.POST.copy()
            del posted[sessions.PASSWORD]
            request.POST = posted  # type: ignore[assignment]
            return None
        wrong = password is not None
        return sessions.locked_page(request, address=request.get_full_path(), wrong=wrong)

    @staticmethod
    def _elsewhere(request: HttpRequest, page: str) -> HttpResponse:
        """To the one page that is open to this person now; where he wanted to go is kept."""
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=204)
            response["HX-Redirect"] = page
            return response
        if request.method == "GET" and duties.AFTER not in request.session:
            request.session[duties.AFTER] = request.get_full_path()[:2000]
        return HttpResponseRedirect(page)

    @staticmethod
    def _note_use(request: HttpRequest, response: HttpResponseBase) -> None:
        """Let the session's time begin anew when a page is opened, by a write every few minutes.

        Pages that ask by themselves how far some work is are no sign that anybody is there.
        """
        opened = request.method == "GET" and "HX-Request" not in request.headers
        if (opened or request.method == "POST") and not _is_open_while_locked(request):
            visit.note_use(request)
        if opened and response.headers.get("Content-Type", "").startswith("text/html"):
            now = int(time.time())
            if now - request.session.get(USED, 0) >= settings.SESSION_NOTED_EVERY:
                request.session[USED] = now

    @staticmethod
    def _is_public(request: HttpRequest) -> bool:
        return bool(_said_of_view(request, "is_public"))


def _is_open_while_locked(request: HttpRequest) -> bool:
    return any(_said_of_view(request, mark) for mark in ("is_public", "is_while_locked"))


def _is_open_while_due(request: HttpRequest) -> bool:
    return _is_open_while_locked(request) or bool(_said_of_view(request, "is_while_due"))


def _route(request: HttpRequest) -> str:
    """The name of the route that is asked for; "" if there is none."""
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def _said_of_view(request: HttpRequest, mark: str) -> Any:
    """What the view at the asked address is marked with; None without a view or a mark."""
    try:
        return getattr(resolve(request.path_info).func, mark, None)
    except Resolver404:
        return None


class TooMuchSent(HouseError):
    """More was sent than this page takes from this person."""

    http_status = 413


class LimitedUploads:
    """Turn away, unread, what is too large for its page and sender.

    Django writes files to our disk while it looks for the form's token, which is before any view
    asks who sent them.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isascii() and length.isdigit() else 0
        if size <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return self.respond(request)
        right = _said_of_view(request, "takes_files")
        if right is not None and request.viewer.may_anywhere(right):  # type: ignore[attr-defined]
            return self.respond(request)
        error = TooMuchSent(
            _("Trang này không nhận nhiều dữ liệu như vậy."),
            hint=_("Tệp số hóa gửi ở trang “Nhập đợt mới”."),
        )
        log.info("%s %s", type(error).__name__, size)
        return errors.house_error(request, error)


class ErrorsInWords:
    """Turn typed errors into pages; anything else into a plain 500 without a trace of code."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.respond(request)
        if isinstance(response, HttpResponseNotAllowed):
            return errors.not_allowed(request, response.headers["Allow"])
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        """Answer a request whose files did not fit on the disk, instead of its view."""
        if not lacked_room(request):
            return None
        told = NoRoom(
            _("Ổ đĩa của máy chủ không đủ chỗ cho lần gửi này; chưa nhận tệp nào."),
            hint=_("Gửi ít tệp hơn mỗi lần, hoặc báo quản trị dọn bớt ổ đĩa."),
        )
        return errors.house_error(request, told)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer typed errors here, and a database that is away; the rest is Django's."""
        if away.is_away(exception):
            return away.answer(request, exception)
        if isinstance(exception, NotFoundForViewer | Refused):
            acting: Acting = request.acting  # type: ignore[attr-defined]
            note_refusal(exception, acting.behind or acting.viewer, request.path)
        if isinstance(exception, NotFoundForViewer):
            return errors.not_found(request, Http404())
        if isinstance(exception, HouseError):
            log.info("%s %s", type(exception).__name__, exception.facts)
            return errors.house_error(request, exception)
        return None
