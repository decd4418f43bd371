"""Settings of a body: whether TT05 binds it (AR-03), and whose words its screens use (RM-013)."""

from __future__ import annotations

import re

import pytest

from tangthu.archive.actions.describe_record import describe_document, digest_of
from tangthu.archive.sealing_ahead import ahead
from tangthu.identity.actions.set_body import set_body
from tangthu.identity.models import Body
from tangthu.kernel import terms
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.ledger.history import history
from tangthu.records.models import Document, Dossier
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import make_dossier, sealed_package

BODY = "H30.81"
LAW_2024 = re.compile("thời hạn lưu trữ|lưu trữ hiện hành", re.IGNORECASE)
ND30 = re.compile("thời hạn bảo quản|lưu trữ cơ quan", re.IGNORECASE)


def put(house: TestHouse, username: str = "dung", **given: str) -> Body:
    body = house.body(BODY)
    values = {"applies_tt05": body.applies_tt05, "terms": body.terms, "decision": "1/QĐ", **given}
    return set_body(house.acting(username), body.pk, **values)


def test_only_who_administers_sets_it_by_a_decision_and_the_ledger_tells(
    cast: TestHouse, sign_in: SignIn
) -> None:
    with pytest.raises(NotFoundForViewer):
        put(cast, "cuc", terms="nd30")
    for wrong in ({"terms": "x"}, {"applies_tt05": "x"}, {"decision": " "}):
        with pytest.raises(InvalidInput):
            put(cast, **wrong)
    address = f"/co-quan/{cast.body(BODY).pk}/thiet-dat/"
    assert sign_in("cuc").get(address).status_code == 404
    given = {"applies_tt05": "voluntary", "terms": "nd30", "decision": "15/QĐ-CC"}
    client = sign_in("dung")
    assert client.post(address, {**given, "decision": ""}).status_code == 422
    page = client.post(address, given, follow=True).content.decode()
    assert "TT05 tự nguyện" in page
    last = history(cast.body(BODY).pk)[-1]
    assert last.kind_name == "identity.body.set"
    assert last.fields["detail"]["decision"] == "15/QĐ-CC"


@pytest.mark.req("AR-03")
def test_where_the_circular_binds_its_findings_refuse_and_elsewhere_they_advise(
    cast: TestHouse,
) -> None:
    made = make_dossier(cast)
    document = made.documents[0]

    def without_issuer() -> dict[str, list[str]]:
        document.refresh_from_db()
        done = describe_document(
            cast.acting("cuc"), document.pk, {"issuer": ""}, expected=digest_of(document)
        )
        return dict(done.warnings)

    with pytest.raises(InvalidInput) as refused:
        without_issuer()
    assert set(refused.value.problems) == {"issuer"}
    put(cast, applies_tt05="voluntary")
    assert "issuer" in without_issuer(), "it is told all the same"
    looked = ahead(Dossier.objects.get(pk=made.dossier.pk), None)
    assert looked.open and not looked.blocked
    put(cast, applies_tt05="mandatory")
    assert ahead(Dossier.objects.get(pk=made.dossier.pk), None).blocked
    put(cast, applies_tt05="voluntary")
    sealed_package(cast, made)
    assert Document.objects.get(pk=document.pk).issuer == ""


@pytest.mark.req("RM-013")
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_screen_speaks_the_words_that_the_body_chose_and_never_changes_data(
    cast: TestHouse, sign_in: SignIn, language: str
) -> None:
    title = "Về thời hạn lưu trữ tại lưu trữ hiện hành"
    made = make_dossier(cast, documents=[{"subject": title}])
    client = sign_in("cuc")
    client.cookies["tangthu_language"] = language
    pages = [
        "/", "/ho-so/", f"/ho-so/{made.dossier.pk}/", f"/ho-so/{made.dossier.pk}/mo-ta/",
        "/tai-lieu/", f"/tai-lieu/{made.documents[0].pk}/",
        f"/tai-lieu/{made.documents[0].pk}/mo-ta/", "/tim/", "/phong/", "/dot-so-hoa/",
        "/thong-ke/", "/huong-dan/", "/quy-tac/?q=maintenance",
    ]  # fmt: skip

    def words() -> str:
        found = [client.get(page) for page in pages]
        assert {one.status_code for one in found} <= {200, 404}
        assert all(one.status_code == 200 for one in found[:10])
        return " ".join(one.content.decode() for one in found)

    before = words()
    assert title in before
    put(cast, terms="nd30")
    after = words()
    assert title in after, "data of a record are no words of ours"
    if language == "vi":
        assert LAW_2024.search(before.replace(title, ""))
        assert not ND30.search(before.replace(title, ""))
        assert ND30.search(after.replace(title, ""))
        assert not LAW_2024.search(after.replace(title, ""))
    # Another body's people keep theirs.
    assert terms.spoken("Thời hạn lưu trữ") == "Thời hạn lưu trữ"
    other = sign_in("nga").get("/ho-so/").content.decode()
    assert "Thời hạn lưu trữ" in other and not ND30.search(other)
