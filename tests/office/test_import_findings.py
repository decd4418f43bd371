"""Findings of a batch: read beside the page, taken, corrected, answered once for all."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.office.importing import (
    NEW,
    address_of,
    batch_report,
    decision,
    desk,
    page_of,
    run,
    sent,
    text_of,
)
from tests.support import batches
from tests.support.batches import Paper
from tests.support.house import TestHouse

__all__ = ["desk"]


def test_all_findings_of_one_cell_stand_on_one_card(desk: Client, tmp_path: Path) -> None:
    from tangthu.archive.batch.findings import ASKS, NOTE, Finding
    from tangthu.archive.views.import_cards import by_cell

    def finding(code: str, target: str, place: str, severity: str, field: str = "") -> Finding:
        return Finding(code, target, place, severity, "row", field)

    one = finding("date.partial", "row:4", "S!AC4", NOTE, "issued")
    two = finding("field.too-long", "row:4", "S!AB4", ASKS, "subject")
    three = finding("field.missing.issued", "row:4", "S!A4", ASKS, "issued")
    four = finding("date.partial", "row:5", "S!AC5", NOTE, "issued")
    batch_one = finding("mapping.extra", "batch", "S!D2", NOTE)
    batch_two = finding("mapping.repeated", "column:D", "S!D2", ASKS)
    file_one = finding("file.empty", "file:A1", "A1", ASKS)
    file_two = finding("file.damaged", "file:A1", "A1", ASKS)
    found = [one, two, three, four, batch_one, batch_two, file_one, file_two]
    assert by_cell(found) == [
        [three, one], [two], [four], [batch_two, batch_one], [file_one], [file_two],
    ]  # fmt: skip

    outside = {"Ngày văn bản": "", "Tháng văn bản": 3, "Năm văn bản": 2015}
    batches.write(tmp_path, [Paper(changes=outside)])
    (tmp_path / "bang-ke.xlsx").rename(tmp_path / "tep" / "bang-ke.xlsx")
    batch = run(desk.post(NEW, sent(tmp_path / "tep"))["Location"])
    page = desk.get(f"{address_of(batch)}?muc=tat-ca").content.decode()
    cards = page.split('<li class="finding')[1:]
    places = [
        place for card in cards for place in re.findall(r' · <span class="code">(.*?)<', card)
    ]
    assert places
    assert len(places) == len(set(places))
    assert page.count('class="finding-head"') == len(batch_report(batch).findings) > len(cards)


def test_one_finding_is_taken_with_one_press_and_the_next_one_has_the_focus(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [], without_row=[Paper(), Paper(ordinal=2)])
    page = desk.get(address_of(batch)).content.decode()
    form = decision(page)
    answer = desk.post(address_of(batch, "quyet/"), {**form, "lam": "take"})
    assert answer.status_code == 302
    batch.refresh_from_db()
    assert [(one["kind"], one["target"]) for one in batch.decisions] == [("take", form["id"])]
    following = desk.get(answer["Location"]).content.decode()
    assert 'id="p-1"' in following
    assert following.index("autofocus") > following.index('id="p-1"')
    assert decision(following)["id"] != form["id"]


def test_a_proposal_that_changed_meanwhile_is_not_taken(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [], without_row=[Paper()])
    form = decision(desk.get(address_of(batch)).content.decode())
    answer = desk.post(address_of(batch, "quyet/"), {**form, "shape": "other", "lam": "take"})
    batch.refresh_from_db()
    assert batch.decisions == []
    assert "đã thay đổi" in text_of(desk.get(answer["Location"]))


def test_a_whole_kind_is_taken_after_saying_how_many_and_only_those(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(
        cast, tmp_path, [], without_row=[Paper(ordinal=n) for n in (1, 2, 3)]
    )  # fmt: skip
    code = batch_findings(batch)[0].code
    ask = desk.get(address_of(batch, f"ca-loai/?ma={code}"))
    count = re.search(r'name="count" value="(\d+)"', ask.content.decode())
    assert count is not None
    assert f"Nhận {count[1]} đề xuất" in text_of(ask)
    stale = desk.post(address_of(batch, "ca-loai/"), {"ma": code, "count": "99"})
    batch.refresh_from_db()
    assert (stale.status_code, batch.decisions) == (302, [])
    desk.post(address_of(batch, "ca-loai/"), {"ma": code, "count": count[1]})
    batch.refresh_from_db()
    assert len(batch.decisions) == int(count[1])
    again = desk.get(address_of(batch, f"ca-loai/?ma={code}"))
    assert again.status_code == 400


def batch_findings(batch: Any) -> list[Any]:
    from tangthu.archive.review import OPEN, Review

    review = Review(batch)
    return [
        one
        for one in review.report.findings
        if review.states[one.id] == OPEN and review.takeable(one)
    ]


def test_taking_a_proposed_value_also_answers_that_the_value_was_missing(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(
        cast, tmp_path, [Paper(changes={"Tên loại văn bản": "Giấy lạ kỳ"})]
    )  # fmt: skip
    codes = [one.code for one in batch_findings(batch)]
    assert "field.type.unknown" in codes
    for finding in batch_findings(batch):
        if finding.code == "field.type.unknown":
            page = desk.get(address_of(batch, "?ma=field.type.unknown")).content.decode()
            desk.post(address_of(batch, "quyet/"), {**decision(page), "lam": "take"})
    batch.refresh_from_db()
    assert "field.missing.type" not in [one.code for one in batch_findings(batch)]


def test_an_answer_for_the_whole_batch_is_given_once_and_can_be_changed(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    papers = [Paper(ordinal=n, changes={"Chế độ sử dụng hồ sơ": ""}) for n in (1, 2)]
    batch = batches.checked(cast, tmp_path, papers)
    page = desk.get(address_of(batch)).content.decode()
    assert 'name="tl-mode"' in page
    assert '<option value="03"' not in page, "the secret mode is offered"
    answer = desk.post(address_of(batch, "tra-loi/"), {"tl-mode": "02"})
    assert answer.status_code == 302, text_of(answer)
    batch.refresh_from_db()
    assert batch.answers["mode"] == "02"
    assert 'name="tl-mode"' not in desk.get(address_of(batch)).content.decode()
    desk.post(address_of(batch, "tra-loi/"), {"tl-mode": "01"})
    batch.refresh_from_db()
    assert batch.answers["mode"] == "01"
    bad = desk.post(address_of(batch, "tra-loi/"), {"tl-mode": "77"})
    assert bad.status_code == 422


def test_a_value_is_corrected_beside_its_page_and_only_what_changed_is_recorded(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [Paper(), Paper(ordinal=2)])
    key = next(iter(batch_report(batch).documents))
    address = address_of(batch, "sua/")
    page = desk.get(address, {"doi-tuong": key}).content.decode()
    assert "/trang/1.webp" in page
    data = filled(page)
    data.update({"subject": "Về việc khác hẳn", "ve": "https://example.org/"})
    answer = desk.post(address, {**data, "next": "1"})
    assert answer.status_code == 302, text_of(answer)
    assert answer["Location"].startswith("/dot-so-hoa/"), "led to another site"
    batch.refresh_from_db()
    edits = [one for one in batch.decisions if one["kind"] == "edit"]
    assert [(one["field"], one["value"]) for one in edits] == [("subject", "Về việc khác hẳn")]
    assert "Về việc khác hẳn" in text_of(desk.get(address_of(batch, "dong/")))
    assert desk.get(address, {"doi-tuong": "row:999"}).status_code == 404
    undo = re.search(r'name="bo" value="([^"]+)"', page_of(desk, address_of(batch, "quyet-dinh/")))
    assert undo is not None
    desk.post(address_of(batch, "quyet-dinh/"), {"bo": html.unescape(undo[1])})
    batch.refresh_from_db()
    assert batch.decisions == []


def filled(page: str) -> dict[str, Any]:
    """The correcting form as a browser would post it unchanged."""
    form = page[page.index('data-controller="leave"') :]
    data: dict[str, Any] = {}
    for name, value in re.findall(
        r'<input type="(?:text|hidden)" name="([\w-]+)"(?: value="([^"]*)")?', form
    ):
        data[name] = html.unescape(value)
    for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>\s*([^<]*)', form):
        data[name] = html.unescape(text).rstrip("\n")
    for name, block in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', block)
        data[name] = chosen[1] if chosen else ""
    data.pop("csrfmiddlewaretoken", None)
    return data


def test_every_part_of_a_batch_takes_a_fixed_number_of_queries(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    few = batches.checked(cast, tmp_path / "a", batches.papers(2))
    many = batches.checked(
        cast, tmp_path / "b", batches.papers(40, "02"), without_row=batches.papers(20, "03")
    )
    parts = ("", "con-lai/", "dong/", "tep/", "quyet-dinh/", "cot/", "tiep-nhan/", "?muc=tat-ca")

    def count(batch: Any, part: str) -> int:
        assert desk.get(address_of(batch, part)).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            desk.get(address_of(batch, part))
        return len(captured)

    for part in parts:
        small, large = count(few, part), count(many, part)
        assert large <= small + 1, part
        assert large <= 30, part


def test_pages_and_read_places_of_waiting_files_are_drawn(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [Paper()])
    item = batch.files.get()
    answer = desk.get(address_of(batch, f"tep/{item.pk}/trang/1.webp"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "private, no-cache"
    again = desk.get(
        address_of(batch, f"tep/{item.pk}/trang/1.webp"), headers={"If-None-Match": answer["ETag"]}
    )
    assert again.status_code == 304
    assert desk.get(address_of(batch, f"tep/{item.pk}/trang/99.webp")).status_code == 422
    assert desk.get(address_of(batch, f"tep/{item.pk}/doan/99.webp")).status_code == 404


def test_coded_answers_and_decisions_are_told_in_words(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    papers = [Paper(ordinal=n, changes={"Chế độ sử dụng hồ sơ": ""}) for n in (1, 2)]
    batch = batches.checked(cast, tmp_path, papers)
    desk.post(address_of(batch, "tra-loi/"), {"tl-mode": "02"})
    page = " ".join(text_of(desk.get(address_of(batch, "quyet-dinh/"))).split())
    assert "Chế độ sử dụng 02 – Sử dụng có điều kiện" in page


def test_a_filled_cell_with_an_unknown_type_is_not_said_to_lack_one(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, [Paper(changes={"Tên loại văn bản": "Giấy lạ kỳ"})])
    codes = [one.code for one in batch_report(batch).findings]
    assert codes.count("field.type.unknown") == 1
    assert "field.missing.type" not in codes
    page = text_of(desk.get(address_of(batch)))
    assert "không có trong 32 loại" in page
    assert "Thiếu Tên loại" not in page
    desk.cookies["tangthu_language"] = "en"
    assert "32 Other is proposed" in text_of(desk.get(address_of(batch)))
