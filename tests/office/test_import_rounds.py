"""A batch from its columns and its report in Excel to acceptance and end."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.office.importing import (
    NEW,
    address_of,
    batch_report,
    decision,
    desk,
    left_behind,
    run,
    send_back,
    sent,
    text_of,
)
from tests.support import batches
from tests.support.batches import Paper
from tests.support.house import TestHouse
from tests.support.records import open_a_fonds

__all__ = ["desk"]


def test_a_column_is_given_another_field_and_the_report_follows(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [Paper()])
    column = batches.HEADINGS.index("Màu mực")
    page = desk.get(address_of(batch, "cot/")).content.decode()
    assert "Màu mực" in page
    wanted = re.findall(r'<option value="(document[^"]*note)"', page)[0]
    answer = desk.post(address_of(batch, "cot/"), {f"cot-{column}": wanted})
    assert answer.status_code == 302
    batch.refresh_from_db()
    draft = next(iter(batch_report(batch).documents.values()))
    assert draft.values["note"].value == "xanh"
    nonsense = desk.post(address_of(batch, "cot/"), {f"cot-{column}": "khong-co"})
    assert nonsense.status_code == 400


def test_the_report_goes_out_as_excel_and_comes_back_corrected(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [Paper()])
    out = b"".join(desk.get(address_of(batch, "bao-cao.xlsx")).streaming_content)
    untouched = {"workbook": SimpleUploadedFile("bc.xlsx", out)}
    answer = desk.post(address_of(batch, "bao-cao/"), untouched)
    assert answer.status_code == 302
    assert "không có gì khác" in text_of(desk.get(answer["Location"]))
    book = openpyxl.load_workbook(io.BytesIO(out))
    sheet = book["Tài liệu"]
    column = next(c for c in range(1, 40) if sheet.cell(1, c).value == "subject")
    row = next(r for r in range(2, 9) if str(sheet.cell(r, column).value).startswith("Về việc"))
    sheet.cell(row, column).value = "Về việc đã sửa trong Excel"
    send_back(desk, batch, book)
    assert [one["value"] for one in batch.decisions] == ["Về việc đã sửa trong Excel"]
    for foreign in (b"not a workbook", (tmp_path / "bang-ke.xlsx").read_bytes()):
        answer = desk.post(
            address_of(batch, "bao-cao/"), {"workbook": SimpleUploadedFile("x.xlsx", foreign)}
        )
        assert answer.status_code == 422
        assert "error-summary" in answer.content.decode()
    assert list(cast.home.uploads.glob("*.xlsx")) == [], "an upload was left"


def test_what_is_complete_is_taken_the_rest_stays_and_the_batch_is_ended(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    from tangthu.records.models import Document

    rows = [Paper(), Paper(ordinal=2), Paper(ordinal=3, changes={"Trích yếu nội dung": ""})]
    batch = batches.checked(cast, tmp_path, rows, upload=True)
    page = text_of(desk.get(address_of(batch, "tiep-nhan/")))
    assert "2 tài liệu trong 1 hồ sơ" in page
    answer = desk.post(address_of(batch, "tiep-nhan/"), {"accept": "complete"})
    assert answer.status_code == 302, text_of(answer)
    run(answer["Location"])
    assert Document.objects.count() == 2
    after = text_of(desk.get(address_of(batch)))
    assert "Đã nhận vào hồ sơ" in after
    assert "Thiếu Trích yếu nội dung" in text_of(desk.get(address_of(batch, "con-lai/")))
    restated = text_of(desk.get(address_of(batch, "ket-thuc/")))
    assert "2 tệp đã nhận vào kho, 1 tệp bỏ lại" in restated
    assert desk.post(address_of(batch, "ket-thuc/")).status_code == 302
    assert left_behind(cast) == []
    assert "Đợt này đã kết thúc" in text_of(desk.get(address_of(batch)))
    for part in ("tiep-nhan/", "sua/", "cot/", "bao-cao/", "con-lai/"):
        assert desk.get(address_of(batch, part)).status_code in {409, 422, 403}, part


def test_a_chosen_type_leaves_no_code_as_the_words_of_the_paper(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    from tangthu.archive.actions.decide_batch import decide
    from tangthu.archive.batch.model import EDIT, Decision
    from tangthu.records.models import Document

    rows = [Paper(), Paper(ordinal=2, changes={"Tên loại văn bản": ""})]
    batch = batches.checked(cast, tmp_path, rows)
    decide(cast.acting("cuc"), batch.id, [Decision(EDIT, "row:3", "type", "10")])
    run(desk.post(address_of(batch, "tiep-nhan/"), {"accept": "complete"})["Location"])
    told = Document.objects.values_list("record_type", "type_text")
    assert sorted(told) == [("02", "Quyết định"), ("10", "")]


def test_a_dossier_grows_only_from_its_own_fonds(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    from tangthu.archive.models import Batch
    from tangthu.records.models import Document

    first = batches.checked(cast, tmp_path / "1", [Paper()])
    run(desk.post(address_of(first, "tiep-nhan/"), {"accept": "complete"})["Location"])
    other = open_a_fonds(cast.acting("cuc"), cast.body("H30.81"), "G02")
    second = batches.checked(cast, tmp_path / "2", [Paper(ordinal=2)])
    Batch.objects.filter(pk=second.pk).update(fonds=other)
    run(desk.post(address_of(second, "tiep-nhan/"), {"accept": "complete"})["Location"])
    assert Document.objects.count() == 1
    assert "của phông G01" in text_of(desk.get(address_of(second)))


def test_work_that_was_stopped_goes_on_from_the_page(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    from tangthu.archive.actions.decide_batch import last_job

    batches.write(tmp_path, [Paper()])
    place = desk.post(NEW, sent(tmp_path))["Location"]
    desk.post(f"{place}dung/")
    from tangthu.archive.models import Batch

    batch = Batch.objects.get(pk=place.split("/")[2])
    job = last_job(batch)
    assert job is not None and job.stop_requested
    from tangthu.kernel.jobs import execute

    assert execute(job.id).state == "stopped"
    page = text_of(desk.get(place))
    assert "Chạy tiếp" in page
    assert desk.post(f"{place}chay-tiep/").status_code == 302
    assert run(place).state == "review"


def test_a_batch_that_is_taken_whole_can_only_be_ended_and_says_so(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [Paper(), Paper(ordinal=2)], upload=True)
    assert "Xem báo cáo kiểm tra" in text_of(desk.get("/"))
    answer = desk.post(address_of(batch, "tiep-nhan/"), {"accept": "complete"})
    run(answer["Location"])
    for part in ("", "tiep-nhan/"):
        page = text_of(desk.get(address_of(batch, part)))
        assert "Đã nhận hết 2 tài liệu của đợt" in page, part
        for circle in ("Có thể tiếp nhận", "Chưa có tài liệu nào nhận được", "Tiếp nhận…"):
            assert circle not in page, part
        links = desk.get(address_of(batch, part)).content.decode()
        assert address_of(batch, "ket-thuc/") in links
    queue = text_of(desk.get("/"))
    assert "Đã nhận hết, chờ kết thúc" in queue
    assert "Xem báo cáo kiểm tra" not in queue
    assert desk.post(address_of(batch, "ket-thuc/")).status_code == 302
    assert "chờ kết thúc" not in text_of(desk.get("/"))


def test_a_batch_of_which_something_waits_is_not_called_taken(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    rows = [Paper(), Paper(ordinal=2, changes={"Trích yếu nội dung": ""})]
    batch = batches.checked(cast, tmp_path, rows, upload=True)
    run(desk.post(address_of(batch, "tiep-nhan/"), {"accept": "complete"})["Location"])
    for address in ("/", address_of(batch), address_of(batch, "tiep-nhan/")):
        assert "Đã nhận hết" not in text_of(desk.get(address)), address


def test_what_is_confirmed_together_with_the_acceptance_is_counted_apart(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    strange = {"Tên loại văn bản": "Giấy lạ kỳ"}
    rows = [Paper(ordinal=n, changes=strange) for n in (1, 2, 3)]
    batch = batches.checked(cast, tmp_path, rows)
    page = text_of(desk.get(address_of(batch, "tiep-nhan/")))
    assert "3 tài liệu trong 1 hồ sơ: 0 đã đủ, 3 nhờ đề xuất" in page
    for _row in (1, 2):
        found = desk.get(address_of(batch, "?ma=field.type.unknown")).content.decode()
        desk.post(address_of(batch, "quyet/"), {**decision(found), "lam": "take"})
    page = text_of(desk.get(address_of(batch, "tiep-nhan/")))
    assert "3 tài liệu trong 1 hồ sơ: 2 đã đủ, 1 nhờ đề xuất được xác nhận cùng lúc này" in page


def test_what_is_to_be_done_is_counted_alike_everywhere(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    changes = {"Chế độ sử dụng hồ sơ": "", "Tên loại văn bản": "Giấy lạ kỳ"}
    batch = batches.checked(cast, tmp_path, [Paper(ordinal=n, changes=changes) for n in (1, 2)])
    page = desk.get(address_of(batch)).content.decode()
    assert 'name="tl-mode"' in page, "asked once for the whole batch, apart from the findings"

    def tab(words: str) -> int:
        found = re.search(rf'>{words} <span class="count">([\d.]+)<', page)
        assert found, words
        return int(found[1].replace(".", ""))

    assert tab("Phát hiện") == tab("Cần làm") == tab("Chặn") + tab("Cần trả lời") > 0
    listed = desk.get(address_of(batch, "?muc=asks")).content.decode()
    assert listed.count('class="finding-head"') == tab("Cần trả lời")
