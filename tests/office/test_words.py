"""Words that say what is meant: nothing that a clerk could take for something else."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier


@pytest.fixture(scope="module")
def made(shared_cast: TestHouse) -> MadeDossier:
    """A dossier to look at."""
    return make_dossier(shared_cast, documents=[{}, {}])


def text_of(answer: Any) -> str:
    """The page as a reader sees it, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_a_copy_with_its_source_is_not_called_a_sealed_one(
    made: MadeDossier, sign_in: SignIn
) -> None:
    client = sign_in("hoa")
    page = text_of(client.get(f"/tai-lieu/{made.documents[0].pk}/"))
    assert "Tải bản sao có ghi nguồn (không có giá trị xác thực)" in page
    form = text_of(client.get("/xuat/moi/?nguon=documents"))
    assert "Mọi trang của tệp ghi tên hệ thống, người xuất và mã bản" in form
    assert client.post(f"/tep/{made.files[0].pk}/ban-co-dau/").status_code == 200
    use = text_of(client.get("/lich-su-khai-thac/"))
    assert "Tải bản có ghi nguồn" in use
    for found in (page, form, use):
        assert "có dấu" not in found
        assert "mang dấu" not in found


def test_open_points_before_sealing_stand_once_and_lead_to_each_document(
    shared_cast: TestHouse, sign_in: SignIn
) -> None:
    documents = [{"issued_on": "2010-02"}, {}, {"issued_on": "2010"}]
    made = make_dossier(shared_cast, number="02", documents=documents)
    page = sign_in("cuc").get(f"/ho-so/{made.dossier.pk}/dong-goi/").content.decode()
    assert page.count("chưa đủ ngày, tháng, năm") == 1
    assert "issuedDate" not in page
    for number in (0, 2):
        address = f"/tai-lieu/{made.documents[number].pk}/mo-ta/"
        assert f'<a href="{address}">Tài liệu {number + 1}</a>' in page
    assert f"{made.documents[1].pk}/mo-ta/" not in page
