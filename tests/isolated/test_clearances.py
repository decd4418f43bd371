"""What the page and the command of clearances say (AR-128)."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.isolated import DECISION, clear


def text_of(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.mark.req("AR-128")
def test_the_list_of_clearances_says_by_which_decision_and_since_when(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    from django.utils import timezone

    from tangthu.ui.formats import day

    page = text_of(sign_in("dung").get("/duoc-tiep-can/"))
    assert "Không ai tự quyết định cho mình" in page
    today = day(timezone.localdate())
    assert f"Nguyễn Thị Cúc Chi cục ATVSTP Tuyệt mật {DECISION} {today}" in page
    assert page.count(DECISION) == 2, "of cuc and binh; nga is of another body"


@pytest.mark.req("AR-128")
def test_who_would_clear_himself_on_the_command_line_is_told_why_not(
    isolated_cast: TestHouse,
) -> None:
    from tests.support.commands import call

    done = call(isolated_cast, "--as", "dung", "clearance", "dung", "3", "--decision", "9/QĐ")
    assert done.returncode == 2
    assert "Không tự quyết định quyền tiếp cận của chính mình." in done.stderr
    assert isolated_cast.acting("dung").viewer.clearance == ""
    done = call(isolated_cast, "--as", "dung", "clearance", "ai-do", "3", "--decision", "9/QĐ")
    assert "Không có người dùng ai-do" in done.stderr


@pytest.mark.req("AR-128")
def test_who_lacks_the_clearance_for_the_work_of_his_role_is_told_so(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    # An administrator's queue is never empty here: the tests' own server does without fsync.
    page = text_of(sign_in("binh").get("/"))
    assert "chỉ dành cho người được tiếp cận bí mật nhà nước đến độ Tuyệt mật" in page
    assert "hiện chỉ tra cứu" not in page
    assert "hiện chỉ tra cứu" in text_of(sign_in("hoa").get("/"))
    clear(isolated_cast, "binh", "3")
    assert "chỉ dành cho người" not in text_of(sign_in("binh").get("/"))
