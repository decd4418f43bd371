"""Passkeys as second step and alone; what no copied, replayed or foreign answer opens (RM-955)."""

from __future__ import annotations

import html
import json
import uuid

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.ledger.history import history
from tangthu.signin import ceremony, challenges, checks
from tangthu.signin.actions import passkeys as actions
from tangthu.signin.actions import second_step
from tangthu.signin.actions.account_state import disable_account
from tangthu.signin.actions.set_password import reset_password, take_as_own
from tangthu.signin.models import Passkey, RecoveryCode, SecondStep, SecurityEntry, SignInState
from tangthu.signin.places import Place
from tests.signin.test_second_step import account, bound_to_it, given_step, inside
from tests.support.authenticator import Authenticator
from tests.support.house import PASSWORD, TestHouse

CODE, ALONE, OWN = "/dang-nhap/buoc-hai/", "/dang-nhap/khoa-truy-cap/", "/tai-khoan/khoa-truy-cap/"
HERE = Place("localhost", "http://localhost")


def visitor() -> Client:
    return Client(HTTP_HOST="localhost")


def options(page: bytes) -> dict[str, object]:
    """What a page asks of the browser."""
    text = page.decode().split('data-passkey-options-value="')[1].split('"')[0]
    found: dict[str, object] = json.loads(html.unescape(text))
    return found


def with_password(username: str, wanted: str = "") -> Client:
    client = visitor()
    client.post("/dang-nhap/", {"username": username, "password": PASSWORD, "next": wanted})
    return client


def given_passkey(username: str, device: Authenticator | None = None) -> Authenticator:
    """Add a passkey to somebody's account, by the action."""
    device, one = device or Authenticator(), account(username)
    asked = ceremony.ask_for_new(
        HERE, handle=one.person_id.bytes, username=username, full_name="x", known=()
    )
    answer = device.make(dict(asked.options))
    actions.add_passkey(one, HERE, asked.state, answer, name="Điện thoại")
    return device


def alone(device: Authenticator, client: Client | None = None, **client_data: object) -> Client:
    """Try to sign in by a passkey and nothing else."""
    client = client or visitor()
    answer = device.prove(options(client.get(ALONE).content), **client_data)  # type: ignore[arg-type]
    client.post(ALONE, {"passkey": answer})
    return client


@pytest.mark.req("RM-955")
def test_a_passkey_is_added_by_who_just_signed_in_and_is_then_the_second_step(
    cast: TestHouse,
) -> None:
    bound_to_it("dung")
    client, other = with_password("dung", "/nguoi-dung/"), with_password("dung")
    assert client.get("/nguoi-dung/")["Location"] == "/tai-khoan/buoc-hai/"
    assert "Chưa có khóa nào" in client.get(OWN).content.decode(), "open while it is due"
    new = f"{OWN}them/"
    assert client.post(new, {"name": ""}).status_code == 422
    page = client.post(new, {"name": " Máy  cơ quan "})
    asked = options(page.content)
    assert asked["rp"]["id"] == "localhost"  # type: ignore[index]
    device = Authenticator()
    answer = device.make(asked)
    shown = client.post(new, {"passkey": answer}).content.decode()
    assert shown.count('<li class="code">') == 10
    assert 'href="/nguoi-dung/"' in shown, "where he wanted to go"
    assert inside(client)
    assert not inside(other), "its session began without it"
    assert client.post(new, {"passkey": answer}).status_code == 422, "a challenge serves once"
    row = Passkey.objects.get()
    assert (row.name, row.host, row.used_at) == ("Máy cơ quan", "localhost", None)
    assert history(account("dung").person_id)[-1].kind_name == "signin.passkey.added"
    assert SecurityEntry.objects.get(kind="factor").detail["count"] == 1

    client = with_password("dung")
    assert not inside(client)
    page = client.get(CODE)
    assert options(page.content)["allowCredentials"][0]["id"] == json.loads(answer)["id"]  # type: ignore[index]
    assert "Hoặc nhập một mã khôi phục" in page.content.decode()
    proof = device.prove(options(page.content))
    assert client.post(CODE, {"passkey": proof})["Location"] == "/"
    assert inside(client)
    assert SecurityEntry.objects.filter(kind="in").latest("at").detail == {
        "by": ["password", "passkey"]
    }
    assert Passkey.objects.get().used_at is not None
    client = with_password("dung")
    client.get(CODE)
    assert client.post(CODE, {"passkey": proof}).status_code == 422, "replayed"
    assert not inside(client)
    recovery = shown.split('<li class="code">')[1].split("<")[0]
    assert client.post(CODE, {"code": recovery}).status_code == 302
    assert inside(client)


