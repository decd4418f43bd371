"""Pages at 390 px on which something broke letter by letter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.support import batches
from tests.support.batches import Paper
from tests.support.records import make_dossier
from tests.support.server import PHONE, Server, Visitor


def test_decisions_and_paper_are_readable_on_a_phone(
    server: Server, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    from tangthu.archive.actions.decide_batch import decide
    from tangthu.archive.batch.model import IGNORE, Decision
    from tangthu.archive.review import Review

    house = server.house
    paper = Paper(file="hs01/001.03.08.H30.81.2010.01.006-quyet-dinh-thanh-lap-doan-kiem-tra.pdf")
    batch = batches.checked(house, tmp_path, [], without_row=[paper])
    [target] = Review(batch).report.documents
    decide(house.acting("cuc"), batch.pk, [Decision(IGNORE, target)])
    title = "Tập lưu quyết định về việc thành lập đoàn kiểm tra liên ngành an toàn thực phẩm"
    made = make_dossier(house, title=title, documents=[{"subject": title}])
    cuc = visit(server, "cuc", size=PHONE)
    page = cuc.go(f"/dot-so-hoa/{batch.pk}/quyet-dinh/")
    box = page.locator(".import-decided button").bounding_box()
    assert box is not None
    assert box["height"] < 60, "the button stands on one line"
    assert page.locator(".import-decided .primary").bounding_box()["width"] > 250  # type: ignore[index]
    assert cuc.overflow() <= 0
    page = cuc.go(f"/ho-so/{made.dossier.pk}/")
    page.locator(
        '[formaction="/in/danh-sach/"], form[action="/in/danh-sach/"] button'
    ).first.evaluate("button => button.click()")
    page.wait_for_selector(".printed-sheet")
    lines = page.eval_on_selector_all(
        ".printed-body > dl dt",
        """all => all.map(one => {
            const words = document.createRange();
            words.selectNodeContents(one);
            return words.getClientRects().length;
        })""",
    )
    assert set(lines) == {1}, "each label stands on one line"
    row = page.locator(".printed-wide tbody tr").first.bounding_box()
    assert row is not None
    assert row["height"] < 90
    assert cuc.overflow() <= 0, "the table scrolls inside the sheet"
