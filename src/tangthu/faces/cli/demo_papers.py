"""The invented papers of the demonstration: official documents of 2024 as PDF/A with a text layer.

Everything here is made up. Layout follows NĐ30/2020 in outline only: the generator of real forms is
a step of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typst
import xlsxwriter


@dataclass(frozen=True, slots=True)
class Paper:
    """One invented document."""

    kind: str
    abbreviation: str
    number: int
    day: int
    month: int
    subject: str
    paragraphs: tuple[str, ...]

    @property
    def code(self) -> str:
        """Số, ký hiệu as it is written on the paper."""
        group = f"{self.abbreviation}-UBND" if self.abbreviation else "UBND-VP"
        return f"{self.number:02d}/{group}"


AGENCY = "ỦY BAN NHÂN DÂN"
PLACE = "XÃ SEN HỒNG"
YEAR = 2024

PAPERS = (
    Paper("Quyết định", "QĐ", 1, 4, 1, "Về việc ban hành Quy chế làm việc của Ủy ban nhân dân xã "
          "Sen Hồng", ("Điều 1. Ban hành kèm theo Quyết định này Quy chế làm việc của Ủy ban nhân "
          "dân xã.", "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.")),
    Paper("Kế hoạch", "KH", 3, 15, 1, "Tổ chức Tết trồng cây năm 2024", ("Mỗi thôn trồng ít nhất "
          "một trăm cây bóng mát dọc đường liên thôn và quanh trường học.",)),
    Paper("Báo cáo", "BC", 7, 29, 1, "Kết quả tiếp công dân và giải quyết đơn thư tháng 01 năm "
          "2024", ("Trong tháng, xã tiếp nhận mười hai lượt công dân; các kiến nghị về đường thoát "
          "nước thôn Đông đã được trả lời bằng văn bản.",)),
    Paper("Tờ trình", "TTr", 12, 20, 2, "Về việc xin kinh phí sửa chữa mái nhà văn hóa thôn Thượng",
          ("Mái nhà văn hóa bị dột sau cơn bão; dự toán sửa chữa là bốn mươi lăm triệu đồng.",)),
    Paper("Công văn", "", 21, 1, 3, "V/v phối hợp kiểm tra an toàn thực phẩm tại chợ Sen",
          ("Đề nghị Trạm y tế và Ban quản lý chợ cử người tham gia đoàn kiểm tra.",)),
    Paper("Thông báo", "TB", 25, 8, 3, "Lịch tiêm vắc xin cho trẻ em quý I năm 2024", ("Trạm y tế "
          "tổ chức tiêm vào các ngày 12 và 26 tháng 3 năm 2024.",)),
    Paper("Biên bản", "BB", 28, 19, 3, "Họp bàn giao mốc giới đất công ích thôn Hạ", ("Các bên "
          "thống nhất vị trí mười bốn mốc giới theo bản đồ kèm theo.",)),
    Paper("Hướng dẫn", "HD", 33, 2, 4, "Lập hồ sơ và nộp lưu hồ sơ vào lưu trữ hiện hành",
          ("Mỗi công chức lập hồ sơ công việc theo Danh mục hồ sơ đã được ban hành.",)),
    Paper("Quyết định", "QĐ", 40, 24, 4, "Về việc thành lập Ban chỉ huy phòng, chống thiên tai xã",
          ("Ban chỉ huy gồm mười một thành viên, do Chủ tịch xã làm Trưởng ban.",)),
    Paper("Giấy mời", "GM", 44, 10, 5, "Dự hội nghị tổng kết phong trào thi đua", ("Thời gian: 8 "
          "giờ 00 ngày 17 tháng 5 năm 2024, tại hội trường xã.",)),
    Paper("Kế hoạch", "KH", 52, 3, 6, "Phòng, chống ngộ độc thực phẩm mùa hè năm 2024", ("Kiểm tra "
          "các bếp ăn tập thể và cơ sở kinh doanh thức ăn đường phố.",)),
    Paper("Báo cáo", "BC", 60, 28, 6, "Tình hình kinh tế – xã hội 6 tháng đầu năm 2024", ("Thu "
          "ngân sách đạt 56 % dự toán; ba thôn được công nhận thôn văn hóa.",)),
)  # fmt: skip

_TEMPLATE = """
#set page(paper: "a4", margin: (top: 2cm, bottom: 2cm, left: 3cm, right: 1.5cm))
#set text(size: 13pt, lang: "vi")
#set document(title: {title}, date: datetime(year: {year}, month: {number}, day: {day}))
#grid(columns: (2fr, 3fr), align: center,
  [{agency}\\ *{place}*], [*CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM*\\ *Độc lập - Tự do - Hạnh phúc*])
