"""Two sentences about each page of keys for programs."""

from django.utils.translation import gettext_lazy as _

from tangthu.ui.page_help import page_help

_PROGRAMS = {
    "keys": (
        _("Các khóa cho chương trình khác làm việc thay: của bạn, và của những người bạn quản lý."),
        _(
            "Bấm tên một khóa không dùng nữa để thu hồi; khóa không bao giờ làm được nhiều hơn "
            "người giữ nó."
        ),
    ),
    "key-new": (
        _("Nơi tạo một khóa cho một chương trình."),
        _("Chọn ít quyền nhất mà chương trình cần và thời hạn ngắn nhất; khóa chỉ hiện một lần."),
    ),
    "key-revoke": (
        _("Bước thu hồi một khóa."),
        _("Chương trình đang dùng khóa này bị từ chối ngay từ yêu cầu tiếp theo."),
    ),
}


def register() -> None:
    """Hand the texts to the `?` help; called once, when the app is ready."""
    page_help.register("programs", _PROGRAMS)
