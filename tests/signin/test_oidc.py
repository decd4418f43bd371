"""Single sign-on: whom a provider tells of goes in by his own link alone, and no false word of a
provider lets anybody in. The provider is a process of its own on loopback."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from tangthu.kernel import deployment
from tangthu.kernel.errors import NotFoundForViewer, Refused
from tangthu.ledger.history import history
from tangthu.signin import oidc, providers
from tangthu.signin.actions.account_state import disable_account
from tangthu.signin.actions.provider_links import link_for
from tangthu.signin.models import ProviderLink, SecurityEntry, SignInState
from tests.signin.test_second_step import account, bound_to_it, code, given_step, inside
from tests.support.commands import COULD_NOT, DONE, call, told
from tests.support.house import PASSWORD, TestHouse
from tests.support.provider import CLIENT, SECRET, Provider, provider
from tests.support.server import PHONE, Server, Visitor

IN, LINKS = "/dang-nhap/mot-lan/", "/tai-khoan/dang-nhap-mot-lan/"
PROVE = "/tai-khoan/xac-nhan/"


@pytest.fixture
def sso(cast: TestHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with provider(tmp_path) as one:
        written(one)
        monkeypatch.setattr(oidc, "_kept", {})
        yield one
    (settings.HOME.secrets / providers.FILE).unlink()


def written(one: Provider, mode: int = 0o600, **more: object) -> None:
    """The file of the home that names the provider."""
    path = settings.HOME.secrets / providers.FILE
    told = {
        "name": "tinh", "label": "SSO tỉnh", "issuer": one.issuer, "client_id": CLIENT,
        "client_secret": SECRET, "second_factor": ["mfa"], **more,
    }  # fmt: skip
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in told.items()]
    path.write_text("\n".join(["[[provider]]", *lines]), encoding="utf-8")
    path.chmod(mode)


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_told: Any) -> None:
        return None


def there_and_back(client: Client, address: str) -> str:
    """Let the provider answer, and the house take the answer; where that leads."""
    try:
        urllib.request.build_opener(_Still).open(address, timeout=10)
    except urllib.error.HTTPError as answer:
        back = urlsplit(answer.headers["Location"])
    assert back.path == f"{IN}ve/tinh/"
    led: str = client.get(f"{back.path}?{back.query}")["Location"]
    return led


def comes(wanted: str = "") -> Client:
    """Somebody who comes by the provider."""
    client = Client()
    address = client.get(f"{IN}?noi=tinh&next={wanted}")["Location"]
    client.led = there_and_back(client, address)  # type: ignore[attr-defined]
    return client


def linked(username: str) -> Client:
    client = Client()
    client.force_login(account(username))
    page = client.post(f"{LINKS}gan/?noi=tinh").content.decode()
    address = page.split('btn-wide" href="')[1].split('"')[0].replace("&amp;", "&")
    assert there_and_back(client, address) == LINKS
    return client


def test_who_linked_his_account_comes_in_by_the_provider_and_nobody_else(
    cast: TestHouse, sso: Provider
) -> None:
    assert "Đăng nhập qua SSO tỉnh" in Client().get("/dang-nhap/").content.decode()
    nobody = comes()
    assert nobody.led == "/dang-nhap/"  # type: ignore[attr-defined]
    assert "chưa gắn với tài khoản" in nobody.get("/dang-nhap/").content.decode()
    assert not inside(nobody)
    assert not ProviderLink.objects.exists(), "no account is linked or made by itself"
    client = linked("hoa")
    assert "Đã gắn tài khoản với SSO tỉnh" in client.get(LINKS).content.decode()
    assert history(account("hoa").person_id)[-1].kind_name == "signin.provider.linked"
    client = comes("/ho-so/")
    assert client.led == "/ho-so/"  # type: ignore[attr-defined]
    assert "Trần Thị Hoa" in client.get("/tai-khoan/").content.decode()
    assert SecurityEntry.objects.filter(kind="in").latest("at").detail == {"by": ["oidc"]}
    assert comes("//evil.example/").led == "/"  # type: ignore[attr-defined]

    assert "đã gắn rồi" in linked("binh").get(LINKS).content.decode()
    assert ProviderLink.objects.get().account == account("hoa"), "one identity, one account"
    sso.says(sub="u-2")
    assert not inside(comes())
    sso.says()
    for act in ("gan", "go"):
        assert client.post(f"{LINKS}{act}/?noi=tinh")["Location"].startswith(PROVE), "he came by it"
    client.post(PROVE, {"password": PASSWORD})
    assert client.post(f"{LINKS}go/?noi=tinh")["Location"] == LINKS
    assert not inside(comes())
    linked("hoa")
    disable_account(cast.acting("dung"), account("hoa").person_id)
    assert not inside(comes())
    assert SecurityEntry.objects.filter(kind="failed", detail__by=["oidc"]).count() == 4


def test_its_second_factor_counts_where_the_file_says_so_and_ours_is_asked_else(
    cast: TestHouse, sso: Provider
) -> None:
    linked("dung")
    bound_to_it("dung")
    client = comes()
    assert client.led == "/tai-khoan/buoc-hai/", "an administrator must have one"  # type: ignore[attr-defined]
    sso.says(amr=["pwd", "mfa"])
    assert inside(comes())
    by = SecurityEntry.objects.filter(kind="in").latest("at").detail["by"]
    assert by == ["oidc", "oidc-second"]
    sso.says(amr=["pwd"], acr="loa1")
    secret, _made = given_step("dung")
    client = comes()
    assert client.led == "/dang-nhap/buoc-hai/"  # type: ignore[attr-defined]
    assert not inside(client)
    client.post("/dang-nhap/buoc-hai/", {"code": code(secret)})
    assert inside(client)
    assert SecurityEntry.objects.filter(kind="in").latest("at").detail["by"] == ["oidc", "totp"]
    sso.says(acr="mfa")
    assert inside(comes())


@pytest.mark.parametrize(
    "false",
    [
        {"iss": "https://other.example"}, {"aud": "another"}, {"aud": None}, {"exp": 1_700_000_000},
        {"exp": None}, {"iat": 4_000_000_000}, {"nonce": "another"}, {"nonce": None}, {"sub": None},
        {"sub": ""}, {"sub": 7}, {"aud": [CLIENT, "another"]}, {"azp": "another"}, {"alg": "none"},
        {"alg": "HS256"}, {"forged": True}, {"jwks": None}, {"jwks": {"keys": None}},
        {"jwks": {"keys": [7]}}, {"jwks": {"keys": [{"kty": "RSA", "n": "!", "e": []}]}},
    ],
    ids=str,
)  # fmt: skip
def test_a_false_token_lets_nobody_in(cast: TestHouse, sso: Provider, false: Any) -> None:
    linked("hoa")
    sso.says(**false)
    oidc._kept.clear()
    client = comes()
    assert client.led == "/dang-nhap/"  # type: ignore[attr-defined]
    assert not inside(client)
    assert "không trả lời, hoặc trả lời không đúng" in client.get("/dang-nhap/").content.decode()


def test_an_answer_serves_the_session_that_asked_once_and_a_key_may_change(
    cast: TestHouse, sso: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked("hoa")
    mine, thief = Client(), Client()
    address = mine.get(f"{IN}?noi=tinh")["Location"]
    thief.get(f"{IN}?noi=tinh")
    assert there_and_back(thief, address) == "/dang-nhap/", "another session's state"
    assert not inside(thief)
    assert there_and_back(mine, address) == "/"
    assert inside(mine)
    query = "?code=x&state=y"
    assert Client().get(f"{IN}ve/tinh/{query}")["Location"] == "/dang-nhap/", "nobody asked"
    refused = Client()
    state = refused.get(f"{IN}?noi=tinh")["Location"].split("state=")[1].split("&")[0]
    refused.get(f"{IN}ve/tinh/?state={state}&error=access_denied")
    assert "không cho đăng nhập" in refused.get("/dang-nhap/").content.decode()
    mixed = Client()
    state = mixed.get(f"{IN}?noi=tinh")["Location"].split("state=")[1].split("&")[0]
    mixed.get(f"{IN}ve/tinh/?state={state}&code=x&iss=https://other.example")
    assert "không thuộc lần đăng nhập" in mixed.get("/dang-nhap/").content.decode()
    # A second provider brings what the first one told: its token end point never sees that code.
    file = settings.HOME.secrets / providers.FILE
    first = file.read_text(encoding="utf-8")
    file.write_text(f"{first}\n{first.replace('tinh', 'khac')}", encoding="utf-8")
    other = Client()
    address = other.get(f"{IN}?noi=khac")["Location"]
    assert "ve%2Fkhac%2F" in address
    assert there_and_back(other, address.replace("ve%2Fkhac%2F", "ve%2Ftinh%2F")) == "/dang-nhap/"
    assert "không thuộc lần đăng nhập" in other.get("/dang-nhap/").content.decode()
    file.write_text(first, encoding="utf-8")

    sso.says(key=2)
    assert not inside(comes()), "keys were read a moment ago"
    monkeypatch.setattr(oidc, "_AGAIN_AFTER", 0.0)
    assert inside(comes()), "read anew, the new key is there"


def test_a_provider_that_is_away_or_a_file_that_is_wrong_keeps_nobody_out(
    cast: TestHouse, sso: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in (
        {"mode": 0o640}, {"issuer": "http://sso.example"}, {"name": "A b"}, {"extra": "x"},
        {"label": ""}, {"second_factor": "mfa"},
    ):  # fmt: skip
        written(sso, **wrong)  # type: ignore[arg-type]
        with pytest.raises(providers.BadProviders):
            providers.providers()
        page = Client().get("/dang-nhap/")
        assert page.status_code == 200, wrong
        assert "SSO tỉnh" not in page.content.decode()
    written(sso, issuer="http://127.0.0.1:9")
    client = Client()
    assert client.get(f"{IN}?noi=tinh")["Location"] == "/dang-nhap/"
    assert "Nơi cấp danh tính không trả lời" in client.get("/dang-nhap/").content.decode()
    written(sso)
    sso.says(issuer="https://other.example")
    assert client.get(f"{IN}?noi=tinh")["Location"] == "/dang-nhap/", "it says it is another"
    monkeypatch.setattr(settings, "DEPLOYMENT_MODE", deployment.ISOLATED)
    assert providers.providers() == ()
    told = client.get(f"{IN}?noi=tinh")
    assert told.status_code == 403
    assert "không gì đi ra ngoài" in told.content.decode()


def test_an_address_of_mail_names_somebody_only_where_the_provider_verified_it(
    cast: TestHouse, sso: Provider
) -> None:
    written(sso, claim="email")
    sso.says(email="hoa@ubnd.example", email_verified=True)
    linked("hoa")
    assert inside(comes())
    for claim in ({}, {"email_verified": False}, {"email_verified": "true"}):
        sso.says(email="hoa@ubnd.example", **claim)
        assert not inside(comes()), claim


def test_no_page_of_another_site_begins_a_sign_in(cast: TestHouse, sso: Provider) -> None:
    client = Client()
    asked = client.get(f"{IN}?noi=tinh", headers={"Sec-Fetch-Site": "cross-site"})
    assert asked["Location"] == "/dang-nhap/"
    for site in ("same-origin", "none"):
        asked = client.get(f"{IN}?noi=tinh", headers={"Sec-Fetch-Site": site})
        assert asked["Location"].startswith(sso.issuer)


def test_who_manages_an_account_links_it_by_command_and_its_person_sees_who_did(
    cast: TestHouse, sso: Provider
) -> None:
    by = ("--as", "dung", "account")
    hoa = account("hoa").person_id
    for who in ("hoa", "binh", "quang"):
        with pytest.raises(NotFoundForViewer):
            link_for(cast.acting(who), hoa, providers.providers()[0], "u-1")
    with pytest.raises(Refused):
        link_for(cast.acting("dung"), account("dung").person_id, providers.providers()[0], "u-1")
    told(call(cast, *by, "link", "hoa", "khong", "u-1", "--json"), "error", COULD_NOT)
    told(call(cast, *by, "link", "hoa", "tinh", "u-1", "--json"), "account-link", DONE)
    assert inside(comes())
    event = history(hoa)[-1]
    assert (event.kind_name, event.fields["detail"]["subject"]) == ("signin.provider.given", "u-1")
    row = ProviderLink.objects.get()
    assert row.linked_by == account("dung").person.full_name
    assert SignInState.objects.get(account=account("hoa")).reset_at is not None
    client = comes()
    assert row.linked_by in client.get(LINKS).content.decode().split("</main>")[0]
    with pytest.raises(Refused):
        link_for(cast.acting("dung"), account("cuc").person_id, providers.providers()[0], "u-1")
    told(call(cast, *by, "unlink", "hoa", "tinh", "--json"), "account-unlink", DONE)
    assert not inside(client) and not inside(comes())


@pytest.mark.browser
def test_a_browser_links_an_account_and_comes_back_by_the_provider(
    server: Server, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    with provider(tmp_path) as one:
        written(one)
        try:
            visitor = visit(server, "hoa", size=PHONE)
            page = visitor.go("/tai-khoan/")
            page.click("text=Đăng nhập một lần")
            assert (visitor.axe(), visitor.overflow()) == ([], 0)
            page.click("text=Gắn SSO tỉnh")
            assert (visitor.axe(), visitor.overflow()) == ([], 0)
            page.click("button >> text=Tiếp tục")
            page.wait_for_selector("text=Tới SSO tỉnh")
            assert (visitor.axe(), visitor.overflow()) == ([], 0)
            page.click("text=Tới SSO tỉnh")
            page.wait_for_selector("text=Đã gắn tài khoản với SSO tỉnh")
            assert (visitor.axe(), visitor.overflow()) == ([], 0)
            visitor.context.clear_cookies()
            visitor.go("/dang-nhap/?next=/ho-so/")
            assert (visitor.axe(), visitor.overflow()) == ([], 0)
            page.click("text=Đăng nhập qua SSO tỉnh")
            page.wait_for_url(f"{server.url}/ho-so/")
            assert visitor.complaints == []
        finally:
            (settings.HOME.secrets / providers.FILE).unlink()
