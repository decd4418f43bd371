"""The registers of dossiers and documents, fonds, and a fixed ceiling of queries for each page."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import make_dossier, signed_events


def rows(page: str) -> list[str]:
    return re.findall(r'class="k-text primary"[^>]*><a href="([^"]+)"', page)


def walk(client: Client, address: str, rel: str = "next") -> list[list[str]]:
    """The rows of a page and of all that follow it."""
    base = address.partition("?")[0]
    pages = []
    for _ in range(10):
        page = client.get(address).content.decode()
        pages.append(rows(page))
        more = re.search(rf'rel="{rel}" href="([^"]+)"', page)
        if not more:
            break
        address = base + more.group(1).replace("&amp;", "&")
    return pages


@pytest.mark.parametrize("sort", ["", "?sort=code", "?sort=-code", "?sort=date", "?sort=-date"])
def test_documents_are_paged_by_key_without_gap_or_repeat_in_every_order(
    cast: TestHouse, sign_in: SignIn, sort: str
) -> None:
    make_dossier(cast, documents=[{"issued_on": f"2010-0{1 + n % 3}-01"} for n in range(120)])
    client = sign_in("hoa")
    pages = walk(client, f"/tai-lieu/{sort}")
    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({row for page in pages for row in page}) == 120
    last = client.get(f"/tai-lieu/{sort}")
    for _ in range(2):
        text = last.content.decode()
        link = re.search(r'rel="next" href="([^"]+)"', text)
        assert link
        last = client.get("/tai-lieu/" + link.group(1).replace("&amp;", "&"))
    back = re.search(r'rel="prev" href="([^"]+)"', last.content.decode())
    assert back
    before = client.get("/tai-lieu/" + back.group(1).replace("&amp;", "&")).content.decode()
    assert rows(before) == pages[1]


def test_filters_are_links_with_counts_and_leave_what_they_say(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(
        cast,
        documents=[
            {"record_type": "02", "issued_on": "2010-01-01"},
            {"record_type": "02", "issued_on": "2011-01-01"},
            {"record_type": "07", "issued_on": "2010-01-01"},
        ],
    )
    client = sign_in("hoa")
    page = client.get("/tai-lieu/").content.decode()
    assert re.search(r'type=02".*?Quyết định</span><span class="count">2<', page)
    assert re.search(r'year=2010".*?2010</span><span class="count">2<', page)
    narrowed = client.get("/tai-lieu/?type=02&year=2010").content.decode()
    assert len(rows(narrowed)) == 1
    assert "Quyết định" in narrowed
    assert len(rows(client.get("/tai-lieu/?sealed=0").content.decode())) == 3
    assert len(rows(client.get("/tai-lieu/?sealed=1").content.decode())) == 0
    assert len(rows(client.get("/tai-lieu/?retention=01").content.decode())) == 3


def test_an_unknown_filter_value_is_forgotten(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast)
    client = sign_in("hoa")
    for query in ("year=xxxx", "type=zz", "fonds=abc", "sealed=7", "sort=evil", "at=evil"):
        page = client.get(f"/tai-lieu/?{query}").content.decode()
        assert len(rows(page)) == 1, query


def test_the_text_filter_of_a_register_speaks_the_query_language(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast, documents=[{"subject": "Tập huấn"}, {"subject": "Kinh phí"}])
    page = sign_in("hoa").get("/tai-lieu/", {"q": "huấn"}).content.decode()
    assert len(rows(page)) == 1


def test_an_empty_register_says_why(cast: TestHouse, sign_in: SignIn) -> None:
    client = sign_in("hoa")
    assert "sau khi một đợt số hóa được tiếp nhận" in client.get("/ho-so/").content.decode()
    assert "cùng với hồ sơ chứa nó" in client.get("/tai-lieu/").content.decode()
    assert "Phông được mở khi" in client.get("/phong/").content.decode()


def test_a_fonds_shows_what_article_four_lists(cast: TestHouse, sign_in: SignIn) -> None:
    made = make_dossier(cast, documents=[{}, {}])
    fonds = made.dossier.place.inventory.fonds
    page = sign_in("hoa").get(f"/phong/{fonds.id}/").content.decode()
    for words in (
        "G01", fonds.name, "Mở", "Thành lập năm 2005.", "2005 – 2024", "Văn bản đi; hồ sơ việc",
        "Tiếng Việt", "Chế độ dự phòng", "Tổng số tài liệu", "Mục lục",
    ):  # fmt: skip
        assert words in page, words
    assert len(rows(page)) == 1


def queries_of(client: Client, address: str) -> int:
    client.get(address)  # the first visit may record itself
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_each_page_takes_a_fixed_number_of_queries(cast: TestHouse, sign_in: SignIn) -> None:
    few = make_dossier(cast, number="01", documents=[{}] * 5, pages=1)
    client = sign_in("cuc")
    lists = ("/", "/ho-so/", "/tai-lieu/", "/tim/?q=thanh+lý", "/phong/", "/so-cai/", "/cong-viec/",
             "/kho/", "/kho/goi/")  # fmt: skip
    fonds = f"/phong/{few.dossier.place.inventory.fonds_id}/"
    small = {address: queries_of(client, address) for address in (*lists, fonds)}
    small["dossier"] = queries_of(client, f"/ho-so/{few.dossier.id}/")
    small["document"] = queries_of(client, f"/tai-lieu/{few.documents[2].id}/")
    many = make_dossier(cast, number="02", documents=[{}] * 60, pages=2)
    for number in range(3, 60):
        make_dossier(cast, number=f"{number:02d}")
    signed_events()
    large = {address: queries_of(client, address) for address in (*lists, fonds)}
    large["dossier"] = queries_of(client, f"/ho-so/{many.dossier.id}/")
    large["document"] = queries_of(client, f"/tai-lieu/{many.documents[30].id}/")
    assert large == small
    assert max(large.values()) <= 30


def test_a_document_without_a_number_shows_none_and_is_found_by_its_archive_code(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(
        cast,
        documents=[
            {"subject": "Có số", "number": "12", "symbol": "QĐ-UBND"},
            {"subject": "Không số", "number": "", "symbol": ""},
        ],
    )
    numbered, bare = (document.record_archive_code for document in made.documents)
    client = sign_in("hoa")

    def codes(address: str) -> list[str]:
        page = client.get(address).content.decode()
        return re.findall(r'class="k-code"[^>]*data-label="Số, ký hiệu"[^>]*>([^<]*)<', page)

    assert sorted(codes("/tai-lieu/?sort=code")) == ["12/QĐ-UBND", "–"]
    every = client.get("/tai-lieu/?cot=code,title,record_archive_code,pages").content.decode()
    assert every.count(bare) == 1, "in the column of its own"
    assert numbered in every
    assert sorted(codes("/tai-lieu/?cot=code,title,note")) == ["12/QĐ-UBND", "–"]
    assert codes("/tim/?q=so&kind=document&dang=bang")
    for address in (f"/tim/?q={bare}", f"/tim/?q={bare}&dang=bang"):
        page = client.get(address).content.decode()
        assert "Không số" in page, address
    # Where codes of every kind stand in one column, its archive code names it.
    assert f">{bare}<" in client.get("/tim/?q=khong+so&dang=bang").content.decode()


def test_each_inventory_of_a_fonds_leads_to_its_dossiers_and_can_be_taken_out_so(
    cast: TestHouse, sign_in: SignIn
) -> None:
    one, two = (
        make_dossier(cast, number=f"0{n}", title=f"Tập thứ {n}", inventory=f"0{n}") for n in (1, 2)
    )
    fonds, other = one.dossier.place.inventory.fonds, two.dossier.place.inventory
    client = sign_in("hoa")
    page = client.get(f"/phong/{fonds.pk}/").content.decode()
    assert len(rows(page)) == 2
    link = f"?inventory={other.pk}"
    assert f'href="{link}#' in page
    for base in (f"/phong/{fonds.pk}/", "/ho-so/", "/tai-lieu/"):
        cut = client.get(base + link).content.decode()
        assert len(rows(cut)) == 1, base
        assert "Đang lọc:" in cut, base
    assert rows(client.get(f"/phong/{fonds.pk}/{link}").content.decode()) == [
        f"/ho-so/{two.dossier.pk}/"
    ]
    form = client.get(f"/xuat/moi/{link}&nguon=dossiers").content.decode()
    assert "Mục lục" in form
    assert ">1<" in form or "1 dòng" in form
    elsewhere = sign_in("lan").get("/ho-so/" + link).content.decode()
    assert "Đang lọc:" not in elsewhere, "of another body: as if it did not exist"
    for odd in ("x", str(fonds.pk)):
        assert client.get(f"/ho-so/?inventory={odd}").status_code == 200
