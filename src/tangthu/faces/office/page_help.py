"""Two sentences about each page of the staff site itself."""

from django.utils.translation import gettext_lazy as _

from tangthu.ui.page_help import page_help

_OFFICE = {
    "home": (
        _("Việc của bạn: những gì đang chờ chính bạn, trong mỗi nhóm việc cũ nhất lên đầu."),
        _("Làm từng việc từ trên xuống; không còn việc nào thì trang này nói rõ."),
    ),
    "account": (
        _(
            "Tài khoản của bạn: chức vụ, quyền được cấp, mật khẩu, xác thực hai bước, phiên và "
            "ngôn ngữ."
        ),
        _(
            "Kiểm tra chức vụ có đúng không, báo quản trị nếu sai; ủy quyền cho người khác cũng "
            "từ đây."
        ),
    ),
    "guides": (
        _("Hướng dẫn bên trong hệ thống: trang bạn vừa mở, việc của ngày đầu và bài theo vai trò."),
        _("Làm các việc chưa xong từ trên xuống, rồi đọc bài có dấu “Dành cho bạn”."),
    ),
    "guide": (
        _("Một bài hướng dẫn theo việc của một vai trò, từ ngày đầu đến việc hằng ngày."),
        _("Mở các đường dẫn trong bài ở một thẻ khác và làm theo từng bước."),
    ),
    "ledger": (
        _("Sổ cái của từng cơ quan: bao nhiêu sự kiện, đã ký đến đâu, bao nhiêu còn chờ vào sổ."),
        _(
            "Sổ dừng thì đọc lý do trước khi cho ghi tiếp; tệp bằng chứng tải ở trang của từng "
            "hồ sơ, tài liệu."
        ),
    ),
    "rules": (
        _("Mọi quy tắc có hiệu lực vào một ngày: giá trị, căn cứ, chứng cứ và thời hạn hiệu lực."),
        _("Chọn ngày và chữ cần tìm rồi bấm “Xem”; quy tắc riêng của đơn vị đứng trên cùng."),
    ),
    "system": (
        _(
            "Tình trạng của cả hệ thống lúc mở trang: phần mềm, kho, sao lưu, sổ cái, tài "
            "khoản, ổ đĩa."
        ),
        _("Đọc các mục lỗi và cảnh báo trước; mỗi mục nói thiếu gì, hại gì và cần làm gì."),
    ),
    "jobs-stop": (
        _("Nơi xem trước việc dừng nhiều công việc nền đã đánh dấu."),
        _("Việc đã kết thúc thì không dừng nữa; việc đang chạy dừng ở chỗ an toàn gần nhất."),
    ),
    "jobs": (
        _("Các việc chạy ở nền: đang chờ, đang chạy, đã xong, không xong hoặc đã dừng."),
        _("Lọc theo trạng thái, loại, người đặt và ngày; mở một việc để xem kết quả từng mục."),
    ),
    "job": (
        _("Một việc ở nền: đã làm bao nhiêu, còn bao lâu và kết quả từng mục."),
        _("Dừng lại, chạy tiếp hoặc xuất kết quả ra Excel bằng các nút trên trang."),
    ),
}


def register() -> None:
    """Hand the texts to the `?` help; called once, when the app is ready."""
    page_help.register("office", _OFFICE)
