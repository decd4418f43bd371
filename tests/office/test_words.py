"""Words that say what is meant: nothing that a clerk could take for something else."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest

from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier


@pytest.fixture(scope="module")
def made(shared_cast: TestHouse) -> MadeDossier:
    """A dossier to look at."""
    return make_dossier(shared_cast, documents=[{}, {}])


def text_of(answer: Any) -> str:
    """The page as a reader sees it, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_a_copy_with_its_source_is_not_called_a_sealed_one(
    made: MadeDossier, sign_in: SignIn
) -> None:
    client = sign_in("hoa")
    page = text_of(client.get(f"/tai-lieu/{made.documents[0].pk}/"))
    assert "Tải bản sao có ghi nguồn (không có giá trị xác thực)" in page
    form = text_of(client.get("/xuat/moi/?nguon=documents"))
    assert "Mọi trang của tệp ghi tên hệ thống, người xuất và mã bản" in form
    assert client.post(f"/tep/{made.files[0].pk}/ban-co-dau/").status_code == 200
    use = text_of(client.get("/lich-su-khai-thac/"))
    assert "Tải bản có ghi nguồn" in use
    for found in (page, form, use):
        assert "có dấu" not in found
        assert "mang dấu" not in found


def test_open_points_before_sealing_stand_once_and_lead_to_each_document(
    shared_cast: TestHouse, sign_in: SignIn
) -> None:
    documents = [{"issued_on": "2010-02"}, {}, {"issued_on": "2010"}]
    made = make_dossier(shared_cast, number="02", documents=documents)
    page = sign_in("cuc").get(f"/ho-so/{made.dossier.pk}/dong-goi/").content.decode()
    assert page.count("chưa đủ ngày, tháng, năm") == 1
    assert "issuedDate" not in page
    for number in (0, 2):
        address = f"/tai-lieu/{made.documents[number].pk}/mo-ta/"
        assert f'<a href="{address}">Tài liệu {number + 1}</a>' in page
    assert f"{made.documents[1].pk}/mo-ta/" not in page


def test_lists_of_use_packages_say_how_many_there_really_are(
    shared_cast: TestHouse, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.archive.views import dips
    from tests.archive.dips import ordered
    from tests.support.records import sealed_package

    made = make_dossier(shared_cast, number="03", documents=[{}, {}, {}])
    sealed_package(shared_cast, made)
    ids = [document.pk for document in made.documents]
    dip, _one, _two = (ordered(shared_cast, "hoa", ids)[0] for _again in range(3))
    client = sign_in("hoa")
    addresses = ("/goi-su-dung/", f"/goi-su-dung/{dip.pk}/")
    for address in addresses:
        page = text_of(client.get(address))
        assert "3 dòng trên trang này, tất cả 3" in page, address
        assert "Chỉ liệt kê" not in page, address
    monkeypatch.setattr(dips, "_LISTED", 2)
    monkeypatch.setattr(dips, "_SHOWN", 2)
    for address in addresses:
        page = text_of(client.get(address))
        assert "2 dòng trên trang này, tất cả 3" in page, address
        assert "Chỉ liệt kê 2 dòng đầu." in page, address


def test_forms_do_not_call_optional_what_they_ask_and_say_what_was_not_done(
    shared_cast: TestHouse, sign_in: SignIn
) -> None:
    from tests.support.records import sealed_package

    made = make_dossier(shared_cast, number="04")
    sealed_package(shared_cast, made)
    client = sign_in("cuc")
    page = text_of(client.get("/tim-kiem-da-luu/moi/?nguon=search&q=x"))
    assert "Ai dùng được" in page
    assert "Ai dùng được (không bắt buộc)" not in page
    export = text_of(client.get("/xuat/moi/?nguon=documents"))
    assert "Không xuất" in export
    assert "không lưu" not in export
    for address, words in (
        (f"/ho-so/{made.dossier.pk}/goi-su-dung/", "Chưa gửi được"),
        ("/xuat/moi/?nguon=documents", "Chưa xuất được"),
    ):
        answer = client.post(address, {"format": "no", "nguon": "documents"})
        assert answer.status_code == 422, address
        assert words in text_of(answer), address
        assert "Chưa lưu được" not in text_of(answer), address


def test_what_is_one_thing_has_one_name(made: MadeDossier, sign_in: SignIn) -> None:
    client = sign_in("cuc")
    for kind, record in (("ho-so", made.dossier), ("tai-lieu", made.documents[1])):
        sheet = text_of(client.post(f"/in/{kind}/{record.pk}/"))
        assert "Phiếu thông tin" in sheet
        from tangthu.ledger.history import history

        told = [one.sentence for one in history(record.pk, ch="a")]
        assert any("in phiếu thông tin" in one for one in told), told
    stores = text_of(client.get("/kho/"))
    assert "Lần kiểm tra cũ nhất" in stores
    assert "mã băm" in stores
    assert "Kiểm tra lần cuối" in text_of(client.get("/kho/goi/"))


# A field of the import, and the field of TT05 that it becomes.
BECOMES = {
    "document.type": "typeName", "document.number": "codeNumber",
    "document.notation": "codeNotation", "document.issued": "issuedDate",
    "document.issuer": "organName", "document.subject": "subject",
    "document.ordinal": "docOrdinal",
    "document.doc_code": "docCode", "document.language": "language",
    "document.mode": "mode", "document.confidence": "confidenceLevel",
    "document.note": "description", "document.keyword": "keyword",
    "document.autograph": "autograph", "document.condition": "format",
    "document.info_sign": "inforSign", "document.process": "process",
    "dossier.title": "title", "dossier.mode": "mode",
    "dossier.retention": "maintenance", "dossier.language": "language",
    "dossier.start": "startDate", "dossier.end": "endDate", "dossier.keyword": "keyword",
    "dossier.documents": "totalDoc", "dossier.sheets": "numberOfPaper",
    "dossier.pages": "numberOfPage", "dossier.condition": "format",
    "dossier.confidence": "confidenceLevel", "dossier.paper_code": "paperFileCode",
    "dossier.backup": "riskRecovery", "dossier.backup_status": "riskRecoveryStatus",
    "dossier.note": "description",
}  # fmt: skip


def test_a_field_has_the_same_name_in_an_import_and_in_its_record() -> None:
    from tangthu.archive.batch.headings import BY_KEY
    from tangthu.standards.rules import RuleSet

    rules, on = RuleSet.packaged(), dt.date(2026, 11, 22)
    named = {
        level: {one.name: one.vi for one in rules.fields(f"aip_{level}", on)}
        for level in ("document", "dossier")
    }
    for key, element in BECOMES.items():
        assert BY_KEY[key].label == named[key.partition(".")[0]][element], key
