"""Two sentences about each page of stores and packages."""

from django.utils.translation import gettext_lazy as _

from tangthu.ui.page_help import page_help

_REPOSITORY = {
    "stores": (
        _(
            "Các kho giữ gói lưu trữ: số gói, chỗ trống, lần kiểm tra cũ nhất và những nguy cơ "
            "chung."
        ),
        _(
            "Mở một kho để xem riêng; kiểm tra là đọc lại từng tệp của mọi gói và so với mã băm "
            "đã ghi."
        ),
    ),
    "store-new": (
        _("Nơi thêm một kho để mỗi gói có thêm một bản ở chỗ khác."),
        _(
            "Ghi tên, thư mục và các nguy cơ; nên khác địa điểm, nguồn điện và người vận hành "
            "với kho đã có."
        ),
    ),
    "store": (
        _("Một kho: tình trạng, chỗ trống, nguy cơ, phương tiện và lịch sử."),
        _(
            "Kiểm tra riêng kho này, chép các gói sang, sửa hoặc thôi dùng bằng các nút phía "
            "trên nếu bạn được giao."
        ),
    ),
    "store-edit": (
        _("Nơi sửa những gì khai về kho: nguy cơ, phương tiện, tuổi thọ và tốc độ việc nền."),
        _(
            "Khai đúng thực tế, vì cảnh báo hai kho có thể cùng mất một lúc dựa vào những gì "
            "ghi ở đây."
        ),
    ),
    "store-retire": (
        _("Bước thôi dùng một kho, có lý do và quyết định."),
        _("Chỉ làm được khi các kho khác giữ đủ mọi gói; tệp trên phương tiện không bị xóa."),
    ),
    "check": (
        _("Một lần kiểm tra toàn vẹn: đã đọc bao nhiêu gói, chỗ nào hỏng, chỗ nào đã phục hồi."),
        _("Đọc từ trên xuống, chỗ nặng nhất đứng đầu; mỗi phần nói cần làm gì."),
    ),
    "packages": (
        _(
            "Sổ các gói lưu trữ của những cơ quan mà bạn kiểm tra, gói lâu nhất chưa kiểm tra "
            "đứng đầu."
        ),
        _("Lọc những gói hỏng hoặc quá lâu chưa kiểm tra để xử lý trước."),
    ),
    "package": (
        _("Một gói lưu trữ: các phiên bản và tình trạng bản sao ở từng kho."),
        _("Đọc bản nào hỏng, hỏng ở tệp nào và cần làm gì; từ đây mở được hồ sơ của gói."),
    ),
}


def register() -> None:
    """Hand the texts to the `?` help; called once, when the app is ready."""
    page_help.register("repository", _REPOSITORY)
