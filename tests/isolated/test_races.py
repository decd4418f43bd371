"""Two people decide on one record at once: what is secret in the end is secret everywhere."""

from __future__ import annotations

import pytest

from tangthu.archive.actions.describe_record import describe_document, digest_of
from tangthu.discovery.models import Entry
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.isolated import classify
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
