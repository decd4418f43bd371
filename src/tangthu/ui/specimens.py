"""Made-up data for the component pages: long Vietnamese texts, empty, wrong and disabled states.

No person, body or document in here exists.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from django import forms
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.ui.charts import Bar, BarChart, bar_chart
from tangthu.ui.formats import day, due
from tangthu.ui.forms import CodeListField, DropZone, FilesField, PartialDateField
from tangthu.ui.icons import ICONS
from tangthu.ui.parts import (
    Action,
    Fact,
    FactGroup,
    Notice,
    Progress,
    Proposal,
    QueueGroup,
    QueueItem,
    Stat,
    Tab,
    TimelineEntry,
    Tone,
    Viewer,
    ViewerPage,
)
from tangthu.ui.query import Query
from tangthu.ui.tables import (
    BulkAction,
    Cell,
    Column,
    EmptyState,
    Filter,
    Option,
    RangeFilter,
    Register,
    RegisterPage,
)

BODY = "Ủy ban nhân dân tỉnh Mẫu"
NOW = datetime(2025, 11, 24, 8, 30, tzinfo=timezone(timedelta(hours=7)))
TODAY = NOW.date()
LONG_TITLE = (
    "Về việc tăng cường chỉ đạo thực hiện công tác văn thư, lưu trữ và nộp lưu hồ sơ, "
    "tài liệu điện tử vào Lưu trữ lịch sử của các cơ quan, tổ chức thuộc danh mục "
    "nguồn nộp lưu trên địa bàn tỉnh"
)
SNIPPET = "Số: 123/QĐ-UBND, ngày 02 tháng 9 năm 2025, về việc phê duyệt Danh mục hồ sơ <năm 2025>"
SNIPPET_RANGES = ((4, 15), (22, 41))
COLOURS = ("ink", "ink-quiet", "accent", "accent-deep", "lacquer", "ok", "warn", "paper")
STATUSES: dict[str, tuple[str, Tone]] = {
    "new": ("Mới đến", "info"),
    "working": ("Đang xử lý", ""),
    "waiting": ("Chờ ý kiến", "warn"),
    "late": ("Quá hạn", "danger"),
    "done": ("Đã xong", "ok"),
}
TYPES = (("QD", "Quyết định"), ("CV", "Công văn"), ("BC", "Báo cáo"), ("TTr", "Tờ trình"))
SENDERS = (
    "Bộ Nội vụ",
    "Sở Tài chính",
    "Ủy ban nhân dân huyện Bình An",
    "Cục Văn thư và Lưu trữ nhà nước",
)
TITLES = (
    LONG_TITLE,
    "Báo cáo kết quả công tác quý III và phương hướng, nhiệm vụ quý IV năm 2025",
    "Mời dự họp góp ý dự thảo Danh mục hồ sơ",
    "Phê duyệt kế hoạch số hóa tài liệu lưu trữ giai đoạn 2025 – 2030",
    "Đề nghị cung cấp số liệu phục vụ kiểm tra công tác văn thư",
)


def queue_groups() -> list[QueueGroup]:
    """Work in three groups: late, today, later."""

    def item(index: int, days: int, asked: str, *, tone: Tone) -> QueueItem:
        deadline = TODAY + timedelta(days=days)
        return QueueItem(
            title=TITLES[index % len(TITLES)],
            url=reverse("ui:record"),
            code=f"{1200 + index}/{('CV', 'BC', 'QĐ')[index % 3]}-SNV",
            asked=asked,
            who=f"{SENDERS[index % len(SENDERS)]}, đến {day(deadline - timedelta(days=10))}",
            due_text=due(deadline, TODAY),
            due_tone=tone,
            due_on=deadline,
            tags=((_("Khẩn"), "warn"),) if index == 1 else (),
            actions=(
                Action(_("Nhận việc"), "#", key="d", icon="check"),
                Action(_("Chuyển"), "#", key="c", icon="right"),
            ),
        )

    return [
        QueueGroup(
            _("Quá hạn"),
            (
                item(0, -3, _("Chủ trì xử lý"), tone="danger"),
                item(1, -1, _("Cho ý kiến"), tone="danger"),
            ),
            "danger",
        ),
        QueueGroup(_("Hôm nay"), (item(2, 0, _("Phối hợp"), tone="warn"),), "warn"),
        QueueGroup(
            _("Sau đó"),
            tuple(item(i, i, _("Chủ trì xử lý"), tone="") for i in range(3, 8)),
        ),
    ]


def actions() -> list[Action]:
    """Primary, plain, dangerous and impossible."""
    return [
        Action(_("Phân công"), "#", key="a", icon="people", weight="primary"),
        Action(_("Cho ý kiến"), "#", key="y", icon="draft"),
        Action(_("Lưu hồ sơ"), "#", key="h", icon="dossier"),
        Action(_("Trả lại"), "#", key="t", icon="left", weight="danger"),
        Action(_("Ký số"), "#", icon="seal", why_not=_("chưa có chứng thư")),
    ]


def fact_groups() -> list[FactGroup]:
    """Description of an incoming document."""
    return [
        FactGroup(
            _("Văn bản"),
            (
                Fact(_("Số, ký hiệu"), "123/QĐ-UBND", code=True),
                Fact(_("Ngày văn bản"), "02/09/2025"),
                Fact(_("Cơ quan ban hành"), BODY),
                Fact(_("Loại văn bản"), "Quyết định"),
                Fact(_("Trích yếu"), LONG_TITLE),
                Fact(_("Chữ ký số"), _("Hợp lệ"), tone="ok", note=_("kiểm tra lúc 08:02")),
                Fact(_("Mức độ khẩn"), _("Khẩn"), tone="warn"),
            ),
        ),
        FactGroup(
            _("Đăng ký và xử lý"),
            (
                Fact(_("Số đến"), "1204", note=_("Sổ văn bản đến năm 2025"), code=True),
                Fact(_("Chủ trì"), "Phòng Văn thư – Lưu trữ, Sở Nội vụ"),
                Fact(_("Hạn xử lý"), "28/11/2025 (còn 4 ngày)"),
                Fact(_("Hồ sơ"), "H30.2025.07 – Danh mục hồ sơ năm 2025", url="#"),
                Fact(_("Ghi chú"), ""),
            ),
        ),
    ]


def timeline() -> list[TimelineEntry]:
    """History, newest first."""
    return [
        TimelineEntry(
            NOW,
            "Trần Thị Mẫu",
            _("phân công Phòng Văn thư – Lưu trữ chủ trì, hạn 28/11/2025"),
            as_what=_("Phó Chánh Văn phòng"),
            authority=_("Quyết định ủy quyền số 12/QĐ-VP"),
            proof_url="#",
        ),
        TimelineEntry(
            NOW - timedelta(minutes=28),
            _("Hệ thống"),
            _("kiểm tra chữ ký số"),
            note=_("Hợp lệ, chứng thư còn hiệu lực lúc ký"),
            tone="ok",
            proof_url="#",
        ),
        TimelineEntry(
            NOW - timedelta(minutes=31),
            "Lê Văn Thư",
            _("đăng ký văn bản đến số 1204"),
            as_what=_("văn thư cơ quan"),
            proof_url="#",
        ),
        TimelineEntry(
            NOW - timedelta(hours=1),
            _("Trục liên thông"),
            _("chuyển gói tin đến"),
            note=_("Thiếu một phụ lục; đã yêu cầu nơi gửi bổ sung"),
            tone="warn",
        ),
    ]


def viewer() -> Viewer:
    """Three pages of a decision; the last has no text yet."""
    image = static("ui/specimen-page.svg")
    words = "QUYẾT ĐỊNH\nVề việc phê duyệt Danh mục hồ sơ năm 2025\n\nCăn cứ Luật Lưu trữ 2024;"
    pages = tuple(ViewerPage(n, image, 794, 1123, words if n < 3 else "") for n in (1, 2, 3))
    return Viewer("Quyết định 123/QĐ-UBND", pages, download_url="#")


def viewer_empty() -> Viewer:
    """A document whose pages are not made yet."""
    why = _("Ảnh trang đang được tạo từ tệp gốc; tải lại sau ít phút, hoặc tải tệp gốc về xem.")
    return Viewer("Công văn 45/CV-STC", (), download_url="#", why_empty=why)


def tabs(here: str) -> list[Tab]:
    """Sections of a record."""
    return [
        Tab(_("Thông tin"), here, current=True),
        Tab(_("Tệp"), here + "?tab=files", count=3),
        Tab(_("Ý kiến"), here + "?tab=comments", count=12),
        Tab(_("Bằng chứng"), here + "?tab=proof"),
    ]


def notices() -> list[Notice]:
    """One of each tone."""
    return [
        Notice(_("Văn bản này đã có bản thay thế"), _("Số 130/QĐ-UBND ngày 05/09/2025 thay thế.")),
        Notice(_("Đã đăng ký văn bản đến số 1204"), tone="ok"),
        Notice(
            _("Sắp đến hạn nộp lưu"),
            _("12 hồ sơ phải nộp vào lưu trữ hiện hành trước ngày 31/12/2025."),
            "warn",
            action_label=_("Xem 12 hồ sơ"),
            action_url="#",
        ),
        Notice(
            _("Không đọc được tệp “Phụ lục 2.docx”"),
            _("Tệp bị cắt ngang: thiếu phần cuối."),
            "danger",
            kept=_("văn bản chính và Phụ lục 1 đã nhận đủ."),
            todo=_("yêu cầu nơi gửi gửi lại Phụ lục 2."),
        ),
    ]


def stats() -> list[Stat]:
    """Figures with and without links."""
    return [
        Stat(_("Văn bản đến trong tháng"), 1204, _("nhiều hơn tháng trước 86"), url="#"),
        Stat(_("Đang xử lý"), 318, url="#"),
        Stat(_("Quá hạn"), 7, _("lâu nhất 12 ngày"), url="#", tone="danger"),
        Stat(_("Đúng hạn"), "98,2%", _("đạt chỉ tiêu 95%"), tone="ok"),
    ]


def chart(*, empty: bool = False) -> BarChart:
    """Documents by unit; one name too long for the drawing, one value of nothing."""
    bars = [
        Bar("Sở Nội vụ", 1204, url="#"),
        Bar("Sở Tài chính", 861),
        Bar("Ủy ban nhân dân huyện Bình An và các xã trực thuộc", 433),
        Bar("Thanh tra tỉnh", 3, tone="danger"),
        Bar("Sở Du lịch", 0),
    ]
    return bar_chart(
        [] if empty else bars,
        title=_("Văn bản đến theo đơn vị, tháng 11/2025"),
        label_heading=_("Đơn vị"),
        value_heading=_("Văn bản"),
    )


def proposals() -> list[Proposal]:
    """Proposed values: filled, empty and long."""
    return [
        Proposal(
            "code",
            _("Số, ký hiệu"),
            "123/QĐ-UB",
            "123/QĐ-UBND",
            SNIPPET,
            ((4, 15),),
            _("trang 1"),
            97,
        ),
        Proposal(
            "dated", _("Ngày văn bản"), "", "02/09/2025", SNIPPET, ((22, 41),), _("trang 1"), 92
        ),
        Proposal("title", _("Trích yếu"), TITLES[2], LONG_TITLE),
    ]


def tasks() -> list[Progress]:
    """A task in each state; the first is really polled."""
    url = reverse("ui:progress")
    label = _("Kiểm tra và đóng gói tài liệu")
    unit = _("tệp")
    return [
        Progress(
            "viec-mau", label, 0, 12_408, 0, f"{url}?step=1", unit, stop_url=reverse("ui:confirm"),
        ),
        Progress(
            "viec-xong", _("Nhập 1.204 hồ sơ"), 1204, 1204, 312, url, _("hồ sơ"), "done",
            result_url="#", result_label=_("Xem kết quả"),
        ),
        Progress(
            "viec-loi", _("Chép sang kho thứ hai"), 803, 1204, 95, url, unit, "failed",
            note=_("Kho thứ hai hết chỗ. Đã giữ 803 tệp; dọn chỗ rồi chạy lại để chép tiếp."),
            resume_url=reverse("ui:confirm"),
        ),
    ]  # fmt: skip


def icon_names() -> list[str]:
    """All icons, in order of name."""
    return sorted(ICONS)


@dataclass(frozen=True, slots=True)
class SpecimenRow:
    """A line of the specimen register."""

    number: int
    code: str
    title: str
    sender: str
    kind: str
    arrived: date
    status: str


def rows() -> list[SpecimenRow]:
    """137 lines, enough for three pages."""
    kinds = [code for code, _name in TYPES]
    statuses = list(STATUSES)
    return [
        SpecimenRow(
            number=n,
            code=f"{100 + n * 7 % 900}/{kinds[n % 4]}-{('SNV', 'STC', 'UBND')[n % 3]}",
            title=TITLES[n % len(TITLES)],
            sender=SENDERS[n % len(SENDERS)],
            kind=kinds[n % 4],
            arrived=TODAY - timedelta(days=(137 - n) // 3),
            status=statuses[n % 7 % 5],
        )
        for n in range(1, 138)
    ]


def register_page(query: Query, name: str = "incoming") -> RegisterPage:
    """The specimen register for this query: filtered, sorted and paged as a database would."""
    everything = rows()
    record = reverse("ui:record")
    register: Register[SpecimenRow] = Register(
        name=name,
        caption=_("Sổ đăng ký văn bản đến năm 2025") + (f" ({name})" if name != "incoming" else ""),
        query=query,
        default_sort="-number",
        row_id=lambda row: str(row.number),
        page_size=20,
        searchable=True,
        columns=(
            Column("number", _("Số đến"), lambda r: r.number, kind="number", sortable=True),
            Column("arrived", _("Ngày đến"), lambda r: day(r.arrived), kind="date", sortable=True),
            Column("code", _("Số, ký hiệu"), lambda r: r.code, kind="code", sortable=True),
            Column(
                "title",
                _("Trích yếu"),
                lambda r: Cell(r.title, url=record),
                primary=True,
            ),
            Column("sender", _("Nơi gửi"), lambda r: r.sender),
            Column("kind", _("Loại"), lambda r: dict(TYPES)[r.kind], kind="short", wide_only=True),
            Column("status", _("Trạng thái"), lambda r: _status(r.status), kind="tag"),
        ),
        filters=(
            Filter("status", _("Trạng thái"), _options(everything, "status"), tabs=True),
            Filter("kind", _("Loại văn bản"), _options(everything, "kind"), multiple=True),
            Filter("sender", _("Nơi gửi"), tuple(Option(s, s) for s in SENDERS)),
            RangeFilter("arrived", _("Ngày đến")),
        ),
        bulk=(
            BulkAction(_("Phân công"), "#"),
            BulkAction(_("In sổ"), "#"),
        ),
        empty=EmptyState(_("Chưa có văn bản đến"), _("Văn bản đăng ký xong sẽ hiện ở đây.")),
    )
    found = [row for row in everything if _matches(row, register)]

    def place(row: SpecimenRow) -> tuple[str | int, ...]:
        first = row.arrived.isoformat() if register.sort_key == "arrived" else None
        first = row.code if register.sort_key == "code" else first
        return (first, row.number) if first is not None else (row.number, row.number)

    cursor = register.cursor(width=2)
    reverse_order = register.descending != bool(cursor and cursor.backwards)
    found.sort(key=place, reverse=reverse_order)
    read = found
    if cursor is not None:
        edge = cursor.values
        read = [r for r in found if (place(r) < edge if reverse_order else place(r) > edge)]
    return register.page(
        read[: register.page_size + 1], sort_values=place, cursor=cursor, total=len(found)
    )


def _matches(row: SpecimenRow, register: Register[SpecimenRow]) -> bool:
    for key in ("status", "kind", "sender"):
        chosen = register.chosen(key)
        if chosen and getattr(row, key) not in chosen:
            return False
    return register.search.casefold() in f"{row.code} {row.title}".casefold()


def _options(found: list[SpecimenRow], key: str) -> tuple[Option, ...]:
    names = (
        {code: label for code, (label, _tone) in STATUSES.items()}
        if key == "status"
        else dict(TYPES)
    )
    return tuple(
        Option(code, name, sum(getattr(row, key) == code for row in found))
        for code, name in names.items()
    )


def _status(code: str) -> Cell:
    label, tone = STATUSES[code]
    return Cell(label, tone=tone)


class SpecimenForm(forms.Form):
    """Every kind of field."""

    code = forms.CharField(label=gettext_lazy("Số, ký hiệu"), max_length=50, initial="123/QĐ-UBND")
    arrived = PartialDateField(label=gettext_lazy("Ngày văn bản"), whole=True)
    created = PartialDateField(label=gettext_lazy("Thời gian tài liệu"), required=False)
    kind = CodeListField(label=gettext_lazy("Loại văn bản"), codes=TYPES)
    summary = forms.CharField(
        label=gettext_lazy("Trích yếu nội dung"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Chép đúng như trên văn bản."),
    )
    urgency = forms.ChoiceField(
        label=gettext_lazy("Mức độ khẩn"),
        choices=[("", "Thường"), ("k", "Khẩn"), ("tk", "Thượng khẩn"), ("ht", "Hỏa tốc")],
        widget=forms.RadioSelect,
        required=False,
    )
    number = forms.CharField(
        label=gettext_lazy("Số đến"),
        disabled=True,
        initial="1205",
        required=False,
        help_text=gettext_lazy("Hệ thống cấp số khi lưu."),
    )


class UploadForm(forms.Form):
    """Files, folders and packages."""

    uploads = FilesField(
        label=gettext_lazy("Tệp, thư mục hoặc gói ZIP"),
        widget=DropZone(folder=True),
        help_text=gettext_lazy("Thư mục giữ nguyên cây con; gói ZIP được mở ở máy chủ."),
    )


class ConfirmForm(forms.Form):
    """The number typed again is the last guard of an irreversible step."""

    count = forms.IntegerField(
        label=gettext_lazy("Nhập lại số hồ sơ để xác nhận"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "date"}),
    )


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=gettext_lazy("Tên đăng nhập"),
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Mật khẩu"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
