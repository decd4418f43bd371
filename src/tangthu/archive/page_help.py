"""Two sentences about each page of the catalogue, its records and the batches."""

from django.utils.translation import gettext_lazy as _

from tangthu.ui.page_help import page_help

_ARCHIVE = {
    "dossiers": (
        _("Danh sách các hồ sơ mà bạn được xem, của mọi cơ quan và phông."),
        _("Lọc và sắp theo cột, chọn cột ở “Cột”, hoặc bấm J, K rồi Enter để mở một hồ sơ."),
    ),
    "dossier": (
        _(
            "Một hồ sơ: mô tả, các tài liệu bạn được xem, gói lưu trữ, quá trình và bằng chứng "
            "toàn vẹn."
        ),
        _(
            "Mở từng tài liệu trong danh sách; các nút phía trên là những việc bạn được làm với "
            "hồ sơ này."
        ),
    ),
    "dossier-describe": (
        _("Nơi sửa mô tả của hồ sơ theo các trường mà quy định yêu cầu."),
        _(
            "Sửa rồi bấm “Lưu”; giá trị cũ, người sửa và lúc sửa còn lại trong phần “Quá trình” "
            "của hồ sơ."
        ),
    ),
    "dossiers-seal": (
        _("Nơi xem trước việc đóng gói nhiều hồ sơ: hồ sơ nào làm được, hồ sơ nào chưa và vì sao."),
        _("Xác nhận thì mỗi hồ sơ làm được thành một công việc nền; hồ sơ khác không đổi."),
    ),
    "dossier-seal": (
        _("Nơi đóng hồ sơ thành một gói lưu trữ và chép gói ấy vào mọi kho đang dùng."),
        _("Xử lý các điểm ghi “Chặn” rồi xác nhận; phiên bản đã đóng không sửa, không xóa được."),
    ),
    "dossier-dip": (
        _(
            "Nơi tạo gói sử dụng: bản sao tài liệu của hồ sơ, lấy từ gói lưu trữ, để trao cho "
            "người cần."
        ),
        _("Chọn tài liệu và ghi mục đích sử dụng; gói chỉ gồm những tài liệu bạn được xem."),
    ),
    "dossier-secrecy": (
        _("Nơi đặt, đổi hoặc kết thúc độ mật của hồ sơ trong mạng LAN độc lập."),
        _("Chọn độ mật không cao hơn mức bạn được tiếp cận và ghi căn cứ của quyết định."),
    ),
    "dossier-seers": (
        _("Những người được xem hồ sơ này hôm nay, và mọi lý do khiến mỗi người được xem."),
        _("Đọc lý do ở từng dòng; người có quyền đề nghị thấy thêm nút “Cấp quyền”."),
    ),
    "documents": (
        _("Danh sách các tài liệu mà bạn được xem, bất kể nằm trong hồ sơ nào."),
        _(
            "Lọc theo tên loại, năm, thời hạn lưu trữ, phông; xuất, in hoặc lưu cách lọc ở "
            "“Xuất, in, lưu”."
        ),
    ),
    "document": (
        _("Một tài liệu: ảnh các trang, mô tả, các tệp, quá trình và bằng chứng toàn vẹn."),
        _(
            "Phóng to, thu nhỏ, xoay trang bằng phím +, -, R; các nút phía trên là những việc "
            "bạn được làm."
        ),
    ),
    "document-describe": (
        _("Nơi sửa mô tả của tài liệu; nội dung các tệp không bao giờ bị sửa."),
        _(
            "Sửa rồi bấm “Lưu”; giá trị cũ, người sửa và lúc sửa còn lại trong phần “Quá trình” "
            "của tài liệu."
        ),
    ),
    "document-report": (
        _("Nơi báo rằng tài liệu này có thể là bí mật nhà nước."),
        _(
            "Bấm “Cách ly ngay” thì không ai, kể cả bạn, còn xem được cho đến khi lãnh đạo đưa "
            "trở lại."
        ),
    ),
    "document-dip": (
        _("Nơi tạo một gói sử dụng chứa bản sao của tài liệu này."),
        _(
            "Ghi mục đích sử dụng rồi bấm “Tạo gói sử dụng”; gói được lập ở nền và nằm ở trang "
            "“Gói sử dụng”."
        ),
    ),
    "document-secrecy": (
        _("Nơi đặt, đổi hoặc kết thúc độ mật của tài liệu trong mạng LAN độc lập."),
        _("Chọn độ mật không cao hơn mức bạn được tiếp cận và ghi căn cứ của quyết định."),
    ),
    "document-seers": (
        _("Những người được xem tài liệu này hôm nay, và mọi lý do khiến mỗi người được xem."),
        _("Đọc lý do ở từng dòng; người có quyền đề nghị thấy thêm nút “Cấp quyền”."),
    ),
    "edits": (
        _("Sửa đổi mô tả của hồ sơ, tài liệu có nhãn hạn chế trở lên: đang chờ và đã quyết định."),
        _("Mở một sửa đổi để so hai bản; nó chỉ có hiệu lực khi người khác bấm “Duyệt”."),
    ),
    "edit": (
        _("Một sửa đổi mô tả cạnh bản hiện nay: ai đề nghị, lúc nào, của hồ sơ, tài liệu nào."),
        _("Người có thẩm quyền duyệt, hoặc ghi lý do không duyệt; người đề nghị chỉ rút lại được."),
    ),
    "freezes": (
        _("Các đợt phong tỏa: hồ sơ, tài liệu bị khóa theo quyết định, đang có hiệu lực và đã gỡ."),
        _("Mở một đợt để xem những gì bị khóa hoặc gỡ; khóa mới thì làm từ trang của hồ sơ."),
    ),
    "freeze-new": (
        _("Bước khóa một phông, hồ sơ hoặc tài liệu theo quyết định."),
        _("Ghi tên đợt và căn cứ; từ lúc ấy không ai sửa, thêm, di chuyển hay hủy được."),
    ),
    "freeze": (
        _("Một đợt phong tỏa: khóa những gì, theo quyết định nào, ai thực hiện."),
        _("Khi có quyết định gỡ thì ghi căn cứ và bấm “Gỡ phong tỏa”."),
    ),
    "clearances": (
        _(
            "Danh sách người được tiếp cận bí mật nhà nước và mức được tiếp cận, chỉ có trong "
            "mạng LAN độc lập."
        ),
        _(
            "Chọn người, mức và ghi quyết định; có hiệu lực ngay, và không ai tự quyết định cho "
            "mình."
        ),
    ),
    "dips": (
        _("Các gói sử dụng mà chính bạn đã tạo; người khác không thấy."),
        _("Mở một gói để xem tiến độ, tải về hoặc xóa; gói tự xóa khi hết hạn tải."),
    ),
    "dip": (
        _("Một gói sử dụng: yêu cầu, các tài liệu bên trong, tiến độ và hạn tải."),
        _("Bấm “Tải gói” khi đã xong; quyền của bạn được xét lại mỗi lần tải."),
    ),
    "dip-remove": (
        _("Bước xóa một gói sử dụng trước hạn."),
        _(
            "Chỉ bản sao bị xóa; tài liệu và gói lưu trữ giữ nguyên, yêu cầu và việc xóa còn "
            "trong sổ cái."
        ),
    ),
    "withheld": (
        _("Một tài liệu bị báo là bí mật nhà nước, chờ người có thẩm quyền kết luận."),
        _(
            "Nếu không mật thì ghi căn cứ rồi đưa trở lại; nếu đúng là mật thì để nguyên, không "
            "ai xem được."
        ),
    ),
    "fonds-list": (
        _("Các phông lưu trữ của những cơ quan mà bạn làm việc."),
        _(
            "Mở một phông để xem mô tả, mục lục và hồ sơ, hoặc bấm “Mở phông mới” nếu bạn được "
            "giao."
        ),
    ),
    "fonds-new": (
        _("Nơi mở một phông lưu trữ mới cho cơ quan."),
        _("Điền mã phông và tên phông; mã không đổi được về sau, tên và mô tả thì sửa được."),
    ),
    "fonds": (
        _("Một phông lưu trữ: mô tả, mục lục, quá trình và các hồ sơ."),
        _("Mở một mục lục hoặc một hồ sơ trong danh sách; bấm “Sửa mô tả” nếu bạn được giao."),
    ),
    "fonds-describe": (
        _("Nơi sửa tên và mô tả của phông; mã phông giữ nguyên."),
        _(
            "Sửa rồi bấm “Lưu”; giá trị cũ, người sửa và lúc sửa còn lại trong phần “Quá trình” "
            "của phông."
        ),
    ),
}

