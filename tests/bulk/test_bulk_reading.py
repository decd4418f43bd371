"""What many rows cost, searches whose rows are acted on, one's own acts as a list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tangthu.bulk import queries
from tangthu.bulk.actions.choose_rows import choose_listed
from tangthu.bulk.actions.confirm_act import confirm_act
from tangthu.bulk.models import BulkAct
from tangthu.identity.actions.set_body import set_body
from tangthu.kernel import jobs
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.records.models import Document
from tests.bulk.test_bulk_acts import carried_out, chosen, outcomes, previewed
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import make_dossier

KEYWORDS = {"field": "keywords", "value": "chỉnh lý"}


@pytest.mark.parametrize("source", ["documents", "dossiers"])
def test_a_preview_costs_the_same_statements_however_many_rows(
    shared_cast: TestHouse, source: str
) -> None:
    def cost() -> tuple[int, int]:
        bulk = chosen(shared_cast, source)
        with CaptureQueriesContext(connection) as preview:
            previewed(shared_cast, bulk, "describe", KEYWORDS)
        with CaptureQueriesContext(connection) as looked:
            queries.rows(shared_cast.acting("cuc").viewer, bulk, start=0, most=100)
        return len(preview), len(looked)

    tens = {"documents": 7, "dossiers": 8}[source]
    make_dossier(shared_cast, number=f"{tens}1", documents=[{}])
    cost()  # the rules are read once
    few = cost()
    for number in (2, 3):
        make_dossier(shared_cast, number=f"{tens}{number}", documents=[{}, {}, {}])
    assert cost() == few


def test_what_the_label_forbids_is_said_in_the_preview_not_after_it(cast: TestHouse) -> None:
    open_, closed = make_dossier(cast, documents=[{}, {"access_level": "02"}]).documents
    bulk = chosen(cast, "documents")
    _done, counts = previewed(cast, bulk, "describe", {"field": "sensitivity", "value": "03"})
    assert (counts.able, counts.refused) == (1, 1)
    assert "có điều kiện" in outcomes(bulk)[open_.pk][1]
    assert carried_out(cast, bulk).result == {"done": 1, "refused": 0}
    closed.refresh_from_db()
    assert closed.sensitivity == "03"


def test_a_body_that_the_circular_only_advises_previews_as_it_does(cast: TestHouse) -> None:
    make_dossier(cast)
    bulk, long = chosen(cast, "documents"), {"field": "issuer", "value": "Ủy ban " * 35}
    previewed(cast, bulk, "describe", long)
    assert all(why for _outcome, why in outcomes(bulk).values())
    free = {"applies_tt05": "voluntary", "terms": "law2024", "decision": "QĐ ví dụ 1"}
    set_body(cast.acting("dung"), cast.body("H30.81").pk, **free)
    previewed(cast, bulk, "describe", long)
    assert not any(why for _outcome, why in outcomes(bulk).values())
    assert carried_out(cast, bulk).result == {"done": 1, "refused": 0}


def test_whoever_confirms_starts_nothing_that_he_does_not_see(cast: TestHouse) -> None:
    made = make_dossier(cast, documents=[{}, {"access_level": "02"}])
    bulk = chosen(cast, "documents")
    done, counts = previewed(cast, bulk, "describe", KEYWORDS)
    assert counts.able == 2
    whole = cast.acting("cuc")
    narrow = replace(whole, viewer=whole.viewer.narrowed("01"))  # as a key that reads less
    job = jobs.execute(confirm_act(narrow, bulk.pk, done.digest, queued=False)[1].pk)
    assert job.result == {"done": 1, "refused": 0}
    told = [Document.objects.get(pk=one.pk).keywords for one in made.documents]
    assert told[0] == KEYWORDS["value"] != told[1]
    BulkAct.objects.all().delete()
    with pytest.raises(NotFoundForViewer):
        queries.right_of(job)


def test_the_rows_of_a_search_for_one_kind_are_acted_on(cast: TestHouse, sign_in: SignIn) -> None:
    made = make_dossier(cast, documents=[{"subject": "Báo cáo thủy lợi"}, {"subject": "Khác"}])
    client = sign_in("cuc")
    asked = {"q": "thủy lợi", "kind": "document"}
    assert "Làm hàng loạt" in client.get("/tim/", asked).content.decode()
    mixed = client.get("/tim/", {"q": "thủy lợi"}).content.decode()
    assert "Làm hàng loạt" not in mixed[: mixed.index("</main>")]
    page = client.post("/hang-loat/", {"nguon": "search", **asked}, follow=True)
    assert page.status_code == 200 and "thủy lợi" in page.content.decode()
    bulk = BulkAct.objects.get()
    assert [one.obj for one in bulk.rows.all()] == [made.documents[0].pk]
    assert "/tim/?" in page.content.decode()
    listed = client.get("/hang-loat/cua-toi/").content.decode()
    assert f"/hang-loat/{bulk.pk}/" in listed and "Chưa chọn việc" in listed
    other = sign_in("hoa").get("/hang-loat/cua-toi/").content.decode()
    assert f"/hang-loat/{bulk.pk}/" not in other
    with pytest.raises(InvalidInput):
        choose_listed(cast.acting("cuc"), "search", {"q": "thủy lợi"})
