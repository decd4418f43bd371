"""Sessions: seen and ended by their owner, locked when nobody is there, and accounts that nobody
uses (RM-954)."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions.leave import leave
from tangthu.identity.models import Account
from tangthu.kernel.errors import NotFoundForViewer, Refused
from tangthu.ledger.history import history
from tangthu.signin.actions.account_state import (
    disable_account,
    disable_idle_accounts,
    enable_account,
)
from tangthu.signin.actions.end_sessions import end_of
from tangthu.signin.actions.set_password import reset_password, set_own_password
from tangthu.signin.models import SecurityEntry, SignInState, Visit
from tests.signin.conftest import SignIn
from tests.support.house import PASSWORD, TestHouse

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SESSIONS = "/tai-khoan/phien/"
LOCK = "/khoa-man-hinh/"


def account(username: str) -> Account:
    return Account.objects.select_related("person").get(username=username)


def leave_the_desk(minutes: int, username: str = "hoa") -> None:
    gone = timezone.now() - dt.timedelta(minutes=minutes)
    Visit.objects.filter(account__username=username).update(seen_at=gone)


def is_in(client: Client) -> bool:
    return client.get("/ho-so/").status_code == 200


def test_a_person_sees_where_he_is_signed_in_and_ends_one_or_all_others(
    cast: TestHouse, sign_in: SignIn
) -> None:
    here = sign_in("hoa", HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="203.0.113.9")
    there, third, other = sign_in("hoa"), sign_in("hoa"), sign_in("binh")
    page = here.get(SESSIONS).content.decode()
    assert "Firefox, Linux" in page
    assert "203.0.113.9" in page
    assert page.count("phiên này") == 1
    listed = re.findall(r'name="visit" value="([0-9a-f-]{36})"', page)
    assert len(listed) == 2
    mine = here.session["visit"]
    theirs = other.session["visit"]
    for wrong in (theirs, mine, "x", "", str(uuid.uuid4())):
        here.post(SESSIONS, {"visit": wrong})
    assert [is_in(one) for one in (here, there, third, other)] == [True] * 4
    here.post(SESSIONS, {"visit": there.session["visit"]})
    assert [is_in(one) for one in (here, there, third, other)] == [True, False, True, True]
    assert there.get("/ho-so/")["Location"] == "/dang-nhap/?next=/ho-so/"
    here.post(SESSIONS, {"visit": "others"})
    assert [is_in(one) for one in (here, third, other)] == [True, False, True]
    assert SecurityEntry.objects.filter(kind="session", account="hoa").count() == 2
    here.post("/dang-xuat/")
    assert not Visit.objects.filter(account=account("hoa"), ended_at=None).exists()


def test_who_sets_a_password_or_gets_one_ends_sessions(cast: TestHouse, sign_in: SignIn) -> None:
    for end in ("own", "reset"):
        client = sign_in("hoa")
        assert is_in(client)
        if end == "own":
            set_own_password(account("hoa"), old=PASSWORD, new="Trang-giay-Moi-1")
            mine = account("hoa")
            mine.set_password(PASSWORD)
            mine.save()
        else:
            reset_password(cast.acting("dung"), account("hoa").person_id)
        assert not Visit.objects.filter(account=account("hoa"), ended_at=None).exists()
        assert not is_in(client)


def test_an_administrator_ends_every_session_of_another_and_nothing_else(
    cast: TestHouse, sign_in: SignIn
) -> None:
    here, there, other, admin = sign_in("hoa"), sign_in("hoa"), sign_in("cuc"), sign_in("dung")
    hoa = account("hoa").person_id
    page = f"/nguoi-dung/{hoa}/phien/"
    assert page in admin.get(f"/nguoi-dung/{hoa}/").content.decode()
    assert is_in(here) and admin.get(page).status_code == 200 and is_in(here)
    assert other.post(page).status_code == 404 and is_in(here)
    told = admin.post(page, follow=True).content.decode()
    assert "Đã kết thúc 2 phiên đăng nhập" in told
    assert not is_in(here) and not is_in(there) and is_in(other) and is_in(admin)
    assert is_in(sign_in("hoa")), "with the password as before"
    assert history(hoa)[-1].kind_name == "signin.sessions.ended"
    line = SecurityEntry.objects.filter(kind="session").latest("id")
    assert (line.account, line.target) == ("dung", "hoa")
    with pytest.raises(Refused):
        end_of(cast.acting("dung"), account("dung").person_id)


@pytest.mark.req("RM-954")
def test_a_screen_locks_itself_when_nobody_was_there_and_the_password_opens_it(
    cast: TestHouse, sign_in: SignIn
) -> None:
    client = sign_in("hoa")
    leave_the_desk(14)
    assert is_in(client)
    leave_the_desk(16)
    told = client.get("/ho-so/?q=a b")
    assert told["Location"] == f"{LOCK}?next=/ho-so/%3Fq%3Da%2520b"
    assert client.get("/cong-viec/", headers={"HX-Request": "true"})["HX-Redirect"] == LOCK
    page = client.get(told["Location"])
    assert page.status_code == 200
    given = {"next": "/ho-so/?q=a b", "unlock_password": "sai"}
    assert client.post(LOCK, given).status_code == 422
    assert client.get("/ho-so/").status_code == 302, "still locked"
    right = {**given, "unlock_password": PASSWORD}
    assert client.post(LOCK, right)["Location"] == "/ho-so/?q=a%20b"
    assert is_in(client)
    assert client.get(LOCK)["Location"] == "/"
    leave_the_desk(16)
    away = client.post(LOCK, {**right, "next": "https://evil.example/"})
    assert away["Location"] == "/"
    lines = SecurityEntry.objects.filter(account="hoa").order_by("at")
    kinds = list(lines.values_list("kind", flat=True))
    assert kinds == ["in", "failed", "back", "back"]


@pytest.mark.req("RM-954")
def test_what_was_typed_is_sent_on_when_the_screen_is_opened(
    cast: TestHouse, sign_in: SignIn
) -> None:
    client = sign_in("cuc")
    leave_the_desk(16, "cuc")
    posted = {"name": "Phông <thử>", "code": ["a", "b"], "csrfmiddlewaretoken": "x"}

    def post(**more: str) -> HttpResponse:
        fields = urlencode({**posted, **more}, doseq=True)
        return client.post("/phong/moi/", fields, "application/x-www-form-urlencoded")

    page = post().content.decode()
    assert 'action="/phong/moi/"' in page
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    assert kept[:4] == [
        ("name", "Phông &lt;thử&gt;"), ("code", "a"), ("code", "b"), ("csrfmiddlewaretoken", "x"),
    ]  # fmt: skip
    wrong = post(unlock_password="sai")
    assert wrong.status_code == 422
    assert "Phông &lt;thử&gt;" in wrong.content.decode()
    answer = post(unlock_password=PASSWORD)
    assert "Mở phông mới" in answer.content.decode(), "the page itself answered"
    leave_the_desk(16, "cuc")
    files = client.post("/phong/moi/", posted)
    assert files["Location"].startswith(LOCK), "files are not read before it is known who sends"
    assert "Phông &lt;thử&gt;" in answer.content.decode()


def test_five_wrong_passwords_at_the_lock_are_five_wrong_passwords(
    cast: TestHouse, sign_in: SignIn
) -> None:
    client = sign_in("hoa")
    leave_the_desk(16)
    statuses = [client.post(LOCK, {"unlock_password": "sai"}).status_code for _n in range(5)]
    assert statuses == [422, 422, 422, 422, 429]
    assert client.post(LOCK, {"unlock_password": PASSWORD}).status_code == 429


@pytest.mark.req("RM-954")
def test_a_session_ends_after_its_longest_time_and_one_that_nobody_began_is_none(
    cast: TestHouse, sign_in: SignIn
) -> None:
    client = sign_in("hoa")
    for hours, stays in ((11, True), (13, False)):
        began = timezone.now() - dt.timedelta(hours=hours)
        Visit.objects.update(began_at=began)
        assert is_in(client) is stays, hours
    client = sign_in("hoa")
    session = client.session
    del session["visit"]
    session.save()
    assert not is_in(client)


def age(username: str, days: int) -> None:
    """Let an account be as one that was last used so many days ago."""
    long_ago = timezone.now() - dt.timedelta(days=days)
    SignInState.objects.update_or_create(account=account(username), defaults={"used_at": long_ago})


@pytest.mark.req("RM-954")
def test_an_account_that_nobody_used_for_45_days_is_disabled_and_said_so(
    cast: TestHouse, sign_in: SignIn
) -> None:
    client, watching = sign_in("hoa"), sign_in("dung")
    age("binh", 44)
    age("hoa", 46)
    page = watching.get("/nguoi-dung/").content.decode()
    assert "Sắp vô hiệu hóa" in page
    told = [page.index(f"/nguoi-dung/{account(one).person_id}/") for one in ("hoa", "binh")]
    assert told == sorted(told), "the next to go first"
    assert disable_idle_accounts() == 1
    assert disable_idle_accounts() == 0
    assert not account("hoa").is_active
    assert account("binh").is_active
    assert not is_in(client)
    answer = Client().post("/dang-nhap/", {"username": "hoa", "password": PASSWORD})
    assert answer.status_code == 422
    last = history(account("hoa").person_id)[-1]
    assert (last.kind_name, last.fields["detail"]["days"]) == ("signin.account.idled", 46)
    dossier = watching.get(f"/nguoi-dung/{account('hoa').person_id}/").content.decode()
    assert "Đã vô hiệu hóa" in dossier
    assert "vì đã 46 ngày không dùng" in dossier
    assert SecurityEntry.objects.get(kind="disabled").target == "hoa"
    enable = f"/nguoi-dung/{account('hoa').person_id}/dung/"
    assert watching.get(enable).status_code == 200
    assert watching.post(enable).status_code == 302
    assert disable_idle_accounts() == 0, "its days count from now"
    assert is_in(sign_in("hoa"))


@pytest.mark.req("RM-954")
def test_a_program_that_works_for_somebody_is_a_use_of_his_account(cast: TestHouse) -> None:
    from tangthu.programs.actions.make_key import make_key
    from tangthu.programs.models import KeyUse

    acting = cast.acting("cuc")
    key, _token = make_key(
        acting, name="x", body_id=cast.body("H30.81").id, scopes=["read.public"], days=300
    )
    KeyUse.objects.update_or_create(
        key=key,
        defaults={"tokens": 1, "refilled_at": timezone.now(), "last_used_at": timezone.now()},
    )
    age("cuc", 100)
    assert disable_idle_accounts() == 0
    KeyUse.objects.update(last_used_at=timezone.now() - dt.timedelta(days=90))
    assert disable_idle_accounts() == 1


def test_an_account_is_disabled_by_who_manages_people_and_nobody_his_own(cast: TestHouse) -> None:
    hoa, dung = account("hoa").person_id, account("dung").person_id
    for username in ("cuc", "quang"):
        for act in (disable_account, enable_account):
            with pytest.raises(NotFoundForViewer):
                act(cast.acting(username), hoa)
    with pytest.raises(Refused):
        disable_account(cast.acting("dung"), dung)
    client = Client()
    client.force_login(account("dung"))
    address = f"/nguoi-dung/{hoa}/ngung/"
    assert "không đăng nhập được nữa" in client.get(address).content.decode()
    assert account("hoa").is_active
    assert client.post(address).status_code == 302
    assert not account("hoa").is_active
    enable_account(SYSTEM, hoa)
    assert account("hoa").is_active
    assert [one.kind_name for one in history(hoa)[-2:]] == [
        "signin.account.disabled", "signin.account.enabled",
    ]  # fmt: skip
    leave(cast.acting("dung"), hoa, decision="12/QĐ-UBND")
    with pytest.raises(Refused):
        enable_account(SYSTEM, hoa)
