"""Batch import and quarantine in a real browser: dropped folders, one-key review, both widths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import batches
from tests.support.batches import Paper
from tests.support.house import TestHouse
from tests.support.server import DESKTOP, PHONE, Server, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def batch(shared_cast: TestHouse, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A batch with rows in order, rows without files, files without rows, and one held file."""
    folder = tmp_path_factory.mktemp("dot")
    rows = [
        Paper(),
        Paper(ordinal=2, changes={"Tên loại văn bản": "Giấy lạ kỳ", "Chế độ sử dụng hồ sơ": ""}),
        Paper(ordinal=3, subject="Về việc " + "rất dài " * 60, changes={"Ngày văn bản": 77}),
        Paper(ordinal=4, pdf=batches.stamped_pdf()),
    ]
    proposed = [
        Paper(ordinal=n, lines=["So: 7/QD-UBND", "Sen Hong, ngay 4 thang 2 nam 2010"])
        for n in range(5, 9)
    ]
    (folder / "tep").mkdir()
    batches.write(folder / "khac", rows[:2]).rename(folder / "tep" / "bang-ke cu.xlsx")
    return batches.checked(shared_cast, folder, rows, without_row=proposed)


@pytest.fixture(scope="module")
def site(batch: Any, shared_server: Server) -> Iterator[Server]:
    """The site with that batch in it."""
    yield shared_server


def parts(batch: Any) -> dict[str, str]:
    report = batch_report(batch)
    key = next(iter(report.documents))
    dossier = next(iter(report.dossiers.values())).target
    here = f"/dot-so-hoa/{batch.id}/"
    return {
        "list": "/dot-so-hoa/",
        "new": "/dot-so-hoa/moi/",
        "new fonds": "/dot-so-hoa/phong-moi/",
        "findings": here,
        "all findings": f"{here}?muc=tat-ca",
        "one kind": f"{here}?ma=field.type.unknown",
        "whole kind": f"{here}ca-loai/?ma=file.no-row",
        "waiting": f"{here}con-lai/",
        "rows": f"{here}dong/",
        "files": f"{here}tep/",
        "lists": f"{here}chon-bang-ke/",
        "columns": f"{here}cot/",
        "decisions": f"{here}quyet-dinh/",
        "answers": f"{here}tra-loi/",
        "edit document": f"{here}sua/?doi-tuong={key}",
        "edit dossier": f"{here}sua/?doi-tuong={dossier}",
        "excel": f"{here}bao-cao/",
        "accept": f"{here}tiep-nhan/",
        "close": f"{here}ket-thuc/",
    }


def batch_report(batch: Any) -> Any:
    from tangthu.archive import dry_run

    return dry_run.report_of(batch)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_of_a_batch_is_accessible_quiet_and_no_wider_than_its_window(
    site: Server, batch: Any, visit: Visit, size: tuple[int, int]
) -> None:
    visitor = visit(site, "cuc", size=size)
    for name, address in parts(batch).items():
        visitor.go(address)
        assert visitor.axe() == [], name
        assert visitor.overflow() <= 0, name
        assert visitor.complaints == [], name


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_quarantine_pages_are_accessible_too(
    site: Server, batch: Any, visit: Visit, size: tuple[int, int]
) -> None:
    held = batch.files.get(quarantine_id__isnull=False)
    visitor = visit(site, "binh", size=size)
    for address in ("/cach-ly/", f"/cach-ly/{held.quarantine_id}/"):
        visitor.go(address)
        assert (visitor.axe(), visitor.complaints) == ([], []), address
        assert visitor.overflow() <= 0, address
    page = visitor.go(f"/cach-ly/{held.quarantine_id}/?xem=1")
    page.wait_for_function("() => document.querySelector('.held-page img').naturalWidth > 500")
    assert (visitor.axe(), visitor.complaints) == ([], [])


def test_findings_are_gone_through_by_keyboard_alone(
    site: Server, batch: Any, visit: Visit
) -> None:
    visitor = visit(site, "cuc")
    page = visitor.go(f"/dot-so-hoa/{batch.id}/?ma=file.no-row")
    before = page.locator(".finding").count()
    assert before >= 3
    page.keyboard.press("j")
    page.keyboard.press("t")
    wait_for_findings(page, before - 1)
    page.wait_for_function("() => document.activeElement.closest('.finding') !== null")
    page.keyboard.press("b")
    wait_for_findings(page, before - 2)
    page.wait_for_function("() => document.activeElement.closest('.finding') !== null")
    page.keyboard.press("s")
    page.wait_for_url("**/sua/**")
    page.wait_for_selector("#id_subject")
    page.fill("#id_subject", "Về việc do người đọc ghi")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".messages")
    batch.refresh_from_db()
    assert [one["kind"] for one in batch.decisions].count("ignore") == 1
    assert "Về việc do người đọc ghi" in [one.get("value") for one in batch.decisions]
    assert visitor.complaints == []


def wait_for_findings(page: Any, count: int) -> None:
    page.wait_for_function(f"() => document.querySelectorAll('.finding').length === {count}")


def drop(page: Any, selector: str, *paths: Path) -> None:
    """Drop files or folders on an element, as a person's mouse does."""
    box = page.locator(selector).first.bounding_box()
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send(
            "Input.dispatchDragEvent",
            {
                "type": kind,
                "x": box["x"] + 40,
                "y": box["y"] + 15,
                "data": {
                    "items": [],
                    "files": [str(path) for path in paths],
                    "dragOperationsMask": 1,
                },
            },
        )


def test_a_dropped_folder_is_checked_before_ones_eyes_and_taken(
    site: Server, shared_cast: TestHouse, visit: Visit, tmp_path: Path, batch: Any
) -> None:
    from tangthu.archive.actions.decide_batch import last_job
    from tangthu.archive.models import Batch
    from tangthu.records.models import Dossier

    folder = tmp_path / "giao nộp"
    batches.write(folder, [Paper("09"), Paper("09", 2)])
    visitor = visit(site, "cuc")
    page = visitor.go("/dot-so-hoa/")
    page.keyboard.press("m")
    page.wait_for_url("**/moi/")
    page.select_option("#id_fonds", index=1)
    page.fill("#id_name", "Đợt kéo thả")
    drop(page, ".drop", folder)
    page.wait_for_function(
        "() => document.querySelector('.drop-list').textContent.includes('3 tệp')"
    )
    page.click("main button[type=submit]")
    page.wait_for_selector("text=Đang kiểm tra")
    made = Batch.objects.get(name="Đợt kéo thả")
    job = last_job(made)
    assert job is not None
    batches.check(made, job)
    page.wait_for_selector(".stats", timeout=20_000)
    assert sorted(made.files.values_list("path", flat=True)) == [
        "tep/hs09/vb001.pdf", "tep/hs09/vb002.pdf",
    ]  # fmt: skip
    page.keyboard.press("a")
    page.wait_for_url("**/tiep-nhan/")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Đang tiếp nhận")
    taking = last_job(made)
    assert taking is not None
    from tangthu.kernel.jobs import execute

    assert execute(taking.id).state == "done"
    page.wait_for_selector("text=Đã nhận vào hồ sơ", timeout=20_000)
    page.click("text=Mở hồ sơ")
    page.wait_for_selector(".record-page, .record-lists, h1:has-text('Hồ sơ thử số 09')")
    assert Dossier.objects.filter(title="Hồ sơ thử số 09").count() == 1
    assert visitor.complaints == []
