"""The front of the programming interface: who asks, how often, in which language; then the work.

In this order, so that nobody who has no key learns anything: language, key, rate, size, what was
sent, and only then the operation. Every failure is a problem document.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from tangthu.faces.api import naming, parsing
from tangthu.faces.api.problems import (
    BadRequest,
    MethodNotAllowed,
    NoKey,
    ServerError,
    TooFast,
    problem,
)
from tangthu.identity.acting import Acting
from tangthu.identity.queries import viewer_of
from tangthu.kernel import shown
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import (
    DatabaseUnusable,
    HouseError,
    NoRoom,
    NotFoundForViewer,
    Refused,
)
from tangthu.kernel.securitylog import Noted, note
from tangthu.kernel.uploads import lacked_room
from tangthu.programs import metering
from tangthu.programs.models import ApiKey
from tangthu.programs.queries import ended_key_of, key_of
from tangthu.signin.actions.note_refusal import note_refusal
from tangthu.signin.models import Kind

log = logging.getLogger("tangthu.api")
URLS = "tangthu.faces.api.urls"
# Where whoever has a right may send files of any size; no other address takes more than a form.
_TAKES_FILES = {"api/v1/imports": "archive.import"}
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def answer(request: HttpRequest) -> HttpResponseBase:
    """The answer to any request under /api/; raises nothing."""
    language = language_of(request)
    with translation.override(language):
        try:
            response = _answered(request)
        except HouseError as error:
            viewer = getattr(request, "viewer", None)
            if viewer is not None and isinstance(error, NotFoundForViewer | Refused):
                with suppress(OperationalError, InterfaceError):
                    note_refusal(error, viewer, request.path)
            response = _refused(error)
        except (OperationalError, InterfaceError) as error:
            log.warning("the database did not answer: %s", type(error).__name__)
            words = DatabaseUnusable(_("Cơ sở dữ liệu tạm thời không trả lời."))
            response = problem(words, {"Retry-After": "10"})
        except Exception:
            log.exception("unexpected")
            response = problem(ServerError(_("Lỗi của máy chủ; không có gì bị ghi dở dang.")))
    _finish(request, response, language)
    return response


def language_of(request: HttpRequest) -> str:
    """The language that the request prefers of those that there are; Vietnamese else."""
    known = dict(settings.LANGUAGES)
    for name, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        short = name.partition("-")[0]
        if short in known:
            return short
    return settings.LANGUAGE_CODE


def _refused(error: HouseError) -> HttpResponse:
    log.info("%s %s", type(error).__name__, dict(error.facts))
    headers = {}
    if isinstance(error, NoKey):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooFast):
        headers["Retry-After"] = str(error.facts["wait"])
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = str(error.facts["allowed"])
    return problem(error, headers)


def _finish(request: HttpRequest, response: HttpResponseBase, language: str) -> None:
    """Headers of every answer: nobody keeps it, no browser runs it."""
    response.headers.setdefault("Content-Language", language)
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response.headers["Vary"] = "Accept-Language, Authorization"
    taken = getattr(request, "taken", None)
    if taken is not None:
        limit = taken.limit
        response.headers["RateLimit-Policy"] = f'"key";q={limit.burst};w=60'
        response.headers["RateLimit"] = f'"key";r={taken.left};t={max(taken.wait, 1)}'
    links = getattr(request, "links", "")
    if links and response.status_code == 200:
        response.headers["Link"] = links
    if isolated():
        response.headers["X-Secrecy"] = shown.highest() or "0"
    if isinstance(response, HttpResponse) and not response.has_header("Content-Length"):
        response.headers["Content-Length"] = str(len(response.content))


def _answered(request: HttpRequest) -> HttpResponseBase:
    try:
        request.get_host()
    except DisallowedHost as error:
        raise BadRequest(_("Tên máy chủ này không được phục vụ.")) from error
    match = _match(request)
    public = match is not None and getattr(match.func, "is_public", False)
    if not public:
        _let_in(request)
    if match is None:
        raise NotFoundForViewer(_("Không có gì ở đây."))
    parsing.check_query(request)
    _read(request, match)
    if request.method in _CHANGES and "Idempotency-Key" in request.headers and not public:
        response = naming.once(request, lambda: _called(request, match))
    else:
        response = _called(request, match)
    return response


def _match(request: HttpRequest) -> ResolverMatch | None:
    try:
        return resolve(request.path_info, URLS)
    except Resolver404:
        return None


def _called(request: HttpRequest, match: ResolverMatch) -> HttpResponseBase:
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    if isinstance(response, HttpResponseNotAllowed):
        allowed = response.headers["Allow"]
        words = _("Địa chỉ này chỉ nhận: %(methods)s.") % {"methods": allowed}
        raise MethodNotAllowed(words, allowed=allowed)
    return response


def _let_in(request: Any) -> None:
    """Attach key, viewer and acting person. Raises NoKey, TooFast."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    key = key_of(token.strip()) if scheme.lower() == "bearer" and len(token) < 200 else None
    if key is None:
        _note_ended(token.strip())
        raise NoKey(
            _("Yêu cầu này cần một khóa API còn hiệu lực."),
            hint=_("Gửi kèm Authorization: Bearer KHÓA; tạo khóa ở trang “Khóa API”."),
        )
    request.taken = metering.take(key.pk, metering.limit_of(key.body.code))
    if not request.taken.admitted:
        raise TooFast(
            _("Khóa này hỏi nhanh hơn mức cho phép."),
            hint=_("Đợi %(n)s giây rồi hỏi lại.") % {"n": request.taken.wait},
            wait=request.taken.wait,
        )
    request.key = key
    request.viewer = viewer_by(key)
    request.acting = Acting(request.viewer, "api")
    if not request.viewer.positions:
        _note_refused(key, "key_without_position")
        raise NoKey(
            _("Người giữ khóa hiện không giữ chức vụ nào ở cơ quan của khóa."),
            hint=_("Nhờ quản trị cơ quan."),
        )


def _note_ended(token: str) -> None:
    """Write into the security log that a key was used which no longer opens: somebody has it."""
    key = ended_key_of(token) if 0 < len(token) < 200 else None
    if key is not None:
        _note_refused(key, "key_ended")


def _note_refused(key: ApiKey, why: str) -> None:
    account = getattr(key.person, "account", None)
    note(
        Noted(
            Kind.FAILED,
            target=key.beginning,
            account=account.username if account else "",
            person_id=key.person_id,
            body_id=key.body_id,
            outcome="refused",
            detail={"why": why},
        )
    )


def viewer_by(key: ApiKey) -> Any:
    """The viewer that a key lets in: its person, at its body, within its scopes."""
    return viewer_of(key.person).by_key(key.body_id, key.scopes)


def _read(request: Any, match: ResolverMatch) -> None:
    """Read the body, unless the operation takes files. Raises what parsing raises, NoRoom."""
    request.document = None
    if request.method not in _CHANGES:
        return
    right = _TAKES_FILES.get(match.route)
    sent = request.headers.get("Content-Type", "").lower()
    if right is not None and sent.startswith("multipart/form-data"):
        if not request.viewer.may_anywhere(right):
            raise NotFoundForViewer(_("Không có gì ở đây."))
        try:
            full = lacked_room(request)
        except (RequestDataTooBig, TooManyFilesSent) as error:
            raise parsing.too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE) from error
        if full:
            raise NoRoom(_("Ổ đĩa của máy chủ không đủ chỗ cho lần gửi này; chưa nhận tệp nào."))
        return
    request.document = parsing.body_of(request)
