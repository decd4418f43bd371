"""On an isolated LAN a person without clearance cannot tell that secret things exist (AR-128)."""

from __future__ import annotations

import random
import re
import uuid

import pytest
from django.test import Client

from tangthu.discovery import lists
from tangthu.discovery.language import parse
from tangthu.discovery.search import search
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.records import queries
from tests.office.conftest import SignIn
from tests.support.house import PASSWORD, TestHouse
from tests.support.isolated import CLEARED, classify, clear, isolated_house, secret_dossier
from tests.support.records import MadeDossier, make_dossier, sealed_package

TOKEN = "Xanhdamtrang"
PAGES = (
    "/", "/ho-so/", "/tai-lieu/", "/phong/", "/tim/?q=ho+so", f"/tim/?q={TOKEN}", "/tim/?q=2010",
    "/tim/?q=nam:2010&secrecy=3", "/ho-so/?secrecy=3", "/ho-so/?q=ke+hoach", "/tai-lieu/?year=2010",
    "/tai-lieu/?secrecy=1", "/goi-su-dung/", "/cong-viec/", "/tai-khoan/", "/dot-so-hoa/",
    "/kho/", "/kho/goi/", "/cach-ly/", "/duoc-tiep-can/",
    "/lich-su-khai-thac/?ai=tat-ca", "/thong-ke/", "/ban-in/?ma=", "/tim-kiem-da-luu/",
    "/ho-so/?cot=title,record_count,note", f"/tim/?q={TOKEN}&dang=bang", "/tim/?q=2010&dang=bang",
)  # fmt: skip
# Besides tokens and the time of printing: how far the ledger has come. Its size and root tell that
# something was recorded, as in any log that is only added to, and never what (docs/isolated.md).
_VOLATILE = re.compile(
    r'csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"|\d+ giây'
    r"|In từ hệ thống Tàng Thư lúc [^,]+"
    r'|<section class="facts proof.*?</section>',
    re.DOTALL,
)


def pages(client: Client, more: list[str]) -> dict[str, tuple[int, str]]:
    found = {}
    for address in (*PAGES, *more):
        answer = client.get(address)
        text = _VOLATILE.sub("", answer.content.decode())
        found[address] = (answer.status_code, text)
    return found


def look_at(client: Client, records: list[str]) -> None:
    """Open the pages of records for the first time, which is noted; the next times are not."""
    for address in records:
        client.get(address)


