"""Pages of signing in and of accounts in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest

from tangthu.identity.models import Account
from tests.support.house import PASSWORD
from tests.support.server import DESKTOP, PHONE, Server, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def person(username: str) -> str:
    return str(Account.objects.get(username=username).person_id)


def addresses(server: Server) -> dict[str, str]:
    from tangthu.signin import reviewing
    from tangthu.signin.actions.close_review import close_review

    hoa = person("hoa")
    body = server.house.body("H30.81").pk
    kept = {one.person_id: ("keep", "x") for one in reviewing.accounts_at(body)}
    review = close_review(server.house.acting("dung"), body, kept)
    return {
        "own account": "/tai-khoan/",
        "own password": "/tai-khoan/mat-khau/",
        "accounts": "/nguoi-dung/",
        "account": f"/nguoi-dung/{hoa}/",
        "reset": f"/nguoi-dung/{hoa}/mat-khau/",
        "take off": f"/nguoi-dung/{hoa}/buoc-hai/",
        "set up": "/tai-khoan/buoc-hai/",
        "sessions": "/tai-khoan/phien/",
        "passkeys at a number": "/tai-khoan/khoa-truy-cap/",
        "single sign-on": "/tai-khoan/dang-nhap-mot-lan/",
        "own dossier": "/tai-khoan/ho-so/",
        "reviews": "/nguoi-dung/ra-soat/",
        "review": f"/nguoi-dung/ra-soat/{body}/",
        "signed review": f"/nguoi-dung/ra-soat/ket-qua/{review.pk}/",
        "disable": f"/nguoi-dung/{hoa}/ngung/",
        "enable": f"/nguoi-dung/{hoa}/dung/",
        "log": "/nhat-ky-an-toan/",
        "log of failures": "/nhat-ky-an-toan/?viec=failed&viec=in&q=hoa",
        "empty log": "/nhat-ky-an-toan/?q=khongco",
    }


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_accessible_quiet_and_no_wider_than_its_window(
    server: Server, visit: Visit, size: tuple[int, int]
) -> None:
    visit(server, "hoa")
    visitor = visit(server, "dung", size=size)
    for name, address in addresses(server).items():
        visitor.go(address)
        assert visitor.axe() == [], name
        assert visitor.overflow() <= 0, name
        assert visitor.complaints == [], name


def test_a_new_person_sets_a_password_and_goes_where_he_wanted(
    server: Server, visit: Visit
) -> None:
    from tangthu.signin.actions.set_password import reset_password

    hoa = Account.objects.get(username="hoa")
    made = reset_password(server.house.acting("dung"), hoa.person_id)
    visitor = visit(server)
    page = visitor.go("/ho-so/")
    page.fill("#id_username", "hoa")
    page.fill("#id_password", made)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tai-khoan/mat-khau/")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    page.fill("#id_old", made)
    page.fill("#id_new", "ngan")
    page.fill("#id_again", "ngan")
    page.keyboard.press("Enter")
    page.wait_for_selector(".error-summary")
    assert visitor.axe() == []
    for name, value in (("old", made), ("new", f"{PASSWORD}-x"), ("again", f"{PASSWORD}-x")):
        page.fill(f"#id_{name}", value)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ho-so/")
    assert "Đã đổi mật khẩu" in page.inner_text(".messages")


def test_an_administrator_sets_up_a_second_step_prints_his_codes_and_signs_in_with_it(
    server: Server, visit: Visit
) -> None:
    from tangthu.signin.models import SecondStep, SignInState

    SignInState.objects.update(demonstration=False)
    visitor = visit(server, "dung", size=PHONE)
    page = visitor.go("/")
    page.wait_for_url("**/tai-khoan/buoc-hai/")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    drawn = page.evaluate("document.querySelector('.qr').naturalWidth")
    assert drawn > 100, "the QR code is no picture under the content policy"
    secret = page.inner_text(".secret").replace(" ", "")
    page.fill("#id_code", "12345")
    page.keyboard.press("Enter")
    page.wait_for_selector(".error-summary")
    assert visitor.axe() == []
    page.fill("#id_code", pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    page.wait_for_selector(".codes-once")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    recovery = page.inner_text(".codes-once li:first-child")
    page.click("text=Tôi đã cất các mã")
    page.wait_for_url(f"{server.url}/")
    for path in ("", "ma-khoi-phuc/", "go/"):
        visitor.go(f"/tai-khoan/buoc-hai/{path}")
        assert (visitor.axe(), visitor.overflow()) == ([], 0), path
    assert SecondStep.objects.count() == 1
    other = visit(server)
    page = other.go("/dang-nhap/?next=/nguoi-dung/")
    page.fill("#id_username", "dung")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dang-nhap/buoc-hai/")
    assert (other.axe(), other.overflow()) == ([], 0)
    page.fill("#id_code", recovery)
    page.keyboard.press("Enter")
    page.wait_for_url("**/nguoi-dung/")
    assert "còn 9 mã" in page.inner_text(".messages")
    assert [one for one in visitor.complaints + other.complaints if "422" not in one] == []


def test_a_locked_screen_keeps_what_was_typed(server: Server, visit: Visit) -> None:
    import datetime as dt

    from django.utils import timezone

    from tangthu.signin.models import Visit as Session

    visitor = visit(server, "cuc", size=PHONE)
    page = visitor.go("/phong/moi/")
    page.fill("#id_name", "Phông gõ dở")
    Session.objects.update(seen_at=timezone.now() - dt.timedelta(minutes=20))
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Màn hình đã khóa")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    page.fill("#id_unlock_password", "sai")
    page.keyboard.press("Enter")
    page.wait_for_selector(".error-summary")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    page.fill("#id_unlock_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_name")
    assert page.input_value("#id_name") == "Phông gõ dở"


def test_a_passkey_is_made_in_a_browser_and_signs_in_with_and_without_the_password(
    server: Server, visit: Visit
) -> None:
    """Chromium's own virtual authenticator: CTAP 2, a key that stays in it, a finger that fits."""
    from tangthu.signin.models import Passkey, SecurityEntry

    # A passkey is bound to a host name; a number is none.
    named = Server(server.url.replace("127.0.0.1", "localhost"), server.house)
    visitor = visit(named, "hoa", size=PHONE)
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    key = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page = visitor.go("/tai-khoan/khoa-truy-cap/")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    page.click("text=Thêm khóa truy cập")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    page.fill("#id_name", "Điện thoại")
    page.keyboard.press("Enter")
    page.wait_for_selector("button >> text=Tạo khóa")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    page.click("button >> text=Tạo khóa")
    page.wait_for_selector(".codes-once")
    page.click("text=Tôi đã cất các mã")
    page.wait_for_selector("text=Đổi tên")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    row = Passkey.objects.get()
    for path in ("", "go/"):
        visitor.go(f"/tai-khoan/khoa-truy-cap/{row.pk}/{path}")
        assert (visitor.axe(), visitor.overflow()) == ([], 0), path

    visitor.go("/tai-khoan/xac-nhan/?next=/tai-khoan/phien/")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    page.click("button >> text=Dùng khóa truy cập")
    # In full: the address of the asking page ends like it.
    page.wait_for_url(f"{named.url}/tai-khoan/phien/")

    def sign_out() -> None:
        visitor.context.clear_cookies()

    sign_out()
    visitor.go("/dang-nhap/?next=/ho-so/")
    page.fill("#id_username", "hoa")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dang-nhap/buoc-hai/")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    page.click("button >> text=Dùng khóa truy cập")
    page.wait_for_url("**/ho-so/")
    sign_out()
    visitor.go("/dang-nhap/?next=/tim/")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    page.click("text=Đăng nhập bằng khóa truy cập")
    page.wait_for_selector("button >> text=Dùng khóa truy cập")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    page.click("button >> text=Dùng khóa truy cập")
    page.wait_for_url(f"{named.url}/tim/")
    by = [one.detail["by"] for one in SecurityEntry.objects.filter(kind="in").order_by("at")]
    assert by == [["password"], ["password", "passkey"], ["passkey"]]
    assert Passkey.objects.get().count > row.count

    sign_out()
    verified = {"authenticatorId": key["authenticatorId"], "isUserVerified": False}
    devtools.send("WebAuthn.setUserVerified", verified)
    visitor.go("/dang-nhap/khoa-truy-cap/")
    page.click("button >> text=Dùng khóa truy cập")
    page.wait_for_selector("text=Chưa xong")
    assert (visitor.axe(), visitor.overflow()) == ([], 0)
    assert visitor.complaints == []
