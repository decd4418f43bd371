"""The periodic review: every account is looked at, decided of, and signed for (RM-954)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from tangthu.identity.models import Account
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.ledger.history import history
from tangthu.signin import reviewing
from tangthu.signin.actions.account_state import disable_account
from tangthu.signin.actions.close_review import close_review
from tangthu.signin.models import Review, ReviewLine, SecurityEntry
from tests.signin.conftest import SignIn
from tests.support.house import TestHouse

REVIEWS = "/nguoi-dung/ra-soat/"


def person(username: str) -> uuid.UUID:
    return Account.objects.get(username=username).person_id


def decided(**verdicts: str) -> dict[uuid.UUID, tuple[str, str]]:
    return {person(name): (verdict, f"vì {name}") for name, verdict in verdicts.items()}


KEPT = {"hoa": "keep", "binh": "keep", "cuc": "keep", "dung": "keep"}


@pytest.mark.req("RM-954")
def test_a_review_lists_every_account_and_is_signed_only_when_each_is_decided_of(
    cast: TestHouse, sign_in: SignIn
) -> None:
    body = cast.body("H30.81")
    client = sign_in("dung")
    disable_account(cast.acting("dung"), person("cuc"))
    address = f"{REVIEWS}{body.pk}/"
    page = client.get(address).content.decode()
    for username in KEPT:
        assert f'<span class="code">{username}</span>' in page, username
    assert page.count('value="keep"') == 3, "of what is disabled nothing is to be decided"
    assert page.count('value="disable"') == 2, "nobody decides to disable himself"
    some = {f"verdict-{person('hoa')}": "disable", f"note-{person('hoa')}": "Đã chuyển <đi>"}
    answer = client.post(address, some)
    assert answer.status_code == 422
    told = answer.content.decode()
    assert told.count('<li><a href="#keep-') == 2
    assert "Đã chuyển &lt;đi&gt;" in told, "what was typed is kept"
    assert not Review.objects.exists()
    assert Account.objects.get(username="hoa").is_active
    rest = {f"verdict-{person(name)}": "keep" for name in ("binh", "dung")}
    sheet = client.post(address, {**some, **rest})["Location"]
    lines = {one.username: one for one in ReviewLine.objects.all()}
    assert {name: one.verdict for name, one in lines.items()} == {
        "hoa": "disable", "binh": "keep", "dung": "keep", "cuc": "off",
    }  # fmt: skip
    assert lines["hoa"].note == "Đã chuyển <đi>"
    assert not Account.objects.get(username="hoa").is_active
    review = Review.objects.get()
    last = history(review.pk)[-1]
    assert last.kind_name == "signin.review.closed"
    assert last.fields["detail"]["accounts"] == 4
    assert last.fields["detail"]["disabled"] == 1
    assert history(person("hoa"))[-1].fields["detail"]["review"] == str(review.pk)
    assert SecurityEntry.objects.get(kind="reviewed").account == "dung"
    shown = client.get(sheet).content.decode()
    assert "Đã chuyển &lt;đi&gt;" in shown
    assert "Phạm Tiến Dũng" in shown
    assert sheet in client.get(REVIEWS).content.decode()


def test_only_who_manages_the_people_of_a_body_reviews_and_reads_reviews(
    cast: TestHouse, sign_in: SignIn
) -> None:
    body = cast.body("H30.81")
    for username in ("cuc", "binh", "quang"):
        with pytest.raises(NotFoundForViewer):
            close_review(cast.acting(username), body.pk, decided(**KEPT))
    review = close_review(cast.acting("dung"), body.pk, decided(**KEPT))
    for username in ("hoa", "quang"):
        client = sign_in(username)
        for address in (f"{REVIEWS}{body.pk}/", f"{REVIEWS}ket-qua/{review.pk}/"):
            assert client.get(address).status_code == 404, (username, address)
    assert str(review.pk) not in sign_in("quang").get(REVIEWS).content.decode()


def test_a_review_that_cannot_be_signed_leaves_nothing_behind(cast: TestHouse) -> None:
    body = cast.body("H30.81")
    for wrong, error in (
        ({**KEPT, "dung": "disable", "hoa": "disable"}, Refused),
        ({**KEPT, "hoa": "x"}, InvalidInput),
        ({**KEPT, "hoa": "off"}, InvalidInput),
        ({"hoa": "keep"}, InvalidInput),
    ):
        with pytest.raises(error):
            close_review(cast.acting("dung"), body.pk, decided(**wrong))
    assert not Review.objects.exists()
    assert Account.objects.filter(is_active=False).count() == 0


@pytest.mark.req("RM-954")
def test_a_review_is_due_after_three_months_and_the_first_page_says_so(
    cast: TestHouse, sign_in: SignIn
) -> None:
    body = cast.body("H30.81")
    client = sign_in("dung")
    assert reviewing.due(cast.acting("dung").viewer) == []
    assert "Rà soát tài khoản" not in client.get("/").content.decode()
    review = close_review(cast.acting("dung"), body.pk, decided(**KEPT))
    for days, due in ((80, False), (95, True)):
        Review.objects.filter(pk=review.pk).update(
            closed_at=timezone.now() - dt.timedelta(days=days)
        )
        assert bool(reviewing.due(cast.acting("dung").viewer)) is due, days
    page = client.get("/").content.decode()
    assert "Rà soát tài khoản" in page
    assert f"{REVIEWS}{body.pk}/" in page
    assert "Rà soát tài khoản" not in sign_in("hoa").get("/").content.decode()
    close_review(cast.acting("dung"), body.pk, decided(**KEPT))
    assert f"{REVIEWS}{body.pk}/" not in client.get("/").content.decode()


def test_addresses_of_reviews_ask_who_comes(cast: TestHouse) -> None:
    for address in (REVIEWS, f"{REVIEWS}{cast.body('H30.81').pk}/"):
        assert Client().get(address)["Location"].startswith("/dang-nhap/")
