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
    page = client.get("/phong/").content.decode().split("</main>")[0]  # after it stands the help
    assert "Phông được mở khi" in page
    assert "Mở phông mới" not in page


def test_an_archivist_of_an_empty_house_is_offered_what_he_can_do(
    cast: TestHouse, sign_in: SignIn
) -> None:
    client = sign_in("cuc")
    first = client.get("/").content.decode()
    assert re.search(r'<a class="btn[^"]*" href="/dot-so-hoa/moi/"[^>]*>Nhập đợt mới', first)
    assert "Nhập đợt mới" not in sign_in("hoa").get("/").content.decode()
    fonds = client.get("/phong/").content.decode()
    assert fonds.count('href="/phong/moi/"') == 2, "over the list, and in its place"


def test_a_fonds_is_opened_from_the_list_of_fonds_and_that_is_an_event(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.archive.models import Fonds
    from tangthu.ledger.history import history

    client = sign_in("cuc")
    body = cast.body("H30.81")
    assert f'value="{body.id}" selected' in client.get("/phong/moi/").content.decode()
    given = {"body": str(body.id), "code": "N1", "name": "Phông Ủy ban", "agency_code": "H30.81"}
    for missing in given:
        page = client.post("/phong/moi/", {k: v for k, v in given.items() if k != missing})
        assert page.status_code == 422, missing
    foreign = client.post("/phong/moi/", {**given, "body": str(cast.body("H31.07").id)})
    assert foreign.status_code == 422
    assert not Fonds.objects.exists()
    answer = client.post("/phong/moi/", given)
    fonds = Fonds.objects.get()
    assert answer["Location"] == f"/phong/{fonds.id}/"
    assert [one.kind_name for one in history(fonds.id)] == ["archive.fonds.opened"]
    page = client.get(answer["Location"]).content.decode()
    assert "Đã mở phông Phông Ủy ban." in page
    again = client.post("/phong/moi/", given)
    assert again.status_code == 422
    assert "Mã phông này đã có." in again.content.decode()


@pytest.mark.parametrize("username", ["hoa", "binh", "dung"])
def test_who_describes_nowhere_has_no_page_for_opening_a_fonds(
    cast: TestHouse, sign_in: SignIn, username: str
) -> None:
    client = sign_in(username)
    for method in (client.get, client.post):
        assert method("/phong/moi/").status_code == 404
        assert method("/phong/moi/").content == method("/phong/khong-co/").content


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
    lists = ("/", "/phong/moi/", "/ho-so/", "/tai-lieu/", "/tim/?q=thanh+lý", "/phong/", "/so-cai/",
             "/cong-viec/", "/kho/", "/kho/goi/")  # fmt: skip
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


def test_an_inventory_leads_to_its_dossiers_and_the_other_counts_stay_right(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.archive.actions.open_fonds import inventory_of

    first = make_dossier(cast).dossier
    fonds = first.place.inventory.fonds
    second = inventory_of(cast.acting("cuc"), fonds, "02", "Hồ sơ nhân sự")
    for number in ("02", "03"):
        make_dossier(cast, number=number)
    ids = [make_dossier(cast, number=n, inventory="02").dossier.id for n in ("04", "05")]
    client = sign_in("hoa")
    page = client.get(f"/phong/{fonds.id}/").content.decode()
    link = re.search(r'<li><a href="([^"]+)"><span class="code">02</span>', page)
    assert link
    address = link[1].replace("&amp;", "&")
    cut = client.get(address).content.decode()
    assert {row.split("/")[2] for row in rows(cut)} == {str(one) for one in ids}
    assert "2 trong phạm vi bạn được xem" in cut
    assert "Mục lục: 02 – Hồ sơ nhân sự" in cut.replace('<span class="clip">', "")
    chips = cut[cut.index('<div class="chips">') :]
    assert "02 – Hồ sơ nhân sự" in chips[: chips.index("</div>")]
    # The census knows no inventories: the other filters are counted at the entries themselves.
    assert re.search(r'year=2010".*?2010</span><span class="count">2<', cut)
    assert re.search(r'retention=01".*?<span class="count">2<', cut)
    assert re.search(r'inventory=[^"]+"[^>]*>.*?01</span></a>', cut), "the other is a link away"
    own = f"/phong/{fonds.id}/?inventory={second.id}"
    assert len(rows(client.get(own).content.decode())) == 2
    assert len(rows(client.get("/ho-so/").content.decode())) == 5
    assert "Mục lục:" not in client.get("/ho-so/").content.decode()
    for unknown in (f"?inventory={fonds.id}", "?inventory=x", f"?fonds={second.id}"):
        assert len(rows(client.get(f"/ho-so/{unknown}").content.decode())) == 5
    foreign = sign_in("lan").get(address).content.decode()
    assert "nhân sự" not in foreign
    assert "0 trong phạm vi bạn được xem" in foreign
    place = client.get(f"/ho-so/{ids[0]}/").content.decode()
    assert f'<a href="{link[1]}" class="code">02</a>' in place


def test_a_list_cut_to_an_inventory_is_taken_out_as_it_is_shown(cast: TestHouse) -> None:
    from tangthu.reports import sources

    made = make_dossier(cast)
    make_dossier(cast, number="02")
    inventory = made.dossier.place.inventory
    viewer = cast.acting("hoa").viewer
    pairs = sources.pairs_of({"inventory": str(inventory.id)})
    wanted = sources.asked(viewer, "dossiers", pairs)
    assert sources.count(viewer, wanted) == (2, False)
    assert ("Mục lục", "01") in sources.conditions_in_words(viewer, wanted)
    stranger = cast.acting("lan").viewer
    assert sources.asked(stranger, "dossiers", pairs).filters == {}


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
