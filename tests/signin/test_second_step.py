"""The second step of sign-in: codes of an app, recovery codes, what no thief can do (RM-955)."""

from __future__ import annotations

import html
import time

import pyotp
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tangthu.identity.acting import SYSTEM
from tangthu.identity.models import Account
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.ledger.history import history
from tangthu.signin import codes
from tangthu.signin.actions import second_step as actions
from tangthu.signin.models import RecoveryCode, SecondStep, SecurityEntry, SignInState
from tests.support.house import PASSWORD, TestHouse

CODE = "/dang-nhap/buoc-hai/"
OWN = "/tai-khoan/buoc-hai/"


def account(username: str) -> Account:
    return Account.objects.select_related("person").get(username=username)


def code(secret: str, steps: int = 0, *, least: float = 3) -> str:
    """The code that an app shows now, or so many half minutes later."""
    left = 30 - time.time() % 30
    if left < least:  # a step that ends within the test would be another one for the server
        time.sleep(left)
    return pyotp.TOTP(secret).generate_otp(int(time.time()) // 30 + steps)


def given_step(username: str) -> tuple[str, list[str]]:
    """Set up the second step of somebody; his secret, and his recovery codes. The code of now is
    free to be used."""
    secret = codes.make_secret()
    made = actions.set_up(account(username), secret, code(secret))
    SecondStep.objects.update(last_step=0)
    return secret, made


def at_the_code(username: str, wanted: str = "") -> Client:
    """Somebody whose password was right."""
    client = Client()
    answer = client.post(
        "/dang-nhap/", {"username": username, "password": PASSWORD, "next": wanted}
    )
    assert answer["Location"] == CODE
    return client


def bound_to_it(*usernames: str) -> None:
    """Take from people that they are of a demonstration."""
    SignInState.objects.filter(account__username__in=usernames).update(demonstration=False)


def inside(client: Client) -> bool:
    return client.get("/").status_code == 200


@pytest.mark.req("RM-955")
def test_an_administrator_opens_no_page_before_he_has_a_second_step(cast: TestHouse) -> None:
    bound_to_it("dung", "hoa", "binh", "cuc")
    client = Client()
    given = {"username": "dung", "password": PASSWORD, "next": "/nguoi-dung/"}
    assert client.post("/dang-nhap/", given)["Location"] == OWN
    for address in ("/", "/nguoi-dung/", "/tim/?q=a", "/tai-khoan/", "/khong-co/", f"{OWN}go/"):
        assert client.get(address)["Location"] == OWN, address
        assert client.post(address)["Location"] == OWN, address
    page = client.get(OWN).content.decode()
    secret = page.split('class="code secret">')[1].split("<")[0].replace(" ", "")
    assert secret in client.get(OWN).content.decode().replace(" ", ""), "a new one for each look"
    assert client.post(OWN, {"code": "000000"}).status_code in {422}
    assert not SecondStep.objects.exists()
    told = client.post(OWN, {"code": code(secret)})
    shown = told.content.decode()
    assert shown.count('<li class="code">') == codes.RECOVERY_CODES
    assert 'href="/nguoi-dung/"' in shown, "where he wanted to go"
    assert "no-store" in told["Cache-Control"]
    assert inside(client)
    kept = SecondStep.objects.get()
    assert secret.encode() not in bytes(kept.sealed)
    for username in ("hoa", "binh", "cuc"):
        other = Client()
        other.post("/dang-nhap/", {"username": username, "password": PASSWORD})
        assert inside(other), "asked of administrators only"


@pytest.mark.req("RM-955")
def test_who_has_a_second_step_is_nobody_until_he_has_typed_the_code(cast: TestHouse) -> None:
    secret, _made = given_step("hoa")
    client = at_the_code("hoa", wanted="/ho-so/")
    assert not inside(client)
    assert client.get("/tai-khoan/")["Location"].startswith("/dang-nhap/")
    assert client.get(CODE).status_code == 200
    assert client.post(CODE, {"code": ""}).status_code == 422
    assert client.post(CODE, {"code": f" {code(secret)[:3]} {code(secret)[3:]} "})["Location"] == (
        "/ho-so/"
    )
    assert inside(client)
    line = SecurityEntry.objects.get(kind="in")
    assert line.detail["by"] == ["password", "totp"]
    assert client.get(CODE)["Location"] == "/dang-nhap/", "it is over"


def test_nobody_comes_to_the_code_without_the_password(cast: TestHouse) -> None:
    secret, _made = given_step("hoa")
    client = Client()
    assert client.get(CODE)["Location"] == "/dang-nhap/"
    assert client.post(CODE, {"code": code(secret)})["Location"] == "/dang-nhap/"
    client.post("/dang-nhap/", {"username": "hoa", "password": "Sai-mat-khau-1"})
    assert client.post(CODE, {"code": code(secret)})["Location"] == "/dang-nhap/"
    assert not inside(client)


def test_a_proved_password_waits_five_minutes_and_no_change_of_password(cast: TestHouse) -> None:
    secret, _made = given_step("hoa")
    client = at_the_code("hoa")
    session = client.session
    session["halfway"] = {**session["halfway"], "at": time.time() - 301}
    session.save()
    assert client.post(CODE, {"code": code(secret)})["Location"] == "/dang-nhap/"
    for change in ("password", "disabled"):
        client = at_the_code("hoa")
        mine = account("hoa")
        if change == "password":
            mine.set_password("Mat-khau-khac-2026")
        mine.is_active = change != "disabled"
        mine.save()
        assert client.post(CODE, {"code": code(secret)})["Location"] == "/dang-nhap/", change
        mine.set_password(PASSWORD)
        mine.is_active = True
        mine.save()


@pytest.mark.req("RM-955")
def test_a_code_is_taken_once_and_one_step_off_is_still_right(cast: TestHouse) -> None:
    secret, _made = given_step("hoa")
    windows = [at_the_code("hoa") for _n in range(6)]
    shown = {steps: code(secret, steps, least=10) for steps in (-2, -1, 0, 1)}
    tried = ((-2, 422), (-1, 302), (-1, 422), (1, 302), (0, 422), (1, 422))
    for client, (steps, status) in zip(windows, tried, strict=True):
        assert client.post(CODE, {"code": shown[steps]}).status_code == status, steps


def test_the_code_that_set_it_up_signs_nobody_in(cast: TestHouse) -> None:
    secret = codes.make_secret()
    shown = code(secret)
    actions.set_up(account("hoa"), secret, shown)
    assert at_the_code("hoa").post(CODE, {"code": shown}).status_code == 422
    with pytest.raises(Refused):
        actions.set_up(account("hoa"), secret, code(secret))


def test_a_code_that_two_windows_send_at_once_opens_one(cast: TestHouse) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    secret, made = given_step("hoa")
    hoa = account("hoa")

    def tried(typed: str) -> str:
        try:
            return actions.prove(hoa, typed)
        except InvalidInput:
            return ""
        finally:
            connections.close_all()

    for typed, how in ((code(secret), "totp"), (made[0], "recovery")):
        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(tried, [typed] * 4)) == ["", "", "", how]


