"""Signing in and out, the language of the screens, and what the house knows of the viewer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from tangthu.faces.office.coming import LOST
from tangthu.faces.office.views.errors import locked_out
from tangthu.identity.models import Account, Role
from tangthu.identity.policies import Viewer
from tangthu.identity.queries import bodies, viewer_of
from tangthu.identity.views.people import rights_facts
from tangthu.kernel.securitylog import Noted, caller, note
from tangthu.signin import duties, guessing, halfway, places, providers, standing
from tangthu.signin.models import Kind
from tangthu.signin.noticing import of, of_name
from tangthu.ui.marks import public
from tangthu.ui.parts import Fact, FactGroup


class SignInForm(AuthenticationForm):
    """User name and password; the answer is the same whether the name or the password is wrong."""

    error_messages = {
        "invalid_login": gettext_lazy(
            "Tên đăng nhập hoặc mật khẩu chưa đúng. Mật khẩu phân biệt chữ hoa, chữ thường."
        ),
        "inactive": gettext_lazy("Tên đăng nhập hoặc mật khẩu chưa đúng."),
    }
    username = forms.CharField(
        label=gettext_lazy("Tên đăng nhập"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Mật khẩu"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Refuse whoever holds no position today: there is nothing he could do here."""
        super().confirm_login_allowed(user)
        if not viewer_of(user.person).positions:  # type: ignore[attr-defined]
            assert isinstance(user, Account)
            detail = {"why": "no_position"}
            note(Noted(Kind.FAILED, user.username, outcome="refused", detail=detail, **of(user)))
            raise ValidationError(
                _("Tài khoản này hiện không giữ chức vụ nào. Hãy báo quản trị cơ quan."),
                code="no_position",
            )


class SignIn(LoginView):
    """The sign-in page."""

    template_name = "office/sign_in.html"
    authentication_form = SignInForm

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """The view, marked as open to visitors."""
        return public(super().as_view(**initkwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look at no password while an account is guessed at from many addresses."""
        name = request.POST.get("username", "")
        if guessing.is_guessed(name, caller().address):
            note(Noted(Kind.LOCKED, outcome="refused", **of_name(name)))
            return locked_out(request)
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the word that something was posted too late, where that led here, and whether
        passkeys work at this address."""
        more = {
            "lost": LOST in self.request.GET,
            "providers": _providers(),
            "passkeys_work": places.place_of(self.request) is not None,
        }
        return {**super().get_context_data(**kwargs), **more}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Ask whoever has a second step for its code; others go where they were, and are told there
        what was not kept."""
        account, lost = form.get_user(), LOST in self.request.GET
        assert isinstance(account, Account)
        if duties.has_second_step(account):
            wanted = self.get_success_url()
            return HttpResponseRedirect(
                halfway.begin(self.request, account, wanted=wanted, lost=lost)
            )
        wanted = super().form_valid(form)["Location"]
        return HttpResponseRedirect(halfway.gone_in(self.request, wanted, lost=lost))

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show what was wrong, as an answer that is not a success."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SignOut(LogoutView):
    """Sign out; only by POST."""

    next_page = "office:sign-in"
    http_method_names = ["post", "options"]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """The view, open to visitors: signing out twice is no error."""
        return public(super().as_view(**initkwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Sign out; the browser forgets the pages it kept, so that Back shows none of them."""
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response


def _providers() -> tuple[providers.Provider, ...]:
    """Identity providers; none where their file is wrong, which shall keep nobody out."""
    try:
        return providers.providers()
    except providers.BadProviders:
        return ()


@public
@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """Keep the chosen language in a cookie and go back to where the person was."""
    return set_language(request)


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who I am here: positions, what was delegated and granted, the language of the screens."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    names = {body.id: body.name for body in bodies(viewer)}
    held: dict[str, list[Fact]] = {}
    for body_id, role, title in viewer.positions:
        held.setdefault(names.get(body_id, ""), []).extend(
            [Fact(_("Chức vụ"), title), Fact(_("Vai trò trong hệ thống"), Role(role).label)]
        )
    groups = [FactGroup(name, tuple(facts)) for name, facts in held.items()]
    groups += rights_facts(request, viewer.person_id)
    context = {
        "fact_groups": groups,
        "viewer": viewer,
        "providers": _providers(),
        "second_step": standing.second_step_words(request.user),  # type: ignore[arg-type]
    }
    return render(request, "office/account.html", context)
