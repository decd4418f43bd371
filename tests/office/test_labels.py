"""Sensitivity labels: four of them on records, shown, found and taken out; changes of what is
labelled strictly wait for a second person (RM-951)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tangthu.archive import edits
from tangthu.archive.actions.approve_edit import (
    EditDecided,
    NotAllSeen,
    OwnEdit,
    approve_edit,
    refuse_edit,
    withdraw_edit,
)
from tangthu.archive.actions.describe_record import (
    ChangedMeanwhile,
    Described,
    describe_document,
    describe_dossier,
    digest_of,
)
from tangthu.archive.actions.hold_edit import AlreadyAsked
from tangthu.discovery import lists
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.ledger.history import history
from tangthu.records import sensitivity
from tangthu.records.models import Document, Dossier, PendingEdit
from tests.office.conftest import SignIn
from tests.office.test_describing import filled
from tests.support.house import TestHouse
from tests.support.records import make_dossier
from tests.support.server import DESKTOP, PHONE, Server, Visitor

RESTRICTED, CONFIDENTIAL = "03", "04"
LABELS = {"01": "Công khai", "02": "Nội bộ", RESTRICTED: "Hạn chế truy cập",
          CONFIDENTIAL: "Bí mật (không phải bí mật nhà nước)"}  # fmt: skip


def describe(
    house: TestHouse, record: Dossier | Document, username: str = "cuc", **values: object
) -> Described:
    act = describe_dossier if isinstance(record, Dossier) else describe_document
    record.refresh_from_db()
    return act(house.acting(username), record.pk, values, expected=digest_of(record))


@pytest.mark.req("RM-951")
def test_four_labels_are_set_shown_with_citation_and_found(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast, documents=[{"subject": f"Văn bản {code}"} for code in LABELS])
    client = sign_in("cuc")
    for document, (code, words) in zip(made.documents, LABELS.items(), strict=True):
        address = f"/tai-lieu/{document.pk}/mo-ta/"
        data = filled(client, address) | {"sensitivity": code, "access_level": "02"}
        page = client.post(address, data, follow=True).content.decode()
        shown = page[: page.index("</main>")]
        assert words in shown and "QCVN 12:2026/BCA" in shown
        listed = client.get("/tai-lieu/", {"sensitivity": code}).content.decode()
        assert f"Văn bản {code}" in listed
        assert not any(f"Văn bản {other}" in listed for other in LABELS if other != code)
        viewer = cast.acting("cuc").viewer
        found = lists.page(viewer, "document", text=f'nhãn:"{words}"').rows
        assert [row.obj for row in found] == [document.pk]
        (told,) = (one for one in history(document.pk) if one.kind_name.endswith(".described"))
        changes = {one["field"]: one["new"] for one in told.fields["detail"]["changes"]}
        assert changes["sensitivity"] == code and told.who == "Nguyễn Thị Cúc"
    # Internal words are no secret of the state, and each reads so where he labels.
    form = client.get(f"/tai-lieu/{made.documents[0].pk}/mo-ta/").content.decode()
    assert "Bí mật nhà nước không ghi ở đây" in form
    # In a list that is taken out it is a column.
    assert "Nhãn mức độ nhạy cảm" in client.get("/tai-lieu/").content.decode()


@pytest.mark.req("RM-951")
def test_a_strict_label_closes_the_record_to_who_reads_public_records_alone(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast)
    clerk = sign_in("hoa")
    address = f"/ho-so/{made.dossier.pk}/"
    assert clerk.get(address).status_code == 200
    with pytest.raises(InvalidInput) as refused:
        describe(cast, made.dossier, sensitivity=RESTRICTED)
    assert set(refused.value.problems) == {"sensitivity"}
    with pytest.raises(InvalidInput):
        describe(cast, made.dossier, sensitivity="09")
    describe(cast, made.dossier, sensitivity=RESTRICTED, access_level="02")
    assert clerk.get(address).status_code == 404
    assert clerk.get(f"/tai-lieu/{made.documents[0].pk}/").status_code == 404
    with pytest.raises(InvalidInput):
        describe(cast, made.dossier, access_level="01")


@pytest.mark.req("RM-951")
def test_a_change_of_a_labelled_record_waits_for_a_second_person(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast)
    document = made.documents[0]
    describe(cast, made.dossier, sensitivity=CONFIDENTIAL, access_level="02")
    before = Document.objects.filter(pk=document.pk).values().get()
    # Of its dossier it takes the label, so that it waits as well.
    held = describe(cast, document, note="sửa lại", subject="Tên mới").waits
    assert held is not None
    assert Document.objects.filter(pk=document.pk).values().get() == before
    assert "chờ duyệt" in sign_in("cuc").get(f"/tai-lieu/{document.pk}/").content.decode()
    with pytest.raises(Refused):
        approve_edit(cast.acting("cuc"), held.pk)
    for stranger in ("hoa", "minh"):
        with pytest.raises(NotFoundForViewer):
            approve_edit(cast.acting(stranger), held.pk)
    leader = sign_in("binh")
    assert "Duyệt sửa đổi mô tả" in leader.get("/").content.decode()
    page = leader.get(f"/sua-doi/{held.pk}/").content.decode()
    assert "Tên mới" in page and document.subject in page
    leader.post(f"/sua-doi/{held.pk}/", {"decision": "approve"})
    document.refresh_from_db()
    assert (document.note, document.subject) == ("sửa lại", "Tên mới")
    kinds = [one.kind_name for one in history(document.pk)][-3:]
    assert kinds == [
        "records.document.edit_asked", "records.document.described",
        "records.document.edit_approved",
    ]  # fmt: skip
    described = history(document.pk)[-2]
    assert described.who == "Lê Văn Bình"
    assert described.fields["detail"]["asked"] == str(held.asked_by)
    with pytest.raises(EditDecided):
        approve_edit(cast.acting("binh"), held.pk)


def test_what_is_refused_changes_nothing_and_the_reason_is_read(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast)
    describe(cast, made.dossier, sensitivity=RESTRICTED, access_level="02")
    held = describe(cast, made.dossier, sensitivity="01", title="Khác").waits
    assert held is not None
    leader = sign_in("binh")
    assert leader.post(f"/sua-doi/{held.pk}/", {"reason": " "}).status_code == 422
    leader.post(f"/sua-doi/{held.pk}/", {"reason": "Chưa đủ căn cứ"})
    made.dossier.refresh_from_db()
    assert (made.dossier.sensitivity, made.dossier.title) != ("01", "Khác")
    assert made.dossier.sensitivity == RESTRICTED
    assert "Chưa đủ căn cứ" in sign_in("cuc").get(f"/sua-doi/{held.pk}/").content.decode()
    with pytest.raises(EditDecided):
        refuse_edit(cast.acting("binh"), held.pk, reason="x")


def test_whoever_asked_takes_it_back_and_nobody_else(cast: TestHouse, sign_in: SignIn) -> None:
    made = make_dossier(cast)
    describe(cast, made.dossier, sensitivity=RESTRICTED, access_level="02")
    held = describe(cast, made.dossier, title="Khác").waits
    assert held is not None
    with pytest.raises(AlreadyAsked):  # sent twice, it waits once
        describe(cast, made.dossier, title="Khác")
    leader, asker = sign_in("binh"), sign_in("cuc")
    at = f"/sua-doi/{held.pk}/"
    assert leader.post(f"{at}rut-lai/").status_code == 404
    assert sign_in("hoa").post(f"{at}rut-lai/").status_code == 404
    page = asker.get(at).content.decode()
    shown = page[: page.index("</main>")]
    assert "Rút lại" in shown and "Lý do không duyệt" not in shown
    assert asker.post(f"{at}rut-lai/").status_code == 302
    held.refresh_from_db()
    assert held.decision == "withdrawn" and "Đã rút lại" in asker.get(at).content.decode()
    assert history(made.dossier.pk)[-1].kind_name == "records.dossier.edit_withdrawn"
    for act in (approve_edit, withdraw_edit):
        with pytest.raises(EditDecided):
            act(cast.acting("binh" if act is approve_edit else "cuc"), held.pk)
    made.dossier.refresh_from_db()
    assert made.dossier.title != "Khác"
    assert describe(cast, made.dossier, title="Khác").waits is not None


def test_nobody_approves_what_he_may_not_read(
    cast: TestHouse, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_dossier(cast)
    describe(cast, made.dossier, sensitivity=RESTRICTED, access_level="02")
    held = describe(cast, made.dossier, title="Khác", note="điều kín").waits
    assert held is not None
    monkeypatch.setattr(edits, "sees_all", lambda *_args: False)
    page = sign_in("binh").get(f"/sua-doi/{held.pk}/").content.decode()
    assert "bạn không được xem" in page and "điều kín" not in page
    with pytest.raises(NotAllSeen):
        approve_edit(cast.acting("binh"), held.pk)
    refuse_edit(cast.acting("binh"), held.pk, reason="x")


def test_what_only_closes_further_waits_for_nobody_and_lower_labels_do_not_wait(
    cast: TestHouse,
) -> None:
    made = make_dossier(cast)
    assert describe(cast, made.dossier, sensitivity="02", note="a").waits is None
    assert describe(cast, made.dossier, note="b").waits is None
    describe(cast, made.dossier, sensitivity=RESTRICTED, access_level="02")
    assert describe(cast, made.dossier, sensitivity=CONFIDENTIAL).waits is None
    for opening in ({"sensitivity": RESTRICTED}, {"sensitivity": None}, {"note": "c"}):
        assert describe(cast, made.dossier, **opening).waits is not None
    assert PendingEdit.objects.count() == 3


def test_nobody_approves_his_own_change_nor_one_of_a_record_that_changed_meanwhile(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_dossier(cast)
    describe(cast, made.dossier, sensitivity=RESTRICTED, access_level="02")
    first = describe(cast, made.dossier, note="một").waits
    second = describe(cast, made.dossier, note="hai").waits
    assert first is not None and second is not None
    approve_edit(cast.acting("binh"), first.pk)
    with pytest.raises(ChangedMeanwhile):
        approve_edit(cast.acting("binh"), second.pk)
    second.refresh_from_db()
    assert second.decided_at is None
    PendingEdit.objects.filter(pk=second.pk)  # still to be refused
    refuse_edit(cast.acting("binh"), second.pk, reason="Đã đổi")
    third = describe(cast, made.dossier, note="ba").waits
    assert third is not None
    monkeypatch.setattr(edits, "seen", lambda *_args: [third])
    leader = cast.acting("binh")
    object.__setattr__(leader.viewer, "person_id", third.asked_by)
    with pytest.raises(OwnEdit):
        approve_edit(leader, third.pk)


def test_from_which_label_changes_wait_is_data(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.standards.rules import RuleSet

    own = cast.home.root / "rules-test.toml"
    own.write_text(
        '[[values]]\nkey = "sensitivity.approve_from"\nvalue = "04"\nvi = "x"\n'
        'citation = "QĐ 1"\nevidence = "G"\neffective_from = 2025-07-01\n',
        encoding="utf-8",
    )
    rules = RuleSet.load(own)
    own.unlink()
    made = make_dossier(cast)
    describe(cast, made.dossier, sensitivity=RESTRICTED, access_level="02")
    monkeypatch.setattr(sensitivity, "rulebook", lambda: rules)
    assert describe(cast, made.dossier, note="x").waits is None


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_of_waiting_changes_are_sound(
    server: Server, visit: Callable[..., Visitor], size: tuple[int, int]
) -> None:
    made = make_dossier(server.house)
    describe(server.house, made.dossier, sensitivity=RESTRICTED, access_level="02")
    describe(server.house, made.dossier, note="Ghi chú mới")
    leader = visit(server, "binh", size=size)

    def sound() -> None:
        assert (leader.axe(), leader.overflow(), leader.complaints) == ([], 0, [])

    leader.go(f"/ho-so/{made.dossier.pk}/")
    sound()
    leader.page.get_by_role("link", name="Xem sửa đổi").click()
    leader.page.wait_for_selector("text=Ghi chú mới")
    sound()
    leader.go("/sua-doi/")
    sound()
    leader.page.get_by_role("link", name=made.dossier.title).click()
    leader.page.get_by_role("button", name="Duyệt", exact=True).click()
    leader.page.wait_for_selector("text=Đã duyệt 1 thay đổi")