@pytest.mark.req("RM-955")
def test_five_wrong_codes_lock_the_second_step_from_every_address(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, made = given_step("hoa")
    statuses = []
    for number in range(5):
        client = Client(REMOTE_ADDR=f"203.0.113.{number}")
        client.post("/dang-nhap/", {"username": "hoa", "password": PASSWORD})
        statuses.append(client.post(CODE, {"code": "12345"}).status_code)
    assert statuses == [422, 422, 422, 422, 429]
    client = at_the_code("hoa")
    for right in (code(secret), made[0]):
        page = client.post(CODE, {"code": right})
        assert page.status_code == 429
    assert "Hãy thử lại sau 15" in page.content.decode()
    kinds = SecurityEntry.objects.filter(detail__by=["totp"]).values_list("kind", flat=True)
    assert sorted(kinds) == ["failed"] * 5 + ["locked"]
    assert RecoveryCode.objects.filter(used_at=None).count() == codes.RECOVERY_CODES
    monkeypatch.setattr(settings, "AXES_COOLOFF_TIME", 0)
    assert client.post(CODE, {"code": "12345"}).status_code == 422, "counted from nothing again"
    assert client.post(CODE, {"code": code(secret)}).status_code == 302
    assert SecondStep.objects.get().wrong == 0


@pytest.mark.req("RM-955")
def test_a_recovery_code_opens_once_is_an_event_and_only_its_digest_is_kept(
    cast: TestHouse,
) -> None:
    _secret, made = given_step("hoa")
    assert len(set(made)) == codes.RECOVERY_CODES
    client = at_the_code("hoa")
    assert client.post(CODE, {"code": made[3].upper().replace("-", " ")}).status_code == 302
    assert "còn 9 mã" in client.get("/").content.decode()
    assert at_the_code("hoa").post(CODE, {"code": made[3]}).status_code == 422
    last = history(account("hoa").person_id)[-1]
    assert last.kind_name == "signin.recovery.used"
    assert last.fields["detail"]["left"] == 9
    line = SecurityEntry.objects.get(kind="recovery")
    assert (line.account, line.target) == ("hoa", "hoa")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM signin_recoverycode t")
        kept = cursor.fetchone()[0]
    assert not [one for one in made if one in kept or one.replace("-", "") in kept]
    given_step("binh")
    with pytest.raises(InvalidInput):
        actions.prove(account("binh"), made[4])


def test_new_recovery_codes_need_a_code_and_end_the_old_ones(cast: TestHouse) -> None:
    secret, made = given_step("hoa")
    client = at_the_code("hoa")
    client.post(CODE, {"code": made[0]})
    assert client.post(f"{OWN}ma-khoi-phuc/", {"code": "12345"}).status_code == 422
    page = client.post(f"{OWN}ma-khoi-phuc/", {"code": code(secret)}).content.decode()
    new = [part.split("<")[0] for part in page.split('<li class="code">')[1:]]
    assert len(new) == 10
    assert not set(new) & set(made)
    with pytest.raises(InvalidInput):
        actions.prove(account("hoa"), made[1])
    assert actions.prove(account("hoa"), new[1]) == "recovery"


def test_taking_it_off_needs_password_and_code_and_an_administrator_sets_up_another(
    cast: TestHouse,
) -> None:
    bound_to_it("dung")
    secret, made = given_step("dung")
    client = at_the_code("dung")
    client.post(CODE, {"code": made[0]})
    off = f"{OWN}go/"
    for password, typed in (("sai", code(secret)), (PASSWORD, "000"), ("", ""), ("sai", made[1])):
        answer = client.post(off, {"password": password, "code": typed})
        assert answer.status_code == 422
    assert SecondStep.objects.exists()
    assert client.post(off, {"password": PASSWORD, "code": code(secret)})["Location"] == OWN
    assert not SecondStep.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert client.get("/nguoi-dung/")["Location"] == OWN
    assert history(account("dung").person_id)[-1].kind_name == "signin.factor.removed"
    assert client.get(f"{OWN}ma-khoi-phuc/").status_code == 302


@pytest.mark.req("RM-955")
def test_another_administrator_takes_it_off_and_nobody_his_own(cast: TestHouse) -> None:
    given_step("hoa")
    given_step("dung")
    hoa, dung = account("hoa"), account("dung")
    for username in ("cuc", "binh", "quang"):
        with pytest.raises(NotFoundForViewer):
            actions.reset_second_step(cast.acting(username), hoa.person_id)
    with pytest.raises(Refused):
        actions.reset_second_step(cast.acting("dung"), dung.person_id)
    client = Client()
    client.force_login(dung)
    mine, his = f"/nguoi-dung/{dung.person_id}/", f"/nguoi-dung/{hoa.person_id}/"
    assert "Gỡ xác thực hai bước" not in client.get(mine).content.decode()
    assert client.post(f"{mine}buoc-hai/").status_code == 403
    assert "Gỡ xác thực hai bước" in client.get(his).content.decode()
    assert "Mất" not in client.get(f"{his}buoc-hai/").content.decode()
    assert SecondStep.objects.count() == 2
    assert client.post(f"{his}buoc-hai/")["Location"] == his
    assert SecondStep.objects.get().account == dung
    last = history(hoa.person_id)[-1]
    assert last.kind_name == "signin.factors.reset"
    assert last.fields["agent"]["name"] == "Phạm Tiến Dũng"
    line = SecurityEntry.objects.get(kind="factor-off")
    assert (line.account, line.target) == ("dung", "hoa")
    page = html.unescape(client.get(his).content.decode())
    assert "gỡ xác thực hai bước của người này" in page
    assert client.post(f"{his}buoc-hai/").status_code == 403, "there is nothing more to take off"
    actions.reset_second_step(SYSTEM, dung.person_id)
    assert not SecondStep.objects.exists()


def test_other_keys_than_those_it_was_sealed_with_are_told_and_open_nothing(
    cast: TestHouse,
) -> None:
    secret, _made = given_step("hoa")
    given_step("binh")
    sealed = {one.account.username: one for one in SecondStep.objects.all()}
    with pytest.raises(Refused):
        codes.unseal(account("hoa"), sealed["binh"].sealed)
    (settings.HOME.secrets / "second-step").unlink()
    client = at_the_code("hoa")
    page = client.post(CODE, {"code": code(secret)})
    assert page.status_code == 403
    assert "khóa của hệ thống đã đổi" in page.content.decode()
    assert not inside(client)


def test_the_key_is_for_its_owner_alone(cast: TestHouse) -> None:
    given_step("hoa")
    assert (settings.HOME.secrets / "second-step").stat().st_mode & 0o777 == 0o600


def test_the_rules_may_ask_it_of_others_and_name_no_right_that_is_none(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.signin import duties, rules

    bound_to_it("hoa", "dung")
    for asked, due in (((), set()), (("read.public",), {"hoa", "dung"})):
        monkeypatch.setattr(rules, "rights", lambda key, asked=asked: asked)
        found = {name for name in ("hoa", "dung") if duties.SECOND_STEP in duties.of(account(name))}
        assert found <= due
        assert ("hoa" in found) == ("hoa" in due)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_looked_at_and_no_code(typed: str) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    right = {pyotp.TOTP(secret).generate_otp(1_700_000_000 // 30 + n) for n in (-1, 0, 1)}
    found = codes.step_of(secret, codes.plain(typed), 1_700_000_000.0)
    assert (found is not None) == (codes.plain(typed) in right)


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238 appendix B, the last six of its eight digits, for SHA-1."""
    import base64

    secret = base64.b32encode(b"12345678901234567890").decode()
    for moment, shown in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert codes.step_of(secret, shown, float(moment)) == moment // 30
        assert codes.step_of(secret, shown, float(moment + 60)) is None
