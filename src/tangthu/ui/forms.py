"""Form rendering and the fields the field of records needs.

Set `FORM_RENDERER = "tangthu.ui.forms.Renderer"`; every form then draws itself with our templates:
`{{ form }}` for all fields, `{{ form.name.as_field_group }}` for one.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.renderers import DjangoTemplates
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tangthu.ui.partial_dates import DateError, PartialDate, from_iso, parse_partial_date


class Renderer(DjangoTemplates):
    """Draws forms with `ui/forms/*.html`."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"


def mark(field: forms.Field, words: str | Promise) -> None:
    """Let `words` stand in brackets after the label instead of “(không bắt buộc)”; "" for none."""
    field.mark = words  # type: ignore[attr-defined]


class PartialDateInput(forms.TextInput):
    """A short text field for `dd/mm/yyyy`; no picker: a clerk types eight digits faster."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        defaults = {"inputmode": "numeric", "autocomplete": "off", "size": "12", "class": "date"}
        super().__init__(attrs={**defaults, **(attrs or {})})

    def format_value(self, value: object) -> str | None:
        """ISO texts from the database are shown in the Vietnamese form."""
        if isinstance(value, str):
            try:
                return from_iso(value).vietnamese()
            except DateError:
                return value
        return value.vietnamese() if isinstance(value, PartialDate) else None


class PartialDateField(forms.Field):
    """A date that may be only a month or a year; cleans to `PartialDate`, or None when left empty.

    With `whole=True` a day is demanded.
    """

    widget = PartialDateInput
    default_error_messages = {
        "invalid": _("Ngày chưa đúng. Nhập ngày/tháng/năm, ví dụ 02/09/2025."),
        "part": _("Cần đủ ngày, tháng và năm, ví dụ 02/09/2025."),
    }

    def __init__(self, *, whole: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            _("Ngày/tháng/năm, ví dụ 02/09/2025")
            if whole
            else _("Ngày/tháng/năm, ví dụ 02/09/2025; có thể chỉ nhập tháng/năm hoặc năm"),
        )
        self.whole = whole
        super().__init__(**kwargs)

    def to_python(self, value: object) -> PartialDate | None:
        """Raises ValidationError for what is no date."""
        if value in self.empty_values:
            return None
        if isinstance(value, PartialDate):
            return value
        try:
            found = parse_partial_date(str(value))
        except DateError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if self.whole and not found.day:
            raise ValidationError(self.error_messages["part"], code="part")
        return found


class DayAsked(forms.Form):
    """Of which day a page speaks (`?ngay=1/8/2026` in the address); today where none is asked."""

    ngay = PartialDateField(label=_("Xem như ngày"), required=False, whole=True)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for field in self.fields.values():
            mark(field, "")

    def day(self) -> dt.date:
        """The day asked for; today for none and for what is no day."""
        found = self.cleaned_data.get("ngay") if self.is_bound and self.is_valid() else None
        return found.first_day() if found else timezone.localdate()


def code_choices(
    codes: Iterable[tuple[str, str | Promise]], *, blank: str | Promise = ""
) -> list[tuple[str, str]]:
    """Choices of a code list as `QĐ – Quyết định`, so that typing the code finds the line."""
    choices = [(code, f"{code} – {name}") for code, name in codes]
    return [("", str(blank)), *choices] if blank else choices


class CodeListField(forms.ChoiceField):
    """One value of a code list, drawn as a plain select with code and name."""

    def __init__(self, *, codes: Sequence[tuple[str, str | Promise]], **kwargs: Any) -> None:
        blank = _("– Chọn –")
        super().__init__(choices=lambda: code_choices(codes, blank=blank), **kwargs)


class DropZone(forms.FileInput):
    """A file input that also takes what is dropped on it; plain file choosing works without script.

    `folder=True` adds a second button that chooses a whole folder. `{name}_paths` then carries the
    relative path of each file, in the same order, which browsers do not send by themselves.
    """

    template_name = "ui/forms/drop_zone.html"
    allow_multiple_selected = True

    def __init__(
        self, *, accept: str = "", folder: bool = False, attrs: dict[str, Any] | None = None
    ) -> None:
        self.folder = folder
        extra = {"accept": accept} if accept else {}
        super().__init__(attrs={"multiple": True, **extra, **(attrs or {})})

    def get_context(self, name: str, value: object, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Adds `widget.folder`."""
        context = super().get_context(name, value, attrs)
        context["widget"]["folder"] = self.folder
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> "list[UploadedFile[Any]]":
        """All files chosen, in the order sent; a plain mapping gives at most one."""
        if hasattr(files, "getlist"):
            return list(files.getlist(name))
        value = files.get(name)
        return [value] if value else []


class FilesField(forms.Field):
    """One or more uploaded files; cleans to a list. What the files hold is judged by the action."""

    widget = DropZone
    default_error_messages = {
        "required": _("Hãy chọn ít nhất một tệp."),
        "empty": _("Tệp “%(name)s” rỗng (0 byte). Hãy chọn lại tệp."),
    }

    def clean(self, value: "list[UploadedFile[Any]]") -> "list[UploadedFile[Any]]":
        """Raises ValidationError when nothing was chosen though required, or a file is empty."""
        if not value:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return []
        for upload in value:
            if not upload.size:
                raise ValidationError(
                    self.error_messages["empty"], code="empty", params={"name": upload.name}
                )
        return list(value)


def error_links(form: forms.BaseForm) -> list[tuple[str, str, str]]:
    """`(field id, field label, message)` of every error, in field order; the id is empty for those
    of the whole form."""
    links = [("", "", str(message)) for message in form.non_field_errors()]
    for bound in form:
        links.extend((bound.id_for_label, str(bound.label), str(m)) for m in bound.errors)
    return links
