"""Two sentences about each page of accounts and signing in."""

from django.utils.translation import gettext_lazy as _

from tangthu.ui.page_help import page_help

_SIGNIN = {
    "own": (
        _("Hồ sơ tài khoản của bạn: đăng ký khi nào, chứng minh mình bằng gì, đã dùng những gì."),
        _("Xem lần đăng nhập và thay đổi nào không phải của bạn; nếu có thì báo quản trị ngay."),
    ),
    "password": (
        _("Nơi đổi mật khẩu của bạn."),
        _(
            "Mật khẩu mới phải theo các quy tắc ghi trên trang; các phiên đăng nhập khác của "
            "bạn kết thúc."
        ),
    ),
    "second-step": (
        _("Nơi thiết lập xác thực hai bước bằng ứng dụng sinh mã trên điện thoại."),
        _(
            "Quét mã bằng ứng dụng, nhập mã sáu chữ số, rồi in hoặc chép các mã khôi phục và "
            "cất kỹ."
        ),
    ),
    "app": (
        _("Nơi thêm ứng dụng sinh mã trên điện thoại, bên cạnh khóa truy cập."),
        _("Quét mã bằng ứng dụng rồi nhập mã sáu chữ số mà ứng dụng hiện ra."),
    ),
    "passkeys": (
        _("Các khóa truy cập của bạn: khóa nào, thêm khi nào, dùng lần cuối khi nào."),
        _("Thêm khóa mới, đổi tên cho dễ nhận, và gỡ ngay khóa trên máy đã mất."),
    ),
    "passkey-new": (
        _("Nơi thêm một khóa truy cập: vân tay, khuôn mặt, mã PIN của máy, hoặc khóa USB."),
        _("Đặt tên, rồi làm theo hộp thoại của trình duyệt."),
    ),
    "passkey": (
        _("Một khóa truy cập của bạn, và tên để nhận ra nó."),
        _("Đặt tên theo máy đang giữ khóa, ví dụ điện thoại hay máy ở cơ quan."),
    ),
    "passkey-off": (
        _("Bước gỡ một khóa truy cập khỏi tài khoản của bạn."),
        _("Bấm “Gỡ khóa”; khóa ấy thôi đăng nhập được ngay, các phiên khác kết thúc."),
    ),
    "prove": (
        _("Nơi xác nhận lại đúng là bạn, trước một việc chỉ chính bạn được làm."),
        _("Nhập mật khẩu, và mã nếu tài khoản có bước hai; hoặc dùng khóa truy cập."),
    ),
    "sso-links": (
        _("Các nơi cấp danh tính mà tài khoản của bạn gắn với, để đăng nhập một lần."),
        _("Gắn khi đang đăng nhập; nơi nào không dùng nữa thì thôi gắn."),
    ),
    "sso-link": (
        _("Bước gắn tài khoản của bạn với một nơi cấp danh tính."),
        _("Bấm “Tiếp tục”, rồi đăng nhập ở nơi ấy bằng đúng tài khoản của bạn."),
    ),
    "sso-unlink": (
        _("Bước thôi gắn tài khoản của bạn với một nơi cấp danh tính."),
        _("Bấm “Thôi gắn”; từ đó không đăng nhập được qua nơi ấy nữa."),
    ),
    "recovery": (
        _("Nơi lập các mã khôi phục mới, dùng khi mất điện thoại."),
        _("Nhập mã trong ứng dụng; mã cũ thôi dùng được ngay, mã mới chỉ hiện một lần."),
    ),
    "second-step-off": (
        _("Bước gỡ xác thực hai bước khỏi tài khoản của bạn."),
        _(
            "Nhập mật khẩu và mã; ai bắt buộc phải có xác thực hai bước thì phải thiết lập lại "
            "ngay."
        ),
    ),
    "sessions": (
        _("Những nơi tài khoản của bạn đang đăng nhập."),
        _("Thấy phiên không phải của bạn thì kết thúc ngay rồi đổi mật khẩu."),
    ),
    "account-sessions": (
        _("Bước kết thúc mọi phiên đăng nhập của một người, ở mọi máy."),
        _("Dùng khi ngờ có người khác đang ngồi ở phiên ấy; người ấy đăng nhập lại được ngay."),
    ),
    "account-enable": (
        _("Bước cho dùng lại một tài khoản đã bị vô hiệu hóa."),
        _("Kiểm tra đúng người rồi xác nhận; người ấy đăng nhập được ngay bằng mật khẩu cũ."),
    ),
    "account-disable": (
        _("Bước vô hiệu hóa một tài khoản: người ấy không đăng nhập được nữa."),
        _(
            "Mọi phiên và khóa API thôi dùng được; chức vụ và quyền còn nguyên, về sau cho dùng "
            "lại được."
        ),
    ),
    "reviews": (
        _("Việc rà soát tài khoản định kỳ của những cơ quan bạn quản lý."),
        _("Mở cơ quan đến hạn để rà soát, hoặc xem lại kết quả đã ký."),
    ),
    "review": (
        _("Rà soát mọi tài khoản của một cơ quan: giữ hay vô hiệu hóa, từng người một."),
        _(
            "Chọn cho từng tài khoản rồi ký; vô hiệu hóa có hiệu lực ngay, kết quả không sửa "
            "lại được."
        ),
    ),
    "review-sheet": (
        _("Kết quả của một lần rà soát tài khoản đã ký."),
        _("Bấm “In” để lưu cùng hồ sơ an toàn thông tin của cơ quan."),
    ),
    "accounts": (
        _("Tài khoản của mọi người ở cơ quan bạn quản lý, và tài khoản nào sắp bị vô hiệu hóa."),
        _("Tìm theo tên hoặc lọc theo tình trạng, rồi mở từng tài khoản."),
    ),
    "account": (
        _("Một tài khoản: chức vụ, tình trạng, mật khẩu, xác thực hai bước và lịch sử gần đây."),
        _("Đặt lại mật khẩu, vô hiệu hóa hoặc gỡ xác thực hai bước bằng các nút phía trên."),
    ),
    "account-reset": (
        _("Bước đặt một mật khẩu ngẫu nhiên cho người quên mật khẩu."),
        _(
            "Mật khẩu hiện một lần để bạn trao tận tay; người ấy phải tự đặt mật khẩu khác khi "
            "đăng nhập."
        ),
    ),
    "account-second-step": (
        _("Bước gỡ xác thực hai bước của một người mất điện thoại."),
        _(
            "Chắc chắn đúng người rồi mới gỡ; ai bắt buộc phải có thì phải thiết lập lại trước "
            "khi làm việc."
        ),
    ),
    "see-as": (
        _("Nơi xin xem các trang như một người khác thấy, để giúp người ấy."),
        _("Ghi lý do rồi gửi; khi người ấy cho phép, bấm “Bắt đầu xem”."),
    ),
    "see-as-answer": (
        _("Lời xin xem như bạn của một quản trị, và lý do."),
        _("Cho phép hoặc không; đã cho phép thì kết thúc được bất cứ lúc nào."),
    ),
    "practice": (
        _("Chỗ tập của mỗi cơ quan: nơi làm thử mọi việc mà không gì được tính."),
        _("Mở chỗ tập rồi trao tên đăng nhập và mật khẩu cho người cần tập."),
    ),
    "practice-open": (
        _("Bước mở chỗ tập của cơ quan, hoặc đặt mật khẩu mới cho chỗ tập đã mở."),
        _("Xác nhận rồi chép mật khẩu ngay, vì nó chỉ hiện một lần."),
    ),
    "log": (
        _("Nhật ký an toàn: đăng nhập, khóa, đổi mật khẩu, đổi quyền và những việc bị từ chối."),
        _("Tìm, lọc theo việc, kết quả và ngày; việc đọc nhật ký này cũng được ghi."),
    ),
}


def register() -> None:
    """Hand the texts to the `?` help; called once, when the app is ready."""
    page_help.register("signin", _SIGNIN)
