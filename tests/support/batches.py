"""Small digitisation batches, made here: an index with known headings and files with text."""

from __future__ import annotations

import csv
import io
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pikepdf

from tests.support.records import small_pdf

if TYPE_CHECKING:
    from tangthu.archive.models import Batch
    from tangthu.kernel.models import Job
    from tests.support.house import TestHouse

HEADINGS = (
    "Hộp số", "Hồ sơ số", "Tiêu đề hồ sơ", "Thời hạn bảo quản", "Chế độ sử dụng hồ sơ",
    "Ngày bắt đầu",
    "Tháng bắt đầu", "Năm bắt đầu", "Ngày kết thúc", "Tháng kết thúc", "Năm kết thúc",
    "Tình trạng vật lý", "Ngôn ngữ hồ sơ", "Tổng số tài liệu trong hồ sơ", "Số lượng tờ",
    "Số thứ tự văn bản trong hồ sơ", "Tên loại văn bản", "Số của văn bản", "Ký hiệu của văn bản",
    "Ngày văn bản", "Tháng văn bản", "Năm văn bản", "Tên cơ quan ban hành", "Trích yếu nội dung",
    "Ngôn ngữ văn bản", "Số lượng trang của văn bản", "Độ mật văn bản", "Đường dẫn file", "Màu mực",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """One row of the index and its file; `changes` replaces cells by their heading."""

    dossier: str = "01"
    ordinal: int = 1
    subject: str = "Về việc phân công trực"
    file: str = ""
    lines: Sequence[str] = ()
    pdf: bytes = b""
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's relative path."""
        return self.file or f"hs{self.dossier}/vb{self.ordinal:03d}.pdf"

    def row(self) -> list[Any]:
        """The cells of the index."""
        cells: dict[str, Any] = {
            "Hộp số": "01",
            "Hồ sơ số": self.dossier,
            "Tiêu đề hồ sơ": f"Hồ sơ thử số {self.dossier}",
            "Thời hạn bảo quản": "Vĩnh viễn",
            "Chế độ sử dụng hồ sơ": "Công khai",
            "Ngày bắt đầu": 1, "Tháng bắt đầu": 1, "Năm bắt đầu": 2010,
            "Ngày kết thúc": 31, "Tháng kết thúc": 12, "Năm kết thúc": 2010,
            "Tổng số tài liệu trong hồ sơ": "", "Số lượng tờ": 9,
            "Tình trạng vật lý": "Bình thường",
            "Ngôn ngữ hồ sơ": "Tiếng Việt", "Ngôn ngữ văn bản": "Tiếng Việt",
            "Số thứ tự văn bản trong hồ sơ": self.ordinal,
            "Tên loại văn bản": "Quyết định",
            "Số của văn bản": f"{self.ordinal:02d}", "Ký hiệu của văn bản": "QĐ-UBND",
            "Ngày văn bản": 4, "Tháng văn bản": 2, "Năm văn bản": 2010,
            "Tên cơ quan ban hành": "Ủy ban nhân dân xã Thử",
            "Trích yếu nội dung": self.subject,
            "Số lượng trang của văn bản": 1, "Độ mật văn bản": "",
            "Đường dẫn file": self.name.replace("/", "\\"),
            "Màu mực": "xanh",
        }  # fmt: skip
        cells.update(self.changes)
        return [cells[name] for name in HEADINGS]


def papers(count: int, dossier: str = "01") -> list[Paper]:
    """`count` rows of one dossier."""
    return [
        Paper(dossier, n, f"Về việc thứ {n}", lines=[f"Van ban {dossier} so {n}"])
        for n in range(1, count + 1)
    ]


def archival_pdf(lines: Sequence[str], pages: int = 1) -> bytes:
    """A PDF with some ASCII lines on each page that says of itself that it is PDF/A-2b."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(small_pdf(lines, pages))) as document:
        with document.open_metadata(set_pikepdf_as_editor=False) as about:
            about["pdfaid:part"], about["pdfaid:conformance"] = "2", "B"
        document.save(out, deterministic_id=True)
    return out.getvalue()


def marked_pdf(text: str, stamp: str = "") -> bytes:
    """A PDF whose page says `text` in bytes that can be searched for, below a stamp of secrecy."""
    document = pikepdf.open(io.BytesIO(small_pdf([text])))
    mark = f"BT /F1 14 Tf 120 800 Td ({stamp}) Tj ET ".encode("ascii")
    document.pages[0].Contents = document.make_stream(
        mark + document.pages[0].Contents.read_bytes()
    )
    out = io.BytesIO()
    document.save(out, deterministic_id=True, compress_streams=False)
    return out.getvalue()


def write(
    folder: Path,
    rows: Sequence[Paper],
    without_row: Sequence[Paper] = (),
    *,
    ending: str = ".xlsx",
) -> Path:
    """Write index and files under `folder`; returns the index, which lies beside `folder/tep`."""
    for paper in (*rows, *without_row):
        path = folder / "tep" / paper.name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = paper.lines or [f"Trang {paper.name}"]
        path.write_bytes(paper.pdf or archival_pdf(text))
    if ending == ".csv":
        index = folder / "bang-ke.csv"
        with index.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows([HEADINGS, *(paper.row() for paper in rows)])
        return index
    book = openpyxl.Workbook()
    book.active.append(list(HEADINGS))
    for paper in rows:
        book.active.append(paper.row())
    index = folder / "bang-ke.xlsx"
    book.save(index)
    return index


def open_on(
    house: TestHouse,
    folder: Path,
    index: Path,
    *,
    who: str = "cuc",
    body: str = "H30.81",
    answers: Mapping[str, str] | None = None,
    upload: bool = False,
    packed: bool = False,
    name: str = "Đợt thử",
    queued: bool = False,
) -> tuple[Batch, Job]:
    """Open a batch on a folder of the server, or as if it had been uploaded; nothing runs yet.

    `upload`: the files are ours; `packed`: they came as a zip, which is not compressed.
    """
    import shutil

    from tangthu.archive.actions.open_batch import open_batch, uploads_of
    from tangthu.archive.models import Fonds
    from tangthu.archive.unpacking import PACKED
    from tests.support.records import open_a_fonds

    acting, owner = house.acting(who), house.body(body)
    fonds = Fonds.objects.filter(body=owner, code="G01").first() or open_a_fonds(acting, owner)
    batch_id = uuid.uuid4()
    if upload or packed:
        ours = uploads_of(batch_id)
        ours.mkdir(parents=True)
        if packed:
            zipped(folder, ours / PACKED)
        else:
            shutil.copytree(folder, ours / "tep")
        folder = ours / "tep"
    return open_batch(
        acting, fonds, batch_id=batch_id, name=name, index=index, folder=folder,
        owns_folder=upload or packed, answers=answers or {}, queued=queued,
    )  # fmt: skip


def zipped(folder: Path, path: Path) -> None:
    """Pack a folder into a zip without compression."""
    with zipfile.ZipFile(path, "w") as out:
        for one in sorted(folder.rglob("*")):
            if one.is_file():
                out.write(one, one.relative_to(folder).as_posix())


def check(batch: Batch, job: Job) -> Job:
    """Run the check here and see to it that it ended well."""
    from tangthu.kernel.jobs import execute

    done = execute(job.id)
    assert done.state == "done", (done.message, done.hint)
    batch.refresh_from_db()
    return done


def checked(house: TestHouse, root: Path, rows: Sequence[Paper], **how: Any) -> Batch:
    """A batch of `rows`, written under `root`, opened and checked."""
    without_row = how.pop("without_row", ())
    index = write(root, rows, without_row)
    batch, job = open_on(house, root / "tep", index, **how)
    check(batch, job)
    return batch


def accept(house: TestHouse, batch: Batch, how: str = "complete", who: str = "cuc") -> Job:
    """Take what is ready, here; returns the job as it ended."""
    from tangthu.archive.actions.accept_batch import queue_acceptance
    from tangthu.kernel.jobs import execute

    done = execute(queue_acceptance(house.acting(who), batch.id, how, queued=False).id)
    batch.refresh_from_db()
    return done


def stamped_pdf(stamp: str = "MẬT") -> bytes:
    """A page with a secrecy stamp alone in its upper part and a text layer that says so."""
    import typst

    source = f"""#set page(margin: (top: 2cm, left: 3cm, right: 2cm, bottom: 2cm))
#set text(size: 13pt)
#grid(columns: (1fr, 1fr), align: center, [ỦY BAN NHÂN DÂN], [CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM])
#v(0.6cm)
#grid(columns: (1fr, 1fr), align: center, [{stamp}], [])
#v(4cm)
Nội dung giả định để thử.
"""
    return typst.compile(source.encode(), format="pdf", pdf_standards="a-2b")
