"""Copies that lie ready go when a record gets a degree, also if who takes them back is killed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tangthu.archive.actions.hand_out_dip import DipGone, hand_out
from tangthu.archive.actions.make_dip import dip_path
from tangthu.archive.actions.tidy_up import tidy_up
from tangthu.archive.models import Dissemination
from tangthu.kernel import clock
from tangthu.ledger.history import history
from tangthu.records import leaving
from tangthu.reports import files
from tangthu.reports.actions.order_export import ExportStale, fetch_export
from tangthu.reports.models import Export
from tangthu.standards import durable
from tests.archive import dips
from tests.reports.exporting import made
from tests.support.house import TestHouse
from tests.support.isolated import classify, clear, secret_dossier
from tests.support.records import MadeDossier, make_dossier, sealed_package


class Killed(BaseException):
    """What no handler of errors holds up, as a kill."""


def killed(work: Callable[[], object], *, at: str) -> None:
    """Do `work`, and end it at the durable point `at`."""

    def kill(point: str) -> None:
        if point == at:
            raise Killed

    durable.observe(kill)
    try:
        with pytest.raises(Killed):
            work()
    finally:
        durable.observe(None)


def ready(house: TestHouse) -> tuple[MadeDossier, Export, Dissemination]:
    """A sealed dossier of two documents, a list that names both, a use package of the first."""
    one = make_dossier(house, documents=[{}, {}])
    sealed_package(house, one)
    return one, made(house), dips.made(house, "cuc", [one.documents[0].pk])


@pytest.mark.req("AR-128", "AR-130")
@pytest.mark.parametrize("level", ["dossier", "document"])
def test_a_kill_after_a_degree_is_given_leaves_no_copy_to_be_handed_out(
    isolated_cast: TestHouse, level: str
) -> None:
    house = isolated_cast
    one, export, dip = ready(house)
    record = one.dossier if level == "dossier" else one.documents[0]
    killed(lambda: classify(house, record, "3"), at="records.leaving.noted")
    assert files.is_ready(export)
    with pytest.raises(ExportStale):
        fetch_export(house.acting("cuc"), export.pk)
    assert dip_path(dip.pk).is_file()
    tidy_up()
    assert not dip_path(dip.pk).exists()
    assert not files.folder_of(export.pk).exists()
    assert Export.objects.get(pk=export.pk).expires_at <= clock.now()
    assert history(dip.pk)[-1].fields["detail"]["why"] == "không được giao nữa"
    assert not leaving.awaited()
    after = made(house)
    assert fetch_export(house.acting("cuc"), after.pk).rows == 2


@pytest.mark.req("AR-128")
def test_a_use_package_that_is_still_to_be_taken_back_is_not_handed_out(
    isolated_cast: TestHouse,
) -> None:
    house = isolated_cast
    one, _export, dip = ready(house)
    killed(lambda: classify(house, one.documents[0], "3"), at="records.leaving.noted")
    with pytest.raises(DipGone):
        hand_out(house.acting("cuc"), dip.pk)
    assert not dip_path(dip.pk).exists()
    assert history(dip.pk)[-1].fields["detail"]["why"] == "không được giao nữa"


@pytest.mark.req("AR-128")
def test_a_use_package_that_its_owner_may_no_longer_have_is_stopped_and_not_unwanted(
    isolated_cast: TestHouse,
) -> None:
    house = isolated_cast
    one = secret_dossier(house, "2", number="02", token="Xanhdam")
    sealed_package(house, one)
    dip = dips.made(house, "cuc", [one.documents[0].pk])
    clear(house, "cuc", "1")
    with pytest.raises(DipGone):
        hand_out(house.acting("cuc"), dip.pk)
    told = history(dip.pk)[-1]
    assert told.kind_name == "archive.dip.removed"
    assert told.fields["detail"]["why"] == "không được giao nữa"
    assert "person" not in told.fields["agent"]
