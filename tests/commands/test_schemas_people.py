"""Commands on bodies, people and programs answer by their schemas, in good and bad cases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyotp

from tests.support.commands import COULD_NOT, DONE, call, told
from tests.support.house import PASSWORD, TestHouse


def test_keys_answer_by_their_schemas(cast: TestHouse) -> None:
    make = ("--as", "hoa", "apikey", "make", "Máy quét", "--body", "H30.81", "--json")
    made = told(call(cast, *make, "--scope", "read.public"), "apikey-make", DONE)
    told(call(cast, *make, "--scope", "archive.seal"), "error", COULD_NOT)
    told(call(cast, *make, "--scope", "read.public", "--days", "0"), "error", COULD_NOT)
    (listed,) = told(call(cast, "--as", "hoa", "apikey", "list", "--json"), "apikey-list", DONE)[
        "keys"
    ]
    assert listed["id"] == made["id"] and made["token"].startswith(listed["beginning"])
    none = told(call(cast, "--as", "cuc", "apikey", "list", "--json"), "apikey-list", DONE)
    assert none == {"keys": []}
    revoke = ("apikey", "revoke", made["id"], "--json")
    told(call(cast, "--as", "cuc", *revoke), "error", COULD_NOT)
    told(call(cast, "--as", "hoa", "apikey", "revoke", "x", "--json"), "error", COULD_NOT)
    assert told(call(cast, "--as", "dung", *revoke), "apikey-revoke", DONE)["state"] == "revoked"


def test_hooks_answer_by_their_schemas(cast: TestHouse) -> None:
    make = ("--as", "hoa", "hook", "make", "Cổng", "https://nhan.example/x?ma=bi-mat", "--json")
    kind = ("--body", "H30.81", "--kind", "records.dossier")
    made = told(call(cast, *make, *kind), "hook-make", DONE)
    told(call(cast, *make, "--body", "H30.81", "--kind", "identity.person"), "error", COULD_NOT)
    listed = told(call(cast, "--as", "dung", "hook", "list", "--json"), "hook-list", DONE)
    assert [(one["id"], one["url"]) for one in listed["hooks"]] == [(made["id"], "nhan.example")]
    for action, state in (("pause", "paused"), ("resume", "on"), ("show", "on")):
        turned = told(
            call(cast, "--as", "hoa", "hook", action, made["id"], "--json"), f"hook-{action}", DONE
        )
        assert turned["state"] == state
    remove = ("hook", "remove", made["id"], "--json")
    told(call(cast, "--as", "cuc", *remove), "error", COULD_NOT)
    assert told(call(cast, "--as", "hoa", *remove), "hook-remove", DONE)["state"] == "removed"


BODY = (
    "--code", "H30.81", "--archive-code", "001.03.08", "--name", "Ủy ban xã",
    "--short-name", "UBND", "--admin", "dung", "--admin-name", "Phạm Tiến Dũng",
)  # fmt: skip


def test_beginning_answers_by_its_schema_once_and_leaves_nothing_when_it_cannot(
    db: TestHouse,
) -> None:
    from tangthu.identity.models import Account, Appointment, Body

    words = ("begin", *BODY, "--json", "--origin")
    for wrong in (
        ("khong", ), ("a.example/b", "--admin", "có dấu"), ("a.example/b", "--admin", ""),
        ("a.example/b", "--code", "a/b"), ("a.example/b", "--name", " "),
        ("a.example/b", "--admin-name", " "), ("a.example/b", "--position", "x" * 121),
        ("a.example/b", "--ask-password"),
    ):  # fmt: skip
        told(call(db, *words, *wrong), "error", COULD_NOT)
        assert not Body.objects.exists(), wrong
    made = told(call(db, *words, "luutru.example/H30.81"), "begin", DONE)
    account = Account.objects.get(username="dung")
    assert account.check_password(made["password"])
    held = Appointment.objects.order_by("position__role")
    assert [(one.position.role, one.person_id) for one in held] == [
        ("administrator", account.person_id), ("keeper", account.person_id),
    ]  # fmt: skip
    again = told(call(db, *words, "luutru.example/H31"), "error", COULD_NOT)
    assert "đã có cơ quan" in again["error"]["message"]
    assert Body.objects.count() == Account.objects.count() == 1


def test_adding_a_person_answers_by_its_schema_and_needs_the_right_at_the_body(
    cast: TestHouse,
) -> None:
    from tangthu.identity.models import Account
    from tangthu.ledger.history import history

    at = ("--name", "Lê Thị Mai", "--position", "Văn thư", "--role", "clerk", "--body")
    add = ("person", "add", "mai", *at, "H30.81", "--json")
    absent = told(call(cast, "--as", "dung", *add[:-2], "H99", "--json"), "error", COULD_NOT)
    foreign = told(call(cast, "--as", "quang", *add), "error", COULD_NOT)
    assert foreign["error"]["message"].replace("H30.81", "H99") == absent["error"]["message"]
    for username in ("cuc", "binh", "hoa"):
        told(call(cast, "--as", username, *add), "error", COULD_NOT)
    taken = ("person", "add", "HOA", *at, "H30.81", "--json")
    assert "đã có" in told(call(cast, "--as", "dung", *taken), "error", 2)["error"]["message"]
    told(call(cast, *add), "error", COULD_NOT)
    made = told(call(cast, "--as", "dung", *add), "person-add", DONE)
    account = Account.objects.get(username="mai")
    assert account.check_password(made["password"])
    assert [one.kind_name for one in history(account.person_id)] == [
        "identity.person.added", "identity.person.appointed",
    ]  # fmt: skip
    plain = call(cast, "--as", "dung", "person", "add", "mai2", *at, "H30.81")
    assert "Mật khẩu: " in plain.stdout
    assert "Mật khẩu: " not in plain.stderr


def test_a_first_password_that_is_asked_for_is_not_told_and_must_be_a_good_one(
    cast: TestHouse,
) -> None:
    from tangthu.identity.models import Account

    words = ["--as", "dung", "person", "add", "mai", "--name", "Lê Thị Mai", "--position",
             "Văn thư", "--role", "clerk", "--body", "H30.81", "--ask-password",
             "--json"]  # fmt: skip
    for given, name, status in (("ngan\n", "error", COULD_NOT), (f"{PASSWORD}\n", "person-add", 0)):
        done = call(cast, *words, given=given)
        document = told(done, name, status)
        assert given.strip() not in done.stdout + done.stderr
    assert document["password"] is None
    place = told(call(cast, "--as", "dung", "practice", "H30.81", "--json"), "practice", DONE)
    assert place["people"][0]["username"] == "tap-vt"
    told(call(cast, "--as", "hoa", "practice", "H30.81", "--json"), "error", COULD_NOT)
    assert Account.objects.get(username="mai").check_password(PASSWORD)


def test_who_keeps_the_house_is_listed_given_and_ended_by_their_schemas(cast: TestHouse) -> None:
    given = ("keeper", "give", "quang", "--decision", "1/QĐ", "--json")
    ended = ("keeper", "end", "dung", "--decision", "2/QĐ", "--json")
    for words in (("keeper", "list", "--json"), given, ended):
        told(call(cast, "--as", "quang", *words), "error", COULD_NOT)
    assert not told(call(cast, "--as", "dung", *given), "keeper-give", DONE)["gives"]
    told(call(cast, "--as", "dung", *ended), "error", COULD_NOT)  # the other one waits
    found = told(call(cast, "keeper", "list", "--json"), "keeper-list", DONE)["keepers"]
    assert [(one["username"], one["gives"]) for one in found] == [("dung", True), ("quang", False)]
    told(call(cast, *ended), "keeper-end", DONE)  # whoever runs the machine
    told(call(cast, *given[:2], "lan", *given[3:]), "keeper-give", DONE)
    told(call(cast, "--as", "lan", "keeper", "list", "--json"), "keeper-list", DONE)


def test_accounts_and_the_security_log_answer_by_their_schemas(cast: TestHouse) -> None:
    from tangthu.identity.models import Account
    from tangthu.signin import codes
    from tangthu.signin.actions.second_step import set_up
    from tangthu.signin.models import SecondStep

    told(call(cast, "account", "list", "--json"), "error", COULD_NOT)
    found = told(call(cast, "--as", "dung", "account", "list", "--json"), "account-list", DONE)
    assert {one["username"] for one in found["accounts"]} == {"hoa", "binh", "cuc", "dung"}
    assert {one["kind"] for one in found["others"]} == {"service"}
    none = told(call(cast, "--as", "cuc", "account", "list", "--json"), "account-list", DONE)
    assert none == {"accounts": [], "others": []}
    reset = ("account", "reset-password", "hoa", "--json")
    made = told(call(cast, "--as", "dung", *reset), "account-reset-password", DONE)
    assert Account.objects.get(username="hoa").check_password(made["password"])
    foreign = told(call(cast, "--as", "quang", *reset), "error", COULD_NOT)
    absent = told(call(cast, "--as", "quang", *reset[:2], "x", "--json"), "error", COULD_NOT)
    assert foreign["error"]["message"].replace("hoa", "x") == absent["error"]["message"]
    off = ("account", "reset-second-step", "hoa", "--json")
    told(call(cast, "--as", "dung", *off), "error", COULD_NOT)
    for by in (("--as", "dung"), ()):
        secret = codes.make_secret()
        set_up(Account.objects.get(username="hoa"), secret, pyotp.TOTP(secret).now())
        if by:
            told(call(cast, "--as", "quang", *off), "error", COULD_NOT)
        assert told(call(cast, *by, *off), "account-reset-second-step", DONE)["username"] == "hoa"
    assert not SecondStep.objects.exists()
    for word, enabled, by in (("disable", False, ("--as", "dung")), ("enable", True, ())):
        answer = told(call(cast, *by, "account", word, "hoa", "--json"), f"account-{word}", DONE)
        assert answer["enabled"] is enabled is Account.objects.get(username="hoa").is_active
    at = ("--body", "H30.81", "--json")
    review = ("--as", "dung", "account", "review")
    seen = told(call(cast, *review, "list", *at), "account-review-list", DONE)
    assert [one["username"] for one in seen["accounts"]].count("hoa") == 1
    told(call(cast, "--as", "quang", *review[2:], "list", *at), "error", COULD_NOT)
    told(call(cast, *review, "sign", "--disable", "x", *at), "error", COULD_NOT)
    signed = told(call(cast, *review, "sign", "--disable", "cuc", *at), "account-review-sign", DONE)
    assert (signed["accounts"], signed["disabled"]) == (4, 1)
    assert not Account.objects.get(username="cuc").is_active
    log = ("security-log", "--json")
    lines = told(call(cast, "--as", "dung", *log), "security-log", DONE)
    kinds = [one["kind"] for one in lines["entries"]]
    assert [one for one in kinds if one != "refused"][:5] == [
        "reviewed", "disabled", "enabled", "disabled", "factor-off",
    ]  # fmt: skip
    assert "reset" in kinds
    told(call(cast, "--as", "dung", *log, "--kind", "khong"), "error", COULD_NOT)
    told(call(cast, "--as", "hoa", *log), "error", COULD_NOT)
    again = told(call(cast, "--as", "dung", *log, "--kind", "read"), "security-log", DONE)
    assert again["entries"][0]["target"] == "tangthu security-log"


def test_people_are_listed_appointed_ended_and_let_go_by_their_schemas(cast: TestHouse) -> None:
    by = ("--as", "dung", "person")
    assert len(told(call(cast, *by, "list", "--json"), "person-list", DONE)) == 4
    told(call(cast, "--as", "hoa", "person", "list", "--json"), "error", COULD_NOT)
    told(call(cast, *by, "show", "nga", "--json"), "error", COULD_NOT)
    given = ("--body", "H30.81", "--position", "Phó chi cục trưởng", "--decision", "1/QĐ", "--json")
    told(call(cast, *by, "appoint", "hoa", "--role", "king", *given), "error", COULD_NOT)
    made = told(
        call(cast, *by, "appoint", "hoa", "--role", "deputy", *given), "person-appoint", DONE
    )
    assert made["gives_rights"] is False
    shown = told(call(cast, *by, "show", "hoa", "--json"), "person-show", DONE)
    assert {one["title"] for one in shown["positions"]} == {"Văn thư", "Phó chi cục trưởng"}
    saved = ("person", "rescue", "cuc", "--role", "security_officer", *given)
    assert told(call(cast, *saved), "person-rescue", DONE)["role"] == "security_officer"
    told(call(cast, *saved[:4], "clerk", *given), "error", COULD_NOT)
    end = ("--position", "Văn thư", "--decision", "1/QĐ", "--json")
    told(call(cast, *by, "end", "hoa", *end), "person-end", DONE)
    told(call(cast, *by, "end", "hoa", *end), "error", COULD_NOT)
    gone = told(
        call(cast, *by, "leave", "hoa", "--decision", "2/QĐ", "--json"), "person-leave", DONE
    )
    assert gone["active"] is False


def test_bodies_and_units_answer_by_their_schemas(cast: TestHouse) -> None:
    by, here = ("--as", "dung"), ("--body", "H30.81", "--decision", "1/QĐ", "--json")
    open_ = (
        "body", "open", "--code", "H30.82", "--archive-code", "001.03.10", "--name", "Xã Mới",
        "--short-name", "Xã Mới", "--origin", "test.example/H30.82", "--admin", "an",
        "--admin-name", "Lê An", "--json",
    )  # fmt: skip
    told(call(cast, "--as", "cuc", *open_), "error", COULD_NOT)
    assert told(call(cast, *by, *open_), "body-open", DONE)["body"] == "H30.82"
    cast.named_since("H30.81", dt.date(2020, 1, 1))
    rename = ("body", "rename", "H30.81", "--name", "Chi cục Mới", "--decision", "2/QĐ", "--json")
    told(call(cast, "--as", "cuc", *rename), "error", COULD_NOT)
    assert told(call(cast, *by, *rename), "body-rename", DONE)["name"] == "Chi cục Mới"
    settle = ("body", "set", "H30.81", "--tt05", "voluntary", "--decision", "1/QĐ", "--json")
    assert told(call(cast, *by, *settle), "body-set", DONE)["applies_tt05"] == "voluntary"
    listed = told(call(cast, *by, "body", "list", "--json"), "body-list", DONE)
    assert [one["to"] is None for one in listed] == [True, False]
    for name in ("Phòng A", "Phòng B", "Phòng C"):
        given = ("unit", "open", name, *here, "--since", "2025-01-01")
        told(call(cast, *by, *given), "unit-open", DONE)
    told(call(cast, *by, "unit", "close", "Phòng C", *here), "unit-close", DONE)
    given = ("person", "appoint", "hoa", "--role", "officer", "--position", "Chuyên viên")
    told(call(cast, *by, *given, "--unit", "Phòng A", *here), "person-appoint", DONE)
    merge = ("unit", "reorganise", "--end", "Phòng A", "--end", "Phòng B", "--open", "Phòng D")
    told(call(cast, *by, *merge, *here, "--move", "hoa=Phòng Z"), "error", COULD_NOT)
    merged = told(call(cast, *by, *merge, *here), "unit-reorganise", DONE)
    assert (merged["moved"], merged["units"][0]["succeeds"]) == (1, ["Phòng A", "Phòng B"])
    units = ("unit", "list", "--body", "H30.81", "--json")
    today = told(call(cast, *by, *units), "unit-list", DONE)
    before = told(call(cast, *by, *units, "--on", "2025-06-01"), "unit-list", DONE)
    assert [one["name"] for one in before] == ["Phòng A", "Phòng B", "Phòng C"]
    assert {one["name"] for one in today} >= {"Phòng D"}


def test_the_registry_of_codes_answers_by_its_schemas(cast: TestHouse, tmp_path: Path) -> None:
    file = tmp_path / "ma.csv"
    file.write_text("ma_dinh_danh,ten,tu_ngay,den_het_ngay,quyet_dinh\nH99.81,Thử,2021-01-01,,\n")
    load = ("codes", "load", str(file), "--body", "H30.81", "--json")
    told(call(cast, "--as", "cuc", *load), "error", COULD_NOT)
    assert told(call(cast, "--as", "dung", *load), "codes-load", DONE) == {"codes": 1}
    listed = told(call(cast, "--as", "cuc", "codes", "list", "--json"), "codes-list", DONE)
    assert [one["code"] for one in listed["codes"]] == ["H99.81"]
