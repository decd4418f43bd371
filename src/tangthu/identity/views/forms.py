"""Forms of people, units, groups and delegations. What they allow is judged by the actions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models import Account, Appointment, Body, Role
from tangthu.ui.forms import PartialDateField

Choices = Iterable[tuple[str, Any]]
_DECISION_HELP = _("Số, ngày và cơ quan ra quyết định.")


def decision_field(**kwargs: Any) -> forms.CharField:
    """The decision on which something rests."""
    kwargs.setdefault("help_text", _DECISION_HELP)
    return forms.CharField(label=_("Quyết định"), max_length=200, **kwargs)


class BodyChosen(forms.Form):
    """A form at one body; it asks which only where there are several."""

    def __init__(self, bodies: list[Body], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.bodies = {str(one.pk): one for one in bodies}
        if len(bodies) > 1:
            choices = [(key, one.name) for key, one in self.bodies.items()]
            field = forms.ChoiceField(label=_("Cơ quan"), choices=choices)
            self.fields = {"body": field, **self.fields}

    def body(self) -> Body:
        """The body that was chosen, or the only one."""
        key = self.cleaned_data.get("body") or next(iter(self.bodies))
        return self.bodies[key]


class PositionForm(BodyChosen):
    """A position for a person: what, as what, where, how and from when."""

    position = forms.CharField(label=_("Chức vụ"), max_length=120)
    role = forms.ChoiceField(
        label=_("Vai trò trong hệ thống"),
        # Who keeps the house is given it on a page of its own.
        choices=[("", _("– Chọn –")), *(one for one in Role.choices if one[0] != Role.KEEPER)],
        help_text=_("Vai trò quyết định người này được làm gì."),
    )
    unit = forms.ChoiceField(label=_("Đơn vị"), required=False)
    kind = forms.ChoiceField(label=_("Loại bổ nhiệm"), choices=Appointment.Kind.choices)
    since = PartialDateField(label=_("Từ ngày"), whole=True)
    until = PartialDateField(label=_("Đến hết ngày"), whole=True, required=False)
    decision = decision_field()

    def __init__(self, bodies: list[Body], units: Choices, data: Any = None, **kwargs: Any) -> None:
        super().__init__(bodies, data, **kwargs)
        self.fields["unit"].choices = [("", _("Trực thuộc cơ quan")), *units]  # type: ignore[attr-defined]


class FirstAccount(forms.Form):
    """Who somebody is, and how he signs in the first time."""

    full_name = forms.CharField(label=_("Họ tên"), max_length=120)
    username = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=_("Chữ cái không dấu, chữ số và . _ -"),
    )
    password = forms.CharField(
        label=_("Mật khẩu đầu tiên"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        """Refuse a password that is too weak."""
        given: str = self.cleaned_data["password"]
        validate_password(given, Account(username=self.cleaned_data.get("username", "")))
        return given


class NewPersonForm(FirstAccount, PositionForm):
    """A new person with his account and first position."""

    field_order = ("body", "full_name", "username", "password", "position")


class NameForm(forms.Form):
    """A person's name."""

    full_name = forms.CharField(label=_("Họ tên"), max_length=120)


class EndForm(forms.Form):
    """The end of a position: a planned day, or at once."""

    on = PartialDateField(
        label=_("Ngày cuối cùng"),
        whole=True,
        required=False,
        help_text=_("Để trống nếu chấm dứt ngay."),
    )
    decision = decision_field()


class KeeperForm(forms.Form):
    """Who is to keep the house."""

    username = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    position = forms.CharField(label=_("Chức vụ"), max_length=120)
    until = PartialDateField(label=_("Đến hết ngày"), whole=True, required=False)
    decision = decision_field()


class DecisionForm(forms.Form):
    """A decision alone."""

    decision = decision_field()


class UnitForm(BodyChosen):
    """A new unit."""

    name = forms.CharField(label=_("Tên đơn vị"), max_length=200)
    parent = forms.ChoiceField(label=_("Đơn vị cấp trên"), required=False)
    since = PartialDateField(label=_("Từ ngày"), whole=True)
    decision = decision_field()

    def __init__(self, bodies: list[Body], units: Choices, data: Any = None, **kwargs: Any) -> None:
        super().__init__(bodies, data, **kwargs)
        self.fields["parent"].choices = [("", _("Không có")), *units]  # type: ignore[attr-defined]


class EndUnitForm(forms.Form):
    """The end of a unit."""

    on = PartialDateField(label=_("Ngày cuối cùng"), whole=True)
    decision = decision_field()


class GroupForm(BodyChosen):
    """A new group."""

    name = forms.CharField(label=_("Tên nhóm"), max_length=120)


class MemberForm(forms.Form):
    """Somebody to join a group."""

    person = forms.ChoiceField(label=_("Người"))
    until = PartialDateField(label=_("Đến hết ngày"), whole=True, required=False)
    decision = decision_field()

    def __init__(self, people: Choices, data: Any = None) -> None:
        super().__init__(data)
        self.fields["person"].choices = [("", _("Chọn người")), *people]  # type: ignore[attr-defined]


class DelegationForm(BodyChosen):
    """What one lets a colleague do in one's place."""

    receiver = forms.ChoiceField(label=_("Người được ủy quyền"))
    rights = forms.MultipleChoiceField(
        label=_("Được làm thay"), widget=forms.CheckboxSelectMultiple
    )
    since = PartialDateField(label=_("Từ ngày"), whole=True)
    until = PartialDateField(label=_("Đến hết ngày"), whole=True)
    decision = forms.CharField(
        label=_("Văn bản ủy quyền"), max_length=200, help_text=_("Số, ngày của văn bản ủy quyền.")
    )

    def __init__(
        self,
        bodies: list[Body],
        people: Choices,
        rights: Choices,
        data: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(bodies, data, **kwargs)
        self.fields["receiver"].choices = [("", _("Chọn người")), *people]  # type: ignore[attr-defined]
        self.fields["rights"].choices = list(rights)  # type: ignore[attr-defined]
