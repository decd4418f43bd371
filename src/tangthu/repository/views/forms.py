"""Forms of the stores. What they allow is judged by the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tangthu.repository.actions.register_store import StoreFacts
from tangthu.repository.hazards import HAZARDS
from tangthu.repository.models import Store
from tangthu.ui.form_pages import as_day
from tangthu.ui.forms import PartialDateField


class StoreFactsForm(forms.Form):
    """What is said of a store: its hazards, its carrier, its pace."""

    site = forms.CharField(
        label=HAZARDS["site"], max_length=100, required=False, help_text=_("Nhà, phòng đặt máy.")
    )
    power = forms.CharField(label=HAZARDS["power"], max_length=100, required=False)
    operator = forms.CharField(
        label=HAZARDS["operator"],
        max_length=100,
        required=False,
        help_text=_("Đơn vị hoặc người có quyền xóa được kho này."),
    )
    medium = forms.CharField(
        label=HAZARDS["medium"],
        max_length=100,
        required=False,
        help_text=_("Ví dụ: ổ cứng, SSD, băng từ, đĩa quang."),
    )
    vendor = forms.CharField(label=HAZARDS["vendor"], max_length=100, required=False)
    carrier_since = PartialDateField(
        label=_("Phương tiện dùng từ ngày"), whole=True, required=False
    )
    carrier_years = forms.IntegerField(
        label=_("Tuổi thọ theo nhà sản xuất (năm)"), min_value=1, max_value=100, required=False
    )
    pace = forms.IntegerField(
        label=_("Tốc độ nhiều nhất của việc nền (MB mỗi giây)"),
        min_value=0,
        max_value=100_000,
        required=False,
        help_text=_("Để trống hoặc 0: không giới hạn."),
    )
    lock_days = forms.IntegerField(
        label=_("Khóa chống xóa (ngày)"),
        min_value=0,
        max_value=36_500,
        required=False,
        help_text=_(
            "Chỉ kho S3 có khóa đối tượng: không ai xóa được trước hạn, kể cả khi có quyết định"
            " tiêu hủy. Mỗi lần kiểm tra gia hạn thêm. Để trống hoặc 0: không khóa."
        ),
    )

    def facts(self) -> StoreFacts:
        """What was typed, for the action."""
        given = self.cleaned_data
        return StoreFacts(
            **{key: given[key] for key in HAZARDS},
            carrier_since=as_day(given["carrier_since"]),
            carrier_years=given["carrier_years"],
            pace=given["pace"] or 0,
            lock_days=given.get("lock_days") or 0,
        )


class NewStoreForm(StoreFactsForm):
    """A new store: its name, its folder or bucket, and what is said of it."""

    kind = forms.ChoiceField(
        label=_("Loại kho"),
        choices=Store.Kind.choices,
        initial=Store.Kind.FOLDER,
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "Kho S3 cần tệp khóa secrets/s3/TÊN-KHO.toml (quyền 600) trong thư mục nhà trước khi"
            " thêm; khóa không bao giờ nhập ở trang này."
        ),
    )

    name = forms.CharField(
        label=_("Tên kho"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=_("Chữ thường không dấu, chữ số, gạch nối, ví dụ kho-c; không đổi được về sau."),
    )
    path = forms.CharField(
        label=_("Nơi đặt"),
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=_(
            "Thư mục: đường dẫn đầy đủ tới thư mục trống hoặc kho OCFL có sẵn. S3:"
            " https://máy-chủ/bucket/thư-mục."
        ),
    )
    field_order = ("name", "kind", "path")


class RetireForm(forms.Form):
    """Why a store is given up, and by which decision."""

    reason = forms.CharField(
        label=_("Lý do"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    decision = forms.CharField(
        label=_("Quyết định"), max_length=200, help_text=_("Số, ngày và cơ quan ra quyết định.")
    )


def said_of(store: Store) -> dict[str, Any]:
    """The values of `StoreFactsForm` as they stand."""
    return {
        **{key: getattr(store, key) for key in HAZARDS},
        "carrier_since": store.carrier_since.isoformat() if store.carrier_since else None,
        "carrier_years": store.carrier_years,
        "pace": store.pace or None,
        "lock_days": store.lock_days or None,
    }