@pytest.mark.req("RM-955")
def test_a_passkey_alone_signs_in_whoever_it_verified_and_nobody_else(cast: TestHouse) -> None:
    device = given_passkey("hoa")
    client = alone(device)
    assert "Trần Thị Hoa" in client.get("/tai-khoan/").content.decode()
    assert SecurityEntry.objects.filter(kind="in").latest("at").detail == {"by": ["passkey"]}
    wanted = visitor()
    page = wanted.get(f"{ALONE}?next=/ho-so/")
    sent = wanted.post(f"{ALONE}?next=/ho-so/", {"passkey": device.prove(options(page.content))})
    assert sent["Location"] == "/ho-so/"
    page = wanted.get(f"{ALONE}?next=//evil.example/")
    sent = wanted.post(
        f"{ALONE}?next=//evil.example/", {"passkey": device.prove(options(page.content))}
    )
    assert sent["Location"] == "/"

    def refused(one: Authenticator, **told: object) -> bool:
        return not inside(alone(one, **told))

    assert refused(device, origin="http://localhost:8000")
    assert refused(device, origin="https://localhost.evil.example")
    assert refused(device, challenge="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    assert refused(device, type="webauthn.create")
    assert refused(device, crossOrigin=True)
    assert refused(Authenticator(credential=device.credential, handle=device.handle)), "another key"
    assert refused(Authenticator()), "a passkey of nobody"
    device.verifies = False
    assert refused(device), "a thief of the key alone"
    device.verifies, device.host = True, "evil.example"
    assert refused(device)
    device.host = "localhost"
    handle, device.handle = device.handle, uuid.uuid4().bytes
    assert refused(device), "made for somebody else"
    device.handle = handle
    stale = visitor()
    answer = device.prove(options(stale.get(ALONE).content))
    session = stale.session
    session["passkey_asked"] |= {"at": session["passkey_asked"]["at"] - challenges.WAITS - 1}
    session.save()
    assert stale.post(ALONE, {"passkey": answer}).status_code == 422
    assert visitor().post(ALONE, {"passkey": answer}).status_code == 422, "nobody asked"
    assert not inside(stale)
    assert not refused(device), "none of it locks the owner out"

    disable_account(cast.acting("dung"), account("hoa").person_id)
    assert refused(device)
    lines = SecurityEntry.objects.filter(kind="failed", detail__by=["passkey"])
    assert lines.filter(account="hoa").count() >= 8
    assert lines.filter(account="").count() == 1, "of nobody's key no name is known"


def test_a_counter_that_runs_back_is_refused_and_told(cast: TestHouse) -> None:
    device = given_passkey("hoa")
    copy = Authenticator(credential=device.credential, handle=device.handle, key=device.key)
    assert inside(alone(device, count=7))
    assert not inside(alone(copy, count=7))
    assert not inside(alone(copy, count=2))
    client = Client()
    client.force_login(account("dung"))
    page = html.unescape(client.get("/nhat-ky-an-toan/?viec=failed").content.decode())
    assert page.count("khóa có thể đã bị sao chép") == 2
    assert inside(alone(device, count=8))
    binh = given_passkey("binh")
    assert inside(alone(binh, count=0)), "one that does not count"
    assert inside(alone(binh, count=0))


@pytest.mark.req("RM-955")
def test_passkeys_are_renamed_and_taken_off_by_their_owner_or_reset(cast: TestHouse) -> None:
    bound_to_it("dung")
    secret, made = given_step("dung")
    del secret
    device = given_passkey("dung")
    assert RecoveryCode.objects.count() == 10, "the codes stay as they are"
    assert inside(alone(device)), "both steps in one"
    client = alone(device)
    row = Passkey.objects.get()
    one = f"{OWN}{row.pk}/"
    assert client.post(one, {"name": " "}).status_code == 422
    assert client.post(one, {"name": "Khóa USB"})["Location"] == OWN
    assert "Khóa USB" in client.get(OWN).content.decode()
    assert client.get(f"{OWN}{uuid.uuid4()}/").status_code == 404
    quang = Client()
    quang.force_login(account("quang"))
    for way in ("", "go/"):
        assert quang.get(f"{one}{way}").status_code == 404
    with pytest.raises(NotFoundForViewer):
        actions.remove_passkey(account("quang"), row.pk)
    page = client.get("/tai-khoan/buoc-hai/").content.decode()
    assert "Gỡ ứng dụng sinh mã" in page
    assert client.post(f"{one}go/")["Location"] == OWN
    assert inside(client), "the app is left"
    assert not inside(alone(device))

    device = given_passkey("dung")
    assert second_step.prove(account("dung"), made[0]) == "recovery"
    second_step.take_off(account("dung"), password=PASSWORD, typed=made[1])
    assert SecondStep.objects.get().sealed is None
    with pytest.raises(InvalidInput):
        second_step.prove(account("dung"), "123456")
    client = alone(device)
    assert inside(client)
    assert "Thêm ứng dụng sinh mã" in client.get("/tai-khoan/buoc-hai/").content.decode()
    assert client.get("/tai-khoan/buoc-hai/ung-dung/").status_code == 200
    last = f"{OWN}{Passkey.objects.get().pk}/go/"
    assert "Sau đó chỉ cần mật khẩu" in client.get(last).content.decode()
    assert client.post(last)["Location"] == "/tai-khoan/buoc-hai/"
    assert not SecondStep.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert client.get("/nguoi-dung/")["Location"] == "/tai-khoan/buoc-hai/"
    assert history(account("dung").person_id)[-1].kind_name == "signin.passkey.removed"

    device = given_passkey("hoa")
    reset_password(cast.acting("dung"), account("hoa").person_id)
    take_as_own(account("hoa"))
    assert not inside(alone(device)), "whoever knew the old password may have made it"
    client = visitor()
    client.force_login(account("hoa"))
    assert "chỉ còn dùng sau mật khẩu" in client.get(OWN).content.decode()
    made = account("hoa")
    made.set_password(PASSWORD)
    made.save()
    client = with_password("hoa")
    assert client.post(CODE, {"passkey": device.prove(options(client.get(CODE).content))})
    assert inside(client), "as a second step it counts"
    second_step.reset_second_step(cast.acting("dung"), account("hoa").person_id)
    assert not Passkey.objects.exists()
    assert not inside(alone(device))


def test_an_account_holds_ten_passkeys_and_no_credential_twice(cast: TestHouse) -> None:
    device = given_passkey("hoa")
    with pytest.raises(InvalidInput):
        given_passkey("binh", Authenticator(credential=device.credential))
    for _number in range(actions.MOST - 1):
        given_passkey("hoa")
    with pytest.raises(Refused):
        given_passkey("hoa")


def test_where_no_browser_uses_a_passkey_the_page_says_why(cast: TestHouse) -> None:
    for host, secure, why in (
        ("127.0.0.1", False, "là một số IP"),
        ("testserver", False, "HTTPS"),
        ("localhost", False, ""),
    ):
        client = Client(HTTP_HOST=host)
        page = client.get(ALONE, secure=secure).content.decode()
        assert (why in page) if why else ("data-passkey-options-value" in page), host
        link = 'href="/dang-nhap/khoa-truy-cap/' in client.get("/dang-nhap/").content.decode()
        assert link == (not why), host
        client.force_login(account("hoa"))
        assert (f"{OWN}them/" in client.get(OWN).content.decode()) == (not why), host
        assert (client.get(f"{OWN}them/").status_code == 302) == bool(why), host


@pytest.mark.req("RM-955")
def test_who_comes_from_outside_must_have_a_second_step(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.kernel.proxies import named

    networks = named("10.0.0.0/8, 2001:db8::/32", "TANGTHU_INSIDE")
    monkeypatch.setattr(settings, "SITE_HTTPS", True)
    assert any("TANGTHU_INSIDE" in one.message for one in checks.look(None))
    monkeypatch.setattr(settings, "SITE_HTTPS", False)
    bound_to_it("binh")
    for address, inside_it in (("8.8.8.8", False), ("::ffff:8.8.8.8", False), ("10.1.2.3", True)):
        client = Client(REMOTE_ADDR=address)
        client.post("/dang-nhap/", {"username": "binh", "password": PASSWORD})
        assert inside(client) is inside_it, "a public address is outside, whoever named none"
    assert client.get("/", REMOTE_ADDR="8.8.8.8")["Location"] == "/tai-khoan/buoc-hai/"
    monkeypatch.setattr(settings, "INSIDE", networks)
    monkeypatch.setattr(settings, "SITE_HTTPS", True)
    assert not any("TANGTHU_INSIDE" in one.message for one in checks.look(None))
    monkeypatch.setattr(settings, "SITE_HTTPS", False)
    bound_to_it("hoa", "binh")

    def from_(address: str, username: str = "hoa") -> Client:
        client = Client(REMOTE_ADDR=address, HTTP_HOST="localhost")
        client.post("/dang-nhap/", {"username": username, "password": PASSWORD})
        return client

    for address in ("10.1.2.3", "2001:db8::1", "::ffff:10.1.2.3"):
        assert inside(from_(address)), address
    for address in ("192.168.1.1", "203.0.113.9", "2001:db9::1", "127.0.0.1"):
        client = from_(address)
        assert client.get("/")["Location"] == "/tai-khoan/buoc-hai/", address
        told = client.get("/tai-khoan/buoc-hai/").content.decode()
        assert "từ ngoài mạng của cơ quan" in told
    carried = from_("10.1.2.3")
    assert carried.get("/", REMOTE_ADDR="203.0.113.9")["Location"] == "/tai-khoan/buoc-hai/"
    assert inside(carried), "and home again"
    assert inside(from_("203.0.113.9", "cuc")), "people of a demonstration"
    device = given_passkey("hoa")
    client = Client(REMOTE_ADDR="203.0.113.9", HTTP_HOST="localhost")
    assert inside(alone(device, client)), "who has one goes in"
    SignInState.objects.update(demonstration=True)


def values() -> st.SearchStrategy[object]:
    leaf = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=40)
        | st.binary().map(lambda one: ceremony_text(one))
    )
    return st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "signature",
                             "authenticatorData", "attestationObject", "userHandle", "x"]),
            inner, max_size=6,
        ),
        max_leaves=12,
    )  # fmt: skip


