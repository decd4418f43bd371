"""The batch import in the browser's terms: send, review, decide, correct, take, end."""

from __future__ import annotations

import io
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from tests.office.importing import (
    NEW,
    address_of,
    batch_report,
    desk,
    fonds_id,
    left_behind,
    page_of,
    run,
    sent,
    text_of,
)
from tests.support import batches
from tests.support.batches import Paper
from tests.support.house import TestHouse

__all__ = ["desk"]


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
