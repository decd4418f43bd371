"""Passwords as RM-955 asks, and the first change that nobody gets around."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tangthu.identity.models import Account
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.signin import passwords
from tangthu.signin.actions.set_password import reset_password, set_own_password
from tangthu.signin.models import PastPassword, SecurityEntry, SignInState
from tests.support.house import PASSWORD, TestHouse

NEW = "Trang-giay-Moi-{}"


def account(username: str) -> Account:
    return Account.objects.select_related("person").get(username=username)


def change(client: Client, old: str, new: str, again: str | None = None) -> int:
    given = {"old": old, "new": new, "again": new if again is None else again}
    return client.post("/tai-khoan/mat-khau/", given).status_code


@pytest.mark.req("RM-955")
@pytest.mark.parametrize(
    "weak",
    ["Aa1-xyz", "aa1-xyzw", "AA1-XYZW", "Aab-xyzw", "Aa12xyzw", "ẮẰ1-ẲẴẶẤ", "12345678", "", "🙂"],
)
def test_a_password_of_seven_characters_or_three_classes_is_refused(
    shared_cast: TestHouse, weak: str
) -> None:
    with pytest.raises(ValidationError):
        validate_password(weak, account("hoa"))
    with pytest.raises(InvalidInput):
        set_own_password(account("hoa"), old=PASSWORD, new=weak)
    assert account("hoa").check_password(PASSWORD)


@pytest.mark.req("RM-955")
@pytest.mark.parametrize("good", ["Aa1-xyzw", "Ấn1 tượng", "Ở-đâu-2026"])
def test_eight_characters_of_four_classes_are_enough(shared_cast: TestHouse, good: str) -> None:
    validate_password(good, account("hoa"))


@pytest.mark.parametrize(
    "known",
    [
        "Tangthu@2026",
        "Tàng-Thư-1825",
        "Luutru.2026",
        "Admin@12345",
        "UBND-Luu-tru-1",
        "Password-1!",
    ],
)
def test_what_everybody_knows_here_is_no_password(shared_cast: TestHouse, known: str) -> None:
    """A word of the rules, in any spelling, with digits and signs about it."""
    with pytest.raises(ValidationError):
        validate_password(known, account("hoa"))
    validate_password(f"{known}-bốn-con-vịt", account("hoa"))


def test_long_passwords_and_spaces_are_taken_as_they_were_typed(cast: TestHouse) -> None:
    """Nothing is cut, trimmed or folded; a common one of four classes is refused."""
    client = Client()
    client.post("/dang-nhap/", {"username": "hoa", "password": PASSWORD})
    long = " Ấn1 tượng " * 20
    assert change(client, PASSWORD, "P@ssw0rd") == 422
    assert change(client, PASSWORD, long) == 302
    hoa = account("hoa")
    assert hoa.check_password(long)
    assert hoa.password.startswith("argon2$argon2id$")
    for other in (long.strip(), long[:-1], long.lower(), long[:128]):
        assert not hoa.check_password(other)
    signed = Client().post("/dang-nhap/", {"username": "hoa", "password": long})
    assert signed.status_code == 302
    page = client.get("/tai-khoan/mat-khau/").content.decode()
    assert page.count('type="password"') == 3
    assert 'autocomplete="new-password"' in page, "password managers are welcome"
    assert "onpaste" not in page


@given(st.text(max_size=40))
def test_classes_are_counted_for_any_text(text: str) -> None:
    assert 0 <= passwords.classes(text) <= 4
    assert passwords.classes(text) == passwords.classes(text[::-1])


def test_passwords_that_the_house_makes_are_good_and_never_the_same(
    shared_cast: TestHouse,
) -> None:
    made = {passwords.make() for _number in range(200)}
    assert len(made) == 200
    for one in made:
        validate_password(one, account("hoa"))


@pytest.mark.req("RM-955")
def test_none_of_the_last_ten_passwords_is_taken_again(cast: TestHouse) -> None:
    hoa, old = account("hoa"), PASSWORD
    for number in range(10):
        set_own_password(hoa, old=old, new=NEW.format(number))
        old = NEW.format(number)
        for used in (PASSWORD, NEW.format(0), old):
            with pytest.raises(InvalidInput):
                set_own_password(hoa, old=old, new=used)
    set_own_password(hoa, old=old, new=NEW.format(10))
    assert PastPassword.objects.filter(account=hoa).count() == 10
    set_own_password(hoa, old=NEW.format(10), new=PASSWORD)


@pytest.mark.req("RM-955")
def test_who_was_given_a_password_opens_no_page_before_he_has_set_his_own(
    cast: TestHouse,
) -> None:
    client = Client()
    made = reset_password(cast.acting("dung"), account("hoa").person_id)
    answer = client.post("/dang-nhap/?next=/ho-so/", {
        "username": "hoa", "password": made, "next": "/ho-so/"})  # fmt: skip
    assert answer["Location"] == "/tai-khoan/mat-khau/"
    for address in ("/", "/ho-so/", "/tim/?q=a", "/tai-khoan/", "/khong-co/"):
        assert client.get(address)["Location"] == "/tai-khoan/mat-khau/", address
        assert client.post(address)["Location"] == "/tai-khoan/mat-khau/", address
    assert client.get("/cong-viec/", headers={"HX-Request": "true"})["HX-Redirect"]
    assert change(client, "sai-Mat-khau-1", NEW.format(1)) == 422
    assert change(client, made, NEW.format(1), "khac") == 422
    assert change(client, made, made) == 422
    assert change(client, made, NEW.format(1)) == 302
    assert client.get("/ho-so/").status_code == 200
    again = Client()
    again.post("/dang-nhap/", {"username": "hoa", "password": NEW.format(1)})
    assert again.get("/").status_code == 200


@pytest.mark.req("RM-955")
def test_an_administrator_sets_a_new_password_every_two_months_and_others_need_not(
    cast: TestHouse, sign_in: object
) -> None:
    for days, due in ((58, False), (63, True)):
        set_at = timezone.now() - dt.timedelta(days=days)
        SignInState.objects.update(password_at=set_at)
        for username in ("dung", "hoa"):
            client = Client()
            client.force_login(account(username))
            page = client.get("/")
            wanted = 302 if due and username == "dung" else 200
            assert page.status_code == wanted, (days, username)


def test_a_changed_password_ends_the_other_sessions_of_the_account(cast: TestHouse) -> None:
    here, there, other = Client(), Client(), Client()
    for one, username in ((here, "hoa"), (there, "hoa"), (other, "cuc")):
        one.post("/dang-nhap/", {"username": username, "password": PASSWORD})
    before = here.cookies["tangthu_session"].value
    assert change(here, PASSWORD, NEW.format(1)) == 302
    assert here.cookies["tangthu_session"].value != before
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
    assert other.get("/").status_code == 200


def test_a_reset_is_for_those_one_manages_and_not_for_oneself(cast: TestHouse) -> None:
    from tangthu.ledger.history import history

    hoa = account("hoa")
    for username in ("cuc", "binh", "quang"):
        with pytest.raises(NotFoundForViewer):
            reset_password(cast.acting(username), hoa.person_id)
    with pytest.raises(Refused):
        reset_password(cast.acting("dung"), account("dung").person_id)
    assert account("hoa").check_password(PASSWORD)
    made = reset_password(cast.acting("dung"), hoa.person_id)
    assert account("hoa").check_password(made)
    last = history(hoa.person_id)[-1]
    assert last.kind_name == "signin.password.reset"
    assert last.fields["agent"]["name"] == "Phạm Tiến Dũng"
    line = SecurityEntry.objects.get(kind="reset")
    assert (line.account, line.target, line.source) == ("dung", "hoa", "system")
    assert made not in str(SecurityEntry.objects.values_list())


def test_the_page_of_a_reset_shows_the_password_once(cast: TestHouse) -> None:
    client = Client()
    client.force_login(account("dung"))
    address = f"/nguoi-dung/{account('hoa').person_id}/mat-khau/"
    assert "thôi dùng được" in client.get(address).content.decode()
    assert account("hoa").check_password(PASSWORD)
    page = client.post(address)
    shown = page.content.decode().split('<strong class="code">')[1].split("<")[0]
    import html

    assert account("hoa").check_password(html.unescape(shown))
    assert "no-store" in page["Cache-Control"]