@pytest.mark.req("AR-128")
def test_the_site_is_the_same_for_a_stranger_whether_secrets_are_there_or_not(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    open_one = make_dossier(isolated_cast, number="01")
    fonds = f"/phong/{open_one.dossier.place.inventory.fonds_id}/"
    more = [fonds, f"/ho-so/{open_one.dossier.pk}/"]
    clients = {name: sign_in(name) for name in ("hoa", "lan", "dung")}
    for client in clients.values():
        look_at(client, more)
    before = {name: pages(client, more) for name, client in clients.items()}
    for number, degree in enumerate("123", start=2):
        made = secret_dossier(isolated_cast, degree, number=f"0{number}", token=TOKEN)
        sealed_package(isolated_cast, made)
    cuc = sign_in("cuc")
    for source in ("dossiers", "documents"):
        taken = cuc.post("/in/danh-sach/", {"nguon": source})
        assert TOKEN in taken.content.decode()
    contents = {"nguon": "dossier-documents", "dossier": str(made.dossier.pk)}
    assert TOKEN in cuc.post("/in/danh-sach/", contents).content.decode()
    after = {name: pages(client, more) for name, client in clients.items()}
    for name, answers in before.items():
        for address, (status, text) in answers.items():
            assert after[name][address][0] == status, (name, address)
            assert after[name][address][1] == text, (name, address)


# What differs between two runs whatever is in them: times, identifiers, digests.
_BY_CHANCE = re.compile(
    r'datetime="[^"]+"|\d\d:\d\d \d\d/\d\d/\d{4}|[0-9a-f]{12,64}|'
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.IGNORECASE,
)
# The gap: number 2 is not shown, so what follows it is number 3, and so is its code and its file.
_GAP = (
    ('data-label="STT">3<', 'data-label="STT">2<'), ("số thứ tự 3", "số thứ tự 2"),
    ("Đánh dấu 3. ", "Đánh dấu 2. "), (".0000003", ".0000002"), (".003.pdf", ".002.pdf"),
)  # fmt: skip


def seen_by_strangers(house: TestHouse, secret: bool) -> dict[tuple[str, str, str], str]:
    """What strangers see of a dossier of two documents, between which a secret one may stand, new
    and sealed.
    """
    given = [{"subject": "Bản đầu", "number": "7"}, {"subject": "Bản sau", "number": "8"}]
    if secret:
        given.insert(1, {"subject": f"Kế hoạch {TOKEN}", "note": TOKEN})
    made = make_dossier(house, number="01", documents=given)
    if secret:
        classify(house, made.documents[1], "3")
    fonds = made.dossier.place.inventory.fonds_id
    more = [f"/phong/{fonds}/"]
    shown = [f"/tai-lieu/{one.pk}/" for one in (made.documents[0], made.documents[-1])]
    for address in (f"/ho-so/{made.dossier.pk}/", *shown):
        more += [f"{address}{page}" for page in ("", "goi-su-dung/", "chung-cu.json")]
    found = {}
    for stage in ("new", "sealed"):
        if stage == "sealed":
            sealed_package(house, made)
        for name in ("hoa", "binh", "lan", "dung"):  # binh is cleared, but not for that degree
            client = Client()
            client.post("/dang-nhap/", {"username": name, "password": PASSWORD})
            for number, (status, text) in enumerate(pages(client, more).values()):
                address = (*PAGES, *more)[number]
                place = (stage, name, f"{number} {_BY_CHANCE.sub('', address)}")
                found[place] = f"{status} {_BY_CHANCE.sub('', text)}"
    return found


@pytest.mark.req("AR-128")
def test_of_a_secret_document_in_an_open_dossier_strangers_see_its_gap_alone(
    test_house: TestHouse,
) -> None:
    """As docs/isolated.md says under “What is still told”."""
    with isolated_house(test_house):
        without = seen_by_strangers(test_house, secret=False)
    with isolated_house(test_house):
        beside = seen_by_strangers(test_house, secret=True)
    assert beside.keys() == without.keys()
    with_a_gap = set()
    for place, text in beside.items():
        closed = text
        for gap, none in _GAP:
            closed = closed.replace(gap, none)
        assert closed == without[place], place
        if closed != text:
            with_a_gap.add(place[1:])
    told = {address.rpartition(" ")[2] for name, address in with_a_gap}
    assert told == {"/ho-so//", "/ho-so//goi-su-dung/", "/tai-lieu//", "/tai-lieu//goi-su-dung/"}
    assert {name for name, _address in with_a_gap} == {"hoa", "binh"}


@pytest.mark.req("AR-128")
def test_of_a_change_to_a_secret_document_strangers_see_a_new_version_of_the_package_alone(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    made = secret_dossier(isolated_cast, "3", number="01", token=TOKEN, dossier_too=False)
    sealed_package(isolated_cast, made)
    address = f"/ho-so/{made.dossier.pk}/"
    more = [address, f"/tai-lieu/{made.documents[1].pk}/"]
    clients = [sign_in(name) for name in ("hoa", "lan", "dung")]

    def seen() -> list[dict[str, tuple[int, str]]]:
        return [pages(client, more) for client in clients]

    seen()  # views are noted once
    before = seen()
    classify(isolated_cast, made.documents[0], "2")
    assert seen() == before
    sealed_package(isolated_cast, made)
    version = re.compile(r'<tr><th scope="row">v2</th><td>.*?</td></tr>')
    checked = re.compile(r"kiểm tra lúc [^<]+")  # with the version, the time of its first check
    after = seen()
    assert [bool(version.search(one[address][1])) for one in after] == [True, False, False]
    for one, then in zip(after, before, strict=True):
        for at, (code, text) in one.items():
            assert code == then[at][0], at
            told = checked.sub("", version.sub("", text))
            assert told == checked.sub("", then[at][1]), at


@pytest.mark.req("AR-128")
def test_a_secret_address_and_one_that_does_not_exist_give_the_same_answer(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    made = secret_dossier(isolated_cast, "1", number="02", token=TOKEN)
    sealed_package(isolated_cast, made)
    document, file = made.documents[0].pk, made.files[0].pk
    hoa = sign_in("hoa")
    for pattern, there in (
        ("/ho-so/{}/", made.dossier.pk), ("/ho-so/{}/mo-ta/", made.dossier.pk),
        ("/ho-so/{}/do-mat/", made.dossier.pk), ("/ho-so/{}/goi-su-dung/", made.dossier.pk),
        ("/ho-so/{}/chung-cu.json", made.dossier.pk), ("/tai-lieu/{}/", document),
        ("/tai-lieu/{}/do-mat/", document), ("/tai-lieu/{}/goi-su-dung/", document),
        ("/tai-lieu/{}/trang/1.png", document), ("/tai-lieu/{}/chung-cu.json", document),
        ("/tep/{}/", file),
    ):  # fmt: skip
        answers = [hoa.get(pattern.format(one)) for one in (there, uuid.uuid4())]
        assert [answer.status_code for answer in answers] == [404, 404], pattern
        words = [_VOLATILE.sub("", answer.content.decode()) for answer in answers]
        assert words[0] == words[1], pattern
        posted = [hoa.post(pattern.format(one)).status_code for one in (there, uuid.uuid4())]
        assert posted[0] == posted[1], pattern


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("seed", range(4))
def test_each_clearance_sees_exactly_what_it_is_for(isolated_cast: TestHouse, seed: int) -> None:
    """Random degrees on dossiers and documents: every door agrees with one rule."""
    chance = random.Random(seed)
    made = [
        make_dossier(isolated_cast, number=f"{n:02}", documents=[{}] * chance.randint(1, 3))
        for n in range(1, 6)
    ]
    degrees: dict[uuid.UUID, str] = {}
    for one in made:
        for record in (one.dossier, *one.documents):
            degrees[record.pk] = chance.choice(["", "", "1", "2", "3"])
            if degrees[record.pk]:
                classify(isolated_cast, record, degrees[record.pk])
    people = {"hoa": "", "binh": chance.choice("12"), "cuc": "3"}
    clear(isolated_cast, "binh", people["binh"])
    for name, clearance in people.items():
        viewer = isolated_cast.acting(name).viewer
        assert viewer.clearance == clearance
        dossiers = {one.dossier.pk for one in made if degrees[one.dossier.pk] <= clearance}
        documents = {
            document.pk
            for one in made
            for document in one.documents
            if max(degrees[document.pk], degrees[one.dossier.pk]) <= clearance
        }
        assert set(queries.dossiers(viewer).values_list("pk", flat=True)) == dossiers
        assert set(queries.documents(viewer).values_list("pk", flat=True)) == documents
        for kind, wanted in (("dossier", dossiers), ("document", documents)):
            page = lists.page(viewer, kind, limit=50, facets=["year"])
            assert {row.obj for row in page.rows} == wanted
            assert page.count == len(wanted)
            assert sum(n for _value, n in page.facets["year"]) == len(wanted)
        found = search(viewer, parse("nam:2010"), limit=50)
        assert {hit.obj for hit in found.hits} == dossiers | documents
        assert found.count == len(dossiers | documents)
        for one in made:
            for record in one.documents:
                door = queries.document
                if record.pk in documents:
                    door(viewer, record.pk)
                else:
                    with pytest.raises(NotFoundForViewer):
                        door(viewer, record.pk)
    other = isolated_cast.acting("nga").viewer
    assert CLEARED["nga"] == "3"
    assert not queries.documents(other).exists(), "cleared, but of another body"


@pytest.mark.req("AR-128")
def test_rights_over_whole_holdings_need_the_highest_clearance(isolated_cast: TestHouse) -> None:
    body = isolated_cast.body("H30.81").id
    clear(isolated_cast, "cuc", "2")
    viewer = isolated_cast.acting("cuc").viewer
    for right in ("archive.import", "archive.seal", "repository.audit", "quarantine.decide"):
        assert not viewer.may(right, body), right
    assert viewer.may("archive.describe", body)
    clear(isolated_cast, "cuc", "3")
    assert isolated_cast.acting("cuc").viewer.may("archive.import", body)


@pytest.mark.req("AR-128")
def test_a_use_package_holds_no_more_than_its_owners_clearance(isolated_cast: TestHouse) -> None:
    from tangthu.archive.actions.hand_out_dip import DipGone, hand_out
    from tangthu.archive.actions.make_dip import dip_path
    from tangthu.archive.actions.order_dip import chosen_documents
    from tests.archive.dips import made as made_dip

    made: MadeDossier = secret_dossier(
        isolated_cast, "2", number="02", token=TOKEN, dossier_too=False
    )
    sealed_package(isolated_cast, made)
    chosen = chosen_documents(isolated_cast.acting("hoa"), made.dossier.pk, "")
    assert chosen == [made.documents[1].pk]
    dip = made_dip(isolated_cast, "hoa", chosen)
    assert TOKEN.encode() not in dip_path(dip.pk).read_bytes()
    assert b"tangthu-origin:isolated_lan" in dip_path(dip.pk).read_bytes()
    whole = made_dip(isolated_cast, "binh", [document.pk for document in made.documents])
    assert TOKEN.encode() in dip_path(whole.pk).read_bytes()
    code = made.documents[0].record_archive_code
    assert f'"{code}|secrecy": "2"'.encode() in dip_path(whole.pk).read_bytes()
    assert b"|secrecy" not in dip_path(dip.pk).read_bytes()
    clear(isolated_cast, "binh", "1")
    with pytest.raises(DipGone):
        hand_out(isolated_cast.acting("binh"), whole.pk)
    assert not dip_path(whole.pk).exists()
