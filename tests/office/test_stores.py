"""The pages of the stores: figures, the register of packages, ordering a check, what it found."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import uuid
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tangthu.kernel.jobs import execute
from tangthu.kernel.models import Job
from tangthu.ledger.record import Event, record
from tangthu.repository.models import Copy, Package, PackageVersion, Store
from tangthu.repository.stores import object_root
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier, sealed_package


@pytest.fixture
def sealed(cast: TestHouse) -> MadeDossier:
    """A dossier of body A in both stores."""
    made = make_dossier(cast, title="Tập lưu quyết định năm 2010")
    sealed_package(cast, made)
    return made


OBJID = r"urn:uuid:[0-9a-f-]{36}(?=</a>)"


def made_up(cast: TestHouse, count: int) -> None:
    """Packages of body A in the catalogue alone, two at a time checked in the same instant."""
    store = Store.objects.create(name="kho-a", path="/x", position=1)
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    body = cast.body("H30.81").id
    actor = cast.acting("cuc").actor(body)
    with transaction.atomic():
        for number in range(count):
            package = Package(body_id=body, dossier_id=uuid.uuid4(), head=1)
            package.objid = f"urn:uuid:{package.id}"
            package.save(force_insert=True)
            PackageVersion.objects.create(
                package=package, number=1, record_status="NEW", sealed_at=moment,
                files=1, bytes=1,
            )  # fmt: skip
            when = moment + dt.timedelta(hours=number // 2)
            Copy.objects.create(package=package, store=store, verified_at=when)
            record(Event("repository.package.sealed", package.id, body, actor))


def contents(package: Package) -> list[Path]:
    """The same content file in each store."""
    return [
        next(object_root(store, package).rglob("data/*.pdf"))
        for store in Store.objects.order_by("position")
    ]


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def check(client: Client, decision: str) -> str:
    """Order a check as the page does, run it, and read the page of its results."""
    answer = client.post("/kho/kiem-tra/", {"decision": decision})
    assert answer.status_code == 302
    job = uuid.UUID(answer["Location"].strip("/").rpartition("/")[2])
    assert execute(job).state == Job.State.DONE
    progress = client.get(f"/cong-viec/{job}/").content.decode()
    assert f'href="/kho/kiem-tra/{job}/"' in progress
    return client.get(f"/kho/kiem-tra/{job}/").content.decode()


def text_of(page: str) -> str:
    """The words of a page without its marks."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_the_stores_are_shown_to_those_who_audit_and_their_place_to_administrators(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    answers = {name: sign_in(name).get("/kho/") for name in ("hoa", "binh", "cuc", "dung")}
    codes = {name: answer.status_code for name, answer in answers.items()}
    assert codes == {"hoa": 404, "binh": 404, "cuc": 200, "dung": 200}
    archivist, administrator = (answers[name].content.decode() for name in ("cuc", "dung"))
    assert "kho-a" in archivist
    assert str(cast.home.stores) not in archivist
    assert str(cast.home.stores / "kho-b") in administrator
    assert "Nguyên vẹn" in text_of(archivist)


