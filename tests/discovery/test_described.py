"""Every input field of a description can be asked by its name (RM-661 d, AR-27)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tangthu.discovery import lists
from tangthu.discovery.described import DESCRIBED, NAMES
from tangthu.discovery.language import FIELDS, parse
from tangthu.discovery.search import search
from tangthu.records.fields import fields_of
from tangthu.records.models import Document, Dossier
from tests.support.house import TestHouse
from tests.support.records import change_dossier, make_dossier

# Fields with a column of their own in the index, and the name by which the language asks them.
GREAT = {
    "title": "title", "subject": "title", "issuer": "issuer", "record_type": "type",
    "retention_code": "retention", "issued_on": "date",
}  # fmt: skip

DOCUMENT = {
    "subject": "Kế hoạch tập huấn", "number": "15", "symbol": "KH-CCATVSTP", "record_type": "09",
    "issuer": "Sở Y tế", "issued_on": "2011-03-09", "keywords": "từ khóa riêng",
    "handwriting": "bút phê riêng", "note": "thiếu trang cuối", "type_text": "Kế hoạch liên ngành",
    "info_symbol": "KH-07", "language_codes": ["02"], "page_count": 17, "reliability": "01",
    "physical_condition": "03", "has_process_file": True, "retention_code": "02",
    "sensitivity": "02", "extra": {"Tờ số": "từ 3 đến 5"},
}  # fmt: skip
QUESTIONS = {
    "subject": "td:tập huấn", "number": "sovanban:15", "symbol": "kýhiệu:kh-ccatvstp",
    "record_type": "loại:09", "issuer": 'cq:"Sở Y tế"', "issued_on": "ngày:09/03/2011",
    "keywords": "từkhóa:riêng", "handwriting": 'búttích:"phê riêng"', "note": "ghichú:trang thiếu",
    "type_text": "tenloai:liên ngành", "info_symbol": "kyhieuthongtin:07", "language_codes":
    "ngônngữ:tiếng anh", "page_count": "sốtrang:15-20", "reliability": "tincay:01",
    "physical_condition": "format:03", "has_process_file": "quytrinh:có", "retention_code":
    "thbq:02", "record_archive_code": "maluutru:001.03.08.H30.81.2010.01.0000001",
    "access_level": "chedo:01 sotrang:17", "sensitivity": "nhan:02", "extra": 'bosung:"tờ số"',
}  # fmt: skip


def test_the_language_has_a_name_for_every_field_of_the_registry() -> None:
    for model in (Dossier, Document):
        for field in fields_of(model, timezone.localdate()):
            name = field.identifier
            assert name in DESCRIBED or GREAT[name] in FIELDS.values(), name
    assert len(NAMES) == sum(len(one.names) for one in DESCRIBED.values()), "a name is taken twice"


@pytest.mark.req("RM-661", "AR-27")
def test_a_document_is_found_by_each_field_alone(shared_cast: TestHouse) -> None:
    made = make_dossier(shared_cast, documents=[DOCUMENT, {}, {"subject": "tập huấn khác số"}])
    viewer = shared_cast.acting("hoa").viewer
    wanted = made.documents[0].pk
    fields = {field.identifier for field in fields_of(Document, timezone.localdate())}
    assert fields | {"extra"} == set(QUESTIONS), (
        "a field without a question, or the other way round"
    )
    for name, question in QUESTIONS.items():
        hits = search(viewer, parse(question), kind="document").hits
        if name == "subject":
            assert wanted in {hit.obj for hit in hits}
            continue
        assert [hit.obj for hit in hits] == [wanted], (name, question)
        page = lists.page(viewer, "document", text=question)
        assert [row.obj for row in page.rows] == [wanted], (name, question)


@pytest.mark.req("RM-661", "AR-27")
def test_a_dossier_is_found_by_each_field_alone(cast: TestHouse) -> None:
    first = make_dossier(cast, number="01", title="Hồ sơ thứ nhất", documents=[{}, {}], declared=83)
    make_dossier(cast, number="02", title="Hồ sơ khác", documents=[{}])
    change_dossier(
        cast, first.dossier, language_codes=["03"], start_date="2011-05", end_date="2012",
        keywords="khóa riêng", sheet_count=44, physical_condition="03", info_symbol="HS-09",
        reliability="01", paper_file_code="9.9.9", backup_required=True, backup_status="01",
        note="lời ghi riêng", retention_code="02", retention_years=20, sensitivity="02",
    )  # fmt: skip
    questions = {
        "file_code": "mahoso:H30.81.2010.01",
        "archive_file_code": "arcFileCode:001.03.08.H30.81.2010.01",
        "title": "td:nhất", "retention_code": "thbq:02", "access_level": "chedo:01 soto:44",
        "language_codes": "language:03", "start_date": "batdau:05/2011", "end_date": "endDate:2012",
        "keywords": "tukhoa:khóa", "record_count": "totalDoc:2", "sheet_count": "sotờ:44",
        "page_count": "numberOfPage:2", "physical_condition": "vatly:03",
        "info_symbol": "inforSign:09",
        "reliability": "tincay:01", "paper_file_code": "paperFileCode:9.9.9",
        "backup_required": "dựphòng:có", "backup_status": "riskRecoveryStatus:01",
        "note": "ghichu:riêng", "sensitivity": "nhan:02", "retention_years": "sonam:20",
        "declared_record_count": "sokekhai:80-90",
    }  # fmt: skip
    fields = {field.identifier for field in fields_of(Dossier, timezone.localdate())}
    assert fields == set(questions)
    viewer = cast.acting("cuc").viewer
    for name, question in questions.items():
        hits = search(viewer, parse(question), kind="dossier").hits
        assert [hit.obj for hit in hits] == [first.dossier.pk], (name, question)


def test_a_record_is_found_by_its_place_on_the_shelves(cast: TestHouse) -> None:
    made = make_dossier(cast, number="07")
    make_dossier(cast, number="08")
    viewer = cast.acting("hoa").viewer
    for question in ("hososo:07", "phong:G01 hộp:01 hososo:07", "mụclục:01 hososo:07"):
        hits = search(viewer, parse(question), kind="dossier").hits
        assert [hit.obj for hit in hits] == [made.dossier.pk], question


def test_fields_can_be_excluded_combined_and_are_never_errors(cast: TestHouse) -> None:
    made = make_dossier(cast, documents=[DOCUMENT, {"page_count": 3}])
    viewer = cast.acting("hoa").viewer

    def found(question: str) -> set[object]:
        return {hit.obj for hit in search(viewer, parse(question), kind="document").hits}

    one, two = (document.pk for document in made.documents)
    assert found("-sotrang:17 năm:2010") == {two}
    assert found("sotrang:17 tập huấn") == {one}
    assert found("sotrang:17 hoặc sotrang:3") == {one, two}
    assert found("ghichu:thi* sotrang:17") == {one}
    assert found("ghichu:khongco") == set()
    for question in ("sotrang:x", "sotrang:", "sotrang:9-1", "batdau:99/99", "ngonngu:klingon",
                     "quytrinh:maybe", "sotrang:1-2-3", "sotrang:999999999999"):  # fmt: skip
        assert found(question) <= {one, two}


def test_what_counts_hidden_documents_is_no_field_to_ask_by(cast: TestHouse) -> None:
    make_dossier(cast, documents=[{}, {"access_level": "02"}, {"access_level": "02"}], declared=97)
    viewer = cast.acting("hoa").viewer
    for question in ("sokekhai:97", "sotailieu:3", "soto:3"):
        assert not search(viewer, parse(question), kind="dossier").hits, question
