"""Two sentences about each page of people, units, groups and rights."""

from django.utils.translation import gettext_lazy as _

from tangthu.ui.page_help import page_help

_IDENTITY = {
    "keepers": (
        _("Những người quản trị hệ thống chung của mọi cơ quan, kể cả người đang chờ xác nhận."),
        _(
            "Bấm “Giao quyền” để thêm một người; bấm vào họ tên để ghi người ấy thôi quản trị hệ "
            "thống."
        ),
    ),
    "keeper-new": (
        _("Nơi giao quyền quản trị hệ thống cho một người ở bất kỳ cơ quan nào."),
        _("Ghi tên đăng nhập và quyết định; người xác nhận ở cơ quan của người ấy xác nhận."),
    ),
    "keeper-end": (
        _("Bước cho một người thôi quản trị hệ thống."),
        _(
            "Ghi quyết định và ngày cuối cùng, để trống ngày nếu chấm dứt ngay; phải còn người "
            "khác quản trị hệ thống."
        ),
    ),
    "people": (
        _("Những người làm việc ở các cơ quan mà bạn được xem, cùng chức vụ hôm nay của họ."),
        _(
            "Tìm theo tên hoặc lọc theo vai trò, đơn vị; mở một người để xem chức vụ, nhóm và "
            "ủy quyền."
        ),
    ),
    "person-new": (
        _("Nơi thêm một người, tài khoản đăng nhập và chức vụ đầu tiên của người ấy."),
        _(
            "Đặt mật khẩu đầu tiên và trao tận tay; chức vụ chỉ cho quyền sau khi người thứ hai "
            "xác nhận."
        ),
    ),
    "person": (
        _("Một người: chức vụ theo thời gian, tài khoản, ủy quyền, nhóm và quyền được cấp riêng."),
        _(
            "Giao chức vụ hoặc cho thôi việc bằng các nút phía trên; chức vụ đã thôi vẫn còn "
            "trong danh sách."
        ),
    ),
    "person-rename": (
        _("Nơi sửa họ tên của một người."),
        _("Ghi họ tên mới rồi lưu; việc đã làm dưới tên cũ vẫn mang tên cũ."),
    ),
    "appoint": (
        _("Nơi giao một chức vụ cho người này: chính thức, kiêm nhiệm hoặc quyền, phụ trách."),
        _(
            "Chọn chức vụ, vai trò, đơn vị, ngày và ghi quyết định; quyền có sau khi người thứ "
            "hai xác nhận."
        ),
    ),
    "person-leave": (
        _("Bước cho thôi việc: mọi chức vụ, nhóm, quyền và ủy quyền kết thúc, tài khoản đóng lại."),
        _("Đọc danh sách những gì sẽ kết thúc, ghi quyết định rồi xác nhận."),
    ),
    "appointment-end": (
        _("Bước cho một người thôi giữ một chức vụ."),
        _(
            "Ghi quyết định và ngày cuối cùng, để trống ngày nếu chấm dứt ngay; các chức vụ "
            "khác giữ nguyên."
        ),
    ),
    "units": (
        _("Cây đơn vị và chức vụ của cơ quan, hôm nay hoặc như một ngày đã qua."),
        _("Đổi ngày để xem cơ cấu của ngày ấy, kể cả đơn vị nay đã giải thể."),
    ),
    "unit-new": (
        _("Nơi lập một đơn vị trong cơ quan."),
        _("Điền tên, đơn vị cấp trên nếu có, ngày bắt đầu và quyết định thành lập."),
    ),
    "units-reorganise": (
        _("Nơi sáp nhập, chia hoặc đổi tên đơn vị theo một quyết định."),
        _(
            "Chọn đơn vị kết thúc, ghi tên đơn vị mới mỗi dòng một tên, rồi chọn nơi đến cho "
            "từng người đang giữ chức vụ ở đó."
        ),
    ),
    "bodies": (
        _("Tên và mã mà các cơ quan mang hay đã mang, kèm ngày và quyết định."),
        _("Mở tên đang dùng để đổi tên hoặc mã; tải danh mục về để đối chiếu."),
    ),
    "body-new": (
        _("Nơi mở một cơ quan nữa trong hệ thống, cùng quản trị đầu tiên của cơ quan ấy."),
        _("Điền tên, các mã, tên gốc của sổ cái và người quản trị; tên gốc không đổi được về sau."),
    ),
    "body-rename": (
        _("Nơi đổi tên hoặc mã định danh của cơ quan từ một ngày."),
        _(
            "Sửa tên, mã, ghi ngày bắt đầu và quyết định; hồ sơ của những ngày trước vẫn mang tên "
            "cũ."
        ),
    ),
    "body-settings": (
        _("Thiết đặt của cơ quan: Thông tư 05 bắt buộc hay tự nguyện, và bộ thuật ngữ màn hình."),
        _("Chọn, ghi quyết định rồi bấm “Ghi thiết đặt”; có hiệu lực từ lần mở trang sau."),
    ),
    "codes": (
        _("Danh mục mã định danh của các cơ quan: mỗi mã dùng từ ngày nào đến hết ngày nào."),
        _("Tìm theo mã hoặc tên; quản trị thấy thêm nút “Nạp danh mục”."),
    ),
    "codes-load": (
        _("Nơi nạp danh mục mã định danh từ một tệp CSV hoặc TOML."),
        _("Chọn tệp rồi bấm “Nạp danh mục”; tệp mới thay toàn bộ danh mục cũ."),
    ),
    "unit-end": (
        _("Bước giải thể một đơn vị."),
        _(
            "Ghi ngày cuối cùng và quyết định; đơn vị còn người hoặc đơn vị trực thuộc thì chưa "
            "giải thể được."
        ),
    ),
    "groups": (
        _(
            "Các nhóm người được biết cùng một mức thông tin, để cấp quyền xem cho nhiều người "
            "một lúc."
        ),
        _("Mở một nhóm để xem ai ở trong nhóm và đến khi nào."),
    ),
    "group-new": (
        _("Nơi lập một nhóm người."),
        _("Đặt tên theo việc của nhóm, vì tên ấy hiện ở trang “Ai được xem”."),
    ),
    "group": (
        _("Một nhóm: người trong nhóm, thời hạn của từng người và quá trình."),
        _(
            "Thêm người thì chờ người thứ hai xác nhận; cho rời nhóm hoặc đóng nhóm thì quyền "
            "qua nhóm hết ngay."
        ),
    ),
    "member-new": (
        _("Nơi đề nghị đưa một người vào nhóm."),
        _("Chọn người, thời hạn và ghi quyết định; quyền của nhóm chỉ có sau khi được xác nhận."),
    ),
    "delegations": (
        _("Các ủy quyền của chính bạn: bạn giao cho ai và ai giao cho bạn."),
        _("Bấm “Ủy quyền” để giao; bấm “Thôi ủy quyền” thì ủy quyền bạn đã giao chấm dứt ngay."),
    ),
    "delegation-new": (
        _("Nơi giao cho một đồng nghiệp làm thay bạn một số việc trong một thời hạn."),
        _(
            "Chọn người, quyền, thời hạn và ghi văn bản ủy quyền; người được giao không ủy "
            "quyền lại được."
        ),
    ),
}

_RIGHTS = {
    "changes": (
        _("Các thay đổi về quyền: chờ người thứ hai xác nhận, đang có hiệu lực hoặc đã chấm dứt."),
        _(
            "Mở từng thay đổi, đọc ai được quyền gì, rồi xác nhận hoặc không chấp nhận nếu bạn "
            "có thẩm quyền."
        ),
    ),
    "change": (
        _("Một thay đổi về quyền: cho ai, trong phạm vi nào, đến khi nào và theo căn cứ nào."),
        _(
            "Người đề nghị và người được cấp không tự xác nhận được; cảnh báo còn đó cho đến "
            "khi có quyết định."
        ),
    ),
    "grant": (
        _("Nơi đề nghị cấp quyền trên một cơ quan, phông, hồ sơ hoặc tài liệu."),
        _(
            "Chọn quyền, người nhận, thời hạn và ghi căn cứ; quyền có hiệu lực khi người thứ "
            "hai xác nhận."
        ),
    ),
}


def register() -> None:
    """Hand the texts to the `?` help; called once, when the app is ready."""
    page_help.register("identity", _IDENTITY)
    page_help.register("rights", _RIGHTS)
