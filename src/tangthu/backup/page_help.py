"""Two sentences about each page of backups."""

from django.utils.translation import gettext_lazy as _

from tangthu.ui.page_help import page_help

_BACKUP = {
    "backups": (
        _("Các bộ sao lưu ở từng nơi, các lần thử phục hồi và những gì còn thiếu."),
        _(
            "Sao lưu ngay, kiểm tra bộ mới nhất hoặc thử phục hồi bằng các nút phía trên; xử lý "
            "cảnh báo đỏ trước."
        ),
    ),
    "restored": (
        _("Hệ thống đã được phục hồi: ai làm, từ bộ sao lưu nào, như lúc nào, còn thiếu những gì."),
        _("Đọc xong thì xác nhận; báo cáo nằm ở Việc của tôi cho đến lúc ấy."),
    ),
    "scan": (
        _("Biên bản của một lần quét mã độc bộ sao lưu: bộ nào, máy quét nào, tệp nào có vấn đề."),
        _("In và ký để lưu; tệp mang mã độc thì xử lý ở hồ sơ gốc rồi sao lưu và quét lại."),
    ),
    "trial": (
        _("Biên bản của một lần thử phục hồi: bộ nào, mất bao lâu, đạt hay không đạt."),
        _("In và ký để lưu làm bằng chứng rằng bộ sao lưu dùng được."),
    ),
}


def register() -> None:
    """Hand the texts to the `?` help; called once, when the app is ready."""
    page_help.register("backup", _BACKUP)
