"""Every page in a real browser: accessible, quiet, as wide as its window, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tangthu.kernel.jobs import enqueue, execute
from tangthu.kernel.models import Job
from tangthu.programs.actions.make_hook import make_hook
from tangthu.programs.models import Hook
from tangthu.records.models import Dossier
from tangthu.repository.actions.order_check import order_check
from tangthu.repository.job_kinds import CHECK_ALL
from tangthu.repository.models import Package, Store
from tangthu.repository.stores import object_root
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier, sealed_package, signed_events
from tests.support.server import DESKTOP, PHONE, Server, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def made(shared_cast: TestHouse) -> MadeDossier:
    """One dossier of three documents beside 55 small ones, all under a signature."""
    long = "Về việc kiểm tra an toàn vệ sinh thực phẩm trong dịp Tết trên địa bàn tỉnh; " * 3
    long = long.strip()
    first = make_dossier(
        shared_cast,
        title=long,
        documents=[{"subject": long, "extra": {"Tờ số": "1–3"}}, {}, {"access_level": "02"}],
        declared=9,
        pages=2,
    )
    package = sealed_package(shared_cast, first)
    place = object_root(Store.objects.get(name="kho-a"), package)
    next(place.rglob("data/*.pdf")).write_bytes(b"%PDF")
    execute(order_check(shared_cast.acting("cuc"), repair=False, queued=False).id)
    for number in range(2, 57):
        make_dossier(shared_cast, number=f"{number:02d}")
    other = Dossier.objects.get(archive_file_code__endswith=".02")
    for state in (Job.State.DONE, Job.State.WAITING):  # work that is about something
        job = enqueue(
            "archive.dossier.seal", args={}, body_id=other.body_id, subject_id=other.pk,
            person_id=shared_cast.acting("cuc").viewer.person_id, queued=False,
        )  # fmt: skip
        Job.objects.filter(pk=job.pk).update(state=state)
    signed_events()
    acting = shared_cast.acting("cuc")
    make_hook(
        acting, name="Cổng dữ liệu tỉnh", body_id=acting.viewer.positions[0][0],
        url="https://nhan.example/tang-thu", kinds=["records.dossier"],
    )  # fmt: skip
    return first


@pytest.fixture(scope="module")
def site(made: MadeDossier, shared_server: Server) -> Iterator[Server]:
    """The site with those records in it."""
    yield shared_server


def addresses(made: MadeDossier) -> dict[str, str]:
    dossier, document = made.dossier, made.documents[0]
    fonds = dossier.place.inventory.fonds_id
    return {
        "home": "/",
        "account": "/tai-khoan/",
        "search": "/tim/",
        "hits": "/tim/?q=ki%E1%BB%83m+tra",
        "no hits": "/tim/?q=khongco",
        "dossiers": "/ho-so/",
        "filtered": "/ho-so/?sealed=0&q=2010",
        "emptied": "/ho-so/?sealed=1",
        "inventory": f"/ho-so/?fonds={fonds}&inventory={dossier.place.inventory_id}",
        "dossier": f"/ho-so/{dossier.id}/",
        "describe dossier": f"/ho-so/{dossier.id}/mo-ta/",
        "seal": f"/ho-so/{Dossier.objects.get(archive_file_code__endswith='.03').id}/dong-goi/",
        "documents": "/tai-lieu/",
        "document": f"/tai-lieu/{document.id}/",
        "describe document": f"/tai-lieu/{document.id}/mo-ta/",
        "report secret": f"/tai-lieu/{document.id}/bao-mat/",
        "fonds list": "/phong/",
        "new fonds": "/phong/moi/",
        "fonds": f"/phong/{fonds}/",
        "describe fonds": f"/phong/{fonds}/mo-ta/",
        "ledger": "/so-cai/",
        "jobs": "/cong-viec/",
        "keys": "/khoa-api/",
        "new key": "/khoa-api/moi/",
        "hooks": "/khoa-api/nhan-tin/",
        "new hook": "/khoa-api/nhan-tin/moi/",
        "hook": f"/khoa-api/nhan-tin/{Hook.objects.get().pk}/",
        "reference": "/khoa-api/tai-lieu/",
        "finished jobs": "/cong-viec/?trang-thai=done",
        "job with rows": f"/cong-viec/{Job.objects.get(kind=CHECK_ALL).id}/",
        "stores": "/kho/",
        "packages": "/kho/goi/",
        "hurt packages": "/kho/goi/?state=hurt&days=30",
        "package": f"/kho/goi/{Package.objects.get().id}/",
        "check": f"/kho/kiem-tra/{Job.objects.get(kind=CHECK_ALL).id}/",
    }


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_accessible_quiet_and_no_wider_than_its_window(
    site: Server, made: MadeDossier, visit: Visit, size: tuple[int, int]
) -> None:
    visitor = visit(site, "cuc", size=size)
    for name, address in addresses(made).items():
        visitor.go(address)
        assert visitor.axe() == [], name
        assert visitor.overflow() <= 0, name
        assert visitor.complaints == [], name


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_before_sign_in_and_after_errors_are_accessible_too(
    site: Server, made: MadeDossier, visit: Visit, size: tuple[int, int]
) -> None:
    visitor = visit(site, size=size)
    visitor.go("/dang-nhap/")
    assert (visitor.axe(), visitor.overflow(), visitor.complaints) == ([], 0, [])
    visitor.page.fill("#id_username", "hoa")
    visitor.page.fill("#id_password", "sai-mat-khau-roi")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_selector(".error-summary")
    assert visitor.axe() == []
    visitor.go("/dang-nhap/?next=/ho-so/&het-han=1")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    inside = visit(site, "cuc", size=size)
    inside.go("/in/danh-sach/")
    assert (inside.axe(), inside.overflow()) == ([], 0)
    inside.go("/ho-so/00000000-0000-4000-8000-000000000000/")
    assert (inside.axe(), inside.overflow()) == ([], 0)
    inside.go("/ho-so/?q=1")
    inside.page.evaluate("location.assign('/xuat/moi/?nguon=x')")
    inside.page.wait_for_selector("a:has-text('Quay lại trang trước')")
    assert (inside.axe(), inside.overflow()) == ([], 0)
    inside.go(f"/tai-lieu/{made.documents[1].id}/mo-ta/")
    inside.page.fill("#id_subject", "")
    inside.page.click("button[type=submit]:has-text('Lưu')")
    inside.page.wait_for_selector(".error-summary")
    assert (inside.axe(), inside.overflow()) == ([], 0)


def test_one_goes_through_the_house_by_keyboard_alone(
    site: Server, made: MadeDossier, visit: Visit
) -> None:
    visitor = visit(site, "cuc")
    page = visitor.go("/")
    page.keyboard.press("/")
    page.keyboard.type("kiểm tra an toàn")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tim/?q=*")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('.hit') !== null")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_selector(".record-page")
    for key, address in (("h", "/ho-so/"), ("l", "/tai-lieu/"), ("p", "/phong/"),
                         ("s", "/so-cai/"), ("c", "/cong-viec/"), ("k", "/kho/"),
                         ("t", "/tim/")):  # fmt: skip
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"**{address}")
    visitor.go("/ho-so/")
    page.keyboard.press("n")
    page.wait_for_url("**/ho-so/?at=*")
    page.keyboard.press("p")
    page.wait_for_selector("[rel=next]")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ho-so/*-*/")
    page.keyboard.press("e")
    page.wait_for_url("**/mo-ta/")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".messages")
    assert "Không có gì thay đổi" in page.inner_text(".messages")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    assert visitor.complaints == []


def test_page_images_are_drawn_and_their_words_can_be_read(
    site: Server, made: MadeDossier, visit: Visit
) -> None:
    page = visit(site, "binh").go(f"/tai-lieu/{made.documents[0].id}/")
    page.wait_for_function("() => document.querySelector('.viewer-page img').naturalWidth > 1000")
    page.click("button:has-text('Chữ')")
    assert "trang số 1" in page.inner_text("#trang-1 .viewer-words")


def test_a_record_can_be_read_and_searched_without_scripts(
    site: Server, made: MadeDossier, visit: Visit
) -> None:
    visitor = visit(site, "cuc")
    without = visitor.context.browser.new_context(
        java_script_enabled=False, storage_state=visitor.context.storage_state()
    )
    page = without.new_page()
    page.goto(f"{site.url}/ho-so/{made.dossier.id}/")
    page.click(".register td.primary a >> nth=0")
    assert "Bằng chứng toàn vẹn" in page.content()
    page.fill("input[name=q]", "thanh lý")
    page.press("input[name=q]", "Enter")
    assert "kết quả" in page.inner_text("h1")
    without.close()
