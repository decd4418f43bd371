"""Two sentences about each page of bulk acts."""

from django.utils.translation import gettext_lazy as _

from tangthu.ui.page_help import page_help

_BULK = {
    "mine": (
        _("Các việc hàng loạt của bạn: đang soạn, đang làm và đã làm, việc mới nhất trước."),
        _("Mở một việc để xem từng dòng; lần chọn chưa xác nhận tự hết sau một giờ."),
    ),
    "act": (
        _("Một việc với nhiều dòng: các dòng đã chọn, bản xem trước, tiến độ, kết quả từng dòng."),
        _("Chọn việc, đọc từng dòng làm được hay không và vì sao, rồi xác nhận đúng bản đã xem."),
    ),
    "prepare": (
        _("Nơi ghi những gì một việc hàng loạt cần biết trước khi xem trước."),
        _("Điền rồi bấm “Xem trước”; chưa có gì bị thay đổi cho đến khi bạn xác nhận."),
    ),
}


def register() -> None:
    """Hand the texts to the `?` help; called once, when the app is ready."""
    page_help.register("bulk", _BULK)
