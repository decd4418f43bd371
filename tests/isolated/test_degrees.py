"""Degrees written as figures, letters and words, from the index to the record (AR-127, AR-128).

What each cell means stands in tests/archive/batch/test_secrecy.py; here is what becomes of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tangthu.records.models import Document, Dossier
from tests.office.test_state_secrets import TOKEN, in_database, in_files
from tests.support import batches
from tests.support.batches import Paper
from tests.support.house import TestHouse

MARKS = {"1": "1", "02": "2", "3": "3", "Toi mat": "2", "A": "3", "c": "1", "?": "3", "✓": "3"}
OPEN = ("", "0", "–", "Thường", "khong")
LEVELS = {"02": ("03 Mật", "1"), "03": ("tuyet mat", "3"), "04": ("02", "")}


def papers() -> list[Paper]:
    """A dossier with each mark on a document, and dossiers with an access level each."""
    found = [
        Paper(
            ordinal=n, subject=f"Về {TOKEN} {mark}" if mark in MARKS else f"Việc {n}",
            file=f"hs01/{TOKEN if mark in MARKS else 'x'}{n}.pdf",
            pdf=batches.marked_pdf(f"{TOKEN if mark in MARKS else 'Van ban'} {n}"),
            changes={"Độ mật văn bản": mark},
        )
        for n, mark in enumerate((*OPEN, *MARKS), 1)
    ]  # fmt: skip
    for number, (level, degree) in LEVELS.items():
        word = TOKEN if degree else "Khac"
        found.append(
            Paper(
                number, 1, f"Về {word} hồ sơ {number}", f"hs{number}/{word}.pdf",
                pdf=batches.marked_pdf(f"{word} {number}"),
                changes={"Chế độ sử dụng hồ sơ": level, "Tiêu đề hồ sơ": f"Hồ sơ {word} {number}"},
            )
        )  # fmt: skip
    return found


@pytest.mark.req("AR-127")
def test_a_connected_site_keeps_no_byte_of_what_states_a_degree_in_any_writing(
    cast: TestHouse, tmp_path: Path
) -> None:
    batch = batches.checked(cast, tmp_path, papers(), upload=True)
    assert batch.refused_secret == 2 * (len(MARKS) + 2), "each row and its file"
    assert batch.files.count() == len(OPEN) + 1
    assert batch.files.filter(quarantine_id__isnull=False).count() == 0
    assert in_database() == []
    assert in_files(cast) == []
    batches.accept(cast, batch, "all-proposals")
    assert set(Document.objects.values_list("secrecy", flat=True)) == {None}
    assert Document.objects.count() == len(OPEN) + 1
    assert dict(Dossier.objects.values_list("title", "access_level")) == {
        "Hồ sơ thử số 01": "01", "Hồ sơ Khac 04": "02",
    }  # fmt: skip


@pytest.mark.req("AR-128")
def test_an_isolated_lan_keeps_each_with_the_degree_that_its_writing_states(
    isolated_cast: TestHouse, tmp_path: Path
) -> None:
    batch = batches.checked(isolated_cast, tmp_path, papers(), upload=True)
    assert (batch.refused_secret, batch.files.count()) == (0, len(papers()))
    job = batches.accept(isolated_cast, batch, "all-proposals")
    assert job.state == "done", job.message
    marked = dict(Document.objects.values_list("subject", "secrecy"))
    for mark, degree in MARKS.items():
        assert marked[f"Về {TOKEN} {mark}"] == degree, mark
    for number in range(1, len(OPEN) + 1):
        assert marked[f"Việc {number}"] is None
    told = {one.title[-2:]: (one.secrecy, one.access_level) for one in Dossier.objects.all()}
    assert told == {
        "01": (None, "01"), "02": ("1", "03"), "03": ("3", "03"), "04": (None, "02"),
    }  # fmt: skip
    assert marked[f"Về {TOKEN} hồ sơ 02"] == "1", "a document has the degree of its dossier"
