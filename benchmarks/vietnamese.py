"""Made descriptions and page texts in the words of Vietnamese offices, the same for a seed.

Common words are as common, and rare words as rare, as in such papers: clauses of the office, with
names, places and things in them, and a long tail of compounds by Zipf's law. Every part of it was
made here; nobody real is named.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

from tangthu.standards.vietnamese import normalise_tone

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương")
MIDDLE = ("Văn", "Thị", "Hữu", "Đức", "Minh", "Ngọc", "Thanh", "Quang", "Xuân", "Kim", "Thúy", "")
GIVEN = (
    "Hòa", "Bình", "Cúc", "Dũng", "Lan", "Nga", "Quang", "Thủy", "Khuê", "Nghĩa", "Phượng", "Toản",
    "Ước", "Yến", "Đạt", "Giang", "Hằng", "Khoa", "Loan", "Mận", "Nhâm", "Oanh", "Sửu", "Tuyết",
)  # fmt: skip
PLACES = (
    "thị xã Ngã Bảy", "huyện Châu Thành", "huyện Long Mỹ", "xã Hòa An", "phường Lái Hiếu",
    "xã Đông Phước", "thành phố Vị Thanh", "xã Tân Bình", "thị trấn Cây Dương", "xã Thạnh Hòa",
    "huyện Phụng Hiệp", "xã Vị Thủy", "xã Hiệp Lợi", "phường Hiệp Thành", "thị trấn Nàng Mau",
)  # fmt: skip
THINGS = (
    "tài sản cố định", "trang thiết bị văn phòng", "xe mô tô", "máy vi tính", "nhà làm việc",
    "hóa chất xét nghiệm", "mẫu thực phẩm", "giấy chứng nhận", "chế độ công tác phí", "nhà trọ",
    "thuốc bảo vệ thực vật", "kinh phí chương trình mục tiêu", "hồ sơ cán bộ", "biên chế sự nghiệp",
    "quyền sử dụng đất", "công trình cấp nước", "vắc xin", "đường giao thông nông thôn", "cầu phao",
    "trường mầm non", "chợ trung tâm", "bếp ăn tập thể", "nước uống đóng chai", "rượu thủ công",
)  # fmt: skip
# Abbreviation, code of the type list and words of the types, by how common they are.
TYPES = (
    ("QĐ", "02", "Quyết định", 30), ("", "22", "Công văn", 26), ("BC", "14", "Báo cáo", 14),
    ("TTr", "15", "Tờ trình", 10), ("KH", "10", "Kế hoạch", 8), ("TB", "07", "Thông báo", 6),
    ("BB", "20", "Biên bản", 4), ("HĐ", "21", "Hợp đồng", 2),
)  # fmt: skip
MATTERS = (
    "Về việc phê duyệt {vat} tại {noi}", "Về việc ban hành Quy chế quản lý {vat}",
    "Về việc xin cấp bổ sung {vat} năm {nam}", "Về việc thanh lý {vat}, lần {so}",
    "Về việc bổ nhiệm ông {ten} giữ chức vụ Phó Trưởng phòng", "Về việc nâng lương bà {ten}",
    "Về việc cử ông {ten} đi học lớp {la}", "kết quả kiểm tra {vat} quý {quy} năm {nam}",
    "tổng kết công tác năm {nam} và phương hướng năm tới của {noi}",
    "Về việc thành lập đoàn kiểm tra liên ngành {vat}", "triển khai tháng hành động vì {la}",
    "Về việc mua sắm {vat} phục vụ chương trình {la}", "tập huấn nghiệp vụ {la} cho {noi}",
    "Về việc giải quyết đơn của bà {ten}, ngụ tại {noi}", "quyết toán {vat} năm {nam}",
    "Về việc công nhận danh hiệu chiến sĩ thi đua cho ông {ten}",
    "Về việc thu hồi {vat} tại {noi} để xây dựng {la}", "Về việc phối hợp tuyên truyền {la}",
)  # fmt: skip
CLAUSES = (
    "Căn cứ Quyết định số {so}/QĐ-UBND ngày {ngay} của Ủy ban nhân dân tỉnh về việc thành lập",
    "Xét đề nghị của Trưởng phòng Tổ chức - Hành chính tại Tờ trình số {so}/TTr-CC",
    "Các ông, bà Trưởng phòng và {ten} chịu trách nhiệm thi hành Quyết định này kể từ ngày ký",
    "Điều {quy}. Giao {ten} phối hợp với {noi} tổ chức thực hiện và báo cáo kết quả",
    "trong những năm qua công tác {la} trên địa bàn {noi} đã đạt được nhiều kết quả",
    "tổng kinh phí thực hiện là {so}.000.000 đồng, trích từ nguồn ngân sách năm {nam}",
    "Kính gửi: Sở Tài chính, Sở Nội vụ, Ủy ban nhân dân {noi}",
    "Đề nghị các đơn vị nghiêm túc triển khai, định kỳ báo cáo trước ngày {ngay}",
    "bà {ten} sinh năm {nam}, trình độ chuyên môn đại học, hiện công tác tại {noi}",
    "qua kiểm tra {so} cơ sở sản xuất, kinh doanh {vat} phát hiện {quy} cơ sở vi phạm",
    "Nơi nhận: như trên; lưu: văn thư, {la}", "Hội đồng thanh lý gồm {ten}, {ten} và đại diện",
    "số lượng {so}, đơn vị tính cái, nguyên giá {so}.500.000 đồng, giá trị còn lại",
    "biên bản được lập thành hai bản có giá trị như nhau, mỗi bên giữ một bản",
    "tiếp tục nâng cao nhận thức của người dân về {la} và {la}",
    "hộ ông {ten} có {so} mét vuông đất trồng {la} thuộc thửa số {so} tại {noi}",
    "cộng hòa xã hội chủ nghĩa Việt Nam, độc lập, tự do, hạnh phúc, {noi}, ngày {ngay}",
    "thực hiện theo Thông tư số {so}/{nam}/TT-BTC của Bộ Tài chính hướng dẫn {vat}",
    "Danh sách học viên: {ten}, {ten}, {ten}, {ten}", "chương trình {la} giai đoạn {nam}",
)  # fmt: skip
SECTIONS = ("VTH", "TCHC", "NV")
ISSUERS = (
    "Chi cục An toàn vệ sinh thực phẩm", "Sở Y tế", "Ủy ban nhân dân tỉnh", "Sở Tài chính",
    "Sở Nội vụ", "Trung tâm Y tế dự phòng", "Ủy ban nhân dân huyện Long Mỹ", "Sở Xây dựng",
)  # fmt: skip
_ONSETS = "b c ch d đ g gi h kh l m n ng nh p ph qu r s t th tr v x"
_RIMES = "a ai an ang anh ao ăm ăn âu ây e en êm i in inh o oa on ông ôi ơ ơn u ung ươi ương"
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")


@dataclass(frozen=True, slots=True)
class Paper:
    """What is made for one document."""

    number: str
    symbol: str
    record_type: str
    type_text: str
    subject: str
    issuer: str
    issued_on: str
    text: str


def _compounds(count: int) -> list[str]:
    """Compounds of two syllables, the same on each run."""
    dice = random.Random("compounds")
    syllables = []
    for onset, rime, tone in itertools.product(_ONSETS.split(), _RIMES.split(), _TONES):
        syllables.append(normalise_tone(onset + rime[:1] + tone + rime[1:]))
    return [" ".join(dice.sample(syllables, 2)) for _ in range(count)]


class Writer:
    """Makes papers; two writers of one seed make the same."""

    compounds = _compounds(40_000)
    _weights = tuple(itertools.accumulate(1 / (rank + 8) for rank in range(len(compounds))))
    _type_weights = tuple(itertools.accumulate(weight for *_, weight in TYPES))

    def __init__(self, seed: str) -> None:
        self.dice = random.Random(seed)

    def person(self) -> str:
        """A name of a person."""
        pick = self.dice.choice
        return " ".join(filter(None, (pick(FAMILY), pick(MIDDLE), pick(GIVEN))))

    def day(self) -> str:
        """An ISO day; later years are fuller."""
        year = 1976 + int(45 * self.dice.random() ** 0.5)
        return f"{year}-{self.dice.randint(1, 12):02d}-{self.dice.randint(1, 28):02d}"

    def compound(self) -> str:
        """A compound of the tail: few of them often, most of them seldom."""
        return self.dice.choices(self.compounds, cum_weights=self._weights)[0]

    def filled(self, clause: str) -> str:
        """`clause` with its places filled."""
        dice, out = self.dice, []
        for part in clause.split("{"):
            slot, closed, rest = part.partition("}")
            if not closed:
                out.append(part)
                continue
            year, month, day = self.day().split("-") if slot in {"nam", "ngay"} else ("", "", "")
            out.append(
                self.person() if slot == "ten"
                else self.compound() if slot == "la"
                else dice.choice(PLACES) if slot == "noi"
                else dice.choice(THINGS) if slot == "vat"
                else str(dice.randint(1, 4)) if slot == "quy"
                else year if slot == "nam"
                else f"{day}/{month}/{year}" if slot == "ngay"
                else str(dice.randint(5, 1500))
            )  # fmt: skip
            out.append(rest)
        return "".join(out)

    def paper(self) -> Paper:
        """One document: its description, and the words of its pages (none of one in eight)."""
        dice = self.dice
        short, code, name, _ = dice.choices(TYPES, cum_weights=self._type_weights)[0]
        office = dice.choice(("UBND", "CCATVSTP", "SYT", "CC", "STC", "VP", "SNV"))
        clauses = int(8 * dice.lognormvariate(0, 0.7)) if dice.random() > 0.125 else 0
        return Paper(
            number=str(dice.randint(1, 2500)),
            symbol=f"{short}-{office}" if short else f"{office}-{dice.choice(SECTIONS)}",
            record_type=code,
            type_text=name,
            subject=f"{name} {self.filled(dice.choice(MATTERS))}",
            issuer=dice.choice(ISSUERS),
            issued_on=self.day(),
            text=". ".join(self.filled(dice.choice(CLAUSES)) for _ in range(clauses)),
        )
