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
    "hooks": (
        _("Các địa chỉ mà hệ thống báo tin khi có việc xảy ra với hồ sơ, tài liệu bạn được xem."),
        _("Bấm tên một nơi nhận tin để xem khóa chữ ký, các lần gửi gần đây, tạm dừng hoặc xóa."),
    ),
    "hook-new": (
        _("Nơi đặt một địa chỉ nhận tin."),
        _("Ghi địa chỉ https của chương trình nhận và chọn loại sự kiện cần báo."),
    ),
    "hook": (
        _("Một nơi nhận tin: địa chỉ, khóa để kiểm tra chữ ký và các lần gửi gần đây."),
        _("Gửi không được thì hệ thống tự gửi lại, thưa dần, trong ba ngày rồi dừng."),
    ),
    "hook-remove": (
        _("Bước xóa một nơi nhận tin."),
        _("Tin chưa gửi được thì không gửi nữa; muốn nhận lại phải đặt nơi mới."),
    ),
}


def register() -> None:
    """Hand the texts to the `?` help; called once, when the app is ready."""
    page_help.register("programs", _PROGRAMS)
