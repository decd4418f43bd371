"""Changing one's own password; after the first sign-in there is no other page (RM-955)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tangthu.identity.models import Account
from tangthu.signin import duties, visits
from tangthu.signin.actions.second_step import TooManyWrong
from tangthu.signin.actions.set_password import set_own_password
from tangthu.signin.views.code import locked
from tangthu.ui.form_pages import posted, run_form
from tangthu.ui.marks import while_due


class PasswordForm(forms.Form):
    """The present password, and the new one twice."""

    old = forms.CharField(
        label=gettext_lazy("Mật khẩu hiện nay"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("Mật khẩu mới"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("Mật khẩu mới, nhập lại"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    suspicious = forms.BooleanField(
        label=gettext_lazy("Có thể người khác đã biết mật khẩu cũ"),
        required=False,
        help_text=gettext_lazy(
            "Thu hồi mọi khóa API của bạn, dừng các nơi nhận tin, thôi gắn với nơi cấp danh tính; "
            "khóa truy cập chỉ còn dùng sau mật khẩu."
        ),
    )

    def clean_again(self) -> str:
        """Raises ValidationError if the two differ."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new", again):
            raise forms.ValidationError(_("Hai lần nhập không giống nhau."))
        return again


@while_due
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Set one's own password; every other session of the account ends with it."""
    account = request.user
    assert isinstance(account, Account)

    def act(given: dict[str, Any]) -> str | HttpResponse:
        try:
            keep = visits.own_id(request.session)
            set_own_password(
                account, old=given["old"], new=given["new"], keep=keep,
                suspicious=given["suspicious"],
            )  # fmt: skip
        except TooManyWrong:
            return locked(request)
        update_session_auth_hash(request, account)
        return duties.settle(request, duties.PASSWORD) or reverse("office:account")

    return run_form(
        request,
        PasswordForm(posted(request)),
        act,
        done=_("Đã đổi mật khẩu. Các phiên đăng nhập khác của bạn đã kết thúc."),
        title=_("Đổi mật khẩu"),
        save_label=_("Đổi mật khẩu"),
        way=[],
        cancel_url="",
        template="signin/password.html",
        must=bool(duties.page(request)),
        rules=password_validators_help_texts(),
    )
