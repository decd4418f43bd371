"""Forms of the batch import: a new batch, a new fonds, answers, one row's values, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.archive.batch.duties import DOCUMENT_DUTIES, DOSSIER_DUTIES, LISTS
from tangthu.archive.models import Fonds
from tangthu.archive.wording import field_label
from tangthu.identity.models import Body
from tangthu.records.fields import code_choices as listed_codes
from tangthu.ui.forms import DropZone, FilesField, code_choices, mark

SECRET = "03"  # noqa: S105 - the access mode that a connected installation never offers
_LONG = {"subject", "title", "note", "autograph"}
_HINTS = {
    "mode": _("Áp dụng cho mọi hồ sơ, tài liệu mà bảng kê không ghi riêng."),
    "condition": _("Tình trạng chung của bản giấy."),
    "archive_code": _("Mã của cơ quan lưu trữ đứng đầu mã hồ sơ."),
    "body_code": _("Mã định danh của cơ quan hình thành hồ sơ."),
}


def value_field(name: str, *, level: str = "", required: bool = False) -> Any:
    """The form field for one value of a batch: a list of codes, or text."""
    label = field_label(name, level)
    listed = LISTS.get(name)
    hint = _HINTS.get(name, "") if not level else ""
    if listed is not None and name != "language":
        codes = [
            (code, words)
            for code, words in listed_codes(listed, timezone.localdate())
            if not (name == "mode" and code == SECRET)
        ]
        choices = code_choices(codes, blank=_("– Chọn –"))
        return forms.ChoiceField(label=label, choices=choices, required=required, help_text=hint)
    widget = forms.Textarea(attrs={"rows": 3}) if name in _LONG else forms.TextInput()
    return forms.CharField(
        label=label, required=required, max_length=4000, widget=widget, help_text=hint
    )


class AnswersForm(forms.Form):
    """Answers once for the whole batch."""

    def __init__(
        self, names: Sequence[str], data: Any = None, *, standing: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(data, initial=dict(standing or {}), prefix="tl")
        for name in names:
            self.fields[name] = value_field(name)
            mark(self.fields[name], "")


class ValuesForm(forms.Form):
    """The values of one dossier or document of a batch, as they would be taken."""

    confirm = forms.BooleanField(
        label=_("Xác nhận mọi đề xuất còn lại của mục này"), required=False, initial=True
    )

    def __init__(
        self, level: str, names: Sequence[str], data: Any = None, *, initial: Mapping[str, str]
    ) -> None:
        super().__init__(data, initial=dict(initial))
        duties = DOSSIER_DUTIES if level == "dossier" else DOCUMENT_DUTIES
        for name in names:
            field = value_field(name, level=level)
            field.label_suffix = ""
            self.fields[name] = field
            if name in duties:
                mark(field, _("bắt buộc để tiếp nhận"))
        self.fields["confirm"] = self.fields.pop("confirm")
        mark(self.fields["confirm"], "")

    def changed(self) -> Iterable[tuple[str, str]]:
        """Field and new value where the person changed something."""
        for name in self.changed_data:
            if name != "confirm":
                yield name, str(self.cleaned_data[name])


class BatchFilesField(FilesField):
    """Files of a batch; an empty one is not refused here: the check says what it found."""

    def clean(self, value: list[Any]) -> list[Any]:
        """The files, whatever they hold."""
        return list(value or [])


class NewBatchForm(forms.Form):
    """A batch to be opened: of which fonds, from which index and files, with which answers."""

    fonds = forms.ModelChoiceField(
        label=_("Phông"), queryset=Fonds.objects.none(), empty_label=_("– Chọn phông –")
    )
    name = forms.CharField(
        label=_("Tên đợt"),
        max_length=200,
        required=False,
        help_text=_("Ví dụ: Đợt 2/2026, công ty số hóa An Phú. Bỏ trống: mã phông và ngày."),
    )
    index = FilesField(
        label=_("Bảng kê"),
        required=False,
        widget=DropZone(accept=".xlsx,.csv", attrs={"multiple": False}),
        help_text=_("Excel (.xlsx) hoặc CSV. Có thể bỏ trống nếu bảng kê nằm cùng thư mục tệp."),
    )
    files = BatchFilesField(  # type: ignore[assignment] - the form's own `files` is set apart
        label=_("Tệp số hóa"),
        required=False,
        widget=DropZone(folder=True),
        help_text=_(
            "Cả thư mục (tối đa 5.000 tệp một lần gửi) hoặc một tệp .zip. Đợt lớn hơn: đặt thư mục "
            "trên máy chủ rồi chọn bên dưới."
        ),
    )
    folder = forms.CharField(
        label=_("Hoặc thư mục trên máy chủ"),
        required=False,
        max_length=1000,
        help_text=_(
            "Tên thư mục đặt sẵn trong nơi nhận đợt của máy chủ (quản trị hệ thống biết nơi này). "
            "Chỉ đọc, không sửa gì trong đó."
        ),
    )

    def __init__(
        self,
        fonds: Any,
        folders: Sequence[str],
        data: Any = None,
        uploads: Any = None,
        *,
        chosen: str = "",
    ) -> None:
        """`chosen` is the code of the fonds to begin with; the only fonds there is needs none."""
        super().__init__(data, uploads)
        field = self.fields["fonds"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = fonds
        few = list(fonds.filter(code=chosen)[:2]) if chosen else list(fonds[:2])
        field.initial = few[0] if len(few) == 1 else None
        field.label_from_instance = lambda one: f"{one.code} – {one.name}"  # type: ignore[assignment,method-assign]
        self.fields["folder"].widget.attrs["list"] = "thu-muc"
        self.folders = folders
        mark(self.fields["files"], _("hoặc thư mục trên máy chủ"))
        mark(self.fields["folder"], "")
        for name in ("mode", "condition"):
            self.fields[name] = value_field(name)

    def clean(self) -> dict[str, Any]:
        """Files are uploaded or on the server, one of the two."""
        cleaned = super().clean() or {}
        if bool(cleaned.get("files")) == bool(cleaned.get("folder")) and "files" not in self.errors:
            self.add_error(
                "files", _("Gửi tệp lên, hoặc chọn một thư mục trên máy chủ: một trong hai.")
            )
        return cleaned

    def answers(self) -> dict[str, str]:
        """The answers given for the whole batch."""
        given = {name: self.cleaned_data.get(name, "") for name in ("mode", "condition")}
        return {name: value for name, value in given.items() if value}


class NewFondsForm(forms.Form):
    """A fonds to be opened."""

    body = forms.ModelChoiceField(
        label=_("Cơ quan quản lý"), queryset=Body.objects.none(), empty_label=_("– Chọn –")
    )
    code = forms.CharField(label=_("Mã phông"), max_length=40)
    name = forms.CharField(label=_("Tên phông"), max_length=300)
    agency_code = forms.CharField(
        label=_("Mã định danh cơ quan hình thành phông"),
        max_length=40,
        help_text=_("Đứng trong mã hồ sơ, ví dụ H30.81."),
    )

    def __init__(self, bodies: Any, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["body"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bodies
        if len(bodies) == 1:
            field.initial = bodies[0]


class ReturnedForm(forms.Form):
    """A corrected Excel report on its way back."""

    workbook = FilesField(
        label=_("Báo cáo Excel đã sửa"),
        widget=DropZone(accept=".xlsx", attrs={"multiple": False}),
    )


class AcceptForm(forms.Form):
    """How much to take."""

    accept = forms.ChoiceField(label=_("Tiếp nhận"), widget=forms.RadioSelect)

    def __init__(self, choices: Sequence[tuple[str, Any]], data: Any = None) -> None:
        super().__init__(data, initial={"accept": choices[0][0]})
        field = self.fields["accept"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
