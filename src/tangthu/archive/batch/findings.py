"""The catalogue of what a dry run can find, and one finding: where, what, and how to repair it.

A finding keeps its code and parameters; whoever shows it translates the words. Codes are stable:
decisions, saved reports and tests name them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made

from tangthu.archive.batch.errors import gettext_noop

BLOCKS = "blocks"  # nothing is taken until the thing itself is put right
ASKS = "asks"  # a person confirms, corrects or answers
REPAIRS = "repairs"  # put right by a rule, shown, can be undone
NOTE = "note"  # nothing to do, but true and worth knowing

BATCH = "batch"
ROW = "row"
FILE = "file"
COLUMN = "column"
DOSSIER = "dossier"
DOCUMENT = "document"

COUNTED = "counted"
DERIVED = "derived"
ASKED = "asked"
EXTRACTED = "extracted"
DEFAULT = "default"
NAME = "name"
INDEX = "index"
EDITED = "edited"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding: severity, level, words (`%(name)s` places) and the key that takes it."""

    code: str
    severity: str
    level: str
    words: str
    key: str = ""


def _kinds(*kinds: Kind) -> Mapping[str, Kind]:
    return {kind.code: kind for kind in kinds}


KINDS: Mapping[str, Kind] = _kinds(
    Kind("table.other-sheet", NOTE, BATCH,
         gettext_noop("Sheet “%(sheet)s” cũng có dữ liệu nhưng không được đọc.")),
    Kind("mapping.ambiguous", ASKS, COLUMN,
         gettext_noop("Cột %(column)s “%(heading)s” chưa chắc thuộc cấp hồ sơ hay văn bản; "
                      "đang ghép với “%(shown)s”."), "m"),
    Kind("mapping.repeated", ASKS, COLUMN,
         gettext_noop("Cột %(column)s “%(heading)s” lặp lại một trường đã có cột; "
                      "chưa dùng."), "m"),
    Kind("mapping.extra", NOTE, COLUMN,
         gettext_noop("Cột %(column)s “%(heading)s” không ứng với trường nào; "
                      "giữ làm thông tin bổ sung.")),
    Kind("secret.declared", BLOCKS, ROW,
         gettext_noop("Tài liệu được khai là bí mật nhà nước: từ chối, không giữ nội dung.")),
    Kind("secret.suspected", BLOCKS, FILE,
         gettext_noop("Trang có dấu hiệu độ mật: cách ly, chờ người có thẩm quyền kết luận.")),
    Kind("row.no-dossier", BLOCKS, ROW, gettext_noop("Dòng %(row)s không có số hồ sơ.")),
    Kind("row.no-file", BLOCKS, ROW,
         gettext_noop("Dòng %(row)s: không có tệp “%(file)s” trong thư mục.")),
    Kind("row.no-path", ASKS, ROW, gettext_noop("Dòng %(row)s không ghi tên tệp."), "e"),
    Kind("row.file-guessed", REPAIRS, ROW,
         gettext_noop("Dòng %(row)s ghi “%(file)s”; ghép với tệp “%(found)s” (%(how)s)."), "u"),
    Kind("row.file-unsure", ASKS, ROW,
         gettext_noop("Dòng %(row)s ghi “%(file)s”; %(count)s tệp cùng khớp, chưa ghép."), "e"),
    Kind("row.file-shared", BLOCKS, ROW,
         gettext_noop("Dòng %(row)s và dòng %(other)s cùng trỏ đến tệp “%(file)s”.")),
    Kind("row.cover", NOTE, ROW,
         gettext_noop("Dòng %(row)s mô tả bìa hồ sơ “%(file)s” như một văn bản.")),
    Kind("file.no-row", ASKS, FILE,
         gettext_noop("Tệp “%(file)s” không có dòng nào trong bảng kê; đề xuất một dòng."), "p"),
    Kind("file.unplaced", BLOCKS, FILE,
         gettext_noop("Không biết tệp “%(file)s” thuộc hồ sơ nào.")),
    Kind("file.not-record", NOTE, FILE,
         gettext_noop("“%(file)s” không phải tài liệu (%(why)s); bỏ qua.")),
    Kind("file.cover", NOTE, FILE,
         gettext_noop("“%(file)s” là bìa hồ sơ; đi kèm, không tính là văn bản.")),
    Kind("file.empty", BLOCKS, FILE, gettext_noop("Tệp “%(file)s” rỗng (0 byte).")),
    Kind("file.damaged", BLOCKS, FILE, gettext_noop("Tệp “%(file)s” hỏng, không mở được.")),
    Kind("file.infected", BLOCKS, FILE,
         gettext_noop("Tệp “%(file)s” có mã độc nên không tiếp nhận.")),
    Kind("file.unscanned", BLOCKS, FILE,
         gettext_noop("Tệp “%(file)s” lớn quá giới hạn của máy quét mã độc, chưa quét được.")),
    Kind("file.encrypted", BLOCKS, FILE, gettext_noop("Tệp “%(file)s” có mật khẩu.")),
    Kind("file.extension", REPAIRS, FILE,
         gettext_noop("Tệp “%(file)s” có đuôi không đúng nội dung (%(kind)s)."), "u"),
    Kind("file.not-pdfa", ASKS, FILE,
         gettext_noop("Tệp “%(file)s” không khai là PDF/A; bản số hóa phải là PDF/A."), "c"),
    Kind("file.duplicate", ASKS, FILE,
         gettext_noop("Tệp “%(file)s” giống hệt “%(other)s” (cùng SHA-256)."), "k"),
    Kind("file.held", ASKS, FILE,
         gettext_noop("Nội dung tệp “%(file)s” đã có trong kho, là tài liệu %(value)s."), "k"),
    Kind("file.unidentified", ASKS, FILE,
         gettext_noop("Không nhận ra định dạng của tệp “%(file)s”."), "k"),
    Kind("file.repaired", NOTE, FILE,
         gettext_noop("Tệp “%(file)s” có lỗi cấu trúc nhưng vẫn mở được.")),
    Kind("file.active", NOTE, FILE,
         gettext_noop("Tệp “%(file)s” chứa nội dung chủ động hoặc tệp đính kèm.")),
    Kind("file.low-resolution", NOTE, FILE,
         gettext_noop("Tệp “%(file)s” quét dưới 200 dpi (TT05 Điều 8).")),
    Kind("file.no-text", NOTE, FILE,
         gettext_noop("Tệp “%(file)s” không có lớp chữ; không trích được gì.")),
    Kind("name.codes", REPAIRS, BATCH,
         gettext_noop("%(files)s tên tệp cho biết %(label)s “%(value)s”; bảng kê không có."), "u"),
    Kind("name.varies", ASKS, BATCH,
         gettext_noop("Tên tệp nêu nhiều %(label)s khác nhau: %(values)s."), "b"),
    Kind("name.ambiguous", ASKS, BATCH,
         gettext_noop("%(files)s tên tệp cho thấy %(label)s có thể là “%(value)s”; "
                      "cũng có thể đọc: %(values)s."), "b"),
    Kind("name.contradiction", ASKS, ROW,
         gettext_noop("Dòng %(row)s: %(label)s là “%(value)s” nhưng tên tệp nói "
                      "“%(named)s”."), "e"),
    Kind("field.missing", ASKS, DOCUMENT, gettext_noop("Thiếu %(label)s (bắt buộc)."), "e"),
    Kind("field.type.mapped", REPAIRS, DOCUMENT,
         gettext_noop("Tên loại “%(value)s” được hiểu là %(proposal)s."), "u"),
    Kind("field.type.unknown", ASKS, DOCUMENT,
         gettext_noop("Tên loại “%(value)s” không có trong 32 loại; đề xuất %(proposal)s."), "p"),
    Kind("field.coded", REPAIRS, BATCH,
         gettext_noop("%(label)s “%(value)s” được ghi bằng mã %(proposal)s (%(count)s chỗ)."), "u"),
    Kind("field.not-coded", ASKS, DOCUMENT,
         gettext_noop("%(label)s “%(value)s” không có trong danh mục mã."), "e"),
    Kind("field.number.odd", ASKS, DOCUMENT,
         gettext_noop("Số văn bản “%(value)s” không phải một con số."), "e"),
    Kind("field.count.odd", ASKS, DOCUMENT,
         gettext_noop("%(label)s “%(value)s” không phải một số lượng."), "e"),
    Kind("field.notation.normalised", REPAIRS, DOCUMENT,
         gettext_noop("Ký hiệu “%(value)s” viết lại theo thể thức: “%(proposal)s”."), "u"),
    Kind("field.box.normalised", REPAIRS, DOSSIER,
         gettext_noop("%(label)s “%(value)s” hiểu là “%(proposal)s”."), "u"),
    Kind("field.too-long", ASKS, DOCUMENT,
         gettext_noop("%(label)s dài %(length)s ký tự, TT05 cho tối đa %(limit)s."), "e"),
    Kind("field.check", ASKS, DOCUMENT, gettext_noop("%(message)s"), "e"),
    Kind("field.pages.differ", ASKS, DOCUMENT,
         gettext_noop("Bảng kê ghi %(value)s trang, tệp có %(proposal)s trang."), "p"),
    Kind("date.impossible", ASKS, DOCUMENT,
         gettext_noop("%(label)s “%(value)s” không phải ngày có thật."), "e"),
    Kind("date.partial", NOTE, DOCUMENT,
         gettext_noop("%(label)s chỉ biết đến “%(value)s”.")),
    Kind("date.order", ASKS, DOSSIER,
         gettext_noop("Hồ sơ kết thúc (%(end)s) trước khi bắt đầu (%(start)s)."), "e"),
    Kind("date.outside-dossier", ASKS, DOCUMENT,
         gettext_noop("Ngày văn bản %(value)s nằm ngoài thời gian hồ sơ (%(start)s – %(end)s)."),
         "e"),
    Kind("dossier.contradiction", ASKS, DOSSIER,
         gettext_noop("Các dòng của hồ sơ %(dossier)s ghi %(label)s khác nhau: %(values)s."), "b"),
    Kind("dossier.count.declared", NOTE, DOSSIER,
         gettext_noop("Hồ sơ %(dossier)s khai %(declared)s tài liệu; bảng kê có %(rows)s dòng, "
                      "thư mục có %(files)s tệp.")),
    Kind("dossier.sheets.declared", NOTE, DOSSIER,
         gettext_noop("Hồ sơ %(dossier)s khai %(declared)s tờ; các tệp có mặt đếm được "
                      "%(pages)s trang.")),
    Kind("dossier.ordinal.gap", NOTE, DOSSIER,
         gettext_noop("Hồ sơ %(dossier)s thiếu số thứ tự %(gaps)s.")),
    Kind("dossier.ordinal.duplicate", ASKS, DOSSIER,
         gettext_noop("Hồ sơ %(dossier)s có nhiều văn bản cùng số thứ tự %(ordinal)s."), "e"),
    Kind("dossier.name-year", NOTE, DOSSIER,
         gettext_noop("Tên tệp ghi năm %(named)s; tài liệu của hồ sơ %(dossier)s bắt đầu năm "
                      "%(value)s.")),
    Kind("dossier.code-retired", ASKS, DOSSIER,
         gettext_noop("Mã cơ quan %(agency)s của hồ sơ %(dossier)s đã thôi dùng sau ngày %(day)s "
                      "(%(decision)s); hồ sơ bắt đầu %(value)s."), "e"),
    Kind("dossier.no-file", BLOCKS, DOSSIER,
         gettext_noop("Không có tệp nào của hồ sơ %(dossier)s; cả hồ sơ ở lại danh sách việc.")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repair:
    """A proposed change: put `value` in `field` of the finding's target.

    `basis` says where it comes from: counted, derived, asked, extracted, default, name; `snippet`
    is the text it was read from, `confidence` 0 to 1.
    """

    field: str
    value: str
    basis: str
    confidence: float = 1.0
    snippet: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: kind code, target it is about, cell or file where it stands, and repairs.

    `target` is `batch`, `column:AH`, `dossier:<key>`, `row:<number>` or `file:<path>`. `severity`
    is the kind's, unless the case is lighter or graver. More than one repair stands only in a
    proposed row (`file.no-row`), one for each field.
    """

    code: str
    target: str
    place: str
    severity: str
    level: str
    field: str = ""
    value: str = ""
    params: Mapping[str, object] = made(default_factory=dict)
    repairs: tuple[Repair, ...] = ()

    @property
    def id(self) -> str:
        """A name that stays the same when the same dry run is made again."""
        return "|".join((self.code, self.target, self.field))

    @property
    def kind(self) -> Kind:
        """The catalogue entry; `field.missing.mode` belongs to `field.missing`."""
        return KINDS["field.missing" if self.code.startswith("field.missing.") else self.code]

    def text(self) -> str:
        """The finding in Vietnamese; a screen translates `kind.words` itself."""
        return self.kind.words % self.params


def found(
    code: str,
    target: str,
    place: str = "",
    *,
    field: str = "",
    value: str = "",
    repairs: tuple[Repair, ...] = (),
    severity: str | None = None,
    level: str | None = None,
    **params: object,
) -> Finding:
    """A finding of kind `code`, with the kind's severity and level unless given here."""
    kind = KINDS["field.missing" if code.startswith("field.missing.") else code]
    if value:
        params.setdefault("value", value)
    return Finding(
        code,
        target,
        place,
        severity or kind.severity,
        level or kind.level,
        field,
        value,
        params,
        repairs,
    )
