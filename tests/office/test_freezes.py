"""Frozen records are not changed, moved or destroyed, and stay kept, readable and withheld."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tangthu.archive.actions.classify_record import classify_document
from tangthu.archive.actions.describe_fonds import describe_fonds
from tangthu.archive.actions.describe_fonds import digest_of as fonds_digest
from tangthu.archive.actions.describe_record import describe_document, describe_dossier, digest_of
from tangthu.archive.actions.freeze_records import AlreadyLifted, freeze_records, lift_freeze
from tangthu.archive.actions.withhold_document import withhold_document
from tangthu.kernel.errors import HouseError, InvalidInput, NotFoundForViewer
from tangthu.ledger.history import history
from tangthu.records import frozen
from tangthu.records.actions.add_documents import add_documents
from tangthu.records.models import Document, Dossier, Freeze
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier, sealed_package
from tests.support.server import DESKTOP, PHONE, Server, Visitor

DECISION = "15/QĐ-TTr ngày 12/03/2026"


def freeze(house: TestHouse, kind: str, thing: Any, username: str = "binh") -> Freeze:
    return freeze_records(
        house.acting(username), [(kind, thing)], name="Thanh tra", decision=DECISION
    )


def changes(house: TestHouse, made: MadeDossier) -> dict[str, Callable[[], object]]:
    """Everything that changes a dossier or its document."""
    cuc = house.acting("cuc")
    dossier = Dossier.objects.get(pk=made.dossier.pk)
    document = Document.objects.get(pk=made.documents[0].pk)
    return {
        "describe dossier": lambda: describe_dossier(
            cuc, dossier.pk, {"note": "sửa"}, expected=digest_of(dossier)
        ),
        "describe document": lambda: describe_document(
            cuc, document.pk, {"note": "sửa"}, expected=digest_of(document)
        ),
        "add": lambda: add_documents(cuc, dossier.pk, [], source="x", digitised=False),
    }


@pytest.mark.req("RM-690", "AR-30")
@pytest.mark.parametrize("kind", ["dossier", "document", "fonds"])
def test_what_is_frozen_refuses_every_change_until_the_freeze_is_lifted(
    cast: TestHouse, kind: str
) -> None:
    made = make_dossier(cast)
    fonds = made.dossier.place.inventory.fonds
    thing = {"dossier": made.dossier, "document": made.documents[0], "fonds": fonds}[kind].pk
    locked = freeze(cast, kind, thing)
    refused = {"document": {"describe document"}}.get(kind, set(changes(cast, made)))
    for name, change in changes(cast, made).items():
        if name in refused:
            with pytest.raises(frozen.RecordFrozen) as told:
                change()
            assert DECISION in str(told.value)
        else:
            change()
    if kind == "fonds":
        with pytest.raises(frozen.RecordFrozen):
            describe_fonds(cast.acting("cuc"), fonds.pk, {"note": "x"},
                           expected=fonds_digest(fonds))  # fmt: skip
    # Keeping it whole, and from who may not see it, is no change.
    if kind != "document":
        sealed_package(cast, made)
    withhold_document(cast.acting("cuc"), made.documents[0].pk)

    lift_freeze(cast.acting("binh"), locked.pk, decision="20/QĐ")
    changes(cast, made)["describe dossier"]()
    told = [one.kind_name for one in history(thing) if "thing" in one.kind_name]
    assert told == ["archive.thing.frozen", "archive.thing.unfrozen"]
    with pytest.raises(AlreadyLifted):
        lift_freeze(cast.acting("binh"), locked.pk, decision="20/QĐ")


def test_a_degree_is_raised_but_not_ended_while_the_record_is_frozen(
    isolated_cast: TestHouse,
) -> None:
    made = make_dossier(isolated_cast)
    document = made.documents[0].pk
    freeze(isolated_cast, "document", document)
    given = {"degree": "1", "basis": "Danh mục"}
    classify_document(isolated_cast.acting("cuc"), document, **given)
    with pytest.raises(frozen.RecordFrozen):
        classify_document(isolated_cast.acting("cuc"), document, **{**given, "degree": ""})


def test_two_freezes_over_one_thing_end_one_by_one(cast: TestHouse) -> None:
    made = make_dossier(cast)
    first = freeze(cast, "dossier", made.dossier.pk)
    freeze(cast, "fonds", made.dossier.place.inventory.fonds_id)
    lift_freeze(cast.acting("binh"), first.pk, decision="20/QĐ")
    with pytest.raises(frozen.RecordFrozen):
        changes(cast, made)["describe document"]()


def test_only_who_has_the_right_freezes_and_only_what_he_may_see(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast)
    for username in ("hoa", "cuc", "dung", "minh"):
        with pytest.raises(NotFoundForViewer):
            freeze(cast, "dossier", made.dossier.pk, username)
    for words in ({"name": " ", "decision": DECISION}, {"name": "x", "decision": "y" * 201}):
        with pytest.raises(InvalidInput):
            freeze_records(cast.acting("binh"), [("dossier", made.dossier.pk)], **words)
    with pytest.raises(HouseError):
        freeze_records(cast.acting("binh"), [], name="x", decision="y")
    locked = freeze(cast, "dossier", made.dossier.pk)
    with pytest.raises(NotFoundForViewer):
        lift_freeze(cast.acting("minh"), locked.pk, decision="x")
    page = sign_in("hoa").get(f"/ho-so/{made.dossier.pk}/").content.decode()
    assert DECISION in page and "/phong-toa/" not in page
    edit = sign_in("cuc").get(f"/ho-so/{made.dossier.pk}/").content.decode()
    assert f'href="/ho-so/{made.dossier.pk}/mo-ta/"' not in edit


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_of_freezes_are_sound(
    server: Server, visit: Callable[..., Visitor], size: tuple[int, int]
) -> None:
    made = make_dossier(server.house)
    leader = visit(server, "binh", size=size)

    def sound() -> None:
        assert (leader.axe(), leader.overflow(), leader.complaints) == ([], 0, [])

    leader.go(f"/ho-so/{made.dossier.pk}/")
    leader.go(f"/phong-toa/dossier/{made.dossier.pk}/")
    sound()
    leader.page.get_by_label("Tên đợt phong tỏa").fill("Phục vụ thanh tra 2026")
    leader.page.get_by_label("Căn cứ").fill(DECISION)
    leader.page.get_by_role("button", name="Phong tỏa").click()
    leader.page.wait_for_selector("text=Những gì bị phong tỏa")
    sound()
    leader.page.get_by_role("link", name=made.dossier.title).click()
    leader.page.wait_for_selector("text=Đang phong tỏa theo")
    sound()
    leader.go("/phong-toa/")
    sound()
    leader.page.get_by_role("link", name="Phục vụ thanh tra 2026").click()
    leader.page.get_by_label("Căn cứ gỡ phong tỏa").fill("20/QĐ-TTr")
    leader.page.get_by_role("button", name="Gỡ phong tỏa").click()
    leader.page.wait_for_selector("text=Đã gỡ phong tỏa")
    sound()
