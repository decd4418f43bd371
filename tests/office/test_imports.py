"""The batch import in the browser's terms: send, review, decide, correct, take, end."""

from __future__ import annotations

import html
import io
import re
import uuid
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from tests.office.conftest import SignIn
from tests.support import batches
from tests.support.batches import Paper
from tests.support.house import TestHouse
from tests.support.records import open_a_fonds

NEW = "/dot-so-hoa/moi/"


@pytest.fixture
def desk(cast: TestHouse, sign_in: SignIn) -> Client:
    """The archivist, signed in, with a fonds to take into."""
    open_a_fonds(cast.acting("cuc"), cast.body("H30.81"))
    return sign_in("cuc")


def fonds_id() -> str:
    from tangthu.archive.models import Fonds

    return str(Fonds.objects.get(code="G01").pk)


def sent(folder: Path, top: str = "giao-nop") -> dict[str, Any]:
    """What a browser posts when the whole of `folder` is chosen."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        "fonds": fonds_id(),
        "files": [SimpleUploadedFile(path.name, path.read_bytes()) for path in found],
        "files_paths": [f"{top}/{path.relative_to(folder).as_posix()}" for path in found],
    }


def run(batch_address: str) -> Any:
    """Do the batch's waiting work here; returns the batch."""
    from tangthu.archive.actions.decide_batch import last_job
    from tangthu.archive.models import Batch
    from tangthu.kernel.jobs import execute

    batch = Batch.objects.get(pk=batch_address.split("/")[2])
    job = last_job(batch)
    assert job is not None
    done = execute(job.id)
    assert done.state == "done", (done.message, done.hint)
    batch.refresh_from_db()
    return batch


def left_behind(house: TestHouse) -> list[Path]:
    return sorted(path for path in house.home.uploads.rglob("*") if path.is_file())


def text_of(answer: Any) -> str:
    """The page as a reader sees it."""
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def address_of(batch: Any, part: str = "") -> str:
    return f"/dot-so-hoa/{batch.id}/{part}"


def decision(page: str, number: int = 0) -> dict[str, str]:
    """The hidden fields of a finding's own form."""
    form = re.findall(r'<form class="actions actions-small".*?</form>', page, re.S)[number]
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
        if name != "csrfmiddlewaretoken"
    }


