"""Exports of lists: every format, rights row by row, kills, expiry, and what nobody may take."""

from __future__ import annotations

import html
import json
import re
import sys
import uuid
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl
import pypdfium2 as pdfium
import pytest

from tangthu.kernel import clock, jobs
from tangthu.kernel.errors import NotFoundForViewer, Refused
from tangthu.kernel.models import Job
from tangthu.ledger.history import history
from tangthu.records import leaving
from tangthu.records.models import Use
from tangthu.reports import files, sources
from tangthu.reports.actions.order_export import ExportStale, fetch_export, order_export
from tangthu.reports.models import Export
from tangthu.standards import durable
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import make_dossier

FORMATS = ("xlsx", "docx", "doc", "pdf")


def made(
    house: TestHouse, who: str = "cuc", *, source: str = "documents", format_: str = "docx",
    columns: Sequence[str] = (), **pairs: str,
) -> Export:  # fmt: skip
    """An export that was ordered and written."""
    export, job = order_export(
        house.acting(who), source=source, pairs=pairs, columns=columns, format_=format_,
        queued=False,
    )  # fmt: skip
    done = jobs.execute(job.id)
    assert done.state == Job.State.DONE, f"{done.message} {done.hint}"
    export.refresh_from_db()
    return export


def text_of(export: Export) -> str:
    """All that stands in the file, pages and headers included, in one text."""
    path = files.file_of(export)
    if export.format == "xlsx":
        page = openpyxl.load_workbook(path).active
        rows = [[str(cell) for cell in row if cell] for row in page.values]
        return "\n".join("\t".join(row) for row in rows) + page.oddHeader.left.text
    if export.format == "docx":
        with zipfile.ZipFile(path) as book:
            parts = [book.read(name).decode() for name in book.namelist() if "word/" in name]
        return re.sub(r"<[^>]+>", " ", "\n".join(parts))
    if export.format == "doc":
        plain = path.read_bytes().decode("ascii")
        return re.sub(r"\\u(-?\d+)\?", lambda one: chr(int(one[1]) % 65536), plain)
    document = pdfium.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.req("RM-661", "AR-27")
@pytest.mark.parametrize("format_", FORMATS)
def test_what_was_searched_is_exported_in_the_chosen_columns_and_marked(
    cast: TestHouse, format_: str
) -> None:
    make_dossier(
        cast, documents=[{"subject": "Kế hoạch tập huấn", "keywords": "từ khóa riêng"}, {}]
    )
    export = made(
        cast, source="search", format_=format_, q="tập huấn", columns=["title", "keywords", "date"]
    )
    told = " ".join(text_of(export).replace("\u200b", "").split())
    for words in (
        "Kế hoạch tập huấn", "từ khóa riêng", "04/02/2010", "trích yếu", "Từ khóa", "STT",
        "Từ cần tìm", "tập huấn", export.serial, "Nguyễn Thị Cúc", "Chi cục ATVSTP",
        "Danh sách này có 1 dòng.",
    ):  # fmt: skip
        assert words in told, words
    assert "thanh lý" not in told
    assert "Trạng thái" not in told
    assert export.rows == 1


@pytest.mark.req("RM-661")
def test_a_list_as_made_is_taken_out_without_the_state_unless_it_was_chosen(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast, documents=[{}])
    page = sign_in("cuc").get("/ho-so/").content.decode()
    assert "Trạng thái" in page
    assert "Thời hạn lưu trữ" in page
    address = html.unescape(page.split('href="/xuat/moi/')[1].split('"')[0])
    assert "cot=" not in address
    asked = sign_in("cuc").get("/xuat/moi/" + address).content.decode()
    assert 'value="retention" checked' in " ".join(re.sub(r' id="[^"]*"', "", asked).split())
    assert not re.search(r'value="state"[^>]*checked', asked)
    chosen = sign_in("cuc").get("/ho-so/?cot=title,state").content.decode()
    assert "cot=title%2Cstate" in chosen
    told = " ".join(text_of(made(cast, columns=["title", "state"])).split())
    assert "Trạng thái" in told