#v(4pt)
#grid(columns: (2fr, 3fr), align: center,
  [Số: {code}], [_Sen Hồng, ngày {day:02d} tháng {month} năm {year}_])
#v(12pt)
#align(center)[{head}]
#v(8pt)
#set par(justify: true, first-line-indent: 1cm)
{body}
#v(24pt)
#grid(columns: (1fr, 1fr), align: (left, center),
  text(size: 11pt)[*_Nơi nhận:_*\\ - Như trên;\\ - Lưu: VT.],
  [*TM. ỦY BAN NHÂN DÂN*\\ *CHỦ TỊCH*\\ #v(48pt) *Nguyễn Văn Sen*])
"""


def pdf_of(paper: Paper) -> bytes:
    """The paper as PDF/A-2b, made with fonts that the typesetter brings along."""
    if paper.abbreviation:
        head = f"*{paper.kind.upper()}*\\\n*{paper.subject}*"
    else:
        head = f"{paper.subject}\\\n#v(6pt)\nKính gửi: Trạm y tế xã Sen Hồng"
    month = f"{paper.month:02d}" if paper.month < 3 else str(paper.month)
    source = _TEMPLATE.format(
        title=f'"{paper.subject}"',
        agency=AGENCY,
        place=PLACE,
        code=paper.code,
        day=paper.day,
        month=month,
        number=paper.month,
        year=YEAR,
        head=head,
        body="\n\n".join(paper.paragraphs),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.typ"
        path.write_text(source, encoding="utf-8")
        made = typst.compile(str(path), pdf_standards=["a-2b"], ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return made


def file_name(prefix: str, ordinal: int) -> str:
    """Name of a scanned document by AR-50: the dossier's code and the ordinal."""
    return f"{prefix}.{ordinal:03d}.pdf"


HEADINGS = (
    "STT", "Phông", "Mục lục", "Hộp số", "Số và ký hiệu hồ sơ", "Tiêu đề hồ sơ",
    "Thời hạn bảo quản", "Chế độ sử dụng", "Ngôn ngữ", "Ngày bắt đầu", "Tháng bắt đầu",
    "Năm bắt đầu", "Ngày kết thúc", "Tháng kết thúc", "Năm kết thúc",
    "Tổng số văn bản trong hồ sơ", "Số lượng tờ",
    "Số thứ tự văn bản trong hồ sơ", "Tên loại văn bản", "Số của văn bản",
    "Ký hiệu của văn bản", "Ngày văn bản", "Tháng văn bản", "Năm văn bản",
    "Tên cơ quan, tổ chức ban hành văn bản", "Trích yếu nội dung", "Đường dẫn file",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaperDossier:
    """A dossier of the demonstration: its number, title, papers, and what the index leaves out."""

    number: str
    title: str
    papers: tuple[Paper, ...]
    declared: int
    rows_left_out: int = 0

    def prefix(self, archive_code: str, body_code: str) -> str:
        """Code of the dossier as its file names bear it."""
        return f"{archive_code}.{body_code}.{YEAR}.{self.number}"


def write_batch(
    folder: Path, dossiers: tuple[PaperDossier, ...], *, archive_code: str, body_code: str
) -> Path:
    """Write the papers and their index into `folder`; returns the index."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(_rows(folder, dossiers, archive_code, body_code))
    index = folder / "bang-ke.xlsx"
    with xlsxwriter.Workbook(str(index)) as book:
        sheet = book.add_worksheet("Bảng kê")
        sheet.write_row(0, 0, HEADINGS)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [number, *row])
    return index


def _rows(
    folder: Path, dossiers: tuple[PaperDossier, ...], archive_code: str, body_code: str
) -> Iterator[list[str | int]]:
    for dossier in dossiers:
        prefix = dossier.prefix(archive_code, body_code)
        first, last = dossier.papers[0], dossier.papers[-1]
        for ordinal, paper in enumerate(dossier.papers, start=1):
            name = file_name(prefix, ordinal)
            (folder / name).write_bytes(pdf_of(paper))
            if ordinal > len(dossier.papers) - dossier.rows_left_out:
                continue
            yield [
                "Ủy ban nhân dân xã Sen Hồng", "01", "01", dossier.number, dossier.title,
                "Vĩnh viễn", "Công khai", "Tiếng Việt", first.day, first.month, YEAR, last.day,
                last.month, YEAR, dossier.declared, len(dossier.papers),
                ordinal, paper.kind, f"{paper.number:02d}", paper.code.partition("/")[2],
                paper.day, paper.month, YEAR, "Ủy ban nhân dân xã Sen Hồng",
                paper.subject, f"\\hop01\\hs{dossier.number}\\{name}",
            ]  # fmt: skip
