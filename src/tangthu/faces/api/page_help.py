"""Two sentences about each page of the interface for programs."""

from django.utils.translation import gettext_lazy as _

from tangthu.ui.page_help import page_help

_API_PAGES = {
    "reference": (
        _("Tài liệu của giao diện lập trình: mọi địa chỉ, tham số và câu trả lời."),
        _("Tìm địa chỉ của việc bạn cần rồi thử bằng một khóa ít quyền."),
    ),
}


def register() -> None:
    """Hand the texts to the `?` help; called once, when the app is ready."""
    page_help.register("api-pages", _API_PAGES)
