"""The list of accounts (RM-954) and the dossier of a user (AR-102), for who administers and for
oneself; and that whoever comes in is known (AR-101)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions.add_person import appoint
from tangthu.identity.actions.open_further import open_further
from tangthu.identity.actions.units import open_unit
from tangthu.identity.models import Account, Person
from tangthu.signin import codes
from tangthu.signin.actions.close_review import close_review
from tangthu.signin.actions.second_step import set_up
from tangthu.signin.actions.set_password import reset_password, take_as_own
from tangthu.signin.models import ReviewLine, SecurityEntry
from tests.signin.conftest import SignIn
from tests.support.house import PASSWORD, TestHouse
from tests.support.programs import program
from tests.support.records import make_dossier


def person(username: str) -> Person:
    return Account.objects.get(username=username).person


def main(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode().split("</main>")[0]


@pytest.mark.req("RM-954")
def test_the_list_has_type_state_asset_manager_unit_and_dates_of_people_programs_and_services(
    cast: TestHouse, sign_in: SignIn
) -> None:
    body, today = cast.body("H30.81"), timezone.localdate()
    unit = open_unit(
        cast.acting("dung"), body_id=body.pk, name="Phòng Một", since=today, decision="1/QĐ"
    )
    until = today + dt.timedelta(days=9)
    take_as_own(Account.objects.get(username="lan"), demonstration=False)
    appoint(
        SYSTEM, person=person("lan"), body=body, position="Biệt phái", role="officer", since=today,
        until=until, unit=unit,
    )  # fmt: skip
    program(cast, "cuc", ["read.public"])
    answer = sign_in("dung").get("/nguoi-dung/danh-muc.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert Counter(one["loai"] for one in rows) == {
        "Trình diễn, tập": 4, "Người": 1, "Chương trình": 1, "Dịch vụ": 2,
    }  # fmt: skip
    lan = next(one for one in rows if one["ten_dang_nhap"] == "lan")
    assert lan == {
        "loai": "Người", "ten_dang_nhap": "lan", "ten": "Đỗ Thị Lan", "trang_thai": "Đang dùng",
        "tai_san": "hồ sơ, tài liệu của Chi cục ATVSTP", "nguoi_quan_ly": "Phạm Tiến Dũng",
        "don_vi": "Phòng Một", "dang_ky": person("lan").created_at.isoformat(),
        "dung_lan_cuoi": "", "het_han": until.isoformat(),
    }  # fmt: skip
    key = next(one for one in rows if one["loai"] == "Chương trình")
    assert (key["ten"], key["nguoi_quan_ly"]) == ("Máy quét", "Nguyễn Thị Cúc")
    assert "Tìm và đọc" in key["tai_san"] and key["het_han"] > today.isoformat()
    theirs = sign_in("quang").get("/nguoi-dung/danh-muc.csv").content.decode()
    assert "cuc" not in theirs and "Máy quét" not in theirs and "tangthu_app" not in theirs
    assert sign_in("hoa").get("/nguoi-dung/danh-muc.csv").status_code == 404
    shown = main(sign_in("dung"), "/nguoi-dung/")
    assert "Người quản lý" in shown and "/nguoi-dung/danh-muc.csv" in shown


@pytest.mark.req("RM-954")
def test_a_review_shows_and_keeps_type_manager_and_unit_of_every_account(
    cast: TestHouse, sign_in: SignIn
) -> None:
    body = cast.body("H30.81")
    page = main(sign_in("dung"), f"/nguoi-dung/ra-soat/{body.pk}/")
    assert page.count("Trình diễn, tập") == page.count("Người quản lý") == 4
    decided = {person(one).pk: ("keep", "") for one in ("hoa", "binh", "cuc", "dung")}
    review = close_review(cast.acting("dung"), body.pk, decided)
    lines = ReviewLine.objects.filter(review=review)
    assert {(one.kind, one.manager) for one in lines} == {("practice", "Phạm Tiến Dũng")}
    assert all(one.registered_at for one in lines)
    sheet = main(sign_in("dung"), f"/nguoi-dung/ra-soat/ket-qua/{review.pk}/")
    assert sheet.count("Người quản lý") == 4


@pytest.mark.req("AR-102")
def test_the_dossier_of_a_user_has_name_registration_authentication_and_use(
    cast: TestHouse, sign_in: SignIn
) -> None:
    account = Account.objects.get(username="cuc")
    made = make_dossier(cast)
    secret = codes.make_secret()
    recovery = set_up(account, secret, pyotp.TOTP(secret).now())
    client = Client()
    client.force_login(account)
    client.get(f"/ho-so/{made.dossier.pk}/")
    since = timezone.localtime(account.person.created_at)
    own = main(client, "/tai-khoan/ho-so/")
    other = main(sign_in("dung"), f"/nguoi-dung/{account.person_id}/")
    for page in (own, other):
        for told in ("Nguyễn Thị Cúc", "Đăng ký ngày", f"{since:%d/%m/%Y}",
                     "mã từ ứng dụng", "Mã khôi phục còn lại", "Người quản lý",
                     "Khai thác hồ sơ, tài liệu", "1 lần, lần cuối"):  # fmt: skip
            assert told in page, told
        assert secret not in page and account.password not in page
        assert not any(one in page for one in recovery)
        assert "Tập lưu quyết định" not in page, "how often, never of what"
    assert "Thêm cách xác thực" in own and "Thêm cách xác thực" in other
    assert "Quá trình" in own, "what the ledger tells of oneself"
    reset_password(cast.acting("dung"), person("hoa").pk)
    assert "Người khác đặt lại lần cuối" in main(
        sign_in("dung"), f"/nguoi-dung/{person('hoa').pk}/"
    )
    foreign = sign_in("quang").get(f"/nguoi-dung/{account.person_id}/")
    assert foreign.status_code == 404


@pytest.mark.req("AR-101")
def test_each_kind_of_user_registers_and_signs_in_identified(
    cast: TestHouse, sign_in: SignIn
) -> None:
    """People of a body, of another body that submits, from outside, and programs that integrate."""
    today = timezone.localdate()
    given = {
        "full_name": "Lê Thị Mai", "username": "mai", "password": "Vuon-hoa-2026-ha",
        "position": "Chuyên viên", "role": "officer", "unit": "", "kind": "main",
        "since": f"{today:%d/%m/%Y}", "until": "", "decision": "1/QĐ",
    }  # fmt: skip
    assert sign_in("dung").post("/nguoi/moi/", given).status_code == 302
    registered = SecurityEntry.objects.get(kind="added", target="mai")
    assert registered.account == "dung"
    open_further(
        cast.acting("dung"), code="H99.1", archive_code="001.09.09", name="Cơ quan nộp lưu",
        short_name="CQ nộp", origin="test.example/H99.1", username="nop", full_name="Vũ Văn Nộp",
        position="Quản trị", password=PASSWORD, since=today,
    )  # fmt: skip
    Client(REMOTE_ADDR="203.0.113.9").post("/dang-nhap/", {"username": "nop", "password": PASSWORD})
    sign_in("hoa")
    told = {one.account: one for one in SecurityEntry.objects.filter(kind="in")}
    assert {"nop", "hoa"} <= set(told)
    assert told["nop"].source == "203.0.113.9" and told["nop"].person_id == person("nop").pk
    assert Client().get("/ho-so/").status_code == 302, "nobody comes in unnamed"
    made = program(cast, "cuc", ["read.public"])
    assert made.get("/me")["person"] == "Nguyễn Thị Cúc"
    assert Client().get("/api/v1/me").status_code == 401
    wrong = Client().post("/dang-nhap/", {"username": "mai", "password": "sai"})
    assert wrong.status_code == 422
