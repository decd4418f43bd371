"""Files are looked at by the scanner that is named before they are taken in, or not taken in."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings

from tangthu.archive import dry_run
from tangthu.archive.actions.decide_batch import resume
from tangthu.archive.models import Batch
from tangthu.capture import antivirus
from tangthu.capture import checks as scanner_checks
from tangthu.kernel import checks
from tangthu.kernel.jobs import execute
from tests.support import batches
from tests.support.clamd import VIRUS, Scanner, scanner
from tests.support.house import PASSWORD, TestHouse


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[Scanner]:
    """A scanner that is named."""
    with scanner(tmp_path) as running, override_settings(CLAMD=str(running.path)):
        yield running


def papers(bad: bytes) -> list[batches.Paper]:
    """One good file and one that holds `bad`."""
    pdf = batches.archival_pdf(["Van ban so 2"]) + b"\n%" + bad
    return [*batches.papers(1), batches.Paper("01", 2, "Về việc thứ 2", pdf=pdf)]


def codes_of(batch: Batch) -> set[str]:
    batch.refresh_from_db()
    return {one.code for one in dry_run.report_of(batch).findings if one.code.startswith("file.")}


@pytest.mark.req("AR-74", "RM-831")
def test_a_file_with_a_virus_is_not_taken_in_and_the_others_are(
    cast: TestHouse, clamd: Scanner, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path / "in", papers(VIRUS))
    assert len(clamd.seen) == 2
    assert codes_of(batch) == {"file.infected"}
    (bad,) = [one for one in batch.files.all() if "infected" in (one.facts or {})["problems"]]
    assert (bad.sha256, bad.proposals, (bad.facts or {})["virus"]) == ("", [], "Test.Virus-1")
    batches.accept(cast, batch)
    assert [one.document is not None for one in batch.files.order_by("path_bytes")] == [True, False]
    client = Client()
    client.post("/dang-nhap/", {"username": "cuc", "password": PASSWORD})
    good = batch.files.exclude(pk=bad.pk).get()
    for item, status in ((good, 200), (bad, 422)):
        drawn = client.get(f"/dot-so-hoa/{batch.id}/tep/{item.pk}/trang/1.webp")
        assert drawn.status_code == status


def test_without_its_scanner_nothing_is_checked_and_it_goes_on_when_it_is_back(
    cast: TestHouse, tmp_path: Path
) -> None:
    with override_settings(CLAMD=str(tmp_path / "clamd.ctl")):
        index = batches.write(tmp_path / "in", papers(VIRUS))
        batch, job = batches.open_on(cast, tmp_path / "in" / "tep", index)
        failed = execute(job.id)
        assert (failed.state, "Máy quét mã độc không trả lời" in failed.message) == ("failed", True)
        assert not batch.files.filter(facts__isnull=False).exists()
        with scanner(tmp_path):
            done = execute(resume(cast.acting("cuc"), batch.id).id)
        assert done.state == "done"
        assert codes_of(batch) == {"file.infected"}


def test_a_file_that_is_exchanged_after_it_was_scanned_is_looked_at_anew(
    cast: TestHouse, clamd: Scanner, tmp_path: Path
) -> None:
    paper = batches.papers(1)[0]
    clamd.meanwhile = lambda: (tmp_path / "in" / "tep" / paper.name).write_bytes(VIRUS)
    batch = batches.checked(cast, tmp_path / "in", [paper])
    assert codes_of(batch) == {"file.damaged"}
    assert batch.files.get().sha256 == ""
    clamd.meanwhile = None
    assert execute(resume(cast.acting("cuc"), batch.id).id).state == "done"
    assert codes_of(batch) == {"file.infected"}


@pytest.mark.parametrize("says", ["", "stream: ", "lỗi ERROR", "stream: OK?", "OK"])
def test_what_is_no_verdict_lets_nothing_pass(clamd: Scanner, tmp_path: Path, says: str) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"x")
    clamd.says = says
    with pytest.raises(antivirus.ScannerAway):
        antivirus.scan(file)


def test_what_is_too_large_for_the_scanner_is_told_and_asked_about_again(
    cast: TestHouse, clamd: Scanner, tmp_path: Path
) -> None:
    clamd.most = 10
    batch = batches.checked(cast, tmp_path / "in", batches.papers(1))
    assert codes_of(batch) == {"file.unscanned"}
    clamd.most = 10**6
    assert execute(resume(cast.acting("cuc"), batch.id).id).state == "done"
    assert codes_of(batch) == set()


def test_large_files_are_sent_whole_and_in_pieces(clamd: Scanner, tmp_path: Path) -> None:
    data = bytes(range(256)) * 4096  # 1 MB, over several pieces
    for given in (data, data[:-1], b""):
        (tmp_path / "x").write_bytes(given)
        verdict = antivirus.scan(tmp_path / "x")
        assert verdict == antivirus.Verdict(hashlib.sha256(given).hexdigest())
        assert clamd.seen[-1] == given
    with pytest.raises(FileNotFoundError):
        antivirus.scan(tmp_path / "absent")
    clamd.most = 1000
    (tmp_path / "x").write_bytes(data * 8)
    assert antivirus.scan(tmp_path / "x").too_large


def test_the_scanner_is_told_with_the_age_of_what_it_knows(
    shared_cast: TestHouse, clamd: Scanner
) -> None:
    made = antivirus.version()
    assert (made.program, made.signatures) == ("ClamAV 1.0.7", 27350)
    assert made.made_at == dt.datetime(2024, 7, 30, 8, 27, 21, tzinfo=dt.UTC)
    for days, level in ((1, "ok"), (4, "warning"), (15, "error")):
        assert scanner_checks.of(made, made.made_at + dt.timedelta(days=days)).level == level
    clamd.version = "ClamAV 1.0.7"  # it has no signatures at all
    ((told,),) = [each.findings for each in checks.run() if each.name == "antivirus"]
    assert (told.level, "clamav-daemon" in told.remedy) == ("error", True)
    with override_settings(CLAMD=""):
        ((told,),) = [each.findings for each in checks.run() if each.name == "antivirus"]
    assert told.level == "note"
    assert "apt-get install clamav-daemon" in told.remedy
    with override_settings(CLAMD="127.0.0.1:1"):
        ((told,),) = [each.findings for each in checks.run() if each.name == "antivirus"]
    assert told.level == "error"


@pytest.mark.req("AR-131")
@pytest.mark.parametrize("named", ["192.0.2.1:3310", "scanner.example:3310", "[2001:db8::1]:3310"])
def test_no_file_is_shown_to_a_scanner_on_another_machine(tmp_path: Path, named: str) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-1.4")
    with override_settings(CLAMD=named), pytest.raises(antivirus.ScannerAway) as refused:
        antivirus.scan(file)
    assert "no other machine" in str(refused.value.__cause__)
