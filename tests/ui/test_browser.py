"""The component pages in a real browser: axe, keys, phone width, forms, progress, uploads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[1] / "assets" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [
    "", "queue/", "record/", "register/", "form/", "upload/", "confirm/", "sign-in/",
    "errors/missing/", "errors/server/", "errors/locked/", "errors/not-allowed/",
]  # fmt: skip
SIZES = {"desk": (1280, 800), "zoomed": (640, 400), "phone": (390, 844)}


@pytest.fixture(params=list(SIZES))
def page(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    width, height = SIZES[request.param]
    yield from _open(browser, width, height)


@pytest.fixture
def desk(browser: Any) -> Iterator[Any]:
    yield from _open(browser, *SIZES["desk"])


def _open(browser: Any, width: int, height: int) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.said = said
    yield page
    context.close()


def go(page: Any, site: str, where: str) -> None:
    page.goto(f"{site}/ui/{where}", wait_until="load")
    page.wait_for_function("() => document.fonts.status === 'loaded'")


@pytest.mark.parametrize("where", PAGES)
def test_a_page_is_clean_for_axe_and_the_content_policy_and_never_scrolls_sideways(
    page: Any, ui_site: str, where: str
) -> None:
    go(page, ui_site, where)
    # The status of an error page is told to the console by the browser itself.
    said = [text for text in page.said if not text.startswith("Failed to load resource")]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # axe comes through the debugging protocol, which the content policy does not bind.
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        """tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']}).then(
            result => result.violations.map(
                v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | ')))""",
        TAGS,
    )
    assert found == []


def test_the_vietnamese_letters_come_from_our_own_font(desk: Any, ui_site: str) -> None:
    go(desk, ui_site, "")
    assert desk.evaluate("document.fonts.check('15px \"Be Vietnam Pro\"', 'ếỘẵ')")


def test_the_question_mark_shows_the_keys_and_they_can_be_turned_off(
    desk: Any, ui_site: str
) -> None:
    go(desk, ui_site, "queue/")
    desk.keyboard.press("?")
    dialog = desk.locator("dialog.help")
    assert dialog.is_visible()
    assert dialog.get_by_text("Văn bản đến").is_visible()
    dialog.get_by_role("checkbox").check()
    desk.keyboard.press("Escape")
    assert not dialog.is_visible()
    desk.keyboard.press("?")
    assert not dialog.is_visible()
    desk.reload()
    desk.keyboard.press("g")
    desk.keyboard.press("d")
    assert desk.url.endswith("/queue/")


def test_slash_searches_and_g_then_a_letter_goes(desk: Any, ui_site: str) -> None:
    go(desk, ui_site, "queue/")
    desk.keyboard.press("/")
    assert desk.evaluate("document.activeElement.id") == "tim-kiem"
    desk.keyboard.type("gd?")
    assert desk.evaluate("document.activeElement.value") == "gd?"
    desk.evaluate("document.activeElement.blur()")
    desk.keyboard.press("g")
    desk.keyboard.press("d")
    desk.wait_for_url("**/register/")


def test_j_and_k_move_through_rows_x_marks_and_n_turns_the_page(desk: Any, ui_site: str) -> None:
    go(desk, ui_site, "register/")
    for key in "jjjk":
        desk.keyboard.press(key)
    rows = desk.locator("tbody tr")
    assert rows.nth(1).evaluate("row => row.contains(document.activeElement)")
    desk.keyboard.press("x")
    assert rows.nth(1).get_by_role("checkbox").is_checked()
    assert desk.get_by_text("Đã đánh dấu 1 dòng").is_visible()
    first = rows.first.inner_text()
    desk.keyboard.press("n")
    desk.wait_for_url("**at=*")
    assert rows.first.inner_text() != first


def test_the_key_of_a_proposal_answers_for_the_row_in_use(desk: Any, ui_site: str) -> None:
    go(desk, ui_site, "")
    row = desk.locator(".compare-row").nth(2)
    row.get_by_role("radio").first.focus()
    desk.keyboard.press("a")
    assert row.get_by_role("radio").nth(1).is_checked()
    assert desk.locator(".compare-row").first.get_by_role("radio").first.is_checked()


