"""Two sentences about each page of exports, prints, statistics and the history of use."""

from django.utils.translation import gettext_lazy as _

from tangthu.ui.page_help import page_help

_REPORTS = {
    "views": (
        _("Các tìm kiếm mà bạn đã lưu hoặc được người khác chia sẻ."),
        _(
            "Mở ra là tìm lại ngay với quyền của hôm nay; dòng của chính bạn thì đổi tên, chia "
            "sẻ hoặc xóa được."
        ),
    ),
    "view-new": (
        _("Nơi lưu tìm kiếm đang dùng để lần sau mở lại."),
        _("Đặt tên và chọn ai dùng được; mỗi người vẫn chỉ thấy những gì chính mình được xem."),
    ),
    "view-change": (
        _("Nơi đổi tên, chia sẻ hoặc xóa một tìm kiếm đã lưu của bạn."),
        _("Sửa rồi bấm “Lưu”; xóa thì chỉ tìm kiếm này mất, không tài liệu nào bị đụng đến."),
    ),
    "exports": (
        _("Các danh sách mà bạn đã xuất ra tệp, đang lập hoặc đã xong."),
        _("Mở một dòng để tải tệp; tệp được giữ ba ngày rồi xóa."),
    ),
    "export-new": (
        _("Nơi xuất danh sách đang xem ra Excel, Word hoặc PDF."),
        _("Chọn định dạng, thứ tự và cột; việc chạy ở nền và chỉ lấy những gì bạn được xem."),
    ),
    "export": (
        _("Một bản xuất: điều kiện, tiến độ, số dòng và mã băm của tệp."),
        _("Tải tệp khi đã xong; chỉ bạn tải được và mỗi lần tải được ghi vào lịch sử khai thác."),
    ),
    "copies": (
        _("Nơi kiểm tra mã ghi trên một bản in hoặc một bản sao lấy ra từ hệ thống."),
        _(
            "Gõ mã để biết ai lấy bản ấy, lúc nào; nội dung chỉ hiện với chính người ấy và "
            "người giám sát."
        ),
    ),
    "history": (
        _("Những lần xem, in, tải và xuất của bạn, hoặc của mọi người nếu bạn được giám sát."),
        _("Lọc theo việc và ngày; người giám sát lọc thêm được “Mọi người trong cơ quan”."),
    ),
    "statistics": (
        _("Số hồ sơ, tài liệu và lượt khai thác theo từng phông, trong phạm vi bạn được xem."),
        _(
            "Chọn khoảng ngày để đếm lượt dùng; số hồ sơ, số tài liệu ở đầu trang mở ra danh "
            "sách của chúng."
        ),
    ),
}


def register() -> None:
    """Hand the texts to the `?` help; called once, when the app is ready."""
    page_help.register("reports", _REPORTS)