def test_figures_count_packages_of_audited_bodies_only(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    from tangthu.repository.queries import stores_seen

    other = make_dossier(cast, "nga", number="01")
    sealed_package(cast, other)
    Copy.objects.filter(package__dossier_id=other.dossier.id).update(state=Copy.State.BAD)
    seen = {name: stores_seen(cast.acting(name).viewer) for name in ("cuc", "nga")}
    assert [one.objects for one in seen["cuc"]] == [1, 1]
    assert [(one.hurt, one.healthy) for one in seen["cuc"]] == [(0, True)] * 2
    assert [(one.hurt, one.healthy) for one in seen["nga"]] == [(1, False)] * 2
    foreign = Package.objects.get(dossier_id=other.dossier.id)
    for address in ("/kho/", "/kho/goi/", "/kho/goi/?state=hurt"):
        assert foreign.objid not in sign_in("cuc").get(address).content.decode()


def test_the_page_warns_when_the_disk_of_a_store_fills(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("cuc")
    # The limits are moved, not the disk: whether they are right is tested beside them.
    for filling, nearly_full, told in (
        (0.0, 0.0, None),
        (2.0, 0.0, "Kho kho-a đang đầy dần"),
        (2.0, 2.0, "Kho kho-a gần hết chỗ"),
    ):
        monkeypatch.setattr("tangthu.repository.stores.FILLING", filling)
        monkeypatch.setattr("tangthu.repository.stores.NEARLY_FULL", nearly_full)
        words = text_of(client.get("/kho/").content.decode())
        assert "Còn trống" in words
        assert ("Ổ đĩa còn trống" in words) == (told is not None)
        assert told is None or told in words


def test_a_check_that_finds_nothing_says_so(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    client = sign_in("cuc")
    words = text_of(check(client, "check"))
    assert "Mọi bản sao được kiểm tra đều nguyên vẹn" in words
    assert "chỉ kiểm tra" in words
    home = text_of(client.get("/kho/").content.decode())
    assert "Các lần kiểm tra gần đây" in home
    assert "Nguyễn Thị Cúc" in home


@pytest.mark.req("RM-950")
def test_damage_is_named_by_package_store_and_path_and_then_mended(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    package = Package.objects.get()
    hurt = contents(package)[0]
    flip(hurt)
    client = sign_in("cuc")
    page = check(client, "check")
    words = text_of(page)
    path = hurt.relative_to(object_root(Store.objects.get(name="kho-a"), package)).as_posix()
    for told in (package.objid, "kho-a", path, "nội dung đã bị thay đổi", "Kiểm tra và phục hồi",
                 sealed.dossier.archive_file_code):  # fmt: skip
        assert told in words, told
    assert f"/kho/goi/{package.id}/" in page
    one = text_of(client.get(f"/kho/goi/{package.id}/").content.decode())
    assert path in one
    assert "bản sao ở kho kho-b nguyên vẹn" in one
    dossier = text_of(client.get(f"/ho-so/{sealed.dossier.id}/").content.decode())
    assert path in dossier
    assert "nội dung đã bị thay đổi" in dossier
    assert package.objid in client.get("/kho/goi/?state=hurt").content.decode()
    mended = text_of(check(client, "repair"))
    assert "Đã phục hồi 1" in mended
    assert package.objid not in client.get("/kho/goi/?state=hurt").content.decode()
    assert "Nguyên vẹn" in text_of(client.get(f"/kho/goi/{package.id}/").content.decode())


@pytest.mark.req("RM-950")
def test_what_is_bad_in_every_store_is_said_with_what_to_do(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    package = Package.objects.get()
    for path in contents(package):
        flip(path)
    client = sign_in("dung")
    words = text_of(check(client, "repair"))
    assert "Không phục hồi được 2" in words
    assert "Không kho nào còn bản lành" in words
    assert sealed.dossier.title not in words, "an administrator reads no records"
    assert "không phục hồi được" in text_of(client.get("/kho/").content.decode())
    home = client.get("/").content.decode()
    assert f"/kho/goi/{package.id}/" in home
    assert "lập biên bản" in text_of(client.get(f"/kho/goi/{package.id}/").content.decode())


def test_a_store_that_is_away_is_not_called_bad(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    package = Package.objects.get()
    place = Path(Store.objects.get(name="kho-b").path)
    aside = place.with_name("away")
    shutil.move(place, aside)
    client = sign_in("cuc")
    words = text_of(check(client, "repair"))
    assert "Chưa kiểm tra được" in words
    assert "Xem ổ đĩa của kho" in words
    assert "Không mở được kho kho-b" in text_of(client.get("/kho/").content.decode())
    assert package.objid in client.get("/kho/goi/?state=unseen").content.decode()
    dossier = client.get(f"/ho-so/{sealed.dossier.id}/")
    assert dossier.status_code == 200
    assert "Chưa kiểm tra được" in dossier.content.decode()
    shutil.move(aside, place)


def test_an_object_that_the_catalogue_does_not_know_is_named(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    from tangthu.repository.stores import open_store
    from tangthu.standards import ocfl

    stranger = f"urn:uuid:{uuid.uuid4()}"
    source = cast.home.uploads / "x.txt"
    source.write_text("x")
    ocfl.create_object(
        open_store(Store.objects.get(name="kho-a")),
        stranger,
        {"x.txt": ocfl.Source(source, None)},
        ocfl.Note("thử", "thử", "urn:x:y", dt.datetime.now(tz=dt.UTC)),
    )
    words = text_of(check(sign_in("cuc"), "check"))
    assert stranger in words
    assert "gói không có trong danh mục" in words


def test_packages_not_checked_for_long_are_found_by_a_filter(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    package = Package.objects.get()
    client = sign_in("cuc")
    assert package.objid not in client.get("/kho/goi/?days=90").content.decode()
    long_ago = Copy.objects.first().verified_at - dt.timedelta(days=100)  # type: ignore[union-attr]
    Copy.objects.filter(store__name="kho-b").update(verified_at=long_ago)
    assert package.objid in client.get("/kho/goi/?days=90").content.decode()
    assert package.objid not in client.get("/kho/goi/?days=365").content.decode()
    for query in ("days=x", "state=y", "sort=evil", "at=evil", "days=-1"):
        assert package.objid in client.get(f"/kho/goi/?{query}").content.decode(), query


def test_a_check_is_not_doubled_while_it_waits(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    client = sign_in("cuc")
    first, second = (client.post("/kho/kiem-tra/", {"decision": "check"}) for _ in range(2))
    assert first["Location"] == second["Location"]
    running = client.get("/kho/").content.decode()
    assert first["Location"] in running
    waiting = client.get(first["Location"].replace("cong-viec", "kho/kiem-tra"))
    assert waiting.status_code == 302


@pytest.mark.parametrize("username", ["hoa", "binh"])
def test_who_does_not_audit_orders_nothing(cast: TestHouse, sign_in: SignIn, username: str) -> None:
    client = sign_in(username)
    assert client.post("/kho/kiem-tra/", {"decision": "repair"}).status_code == 404
    assert not Job.objects.exists()


def test_a_check_of_another_body_does_not_exist(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    answer = sign_in("cuc").post("/kho/kiem-tra/", {"decision": "check"})
    job = answer["Location"].strip("/").rpartition("/")[2]
    execute(uuid.UUID(job))
    client = sign_in("nga")
    there = client.get(f"/kho/kiem-tra/{job}/")
    absent = client.get(f"/kho/kiem-tra/{uuid.uuid4()}/")
    assert (there.status_code, there.content) == (404, absent.content)
    assert job not in client.get("/kho/").content.decode()
    assert sign_in("dung").get(f"/kho/kiem-tra/{job}/").status_code == 200


def test_the_pages_of_the_stores_take_a_fixed_number_of_queries(
    cast: TestHouse, sign_in: SignIn, sealed: MadeDossier
) -> None:
    client = sign_in("cuc")
    check(client, "check")

    def queries() -> dict[str, int]:
        found = {}
        for address in ("/kho/", "/kho/goi/", f"/kho/goi/{Package.objects.earliest('id').id}/"):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found[address.count("/")] = len(captured)
        return found

    few = queries()
    for number in range(2, 6):
        sealed_package(cast, make_dossier(cast, number=f"{number:02d}"))
        check(client, "check")
    assert queries() == few
    assert max(few.values()) <= 20


def test_the_register_of_packages_pages_both_ways(cast: TestHouse, sign_in: SignIn) -> None:
    made_up(cast, 120)
    client = sign_in("cuc")
    seen: list[str] = []
    address = "/kho/goi/"
    pages = []
    while address:
        page = client.get(address).content.decode()
        pages.append(page)
        seen += re.findall(OBJID, page)
        following = re.search(r'href="(\?[^"]+)" rel="next"|rel="next"[^>]*href="(\?[^"]+)"', page)
        query = next(filter(None, following.groups())) if following else ""
        address = "/kho/goi/" + query.replace("&amp;", "&") if query else ""
    assert len(seen) == len(set(seen)) == 120
    assert len(pages) == 3
    in_order = Package.objects.order_by("copies__verified_at", "id")
    assert seen == list(in_order.values_list("objid", flat=True))
    back = re.search(r'href="(\?[^"]+)"[^>]*rel="prev"|rel="prev"[^>]*href="(\?[^"]+)"', pages[2])
    assert back is not None
    query = next(filter(None, back.groups())).replace("&amp;", "&")
    assert re.findall(OBJID, client.get(f"/kho/goi/{query}").content.decode()) == seen[50:100]
