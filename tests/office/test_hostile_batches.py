"""Ways by which a state secret, or somebody else's file, could slip through a batch."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from tests.office.conftest import SignIn
from tests.office.importing import NEW, desk, fonds_id, run, sent, text_of
from tests.office.test_state_secrets import NAME, ROWS, TOKEN, in_database, in_files
from tests.support import batches
from tests.support.batches import Paper
from tests.support.house import PASSWORD, TestHouse
from tests.support.records import make_dossier, open_a_fonds, signed_events

__all__ = ["desk"]


@pytest.mark.req("AR-127", "AR-129")
def test_a_column_that_turns_out_to_hold_secrecy_also_reaches_what_was_taken_already(
    cast: TestHouse, tmp_path: Path
) -> None:
    """The taken document is withheld, and the others are refused all the same."""
    from tangthu.archive.actions.decide_batch import choose_mapping
    from tangthu.archive.dry_run import mapping_of, read_index
    from tangthu.records import queries

    taken = Paper(subject="Về Bimatdau", changes={"Màu mực": "A"})
    waiting = Paper(
        dossier="02", subject=f"Về {TOKEN}", file=f"hs02/{TOKEN}.pdf",
        changes={"Màu mực": "A", "Số lượng trang của văn bản": 7},
    )  # fmt: skip
    batch = batches.checked(cast, tmp_path, [taken, waiting], upload=True)
    batches.accept(cast, batch, "complete")
    batch.refresh_from_db()
    acting = cast.acting("cuc")
    assert [one.subject for one in queries.documents(acting.viewer)] == ["Về Bimatdau"]
    assert in_files(cast), "the test would find nothing in any case"
    table = read_index(batch)
    column = next(
        one.column for one in mapping_of(batch, table).choices if one.heading == "Màu mực"
    )
    choose_mapping(acting, batch.id, {column: "document.secrecy"})
    assert in_database() == []
    assert in_files(cast) == []
    assert not queries.documents(acting.viewer).exists(), "what was taken is still open to all"


@pytest.mark.req("AR-129")
def test_decisions_about_a_file_that_is_held_later_go_with_it(
    cast: TestHouse, tmp_path: Path
) -> None:
    from tangthu.archive.actions.decide_batch import check_again, decide, last_job
    from tangthu.archive.actions.hold_suspect import decide_quarantined
    from tangthu.archive.batch.model import EDIT, Decision
    from tangthu.archive.dry_run import report_of

    plain = Paper(ordinal=2, file=NAME)
    batch = batches.checked(cast, tmp_path, [Paper(), plain])
    key = next(
        key for key, one in report_of(batch).documents.items() if one.file and TOKEN in one.file
    )
    decide(
        cast.acting("cuc"),
        batch.id,
        [Decision(EDIT, f"file:{NAME}", "subject", f"Về {TOKEN}"),
         Decision(EDIT, key, "subject", f"Về {TOKEN}")],
    )  # fmt: skip
    (Path(batch.folder) / NAME).write_bytes(batches.marked_pdf(TOKEN, "MAT"))
    check_again(cast.acting("cuc"), batch.id)
    job = last_job(batch)
    assert job is not None
    batches.check(batch, job)
    held = batch.files.get(quarantine_id__isnull=False)
    assert TOKEN not in json.dumps(batch.decisions)
    decide_quarantined(cast.acting("binh"), held.quarantine_id, decision="purged")
    assert in_database() == []


@pytest.mark.req("AR-127")
def test_copies_of_the_index_among_the_files_go_with_the_rows_that_are_refused(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    index = batches.write(tmp_path, ROWS)
    whole = sent(tmp_path / "tep")
    for name in ("hs01/ban-sao.xlsx", "khac.xlsx"):
        whole["files"].append(SimpleUploadedFile(Path(name).name, index.read_bytes()))
        whole["files_paths"].append(f"giao-nop/{name}")
    whole["index"] = SimpleUploadedFile("bang-ke.xlsx", index.read_bytes())
    batch = run(desk.post(NEW, whole)["Location"])
    assert batch.refused_secret == 2
    assert in_files(cast) == []
    assert in_database() == []


def saved_again(index: Path, target: Path) -> Path:
    """The same list as another program saves it: other bytes, another format, a sheet more."""
    book = openpyxl.load_workbook(index)
    rows = [list(row) for row in book.active.iter_rows(values_only=True)]
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".csv":
        with target.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out, delimiter=";").writerows(rows)
        return target
    fresh = openpyxl.Workbook()
    fresh.active.title = "Ghi chú"
    sheet = fresh.create_sheet("Danh sách")
    for row in rows:
        sheet.append(row)
    sheet.cell(2, 29).value = "sửa một ô"
    fresh.save(target)
    return target


@pytest.mark.req("AR-127")
@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_a_copy_that_was_saved_again_goes_with_the_rows_that_are_refused(
    cast: TestHouse, desk: Client, tmp_path: Path, ending: str
) -> None:
    index = batches.write(tmp_path, ROWS)
    again = saved_again(index, tmp_path / "tep" / "hs01" / f"luu lai{ending}")
    assert again.read_bytes() != index.read_bytes()
    whole = sent(tmp_path / "tep")
    whole["index"] = SimpleUploadedFile("bang-ke.xlsx", index.read_bytes())
    batch = run(desk.post(NEW, whole)["Location"])
    assert batch.refused_secret == 2
    assert not list(cast.home.uploads.rglob("luu lai*"))
    assert not batch.files.filter(path__contains="luu lai").exists()
    assert in_files(cast) == []
    assert in_database() == []


@pytest.mark.req("AR-127")
def test_a_copy_on_the_server_that_holds_refused_rows_is_never_opened_as_a_record(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    place = tmp_path / "noi" / "dot"
    index = batches.write(tmp_path / "x", ROWS)
    (tmp_path / "x" / "tep").rename(tmp_path / "x" / "dot")
    place.parent.mkdir()
    (tmp_path / "x" / "dot").rename(place)
    saved_again(index, place / "luu lai.xlsx")
    given = {
        "fonds": fonds_id(),
        "folder": "dot",
        "index": SimpleUploadedFile("bang-ke.xlsx", index.read_bytes()),
    }
    with override_settings(IMPORT_ROOTS=[tmp_path / "noi"]):
        batch = run(desk.post(NEW, given)["Location"])
    assert batch.refused_secret == 2
    assert not batch.files.filter(path__contains="luu lai").exists()
    assert (place / "luu lai.xlsx").exists(), "a folder that is not ours is only read"


@pytest.mark.req("AR-127")
def test_what_an_acceptance_said_of_a_file_goes_when_the_file_is_refused(
    cast: TestHouse, tmp_path: Path
) -> None:
    from tangthu.archive.actions.decide_batch import decide
    from tangthu.archive.batch.model import EDIT, Decision
    from tangthu.archive.dry_run import report_of

    dossier = Paper(file=NAME, changes={"Tiêu đề hồ sơ": f"Hồ sơ {TOKEN}"})
    batch = batches.checked(cast, tmp_path, [dossier])
    (Path(batch.folder) / NAME).write_bytes(b"%PDF-1.4 changed")
    batches.accept(cast, batch, "complete")
    batch.refresh_from_db()
    assert "kernel_job" in in_database(), "the test would find nothing in any case"
    key = next(iter(report_of(batch).documents))
    decide(cast.acting("cuc"), batch.id, [Decision(EDIT, key, "mode", "03")])
    assert in_database() == []


def test_a_link_in_a_server_folder_does_not_hand_out_what_it_points_to(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.csv"
    batches.write(tmp_path / "x", [Paper(subject="Kinnhatnha")], ending=".csv").rename(secret)
    batches.write(tmp_path / "noi" / "dot", [Paper()])
    (tmp_path / "noi" / "dot" / "bang-ke.xlsx").unlink()
    (tmp_path / "noi" / "dot" / "bang-ke.csv").symlink_to(secret)
    with override_settings(IMPORT_ROOTS=[tmp_path / "noi"]):
        answer = desk.post(NEW, {"fonds": fonds_id(), "folder": "dot"})
    assert answer.status_code == 422, "the index behind the link was read"
    assert "Chưa có bảng kê" in text_of(answer)


def test_a_file_that_becomes_a_link_after_it_was_listed_is_not_followed(
    cast: TestHouse, tmp_path: Path
) -> None:
    from tangthu.archive.incoming import path_in

    batch = batches.checked(cast, tmp_path, [Paper(), Paper(ordinal=2)])
    one, two = batch.files.order_by("path")
    there = Path(batch.folder) / one.path
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / there.name).write_bytes(b"not ours")
    there.unlink()
    there.symlink_to(outside / there.name)
    with pytest.raises(FileNotFoundError):
        path_in(batch, one.path_bytes)
    assert path_in(batch, two.path_bytes).is_file()
    there.parent.rename(tmp_path / "away")
    there.parent.symlink_to(outside)
    with pytest.raises(FileNotFoundError):
        path_in(batch, two.path_bytes)


def test_a_server_folder_called_by_a_bodys_code_is_for_that_body_alone(
    cast: TestHouse, desk: Client, sign_in: SignIn, tmp_path: Path
) -> None:
    batches.write(tmp_path / "H30.81" / "dot", [Paper()])
    batches.write(tmp_path / "chung", [Paper()])
    other, own = sign_in("nga"), fonds_id()
    theirs = open_a_fonds(cast.acting("nga"), cast.body("H31.07")).pk
    with override_settings(IMPORT_ROOTS=[tmp_path]):
        assert "H30.81" not in other.get(NEW).content.decode()
        assert "chung" in other.get(NEW).content.decode()
        assert "H30.81" in desk.get(NEW).content.decode()
        for named in ("H30.81/dot", "chung/../H30.81/dot", str(tmp_path / "H30.81" / "dot")):
            absent = other.post(NEW, {"folder": "khong-co/dot", "fonds": theirs})
            there = other.post(NEW, {"folder": named, "fonds": theirs})
            assert there.status_code == absent.status_code == 422
            assert "nơi nhận đợt của máy chủ" in text_of(there), named
        taken = desk.post(NEW, {"fonds": own, "folder": "H30.81/dot"})
    assert taken.status_code == 302, text_of(taken)


def test_the_command_tells_a_clerk_no_more_of_a_dossiers_history_than_the_page_does(
    cast: TestHouse,
) -> None:
    hidden = {"subject": "Về Kinnhatnha", "access_level": "02"}
    made = make_dossier(cast, documents=[{}, hidden], declared=2)
    signed_events()
    told = {}
    for username in ("hoa", "cuc"):
        done = subprocess.run(
            [Path(sys.executable).with_name("tangthu"), "--as", username, "ledger", "proof",
             str(made.dossier.id), "--json"],
            capture_output=True, env=cast.environment, timeout=120, check=True,
        )  # fmt: skip
        told[username] = [one["open"] for one in json.loads(done.stdout)["events"]]
    assert all(set(one) <= {"agent", "ref"} for one in told["hoa"])
    assert any("detail" in one for one in told["cuc"])


@pytest.mark.req("AR-127")
@pytest.mark.parametrize("label", ["Độ mật văn bản", "Mức  độ mật", "Độ bảo mật"])
def test_every_name_of_a_secrecy_row_declares(cast: TestHouse, label: str) -> None:
    from tangthu.archive.actions.describe_record import SecretRefused, describe_document, digest_of

    one = make_dossier(cast).documents[0]
    with pytest.raises(SecretRefused):
        describe_document(
            cast.acting("cuc"), one.id, {}, extra={label: "Tối mật"}, expected=digest_of(one)
        )


@pytest.mark.req("AR-129")
@pytest.mark.parametrize("upload", [True, False], ids=["uploaded", "on the server"])
def test_a_record_reported_secret_is_withheld_in_the_open_batch_that_brought_it_too(
    cast: TestHouse, desk: Client, tmp_path: Path, upload: bool
) -> None:
    """What brought it still holds its row, its file's name and its pages."""
    from tangthu.records import queries

    papers = [Paper(subject=f"Về {TOKEN}", file=NAME), Paper(ordinal=2)]
    batch = batches.checked(cast, tmp_path, papers, upload=upload)
    batches.accept(cast, batch, "complete")
    item = batch.files.get(path=NAME)
    places = [f"/dot-so-hoa/{batch.id}/{part}" for part in
              ("", "dong/", "tep/", "con-lai/", "quyet-dinh/", "cot/")]  # fmt: skip
    image = f"/dot-so-hoa/{batch.id}/tep/{item.pk}/trang/1.webp"
    assert any(TOKEN in desk.get(place).content.decode() for place in places)
    assert desk.get(image).status_code == 200
    assert desk.post(f"/tai-lieu/{item.document_id}/bao-mat/").status_code == 302
    for place in places:
        assert TOKEN not in desk.get(place).content.decode(), place
    assert desk.get(image).status_code == 404
    acting = cast.acting("cuc")
    assert queries.documents(acting.viewer).count() == 1, "the other one stays"
    if upload:
        assert not list(cast.home.uploads.rglob(f"*{TOKEN}*"))