@pytest.mark.req("AR-27")
def test_every_page_of_a_pdf_bears_the_mark(cast: TestHouse) -> None:
    make_dossier(cast, documents=[{"subject": f"Việc số {n} " * 30} for n in range(60)])
    export = made(cast, format_="pdf")
    pages = [page.get_textpage().get_text_range() for page in
             pdfium.PdfDocument(files.file_of(export))]  # fmt: skip
    assert len(pages) > 3
    assert all(export.serial in page and "Nguyễn Thị Cúc" in page for page in pages)
    assert [re.findall(r"Trang (\d+)", page)[-1] for page in pages] == [
        str(number) for number in range(1, len(pages) + 1)
    ]


@pytest.mark.req("RM-661", "AR-27")
def test_rows_stand_in_the_order_that_was_chosen(cast: TestHouse) -> None:
    make_dossier(
        cast, documents=[{"issued_on": f"20{year}-01-01", "subject": f"Năm {year}"}
                         for year in ("11", "09", "10")],
    )  # fmt: skip
    for sort, wanted in (("date", ["09", "10", "11"]), ("-date", ["11", "10", "09"])):
        told = text_of(made(cast, format_="docx", sort=sort))
        assert re.findall(r"Năm (\d\d)", told) == wanted


def test_more_rows_than_a_portion_come_out_once_each_and_in_order(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_dossier(cast, documents=[{"subject": f"Dòng {n:03d}"} for n in range(1, 48)])
    monkeypatch.setattr("tangthu.reports.sources.PORTION", 10)
    monkeypatch.setattr(sources.portions, "__kwdefaults__", {"size": 10})
    export = made(cast, format_="xlsx")
    told = re.findall(r"Dòng (\d{3})", text_of(export))
    assert told == [f"{n:03d}" for n in range(1, 48)]


def test_an_export_holds_only_what_its_owner_may_see(cast: TestHouse) -> None:
    make_dossier(cast, documents=[{"subject": "Ai cũng xem"}, {"subject": "Có điều kiện",
                                                              "access_level": "02"}])  # fmt: skip
    make_dossier(cast, "nga", number="09", documents=[{"subject": "Cơ quan khác"}])
    assert "Có điều kiện" in text_of(made(cast, "cuc"))
    told = text_of(made(cast, "hoa"))
    assert "Ai cũng xem" in told
    assert "Có điều kiện" not in told
    assert "Cơ quan khác" not in told


def test_what_counts_hidden_documents_is_left_out(cast: TestHouse) -> None:
    make_dossier(cast, documents=[{}, {"access_level": "02"}] * 3, declared=971)
    columns = ["record_count", "declared_record_count"]
    assert "971" in text_of(made(cast, "cuc", source="dossiers", columns=columns))
    assert "971" not in text_of(made(cast, "hoa", source="dossiers", columns=columns))


@pytest.mark.req("AR-129")
def test_what_is_withheld_leaves_neither_in_a_new_file_nor_in_an_old_one(cast: TestHouse) -> None:
    from tangthu.archive.actions.withhold_document import withhold_document

    one = make_dossier(cast, documents=[{"subject": "Chuyện kín"}, {"subject": "Chuyện thường"}])
    before = made(cast)
    assert fetch_export(cast.acting("cuc"), before.pk)
    withhold_document(cast.acting("cuc"), one.documents[0].pk)
    with pytest.raises(NotFoundForViewer):
        fetch_export(cast.acting("cuc"), before.pk)
    after = made(cast)
    assert "Chuyện thường" in text_of(after)
    assert "Chuyện kín" not in text_of(after)


def test_a_file_that_tells_of_what_its_owner_may_no_longer_see_is_not_handed_out(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.archive.actions.withhold_document import withhold_document

    one = make_dossier(cast)
    export = made(cast)
    monkeypatch.setattr(leaving, "_handlers", {})
    withhold_document(cast.acting("cuc"), one.documents[0].pk)
    with pytest.raises(ExportStale):
        fetch_export(cast.acting("cuc"), export.pk)


@pytest.mark.parametrize("how", ["empty", "cut in a record", "cut after one", "swollen", "gone"])
def test_a_file_of_which_is_not_known_whom_it_tells_of_is_not_handed_out(
    cast: TestHouse, sign_in: SignIn, how: str
) -> None:
    make_dossier(cast, documents=[{}] * 3)
    export = made(cast)
    told = files.folder_of(export.pk) / "ids"
    whole = told.read_bytes()
    changed = {"empty": b"", "cut in a record": whole[:20], "cut after one": whole[:17],
               "swollen": whole + whole[:17]}  # fmt: skip
    if how in changed:
        told.write_bytes(changed[how])
    else:
        told.unlink()
    assert sign_in("cuc").get(f"/xuat/{export.pk}/tep/").status_code == 409
    assert not Use.objects.filter(kind=Use.Kind.LIST_DOWNLOAD).exists()
    told.write_bytes(whole)
    assert sign_in("cuc").get(f"/xuat/{export.pk}/tep/").status_code == 200


def test_whom_a_file_tells_of_is_on_the_disk_before_the_file(cast: TestHouse) -> None:
    make_dossier(cast)
    passed: list[str] = []
    durable.observe(passed.append)
    try:
        made(cast)
    finally:
        durable.observe(None)
    assert passed.index("export.ids.fsynced") < passed.index("export.file.renamed")


@pytest.mark.parametrize("written", [True, False])
def test_looking_for_many_records_in_a_file_takes_as_many_steps_as_for_one(
    cast: TestHouse, written: bool
) -> None:
    make_dossier(cast, documents=[{}] * 40)
    export = made(cast)
    if not written:
        folder = files.folder_of(export.pk)
        (folder / "ids").unlink()
        rows = [json.dumps(["document", str(uuid.uuid4()), ["x"], str(uuid.uuid4())])] * 40
        (folder / "rows-000000.jsonl").write_text("\n".join(rows))
        export.finished_at = export.rows = None

    def steps(records: int) -> int:
        seen = [0]

        def count(frame: object, event: str, argument: object) -> None:
            seen[0] += event in {"call", "c_call"}

        wanted = {uuid.UUID(int=number) for number in range(records)}
        sys.setprofile(count)
        try:
            assert not files.tells_of(export, wanted)
        finally:
            sys.setprofile(None)
        return seen[0]

    assert steps(2000) - steps(1) < 5000


def test_a_list_that_is_being_written_is_judged_by_what_was_read_for_it(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = make_dossier(cast, documents=[{}, {}]).documents
    outside = make_dossier(cast, number="02", documents=[{"subject": "Khác"}]).documents
    told: list[bool] = []

    def look(ids: object) -> None:
        export = Export.objects.get()
        told.extend(files.tells_of(export, {one.pk}) for one in (inside[0], outside[0]))

    monkeypatch.setattr(files, "end_of_told", look)
    _export, job = order_export(
        cast.acting("cuc"), source="documents", pairs={"q": "thanh lý"}, columns=[],
        format_="docx", queued=False,
    )  # fmt: skip
    jobs.execute(job.id)
    assert told == [True, False]


def test_an_export_that_is_taken_back_while_it_is_written_says_so(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.archive.actions.withhold_document import withhold_document
    from tangthu.reports import exporting

    one = make_dossier(cast)
    write = exporting._Writing._write

    def withheld_first(writing: object, sheet: object) -> int:
        withhold_document(cast.acting("cuc"), one.documents[0].pk)
        return write(writing, sheet)  # type: ignore[arg-type]

    monkeypatch.setattr(exporting._Writing, "_write", withheld_first)
    _export, job = order_export(
        cast.acting("cuc"), source="documents", pairs={}, columns=[], format_="docx", queued=False
    )
    done = jobs.execute(job.id)
    assert done.state == Job.State.FAILED
    assert "Quyền xem đã thay đổi" in done.message


def test_rights_are_asked_again_between_reading_and_writing(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.archive.actions.withhold_document import withhold_document
    from tangthu.reports import exporting

    one = make_dossier(cast, documents=[{"subject": "Chuyện kín"}, {"subject": "Chuyện thường"}])
    write = exporting._Writing._write

    def withheld_first(writing: object, sheet: object) -> int:
        withhold_document(cast.acting("cuc"), one.documents[0].pk)
        return write(writing, sheet)  # type: ignore[arg-type]

    monkeypatch.setattr(exporting._Writing, "_write", withheld_first)
    # Nothing is taken back meanwhile: the rights alone keep the row out.
    monkeypatch.setattr(leaving, "_handlers", {})
    told = text_of(made(cast))
    assert "Chuyện thường" in told
    assert "Chuyện kín" not in told


@pytest.mark.req("AR-27", "RM-662")
def test_export_and_each_download_are_events_and_uses(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast)
    export = made(cast, q="thanh lý")
    client = sign_in("cuc")
    for _ in range(2):
        answer = client.get(f"/xuat/{export.pk}/tep/")
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == files.file_of(export).read_bytes()
    obj = uuid.uuid5(export.pk, str(cast.body("H30.81").id))
    assert [event.kind_name for event in history(obj, ch="a")] == [
        "reports.list.exported", "reports.list.downloaded", "reports.list.downloaded",
    ]  # fmt: skip
    assert export.serial in history(obj, ch="a")[0].sentence
    assert list(Use.objects.filter(obj=obj).order_by("at").values_list("kind", flat=True)) == [
        "list_export", "list_download", "list_download",
    ]  # fmt: skip


def test_only_the_owner_gets_the_file(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast)
    export = made(cast, "hoa")
    for other in ("cuc", "binh", "nga"):
        assert sign_in(other).get(f"/xuat/{export.pk}/tep/").status_code == 404
        assert sign_in(other).get(f"/xuat/{export.pk}/").status_code == 404
    with pytest.raises(NotFoundForViewer):
        fetch_export(cast.acting("cuc"), export.pk)


def test_a_file_is_forgotten_in_time(cast: TestHouse, sign_in: SignIn) -> None:
    from datetime import timedelta

    from tangthu.reports.actions.order_export import forget_exports

    make_dossier(cast)
    export = made(cast)
    forget_exports()
    assert files.file_of(export).is_file()
    Export.objects.update(expires_at=export.ordered_at - timedelta(seconds=1))
    forget_exports()
    assert not files.folder_of(export.pk).exists()
    client = sign_in("cuc")
    assert client.get(f"/xuat/{export.pk}/tep/").status_code == 404
    assert "hết hạn giữ" in client.get(f"/xuat/{export.pk}/").content.decode()


def test_what_was_read_is_not_left_beside_the_file(cast: TestHouse) -> None:
    make_dossier(cast)
    folder = files.folder_of(made(cast, format_="pdf").pk)
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {"ids", "list.pdf"}
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("format_", FORMATS)
def test_hostile_text_stays_text(cast: TestHouse, format_: str) -> None:
    evil = [
        "=HYPERLINK(\"http://x\",\"a\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1",
        "Về việc \x0b\x1f kín \ufffe <w:p> &amp; {\\rtf1 \\bin9 } #read(\"/etc/passwd\") $x$",
        "Ế" * 1000, "chữ " * 400, "_x0041_", "😀 𠮷",
    ]  # fmt: skip
    make_dossier(cast, documents=[{"subject": one} for one in evil])
    export = made(cast, format_=format_)
    told = text_of(export)
    assert export.rows == len(evil)
    assert "root:" not in told
    if format_ == "xlsx":
        page = openpyxl.load_workbook(files.file_of(export)).active
        cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
        counts = [cell for cell in cells if cell.data_type == "n"]
        assert [cell.value for cell in counts] == list(range(1, len(evil) + 1))
        assert {cell.column for cell in counts} == {1}
        assert {cell.data_type for cell in cells} == {"s", "n"}
        values = {cell.value for cell in cells}
        assert {'=HYPERLINK("http://x","a")', "+1+1", "-2+3", "@SUM(A1)"} <= values
        # As the standard has a text written that looks like Excel's own escape of a character.
        assert "_x005F_x0041_" in values
    if format_ == "docx":
        from lxml import etree

        with zipfile.ZipFile(files.file_of(export)) as book:
            tree = etree.fromstring(book.read("word/document.xml"))
        texts = tree.itertext("{*}t")
        assert "=HYPERLINK" in "".join(texts)
    if format_ == "doc":
        raw = files.file_of(export).read_bytes()
        assert raw.isascii()
        assert rb"\{\\rtf1 \\bin9 \}" in raw
        assert raw.count(b"{") - raw.count(rb"\{") == raw.count(b"}") - raw.count(rb"\}")
    else:
        assert "😀" in told or "[?]" in told


def test_counts_in_a_spreadsheet_can_be_added_up_and_codes_stay_text(cast: TestHouse) -> None:
    make_dossier(cast, documents=[{"page_count": 12, "number": "007", "subject": "2010"}])
    export = made(cast, format_="xlsx", columns=["code", "title", "page_count"])
    page = openpyxl.load_workbook(files.file_of(export)).active
    row = next(row for row in page.iter_rows() if row[0].value == 1 and row[0].data_type == "n")
    told = {cell.value: cell.data_type for cell in row if cell.value is not None}
    assert told[12] == "n"
    assert told["2010"] == "s"
    assert [kind for value, kind in told.items() if str(value).startswith("007")] == ["s"]


@pytest.mark.parametrize(("extra", "lying"), [(3, False), (4, True)])
def test_paper_lies_from_six_columns_on_printed_or_exported(
    cast: TestHouse, sign_in: SignIn, extra: int, lying: bool
) -> None:
    make_dossier(cast)
    columns = ["title", "note", "keywords", "info_symbol", "page_count"][: extra + 1]
    export = made(cast, format_="pdf", columns=columns)
    width, height = pdfium.PdfDocument(files.file_of(export))[0].get_size()
    assert (width > height) is lying
    page = sign_in("cuc").post("/in/danh-sach/", {"nguon": "documents", "cot": ",".join(columns)})
    assert ("printed-lying" in page.content.decode()) is lying


def test_a_stopped_or_killed_export_reads_on_from_what_was_read(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_dossier(cast, documents=[{"subject": f"Dòng {n:03d}"} for n in range(1, 48)])
    monkeypatch.setattr(sources.portions, "__kwdefaults__", {"size": 10})
    asked: list[object] = []
    portion = sources.lists.portion

    def counted(*args: object, **kwargs: object) -> object:
        asked.append(kwargs["after"])
        return portion(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(sources.lists, "portion", counted)
    export, job = order_export(
        cast.acting("cuc"), source="documents", pairs={}, columns=[], format_="xlsx", queued=False
    )
    seen: list[str] = []

    class Killed(BaseException):
        pass

    def kill(point: str) -> None:
        seen.append(point)
        if seen.count("export.rows.renamed") == 3:
            raise Killed

    durable.observe(kill)
    try:
        with pytest.raises(Killed):
            jobs.execute(job.id)
    finally:
        durable.observe(None)
    asked.clear()
    assert jobs.execute(job.id).state == Job.State.DONE
    # The third portion was written but not yet kept with the job: it is read once more.
    assert len(asked) == 3
    told = re.findall(r"Dòng (\d{3})", text_of(Export.objects.get(pk=export.pk)))
    assert told == [f"{n:03d}" for n in range(1, 48)]


def test_an_export_is_watched_and_stopped(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast, documents=[{}] * 5)
    export, job = order_export(
        cast.acting("cuc"), source="documents", pairs={}, columns=[], format_="docx"
    )
    client = sign_in("cuc")
    page = client.get(f"/xuat/{export.pk}/").content.decode()
    assert "Đang chờ đến lượt" in page
    assert f'hx-get="/xuat/{export.pk}/tien-do/"' in page
    address = f"/xuat/{export.pk}/tien-do/"
    block = client.get(address, headers={"HX-Request": "true"})
    assert "Đang chờ đến lượt" in block.content.decode()
    assert "HX-Redirect" not in block
    assert client.get(address)["Location"] == f"/xuat/{export.pk}/"
    heard: list[tuple[int, int | None, str]] = []

    def stop_when_it_runs(*told: Any) -> None:
        heard.append(told)
        assert client.post(f"/cong-viec/{job.id}/dung/").status_code == 302

    done = jobs.execute(job.id, stop_when_it_runs)
    assert done.state == Job.State.STOPPED
    assert heard == [(0, 5, "dòng đã đọc")]
    page = client.get(f"/xuat/{export.pk}/").content.decode()
    assert "Danh sách chưa xuất xong" in page
    assert "/xuat/moi/?nguon=documents" in page
    assert not files.file_of(export).exists()
    over = client.get(address, headers={"HX-Request": "true"})
    assert over["HX-Redirect"] == f"/xuat/{export.pk}/"


def test_a_finished_export_says_one_thing(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast, documents=[{}] * 5)
    export = made(cast)
    job = Job.objects.get(pk=export.job_id)
    assert (job.done, job.total) == (5, 5)
    client = sign_in("cuc")
    over = client.get(f"/xuat/{export.pk}/tien-do/", headers={"HX-Request": "true"})
    assert over["HX-Redirect"] == f"/xuat/{export.pk}/"
    page = client.get(f"/xuat/{export.pk}/").content.decode()
    assert "Tệp đã sẵn sàng" in page
    for words in ("Đang xuất", "Xem kết quả", "<progress"):
        assert words not in page
    assert sign_in("binh").get(f"/xuat/{export.pk}/tien-do/").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/xuat/moi/", "/xuat/moi/?nguon=nope", "/xuat/moi/?nguon=search",
     "/xuat/moi/?nguon=search&q=!", "/tim-kiem-da-luu/moi/?nguon=x"],
)  # fmt: skip
def test_a_list_that_does_not_exist_is_refused_in_words(
    cast: TestHouse, sign_in: SignIn, address: str
) -> None:
    answer = sign_in("cuc").get(address)
    assert answer.status_code == 400
    assert "Traceback" not in answer.content.decode()


def test_the_form_orders_what_was_chosen(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast)
    client = sign_in("cuc")
    page = client.get("/xuat/moi/?nguon=documents&q=thanh+l%C3%BD&cot=title,note").content.decode()
    assert "1 dòng trong phạm vi" in page
    assert re.search(r'value="note"[^>]*checked', page)
    answer = client.post(
        "/xuat/moi/?nguon=documents&q=thanh+l%C3%BD",
        {"format": "pdf", "sort": "-date", "columns": ["title", "note"]},
    )
    export = Export.objects.get()
    assert answer["Location"] == f"/xuat/{export.pk}/"
    assert (export.format, export.columns) == ("pdf", ["title", "note"])
    assert export.asked == {"q": "thanh lý", "sort": "-date"}
    wrong = client.post(
        "/xuat/moi/?nguon=documents", {"format": "exe", "sort": "x", "columns": "y"}
    )
    assert wrong.status_code == 422
    assert Export.objects.count() == 1


def test_an_administrator_who_reads_nothing_exports_nothing(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast)
    client = sign_in("dung")
    answer = client.post(
        "/xuat/moi/?nguon=documents", {"format": "pdf", "sort": "place", "columns": ["title"]}
    )
    assert answer.status_code >= 400
    assert not Export.objects.exists()


def test_an_empty_list_is_a_file_that_says_so(cast: TestHouse) -> None:
    make_dossier(cast)
    for format_ in FORMATS:
        export = made(cast, format_=format_, q="khongcogi")
        assert export.rows == 0
        assert "có 0 dòng" in text_of(export)


def test_what_no_database_can_hold_is_left_out_of_what_was_typed(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast)
    answer = sign_in("cuc").post(
        "/xuat/moi/?nguon=dossiers&q=a%00b",
        {"format": "docx", "sort": "place", "columns": ["title"]},
    )
    assert answer.status_code == 302
    assert Export.objects.get().asked["q"] == "a b"


def test_a_file_whose_time_is_over_is_not_handed_out_even_while_it_lies_there(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast)
    export = made(cast)
    client = sign_in("cuc")
    address = f"/xuat/{export.pk}/tep/"
    assert client.head(address).status_code == 200
    Export.objects.filter(pk=export.pk).update(expires_at=clock.now())
    assert files.file_of(export).is_file()
    assert client.get(address).status_code == 404
    assert client.head(address).status_code == 404
    assert address not in client.get(f"/xuat/{export.pk}/").content.decode()
    assert "Tải được" not in client.get("/xuat/").content.decode()


def test_a_page_holds_the_database_for_seconds_and_only_the_job_for_longer(
    cast: TestHouse, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.discovery import asked as asking
    from tangthu.discovery import lists
    from tangthu.discovery.guarded import LIMIT_MS

    make_dossier(cast, documents=[{"subject": "Kế hoạch"}])
    limits: list[int] = []
    reading = asking.reading

    def noted(limit_ms: int) -> object:
        limits.append(limit_ms)
        return reading(limit_ms)

    monkeypatch.setattr(asking, "reading", noted)
    client = sign_in("cuc")
    query = "?nguon=search&q=k%E1%BA%BF+ho%E1%BA%A1ch"
    form = {"format": "docx", "sort": "place", "columns": ["title"]}
    assert client.get(f"/xuat/moi/{query}").status_code == 200
    assert client.post(f"/xuat/moi/{query}", form).status_code == 302
    asked = {"nguon": "search", "q": "kế hoạch"}
    assert client.post("/in/danh-sach/", asked).status_code == 200
    assert len(limits) >= 4
    assert set(limits) == {LIMIT_MS}
    limits.clear()
    export = Export.objects.get()
    assert jobs.execute(export.job_id).state == Job.State.DONE
    assert set(limits) == {lists.LONG_MS}


def test_what_takes_too_long_to_count_is_exported_uncounted(
    cast: TestHouse, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.discovery.guarded import TooBroad

    def too_long(*args: object, **kwargs: object) -> object:
        raise TooBroad("x")

    make_dossier(cast)
    monkeypatch.setattr(sources.lists, "count", too_long)
    answer = sign_in("cuc").get("/xuat/moi/?nguon=documents")
    assert answer.status_code == 200
    assert "Chưa đếm được số dòng" in answer.content.decode()


@pytest.mark.req("AR-129")
def test_exports_that_tell_of_what_is_withheld_are_removed_at_once_finished_or_not(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.archive.actions.withhold_document import withhold_document

    secret = make_dossier(cast, documents=[{"subject": f"Dòng {n:03d}"} for n in range(12)])
    make_dossier(cast, number="09", documents=[{"subject": "Việc khác"}])
    finished, other = made(cast), made(cast, source="search", q="việc khác")
    monkeypatch.setattr(sources.portions, "__kwdefaults__", {"size": 5})
    half, job = order_export(
        cast.acting("cuc"), source="documents", pairs={}, columns=[], format_="docx", queued=False
    )

    class Killed(BaseException):
        pass

    def kill(point: str) -> None:
        if point == "export.rows.renamed":
            raise Killed

    durable.observe(kill)
    try:
        with pytest.raises(Killed):
            jobs.execute(job.id)
    finally:
        durable.observe(None)
    (rows,) = files.folder_of(half.pk).glob("rows-*.jsonl")
    told = next(one for one in secret.documents if str(one.pk) in rows.read_text("utf-8"))
    withhold_document(cast.acting("cuc"), told.pk)
    assert not files.folder_of(finished.pk).exists()
    assert not files.folder_of(half.pk).exists()
    assert files.file_of(other).is_file()
    with pytest.raises(NotFoundForViewer):
        fetch_export(cast.acting("cuc"), finished.pk)


def test_a_body_is_told_of_its_own_rows_only(cast: TestHouse) -> None:
    make_dossier(cast, documents=[{}, {}, {}])
    make_dossier(cast, "nga", number="09", documents=[{}])
    from tangthu.records.actions.note_access import note_list

    mine, other = cast.body("H30.81").id, cast.body("H31.07").id
    noted = note_list(
        cast.acting("cuc"), [mine, other], use=Use.Kind.LIST_EXPORT, copy=uuid.uuid4(),
        event="reports.list.exported", detail={"list": "documents", "asked": {}, "columns": [],
        "format": "docx", "sha256": "0" * 64}, rows={mine: 3, other: 1},
    )  # fmt: skip
    assert [one.detail["rows"] for one in noted] == [3, 1]
    export = made(cast)
    (use,) = Use.objects.filter(serial=export.serial)
    assert use.detail["rows"] == export.rows == 3


def test_a_person_keeps_so_many_exports_of_so_many_rows(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_dossier(cast, documents=[{}] * 3)
    monkeypatch.setattr("tangthu.reports.actions.order_export.MOST_KEPT", 1)
    made(cast)
    with pytest.raises(Refused):
        made(cast)
    Export.objects.update(expires_at=clock.now())
    monkeypatch.setattr("tangthu.reports.exporting.MOST_ROWS", 2)
    _export, job = order_export(
        cast.acting("cuc"), source="documents", pairs={}, columns=[], format_="docx", queued=False
    )
    done = jobs.execute(job.id)
    assert done.state == Job.State.FAILED
    assert "quá dài" in done.message


def test_an_archive_code_stands_in_no_export_as_a_number(cast: TestHouse) -> None:
    [document] = make_dossier(cast, documents=[{"number": "", "symbol": ""}]).documents
    assert document.record_archive_code not in text_of(made(cast))
    chosen = made(cast, columns=("code", "title", "record_archive_code"))
    assert text_of(chosen).count(document.record_archive_code) == 1
