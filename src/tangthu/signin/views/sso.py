"""Single sign-on by identity providers (OpenID Connect): signing in, and one's own links."""

from __future__ import annotations

import secrets
import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.identity.models import Account
from tangthu.kernel import deployment
from tangthu.kernel.errors import HouseError, Refused
from tangthu.signin import duties, halfway, oidc, providers, proving, queries
from tangthu.signin.actions import provider_links as actions
from tangthu.signin.providers import Provider
from tangthu.signin.views.passkey_in import BACKEND
from tangthu.ui import formats
from tangthu.ui.marks import public

_KEY = "provider_asked"
# Long enough to type a password and a code over there.
_WAITS = 600


def _provider(request: HttpRequest) -> Provider | None:
    """The provider that the address names; None for a name that is none. Raises Refused on an
    isolated LAN."""
    if settings.DEPLOYMENT_MODE == deployment.ISOLATED:
        raise Refused(
            _("Mạng độc lập không dùng đăng nhập một lần: không gì đi ra ngoài."),
            hint=_("Đăng nhập bằng mật khẩu hoặc khóa truy cập."),
        )
    return providers.named(request.GET.get("noi", ""))


def _ask(request: HttpRequest, provider: Provider, **more: object) -> str:
    """Keep the question in the session, in the place of an earlier one; returns where to go."""
    question = oidc.ask(provider, _back(request, provider))
    request.session[_KEY] = {
        "provider": provider.name,
        "state": question.state,
        "nonce": question.nonce,
        "verifier": question.verifier,
        "at": int(time.time()),
        **more,
    }
    return question.address


def _back(request: HttpRequest, provider: Provider) -> str:
    """Where a provider sends its answers: each to an address of its own, so that none brings here
    what another one told (RFC 9700, 4.4)."""
    return request.build_absolute_uri(reverse("signin:sso-back", args=[provider.name]))


def _answered(request: HttpRequest, asked: dict[str, Any], name: str) -> tuple[Provider, oidc.Told]:
    """What the provider tells in answer to the question of this session, at the address of the one
    called `name`. Raises Refused if this is no answer to it, ProviderFailed."""
    provider = providers.named(name) if name == asked.get("provider") else None
    state, told = request.GET.get("state", ""), request.GET.get("iss")
    if (
        provider is None
        or not 0 <= time.time() - asked["at"] <= _WAITS
        or not secrets.compare_digest(asked["state"].encode(), state.encode())
        or (told is not None and told != provider.issuer)
    ):
        raise Refused(
            _("Câu trả lời này không thuộc lần đăng nhập đang làm, hoặc đã quá lâu."),
            hint=_("Bắt đầu lại từ trang đăng nhập."),
        )
    if "code" not in request.GET:
        raise Refused(
            _("Nơi cấp danh tính không cho đăng nhập."), hint=_("Thử lại, hoặc dùng mật khẩu.")
        )
    return provider, oidc.answer(
        provider,
        request.GET["code"],
        back=_back(request, provider),
        nonce=asked["nonce"],
        verifier=asked["verifier"],
    )


