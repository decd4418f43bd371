"""Whoever answers for the house or for a body is told of a restore until he has read of it."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from tangthu.backup import checks
from tangthu.backup.models import RestoreRead
from tangthu.identity.models import Person
from tangthu.ledger.history import history
from tests.office.conftest import SignIn
from tests.support.everything import restored
from tests.support.house import TestHouse

TITLE = "Hệ thống đã được phục hồi từ bộ sao lưu"


@pytest.mark.req("RM-690", "AR-30")
def test_keepers_and_administrators_see_a_restore_at_their_work_until_they_confirm_having_read(
    cast: TestHouse, sign_in: SignIn
) -> None:
    restore = restored()
    address = f"/sao-luu/phuc-hoi/{restore.pk}/"
    assert [one.level for one in checks.look(None) if "chưa ai đọc" in str(one.message)] == ["note"]
    for name, code in (("dung", "H30.81"), ("quang", "H31.07")):
        client = sign_in(name)
        first = client.get("/").content.decode()
        assert TITLE in first and address in first and "Lê Văn Sao, trưởng phòng" in first
        report = client.get(address).content.decode()
        assert restore.set in report and "Chưa có đủ khóa" in report
        assert "Bộ sao lưu thiếu" in report and "Tôi đã đọc báo cáo này" in report
        assert TITLE in client.get("/").content.decode(), "to look is not to confirm"
        assert client.post(address, {"decision": "x"}).status_code == 400
        for _again in range(2):
            assert client.post(address, {"decision": "read"})["Location"] == address
        assert TITLE not in client.get("/").content.decode()
        assert "Tôi đã đọc báo cáo này" not in client.get(address).content.decode()
        told = [
            one for one in history(cast.body(code).pk) if one.kind_name == "backup.restore.read"
        ]
        assert [one.fields["detail"]["set"] for one in told] == [restore.set]
    assert RestoreRead.objects.count() == 2
    assert not [one for one in checks.look(None) if "chưa ai đọc" in str(one.message)]
    page = sign_in("dung").get("/sao-luu/").content.decode()
    assert address in page and "Các lần phục hồi" in page


def test_names_of_files_in_packages_and_other_readers_are_not_for_every_reader(
    cast: TestHouse, sign_in: SignIn
) -> None:
    address = f"/sao-luu/phuc-hoi/{restored().pk}/"
    keeper, administrator = sign_in("dung"), sign_in("quang")
    keeper.post(address, {"decision": "read"})
    report = keeper.get(address).content.decode()
    assert "home/working/1: gone" in report and "ten-tep.pdf" not in report
    assert "Đã đọc báo cáo" in report
    assert "secrets/ledger/1.key" in report and "Bộ sao lưu thiếu 2 tệp" in report
    assert "Gói" in re.findall(r">\s*([^<>]+?)\s*<", report)
    report = administrator.get(address).content.decode()
    assert "home/working/1" not in report and "ten-tep.pdf" not in report
    assert "Phạm Tiến Dũng" not in report
    # Counts of the whole house would tell him of the others' records.
    main = report.partition("<main")[2].partition("</main>")[0]
    assert "Bộ sao lưu thiếu tệp" in main and "secrets/ledger" not in main
    assert not {"Gói", "Dòng", "Bảng"} & set(re.findall(r">\s*([^<>]+?)\s*<", main))


def test_nobody_else_is_told_and_nobody_who_came_afterwards(
    cast: TestHouse, sign_in: SignIn
) -> None:
    restore = restored()
    address = f"/sao-luu/phuc-hoi/{restore.pk}/"
    for name in ("hoa", "binh", "cuc", "nga"):
        client = sign_in(name)
        assert TITLE not in client.get("/").content.decode()
        assert client.get(address).status_code == 404
        assert client.post(address, {"decision": "read"}).status_code == 404
    later = Person.objects.get(account__username="quang").created_at + dt.timedelta(days=-1)
    restore.restored_at = later
    restore.save()
    assert TITLE not in sign_in("quang").get("/").content.decode()
    assert not RestoreRead.objects.exists()
