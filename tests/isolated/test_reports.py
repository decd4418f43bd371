"""Lists, reports and the history of use on an isolated LAN tell no more than a clearance allows."""

from __future__ import annotations

import pytest

from tangthu.archive.actions.describe_record import describe_dossier, digest_of
from tests.isolated.test_work import TOKEN, band_of
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.isolated import clear, secret_dossier


@pytest.mark.req("AR-128")
def test_counts_and_notes_of_a_dossier_are_for_those_who_may_know_all_its_documents(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    made = secret_dossier(isolated_cast, "3", number="02", token=TOKEN, dossier_too=False)
    changes = {"sheet_count": "4711", "page_count": "4712", "note": "ghi chú riêng"}
    digest = digest_of(made.dossier)
    describe_dossier(isolated_cast.acting("cuc"), made.dossier.pk, changes, expected=digest)
    columns = "?cot=title,record_count,sheet_count,page_count,note"
    fonds = f"/phong/{made.dossier.place.inventory.fonds_id}/{columns}"
    for address in (f"/ho-so/{columns}", fonds, f"/tim/{columns}&q=ho+so&dang=bang"):
        for name, knows in (("cuc", True), ("binh", False), ("hoa", False)):
            text = sign_in(name).get(address).content.decode()
            assert made.dossier.archive_file_code in text or "Hồ sơ chung" in text
            for secret in ("4.711", "4711", "4712", "4.712", "ghi chú riêng"):
                assert secret not in text or knows, (address, name, secret)
            assert ("ghi chú riêng" in text) == knows, (address, name)


@pytest.mark.req("AR-128")
def test_the_table_of_results_bears_the_highest_degree_of_its_rows(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    secret_dossier(isolated_cast, "2", number="02", token=TOKEN)
    for kind in ("", "&kind=dossier", "&kind=document"):
        address = f"/tim/?q={TOKEN}&dang=bang{kind}"
        band = band_of(sign_in("cuc").get(address).content.decode())
        assert band.strip().endswith("TỐI MẬT"), (address, band)
        band = band_of(sign_in("hoa").get(address).content.decode())
        assert "không có nội dung mật" in band, (address, band)
