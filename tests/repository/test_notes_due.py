"""A note of what was closed that could not be written is remembered, told, and written later."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from tangthu.archive.actions.withhold_document import withhold_document
from tangthu.kernel import checks
from tangthu.repository.actions.keep_notes import keep_notes
from tangthu.repository.checks import look
from tangthu.repository.closed_beside import Closed, note_closed, standing, write_notes
from tangthu.repository.models import Copy, Package
from tests.support.house import TestHouse
from tests.support.records import make_dossier, sealed_package, signed_events


@pytest.mark.req("AR-129")
def test_a_note_for_a_store_that_is_away_is_written_when_it_is_back_and_never_by_an_older_one(
    cast: TestHouse,
) -> None:
    made = make_dossier(cast)
    sealed_package(cast, made)
    signed_events()
    away, place = cast.home.stores / "away", cast.home.stores / "kho-b"
    place.rename(away)
    held = made.files[0].document_id
    withhold_document(cast.acting("cuc"), held)
    assert Copy.objects.get(note_due=True).store.name == "kho-b"
    told = [one for one in look(None) if isinstance(one, checks.Finding) and one.level == "warning"]
    assert any("ghi chú hạn chế" in one.message for one in told)
    assert keep_notes() == 0
    away.rename(place)
    assert keep_notes() == 1 and not Copy.objects.filter(note_due=True)
    notes = list(cast.home.stores.rglob("closed.json"))
    assert [json.loads(one.read_text())["withheld"] for one in notes] == [[str(held)]] * 2
    # Whoever comes late with an older state, or knows less because he was restored, opens nothing.
    package, before = Package.objects.get(), [one.read_bytes() for one in notes]
    earlier = standing(package).at
    assert earlier is not None
    write_notes(package, Closed({}, frozenset(), earlier - dt.timedelta(hours=1)), merged=False)
    assert [one.read_bytes() for one in notes] == before
    unheard = "00000000-0000-4000-8000-000000000001"
    for one in notes:
        said = json.loads(one.read_text())
        one.write_text(json.dumps(said | {"withheld": [unheard]}))
    note_closed([made.dossier.pk])
    assert all(unheard in json.loads(one.read_text())["withheld"] for one in notes)