def test_a_chosen_folder_becomes_a_checked_batch_and_its_own_name_is_dropped(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batches.write(tmp_path, [Paper(), Paper(ordinal=2)])
    answer = desk.post(NEW, {**sent(tmp_path), "name": "Đợt 7", "mode": "01"})
    assert answer.status_code == 302, text_of(answer)
    assert "Đang kiểm tra" in text_of(desk.get(answer["Location"]))
    batch = run(answer["Location"])
    assert sorted(batch.files.values_list("path", flat=True)) == [
        "tep/hs01/vb001.pdf", "tep/hs01/vb002.pdf",
    ]  # fmt: skip
    assert batch.answers["mode"] == "01"
    page = text_of(desk.get(answer["Location"]))
    assert "Đợt 7" in page
    assert "Chờ xem xét" in page
    assert "Đợt 7" in text_of(desk.get("/dot-so-hoa/"))


def test_a_script_that_sends_files_is_told_where_to_go_so_that_the_message_is_kept(
    desk: Client, tmp_path: Path
) -> None:
    batches.write(tmp_path, [Paper()])
    answer = desk.post(NEW, sent(tmp_path), headers={"X-Upload": "1"})
    assert answer.status_code == 200
    assert answer.json()["location"].startswith("/dot-so-hoa/")


@pytest.mark.parametrize("separate", [False, True], ids=["index inside", "index beside"])
def test_a_zip_is_taken_with_its_index_inside_or_beside(
    cast: TestHouse, desk: Client, tmp_path: Path, separate: bool
) -> None:
    index = batches.write(tmp_path, [Paper()])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(tmp_path / "tep/hs01/vb001.pdf", "đợt 1/tep/hs01/vb001.pdf")
        if not separate:
            archive.write(index, "đợt 1/bang-ke.xlsx")
    data: dict[str, Any] = {
        "fonds": fonds_id(),
        "files": [SimpleUploadedFile("dot.ZIP", packed.getvalue())],
    }
    if separate:
        data["index"] = SimpleUploadedFile("bang-ke.xlsx", index.read_bytes())
    answer = desk.post(NEW, data)
    assert answer.status_code == 302, text_of(answer)
    batch = run(answer["Location"])
    assert list(batch.files.values_list("path", flat=True)) == ["đợt 1/tep/hs01/vb001.pdf"]
    assert batch.index_name == "bang-ke.xlsx"
    names = [path.name for path in left_behind(cast)]
    assert sorted(names) == ["bang-ke.xlsx", "vb001.pdf"], "one copy of the index, no zip"


def _refused(desk: Client, data: dict[str, Any], words: str) -> None:
    answer = desk.post(NEW, data)
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_what_cannot_be_a_batch_is_refused_in_words_and_leaves_nothing(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    index = batches.write(tmp_path, [Paper()])
    whole = sent(tmp_path)
    pdf = (tmp_path / "tep/hs01/vb001.pdf").read_bytes()

    def files(*names: str) -> dict[str, Any]:
        return {
            "fonds": whole["fonds"],
            "files": [SimpleUploadedFile(name.split("/")[-1] or "x", pdf) for name in names],
            "files_paths": list(names),
            "index": SimpleUploadedFile("bang-ke.xlsx", index.read_bytes()),
        }

    _refused(desk, {"fonds": whole["fonds"]}, "một trong hai")
    _refused(desk, {**files("a.pdf"), "folder": "x"}, "một trong hai")
    _refused(desk, {**files("a.pdf"), "index": ""}, "Chưa có bảng kê")
    _refused(desk, {**files("a.pdf"), "index": SimpleUploadedFile("a.doc", b"x")}, "Excel (.xlsx)")
    _refused(desk, files("x/a.pdf", "x/a.pdf"), "hai tệp cùng tên")
    _refused(desk, files("../../a.pdf"), "tên không dùng được")
    _refused(desk, files("a.pdf/b.pdf", "a.pdf"), "tên không dùng được")
    _refused(desk, {**files("a.pdf"), "fonds": str(uuid.uuid4())}, "Phông")
    zipped = {**files("a.zip"), "index": ""}
    _refused(desk, zipped, "hỏng")
    assert left_behind(cast) == []


def other_list(folder: Path, rows: list[Paper], name: str) -> None:
    """Another index among the files, with these rows and no files of its own."""
    index = batches.write(folder / "khac", rows)
    index.rename(folder / "tep" / name)


def test_the_same_index_once_more_among_the_files_is_no_record_and_asks_nothing(
    desk: Client, tmp_path: Path
) -> None:
    rows = batches.papers(3)
    index = batches.write(tmp_path, rows)
    other_list(tmp_path, rows, "bang-ke luu lai.xlsx")
    whole = sent(tmp_path / "tep")
    whole["index"] = SimpleUploadedFile("bang-ke.xlsx", index.read_bytes())
    batch = run(desk.post(NEW, whole)["Location"])
    report = batch_report(batch)
    assert len(report.documents) == 3, "the copy is no fourth document"
    told = [one.code for one in report.findings if "luu lai" in one.target]
    assert told == ["file.not-record"]
    assert "Chọn bảng kê" not in page_of(desk, address_of(batch))


def test_of_two_lists_that_differ_the_clerk_says_once_which_one_counts(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    from tangthu.ledger.history import history

    batches.write(tmp_path, batches.papers(4))
    (tmp_path / "bang-ke.xlsx").rename(tmp_path / "tep" / "cu.xlsx")
    corrected = [*batches.papers(3), Paper("01", 5, "Về việc sửa lại", file="hs01/vb004.pdf")]
    other_list(tmp_path, corrected, "moi.xlsx")
    batch = run(desk.post(NEW, sent(tmp_path / "tep"))["Location"])
    assert batch.index_name == "cu.xlsx"
    page = page_of(desk, address_of(batch))
    assert page.count("Trong các tệp còn 1 bảng kê khác") == 1
    chooser = page_of(desk, address_of(batch, "chon-bang-ke/"))
    assert "moi.xlsx (4 dòng, 1 dòng khác bảng đang dùng" in chooser
    answer = desk.post(address_of(batch, "chon-bang-ke/"), {"index": "moi.xlsx"})
    assert answer.status_code == 302
    batch = run(address_of(batch))
    subjects = {one.values["subject"].value for one in batch_report(batch).documents.values()}
    assert batch.index_name == "moi.xlsx"
    assert "Về việc sửa lại" in subjects
    assert len(batch_report(batch).documents) == 4
    assert "bảng kê khác" not in page_of(desk, address_of(batch))
    assert "moi.xlsx" in history(batch.id)[-2].sentence
    assert len([path for path in left_behind(cast) if path.name.startswith("bang-ke")]) == 1


def test_the_index_in_use_may_be_kept_and_is_not_asked_about_again(
    desk: Client, tmp_path: Path
) -> None:
    index = batches.write(tmp_path, batches.papers(4))
    other_list(tmp_path, batches.papers(3), "cu.xlsx")
    whole = sent(tmp_path / "tep")
    whole["index"] = SimpleUploadedFile("bang-ke.xlsx", index.read_bytes())
    batch = run(desk.post(NEW, whole)["Location"])
    assert "bảng kê khác" in page_of(desk, address_of(batch))
    assert desk.post(address_of(batch, "chon-bang-ke/"), {"index": "khong-co"}).status_code == 422
    desk.post(address_of(batch, "chon-bang-ke/"), {"index": "="})
    assert "bảng kê khác" not in page_of(desk, address_of(batch))
    desk.post(address_of(batch, "kiem-tra-lai/"))
    batch = run(address_of(batch))
    assert "bảng kê khác" not in page_of(desk, address_of(batch))
    assert len(batch_report(batch).documents) == 4


def test_all_findings_of_one_cell_stand_on_one_card(desk: Client, tmp_path: Path) -> None:
    from tangthu.archive.batch.findings import ASKS, NOTE, Finding
    from tangthu.archive.views.import_cards import by_cell

    def finding(code: str, target: str, place: str, severity: str, field: str = "") -> Finding:
        return Finding(code, target, place, severity, "row", field)

    one = finding("date.partial", "row:4", "S!AC4", NOTE, "issued")
    two = finding("field.too-long", "row:4", "S!AB4", ASKS, "subject")
    three = finding("field.missing.issued", "row:4", "S!A4", ASKS, "issued")
    four = finding("date.partial", "row:5", "S!AC5", NOTE, "issued")
    batch_one = finding("mapping.extra", "batch", "S!D2", NOTE)
    batch_two = finding("mapping.repeated", "column:D", "S!D2", ASKS)
    file_one = finding("file.empty", "file:A1", "A1", ASKS)
    file_two = finding("file.damaged", "file:A1", "A1", ASKS)
    found = [one, two, three, four, batch_one, batch_two, file_one, file_two]
    assert by_cell(found) == [
        [three, one], [two], [four], [batch_two, batch_one], [file_one], [file_two],
    ]  # fmt: skip

    outside = {"Ngày văn bản": "", "Tháng văn bản": 3, "Năm văn bản": 2015}
    batches.write(tmp_path, [Paper(changes=outside)])
    (tmp_path / "bang-ke.xlsx").rename(tmp_path / "tep" / "bang-ke.xlsx")
    batch = run(desk.post(NEW, sent(tmp_path / "tep"))["Location"])
    page = desk.get(f"{address_of(batch)}?muc=tat-ca").content.decode()
    cards = page.split('<li class="finding')[1:]
    places = [
        place for card in cards for place in re.findall(r' · <span class="code">(.*?)<', card)
    ]
    assert places
    assert len(places) == len(set(places))
    assert page.count('class="finding-head"') == len(batch_report(batch).findings) > len(cards)


def test_a_folder_on_the_server_is_read_only_inside_the_allowed_places(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    allowed, other = tmp_path / "allowed", tmp_path / "other"
    batches.write(allowed / "dot-1", [Paper()])
    batches.write(other / "dot-2", [Paper()])
    (allowed / "link").symlink_to(other / "dot-2")
    with override_settings(IMPORT_ROOTS=[allowed]):
        assert "dot-1" in desk.get(NEW).content.decode()
        answers = set()
        for named in (str(other / "dot-2"), "../other/dot-2", "link", "nowhere", "/", "."):
            answer = desk.post(NEW, {"fonds": fonds_id(), "folder": named})
            assert answer.status_code == 422, named
            answers.add(text_of(answer))
        assert len(answers) == 1, "the answer tells what exists outside"
        answer = desk.post(NEW, {"fonds": fonds_id(), "folder": "dot-1"})
        assert answer.status_code == 302, text_of(answer)
        batch = run(answer["Location"])
        assert not batch.owns_folder
        assert batch.files.count() == 1
        before = sorted(path.name for path in (allowed / "dot-1").rglob("*"))
        desk.post(address_of(batch, "ket-thuc/"))
        assert sorted(path.name for path in (allowed / "dot-1").rglob("*")) == before


def test_one_finding_is_taken_with_one_press_and_the_next_one_has_the_focus(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [], without_row=[Paper(), Paper(ordinal=2)])
    page = desk.get(address_of(batch)).content.decode()
    form = decision(page)
    answer = desk.post(address_of(batch, "quyet/"), {**form, "lam": "take"})
    assert answer.status_code == 302
    batch.refresh_from_db()
    assert [(one["kind"], one["target"]) for one in batch.decisions] == [("take", form["id"])]
    following = desk.get(answer["Location"]).content.decode()
    assert 'id="p-1"' in following
    assert following.index("autofocus") > following.index('id="p-1"')
    assert decision(following)["id"] != form["id"]


def test_a_proposal_that_changed_meanwhile_is_not_taken(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [], without_row=[Paper()])
    form = decision(desk.get(address_of(batch)).content.decode())
    answer = desk.post(address_of(batch, "quyet/"), {**form, "shape": "other", "lam": "take"})
    batch.refresh_from_db()
    assert batch.decisions == []
    assert "đã thay đổi" in text_of(desk.get(answer["Location"]))


def test_a_whole_kind_is_taken_after_saying_how_many_and_only_those(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(
        cast, tmp_path, [], without_row=[Paper(ordinal=n) for n in (1, 2, 3)]
    )  # fmt: skip
    code = batch_findings(batch)[0].code
    ask = desk.get(address_of(batch, f"ca-loai/?ma={code}"))
    count = re.search(r'name="count" value="(\d+)"', ask.content.decode())
    assert count is not None
    assert f"Nhận {count[1]} đề xuất" in text_of(ask)
    stale = desk.post(address_of(batch, "ca-loai/"), {"ma": code, "count": "99"})
    batch.refresh_from_db()
    assert (stale.status_code, batch.decisions) == (302, [])
    desk.post(address_of(batch, "ca-loai/"), {"ma": code, "count": count[1]})
    batch.refresh_from_db()
    assert len(batch.decisions) == int(count[1])
    again = desk.get(address_of(batch, f"ca-loai/?ma={code}"))
    assert again.status_code == 400


def batch_findings(batch: Any) -> list[Any]:
    from tangthu.archive.review import OPEN, Review

    review = Review(batch)
    return [
        one
        for one in review.report.findings
        if review.states[one.id] == OPEN and review.takeable(one)
    ]


def test_taking_a_proposed_value_also_answers_that_the_value_was_missing(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(
        cast, tmp_path, [Paper(changes={"Tên loại văn bản": "Giấy lạ kỳ"})]
    )  # fmt: skip
    codes = [one.code for one in batch_findings(batch)]
    assert "field.type.unknown" in codes
    for finding in batch_findings(batch):
        if finding.code == "field.type.unknown":
            page = desk.get(address_of(batch, "?ma=field.type.unknown")).content.decode()
            desk.post(address_of(batch, "quyet/"), {**decision(page), "lam": "take"})
    batch.refresh_from_db()
    assert "field.missing.type" not in [one.code for one in batch_findings(batch)]


def test_an_answer_for_the_whole_batch_is_given_once_and_can_be_changed(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    papers = [Paper(ordinal=n, changes={"Chế độ sử dụng hồ sơ": ""}) for n in (1, 2)]
    batch = batches.checked(cast, tmp_path, papers)
    page = desk.get(address_of(batch)).content.decode()
    assert 'name="tl-mode"' in page
    assert '<option value="03"' not in page, "the secret mode is offered"
    answer = desk.post(address_of(batch, "tra-loi/"), {"tl-mode": "02"})
    assert answer.status_code == 302, text_of(answer)
    batch.refresh_from_db()
    assert batch.answers["mode"] == "02"
    assert 'name="tl-mode"' not in desk.get(address_of(batch)).content.decode()
    desk.post(address_of(batch, "tra-loi/"), {"tl-mode": "01"})
    batch.refresh_from_db()
    assert batch.answers["mode"] == "01"
    bad = desk.post(address_of(batch, "tra-loi/"), {"tl-mode": "77"})
    assert bad.status_code == 422


def test_a_value_is_corrected_beside_its_page_and_only_what_changed_is_recorded(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [Paper(), Paper(ordinal=2)])
    key = next(iter(batch_report(batch).documents))
    address = address_of(batch, "sua/")
    page = desk.get(address, {"doi-tuong": key}).content.decode()
    assert "/trang/1.webp" in page
    data = filled(page)
    data.update({"subject": "Về việc khác hẳn", "ve": "https://example.org/"})
    answer = desk.post(address, {**data, "next": "1"})
    assert answer.status_code == 302, text_of(answer)
    assert answer["Location"].startswith("/dot-so-hoa/"), "led to another site"
    batch.refresh_from_db()
    edits = [one for one in batch.decisions if one["kind"] == "edit"]
    assert [(one["field"], one["value"]) for one in edits] == [("subject", "Về việc khác hẳn")]
    assert "Về việc khác hẳn" in text_of(desk.get(address_of(batch, "dong/")))
    assert desk.get(address, {"doi-tuong": "row:999"}).status_code == 404
    undo = re.search(r'name="bo" value="([^"]+)"', page_of(desk, address_of(batch, "quyet-dinh/")))
    assert undo is not None
    desk.post(address_of(batch, "quyet-dinh/"), {"bo": html.unescape(undo[1])})
    batch.refresh_from_db()
    assert batch.decisions == []


def page_of(desk: Client, address: str) -> str:
    return desk.get(address).content.decode()


def batch_report(batch: Any) -> Any:
    from tangthu.archive import dry_run

    return dry_run.report_of(batch)


def filled(page: str) -> dict[str, Any]:
    """The correcting form as a browser would post it unchanged."""
    form = page[page.index('data-controller="leave"') :]
    data: dict[str, Any] = {}
    for name, value in re.findall(
        r'<input type="(?:text|hidden)" name="([\w-]+)"(?: value="([^"]*)")?', form
    ):
        data[name] = html.unescape(value)
    for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>\s*([^<]*)', form):
        data[name] = html.unescape(text).rstrip("\n")
    for name, block in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', block)
        data[name] = chosen[1] if chosen else ""
    data.pop("csrfmiddlewaretoken", None)
    return data


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


def send_back(desk: Client, batch: Any, book: openpyxl.Workbook) -> None:
    """Send a corrected report in, and see to it that it is taken."""
    changed = io.BytesIO()
    book.save(changed)
    workbook = SimpleUploadedFile("bc.xlsx", changed.getvalue())
    answer = desk.post(address_of(batch, "bao-cao/"), {"workbook": workbook})
    assert answer.status_code == 302, text_of(answer)
    batch.refresh_from_db()


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


def test_every_part_of_a_batch_takes_a_fixed_number_of_queries(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    few = batches.checked(cast, tmp_path / "a", batches.papers(2))
    many = batches.checked(
        cast, tmp_path / "b", batches.papers(40, "02"), without_row=batches.papers(20, "03")
    )
    parts = ("", "con-lai/", "dong/", "tep/", "quyet-dinh/", "cot/", "tiep-nhan/", "?muc=tat-ca")

    def count(batch: Any, part: str) -> int:
        assert desk.get(address_of(batch, part)).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            desk.get(address_of(batch, part))
        return len(captured)

    for part in parts:
        small, large = count(few, part), count(many, part)
        assert large <= small + 1, part
        assert large <= 30, part


def test_pages_and_read_places_of_waiting_files_are_drawn(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [Paper()])
    item = batch.files.get()
    answer = desk.get(address_of(batch, f"tep/{item.pk}/trang/1.webp"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "private, no-cache"
    again = desk.get(
        address_of(batch, f"tep/{item.pk}/trang/1.webp"), headers={"If-None-Match": answer["ETag"]}
    )
    assert again.status_code == 304
    assert desk.get(address_of(batch, f"tep/{item.pk}/trang/99.webp")).status_code == 422
    assert desk.get(address_of(batch, f"tep/{item.pk}/doan/99.webp")).status_code == 404


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


def test_coded_answers_and_decisions_are_told_in_words(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    papers = [Paper(ordinal=n, changes={"Chế độ sử dụng hồ sơ": ""}) for n in (1, 2)]
    batch = batches.checked(cast, tmp_path, papers)
    desk.post(address_of(batch, "tra-loi/"), {"tl-mode": "02"})
    page = " ".join(text_of(desk.get(address_of(batch, "quyet-dinh/"))).split())
    assert "Chế độ sử dụng 02 – Sử dụng có điều kiện" in page


def test_a_filled_cell_with_an_unknown_type_is_not_said_to_lack_one(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [Paper(changes={"Tên loại văn bản": "Giấy lạ kỳ"})])
    codes = [one.code for one in batch_report(batch).findings]
    assert codes.count("field.type.unknown") == 1
    assert "field.missing.type" not in codes
    page = text_of(desk.get(address_of(batch)))
    assert "không có trong 32 loại" in page
    assert "Thiếu Tên loại" not in page
    desk.cookies["tangthu_language"] = "en"
    assert "32 Other is proposed" in text_of(desk.get(address_of(batch)))


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
