"""Changing a description: by the registry, judged by TT05, one at a time, with its event."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tangthu.archive.actions.describe_record import (
    ChangedMeanwhile,
    SecretRefused,
    describe_document,
    describe_dossier,
    digest_of,
)
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import make_dossier

FIELD = re.compile(
    r'<(?:input type="(?P<type>\w+)" name="(?P<name>\w+)"(?: value="(?P<value>[^"]*)")?'
    r"(?P<rest>[^>]*)"
    r'|textarea name="(?P<area>\w+)"[^>]*>\s*(?P<text>[^<]*)'
    r'|select name="(?P<select>\w+)")'
)


def filled(client: Client, address: str) -> dict[str, Any]:
    """The form at `address` as a browser would post it unchanged."""
    page = client.get(address).content.decode()
    form = page[page.index('<form class="form"') :]
    data: dict[str, Any] = {}
    for match in FIELD.finditer(form):
        if match["area"]:
            data[match["area"]] = html.unescape(match["text"]).rstrip("\n")
        elif match["select"]:
            block = form[match.end() : form.index("</select>", match.end())]
            chosen = re.search(r'value="([^"]*)" selected', block)
            data[match["select"]] = chosen[1] if chosen else ""
        elif match["type"] in {"checkbox", "radio"}:
            if "checked" in match["rest"]:
                value = html.unescape(match["value"] or "on")
                data.setdefault(match["name"], []).append(value)
        elif match["name"] != "csrfmiddlewaretoken":
            data[match["name"]] = html.unescape(match["value"] or "")
    return data


def events_of(obj: Any) -> list[Any]:
    from tangthu.ledger.history import history

    return [event for event in history(obj) if event.kind_name.endswith(".described")]


def test_saving_an_untouched_form_changes_nothing_and_records_nothing(
    cast: TestHouse, sign_in: SignIn
) -> None:
    note = "Dòng một\nDòng hai"
    made = make_dossier(cast, documents=[{"extra": {"Tờ số": "12"}, "note": note}])
    client = sign_in("cuc")
    fonds = made.dossier.place.inventory.fonds
    for record in (made.dossier, made.documents[0], fonds):
        kind = {"Dossier": "ho-so", "Document": "tai-lieu", "Fonds": "phong"}
        address = f"/{kind[type(record).__name__]}/{record.id}/mo-ta/"
        before = type(record).objects.filter(pk=record.pk).values().get()
        data = filled(client, address)
        if "note" in data:  # browsers end lines so
            data["note"] = data["note"].replace("\n", "\r\n")
        answer = client.post(address, data, follow=True)
        assert "Không có gì thay đổi" in answer.content.decode(), address
        assert type(record).objects.filter(pk=record.pk).values().get() == before
        assert events_of(record.id) == []


def test_a_change_is_saved_told_and_found(cast: TestHouse, sign_in: SignIn) -> None:
    made = make_dossier(cast)
    document = made.documents[0]
    client = sign_in("cuc")
    address = f"/tai-lieu/{document.id}/mo-ta/"
    data = filled(client, address)
    data |= {"subject": "Về việc cấp giấy chứng nhận", "issued_on": "5/3/2010",
             "extra_label_0": "Người lập", "extra_value_0": "Ông Tư"}  # fmt: skip
    page = client.post(address, data, follow=True).content.decode()
    assert "Đã lưu 3 thay đổi" in page
    document.refresh_from_db()
    assert (document.subject, document.issued_on) == ("Về việc cấp giấy chứng nhận", "2010-03-05")
    assert document.extra == {"Người lập": "Ông Tư"}
    (event,) = events_of(document.id)
    assert event.fields["detail"]["fields"] == ["issued_on", "subject", "extra"]
    assert {"field": "issued_on", "old": "2010-02-04", "new": "2010-03-05"} in event.fields[
        "detail"
    ]["changes"]
    assert "Người lập: “” → “Ông Tư”" in html.unescape(page)
    assert "sửa mô tả" in page
    found = client.get("/tim/", {"q": "cấp giấy chứng nhận", "kind": "document"})
    assert str(document.id) in found.content.decode()
    gone = client.get("/tim/", {"q": "td:thanh", "kind": "document"})
    assert f'<a href="/tai-lieu/{document.id}/">' not in gone.content.decode()
    assert str(document.id) in client.get("/tim/", {"q": "Ông Tư"}).content.decode()


def test_a_dossier_changes_with_all_its_fields(cast: TestHouse, sign_in: SignIn) -> None:
    made = make_dossier(cast)
    client = sign_in("cuc")
    address = f"/ho-so/{made.dossier.id}/mo-ta/"
    data = filled(client, address) | {
        "title": "Hồ sơ thanh lý", "start_date": "2009", "end_date": "3/2011",
        "keywords": "tài sản", "retention_code": "07", "retention_years": "15",
        "sheet_count": "7", "note": "Ghi chú",
        "backup_required": "on", "backup_status": "01", "language_codes": ["01", "03"],
        "declared_record_count": "",
    }  # fmt: skip
    assert client.post(address, data).status_code == 302
    dossier = made.dossier
    dossier.refresh_from_db()
    assert dossier.title == "Hồ sơ thanh lý"
    assert (dossier.start_date, dossier.end_date) == ("2009", "2011-03")
    assert (dossier.retention_code, dossier.retention_years) == ("07", 15)
    assert (dossier.backup_required, dossier.backup_status) == (True, "01")
    assert dossier.language_codes == ["01", "03"]
    assert dossier.declared_record_count is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("subject", "", "bắt buộc"),
        ("subject", "x" * 501, "501 ký tự, quá 500"),
        ("issued_on", "31/02/2010", "Ngày chưa đúng"),
        ("issued_on", "02/2010", "Cần đủ ngày"),
        ("number", "123456789012", "12 ký tự, quá 11"),
        ("record_type", "zz", "zz"),
        ("extra_value_0", "giá trị không tên", "Đặt tên cho thông tin này"),
    ],
)
def test_what_the_circular_forbids_is_refused_at_its_field(
    cast: TestHouse, sign_in: SignIn, field: str, value: str, words: str
) -> None:
    made = make_dossier(cast)
    client = sign_in("cuc")
    address = f"/tai-lieu/{made.documents[0].id}/mo-ta/"
    answer = client.post(address, filled(client, address) | {field: value})
    assert answer.status_code == 422
    page = html.unescape(answer.content.decode())
    assert words in page
    at = field.replace("value", "label")
    assert f'href="#id_{at}"' in page, "the summary must lead to the field"
    made.documents[0].refresh_from_db()
    assert made.documents[0].subject == "Về việc thanh lý tài sản, lần 1"
    assert events_of(made.documents[0].id) == []


def test_dates_in_the_wrong_order_are_refused(cast: TestHouse, sign_in: SignIn) -> None:
    made = make_dossier(cast)
    client = sign_in("cuc")
    address = f"/ho-so/{made.dossier.id}/mo-ta/"
    answer = client.post(address, filled(client, address) | {"start_date": "2012"})
    assert answer.status_code == 422
    assert "Thời gian bắt đầu sau thời gian kết thúc" in answer.content.decode()


def test_what_was_wrong_before_is_a_warning_and_does_not_hinder_another_change(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast, documents=[{"issuer": "", "issued_on": "2010"}])
    client = sign_in("cuc")
    address = f"/tai-lieu/{made.documents[0].id}/mo-ta/"
    page = client.get(address).content.decode()
    assert "organName) còn trống" in page
    assert "chưa đủ ngày, tháng, năm" in page
    done = describe_document(
        cast.acting("cuc"),
        made.documents[0].id,
        {"keywords": "mới"},
        expected=digest_of(made.documents[0]),
    )
    assert done.changed == ("keywords",)
    assert set(done.warnings) == {"issuer", "issued_on"}


@pytest.mark.req("AR-127")
def test_a_secret_level_is_refused_in_words_and_not_kept(cast: TestHouse, sign_in: SignIn) -> None:
    made = make_dossier(cast, documents=[{}, {}])
    client = sign_in("cuc")
    wrongs = (
        {"access_level": "03"},
        {"extra_label_0": "Độ mật", "extra_value_0": "Tối mật"},
    )
    documents = [f"/tai-lieu/{document.id}/mo-ta/" for document in made.documents]
    dossier = f"/ho-so/{made.dossier.id}/mo-ta/"
    for address, wrong in zip((*documents, dossier, dossier), wrongs * 2, strict=True):
        page = client.get(address).content.decode()
        assert 'value="03">03 – Mật' not in page
        answer = client.post(address, filled(client, address) | wrong)
        assert answer.status_code == 422
        assert "không được lưu bí mật nhà nước" in answer.content.decode()
    made.dossier.refresh_from_db()
    assert made.dossier.access_level == "01"
    assert made.dossier.extra == {}
    assert events_of(made.dossier.id) == []


def test_two_people_at_once_lose_nothing(cast: TestHouse, sign_in: SignIn) -> None:
    made = make_dossier(cast)
    client = sign_in("cuc")
    address = f"/ho-so/{made.dossier.id}/mo-ta/"
    mine = filled(client, address) | {"title": "Tiêu đề của tôi", "keywords": "của tôi"}
    describe_dossier(
        cast.acting("cuc"),
        made.dossier.id,
        {"title": "Tiêu đề người kia"},
        expected=digest_of(made.dossier),
    )
    answer = client.post(address, mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Người khác vừa sửa mô tả này" in page
    assert "Tiêu đề người kia" in page
    assert "Tiêu đề của tôi" in page
    made.dossier.refresh_from_db()
    assert made.dossier.title == "Tiêu đề người kia"
    state = re.search(r'name="state" value="(\w+)"', page)
    assert state
    assert client.post(address, mine | {"state": state[1]}).status_code == 302
    made.dossier.refresh_from_db()
    assert (made.dossier.title, made.dossier.keywords) == ("Tiêu đề của tôi", "của tôi")


def test_the_action_itself_keeps_the_same_guard(cast: TestHouse) -> None:
    made = make_dossier(cast)
    acting, document = cast.acting("cuc"), made.documents[0]
    before = digest_of(document)
    describe_document(acting, document.id, {"keywords": "một"}, expected=before)
    with pytest.raises(ChangedMeanwhile):
        describe_document(acting, document.id, {"keywords": "hai"}, expected=before)
    document.refresh_from_db()
    now = digest_of(document)
    for name in ("record_archive_code", "page_count", "body_id", "custody", "id"):
        with pytest.raises(InvalidInput):
            describe_document(acting, document.id, {name: "x"}, expected=now)
    with pytest.raises(InvalidInput):
        describe_document(acting, document.id, {"symbol": "x" * 81}, expected=now)
    with pytest.raises(Refused):
        describe_document(cast.acting("binh"), document.id, {"keywords": "ba"}, expected=now)
    with pytest.raises(NotFoundForViewer):
        describe_document(cast.acting("nga"), document.id, {"keywords": "ba"}, expected=now)
    with pytest.raises(SecretRefused):
        describe_document(acting, document.id, {"access_level": "03"}, expected=now)
    with pytest.raises(NotFoundForViewer):
        describe_document(acting, document.id, {"keywords": "ba"}, expected=now)


def test_only_archivists_have_the_page(cast: TestHouse, sign_in: SignIn) -> None:
    made = make_dossier(cast)
    for address in (
        f"/ho-so/{made.dossier.id}/mo-ta/",
        f"/tai-lieu/{made.documents[0].id}/mo-ta/",
        f"/phong/{made.dossier.place.inventory.fonds_id}/mo-ta/",
    ):
        answers = {n: sign_in(n).get(address).status_code for n in ("hoa", "binh", "cuc", "dung")}
        assert answers == {"hoa": 404, "binh": 404, "cuc": 200, "dung": 404}


@pytest.mark.req("AR-121")
def test_a_level_that_becomes_stricter_hides_the_record_at_once(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast, documents=[{"subject": "Thông báo riêng"}])
    clerk = sign_in("hoa")
    assert "1 kết quả" in clerk.get("/tim/?q=thông+báo+riêng&kind=document").content.decode()
    describe_dossier(
        cast.acting("cuc"),
        made.dossier.id,
        {"access_level": "02"},
        expected=digest_of(made.dossier),
    )
    assert "0 kết quả" in clerk.get("/tim/?q=thông+báo+riêng&kind=document").content.decode()
    assert clerk.get(f"/tai-lieu/{made.documents[0].id}/").status_code == 404


@pytest.mark.req("RM-670", "AR-28")
def test_extra_rows_are_added_changed_and_taken_away(cast: TestHouse, sign_in: SignIn) -> None:
    made = make_dossier(cast, documents=[{"extra": {"A": "1", "B": "2"}}])
    client = sign_in("cuc")
    address = f"/tai-lieu/{made.documents[0].id}/mo-ta/"
    data = filled(client, address)
    assert (data["extra_label_0"], data["extra_value_1"]) == ("A", "2")
    data |= {"extra_label_0": "", "extra_value_0": "", "extra_value_1": "hai",
             "extra_label_2": "C", "extra_value_2": "3"}  # fmt: skip
    client.post(address, data)
    made.documents[0].refresh_from_db()
    assert made.documents[0].extra == {"B": "hai", "C": "3"}
    twice = filled(client, address) | {"extra_label_2": "B", "extra_value_2": "lần nữa"}
    assert "Tên này đã dùng" in client.post(address, twice).content.decode()


def test_a_fonds_changes_with_its_event_and_keeps_its_codes(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast)
    fonds = made.dossier.place.inventory.fonds
    client = sign_in("cuc")
    address = f"/phong/{fonds.id}/mo-ta/"
    data = filled(client, address)
    assert "code" not in data
    answer = client.post(address, data | {"name": "Phông mới", "code": "X"}, follow=True)
    assert "Tên phông: “Phông Chi cục ATVSTP” → “Phông mới”" in answer.content.decode()
    fonds.refresh_from_db()
    assert (fonds.name, fonds.code) == ("Phông mới", "G01")
    (event,) = events_of(fonds.id)
    assert event.fields["detail"]["fields"] == ["name"]
    stale = client.post(address, data | {"name": "Phông cũ"})
    assert stale.status_code == 409
    assert "Phông mới" in stale.content.decode()
    assert client.post(address, filled(client, address) | {"name": " "}).status_code == 422


def test_every_editable_field_of_the_registry_is_on_the_form(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.records.fields import editable_fields, fields_of
    from tangthu.records.models import Document, Dossier

    made = make_dossier(cast)
    today = timezone.localdate()
    client = sign_in("cuc")
    for record, model in ((made.dossier, Dossier), (made.documents[0], Document)):
        kind = "ho-so" if model is Dossier else "tai-lieu"
        page = client.get(f"/{kind}/{record.id}/mo-ta/").content.decode()
        for field in editable_fields(model, today):
            assert f'name="{field.identifier}"' in page
        shown = client.get(f"/{kind}/{record.id}/").content.decode()
        for field in fields_of(model, today):
            if field.identifier not in {"title", "subject"}:
                assert f"<dt>{field.vi}</dt>" in html.unescape(shown), field.identifier
