"""What an administrator can do with another's account, and what everybody can read of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions import change_rights
from tangthu.identity.actions.add_person import appoint
from tangthu.identity.actions.change_rights import Resting
from tangthu.identity.actions.end_appointment import end_appointment
from tangthu.identity.actions.grant_right import ask_grant
from tangthu.identity.actions.leave import leave
from tangthu.identity.models import Account, Appointment, Grant, Person
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ledger.history import history
from tangthu.signin import queries, wording
from tangthu.signin.actions.second_step import reset_second_step
from tangthu.signin.actions.set_password import reset_password, set_own_password
from tangthu.signin.models import Passkey, ProviderLink, SecurityEntry, SignInState
from tests.signin.conftest import SignIn
from tests.signin.test_passkeys import given_passkey
from tests.support.house import PASSWORD, TestHouse
from tests.support.programs import program

OWN = "Trang-giay-Moi-1"


def person(username: str) -> Person:
    return Account.objects.get(username=username).person


def asked(cast: TestHouse, **more: object) -> Grant:
    return ask_grant(
        cast.acting("dung"), right="read.conditional", scope_kind="body",
        scope=cast.body("H30.81").pk, decision="12",
        **{"holder_kind": "person", "holder": person("dung").pk, **more},  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.req("RM-630")
def test_who_resets_a_password_confirms_nothing_in_its_name_and_the_others_are_told(
    cast: TestHouse, sign_in: SignIn
) -> None:
    body, grant = cast.body("H30.81"), asked(cast)
    appoint(
        SYSTEM, person=person("hoa"), body=body, position="ATTT", role="security_officer",
        since=timezone.localdate(),
    )  # fmt: skip
    binh = person("binh")
    works = program(cast, "binh", ["read.public"])
    assert works.ask("GET", "/me").status_code == 200
    admin = sign_in("dung")
    warned = admin.get(f"/nguoi-dung/{binh.pk}/mat-khau/").content.decode()
    assert "không xác nhận được thay đổi quyền trong 24 giờ" in warned
    ProviderLink(
        account=binh.account, issuer="https://x.example", subject="1", linked_at=timezone.now()
    ).save()
    review = admin.get(f"/nguoi-dung/ra-soat/{body.pk}/").content.decode()
    assert "khóa API “" in review, "whoever reviews an account sees what acts for it"
    made = reset_password(cast.acting("dung"), binh.pk)
    assert works.ask("GET", "/me").status_code == 401, "a key goes with the password"
    assert not ProviderLink.objects.exists(), "and so does an identity that was linked"
    thief = Client()
    thief.post("/dang-nhap/", {"username": "binh", "password": made})
    thief.post("/tai-khoan/mat-khau/", {"old": made, "new": OWN, "again": OWN})
    answer = thief.post(f"/quyen/grant/{grant.pk}/", {"decision": "confirm"})
    assert answer.status_code == 409
    assert Grant.objects.get(pk=grant.pk).confirmed_at is None
    for told in (thief, sign_in("hoa")):
        assert "vừa do người khác đặt lại" in told.get("/").content.decode()
    line = SecurityEntry.objects.get(kind="reset")
    assert (line.account, line.target) == ("dung", "binh")
    SignInState.objects.filter(account__person=binh).update(
        reset_at=timezone.now() - dt.timedelta(hours=25)
    )
    change_rights.confirm(cast.acting("binh"), "grant", grant.pk)
    assert "vừa do người khác đặt lại" not in sign_in("hoa").get("/").content.decode()


def test_the_home_body_alone_resets_and_a_refused_post_gives_no_power(cast: TestHouse) -> None:
    body, minh = cast.body("H30.81"), person("minh")
    made = appoint(
        cast.acting("dung"), person=minh, body=body, position="Kiêm", role="officer",
        since=timezone.localdate(),
    )  # fmt: skip
    assert minh.pk not in {one.person_id for one in queries.accounts(cast.acting("dung").viewer)}
    change_rights.refuse(cast.acting("binh"), "appointment", made.pk)
    held = appoint(
        SYSTEM, person=minh, body=body, position="Kiêm", role="officer", since=timezone.localdate()
    )
    assert minh.pk in {one.person_id for one in queries.accounts(cast.acting("dung").viewer)}
    for act in (reset_password, reset_second_step):
        with pytest.raises(NotFoundForViewer):
            act(cast.acting("dung"), minh.pk)
    assert held.confirmed_at and reset_password(cast.acting("quang"), minh.pk)
    # Who has gone over for good is answered for where he works now.
    hoa = person("hoa")
    end_appointment(cast.acting("dung"), Appointment.objects.get(person=hoa).pk, decision="1")
    appoint(
        SYSTEM, person=hoa, body=cast.body("H31.07"), position="VT", role="clerk",
        since=timezone.localdate(),
    )  # fmt: skip
    for power in (reset_password, lambda who, one: leave(who, one, decision="2")):
        with pytest.raises(NotFoundForViewer):
            power(cast.acting("dung"), hoa.pk)
        power(cast.acting("quang"), hoa.pk)


def test_who_changes_his_password_because_another_knew_it_ends_what_that_one_may_have_set(
    cast: TestHouse, sign_in: SignIn
) -> None:
    account = person("binh").account
    works = program(cast, "binh", ["read.public"])
    link = ProviderLink(
        account=account, issuer="https://x.example", subject="1", linked_at=timezone.now()
    )
    link.save()
    given_passkey("binh")
    sure, fearful = "Trang-giay-Moi-2", {"suspicious": "on"}
    client = Client()
    client.force_login(account)
    page = client.get("/tai-khoan/mat-khau/").content.decode()
    assert 'name="suspicious"' in page
    for old, new, more in ((PASSWORD, OWN, {}), (OWN, sure, fearful)):
        assert works.ask("GET", "/me").status_code == 200
        assert ProviderLink.objects.exists() and not Passkey.objects.get().second_only
        given = {"old": old, "new": new, "again": new, **more}
        assert client.post("/tai-khoan/mat-khau/", given).status_code == 302
    assert works.ask("GET", "/me").status_code == 401
    assert not ProviderLink.objects.exists() and Passkey.objects.get().second_only
    assert history(account.person_id)[-1].kind_name == "signin.provider.unlinked"


def test_a_password_of_ones_own_or_a_reset_ends_a_demonstration(cast: TestHouse) -> None:
    for username in ("dung", "cuc"):
        account = Account.objects.get(username=username)
        SignInState.objects.filter(account=account).update(demonstration=True)
        if username == "dung":
            set_own_password(account, old=PASSWORD, new=OWN)
        else:
            reset_password(cast.acting("dung"), account.person_id)
        assert not SignInState.objects.get(account=account).demonstration


@pytest.mark.req("RM-956")
def test_the_log_names_whom_and_what_and_the_security_officer_reads_it(
    cast: TestHouse, sign_in: SignIn
) -> None:
    body = cast.body("H30.81")
    post = appoint(
        SYSTEM, person=person("hoa"), body=body, position="ATTT", role="security_officer",
        since=timezone.localdate(),
    )  # fmt: skip
    first = asked(cast, holder=person("cuc").pk)
    change_rights.confirm(cast.acting("binh"), "grant", first.pk)
    second = asked(cast, holder_kind="position", holder=post.position_id)
    lines = list(SecurityEntry.objects.filter(kind="rights").order_by("-at")[:3])
    told = [(one.account, one.target, wording.of_entry(one)) for one in lines]
    assert [one[:2] for one in told] == [("dung", "ATTT"), ("binh", "cuc"), ("dung", "cuc")]
    assert lines[1].person_id == person("cuc").pk
    for _account, _target, words in told:
        assert "tiếp cận có điều kiện" in words and "H30.81" in words and "thiếu quyền" not in words
    assert "Chức vụ: ATTT" in told[0][2]
    change_rights.refuse(cast.acting("binh"), "grant", second.pk)
    page = sign_in("hoa").get("/nhat-ky-an-toan/").content.decode()
    assert "cuc" in page and sign_in("hoa").get("/nguoi-dung/").status_code == 404
    assert sign_in("binh").get("/nhat-ky-an-toan/").status_code == 404
    assert SecurityEntry.objects.filter(kind="read", account="hoa").count() == 1


@pytest.mark.req("RM-630")
def test_a_reset_of_the_second_step_rests_as_a_password_does(cast: TestHouse) -> None:
    import pyotp

    from tangthu.signin import codes
    from tangthu.signin.actions.second_step import set_up

    grant, secret = asked(cast), codes.make_secret()
    set_up(Account.objects.get(username="binh"), secret, pyotp.TOTP(secret).now())
    reset_second_step(cast.acting("dung"), person("binh").pk)
    with pytest.raises(Resting):
        change_rights.confirm(cast.acting("binh"), "grant", grant.pk)


def test_guesses_count_over_addresses_networks_and_forms(cast: TestHouse, sign_in: SignIn) -> None:
    def typed(source: str, password: str = "sai") -> int:
        client = Client(REMOTE_ADDR=source)
        return client.post("/dang-nhap/", {"username": "binh", "password": password}).status_code

    network = [typed(f"2001:db8::{number:x}") for number in range(1, 6)]
    assert network[-1] == 429, "one network of IPv6 is one guesser"
    own = Client(REMOTE_ADDR="198.51.100.7")
    assert own.post("/dang-nhap/", {"username": "binh", "password": PASSWORD}).status_code == 302
    for number in range(16):
        typed(f"203.0.113.{number}")
    assert typed("203.0.113.99", PASSWORD) == 429, "and many addresses are many guesses"
    assert typed("198.51.100.7", PASSWORD) == 302, "where the person was, he comes in"
    assert SecurityEntry.objects.filter(kind="locked", source="203.0.113.99").count() == 1
    hoa = sign_in("hoa")
    form = {"old": "sai", "new": OWN, "again": OWN}
    answers = [hoa.post("/tai-khoan/mat-khau/", form).status_code for _number in range(7)]
    assert answers == [422] * 5 + [429] * 2
    assert hoa.post("/tai-khoan/mat-khau/", {**form, "old": PASSWORD}).status_code == 429


@pytest.mark.req("RM-956")
def test_what_was_right_and_opened_nothing_is_a_line(cast: TestHouse) -> None:
    import pyotp

    from tangthu.programs.actions.make_key import revoke_key
    from tangthu.programs.models import ApiKey
    from tangthu.signin import codes
    from tangthu.signin.actions.second_step import set_up

    secret = codes.make_secret()
    set_up(Account.objects.get(username="dung"), secret, pyotp.TOTP(secret).now())
    Client().post("/dang-nhap/", {"username": "dung", "password": PASSWORD})
    works = program(cast, "cuc", ["read.public"])
    revoke_key(cast.acting("cuc"), ApiKey.objects.get().pk)
    assert works.ask("GET", "/me").status_code == 401
    end_appointment(SYSTEM, Appointment.objects.get(person=person("hoa")).pk, decision="1")
    Client().post("/dang-nhap/", {"username": "hoa", "password": PASSWORD})
    half = SecurityEntry.objects.get(kind="half")
    assert (half.account, half.outcome) == ("dung", "ok")
    found = SecurityEntry.objects.filter(kind="failed").order_by("at")
    assert [(one.account, wording.of_entry(one)) for one in found] == [
        ("cuc", "khóa API đã thu hồi hoặc hết hạn"),
        ("hoa", "đúng mật khẩu, không giữ chức vụ nào"),
    ]


def test_who_lacks_a_second_step_is_counted_in_one_statement(cast: TestHouse) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tangthu.signin import checks

    SignInState.objects.update(demonstration=False)

    with CaptureQueriesContext(connection) as seen:
        found = list(checks._one_step(None))
    assert len(seen) == 1
    assert [one.message for one in found] == ["2 người phải xác thực hai bước mà chưa thiết lập."]
