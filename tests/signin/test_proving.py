"""What only the person himself may do asks for proof of the last minutes, by all his factors."""

from __future__ import annotations

import pytest
from django.test import Client

from tangthu.signin import proving
from tangthu.signin.actions import second_step
from tangthu.signin.models import Passkey, SecondStep, Visit
from tests.signin.conftest import SignIn
from tests.signin.test_passkeys import given_passkey, options
from tests.signin.test_second_step import account, code, given_step
from tests.support.authenticator import Authenticator
from tests.support.house import PASSWORD, TestHouse

PROVE = "/tai-khoan/xac-nhan/"


def later(client: Client, seconds: int = proving.KEPT + 1) -> Client:
    """The same window when the proof is that old."""
    session = client.session
    session["proved_at"] = session["proved_at"] - seconds
    session.save()
    return client


def asked(client: Client, path: str, method: str = "get") -> bool:
    answer = getattr(client, method)(path, {"visit": "others", "name": "x"})
    return answer.status_code == 302 and answer["Location"].startswith(f"{PROVE}?next=")


@pytest.mark.req("RM-955")
def test_an_open_window_changes_no_way_to_sign_in_ends_no_session_and_makes_no_key(
    cast: TestHouse, sign_in: SignIn
) -> None:
    client, other = sign_in("hoa", HTTP_HOST="localhost"), sign_in("hoa")
    later(client)
    for path in ("/tai-khoan/buoc-hai/", "/tai-khoan/khoa-truy-cap/them/", "/khoa-api/moi/",
                 "/khoa-api/nhan-tin/moi/"):  # fmt: skip
        assert asked(client, path) and asked(client, path, "post"), path
    assert not SecondStep.objects.exists()
    assert asked(client, "/tai-khoan/phien/", "post") and not asked(client, "/tai-khoan/phien/")
    assert other.get("/").status_code == 200
    given_passkey("hoa")
    Visit.objects.filter(account=account("hoa")).update(ended_at=None)
    off = f"/tai-khoan/khoa-truy-cap/{Passkey.objects.get().pk}/go/"
    assert asked(client, off, "post")
    assert Passkey.objects.count() == 1
    later(client, -proving.KEPT)
    assert client.post(off)["Location"] == "/tai-khoan/khoa-truy-cap/"
    assert not Passkey.objects.exists()


def test_the_password_proves_and_leads_back_and_wrong_ones_count(
    cast: TestHouse, sign_in: SignIn
) -> None:
    client = later(sign_in("hoa"))
    back = f"{PROVE}?next=/khoa-api/moi/"
    assert client.post(back, {"password": "sai"}).status_code == 422
    assert asked(client, "/khoa-api/moi/")
    assert client.post(back, {"password": PASSWORD})["Location"] == "/khoa-api/moi/"
    assert client.get("/khoa-api/moi/").status_code == 200
    for elsewhere in ("//evil.example/", "https://evil.example/"):
        answer = client.post(f"{PROVE}?next={elsewhere}", {"password": PASSWORD})
        assert answer["Location"] == "/tai-khoan/", elsewhere
    later(client)
    for _n in range(5):
        client.post(PROVE, {"password": "sai"})
    client.post(PROVE, {"password": PASSWORD})
    assert asked(client, "/khoa-api/moi/"), "locked as at sign-in"


def test_who_has_a_second_step_proves_it_as_well(cast: TestHouse, sign_in: SignIn) -> None:
    client = sign_in("hoa")
    secret, made = given_step("hoa")
    Visit.objects.filter(account=account("hoa")).update(ended_at=None)
    later(client)
    for wrong in ({"password": PASSWORD}, {"password": PASSWORD, "code": "000000"},
                  {"password": "sai", "code": made[0]}):  # fmt: skip
        assert client.post(PROVE, wrong).status_code == 422, wrong
    assert asked(client, "/khoa-api/moi/")
    assert client.post(PROVE, {"password": PASSWORD, "code": code(secret)}).status_code == 302
    assert not asked(client, "/khoa-api/moi/")
    assert second_step.prove(account("hoa"), made[0]) == "recovery", "no code was spent in vain"


def test_a_passkey_proves_alone_if_it_verified_its_person_and_is_his(
    cast: TestHouse, sign_in: SignIn
) -> None:
    client = sign_in("hoa", HTTP_HOST="localhost")
    mine, other = given_passkey("hoa"), given_passkey("binh")
    Visit.objects.filter(account=account("hoa")).update(ended_at=None)
    later(client)

    def answered(device: Authenticator) -> int:
        proof = device.prove(options(client.get(PROVE).content))
        return int(client.post(PROVE, {"passkey": proof}).status_code)

    assert answered(other) == 422
    mine.verifies = False
    assert answered(mine) == 422, "the device alone is one factor"
    mine.verifies = True
    Passkey.objects.update(second_only=True)
    assert answered(mine) == 422, "of before a reset"
    Passkey.objects.update(second_only=False)
    assert asked(client, "/khoa-api/moi/")
    assert answered(mine) == 302
    assert not asked(client, "/khoa-api/moi/")
