"""Forms of bodies: opening, renaming, reorganising units. What they allow is for the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models import Appointment, Body
from tangthu.identity.views.forms import BodyChosen, Choices, FirstAccount, decision_field
from tangthu.ui.forms import PartialDateField

NOWHERE = "-"


class OpenBodyForm(FirstAccount):
    """A further body and its first administrator."""

    name = forms.CharField(label=_("Tên cơ quan"), max_length=200)
    short_name = forms.CharField(label=_("Tên gọi tắt"), max_length=60)
    code = forms.CharField(
        label=_("Mã định danh điện tử"), max_length=35, help_text=_("Ví dụ H30.81.")
    )
    archive_code = forms.CharField(
        label=_("Mã cơ quan lưu trữ"), max_length=35, help_text=_("Ví dụ 001.03.08.")
    )
    origin = forms.CharField(
        label=_("Tên gốc của sổ cái"),
        max_length=200,
        help_text=_("Không đổi được về sau, ví dụ luutru.example/H30.81."),
    )
    position = forms.CharField(label=_("Chức vụ của quản trị đầu tiên"), max_length=120)
    field_order = (
        "name", "short_name", "code", "archive_code", "origin", "full_name", "position",
        "username", "password",
    )  # fmt: skip


class RenameBodyForm(forms.Form):
    """Another name or code of a body."""

    name = forms.CharField(label=_("Tên cơ quan"), max_length=200)
    short_name = forms.CharField(label=_("Tên gọi tắt"), max_length=60)
    code = forms.CharField(label=_("Mã định danh điện tử"), max_length=35)
    since = PartialDateField(label=_("Từ ngày"), whole=True)
    decision = decision_field()


class BodySettingsForm(forms.Form):
    """Whether TT05 binds, and whose words the screens use."""

    applies_tt05 = forms.ChoiceField(
        label=_("Áp dụng Thông tư 05/2025/TT-BNV"),
        choices=Body.Applies.choices,
        help_text=_("Tự nguyện: lỗi theo thông tư chỉ để biết, không chặn tiếp nhận hay đóng gói."),
    )
    terms = forms.ChoiceField(label=_("Bộ thuật ngữ trên màn hình"), choices=Body.Terms.choices)
    decision = decision_field()


class ReorganiseForm(BodyChosen):
    """Which units end, which follow them, and who moves where.

    It is sent twice: `moves` are asked for once it is known which units end and what follows.
    """

    ending = forms.MultipleChoiceField(
        label=_("Đơn vị kết thúc"), widget=forms.CheckboxSelectMultiple
    )
    opening = forms.CharField(
        label=_("Đơn vị mới"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Mỗi dòng một tên. Sáp nhập: nhiều đơn vị kết thúc, một đơn vị mới. "
                    "Chia: một đơn vị kết thúc, nhiều đơn vị mới. Đổi tên: một và một."),
    )  # fmt: skip
    parent = forms.ChoiceField(label=_("Đơn vị cấp trên"), required=False)
    since = PartialDateField(label=_("Từ ngày"), whole=True)
    decision = decision_field()
    asked = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, bodies: list[Body], units: Choices, data: Any = None, **kwargs: Any) -> None:
        super().__init__(bodies, data, **kwargs)
        offered = list(units)
        self.fields["ending"].choices = offered  # type: ignore[attr-defined]
        self.fields["parent"].choices = [("", _("Không có")), *offered]  # type: ignore[attr-defined]

    def ask_moves(self, held: list[Appointment], opening: list[str]) -> None:
        """Ask for each holder of a position in an ending unit where he goes."""
        places = [(str(place), name) for place, name in enumerate(opening)]
        for one in held:
            self.fields[move_of(one)] = forms.ChoiceField(
                label=f"{one.person.full_name}, {one.position.title} ({one.position.unit})",
                choices=[*places, (NOWHERE, _("Thôi giữ chức vụ"))],
            )


def names_in(typed: str) -> list[str]:
    """The names of units that were typed, one a line."""
    return [line.strip() for line in typed.splitlines() if line.strip()][:50]


def move_of(one: Appointment) -> str:
    """The field that says where the holder of an appointment goes."""
    return f"move-{one.pk}"