def ceremony_text(one: bytes) -> str:
    from fido2.utils import websafe_encode

    return websafe_encode(one)


@given(
    st.text(max_size=80) | values().map(json.dumps),
    st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]),
    st.integers(0, 999),
    st.integers(1, 255),
)
def test_no_answer_but_the_right_one_is_taken_and_none_breaks_anything(
    hostile: str, part: str, at: int, flip: int
) -> None:
    """Whatever is sent, and whatever one byte of a right answer is changed to."""
    device = Authenticator()
    made = ceremony.ask_for_new(HERE, handle=b"x" * 16, username="x", full_name="x", known=())
    answer = device.make(dict(made.options))
    kept = ceremony.new_from(HERE, made.state, answer)
    asked = ceremony.ask_for_proof(HERE, None, verified=True)
    proof = device.prove(dict(asked.options))
    assert ceremony.proof_in(HERE, asked.state, kept.kept, proof).verified
    with pytest.raises(ceremony.NotProved):
        ceremony.new_from(HERE, made.state, hostile)
    with pytest.raises(ceremony.NotProved):
        ceremony.proof_in(HERE, asked.state, kept.kept, hostile)
    told = json.loads(proof)
    from fido2.utils import websafe_decode

    changed = bytearray(websafe_decode(told["response"][part]))
    changed[at % len(changed)] ^= flip
    told["response"][part] = ceremony_text(bytes(changed))
    with pytest.raises(ceremony.NotProved):
        ceremony.proof_in(HERE, asked.state, kept.kept, json.dumps(told))


def test_an_answer_longer_than_any_is_not_read() -> None:
    with pytest.raises(ceremony.NotProved):
        ceremony.credential_in("[" * 100_000)
    with pytest.raises(ceremony.NotProved):
        ceremony.credential_in("[" * (ceremony.LONGEST_ANSWER - 1))
