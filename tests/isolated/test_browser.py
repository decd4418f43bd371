"""An isolated site in a real browser: the band, degrees, and what a stranger sees (AR-128)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tangthu.records.models import Document
from tests.support.isolated import secret_dossier
from tests.support.records import make_dossier, sealed_package
from tests.support.server import DESKTOP, PHONE, Server, Visitor

TOKEN = "Xanhdamtrang"


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_site_of_an_isolated_lan_is_sound_and_says_what_it_is(
    isolated_server: Server,
    visit: Callable[..., Visitor],
    tmp_path: Path,
    size: tuple[int, int],
) -> None:
    house = isolated_server.house
    made = secret_dossier(house, "3", number="02", token=TOKEN)
    plain = make_dossier(house, number="01")
    sealed_package(house, made)
    outside = visit(isolated_server, size=size)
    outside.go("/dang-nhap/").screenshot(path=tmp_path / "dang-nhap.png")
    assert outside.axe() == []
    assert "Mạng LAN độc lập" in outside.page.locator(".mode-band").inner_text()
    cuc = visit(isolated_server, "cuc", size=size)
    for name, address, secret in (
        ("ho-so", f"/ho-so/{made.dossier.pk}/", True),
        ("tai-lieu", f"/tai-lieu/{made.documents[0].pk}/", True),
        ("do-mat", f"/tai-lieu/{made.documents[0].pk}/do-mat/", True),
        ("danh-sach", "/ho-so/", True), ("tim", f"/tim/?q={TOKEN}", True),
        ("tai-khoan", "/tai-khoan/", False),
    ):  # fmt: skip
        page = cuc.go(address)
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert cuc.axe() == [], address
        assert cuc.overflow() <= 0, address
        band = page.locator(".mode-band")
        assert band.count() == 1
        assert ("TUYỆT MẬT" in band.inner_text()) is secret, address
    page = cuc.go(f"/tai-lieu/{plain.documents[0].pk}/do-mat/")
    page.get_by_label("Tối mật").check()
    page.get_by_label("Căn cứ").fill("Danh mục bí mật nhà nước, mục 4")
    page.get_by_role("button", name="Lưu").first.click()
    page.wait_for_url(f"**/tai-lieu/{plain.documents[0].pk}/")
    assert "TỐI MẬT" in page.locator(".mode-band").inner_text()
    assert Document.objects.get(pk=plain.documents[0].pk).secrecy == "2"
    dung = visit(isolated_server, "dung", size=size)
    page = dung.go("/duoc-tiep-can/")
    page.screenshot(path=tmp_path / "duoc-tiep-can.png", full_page=True)
    assert dung.axe() == []
    hoa = visit(isolated_server, "hoa", size=size)
    page = hoa.go(f"/tim/?q={TOKEN}")
    assert "Tuyệt mật" not in page.content()
    assert page.locator(".hit").count() == 0
    page = hoa.go("/ho-so/")
    assert TOKEN not in page.content()
    assert cuc.complaints == dung.complaints == []


@pytest.mark.req("AR-128")
def test_a_connected_site_bears_no_band(server: Server, visit: Callable[..., Visitor]) -> None:
    made = make_dossier(server.house)
    cuc = visit(server, "cuc")
    for address in ("/", f"/ho-so/{made.dossier.pk}/", f"/ho-so/{made.dossier.pk}/mo-ta/"):
        page = cuc.go(address)
        assert page.locator(".mode-band").count() == 0
        assert "Độ mật" not in page.content()
    assert cuc.complaints == []
