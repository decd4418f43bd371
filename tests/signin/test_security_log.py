"""The security log: what goes in, who reads it, and that nobody takes anything out (RM-956)."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections
from django.test import Client
from django.utils import timezone

from tangthu.identity.models import Account
from tangthu.kernel.securitylog import Caller, Noted, called_from, note
from tangthu.signin.actions import keep_entry
from tangthu.signin.actions.forget_entries import forget_entries
from tangthu.signin.models import Kind, SecurityEntry
from tests.signin.conftest import SignIn
from tests.support.house import PASSWORD, TestHouse

WRONG = "Khong-phai-mat-khau-1"


def entries(kind: str) -> list[SecurityEntry]:
    return list(SecurityEntry.objects.filter(kind=kind).order_by("at"))


def backdate(days: int, **which: object) -> None:
    """Let lines be older, as whoever owns the database could."""
    pks = list(SecurityEntry.objects.filter(**which).values_list("pk", flat=True))
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE signin_securityentry DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE signin_securityentry SET at = at - %s * interval '1 day' WHERE id = ANY(%s)",
            [days, pks],
        )
        cursor.execute("ALTER TABLE signin_securityentry ENABLE TRIGGER USER")


@pytest.mark.req("RM-956")
def test_sign_in_failure_lock_and_sign_out_are_written_with_source_target_account_and_time(
    cast: TestHouse,
) -> None:
    began = timezone.now()
    client = Client(REMOTE_ADDR="203.0.113.5", REMOTE_PORT="40001", HTTP_USER_AGENT="Firefox/1")
    for word in (PASSWORD, None):
        if word:
            client.post("/dang-nhap/", {"username": "hoa", "password": word})
        else:
            client.post("/dang-xuat/")
    for _number in range(5):
        client.post("/dang-nhap/", {"username": "hoa", "password": WRONG})
    seen = {kind: entries(kind) for kind in ("in", "out", "failed", "locked")}
    assert {kind: len(found) for kind, found in seen.items()} == {
        "in": 1, "out": 1, "failed": 5, "locked": 1,
    }  # fmt: skip
    for found in seen.values():
        for one in found:
            assert (one.source, one.port, one.account, one.target, one.agent) == (
                "203.0.113.5", 40001, "hoa", "hoa", "Firefox/1",
            )  # fmt: skip
            assert began <= one.at <= timezone.now()
    assert [one.outcome for kind in seen for one in seen[kind][:1]] == [
        "ok", "ok", "fail", "refused",
    ]  # fmt: skip
    assert PASSWORD not in str(list(SecurityEntry.objects.values_list()))
    assert WRONG not in str(list(SecurityEntry.objects.values_list()))


@pytest.mark.req("RM-956")
def test_a_change_of_accounts_or_rights_is_written_whoever_makes_it(cast: TestHouse) -> None:
    from tangthu.identity.actions.add_person import employ

    employ(
        cast.acting("dung"), body=cast.body("H30.81"), full_name="Lê Thị Mai", username="mai",
        password=PASSWORD, position="Văn thư", role="clerk", since=timezone.localdate(),
    )  # fmt: skip
    added, rights = entries("added")[-1], entries("rights")[-1]
    assert (added.account, added.target) == ("dung", "mai")
    assert (rights.account, rights.target) == ("dung", "mai")
    assert rights.detail["event"] == "identity.person.appointed"
    assert rights.detail["role"] == "clerk"


def test_a_change_that_is_rolled_back_leaves_no_line(cast: TestHouse) -> None:
    from django.db import transaction

    from tangthu.signin.actions.set_password import reset_password

    hoa = Account.objects.get(username="hoa")
    with pytest.raises(RuntimeError), transaction.atomic():
        reset_password(cast.acting("dung"), hoa.person_id)
        raise RuntimeError
    assert entries("reset") == []


def test_of_a_name_that_nobody_bears_only_the_beginning_is_kept(cast: TestHouse) -> None:
    Client().post("/dang-nhap/", {"username": "Mat-Khau-Cua-Toi-1", "password": WRONG})
    line = entries("failed")[-1]
    assert (line.account, line.target, line.person_id, line.body_id) == ("Mat…", "", None, None)
    assert line.name_key == keep_entry.name_key("mat-khau-cua-toi-1")


@pytest.mark.req("RM-956")
@pytest.mark.parametrize("role", ["default", "owner"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE signin_securityentry SET account = 'x'",
        "UPDATE signin_securityentry SET at = now() - interval '2 years'",
        "DELETE FROM signin_securityentry",
        "TRUNCATE signin_securityentry",
    ],
)
def test_no_login_changes_or_removes_a_young_line(
    shared_cast: TestHouse, role: str, statement: str
) -> None:
    note(Noted(Kind.REFUSED, "x"))
    count = SecurityEntry.objects.count()
    with pytest.raises((ProgrammingError, IntegrityError)), connections[role].cursor() as cursor:
        cursor.execute(statement)
    assert SecurityEntry.objects.count() == count


def test_the_database_gives_the_time_whatever_is_written(cast: TestHouse) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO signin_securityentry (id, at, kind, outcome, source, agent, target, "
            "account, name_key, detail) VALUES (gen_random_uuid(), '1999-01-01', 'in', 'ok', '', "
            "'', '', 'mao-danh', '', '{}')"
        )
    line = SecurityEntry.objects.get(account="mao-danh")
    assert abs(line.at - timezone.now()) < dt.timedelta(minutes=1)


@pytest.mark.req("RM-956")
def test_lines_are_kept_for_twelve_months_and_forgotten_after(cast: TestHouse) -> None:
    for number, days in enumerate((0, 360, 365, 500)):
        note(Noted(Kind.SIGNED_IN, f"muc-{number}"))
        if days:
            backdate(days, target=f"muc-{number}")
    assert forget_entries() == 1
    left = SecurityEntry.objects.filter(target__startswith="muc-")
    assert sorted(one.target for one in left) == ["muc-0", "muc-1", "muc-2"]
    assert forget_entries() == 0


@pytest.mark.req("AR-15")
def test_a_page_and_an_act_without_the_right_are_refused_and_written(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tests.support.records import make_dossier

    made = make_dossier(cast)
    stranger = sign_in("lan")
    address = f"/ho-so/{made.dossier.id}/"
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}dong-goi/").status_code == 404
    assert stranger.get("/nhat-ky-an-toan/").status_code == 404
    lines = entries("refused")
    assert [(one.account, one.target, one.outcome) for one in lines] == [
        ("lan", address, "refused"),
        ("lan", f"{address}dong-goi/", "refused"),
        ("lan", "/nhat-ky-an-toan/", "refused"),
    ]


def test_refusals_cannot_flood_the_log(cast: TestHouse, sign_in: SignIn) -> None:
    stranger = sign_in("lan")
    for _number in range(keep_entry.MOST_OF_SOURCE + 5):
        stranger.get("/nhat-ky-an-toan/")
    lines = entries("refused")
    assert len(lines) == keep_entry.MOST_OF_SOURCE
    assert [bool(one.detail.get("more_left_out")) for one in lines] == [
        *[False] * (keep_entry.MOST_OF_SOURCE - 1), True,
    ]  # fmt: skip
    sign_in("minh").get("/nhat-ky-an-toan/")
    assert entries("refused")[-1].account == "minh"
    backdate(1, kind="refused")
    stranger.get("/nhat-ky-an-toan/")
    assert entries("refused")[-1].account == "lan"


def test_administrators_read_the_lines_of_their_bodies_and_of_nobody(
    cast: TestHouse, sign_in: SignIn
) -> None:
    Client().post("/dang-nhap/", {"username": "khongcoai", "password": WRONG})
    sign_in("hoa")
    sign_in("lan")
    ours, theirs = (sign_in(one).get("/nhat-ky-an-toan/").content.decode()
                    for one in ("dung", "quang"))  # fmt: skip
    assert ">hoa<" in ours and ">lan<" not in ours and "kho…" in ours
    assert ">lan<" in theirs and ">hoa<" not in theirs and "kho…" in theirs
    for username in ("hoa", "cuc", "binh"):
        assert sign_in(username).get("/nhat-ky-an-toan/").status_code == 404
        assert sign_in(username).get("/nhat-ky-an-toan/nhat-ky.csv").status_code == 404


@pytest.mark.req("RM-956")
def test_filters_narrow_the_log_and_reading_it_is_a_line(cast: TestHouse, sign_in: SignIn) -> None:
    Client(REMOTE_ADDR="203.0.113.9").post("/dang-nhap/", {"username": "hoa", "password": WRONG})
    admin = sign_in("dung")

    def lines(query: str) -> int:
        page = admin.get(f"/nhat-ky-an-toan/?{query}").content.decode()
        return page.count('data-list-target="row"')

    assert lines("viec=failed") == 1
    assert lines("viec=failed&q=hoa") == lines("q=203.0.113") == 1
    assert lines("viec=failed&ket-qua=ok") == 0
    assert lines("viec=failed&q=binh") == 0
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert lines(f"viec=failed&ngay_from={today}&ngay_to={today}") == 1
    assert lines(f"viec=failed&ngay_to={timezone.localdate() - dt.timedelta(days=1):%d/%m/%Y}") == 0
    for odd in ("ngay_from=99/99/9999", "ngay_from=x", "q=%00", "at=hong", "sort=-khong"):
        assert admin.get(f"/nhat-ky-an-toan/?{odd}").status_code == 200, odd
    read = entries("read")
    assert [(one.account, one.target) for one in read] == [("dung", "/nhat-ky-an-toan/")]


def test_the_file_has_every_line_that_the_filters_leave_and_no_formula(
    cast: TestHouse, sign_in: SignIn
) -> None:
    hoa = Account.objects.get(username="hoa")
    with called_from(Caller("203.0.113.7", None, "=HYPERLINK(1)")):
        for number in range(120):
            note(Noted(Kind.SIGNED_OUT, f"muc-{number}", "hoa", "", hoa.person_id,
                       hoa.person.home_body_id))  # fmt: skip
    answer = sign_in("dung").get("/nhat-ky-an-toan/nhat-ky.csv?viec=out")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 120
    assert rows[0]["time_utc"].endswith("+00:00")
    assert {row["agent"] for row in rows} == {"'=HYPERLINK(1)"}


def test_a_refused_command_is_written_too(cast: TestHouse) -> None:
    from tests.support.commands import call

    assert call(cast, "--as", "cuc", "account", "reset-password", "hoa").returncode == 2
    line = entries("refused")[-1]
    assert (line.account, line.source, line.target) == (
        "cuc", "cli", "tangthu account reset-password",
    )  # fmt: skip
