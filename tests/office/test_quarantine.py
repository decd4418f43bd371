"""What waits in quarantine is seen by the deciding officer alone, and his look is recorded."""

from __future__ import annotations

import html
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client

from tests.office.conftest import SignIn
from tests.support import batches
from tests.support.batches import Paper
from tests.support.house import TestHouse
from tests.support.records import signed_events

NAME = "hs01/ke-hoach-tac-chien.pdf"
SUBJECT = "Phuong an so 7"


@pytest.fixture
def held(cast: TestHouse, tmp_path: Path) -> Any:
    """A batch of two files of which one, with a telling name, bears a secrecy stamp."""
    papers = [Paper(), Paper(ordinal=2, file=NAME, subject=SUBJECT, pdf=batches.stamped_pdf())]
    batch = batches.checked(cast, tmp_path, papers, upload=True)
    return batch.files.get(quarantine_id__isnull=False)


def text_of(answer: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def kinds(held: Any) -> list[str]:
    from tangthu.ledger.history import history

    return [one.kind_name for one in history(held.batch_id)]


def page(held: Any) -> str:
    return f"/cach-ly/{held.quarantine_id}/"


@pytest.mark.req("AR-129")
def test_only_the_officer_meets_a_held_file_and_nobody_its_name(held: Any, sign_in: SignIn) -> None:
    signed_events()
    traces = (str(held.quarantine_id), "ke-hoach-tac-chien")
    archivist = sign_in("cuc")
    batch = f"/dot-so-hoa/{held.batch_id}/"
    for part in ("", "tep/", "dong/", "con-lai/", "quyet-dinh/", "?muc=tat-ca", "tiep-nhan/"):
        answer = archivist.get(batch + part).content.decode()
        assert "ke-hoach-tac-chien" not in answer, part
        assert SUBJECT not in answer, part
    notice = text_of(archivist.get(batch))
    assert "1 tệp bị cách ly" in notice
    assert "Dòng 3 của bảng kê được ẩn" in notice
    columns = archivist.get(f"{batch}cot/").content.decode()
    assert SUBJECT not in columns and "ke-hoach" not in columns
    report = b"".join(archivist.get(f"{batch}bao-cao.xlsx").streaming_content)
    with zipfile.ZipFile(io.BytesIO(report)) as book:
        words = b"".join(book.read(name) for name in book.namelist()).decode(errors="replace")
    assert SUBJECT not in words and "ke-hoach" not in words
    for name in ("cuc", "hoa", "lan"):
        client = sign_in(name)
        assert client.get("/cach-ly/").status_code == 404
        assert client.get(page(held)).status_code == 404
        assert client.get(f"{page(held)}trang-dau.webp").status_code == 404
    officer = sign_in("binh")
    queue = officer.get("/cach-ly/").content.decode()
    assert page(held) in queue
    for address in ("/", "/cach-ly/", page(held), "/so-cai/", "/cong-viec/"):
        assert traces[1] not in officer.get(address).content.decode(), address


@pytest.mark.req("AR-129")
def test_looking_at_a_held_file_is_recorded_each_time(held: Any, sign_in: SignIn) -> None:
    officer = sign_in("binh")
    before = text_of(officer.get(page(held)))
    assert "Việc xem trang này đã được ghi" not in before
    answer = officer.get(f"{page(held)}trang-dau.webp")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert viewed(held) == 1
    officer.get(f"{page(held)}trang-dau.webp")
    assert viewed(held) == 2


def viewed(held: Any) -> int:
    """How many events stand in the batch's chain of access."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_pending WHERE obj = %s AND ch = 'a'", [held.batch_id]
        )
        return int(cursor.fetchone()[0])


def decide(client: Client, held: Any, decision: str, basis: str = "") -> Any:
    return client.post(page(held), {"decision": decision, "basis": basis})


def test_a_released_file_returns_to_its_batch_and_may_be_taken(
    cast: TestHouse, held: Any, sign_in: SignIn
) -> None:
    from tangthu.archive.actions.decide_batch import last_job
    from tangthu.archive.models import Batch
    from tangthu.records.models import Document

    officer, archivist = sign_in("binh"), sign_in("cuc")
    assert decide(officer, held, "not_secret").status_code == 302
    assert officer.get(page(held)).status_code == 404
    address = f"/dot-so-hoa/{held.batch_id}/"
    assert "Kiểm tra lại" in text_of(archivist.get(address))
    archivist.post(f"{address}kiem-tra-lai/")
    batch = Batch.objects.get(pk=held.batch_id)
    job = last_job(batch)
    assert job is not None
    batches.check(batch, job)
    assert sorted(batch.files.values_list("path", flat=True)) == [NAME, "hs01/vb001.pdf"]
    batches.accept(cast, batch)
    assert Document.objects.count() == 2


def test_declassified_needs_its_decision_and_purged_leaves_nothing(
    cast: TestHouse, held: Any, sign_in: SignIn
) -> None:
    officer = sign_in("binh")
    refused = decide(officer, held, "declassified")
    assert refused.status_code == 422
    assert "Ghi số, ngày và cơ quan" in text_of(refused)
    assert decide(officer, held, "nonsense").status_code == 422
    assert decide(officer, held, "purged").status_code == 302
    left = [path for path in cast.home.quarantine.iterdir() if held.quarantine_id.hex in path.name]
    assert left == []
    assert list(cast.home.quarantine.glob(f"{held.quarantine_id}*")) == []
    assert held.batch.files.count() == 1
    held.batch.refresh_from_db()
    index = openpyxl.load_workbook(held.batch.index_path).active
    assert [cell.value for cell in index[3] if cell.value] == [], "its row stayed in the index"
    assert index[2][batches.HEADINGS.index("Hồ sơ số")].value == "01"
    assert "archive.quarantine.decided" in kinds(held)