@public
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Send a visitor to the provider."""
    provider = _provider(request)
    # No page of another site lets somebody in whose provider asks nothing (ASVS 7.6.2).
    if provider is None or request.headers.get("Sec-Fetch-Site") == "cross-site":
        return HttpResponseRedirect(reverse(settings.LOGIN_URL))
    told = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(told, {request.get_host()}, request.is_secure())
    wanted = told if safe else reverse(settings.LOGIN_REDIRECT_URL)
    try:
        return HttpResponseRedirect(_ask(request, provider, wanted=wanted))
    except oidc.ProviderFailed as error:
        return _told(request, error, reverse(settings.LOGIN_URL))


@public
@never_cache
@require_safe
def back(request: HttpRequest, provider_name: str) -> HttpResponse:
    """The answer of the provider: sign in whose account is linked, or link that of who asked. What
    is wrong is told on the page that it began at."""
    asked: dict[str, Any] = request.session.pop(_KEY, None) or {}
    linking = "account" in asked
    began = "signin:sso-links" if linking else settings.LOGIN_URL
    try:
        provider, told = _answered(request, asked, provider_name)
        if linking:
            return _linked(request, provider, told, asked["account"])
        account = actions.account_of(provider, told)
    except (Refused, oidc.ProviderFailed) as error:
        return _told(request, error, reverse(began))
    if duties.has_second_step(account) and not told.second:
        account.backend = BACKEND  # type: ignore[attr-defined]
        onward = halfway.begin(
            request, account, wanted=asked["wanted"], lost=False, first=actions.OIDC
        )
        return HttpResponseRedirect(onward)
    how = (actions.OIDC, "oidc-second") if told.second else (actions.OIDC,)
    request.signed_in_by = how  # type: ignore[attr-defined]
    login(request, account, backend=BACKEND)
    return HttpResponseRedirect(halfway.gone_in(request, asked["wanted"], lost=False))


def _told(request: HttpRequest, error: HouseError, page: str) -> HttpResponse:
    """Tell on `page` what was wrong and what helps."""
    messages.error(request, f"{error} {error.hint}")
    return HttpResponseRedirect(page)


def _linked(
    request: HttpRequest, provider: Provider, told: oidc.Told, account_id: int
) -> HttpResponse:
    account = request.user
    if not isinstance(account, Account) or account.pk != account_id:
        raise Refused(
            _("Phiên đăng nhập đã đổi giữa chừng; chưa gắn gì."), hint=_("Đăng nhập rồi gắn lại.")
        )
    actions.link(account, provider, told)
    messages.success(request, _("Đã gắn tài khoản với %(label)s.") % {"label": provider.label})
    return HttpResponseRedirect(reverse("signin:sso-links"))


@never_cache
@require_safe
def links(request: HttpRequest) -> HttpResponse:
    """With which providers one's own account is linked."""
    account = request.user
    assert isinstance(account, Account)
    found = {one.issuer: one for one in queries.links_of(account)}
    rows = []
    for one in providers.providers():
        kept = found.get(one.issuer)
        used = formats.moment(kept.used_at) if kept and kept.used_at else _("chưa lần nào")
        since = formats.moment(kept.linked_at) if kept else ""
        by = kept.linked_by if kept else ""
        rows.append({"provider": one, "since": since, "used": used, "by": by})
    isolated = settings.DEPLOYMENT_MODE == deployment.ISOLATED
    return render(request, "signin/sso.html", {"rows": rows, "isolated": isolated})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Link one's own account: the provider is asked whose it is."""
    provider, account = _provider(request), request.user
    assert isinstance(account, Account)
    if provider is None:
        return HttpResponseRedirect(reverse("signin:sso-links"))
    unproved = proving.first(request)
    if unproved is not None:
        return unproved
    if request.method == "POST":
        # By a link: the content policy lets no form lead to another site.
        try:
            onward = _ask(request, provider, account=account.pk)
        except oidc.ProviderFailed as error:
            return _told(request, error, reverse("signin:sso-links"))
        context = {"onward": onward, "label": provider.label}
        return render(request, "signin/sso_go.html", context)
    return _form(
        request,
        title=_("Gắn với %(label)s") % {"label": provider.label},
        words=_("Sau đó đăng nhập được ở đây bằng tài khoản của bạn ở nơi ấy."),
        submit=_("Tiếp tục"),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unlink(request: HttpRequest) -> HttpResponse:
    """Unlink one's own account."""
    provider, account = _provider(request), request.user
    assert isinstance(account, Account)
    if provider is None:
        return HttpResponseRedirect(reverse("signin:sso-links"))
    unproved = proving.first(request)
    if unproved is not None:
        return unproved
    if request.method == "POST":
        actions.unlink(account, provider.issuer)
        messages.success(request, _("Đã thôi gắn."))
        return HttpResponseRedirect(reverse("signin:sso-links"))
    return _form(
        request,
        title=_("Thôi gắn với %(label)s") % {"label": provider.label},
        words=_("Từ đó không đăng nhập được qua nơi ấy nữa."),
        submit=_("Thôi gắn"),
    )


def _form(request: HttpRequest, **words: str) -> HttpResponse:
    context = {"back": reverse("signin:sso-links"), **words}
    return render(request, "signin/passkey_form.html", context)
