"""What a dry run finds in small batches, each with one thing wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.dossier_checks import ranges
from tangthu.archive.batch.errors import BadDecisionError
from tangthu.archive.batch.matching import CODE, EXACT, SPELLING, STEM, file_name, match
from tangthu.archive.batch.model import BatchReport
from tangthu.archive.batch.names import body_codes, dossier_in_words, is_cover, parse_name
from tests.archive.batch.small import Read, codes, dry_run, file, row

NAME = "001.03.08.H30.81.2015.K4.01.07.002.pdf"


def value(report: BatchReport, name: str, key: str = "row:2") -> str | None:
    found = report.documents[key].values.get(name)
    return found.value if found else None


def test_a_clean_row_with_its_file_has_no_finding(lists: CodeLists) -> None:
    report = dry_run(lists, [row(pages=2)], [file("a/001.pdf")])
    assert codes(report, "row:2") == {"field.missing.pages"}
    assert codes(report, "file:a/001.pdf") == set()
    assert report.counts()["blocks"] == report.counts()["asks"] == 0


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"number": "hực"}, "field.number.odd", "number"),
        ({"type": "Bìa"}, "field.type.unknown", "type"),
        ({"type": "quyet dinh"}, "field.type.mapped", "type"),
        ({"notation": "/T.Tr- CC"}, "field.notation.normalised", "notation"),
        ({"day": 31, "month": 2}, "date.impossible", "issued"),
        ({"day": "x"}, "date.impossible", "issued"),
        ({"day": ""}, "date.partial", "issued"),
        ({"year": 2014}, "date.outside-dossier", "issued"),
        ({"retention": "mãi mãi"}, "field.not-coded", "retention"),
        ({"box": "hopso03"}, "field.box.normalised", "box"),
        ({"sheets": "nhiều"}, "field.count.odd", "sheets"),
        ({"subject": "a" * 600}, "field.too-long", "subject"),
        ({"subject": ""}, "field.missing.subject", "subject"),
        ({"ordinal": ""}, "field.missing.ordinal", "ordinal"),
        ({"path": ""}, "row.no-path", ""),
        ({"path": "b\\002.pdf"}, "row.no-file", ""),
        ({"dossier": ""}, "row.no-dossier", ""),
    ],
)
def test_what_is_wrong_in_a_row_is_found_where_it_stands(
    lists: CodeLists, changed: dict[str, object], code: str, field: str
) -> None:
    report = dry_run(lists, [row(**changed)], [file("a/001.pdf")])
    [found] = [f for f in report.findings if f.code == code and f.target == "row:2"]
    assert found.field == field
    assert found.place.startswith("S!") and found.place.endswith("2")
    assert found.text()


def test_an_impossible_day_leaves_the_month_as_a_proposal(lists: CodeLists) -> None:
    report = dry_run(lists, [row(day=31, month=2)], [file("a/001.pdf")])
    [found] = [f for f in report.findings if f.code == "date.impossible"]
    assert [repair.value for repair in found.repairs] == ["02/2015"]
    assert value(report, "issued") is None


def test_an_impossible_day_in_one_cell_leaves_the_month_as_well(lists: CodeLists) -> None:
    report = dry_run(lists, [row(end="31/02/2015")], [file("a/001.pdf")])
    [found] = [f for f in report.findings if f.code == "date.impossible"]
    assert [(repair.field, repair.value) for repair in found.repairs] == [("end", "02/2015")]


def test_number_and_notation_in_one_column_are_parted(lists: CodeLists) -> None:
    from tangthu.archive.batch.mapping import propose
    from tangthu.archive.batch.report import build_report
    from tests.archive.batch.small import table

    index = table(
        [["7", "Tập", "12/2015/QĐ - UBND", "về việc", "a.pdf"]],
        ["Số và ký hiệu hồ sơ", "Tiêu đề hồ sơ", "Số, ký hiệu văn bản", "Trích yếu nội dung",
         "Đường dẫn file"],
    )  # fmt: skip
    report = build_report(index, propose(index), [], {}, lists=lists)
    assert (value(report, "number"), value(report, "notation")) == ("12", "QĐ-UBND")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"size": 0, "problems": ("empty",)}, "file.empty"),
        ({"problems": ("damaged",)}, "file.damaged"),
        ({"problems": ("timed_out",)}, "file.damaged"),
        ({"problems": ("infected", "unreadable")}, "file.infected"),
        ({"problems": ("unscanned", "unreadable")}, "file.unscanned"),
        ({"problems": ("needs_password",)}, "file.encrypted"),
        ({"problems": ("wrong_extension",)}, "file.extension"),
        ({"problems": ("unidentified",)}, "file.unidentified"),
        ({"problems": ("no_text_layer",)}, "file.no-text"),
        ({"pdfa": False}, "file.not-pdfa"),
        ({"secret": True}, "secret.suspected"),
    ],
)
def test_what_is_wrong_with_a_file_is_found(
    lists: CodeLists, facts: dict[str, object], code: str
) -> None:
    report = dry_run(lists, [row()], [file("a/001.pdf", **facts)])
    assert codes(report, "file:a/001.pdf") == {code}


def test_the_same_bytes_twice_are_found_and_system_files_are_no_error(lists: CodeLists) -> None:
    files = [
        file("a/001.pdf"),
        file("a/copy.pdf", sha256="a/001.pdf"),
        file("a/Thumbs.db"),
        file("a/~$index.xlsx"),
        file(".DS_Store"),
    ]
    report = dry_run(lists, [row()], files)
    assert "file.duplicate" in codes(report, "file:a/copy.pdf")
    assert set(report.skipped) == {"a/Thumbs.db", "a/~$index.xlsx", ".DS_Store"}
    assert codes(report, "file:a/Thumbs.db") == {"file.not-record"}


def test_two_rows_that_name_one_file_block_each_other(lists: CodeLists) -> None:
    report = dry_run(lists, [row(), row(ordinal=2)], [file("a/001.pdf")])
    assert "row.file-shared" in codes(report, "row:2") & codes(report, "row:3")


def test_rows_of_one_dossier_that_contradict_each_other_are_found(lists: CodeLists) -> None:
    rows = [row(), row(ordinal=2, path="2.pdf"), row(title="Khác", ordinal=3, path="3.pdf")]
    report = dry_run(lists, rows)
    [found] = [f for f in report.findings if f.code == "dossier.contradiction"]
    assert (found.field, found.repairs[0].value) == ("title", "Tập công văn")


def test_declared_counts_gaps_and_double_ordinals_are_told_as_they_are(lists: CodeLists) -> None:
    rows = [row(total=5), row(total=5, path="2.pdf"), row(total=5, ordinal=4, path="4.pdf")]
    report = dry_run(lists, rows, [file("a/001.pdf"), file("2.pdf")])
    texts = {f.code: f.text() for f in report.findings if f.target == "dossier:01/07"}
    assert "khai 5 tài liệu; bảng kê có 3 dòng, thư mục có 2 tệp" in texts["dossier.count.declared"]
    assert "2–3, 5" in texts["dossier.ordinal.gap"]
    assert "số thứ tự 1" in texts["dossier.ordinal.duplicate"]


def test_a_dossier_that_ends_before_it_begins_is_found(lists: CodeLists) -> None:
    report = dry_run(lists, [row(start="12/2015", end="01/2015", year="", month="", day="")])
    assert "date.order" in codes(report, "dossier:01/07")


def test_an_ordinal_that_the_file_name_contradicts_is_asked(lists: CodeLists) -> None:
    report = dry_run(lists, [row(path=NAME)], [file(NAME)])
    [found] = [f for f in report.findings if f.code == "name.contradiction"]
    assert (found.value, found.params["named"]) == ("1", "2")


def test_a_file_without_a_row_gets_a_row_from_its_name_and_text(lists: CodeLists) -> None:
    read = [Read("type", "02"), Read("date", "2015-03-09"), Read("subject", "Về việc A"),
            Read("subject", "Về việc B", 0.5), Read("number", "9"),
            Read("notation", "ỌĐ- cc")]  # fmt: skip
    report = dry_run(lists, [row()], [file("a/001.pdf"), file(NAME)], {NAME: read})
    proposed = report.documents[f"file:{NAME}"].proposals
    assert {name: repair.value for name, repair in proposed.items()} == {
        "ordinal": "2", "pages": "2", "language": "01", "type": "02", "issued": "09/03/2015",
        "issuer": "Sở Xây dựng", "subject": "Về việc A", "number": "9", "notation": "QĐ-CC",
    }  # fmt: skip
    assert proposed["subject"].snippet == "như đọc được"


def test_a_date_outside_the_time_of_the_dossier_is_not_proposed(lists: CodeLists) -> None:
    report = dry_run(lists, [row()], [file(NAME)], {NAME: [Read("date", "1915-03-09", 0.99)]})
    assert report.documents[f"file:{NAME}"].proposals["issued"].value == "2015"


def test_a_cover_is_kept_with_its_dossier_and_not_counted(lists: CodeLists) -> None:
    report = dry_run(lists, [row()], [file("a/001.pdf"), file("x/Bia_hoso07.pdf")])
    assert report.dossiers["01/07"].covers == ("x/Bia_hoso07.pdf",)
    assert "file:x/Bia_hoso07.pdf" not in report.documents


def test_a_file_that_says_nothing_goes_to_the_only_dossier_and_else_stays_unplaced(
    lists: CodeLists,
) -> None:
    one = dry_run(lists, [row()], [file("scan.pdf")])
    assert one.documents["file:scan.pdf"].dossier == "01/07"
    two = dry_run(lists, [row(), row(dossier="8")], [file("scan.pdf")])
    assert "file.unplaced" in codes(two, "file:scan.pdf")


@pytest.mark.req("AR-127")
@pytest.mark.parametrize("mode", ["Mật", "03", "3", "TỐI MẬT", "tuyệt mật"])
def test_a_row_declared_secret_is_refused_with_its_file_and_nothing_of_it_is_kept(
    lists: CodeLists, mode: str
) -> None:
    secret = row(doc_mode=mode, ordinal=2, subject="Trận địa X", issuer="Cục Y", path="s.pdf")
    report = dry_run(lists, [row(), secret], [file("a/001.pdf"), file("s.pdf")],
                     {"s.pdf": [Read("subject", "Trận địa X")]})  # fmt: skip
    assert codes(report, "row:3") == codes(report, "file:s.pdf") == {"secret.declared"}
    assert set(report.documents) == {"row:2"}
    kept = repr([report.rows, report.documents, report.dossiers, report.findings])
    for word in ("Trận địa X", "Cục Y", mode if len(mode) > 2 else "Trận"):
        assert word not in kept


@pytest.mark.req("AR-127")
def test_a_dossier_declared_secret_takes_its_files_without_rows_with_it(lists: CodeLists) -> None:
    rows = [row(), row(dossier="8", mode="Mật", title="Trận địa X", path="s.pdf")]
    other = NAME.replace(".07.", ".08.")
    report = dry_run(lists, rows, [file("a/001.pdf"), file("s.pdf"), file(other)])
    assert list(report.dossiers) == ["01/07"]
    assert codes(report, f"file:{other}") == codes(report, "file:s.pdf") == {"secret.declared"}
    assert set(report.documents) == {"row:2"}
    assert "Trận địa X" not in repr([report.rows, report.dossiers, report.findings])


def test_secrecy_in_a_column_of_its_own_counts_too(lists: CodeLists) -> None:
    from tangthu.archive.batch.mapping import propose
    from tangthu.archive.batch.report import build_report
    from tests.archive.batch.small import HEADINGS, table

    index = table([[*row(), "A"], [*row(ordinal=2), "Không"]], [*HEADINGS, "Độ mật"])
    report = build_report(index, propose(index), [], {}, lists=lists)
    assert codes(report, "row:2") == {"secret.declared"}
    assert "row:3" in report.documents


@pytest.mark.parametrize(
    ("answers"),
    [{"access": "03"}, {"access": "mật"}, {"access": "xanh"}, {"colour": "1"}, {"backup": "2"}],
)
def test_an_answer_that_cannot_be_is_refused(lists: CodeLists, answers: dict[str, str]) -> None:
    with pytest.raises(BadDecisionError):
        dry_run(lists, [row()], answers=answers)


def paired(paths: dict[int, str], files: list[str]) -> dict[int, tuple[str, str]]:
    return dict(match(paths, files, lambda _: None, lambda _: None).files)


def test_rows_find_files_however_the_name_is_written() -> None:
    nfd = "a/Bia\u0309ng ke\u0302.pdf"
    assert paired({1: "D:\\x\\001.PDF", 2: "002.pdf", 3: "bảng kê.pdf", 4: "004"},
                  ["x/001.pdf", "002.pdf", "a/bang ke.pdf", "004.pdf"]) == {
        1: ("x/001.pdf", SPELLING), 2: ("002.pdf", EXACT),
        3: ("a/bang ke.pdf", SPELLING), 4: ("004.pdf", STEM),
    }  # fmt: skip
    assert paired({1: "Biảng kê.pdf"}, [nfd]) == {1: (nfd, EXACT)}


def test_of_equal_names_the_one_in_the_named_folder_is_meant() -> None:
    files = ["hop1/hs1/1.pdf", "hop1/hs2/1.pdf", "hop2/hs1/1.pdf"]
    rows = {1: "E:\\hop1\\hs2\\1.pdf", 2: "\\\\may\\hop2\\hs1\\1.pdf", 3: "hop1\\hs1\\1.pdf"}
    assert {row: path for row, (path, _) in paired(rows, files).items()} == {
        1: files[1], 2: files[2], 3: files[0],
    }  # fmt: skip
    found = match({1: "1.pdf"}, files, lambda _: None, lambda _: None)
    assert found.files == {} and set(found.unsure[1]) == set(files)


def test_a_row_and_a_file_meet_by_code_when_no_name_fits() -> None:
    found = match({5: "khác.pdf"}, ["b.pdf"], lambda _: ("7", "2"), lambda _: ("7", "2"))
    assert found.files == {5: ("b.pdf", CODE)}


@settings(deadline=None)
@given(st.dictionaries(st.integers(0, 30), st.text(max_size=12), max_size=12),
       st.lists(st.text(min_size=1, max_size=12), max_size=12, unique=True))  # fmt: skip
def test_matching_never_loses_a_row_or_a_file(paths: dict[int, str], files: list[str]) -> None:
    found = match(paths, files, lambda _: None, lambda _: None)
    assert {*found.files, *found.rows_without_file, *found.unsure} == set(paths)
    used = {path for path, _ in found.files.values()}
    left = {path for options in found.unsure.values() for path in options}
    assert used | left | set(found.files_without_row) == set(files)
    assert not used & set(found.files_without_row)


@pytest.mark.req("RM-857", "AR-50")
def test_names_made_of_codes_tell_the_place() -> None:
    codes = parse_name("x/001.03.08.H30.81.2024.K4.01.02.007.pdf")
    assert codes is not None
    assert (codes.dossier, codes.ordinal, codes.year, codes.inventory) == ("02", 7, "2024", "01")
    assert codes.file_code == "001.03.08.H30.81.2024.K4.01.02"
    old = parse_name("Q3-5-1-10-4.pdf")
    assert old is not None and (old.dossier, old.inventory, old.ordinal) == ("10", "1", None)
    whole = parse_name("H49.64.33.2001.160.pdf")
    assert whole is not None and (whole.dossier, whole.ordinal) == ("160", None)
    assert parse_name("Chi-cuc-an-toan-12.pdf") is None
    assert parse_name("scan 001.pdf") is None


def test_codes_of_archive_and_body_are_sure_only_when_one_is_known() -> None:
    unsure = body_codes(NAME, None, None)
    assert unsure is not None
    assert (unsure.archive, unsure.body, unsure.sure) == ("001.03.08", "H30.81", False)
    sure = body_codes(NAME, None, "81")
    assert sure is not None and (sure.archive, sure.sure) == ("001.03.08.H30", True)


def test_covers_and_folders_speak_in_words() -> None:
    assert is_cover("Bia_hoso03.pdf") and is_cover("Mục lục văn bản.pdf")
    assert not is_cover("Biên bản.pdf") and not is_cover(
        "bia ruou 2010.pdf".replace("bia ", "bai ")
    )
    assert dossier_in_words("hopso01\\hoso03\\x.pdf") == "03"
    assert dossier_in_words("hopso01\\x.pdf") is None
    assert file_name("\\\\may\\a\\b.pdf") == "b.pdf"


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_name_breaks_the_readers(name: str) -> None:
    parse_name(name)
    body_codes(name, None, None)
    is_cover(name)
    dossier_in_words(name)


@settings(deadline=None)
@given(st.sets(st.integers(1, 60)))
def test_ranges_say_exactly_the_numbers(numbers: set[int]) -> None:
    said: set[int] = set()
    for part in filter(None, ranges(sorted(numbers)).split(", ")):
        first, _, last = part.partition("–")
        said.update(range(int(first), int(last or first) + 1))
    assert said == numbers
