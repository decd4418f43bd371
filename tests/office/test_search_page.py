"""The search page: finding, lighting the words, counting in words, paging, helping."""

from __future__ import annotations

import re

import pytest

from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import make_dossier

HIT = re.compile(r'<li class="hit"')


@pytest.mark.req("RM-661", "AR-27")
@pytest.mark.parametrize(
    "query",
    [
        "tập huấn", "tap huan", '"tập huấn nghiệp vụ"', "td:huấn", "huấn -kinh",
        "15/KH-CCATVSTP", "001.03.08.H30.81.2010.01.0000001",
        "loại:09 huấn", "năm:2010 huấn", "từ:01/02/2010 đến:28/02/2010 huấn", 'cq:"Sở Y tế"',
        "từ-khóa-riêng", "bút-tích-riêng", "giá-trị-thêm", "trang-nội-dung",
    ],
)  # fmt: skip
def test_a_document_is_found_by_every_field_and_by_its_content(
    cast: TestHouse, sign_in: SignIn, query: str
) -> None:
    from tangthu.archive.searchables import reindex_dossiers
    from tangthu.capture.actions.keep_texts import keep_texts

    wanted = {
        "subject": "Kế hoạch tập huấn nghiệp vụ", "number": "15", "symbol": "KH-CCATVSTP",
        "record_type": "09", "issuer": "Sở Y tế", "issued_on": "2010-02-04",
        "keywords": "từ-khóa-riêng", "handwriting": "bút-tích-riêng",
        "extra": {"Nhãn": "giá-trị-thêm"},
    }  # fmt: skip
    other = {"subject": "Kinh phí", "issued_on": "2009-01-01", "number": "99", "symbol": "X"}
    made = make_dossier(cast, documents=[wanted, other])
    from tangthu.capture.models import PageText

    PageText.objects.filter(file=made.files[0]).delete()
    keep_texts({made.files[0].id: ["trang-nội-dung của tài liệu"]})
    reindex_dossiers([made.dossier.id])
    page = sign_in("hoa").get("/tim/", {"q": query, "kind": "document"}).content.decode()
    assert len(HIT.findall(page)) == 1
    assert f"/tai-lieu/{made.documents[0].id}/" in page


def test_found_words_are_lit_and_the_rest_is_escaped(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast, documents=[{"subject": "Về <b>thanh lý</b> & tài sản"}])
    page = sign_in("hoa").get("/tim/", {"q": "thanh lý", "kind": "document"}).content.decode()
    assert "Về &lt;b&gt;<mark>thanh</mark> <mark>lý</mark>&lt;/b&gt; &amp; tài sản" in page


def test_what_is_typed_comes_back_escaped(cast: TestHouse, sign_in: SignIn) -> None:
    evil = '"><script>alert(1)</script>'
    page = sign_in("hoa").get("/tim/", {"q": evil}).content.decode()
    assert "<script>alert" not in page


def test_words_with_accents_that_find_nothing_are_tried_without_and_it_is_said(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast, documents=[{"subject": "Thanh ly tai san"}])
    page = sign_in("hoa").get("/tim/", {"q": "thành lý", "kind": "document"}).content.decode()
    assert "đây là kết quả khi bỏ dấu" in page


def test_the_kinds_are_counted_and_chosen_by_links(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast, title="Thanh lý tài sản", documents=[{}, {}])
    page = sign_in("hoa").get("/tim/", {"q": "thanh lý"}).content.decode()
    assert "3 kết quả" in page
    assert re.search(r'kind=dossier">Hồ sơ <span class="count">1<', page)
    assert re.search(r'kind=document">Tài liệu <span class="count">2<', page)
    assert "2 kết quả" in sign_in("hoa").get("/tim/?q=thanh+lý&kind=document").content.decode()
    assert "3 kết quả" in sign_in("hoa").get("/tim/?q=thanh+lý&kind=bogus").content.decode()


def test_results_are_paged_without_gap_or_repeat(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast, documents=[{}] * 47)
    client = sign_in("hoa")
    address = "/tim/?q=thanh+lý&kind=document"
    found: list[str] = []
    for _ in range(3):
        page = client.get(address).content.decode()
        found += re.findall(r'<h2><a href="(/tai-lieu/[^"]+)"', page)
        more = re.search(r'rel="next" href="([^"]+)"', page)
        if not more:
            break
        address = "/tim/" + more.group(1).replace("&amp;", "&")
    assert len(found) == len(set(found)) == 47


@pytest.mark.parametrize("start", ["40", "980", "-5", "9999999", "x", "٣"])
def test_a_page_beyond_the_end_is_the_first_page(
    cast: TestHouse, sign_in: SignIn, start: str
) -> None:
    make_dossier(cast, documents=[{}] * 3)
    page = sign_in("hoa").get("/tim/", {"q": "thanh lý", "kind": "document", "from": start})
    assert "3 kết quả" in page.content.decode()
    assert "Kết quả 1 đến 3" in page.content.decode()


def test_many_results_are_counted_in_words(cast: TestHouse, sign_in: SignIn) -> None:
    from django.db import connection

    made = make_dossier(cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM discovery_entry WHERE obj = %s", [made.documents[0].id])
        names = [column[0] for column in cursor.description if column[0] != "obj"]
        columns = ", ".join(names)
        cursor.execute(
            f"INSERT INTO discovery_entry (obj, {columns}) SELECT gen_random_uuid(), {columns} "
            "FROM discovery_entry, generate_series(1, 1100) WHERE obj = %s",
            [made.documents[0].id],
        )
    page = sign_in("hoa").get("/tim/?q=thanh+lý").content.decode()
    assert "Hơn 1.000 kết quả" in page


def test_no_result_says_why_and_what_to_try(cast: TestHouse, sign_in: SignIn) -> None:
    client = sign_in("hoa")
    page = client.get("/tim/?q=khongco").content.decode()
    assert "trong phạm vi bạn được xem" in page
    assert "gõ không dấu" in page
    code = client.get("/tim/?q=99/QĐ-KHONG").content.decode()
    assert "Kiểm tra lại số và ký hiệu" in code


def test_without_a_question_the_page_says_how_to_ask(cast: TestHouse, sign_in: SignIn) -> None:
    page = sign_in("hoa").get("/tim/").content.decode()
    assert "Cách tìm" in page
    assert "đúng cụm từ" in page


@pytest.mark.parametrize("query", ["\x00", "'", "%", "((((", "a" * 5000, "-", '"', "năm:x", ":::"])
def test_hostile_questions_get_an_ordinary_page(
    cast: TestHouse, sign_in: SignIn, query: str
) -> None:
    client = sign_in("hoa")
    for address in ("/tim/", "/ho-so/", "/tai-lieu/"):
        assert client.get(address, {"q": query}).status_code == 200
