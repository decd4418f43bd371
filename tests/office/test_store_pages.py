"""The pages of stores: added, described, filled and given up by an administrator."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from tangthu.kernel import jobs
from tangthu.kernel.models import Job
from tangthu.repository.actions.copy_store import order_copy
from tangthu.repository.actions.open_stores import ensure_stores
from tangthu.repository.actions.register_store import StoreFacts, add_store, change_store
from tangthu.repository.checks import look
from tangthu.repository.job_kinds import RETIRE
from tangthu.repository.models import Store
from tests.office.conftest import SignIn
from tests.office.test_stores import sealed_package, text_of
from tests.support.house import TestHouse
from tests.support.records import make_dossier
from tests.support.server import DESKTOP, PHONE, Server, Visitor


def test_an_administrator_adds_fills_and_gives_up_a_store_in_the_browser(
    cast: TestHouse, sign_in: SignIn, tmp_path: Path
) -> None:
    sealed_package(cast, make_dossier(cast))
    client = sign_in("dung")
    given = {"name": "kho-c", "path": str(tmp_path / "o3"), "site": "Nhà B", "pace": "20"}
    made = client.post("/kho/moi/", given)
    store = Store.objects.get(name="kho-c")
    page = f"/kho/noi/{store.uid}/"
    assert made["Location"] == page
    words = text_of(client.get(page).content.decode())
    for said in ("Đang chép sang", "Nhà B", "20 MB", str(tmp_path / "o3"), "chưa có đủ các gói"):
        assert said in words
    assert "kho-c chưa có đủ các gói" in text_of(client.get("/kho/").content.decode())
    ordered = client.post(f"{page}chep/")
    job = Job.objects.get(pk=uuid.UUID(ordered["Location"].split("/")[-2]))
    assert jobs.execute(job.pk).state == Job.State.DONE
    told = text_of(client.get(f"/cong-viec/{job.pk}/").content.decode())
    assert "Chép các gói sang kho" in told and "kho-c" in told
    assert "Đang dùng" in text_of(client.get(page).content.decode())
    kept = {"name": "x", "path": "/", "site": "Nhà C", "carrier_since": "01/02/2024"}
    assert client.post(f"{page}sua/", {**kept, "carrier_years": "5"}).status_code == 302
    store.refresh_from_db()
    assert (store.name, store.site, store.carrier_since) == ("kho-c", "Nhà C", dt.date(2024, 2, 1))
    assert "01/02/2028" in text_of(client.get(page).content.decode())
    first = Store.objects.get(name="kho-a")
    away = f"/kho/noi/{first.uid}/"
    assert client.post(f"{away}thoi-dung/", {"reason": "Ổ cũ"}).status_code == 422
    assert (
        client.post(f"{away}thoi-dung/", {"reason": "Ổ cũ", "decision": "QĐ 1"}).status_code == 302
    )
    assert jobs.execute(Job.objects.get(kind=RETIRE).pk).state == Job.State.DONE
    words = text_of(client.get(away).content.decode())
    assert "đã thôi dùng" in words and "Ổ cũ" in words
    assert "Kho đã thôi dùng" in text_of(client.get("/kho/").content.decode())


def test_a_form_that_is_refused_says_so_at_the_field_and_keeps_what_was_typed(
    cast: TestHouse, sign_in: SignIn
) -> None:
    ensure_stores()
    client = sign_in("dung")
    answer = client.post("/kho/moi/", {"name": "kho-a", "path": "o/x", "carrier_since": "31/02"})
    page = answer.content.decode()
    assert answer.status_code == 422 and Store.objects.count() == 2
    for words in ("Ngày chưa đúng", 'value="kho-a"', 'value="o/x"'):
        assert words in page
    page = client.post("/kho/moi/", {"name": "kho-a", "path": "o/x"}).content.decode()
    assert "Đã có kho mang tên này" in page and "bắt đầu bằng dấu" in page


def test_a_bucket_is_asked_for_on_the_same_form_and_its_page_says_what_it_is(
    cast: TestHouse, sign_in: SignIn
) -> None:
    ensure_stores()
    client = sign_in("dung")
    form = client.get("/kho/moi/").content.decode()
    assert "secret_key" not in form and "secrets/s3/" in form
    given = {"name": "kho-s3", "kind": "s3", "path": "http://10.0.0.5/luu-tru/kho"}
    for changed, words in (
        ({}, "phải dùng https"),
        ({"path": "/srv/kho"}, "tên bucket"),
        ({"path": "https://127.0.0.1:9/luu-tru/kho"}, "Chưa có tệp khóa"),
        ({"kind": "folder", "path": "/srv/x", "lock_days": "100"}, "Thư mục không khóa được"),
    ):
        answer = client.post("/kho/moi/", {**given, **changed})
        assert answer.status_code == 422 and words in text_of(answer.content.decode())
    assert Store.objects.count() == 2
    store = bucket_that_is_away()
    page = f"/kho/noi/{store.uid}/"
    words = text_of(client.get(page).content.decode())
    for said in ("Kho đối tượng S3", store.path, "400 ngày"):
        assert said in words
    told = text_of(client.get("/kho/").content.decode())
    assert "Không mở được kho kho-s3" in told and "máy chủ S3" in told
    assert "lock_days" in client.get(f"{page}sua/").content.decode()
    first = Store.objects.get(name="kho-a")
    assert "lock_days" not in client.get(f"/kho/noi/{first.uid}/sua/").content.decode()
    found = [one for one in look(None) if "kho-s3" in str(one.message)]
    assert [one.level for one in found] == ["error"]


def bucket_that_is_away() -> Store:
    """A registered bucket of a server that is not there."""
    return Store.objects.create(
        name="kho-s3",
        kind=Store.Kind.S3,
        path="https://127.0.0.1:9/luu-tru/kho",
        position=9,
        lock_days=400,
    )


def test_an_archivist_reads_and_checks_a_store_and_changes_nothing_of_it(
    cast: TestHouse, sign_in: SignIn
) -> None:
    sealed_package(cast, make_dossier(cast))
    store = Store.objects.get(name="kho-a")
    page = f"/kho/noi/{store.uid}/"
    client = sign_in("cuc")
    words = text_of(client.get(page).content.decode())
    assert "Kiểm tra kho này" in words and "Thôi dùng" not in words
    assert str(cast.home.stores) not in words
    assert client.post(f"{page}kiem-tra/").status_code == 302
    for part in ("sua/", "thoi-dung/"):
        assert client.get(page + part).status_code == 404
        assert client.post(page + part, {"reason": "x", "decision": "y"}).status_code == 404
    assert client.post(f"{page}chep/").status_code == 404
    assert client.get("/kho/moi/").status_code == 404
    for nobody in ("hoa", "binh"):
        stranger = sign_in(nobody)
        absent = uuid.uuid4()
        here, there = (stranger.get(f"/kho/noi/{uid}/") for uid in (store.uid, absent))
        assert here.status_code == there.status_code == 404
        pages = [one.content.decode() for one in (here, there)]
        assert pages[0].replace(str(store.uid), "") == pages[1].replace(str(absent), "")


@pytest.mark.req("AR-90")
def test_a_carrier_whose_day_comes_near_or_is_past_is_told_on_the_page_of_stores(
    cast: TestHouse, sign_in: SignIn
) -> None:
    store = ensure_stores()[0]
    today = timezone.localdate()
    client = sign_in("cuc")
    assert "hạn thay phương tiện" not in text_of(client.get("/kho/").content.decode())
    for days, said in (
        (30, "Sắp đến hạn thay phương tiện của kho kho-a"),
        (-1, "Quá hạn thay phương tiện của kho kho-a"),
    ):
        since = (today + dt.timedelta(days=days)).replace(year=today.year - 3)
        change_store(
            cast.acting("dung"), store.uid, StoreFacts(carrier_since=since, carrier_years=4)
        )
        words = text_of(client.get("/kho/").content.decode())
        assert said in words


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_of_a_store_is_accessible_quiet_and_no_wider_than_its_window(
    cast: TestHouse,
    server: Server,
    visit: Callable[..., Visitor],
    size: tuple[int, int],
    tmp_path: Path,
) -> None:
    sealed_package(cast, make_dossier(cast))
    acting = cast.acting("dung")
    store = add_store(acting, name="kho-c", path=str(tmp_path / "o3"), facts=StoreFacts())
    jobs.execute(order_copy(acting, store.uid).id)
    visitor = visit(server, "dung", size=size)
    page = f"/kho/noi/{store.uid}/"
    away = f"/kho/noi/{bucket_that_is_away().uid}/"
    for address in (
        "/kho/", "/kho/moi/", page, f"{page}sua/", f"{page}thoi-dung/", away, f"{away}sua/",
    ):  # fmt: skip
        visitor.go(address)
        found = (visitor.axe(), visitor.complaints)
        assert found == ([], []), address
        assert visitor.overflow() <= 0, address