_IMPORTS = {
    "batches": (
        _("Các đợt số hóa: đang kiểm tra, chờ xem xét, đang tiếp nhận hoặc đã kết thúc."),
        _("Mở một đợt để làm tiếp từ chỗ đang dở, hoặc bấm “Nhập đợt mới”."),
    ),
    "new": (
        _("Nơi gửi lên một đợt tài liệu đã số hóa: các tệp quét và bảng kê."),
        _(
            "Chọn phông, kéo thả cả thư mục hoặc một tệp zip rồi gửi; chưa gì vào kho cho đến "
            "khi bạn tiếp nhận."
        ),
    ),
    "new-fonds": (
        _("Nơi mở phông ngay trong lúc nhập đợt."),
        _("Điền mã và tên phông; xong thì trở lại trang nhập đợt với phông ấy đã được chọn."),
    ),
    "batch": (
        _(
            "Kết quả kiểm tra của đợt: mỗi chỗ cần bạn xem là một thẻ, kèm ảnh chỗ máy đã đọc "
            "nếu có."
        ),
        _(
            "Bấm T để nhận đề xuất, S để sửa, B để bỏ qua; lọc theo loại thì nhận được cả loại "
            "một lần."
        ),
    ),
    "take-kind": (
        _("Bước nhận đề xuất của mọi phát hiện cùng một loại."),
        _(
            "Xem trước rồi xác nhận; từng quyết định lấy lại được ở phần “Quyết định” cho đến "
            "khi tiếp nhận."
        ),
    ),
    "corrected": (
        _("Nơi sửa đợt bằng Excel thay vì trên màn hình."),
        _(
            "Tải báo cáo về, sửa giá trị trong các ô rồi gửi lại; mỗi chỗ đã sửa thành một "
            "quyết định."
        ),
    ),
    "answers": (
        _("Những câu trả lời chung cho cả đợt, dùng khi bảng kê không ghi riêng."),
        _("Chọn rồi bấm “Ghi câu trả lời”; câu để trống là chưa trả lời."),
    ),
    "edit": (
        _(
            "Nơi sửa thông tin của một hồ sơ hoặc tài liệu trong đợt, cạnh ảnh các trang của nó "
            "nếu có."
        ),
        _("Sửa rồi bấm Ctrl+Enter để ghi và tới mục sau; tệp bảng kê gốc không bị sửa."),
    ),
    "lists": (
        _("Nơi chọn bảng kê được tính, khi trong các tệp của đợt có nhiều bảng gần giống nhau."),
        _(
            "Chọn một bảng; các bảng kia không thành tài liệu, và đổi bảng thì quyết định theo "
            "bảng cũ bị bỏ."
        ),
    ),
    "columns": (
        _("Cột nào của bảng kê vào trường nào của hồ sơ, tài liệu."),
        _(
            "Đổi những cột máy ghép sai rồi bấm “Ghép lại”; báo cáo được lập lại theo cách ghép "
            "mới."
        ),
    ),
    "waiting": (
        _("Những gì của đợt còn ở lại nếu tiếp nhận lúc này, và vì sao."),
        _("Mở từng mục để sửa chỗ còn thiếu, rồi quay lại tiếp nhận."),
    ),
    "rows": (
        _("Mọi văn bản của đợt: các dòng của bảng kê và những tệp không có dòng, cùng trạng thái."),
        _("Tìm hoặc lọc theo hồ sơ, mở một dòng để xem và sửa."),
    ),
    "files": (
        _("Mọi tệp của đợt: cỡ, số trang và những gì phát hiện ở từng tệp."),
        _("Tìm theo tên tệp, mở một tệp để sửa thông tin của văn bản ấy."),
    ),
    "decisions": (
        _("Các câu trả lời chung và mọi quyết định đã ghi trong đợt này, mới nhất lên đầu."),
        _("Bấm “Lấy lại” để bỏ một quyết định; việc này làm được cho đến khi tiếp nhận."),
    ),
    "accept": (
        _("Bước nhận những gì đã đủ của đợt vào kho."),
        _(
            "Đọc sẽ nhận gì, còn lại gì và vì sao rồi xác nhận; tài liệu đã nhận không rút lại "
            "được."
        ),
    ),
    "close": (
        _("Bước kết thúc đợt, bỏ lại những gì chưa nhận."),
        _("Tệp đã gửi lên mà chưa nhận sẽ bị xóa khỏi máy chủ; kết thúc rồi không mở lại được."),
    ),
    "quarantine": (
        _(
            "Các tệp bị giữ lại vì có dấu hiệu độ mật và các tài liệu bị báo là mật, chỉ người "
            "quyết định thấy."
        ),
        _("Mở từng dòng để kết luận; tên và nội dung không hiện ở đây."),
    ),
    "quarantine-item": (
        _("Một tệp đang bị cách ly, chờ kết luận của bạn."),
        _(
            "Chọn không mật, đã giải mật hoặc hủy; đã giải mật thì phải ghi căn cứ, việc xem "
            "trang đầu được ghi lại."
        ),
    ),
}


def register() -> None:
    """Hand the texts to the `?` help; called once, when the app is ready."""
    page_help.register("archive", _ARCHIVE)
    page_help.register("imports", _IMPORTS)
