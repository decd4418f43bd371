"""Lists, reports and the history of use on an isolated LAN tell no more than a clearance allows."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from urllib.parse import parse_qsl

import pytest
from django.db import connections

from tangthu.archive.actions.describe_record import describe_dossier, digest_of
from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions.add_person import appoint
from tangthu.identity.models import Person
from tangthu.records import leaving
from tangthu.records.models import Use
from tangthu.reports import queries
from tangthu.reports.contents import NAME as CONTENTS
from tangthu.reports.figures import lists_taken
from tangthu.reports.models import Export
from tests.isolated.test_work import TOKEN, band_of
from tests.office.conftest import SignIn
from tests.reports.exporting import made, text_of
from tests.reports.test_contents import as_owner, filed_also
from tests.support.house import TestHouse
from tests.support.isolated import classify, clear, secret_dossier
from tests.support.records import make_dossier


@pytest.mark.req("AR-128")
def test_counts_and_notes_of_a_dossier_are_for_those_who_may_know_all_its_documents(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    made = secret_dossier(isolated_cast, "3", number="02", token=TOKEN, dossier_too=False)
    changes = {"declared_record_count": "4711", "note": "ghi chú riêng"}
    digest = digest_of(made.dossier)
    describe_dossier(isolated_cast.acting("cuc"), made.dossier.pk, changes, expected=digest)
    columns = "?cot=title,record_count,declared_record_count,note"
    fonds = f"/phong/{made.dossier.place.inventory.fonds_id}/{columns}"
    for address in (f"/ho-so/{columns}", fonds, f"/tim/{columns}&q=ho+so&dang=bang"):
        for name, knows in (("cuc", True), ("binh", False), ("hoa", False)):
            text = sign_in(name).get(address).content.decode()
            assert made.dossier.archive_file_code in text or "Hồ sơ chung" in text
            for secret in ("4.711", "4711", "ghi chú riêng"):
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


@pytest.mark.req("AR-128")
def test_the_history_of_use_names_no_secret_to_an_overseer_who_is_not_cleared_for_all(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    made = secret_dossier(isolated_cast, "3", number="02", token=TOKEN)
    sign_in("cuc").post(f"/in/ho-so/{made.dossier.pk}/")
    use = Use.objects.get(kind=Use.Kind.PRINT)
    seen = {
        name: (
            queries.uses(isolated_cast.acting(name).viewer, everybody=True).count(),
            queries.copy_named(isolated_cast.acting(name).viewer, use.serial),
        )
        for name in ("cuc", "binh", "hoa")
    }
    assert seen["cuc"][0] >= 1
    assert seen["cuc"][1] == use
    assert seen["binh"] == (0, None)
    assert seen["hoa"] == (0, None)


@pytest.mark.req("AR-128")
def test_a_saved_search_is_shared_with_nobody(isolated_cast: TestHouse, sign_in: SignIn) -> None:
    from tangthu.reports.actions.keep_views import save_view

    body = isolated_cast.body("H30.81").pk
    save_view(
        isolated_cast.acting("cuc"),
        name=TOKEN, source="search", query=f"q={TOKEN}", shared_with=body,
    )  # fmt: skip
    assert TOKEN not in sign_in("hoa").get("/tim-kiem-da-luu/").content.decode()
    assert TOKEN in sign_in("cuc").get("/tim-kiem-da-luu/").content.decode()
    page = sign_in("cuc").get("/tim-kiem-da-luu/moi/?nguon=search&q=x").content.decode()
    assert "Mọi người của" not in page


@pytest.mark.req("AR-128")
def test_the_figures_count_no_list_that_others_took_out_for_who_may_not_see_all(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    secret_dossier(isolated_cast, "3", number="02", token=TOKEN)
    before = {name: sign_in(name).get("/thong-ke/").content for name in ("hoa", "binh")}
    printed = sign_in("cuc").post("/in/danh-sach/", {"nguon": "documents", "secrecy": "3"})
    assert TOKEN in printed.content.decode()
    for name, page in before.items():
        after = sign_in(name).get("/thong-ke/").content
        assert _figures(after) == _figures(page), name
    assert lists_taken(isolated_cast.acting("cuc").viewer, None, None) == {"list_print": 1}
    make_dossier(isolated_cast, number="03")
    assert sign_in("hoa").post("/in/danh-sach/", {"nguon": "documents"}).status_code == 200
    assert lists_taken(isolated_cast.acting("hoa").viewer, None, None) == {"list_print": 1}
    assert lists_taken(isolated_cast.acting("cuc").viewer, None, None) == {"list_print": 2}


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("format_", ["docx", "xlsx", "pdf", "doc"])
def test_contents_bear_the_degree_of_the_dossier_that_they_name(
    isolated_cast: TestHouse, sign_in: SignIn, format_: str
) -> None:
    """Its documents have none by themselves; the index has lost what it knew of one of them."""
    made_one = make_dossier(isolated_cast, number="02", title=f"Hồ sơ {TOKEN}", documents=[{}, {}])
    classify(isolated_cast, made_one.dossier, "2")
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM discovery_entry WHERE kind = 'document'")
    export = made(isolated_cast, source=CONTENTS, format_=format_, dossier=str(made_one.dossier.pk))
    told = text_of(export)
    assert TOKEN in told
    assert "TỐI MẬT · Tàng Thư" in " ".join(told.split())
    posted = {"nguon": CONTENTS, "dossier": str(made_one.dossier.pk)}
    printed = sign_in("cuc").post("/in/danh-sach/", posted).content.decode()
    assert re.search(r'printed-mark"><p>TỐI MẬT · ', printed)
    assert band_of(printed).strip().endswith("TỐI MẬT")


@pytest.mark.req("AR-128")
def test_contents_are_not_handed_out_once_the_dossier_may_not_be_seen_any_more(
    isolated_cast: TestHouse, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make_dossier(isolated_cast, number="02", title=f"Hồ sơ {TOKEN}")
    pairs = {"source": CONTENTS, "dossier": str(one.dossier.pk)}
    by_binh, by_cuc = (made(isolated_cast, name, **pairs) for name in ("binh", "cuc"))
    # Whatever takes files back has not come to them yet: the rights alone keep them in.
    monkeypatch.setattr(leaving, "_handlers", {})
    classify(isolated_cast, one.dossier, "3")
    for name, export in (("binh", by_binh), ("cuc", by_cuc)):
        status = sign_in(name).get(f"/xuat/{export.pk}/tep/").status_code
        assert status == (409 if name == "binh" else 200), name
    clear(isolated_cast, "cuc", "")
    assert sign_in("cuc").get(f"/xuat/{by_cuc.pk}/tep/").status_code == 409
    assert sign_in("cuc").get(f"/xuat/{by_cuc.pk}/").status_code == 404
    asked = f"nguon={CONTENTS}&dossier={one.dossier.pk}"
    absent = f"nguon={CONTENTS}&dossier={uuid.uuid4()}"
    for path in ("/xuat/moi/?", "/tim-kiem-da-luu/moi/?"):
        answers = [sign_in("hoa").get(path + query).status_code for query in (asked, absent)]
        assert answers[0] == answers[1]
    told = [
        sign_in("hoa").post("/in/danh-sach/", dict(parse_qsl(query))) for query in (asked, absent)
    ]
    assert [answer.status_code for answer in told] == [404, 404]


@pytest.mark.req("AR-128")
def test_contents_of_a_secret_dossier_whose_documents_are_all_higher_are_not_made(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    one = secret_dossier(isolated_cast, "3", number="02", token=TOKEN)
    classify(isolated_cast, one.dossier, "1")
    clear(isolated_cast, "hoa", "1")
    hoa = sign_in("hoa")
    assert hoa.get(f"/ho-so/{one.dossier.pk}/").status_code == 200
    asked = f"/xuat/moi/?nguon={CONTENTS}&dossier={one.dossier.pk}"
    assert hoa.post(asked, {"format": "docx", "columns": "title"}).status_code == 400
    posted = {"nguon": CONTENTS, "dossier": str(one.dossier.pk)}
    assert hoa.post("/in/danh-sach/", posted).status_code == 400
    assert not Export.objects.exists()
    assert not Use.objects.filter(kind__startswith="list_").exists()


@pytest.mark.req("AR-128")
def test_contents_bear_the_degree_of_their_dossier_also_over_a_document_of_another_body(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    """Such a document is not raised by the dossier: the head alone makes the list a secret."""
    ours = make_dossier(isolated_cast, number="02", title=f"Hồ sơ {TOKEN}")
    theirs = make_dossier(isolated_cast, "nga", number="03", documents=[{"subject": "Của họ"}])
    classify(isolated_cast, ours.dossier, "2")
    filed_also(theirs.documents[0], ours.dossier, 2)
    as_owner(
        "DELETE FROM records_membership WHERE document_id = %s OR dossier_id = %s",
        ours.documents[0].pk, theirs.dossier.pk,
    )  # fmt: skip
    cuc = Person.objects.get(account__username="cuc")
    begun = dt.date(2020, 1, 1)
    appoint(SYSTEM, person=cuc, body=isolated_cast.body("H31.07"), position="Cố vấn",
            role="clerk", since=begun)  # fmt: skip
    pairs = {"dossier": str(ours.dossier.pk)}
    told = text_of(made(isolated_cast, source=CONTENTS, **pairs))
    printed = sign_in("cuc").post("/in/danh-sach/", {"nguon": CONTENTS, **pairs}).content.decode()
    for page in (told, printed):
        assert "Của họ" in page
        assert "TỐI MẬT · Tàng Thư" in " ".join(page.split())


def _figures(page: bytes) -> list[str]:
    return re.findall(r'<[^>]*class="stat-[^>]*>([^<]*)<', page.decode())
