"""Two people decide on one record at once: what is secret in the end is secret everywhere."""

from __future__ import annotations

from typing import Any

import pytest

from tangthu.archive.actions.classify_record import classify_document, classify_dossier
from tangthu.archive.actions.describe_record import (
    describe_document,
    describe_dossier,
    digest_of,
)
from tangthu.discovery.models import Entry
from tangthu.kernel.errors import NotFoundForViewer
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.isolated import classify, clear, secret_dossier
from tests.support.meanwhile import overtaken
from tests.support.records import make_dossier

TOKEN = "Xanhdamtrang"
PUT = "tangthu.discovery.index:put"


@pytest.mark.req("AR-128")
def test_a_description_saved_while_its_dossier_becomes_secret_does_not_bring_it_back(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(isolated_cast, documents=[{"subject": TOKEN}])
    document = made.documents[0]
    with overtaken(isolated_cast, PUT, lambda: classify(isolated_cast, made.dossier, "3")):
        describe_document(
            isolated_cast.acting("cuc"), document.pk, {"note": "x"}, expected=digest_of(document)
        )
    hoa = sign_in("hoa")
    assert hoa.get(f"/tai-lieu/{document.pk}/").status_code == 404
    for address in ("/tai-lieu/", "/ho-so/", "/tim/?q=nam:2010"):
        assert TOKEN not in hoa.get(address).content.decode(), address


@pytest.mark.req("AR-128")
def test_a_dossier_that_becomes_secret_while_a_document_is_described_keeps_nobody_waiting(
    isolated_cast: TestHouse,
) -> None:
    made = make_dossier(isolated_cast, documents=[{"subject": TOKEN}])
    document = made.documents[0]

    def describe() -> None:
        describe_document(
            isolated_cast.acting("cuc"), document.pk, {"note": "x"}, expected=digest_of(document)
        )

    with overtaken(isolated_cast, PUT, describe):
        classify(isolated_cast, made.dossier, "3")
    entry = Entry.objects.get(obj=document.pk)
    assert (entry.access_level, entry.subtitle) == ("S3", "Quyết định x")


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("level", ["dossier", "document"])
def test_a_degree_raised_beyond_ones_clearance_meanwhile_is_not_ended_nor_described_by_one(
    isolated_cast: TestHouse, level: str
) -> None:
    made = secret_dossier(isolated_cast, "1", number="02", token=TOKEN)
    cleared_to_3 = isolated_cast.acting("cuc")
    clear(isolated_cast, "cuc", "1")
    cleared_to_1 = isolated_cast.acting("cuc")
    act: Any
    describe: Any
    act, describe, found = {
        "dossier": (classify_dossier, describe_dossier, made.dossier),
        "document": (classify_document, describe_document, made.documents[0]),
    }[level]
    found.refresh_from_db()
    shown = type(found).objects.get(pk=found.pk)
    with (
        pytest.raises(NotFoundForViewer),
        overtaken(
            isolated_cast,
            "tangthu.archive.actions.classify_record:_classify",
            lambda: act(cleared_to_3, found.pk, degree="3", basis="Danh mục, mục 1"),
        ),
    ):
        act(cleared_to_1, found.pk, degree="", basis="Giải mật")
    found.refresh_from_db()
    assert found.secrecy == "3"
    act(cleared_to_3, found.pk, degree="1", basis="Quyết định điều chỉnh")
    with (
        pytest.raises(NotFoundForViewer),
        overtaken(
            isolated_cast,
            "tangthu.archive.actions.describe_record:_describe",
            lambda: act(cleared_to_3, found.pk, degree="3", basis="Danh mục, mục 1"),
        ),
    ):
        describe(cleared_to_1, found.pk, {"note": "x"}, expected=digest_of(shown))
    found.refresh_from_db()
    assert (found.secrecy, found.note) == ("3", shown.note)