def test_an_error_summary_has_the_focus_and_leads_to_the_field(desk: Any, ui_site: str) -> None:
    go(desk, ui_site, "form/")
    desk.get_by_label("Số, ký hiệu").fill("")
    desk.keyboard.press("Control+Enter")
    summary = desk.locator(".error-summary")
    summary.wait_for()
    assert summary.evaluate("box => box === document.activeElement")
    summary.get_by_role("link").first.click()
    assert desk.evaluate("document.activeElement.id") == "id_code"


def test_leaving_a_form_with_edits_asks_first(desk: Any, ui_site: str) -> None:
    go(desk, ui_site, "form/")
    desk.get_by_label("Số, ký hiệu").fill("5/BC")
    asked: list[str] = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.goto(f"{ui_site}/ui/queue/")
    assert asked == ["beforeunload"]


def test_progress_is_polled_to_its_end(desk: Any, ui_site: str) -> None:
    desk.clock.install()
    go(desk, ui_site, "")
    task = desk.locator("#viec-mau")
    for _step in range(9):
        if task.get_by_text("Đã xong").is_visible():
            break
        with desk.expect_response("**/ui/progress/**"):
            desk.clock.run_for(1100)
        desk.wait_for_timeout(50)
    task.get_by_text("Đã xong").wait_for()
    assert task.locator("progress").get_attribute("value") == "100"
    assert task.get_attribute("hx-get") is None


def test_a_folder_is_sent_with_its_tree(desk: Any, ui_site: str, tmp_path: Path) -> None:
    tree = tmp_path / "hộp 1" / "tập 2"
    tree.mkdir(parents=True)
    (tree / "a.txt").write_text("một")
    (tmp_path / "hộp 1" / "b.txt").write_text("hai")
    go(desk, ui_site, "upload/")
    desk.locator("input[webkitdirectory]").set_input_files(tmp_path / "hộp 1")
    assert desk.get_by_text("Đã chọn 2 tệp").is_visible()
    desk.get_by_role("button", name="Gửi tệp").click()
    answer = desk.locator("main .notice-ok")
    answer.wait_for()
    assert "hộp 1/tập 2/a.txt" in answer.inner_text()
    assert "hộp 1/b.txt" in answer.inner_text()


def test_pages_zoom_and_turn_and_their_words_can_be_shown(desk: Any, ui_site: str) -> None:
    go(desk, ui_site, "record/")
    image = desk.locator(".viewer img").first
    before = image.bounding_box()
    desk.get_by_role("button", name="Phóng to").click()
    assert image.bounding_box()["width"] > before["width"]
    desk.get_by_role("button", name="Vừa bề ngang").click()
    desk.get_by_role("button", name="Xoay trang").click()
    turned = image.bounding_box()
    assert turned["width"] > turned["height"]
    assert not desk.locator(".viewer-words").first.is_visible()
    desk.get_by_role("button", name="Chữ").click()
    assert desk.locator(".viewer-words").first.is_visible()


def test_without_script_a_record_a_filter_and_a_form_still_work(browser: Any, ui_site: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{ui_site}/ui/register/")
    page.get_by_role("link", name="Quá hạn 20").click()
    assert page.locator("tbody tr").count() == 20
    page.get_by_role("button", name="Trình đơn").click()
    page.get_by_role("link", name="Dự thảo", exact=True).click()
    page.get_by_role("button", name="Lưu", exact=True).click()
    assert page.locator(".error-summary").is_visible()
    page.goto(f"{ui_site}/ui/record/")
    assert page.locator(".viewer img").first.is_visible()
    assert not page.get_by_role("button", name="Phóng to").is_visible()
    context.close()


def test_print_leaves_out_the_controls_and_says_where_it_is_from(desk: Any, ui_site: str) -> None:
    go(desk, ui_site, "register/")
    desk.emulate_media(media="print")
    assert not desk.locator("header.top").is_visible()
    assert not desk.locator("nav.rail").is_visible()
    assert desk.get_by_text("In từ hệ thống Tàng Thư lúc").is_visible()
    long_title = desk.locator("td.primary a", has_text="tăng cường chỉ đạo").first
    assert long_title.evaluate("a => getComputedStyle(a).display") == "inline"
