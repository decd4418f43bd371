"""Pages of people in a real browser: accessible, quiet, as wide as their window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from tangthu.identity import house
from tangthu.identity.actions.groups import open_group
from tangthu.identity.actions.units import open_unit
from tangthu.identity.models import Account, Appointment
from tests.support.house import TestHouse
from tests.support.server import DESKTOP, PHONE, Server, Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_of_people_is_accessible_quiet_and_no_wider_than_its_window(
    cast: TestHouse, server: Server, visit: Callable[..., Visitor], size: tuple[int, int]
) -> None:
    acting, body = cast.acting("dung"), cast.body("H30.81")
    unit = open_unit(
        acting, body_id=body.pk, name="Phòng Nghiệp vụ", since=timezone.localdate(), decision="1/QĐ"
    )
    group = open_group(acting, body_id=body.pk, name="Nhóm nội bộ")
    cuc = Account.objects.get(username="cuc").person_id
    held = Appointment.objects.get(person_id=cuc)
    keeper = house.posts().get().pk
    pages = [
        "/quan-tri-he-thong/", "/quan-tri-he-thong/moi/", f"/quan-tri-he-thong/{keeper}/thoi/",
        "/nguoi/", "/nguoi/moi/", f"/nguoi/{cuc}/", f"/nguoi/{cuc}/ho-ten/",
        f"/nguoi/{cuc}/chuc-vu/", f"/nguoi/{cuc}/thoi-viec/", f"/chuc-vu/{held.pk}/thoi/",
        "/don-vi/", "/don-vi/moi/", f"/don-vi/{unit.pk}/giai-the/", "/nhom/", "/nhom/moi/",
        f"/nhom/{group.pk}/", f"/nhom/{group.pk}/nguoi/", "/uy-quyen/", "/uy-quyen/moi/",
        "/don-vi/to-chuc-lai/", "/co-quan/", "/co-quan/moi/", f"/co-quan/{body.pk}/ten/",
        f"/co-quan/{body.pk}/thiet-dat/", "/ma-dinh-danh/", "/ma-dinh-danh/nap/", "/quy-tac/",
    ]  # fmt: skip
    visitor = visit(server, "dung", size=size)
    for page in pages:
        visitor.go(page)
        found = (visitor.axe(), visitor.complaints)
        assert found == ([], []), page
        assert visitor.overflow() <= 0, page
