"""What a column *Độ mật* and a column *Chế độ sử dụng* say, on both kinds of site (AR-127, AR-128).

Figures mean different things in them: 1, 2, 3 are degrees in the one, codes of TT05's list in the
other, where 03 is Mật.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tangthu.archive.batch.accept import COMPLETE, apply
from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.errors import BadDecisionError
from tangthu.archive.batch.mapping import propose
from tangthu.archive.batch.model import BatchReport, Decision
from tangthu.archive.batch.report import build_report
from tests.archive.batch.small import ANSWERS, HEADINGS, codes, file, row, table

# What a cell says: the degree it states as a mark of secrecy, and as an access level.
MEANINGS = {
    # blank, and the words for “none”
    "": ("", ""), "–": ("", ""), "-": ("", ""), "0": ("", ""), "00": ("", ""), "000": ("", ""),
    "Không": ("", ""), "khong": ("", ""), "KHÔNG MẬT": ("", ""), "Thường": ("", ""),
    "thuong": ("", ""),
    # figures, as typed and as a format such as 00 shows them
    "1": ("1", ""), "2": ("2", ""), "3": ("3", "1"), "4": ("3", ""), "9": ("3", ""),
    "10": ("3", ""), "01": ("1", ""), "02": ("2", ""), "03": ("3", "1"), "04": ("3", ""),
    "001": ("1", ""), "003": ("3", "1"), "33": ("3", ""), "-2": ("2", ""), "(3)": ("3", "1"),
    "２": ("2", ""), "３": ("3", "1"), "1.0": ("3", ""), "0.5": ("3", ""), "1/2": ("3", ""),
    # words, with diacritics, without, in capitals, decomposed, with what stands around them
    "Mật": ("1", "1"), "MẬT": ("1", "1"), "mat": ("1", "1"), "Ma\u0323\u0302t": ("1", "1"),
    "Độ mật": ("1", "1"), "Tối mật": ("2", "2"), "toi mat": ("2", "2"), "TỐI  MẬT.": ("2", "2"),
    "độ Tối mật": ("2", "2"), "Tuyệt mật": ("3", "3"), "TUYET MAT": ("3", "3"),
    "Do tuyet mat": ("3", "3"), "03 Mật": ("3", "1"), "3 - Tuyệt mật": ("3", "3"),
    # the letters of the stamps, which no access level has
    "A": ("3", ""), "a": ("3", ""), "B": ("2", ""), "C": ("1", ""), "c": ("1", ""), "D": ("3", ""),
    # what nobody knows: a mark of secrecy counts as the highest, an access level is asked
    "?": ("3", ""), "x": ("3", ""), "✓": ("3", ""), "*": ("3", ""), "Có": ("3", ""),
    "Ⅱ": ("3", ""), "Nội bộ": ("3", ""), "Công khai": ("3", ""), "Hạn chế": ("3", ""),
    "Mật, 2 bản": ("3", ""), "không rõ": ("3", ""), "0" + " " * 400 + "mật": ("3", ""),
}  # fmt: skip
KNOWN_LEVELS = {
    "1": "01",
    "-2": "02",
    "01": "01",
    "2": "02",
    "02": "02",
    "Công khai": "01",
    "Hạn chế": "02",
}
CODE = "secret.declared"
WORD = "Xanhdamtrang"
CASES = [
    (column, text, degrees[column == "mode"])
    for text, degrees in MEANINGS.items()
    for column in ("secrecy", "mode")
]


def read(lists: CodeLists, level: str, column: str, text: str) -> BatchReport:
    """A dossier of two documents, the second of which, or a second dossier, says `text`."""
    changed = {"mode" if level == "dossier" else "doc_mode": text} if column == "mode" else {}
    if level == "dossier":
        second = row(dossier="8", title=f"Tập {WORD}", subject=WORD, path="s.pdf", **changed)
    else:
        second = row(ordinal=2, subject=f"Về {WORD}", issuer=WORD, path="s.pdf", **changed)
    mark = text if column == "secrecy" else ""
    headings = [*HEADINGS, "Độ mật văn bản" if level == "document" else "Cấp độ mật"]
    index = table([[*row(), ""], [*second, mark]], headings)
    files = [file("a/001.pdf"), file("s.pdf")]
    return build_report(index, propose(index), files, {}, ANSWERS, lists=lists)


@pytest.mark.req("AR-127")
@pytest.mark.parametrize("level", ["document", "dossier"])
@pytest.mark.parametrize(("column", "text", "degree"), CASES)
def test_on_a_connected_site_what_states_a_degree_is_refused_and_nothing_else(
    lists: CodeLists, level: str, column: str, text: str, degree: str
) -> None:
    report = read(lists, level, column, text)
    if not degree:
        assert CODE not in {finding.code for finding in report.findings}
        assert report.documents["row:3"].file == "s.pdf"
        return
    assert codes(report, "row:3") == codes(report, "file:s.pdf") == {CODE}
    assert set(report.documents) == {"row:2"}
    assert list(report.dossiers) == ["01/07"]
    outcome = apply(report, [], COMPLETE, lists=lists)
    assert set(outcome.refused) == {"row:3", "file:s.pdf"}
    assert WORD not in repr([report.rows, report.documents, report.dossiers, report.findings])


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("level", ["document", "dossier"])
@pytest.mark.parametrize(("column", "text", "degree"), CASES)
def test_on_an_isolated_lan_row_and_file_are_taken_with_the_degree_that_they_state(
    lists: CodeLists, level: str, column: str, text: str, degree: str
) -> None:
    report = read(replace(lists, secrets=True), level, column, text)
    assert CODE not in {finding.code for finding in report.findings}
    draft = report.documents["row:3"]
    assert draft.file == "s.pdf"
    values = draft.values if level == "document" else report.dossiers["01/08"].values
    assert (values["secrecy"].value if "secrecy" in values else "") == degree
    mode = values["mode"].value if "mode" in values else ""
    if degree:
        assert mode == "03"
    elif column == "mode":
        assert mode == KNOWN_LEVELS.get(text, "")
        if text and not mode:
            asked = {finding.code for finding in report.findings if finding.field == "mode"}
            assert "field.not-coded" in asked
    for other in (report.dossiers["01/07"].values, report.documents["row:2"].values):
        assert "secrecy" not in other


@pytest.mark.req("AR-127", "AR-128")
@pytest.mark.parametrize(
    ("heading", "text", "degree"),
    [
        ("Độ bảo mật", "2", "2"), ("Độ bảo mật", "Thường", ""), ("Độ bảo mật", "?", "3"),
        ("Ghi chú thêm", "2", ""), ("Ghi chú thêm", "Tối mật", "2"), ("Ghi chú thêm", "A", ""),
        ("Ghi chú thêm", "03 Mật", "1"), ("Ghi chú thêm", "Mật độ dân số", ""),
    ],
)  # fmt: skip
def test_a_column_of_no_field_that_names_secrecy_is_read_as_one(
    lists: CodeLists, heading: str, text: str, degree: str
) -> None:
    index = table([row(), [*row(ordinal=2, path="s.pdf"), text]], [*HEADINGS, heading])
    mapping = propose(index)
    for isolated in (False, True):
        report = build_report(index, mapping, [file("a/001.pdf"), file("s.pdf")], {}, ANSWERS,
                              lists=replace(lists, secrets=isolated))  # fmt: skip
        assert (CODE in codes(report, "row:3")) is bool(degree and not isolated)
        if isolated:
            values = report.documents["row:3"].values
            kept = {} if degree and "mật" in heading else {heading: text}
            assert report.documents["row:3"].extras == kept
            assert (values["secrecy"].value if "secrecy" in values else "") == degree


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("marks", [("1", "1", "3", ""), ("", "", "", "Tuyệt mật"), ("3", "1", "1")])
def test_of_several_degrees_of_one_dossier_the_highest_holds(
    lists: CodeLists, marks: tuple[str, ...]
) -> None:
    rows = [[*row(ordinal=n, path=f"{n}.pdf"), mark] for n, mark in enumerate(marks, 1)]
    index = table(rows, [*HEADINGS, "Cấp độ mật"])
    report = build_report(index, propose(index), [file(f"{n}.pdf") for n in range(1, 5)], {},
                          ANSWERS, lists=replace(lists, secrets=True))  # fmt: skip
    values = report.dossiers["01/07"].values
    assert (values["secrecy"].value, values["mode"].value) == ("3", "03")


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("value", ["", "0", "Thường"])
def test_no_edit_of_a_batch_takes_a_degree_away(lists: CodeLists, value: str) -> None:
    """It is ended on the page *Độ mật*, on a basis."""
    isolated = replace(lists, secrets=True)
    report = read(isolated, "document", "secrecy", "2")
    with pytest.raises(BadDecisionError):
        apply(report, [Decision("edit", "row:3", "secrecy", value)], COMPLETE, lists=isolated)
