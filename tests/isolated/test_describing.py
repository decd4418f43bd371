"""Describing a dossier that may hold documents beyond one's clearance (AR-128)."""

from __future__ import annotations

import pytest

from tangthu.archive.actions.describe_record import describe_dossier, digest_of
from tangthu.identity.acting import Acting
from tangthu.records.models import Dossier
from tests.office.conftest import SignIn
from tests.office.test_describing import filled
from tests.support.house import TestHouse
from tests.support.isolated import clear
from tests.support.records import make_dossier

COUNTS = {"note": "Trong đó có tờ trình kín", "declared_record_count": 4711, "sheet_count": 8157}
FIELDS = (*COUNTS, "record_count", "page_count")


def describe(acting: Acting, dossier: Dossier, **values: object) -> Dossier:
    """The dossier with other values, by an archivist cleared for all of it."""
    now = Dossier.objects.get(pk=dossier.pk)
    describe_dossier(acting, now.pk, values, expected=digest_of(now))
    return Dossier.objects.get(pk=dossier.pk)


@pytest.mark.req("AR-128")
def test_the_form_and_its_conflict_tell_no_count_that_the_facts_hide(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    cleared = isolated_cast.acting("cuc")
    dossier = describe(cleared, make_dossier(isolated_cast, number="05").dossier, **COUNTS)
    page_of, address = f"/ho-so/{dossier.pk}/", f"/ho-so/{dossier.pk}/mo-ta/"
    desk = sign_in("cuc")
    whole = desk.get(address).content.decode()
    for name, value in COUNTS.items():
        assert f'name="{name}"' in whole and str(value) in whole, name
    clear(isolated_cast, "cuc", "1")
    sent = filled(desk, address)
    shown = [desk.get(place).content.decode() for place in (page_of, address)]
    describe(cleared, dossier, title="Tên mới", note="Thêm một tờ kín khác")
    asked = {**sent, "note": "xóa", "sheet_count": "1", "declared_record_count": "2"}
    conflict = desk.post(address, asked)
    assert conflict.status_code == 409
    assert "Tên mới" in conflict.content.decode()
    refused = desk.post(address, {**asked, "title": ""})
    assert refused.status_code == 422
    for text in (*shown, conflict.content.decode(), refused.content.decode()):
        for word in ("4711", "8157", "tờ trình kín", "tờ kín khác"):
            assert word not in text, word
        for name in FIELDS:
            assert f'name="{name}"' not in text, name


@pytest.mark.req("AR-128")
def test_who_does_not_see_the_counts_can_neither_change_nor_guess_them(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    cleared = isolated_cast.acting("cuc")
    dossier = describe(cleared, make_dossier(isolated_cast, number="05").dossier, **COUNTS)
    clear(isolated_cast, "cuc", "1")
    desk = sign_in("cuc")
    address = f"/ho-so/{dossier.pk}/mo-ta/"
    sent = filled(desk, address)
    assert sent["state"]
    # Whoever knows every other field could try one count after the other against the digest.
    assert digest_of(dossier) not in desk.get(address).content.decode()
    saved = desk.post(address, {**sent, "title": "Tên mới", "note": "xóa", "sheet_count": "1"})
    assert saved.status_code == 302
    now = Dossier.objects.get(pk=dossier.pk)
    assert now.title == "Tên mới"
    assert {name: getattr(now, name) for name in COUNTS} == COUNTS
    for stale in (sent["state"], digest_of(now), "", "ă"):
        answer = desk.post(address, {**sent, "state": stale})
        assert answer.status_code in (409, 422), stale