def test_what_was_just_done_is_not_told_to_the_next_person_at_the_same_browser(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [Paper()], name="Đợt Kinnhatnha")
    assert desk.post(f"/dot-so-hoa/{batch.id}/ket-thuc/").status_code == 302
    assert "Kinnhatnha" not in str(desk.cookies), "a title lies in the browser"
    assert desk.post("/dang-xuat/").status_code == 302
    assert "Kinnhatnha" not in desk.get("/dang-nhap/").content.decode()
    desk.post("/dang-nhap/", {"username": "lan", "password": PASSWORD})
    assert "Kinnhatnha" not in desk.get("/").content.decode()


def word_file(stamp: str, *, boxed: bool) -> bytes:
    """A Word document with a stamp in a paragraph, or in a text box, before its text."""
    run = f"<w:r><w:t>{stamp}</w:t></w:r>"
    box = f"<w:r><w:pict><w:txbxContent><w:p>{run}</w:p></w:txbxContent></w:pict></w:r>"
    first = box if boxed else run
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = (
        f'<w:document xmlns:w="{space}"><w:body><w:p><w:r><w:t>UBND</w:t></w:r></w:p>'
        f"<w:p>{first}</w:p><w:p><w:r><w:t>Nội dung mật ong</w:t></w:r></w:p></w:body></w:document>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", body)
    return out.getvalue()


@pytest.mark.req("AR-129")
def test_a_stamp_in_a_document_that_is_no_pdf_is_noticed_too(
    cast: TestHouse, tmp_path: Path
) -> None:
    papers = [
        Paper(ordinal=1, file="a.docx", pdf=word_file("TUYỆT MẬT", boxed=False)),
        Paper(ordinal=2, file="b.docx", pdf=word_file("MẬT", boxed=True)),
        Paper(ordinal=3, file="c.txt", pdf="UBND TỈNH\nTỐI MẬT\nBáo cáo".encode()),
        Paper(ordinal=4, file="d.docx", pdf=word_file("Thường", boxed=False)),
        Paper(ordinal=5, file="e.txt", pdf="Báo cáo về mật ong".encode()),
        Paper(ordinal=6, file="f.docx", pdf=b"PK\x03\x04 damaged"),
    ]
    batch = batches.checked(cast, tmp_path, papers)
    assert batch.files.filter(quarantine_id__isnull=False).count() == 3
    assert sorted(batch.files.filter(quarantine_id=None).values_list("path", flat=True)) == [
        "d.docx", "e.txt", "f.docx",
    ]  # fmt: skip
