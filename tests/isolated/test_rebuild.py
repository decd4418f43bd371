"""A rebuild opens no secret: degrees come back, later ones too, and never on a connected site."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tangthu.kernel import deployment
from tangthu.kernel.errors import HouseError
from tests.archive.rebuilding import begin_again, rebuild
from tests.support import isolated
from tests.support.house import TestHouse
from tests.support.records import sealed_package


@pytest.mark.req("AR-128")
def test_degrees_come_back_on_an_isolated_lan_and_nothing_of_them_on_a_connected_site(
    test_house: TestHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.records.models import Document, Dossier
    from tangthu.repository.models import Store

    kept = tmp_path / "stores"
    with isolated.isolated_house(test_house) as house:
        made = isolated.secret_dossier(house, "1", number="02", token="Xanhdamtrang")
        sealed_package(house, made)
        first, second = made.documents[:2]
        levels = {one.pk: (one.access_level, one.secrecy) for one in Document.objects.all()}
        # What happens after the sealing: one becomes stricter, one is declassified.
        isolated.classify(house, first, "3")
        isolated.classify(house, second, "")
        shutil.copytree(house.home.stores, kept)

    with test_house.clone("empty"):
        begin_again()
        with pytest.raises(HouseError, match="isolated"):
            rebuild(kept / "kho-a")
        # Without its mark the store looks like a connected one's; its packages say what they are.
        deployment.store_mark(kept / "kho-b").unlink()
        job = rebuild(kept / "kho-b")
        assert (job.state, job.result["made"], job.result["not_understood"]) == ("done", 0, 1)
        assert not Dossier.objects.exists() and Store.objects.count() == 1

    monkeypatch.setattr(isolated, "make_cast", lambda: begin_again("test.example/moi"))
    monkeypatch.setattr(isolated, "CLEARED", {})
    with isolated.isolated_house(test_house) as house:
        job = rebuild(kept / "kho-a")
        assert (job.state, job.result["made"], job.result["inexact"]) == ("done", 1, 1)
        found = {one.pk: (one.access_level, one.secrecy) for one in Document.objects.all()}
        # The declassified one stays as it was sealed until somebody says so again.
        assert found == {**levels, first.pk: ("03", "3")}
        assert Dossier.objects.get().secrecy == made.dossier.secrecy == "1"
