"""How a clerk sends a batch and reads its pages in tests."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import open_a_fonds

NEW = "/dot-so-hoa/moi/"


@pytest.fixture
def desk(cast: TestHouse, sign_in: SignIn) -> Client:
    """The archivist, signed in, with a fonds to take into."""
    open_a_fonds(cast.acting("cuc"), cast.body("H30.81"))
    return sign_in("cuc")


def fonds_id() -> str:
    from tangthu.archive.models import Fonds

    return str(Fonds.objects.get(code="G01").pk)


def sent(folder: Path, top: str = "giao-nop") -> dict[str, Any]:
    """What a browser posts when the whole of `folder` is chosen."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        "fonds": fonds_id(),
        "files": [SimpleUploadedFile(path.name, path.read_bytes()) for path in found],
        "files_paths": [f"{top}/{path.relative_to(folder).as_posix()}" for path in found],
    }


def run(batch_address: str) -> Any:
    """Do the batch's waiting work here; returns the batch."""
    from tangthu.archive.actions.decide_batch import last_job
    from tangthu.archive.models import Batch
    from tangthu.kernel.jobs import execute

    batch = Batch.objects.get(pk=batch_address.split("/")[2])
    job = last_job(batch)
    assert job is not None
    done = execute(job.id)
    assert done.state == "done", (done.message, done.hint)
    batch.refresh_from_db()
    return batch


def left_behind(house: TestHouse) -> list[Path]:
    return sorted(path for path in house.home.uploads.rglob("*") if path.is_file())


def text_of(answer: Any) -> str:
    """The page as a reader sees it."""
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def address_of(batch: Any, part: str = "") -> str:
    return f"/dot-so-hoa/{batch.id}/{part}"


def decision(page: str, number: int = 0) -> dict[str, str]:
    """The hidden fields of a finding's own form."""
    form = re.findall(r'<form class="actions actions-small".*?</form>', page, re.S)[number]
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
        if name != "csrfmiddlewaretoken"
    }


def page_of(desk: Client, address: str) -> str:
    return desk.get(address).content.decode()


def batch_report(batch: Any) -> Any:
    from tangthu.archive import dry_run

    return dry_run.report_of(batch)


def send_back(desk: Client, batch: Any, book: openpyxl.Workbook) -> None:
    """Send a corrected report in, and see to it that it is taken."""
    changed = io.BytesIO()
    book.save(changed)
    workbook = SimpleUploadedFile("bc.xlsx", changed.getvalue())
    answer = desk.post(address_of(batch, "bao-cao/"), {"workbook": workbook})
    assert answer.status_code == 302, text_of(answer)
    batch.refresh_from_db()
