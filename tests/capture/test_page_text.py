"""Text with places and page images: columns apart, limits kept, hostile files refused cleanly."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image

from tangthu.capture.render import MAX_PIXELS, render_page, render_snippet
from tangthu.capture.text import page_from, read_layout, read_plain
from tangthu.kernel.sandbox import SandboxError, TargetFailed
from tests.capture import paper


def test_plain_text_comes_page_by_page(sandbox, tmp_path):
    path = paper.pdf(tmp_path / "a.pdf", "mot hai\nba", "bon")
    text = read_plain(path, sandbox)
    assert (text.page_count, text.pages, text.complete) == (2, ("mot hai\nba", "bon"), True)


def test_limits_on_pages_and_characters_cut_and_say_so(sandbox, tmp_path):
    path = paper.pdf(tmp_path / "a.pdf", *["mot hai ba"] * 5)
    few = read_plain(path, sandbox, max_pages=2)
    assert (len(few.pages), few.page_count, few.complete) == (2, 5, False)
    short = read_plain(path, sandbox, max_characters=15)
    assert sum(map(len, short.pages)) <= 15 and not short.complete


def test_words_stand_where_they_are_drawn(sandbox, tmp_path):
    (page,) = read_layout(paper.pdf(tmp_path / "a.pdf", "mot hai"), sandbox, [1])
    (line,) = page.lines
    assert line.text == "mot hai" and [word.text for word in line.words] == ["mot", "hai"]
    x0, y0, x1, y1 = line.box
    assert 71 < x0 < 74 and 105 < x1 < 118 and 50 < y0 < y1 < 66


def test_places_follow_a_turned_page(sandbox, tmp_path):
    path = paper.pdf(tmp_path / "a.pdf", "mot hai")
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.pages[0].Rotate = 90
        document.save()
    (page,) = read_layout(path, sandbox, [1])
    assert (round(page.width), round(page.height)) == (842, 595)
    x0, y0, x1, y1 = page.lines[0].box
    assert x0 > 770 and y0 > 70 and x1 < 800 and y1 < 120


def test_the_last_page_can_be_asked_for_and_none_twice(sandbox, tmp_path):
    path = paper.pdf(tmp_path / "a.pdf", "mot", "hai", "ba")
    assert [page.number for page in read_layout(path, sandbox, [1, 2, -1, -2, 9])] == [1, 2, 3]


def test_two_columns_in_one_row_become_two_lines():
    row = paper.words("ỦY BAN NHÂN DÂN", 80, 70) + paper.words("CỘNG HÒA XÃ HỘI", 300, 70)
    assert [line.text for line in paper.page([row]).lines] == ["ỦY BAN NHÂN DÂN", "CỘNG HÒA XÃ HỘI"]


def test_lines_of_one_height_read_from_left_to_right():
    right, left = paper.words("phải", 300, 70), paper.words("trái", 80, 72)
    below = paper.words("dưới", 80, 90)
    assert [line.text for line in paper.page([below, right, left]).lines] == [
        "trái", "phải", "dưới",
    ]  # fmt: skip


def test_an_empty_page_has_no_lines():
    page = page_from({"number": 1, "width": 0.0, "height": 0.0, "lines": [[]]})
    assert page.lines == () and page.text == "" and page.line_height == 12.0


def test_a_file_that_is_no_pdf_is_a_typed_error(sandbox, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 broken")
    for ask in (read_plain, read_layout, render_page):
        with pytest.raises(TargetFailed):
            ask(tmp_path / "a.pdf", sandbox)


@pytest.mark.parametrize("kind", ["webp", "png", "jpeg"])
def test_a_page_is_drawn_at_the_width_asked_for(sandbox, tmp_path, kind):
    path = paper.pdf(tmp_path / "a.pdf", "mot hai")
    image = render_page(path, sandbox, width=400, kind=kind)
    assert abs(image.width - 400) <= 1 and image.mime == f"image/{kind}"
    with Image.open(io.BytesIO(image.data)) as drawn:
        assert (drawn.format.lower(), drawn.size) == (kind, (image.width, image.height))
        assert drawn.convert("L").getextrema()[0] < 128, "the text is drawn"


def test_a_snippet_shows_the_words_and_little_else(sandbox, tmp_path):
    path = paper.pdf(tmp_path / "a.pdf", "mot hai\n\n\n\n\n\nba bon")
    (page,) = read_layout(path, sandbox, [1])
    snippet = render_snippet(path, sandbox, 1, page.lines[0].box, width=500, kind="png")
    with Image.open(io.BytesIO(snippet.data)) as drawn:
        assert abs(drawn.width - 500) <= 1 and drawn.height < 300
        assert drawn.convert("L").getextrema()[0] < 128
    empty = render_snippet(path, sandbox, 1, (300, 400, 500, 420), kind="png")
    with Image.open(io.BytesIO(empty.data)) as drawn:
        assert drawn.convert("L").getextrema()[0] > 250


@pytest.mark.parametrize("box", [(900, 10, 950, 20), (50, 20, 5, 10), (10, -50, 20, -40)])
def test_a_box_outside_the_page_is_refused(sandbox, tmp_path, box):
    with pytest.raises(TargetFailed):
        render_snippet(paper.pdf(tmp_path / "a.pdf", "x"), sandbox, 1, box)


@pytest.mark.parametrize("size", [(14_400, 14_400), (14_400, 3), (1_000_000, 1_000_000)])
def test_a_huge_page_stays_within_the_pixel_limit(sandbox, tmp_path, size):
    document = pikepdf.new()
    document.add_blank_page()
    document.pages[0].MediaBox = pikepdf.Array([0, 0, *size])
    document.save(tmp_path / "a.pdf")
    image = render_page(tmp_path / "a.pdf", sandbox, width=1_000_000, kind="png")
    assert image.width * image.height <= MAX_PIXELS * 1.01


@pytest.mark.parametrize("number", [0, -1, 2])
def test_a_page_that_is_not_there_is_refused(sandbox, tmp_path, number):
    with pytest.raises(SandboxError):
        render_page(paper.pdf(tmp_path / "a.pdf", "x"), sandbox, number)
