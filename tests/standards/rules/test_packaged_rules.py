"""The rules shipped with the package, checked against the tables they were taken from."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pygfried
import pytest
from openpyxl import Workbook
from PIL import Image

from tangthu.standards.rules import Duration, NotInForceError, RuleSet

ON = date(2026, 11, 22)
RULES = RuleSet.packaged()
# NĐ30/2020 article 7 in its own order: number, name, abbreviation, TT05 code.
ND30 = """
1 Nghị quyết|NQ|01
2 Quyết định|QĐ|02
3 Chỉ thị|CT|03
4 Quy chế|QC|04
5 Quy định|QyĐ|05
6 Thông cáo|TC|06
7 Thông báo|TB|07
8 Hướng dẫn|HD|08
9 Chương trình|CTr|09
10 Kế hoạch|KH|10
11 Phương án|PA|11
12 Đề án|ĐA|12
13 Dự án|DA|13
14 Báo cáo|BC|14
15 Biên bản|BB|20
16 Tờ trình|TTr|15
17 Hợp đồng|HĐ|21
18 Công văn||22
19 Công điện|CĐ|23
20 Bản ghi nhớ|BGN|24
21 Bản thỏa thuận|BTT|25
22 Giấy ủy quyền|GUQ|16
23 Giấy mời|GM|26
24 Giấy giới thiệu|GGT|27
25 Giấy nghỉ phép|GNP|28
26 Phiếu gửi|PG|17
27 Phiếu chuyển|PC|18
28 Phiếu báo|PB|19
29 Thư công||29
"""


@pytest.mark.req("RM-100")
def test_the_29_types_of_the_decree_keep_number_abbreviation_and_tt05_code() -> None:
    wanted = []
    for line in ND30.strip().splitlines():
        number, rest = line.split(" ", 1)
        vi, abbreviation, tt05 = rest.split("|")
        wanted.append((f"{int(number):02d}", vi, abbreviation or None, tt05))
    codes = RULES.codes("administrative_types", ON)
    assert [(c.code, c.vi, c.abbreviation, c.attributes["tt05"]) for c in codes] == wanted
    types = {c.code: c for c in RULES.codes("document_types", ON)}
    assert list(types) == [f"{n:02d}" for n in range(1, 33)]
    for _, vi, abbreviation, tt05 in wanted:
        assert (types[tt05].vi, types[tt05].abbreviation) == (vi, abbreviation)
    assert [types[c].vi for c in ("30", "31", "32")] == ["Bản đồ", "Bản vẽ kỹ thuật", "Khác"]


@pytest.mark.req("RM-817")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("maintenance", "Vĩnh viễn|70 năm|50 năm|30 năm|20 năm|10 năm|Khác"),
        ("mode", "Công khai|Sử dụng có điều kiện|Mật"),
        ("confidence_level", "Gốc điện tử|Số hóa|Hỗn hợp"),
        ("physical_condition", "Tốt|Bình thường|Hỏng"),
        ("risk_recovery_status", "Đã lập dự phòng|Chưa lập dự phòng"),
        ("purpose", "Cá nhân|Công vụ|Công vụ đặc biệt"),
        ("picture_kind", "Phim âm bản|Ảnh"),
        ("media_kind", "Âm thanh|Video"),
        ("colour", "Màu|Đen trắng"),
    ],
)
def test_code_lists_are_numbered_from_01_in_the_order_of_the_circular(
    name: str, words: str
) -> None:
    wanted = [(f"{n:02d}", word) for n, word in enumerate(words.split("|"), 1)]
    assert [(c.code, c.vi) for c in RULES.codes(name, ON)] == wanted


@pytest.mark.req("RM-817")
def test_languages_retention_sources_statuses_and_fees_are_complete() -> None:
    languages = {c.code: c.attributes.get("iso639") for c in RULES.codes("language", ON)}
    assert languages["06"] == ("vie", "eng")
    assert languages["10"] == ("vie", "zho")
    assert list(languages) == [f"{n:02d}" for n in range(1, 12)]
    years = [c.attributes.get("years") for c in RULES.codes("maintenance", ON)]
    assert years == [None, 70, 50, 30, 20, 10, None]
    assert [c.code for c in RULES.codes("source", ON)] == ["0", "1"]
    statuses = [c.code for c in RULES.codes("record_status", ON)]
    assert statuses == ["NEW", "SUPPLEMENT", "REPLACEMENT", "TEST", "OTHER"]
    assert len(RULES.codes("fee_classes", ON)) == 10
    assert [c.abbreviation for c in RULES.codes("copy_types", ON)] == ["SY", "TrS", "SL"]


@pytest.mark.req("AR-01", "RM-014")
def test_every_rule_shows_citation_evidence_and_dates() -> None:
    sources = [RULES.value(key, ON) for key in RULES.value_keys()]
    entries = [c for name in RULES.list_names() for c in RULES.codes(name, ON)]
    elements = [f for name in RULES.field_sets() for f in RULES.fields(name, ON)]
    for source in (*sources, *entries, *elements, *RULES.formats(ON)):
        assert source.citation and source.evidence and source.effective_from <= ON


@pytest.mark.req("AR-01", "RM-014")
def test_the_circular_of_2025_does_not_judge_what_is_older() -> None:
    for ask in (
        lambda day: RULES.codes("maintenance", day),
        lambda day: RULES.fields("aip_dossier", day),
        lambda day: RULES.formats(day),
        lambda day: RULES.value("deadline.register_ahead", day),
    ):
        assert ask(date(2025, 7, 1))
        with pytest.raises(NotInForceError):
            ask(date(2025, 6, 30))


def test_lists_and_elements_speak_both_languages() -> None:
    for name in RULES.list_names():
        assert all(RULES.list_title(name))
        assert RULES.list_title(name)[0] != name
        for code in RULES.codes(name, ON):
            assert code.vi and code.en


@pytest.mark.parametrize(
    ("field_set", "names"),
    [
        (
            "aip_dossier",
            "arcFileCode title maintenance mode language startDate endDate keyword totalDoc "
            "numberOfPaper numberOfPage format inforSign confidenceLevel paperFileCode "
            "riskRecovery riskRecoveryStatus description",
        ),
        (
            "aip_document",
            "arcFileCode mode language keyword numberOfPage format inforSign confidenceLevel "
            "description docCode docOrdinal typeName codeNumber codeNotation issuedDate organName "
            "subject autograph process",
        ),
        (
            "sip_document",
            "docId docCode maintenance typeName codeNumber codeNotation issuedDate organName "
            "subject language numberOfPage inforSign keyword mode confidenceLevel autograph format "
            "riskRecovery riskRecoveryStatus process description",
        ),
        ("aip_lot", "arcFileCode title source description"),
        ("sip_lot", "fileCode title source totalDoc description"),
        (
            "dip_request",
            "requestID requestDate purpose purposeContent feeObjectType researchTopic description",
        ),
    ],
)
def test_records_have_the_elements_of_the_circular_in_order(field_set: str, names: str) -> None:
    assert [field.name for field in RULES.fields(field_set, ON)] == names.split()


def test_the_dip_record_is_the_sip_record_with_its_archival_code_and_no_issuer() -> None:
    sip = [f.name for f in RULES.fields("sip_document", ON)]
    dip = [f.name for f in RULES.fields("dip_document", ON)]
    assert dip == ["arcDocCode" if n == "docCode" else n for n in sip if n != "organName"]
    assert len(dip) == 20
    counts = {name: len(RULES.fields(name, ON)) for name in RULES.field_sets()}
    assert (counts["sip_dossier"], counts["sip_picture"], counts["sip_media"]) == (18, 18, 19)


@pytest.mark.parametrize(
    ("field_set", "name", "kind", "length", "obligation", "condition", "code_list"),
    [
        ("aip_dossier", "arcFileCode", "string", 100, "mandatory", None, None),
        ("aip_dossier", "title", "string", 1000, "mandatory", None, None),
        ("aip_dossier", "maintenance", "string", 100, "mandatory", None, "maintenance"),
        ("aip_dossier", "mode", "string", 30, "mandatory", None, "mode"),
        ("aip_dossier", "totalDoc", "number", 10, "mandatory", None, None),
        ("aip_dossier", "numberOfPaper", "number", 10, "conditional", "digitised", None),
        ("aip_dossier", "paperFileCode", "string", 100, "conditional", "digitised", None),
        (
            *("aip_dossier", "riskRecoveryStatus", "string", 2, "conditional", "backup"),
            "risk_recovery_status",
        ),
        ("aip_dossier", "confidenceLevel", "string", 40, "optional", None, "confidence_level"),
        ("aip_dossier", "description", "string", 2000, "optional", None, None),
        ("aip_document", "mode", "string", 20, "mandatory", None, "mode"),
        ("aip_document", "typeName", "string", 10, "mandatory", None, "document_types"),
        ("aip_document", "codeNumber", "string", 11, "optional", None, None),
        ("aip_document", "codeNotation", "string", 30, "optional", None, None),
        ("aip_document", "subject", "string", 500, "mandatory", None, None),
        ("aip_document", "numberOfPage", "number", 4, "mandatory", None, None),
        ("aip_document", "process", "boolean", 1, "conditional", "on_system", None),
        ("aip_document", "docOrdinal", "number", None, "mandatory", None, None),
        ("sip_document", "docId", "string", 25, "mandatory", None, None),
        ("sip_lot", "source", "boolean", 1, "mandatory", None, "source"),
        ("aip_lot", "source", "string", 100, "mandatory", None, "source"),
    ],
)
def test_elements_have_the_type_length_and_duty_of_the_circular(
    field_set: str,
    name: str,
    kind: str,
    length: int | None,
    obligation: str,
    condition: str | None,
    code_list: str | None,
) -> None:
    field = next(f for f in RULES.fields(field_set, ON) if f.name == name)
    assert (field.kind, field.max_length, field.obligation) == (kind, length, obligation)
    assert (field.condition, field.code_list) == (condition, code_list)


def test_only_the_file_level_takes_vague_dates() -> None:
    precision = {
        (name, field.name): field.precision
        for name in RULES.field_sets()
        for field in RULES.fields(name, ON)
        if field.kind == "date"
    }
    assert precision["aip_dossier", "startDate"] == "any"
    assert precision["sip_dossier", "startDate"] == "day"
    assert precision["aip_document", "issuedDate"] == "day"


def test_every_code_list_that_an_element_names_exists() -> None:
    for name in RULES.field_sets():
        for field in RULES.fields(name, ON):
            if field.code_list:
                assert RULES.codes(field.code_list, ON)


@pytest.mark.parametrize(
    ("key", "amount", "unit"),
    [
        ("edms_due_notice", 30, "days"),
        ("to_current_archive.target", 60, "days"),
        ("to_current_archive.limit", 1, "years"),
        ("current_archive_confirm", 60, "days"),
        ("to_historical_archive.limit", 5, "years"),
        ("to_historical_archive.special", 30, "years"),
        ("register_ahead", 12, "months"),
        ("register_answer", 7, "working_days"),
        ("approve_submission", 60, "days"),
        ("reader_account", 1, "working_days"),
        ("reading", 1, "working_days"),
        ("certified_copy", 2, "working_days"),
        ("conditional", 7, "working_days"),
        ("info_supply_decision", 6, "working_days"),
        ("reading_window", 15, "days"),
        ("purge_after", 5, "days"),
        ("copy_download", 15, "days"),
        ("backup_incremental", 1, "days"),
        ("backup_full", 1, "months"),
        ("recarry_full", 3, "years"),
        ("fixity_cycle", 3, "years"),
        ("carrier_lead", 1, "years"),
        ("restore_after_move", 3, "months"),
        ("destroy_after_decision", 15, "days"),
        ("breach_notice", 72, "hours"),
        ("cyber_first", 24, "hours"),
        ("cyber_report", 72, "hours"),
        ("construction_to_current_archive", 3, "months"),
        ("unit_may_keep", 2, "years"),
        ("log_retention", 12, "months"),
    ],
)
def test_deadlines_are_those_of_the_table(key: str, amount: int, unit: str) -> None:
    assert RULES.duration(f"deadline.{key}", ON) == Duration(amount, unit)


def test_only_records_kept_five_years_or_longer_must_be_filed() -> None:
    assert RULES.integer("retention.filing_threshold_years", ON) == 5


@pytest.mark.parametrize(
    ("group", "extensions"),
    [
        ("DOC", "txt rtf doc docx odt pdf"),
        ("OTHER", "csv xls xlsx ods htm ppt pptx odp"),
        ("PIC", "jpg jpeg gif tif tiff png"),
        ("MEDIA", "mpg mpeg mp4 avi wmv mov qt mp3 wma aac wav"),
    ],
)
def test_accepted_formats_are_those_of_the_mimetype_table(group: str, extensions: str) -> None:
    assert [f.extension for f in RULES.formats(ON) if f.group == group] == extensions.split()


def test_extensions_are_asked_in_any_case_and_strangers_are_refused() -> None:
    for asked in ("pdf", ".PDF", "Pdf"):
        accepted = RULES.format(asked, ON)
        assert accepted is not None and accepted.mime[0] == "application/pdf"
    for asked in ("exe", "", ".", "pdf.exe", "html5", "\ud800"):
        assert RULES.format(asked, ON) is None


def test_pronom_ids_agree_with_what_siegfried_sees(tmp_path: Path) -> None:
    picture = Image.new("RGB", (8, 8))
    for extension in ("jpg", "gif", "tif", "png"):
        picture.save(tmp_path / f"x.{extension}")
    book = Workbook()
    book.save(tmp_path / "x.xlsx")
    (tmp_path / "x.rtf").write_bytes(b"{\\rtf1\\ansi\\ansicpg1252 x}")
    (tmp_path / "x.htm").write_text("<!DOCTYPE html><html><head></head><body></body></html>")
    with (tmp_path / "x.csv").open("w", newline="") as handle:
        csv.writer(handle).writerows([["a", "b"], ["1", "2"]])
    seen = {}
    for path in sorted(tmp_path.iterdir()):
        accepted = RULES.format(path.suffix, ON)
        assert accepted is not None
        seen[path.suffix] = pygfried.identify(str(path))
        assert seen[path.suffix] in accepted.pronom, seen
    assert len(seen) == 8


def test_what_one_digest_said_is_marked_as_configurable() -> None:
    assert RULES.value("deadline.fixity_cycle", ON).configurable
    assert not RULES.value("deadline.restore_after_move", ON).configurable
    wav = RULES.format("wav", ON)
    assert wav is not None and wav.configurable and wav.evidence == "N"


def test_degrees_of_secrecy_have_their_usual_english_names() -> None:
    named = {code.vi: code.en for code in RULES.codes("secrecy", ON)}
    assert named == {"Mật": "Confidential", "Tối mật": "Secret", "Tuyệt mật": "Top secret"}
    # The access level of a secret of any degree is called otherwise than one of the degrees.
    assert RULES.code("mode", "03", ON).en not in named.values()
