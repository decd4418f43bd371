"""Proposals from made papers of many kinds: right values with evidence, silence when unsure."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangthu.capture.extract.evidence import Proposal
from tangthu.capture.proposals import best_of, propose, second_opinion
from tangthu.capture.text import page_from
from tests.capture import paper


def best(page, field, gazetteer=(), name="x.pdf"):
    found = best_of(propose(name, [page], gazetteer), field)
    return found.value if found else None


DECISION = {
    "left": ["ỦY BAN NHÂN DÂN", "TỈNH QUẢNG NGÃI"],
    "number": "Số: 123/QĐ-UBND",
    "dated": "Quảng Ngãi, ngày 05 tháng 02 năm 2024",
    "title": [
        "QUYẾT ĐỊNH",
        "Về việc phê duyệt Danh mục hồ sơ",
        "của Ủy ban nhân dân tỉnh năm 2024",
    ],
    "body": ["CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH", "Căn cứ Luật Tổ chức chính quyền địa phương;"],
}


@pytest.mark.parametrize("one_row", [False, True])
def test_a_printed_decision_is_read_whole(one_row):
    page = paper.official(**DECISION, one_row=one_row)
    assert best(page, "type") == "02"
    assert best(page, "number") == "123"
    assert best(page, "notation") == "QĐ-UBND"
    assert best(page, "date") == "2024-02-05"
    assert best(page, "issuer") == "ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI"
    assert best(page, "subject") == (
        "Về việc phê duyệt Danh mục hồ sơ của Ủy ban nhân dân tỉnh năm 2024"
    )


def test_every_proposal_quotes_its_place_on_the_page():
    page = paper.official(**DECISION)
    for proposal in propose("12 TB-UBND.pdf", [page]):
        assert proposal.snippet and 0 < proposal.confidence <= 1
        if proposal.method == "file_name":
            assert proposal.snippet == "12 TB-UBND.pdf" and proposal.page is None
        else:
            assert proposal.page == 1 and proposal.box is not None
            for word in proposal.snippet.split():
                assert word in page.text


def test_a_letter_has_its_subject_under_the_number():
    page = paper.official(
        left=["UBND TỈNH HẬU GIANG", "SỞ Y TẾ"],
        number="Số: 575/SYT-NVY",
        dated="Vị Thanh, ngày 20 tháng 10 năm 2010",
        about=["V/v góp ý dự thảo Quyết định", "sửa đổi, bổ sung một số điều"],
        body=["Kính gửi: Ủy ban nhân dân tỉnh Hậu Giang", "Theo đề nghị của Bộ Y tế"],
    )
    assert best(page, "type") == "22"
    assert best(page, "subject") == "V/v góp ý dự thảo Quyết định sửa đổi, bổ sung một số điều"
    assert best(page, "notation") == "SYT-NVY" and best(page, "issuer") == "SỞ Y TẾ"


@pytest.mark.parametrize(
    ("title", "code"),
    [
        (["KÉ HOẠCH", "Kiểm tra năm 2010"], "10"), (["QUYÉTĐỊNH", "Về việc khen thưởng"], "02"),
        (["THÔNG BÁO", "Về việc nghỉ Tết"], "07"), (["GIẤY MỜI", "Dự hội nghị tổng kết"], "26"),
        (["BIÊN BẢN THANH LÝ HỢP ĐỒNG", "Về việc xét nghiệm"], "20"),
        (["NGHỊ QUYẾT", "Về dự toán ngân sách"], "01"), (["CHỈ THỊ", "Về phòng dịch"], "03"),
        (["ĐƠN XIN NGHỈ PHÉP"], "32"), (["DANH SÁCH CÁN BỘ CÔNG NHÂN VIÊN"], "32"),
        (["BẢNG MÔ TẢ CÔNG VIỆC NĂM 2010"], "32"), (["TỜ TRÌNH", "Xin mua tài sản"], "15"),
        (["B Á O C Á O", "Kết quả kiểm tra"], "14"), (["THÔNG TƯ", "Quy định về lưu trữ"], "32"),
    ],
)  # fmt: skip
def test_types_are_told_by_the_title(title, code):
    page = paper.official(
        left=["SỞ Y TẾ"], dated="Vị Thanh, ngày 20 tháng 10 năm 2010", title=title
    )
    assert best(page, "type") == code


def test_words_of_the_title_beyond_the_type_stay_in_the_subject():
    page = paper.official(
        left=["SỞ Y TẾ"], title=["HỢP ĐỒNG TRÁCH NHIỆM", "Về việc xét nghiệm mẫu"]
    )
    assert best(page, "type") == "21"
    assert best(page, "subject") == "HỢP ĐỒNG TRÁCH NHIỆM Về việc xét nghiệm mẫu"


def test_the_subject_ends_before_the_one_who_decides():
    title = ["QUYẾT ĐỊNH", "Về việc khen thưởng", "GIÁM ĐỐC SỞ Y TẾ"]
    page = paper.official(left=["SỞ Y TẾ"], title=title)
    assert best(page, "subject") == "Về việc khen thưởng"


def test_brackets_around_the_subject_fall_away_and_nothing_is_added():
    page = paper.official(
        left=["SỞ Y TẾ"], title=["QUYẾT ĐỊNH", "( về việc phân công", "nhiệm vụ )"]
    )
    assert best(page, "subject") == "về việc phân công nhiệm vụ"


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Vị Thanh, ngày 09 tháng 02 năm 2010", "2010-02-09"),
        ("Vị Thanh, ngày^^ tháng ó4 năm 2010", "2010"),
        ("Vị Thanh, ngày ^ tháng 02 năm 2010", "2010-02"),
        ("Vị Thanh, ngày.&£...tháng...c^năm 2010", "2010"),
        ("Vị Thanh, ngày 08 tháng o2 năm 20ỉ0", "2010"),
        ("Vị Thanh, ngày 31 tháng 02 năm 2010", "2010-02"),
        ("Vị Thanh, ngày 12b tháng 02 năm 2010", "2010-02"),
        ("Vị Thanh, ngày 00 tháng 02 năm 2010", "2010-02"),
        ("Vị Thanh, ngày 08 tháng 13 năm 2010", "2010"),
        ("Vị Thanh, ngày./Ắữtháng .Ẩ..năm^Y&", None),
        ("Hà Nội, ngày      tháng 11 năm 2024", "2024-11"),
    ],
)
def test_only_printed_parts_of_a_date_are_proposed(line, date):
    page = paper.official(
        left=["SỞ Y TẾ"], number="Số: 1/BC-SYT", dated=line, title=["BÁO CÁO", "x"]
    )
    assert best(page, "date") == date


def test_a_date_in_running_text_is_not_the_date_of_the_paper():
    page = paper.official(
        left=["SỞ Y TẾ"],
        title=["BÁO CÁO", "Kết quả kiểm tra"],
        body=["Căn cứ Quyết định số 12/QĐ-UBND ngày 05 tháng 02 năm 1999", "từ ngày 1 tháng 2"],
    )
    assert best(page, "date") is None


@pytest.mark.parametrize(
    ("line", "number", "notation"),
    [
        ("Số: 12/2024/QĐ-UBND", "12", "QĐ-UBND"),
        ("Số: 12a/BC-SYT", "12a", "BC-SYT"),
        ("Sốz^7 /TTr - CC", None, "TTr-CC"),
        ("Sô': Z/ư /KH -ATTP", None, "KH-ATTP"),
        ("SỐ:.0../KH-CC", None, "KH-CC"),
        ("Số: 0/KH-CC", None, "KH-CC"),
        ("Số:      /UBND-KGVX", None, "UBND-KGVX"),
        ("Số: fê-/cv - CC", None, "CV-CC"),
        ("Số 45-NQ/TU", "45", "NQ/TU"),
        ("Số: 7", None, None),
        ("Số:", None, None),
    ],
)
def test_number_and_notation_are_read_or_left_out(line, number, notation):
    page = paper.official(left=["SỞ Y TẾ"], number=line, title=["BÁO CÁO", "Kết quả kiểm tra"])
    assert (best(page, "number"), best(page, "notation")) == (number, notation)


def test_party_papers_have_their_own_head():
    page = paper.official(
        left=["TỈNH ỦY HẬU GIANG"],
        number="Số 45-NQ/TU",
        dated="Hậu Giang, ngày 15 tháng 6 năm 2012",
        title=["NGHỊ QUYẾT", "Về phát triển nông nghiệp"],
        nation="ĐẢNG CỘNG SẢN VIỆT NAM",
        motto="",
    )
    assert (best(page, "type"), best(page, "notation")) == ("01", "NQ/TU")
    assert best(page, "date") == "2012-06-15" and best(page, "issuer") == "TỈNH ỦY HẬU GIANG"


NAMES = ("Chi cục An toàn vệ sinh thực phẩm", "Sở Y tế Hậu Giang")


@pytest.mark.parametrize(
    ("left", "name"),
    [
        (["SỞ Y TẾ HẬU GIANG", "CHI CỤC AN TOÀN", "VỆ SINH THựC PHẢM"], NAMES[0]),
        (["SỞ Y TẾ HẬU GIANG", "CHI CỤC ATVSTP"], NAMES[0]),
        (["SỞ Y TẾ HẬU GIANG", "CHICUC^ATVSTP"], NAMES[0]),
        (["SỞ Y TẾ HẬU GIANG", "CHT CỤC AN TOÀN VỆ SINH", "THựCPHẢM"], NAMES[0]),
        (["sở Y TÉ HẬƯ GIANG"], NAMES[1]),
        (["BỘ Y TẾ", "CỤC AN TOÀN VỆ SINH", "THỰC PHẨM"], "CỤC AN TOÀN VỆ SINH THỰC PHẨM"),
        (["CHI CỤC ATVSTP", "PHÒNG TTTT&QLNĐTP"], "PHÒNG TTTT&QLNĐTP"),
    ],
)
def test_issuers_are_mended_by_known_names_and_by_nothing_else(left, name):
    page = paper.official(left=left, number="Số: 12/BC-CC", title=["BÁO CÁO", "Kết quả"])
    assert best(page, "issuer", NAMES) == name


def test_a_type_that_the_notation_contradicts_is_not_sure():
    sure = paper.official(left=["SỞ Y TẾ"], number="Số: 12/BC-SYT", title=["BÁO CÁO", "Kết quả"])
    torn = paper.official(left=["SỞ Y TẾ"], number="Số: 12/QĐ-SYT", title=["BÁO CÁO", "Kết quả"])
    values = [best_of(propose("x", [page]), "type") for page in (sure, torn)]
    assert [value.value for value in values] == ["14", "14"]
    assert values[0].confidence > 0.95 and values[1].confidence < 0.7


def test_a_file_name_helps_where_there_is_no_text():
    empty = paper.page([])
    for name in ("07-CT-UBND.signed_20250221_092046.pdf", "2352 ( 07-CT-UBND).pdf"):
        assert (best(empty, "number", name=name), best(empty, "type", name=name)) == ("07", "03")
    assert propose("001.03.08.H30.81.2024.K4.01.01.001.pdf", [empty]) == ()
    assert propose("scan 0001 final.pdf", []) == ()
    assert all(p.confidence <= 0.5 for p in propose("46 TB.pdf", [empty]))


def test_the_signer_is_the_name_under_the_office():
    page = paper.official(**DECISION)
    rows = [[[word.text, *word.box] for word in line.words] for line in page.lines]
    rows += [
        paper.words("Nơi nhận:", 80, 600), paper.centred("KT. CHỦ TỊCH", 600, 430),
        paper.centred("PHÓ CHỦ TỊCH", 616, 430), paper.words("- Như Điều 3;", 80, 616),
        paper.centred("Nguyễn Văn Mẫu", 700, 430),
    ]  # fmt: skip
    assert best(paper.page(rows), "signer") == "Nguyễn Văn Mẫu"
    assert best(page, "signer") is None
    unnamed = [row for row in rows if "CHỦ" not in [word[0] for word in row]]
    assert best(paper.page(unnamed), "signer") is None


def batch_of(*pages):
    return [propose(f"{n}.pdf", [page]) for n, page in enumerate(pages)]


def test_a_batch_mends_a_notation_and_gives_the_year_but_never_as_sure():
    good = [
        paper.official(
            left=["CHI CỤC X"],
            number=f"Số: {number}/KH-CC",
            dated="Vị Thanh, ngày 09 tháng 02 năm 2010",
            title=["KẾ HOẠCH", "Kiểm tra"],
        )
        for number in range(1, 7)
    ]
    odd = paper.official(left=["CHI CỤC X"], number="Số: O^/BC-C(", title=["BÁO CÁO", "Kết quả"])
    answer = second_opinion(batch_of(*good, odd))
    notation, date = best_of(answer[-1], "notation"), best_of(answer[-1], "date")
    assert (notation.value, notation.method) == ("BC-CC", "batch") and notation.confidence < 0.7
    assert (date.value, date.method) == ("2010", "batch") and date.confidence < 0.5
    assert answer[0] == batch_of(good[0])[0]


def test_a_small_or_torn_batch_gives_no_year():
    pages = [paper.official(left=["X Y Z"], title=["KẾ HOẠCH", "Kiểm tra"],
                            dated=f"Vị Thanh, ngày 09 tháng 02 năm {year}")
             for year in (2008, 2009, 2010, 2010, 2010, 2010)]  # fmt: skip
    undated = paper.official(left=["X Y Z"], title=["KẾ HOẠCH", "Kiểm tra"])
    for batch in (pages, pages[3:]):
        assert best_of(second_opinion(batch_of(*batch, undated))[-1], "date") is None


TYPICAL = (
    "Số: /QĐ- ngày tháng năm 2010 CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập QUYẾT ĐỊNH V/v Kính"
)
WORD = st.one_of(st.text(max_size=12), st.sampled_from(TYPICAL.split()))
PLACE = st.floats(-50, 900, allow_nan=False)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(st.tuples(WORD, PLACE, PLACE), min_size=1, max_size=12), max_size=40),
    st.text(max_size=60),
    st.lists(st.text(max_size=30), max_size=4),
)
def test_no_text_makes_the_readers_raise_or_invent(lines, name, gazetteer):
    raw = [[[text, x, y, x + 20, y + 10] for text, x, y in line] for line in lines]
    page = page_from({"number": 1, "width": 595.0, "height": 842.0, "lines": raw})
    found = propose(name, [page], gazetteer)
    for proposal in found:
        assert proposal.snippet.strip() and proposal.value and 0 < proposal.confidence <= 1
    assert len(second_opinion([found, found])) == 2


PROPOSAL = st.builds(
    Proposal,
    st.sampled_from(["type", "notation", "date", "issuer"]),
    st.text(min_size=1, max_size=20),
    st.floats(0.01, 1),
    st.sampled_from(["text", "mended"]),
    st.text(min_size=1, max_size=20),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PROPOSAL, max_size=8))
def test_no_batch_makes_the_second_opinion_raise(proposals):
    assert len(second_opinion([proposals] * 7)) == 7


def test_reading_time_grows_in_step_with_the_text():
    """Ten times the text may not cost a hundred times the steps: counted, not timed."""
    import sys

    def steps(size: int) -> int:
        hostile = "Số:/" + "a-" * size + " ngày" * size + " tháng" * size
        row = [[word, 50.0, 50.0, 90.0, 60.0] for word in hostile.split()]
        page = page_from({"number": 1, "width": 595.0, "height": 842.0, "lines": [row] * 10})
        count = 0

        def trace(*_: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(trace)
        try:
            propose("x.pdf", [page], ["a b c"])
        finally:
            sys.setprofile(None)
        return count

    assert steps(2000) < 15 * steps(200)


def test_proposals_are_values():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Proposal("type", "02", 1.0, "text", "x").value = "03"  # type: ignore[misc]
