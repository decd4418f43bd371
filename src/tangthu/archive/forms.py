"""Forms for descriptions, made from the field registry: labels, hints, lengths, codes, dates."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.archive.fonds_labels import FONDS_LABELS
from tangthu.archive.models import Fonds
from tangthu.records import sensitivity
from tangthu.records.fields import code_choices, editable_fields, label_of
from tangthu.records.levels import NOBODYS
from tangthu.records.models import Document, Dossier
from tangthu.standards.rules import Field
from tangthu.ui.forms import CodeListField, PartialDateField
from tangthu.ui.partial_dates import PartialDate

LONG_TEXT = 300
MAX_EXTRA, BLANK_EXTRA = 30, 3
MAX_LABEL, MAX_VALUE = 100, 2000
LARGEST = 2_147_483_647


class DescriptionForm(forms.Form):
    """The editable description of a document or dossier, with its rows of extra metadata.

    Fields named in `hidden` are not in it: neither shown nor changed (AR-128).
    """

    state = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(
        self,
        record: Dossier | Document,
        on: date,
        data: Mapping[str, Any] | None = None,
        *,
        hidden: Set[str] = frozenset(),
    ) -> None:
        self.record = record
        self.described = tuple(
            field for field in editable_fields(type(record), on) if field.identifier not in hidden
        )
        rows = sorted(record.extra.items())
        initial: dict[str, Any] = {
            field.identifier: getattr(record, field.identifier) for field in self.described
        }
        for index, (label, value) in enumerate(rows):
            initial |= {f"extra_label_{index}": label, f"extra_value_{index}": value}
        super().__init__(data, initial=initial)
        if record.secrecy:
            # The level follows from the degree, which has its own page (AR-128).
            self.described = tuple(f for f in self.described if f.identifier != "access_level")
        for field in self.described:
            standing = getattr(record, field.identifier)
            self.fields[field.identifier] = form_field(field, standing, on)
        self.extra_count = min(len(rows) + BLANK_EXTRA, MAX_EXTRA)
        for index in range(self.extra_count):
            self.fields[f"extra_label_{index}"] = forms.CharField(
                label=_("Tên thông tin %(n)s") % {"n": index + 1},
                max_length=MAX_LABEL,
                required=False,
            )
            self.fields[f"extra_value_{index}"] = forms.CharField(
                label=_("Nội dung %(n)s") % {"n": index + 1}, max_length=MAX_VALUE, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Read the extra rows; a row needs both halves, and a name only stands once."""
        cleaned = super().clean() or {}
        extra: dict[str, str] = {}
        for index in range(self.extra_count):
            label_name, value_name = f"extra_label_{index}", f"extra_value_{index}"
            label = cleaned.get(label_name, "").strip()
            value = cleaned.get(value_name, "").strip()
            if value and not label:
                self.add_error(label_name, _("Đặt tên cho thông tin này."))
            elif label and not value:
                self.add_error(value_name, _("Nhập nội dung, hoặc xóa tên để bỏ dòng này."))
            elif label in extra:
                self.add_error(label_name, _("Tên này đã dùng ở dòng trên."))
            elif label:
                extra[label] = value
        cleaned["extra"] = extra
        return cleaned

    def values(self) -> dict[str, Any]:
        """The described values as the model keeps them, after is_valid()."""
        found = {}
        for field in self.described:
            value = self.cleaned_data[field.identifier]
            standing = getattr(self.record, field.identifier)
            found[field.identifier] = stored(value, standing)
        return found

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The extra rows as drawn: name and content side by side."""
        return [
            (self[f"extra_label_{index}"], self[f"extra_value_{index}"])
            for index in range(self.extra_count)
        ]


class FondsForm(forms.Form):
    """The description of a fonds by TT05 art. 4.1."""

    state = forms.CharField(widget=forms.HiddenInput, max_length=64)
    name = forms.CharField(label=FONDS_LABELS["name"], max_length=300)
    date_range = forms.CharField(
        label=FONDS_LABELS["date_range"],
        max_length=40,
        required=False,
        help_text=gettext_lazy("Ví dụ: 1998 – 2024"),
    )
    language_codes = forms.MultipleChoiceField(
        label=FONDS_LABELS["language_codes"], widget=forms.CheckboxSelectMultiple
    )
    backup_regime = forms.BooleanField(label=FONDS_LABELS["backup_regime"], required=False)
    creator_history = forms.CharField(
        label=FONDS_LABELS["creator_history"],
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=20_000,
        required=False,
    )
    main_groups = forms.CharField(
        label=FONDS_LABELS["main_groups"],
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=20_000,
        required=False,
    )
    note = forms.CharField(
        label=FONDS_LABELS["note"],
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=20_000,
        required=False,
    )

    def __init__(self, fonds: Fonds, on: date, data: Mapping[str, Any] | None = None) -> None:
        names = [name for name in self.base_fields if name != "state"]
        super().__init__(data, initial={name: getattr(fonds, name) for name in names})
        languages = self.fields["language_codes"]
        languages.choices = code_choices("language", on)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The described values as the model keeps them, after is_valid()."""
        return {name: value for name, value in self.cleaned_data.items() if name != "state"}


def form_field(field: Field, standing: Any, on: date) -> forms.Field:
    """A form field for an element; what is mandatory may stay empty only if it was before."""
    required = field.obligation == "mandatory" and standing not in (None, "", [])
    common: dict[str, Any] = {"label": label_of(field), "required": required}
    if field.code_list and field.many:
        return forms.MultipleChoiceField(
            choices=code_choices(field.code_list, on), widget=forms.CheckboxSelectMultiple, **common
        )
    if field.code_list:
        # The secret level is no choice on a connected installation (AR-127); posting it all the
        # same is refused by the action, in words.
        codes = [
            (code, name)
            for code, name in code_choices(field.code_list, on)
            if (field.code_list, code) != ("mode", NOBODYS)
        ]
        if field.identifier == sensitivity.FIELD:
            common["help_text"] = _(
                "Từ nhãn Hạn chế truy cập trở lên: chế độ sử dụng phải có điều kiện, và mọi sửa "
                "đổi sau đó chờ người khác duyệt. Bí mật nhà nước không ghi ở đây."
            )
        if standing and standing not in dict(codes):
            codes.append((standing, standing))
        return _CodeField(codes=codes, **common)
    if field.kind == "date":
        return PartialDateField(whole=field.precision == "day", **common)
    if field.kind == "boolean":
        return forms.BooleanField(label=common["label"], required=False)
    if field.kind == "number":
        digits = field.max_length or 10
        return forms.IntegerField(
            min_value=0,
            max_value=min(10**digits - 1, LARGEST),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "date"}),
            **common,
        )
    limit = field.max_length or 0
    if limit:
        common["help_text"] = _("Tối đa %(n)s ký tự") % {"n": limit}
    widget = forms.Textarea(attrs={"rows": 3}) if limit >= LONG_TEXT else forms.TextInput()
    return forms.CharField(widget=widget, max_length=20_000, **common)


class _CodeField(CodeListField):
    """A code list whose unknown values go on to the action, which refuses them in words."""

    def valid_value(self, value: str) -> bool:
        """The secret level is let through to be refused for what it is."""
        return value == NOBODYS or super().valid_value(value)


def stored(value: Any, standing: Any) -> Any:
    """A cleaned value in the form of the model's column."""
    if isinstance(value, PartialDate):
        return str(value)
    if value is None and isinstance(standing, str):
        return ""
    if value == "" and standing is None:
        return None
    return value
