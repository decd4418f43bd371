"""Two sentences about each page of search."""

from django.utils.translation import gettext_lazy as _

from tangthu.ui.page_help import page_help

_DISCOVERY = {
    "search": (
        _("Tìm trong mô tả và nội dung các trang của mọi hồ sơ, tài liệu mà bạn được xem."),
        _(
            "Gõ số, ký hiệu hoặc vài từ, không dấu cũng được; thu hẹp bằng cách gõ thêm, ví dụ "
            "năm:2010."
        ),
    ),
}


def register() -> None:
    """Hand the texts to the `?` help; called once, when the app is ready."""
    page_help.register("discovery", _DISCOVERY)
