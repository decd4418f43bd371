"""A held file hides its own row and no other, though names come again in every dossier's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tangthu.archive import dry_run
from tangthu.archive.actions.hold_suspect import decide_quarantined
from tangthu.kernel.models import QuarantinedItem
from tests.support import batches
from tests.support.batches import Paper
from tests.support.house import TestHouse


@pytest.mark.req("AR-129")
def test_a_row_of_another_dossier_with_a_file_called_the_same_stays(
    cast: TestHouse, tmp_path: Path
) -> None:
    rows = [
        *batches.papers(2, "01"),
        *batches.papers(1, "02"),
        Paper("02", 2, "Về việc trực", pdf=batches.marked_pdf("Dieuquandem", "MAT")),
    ]
    batch = batches.checked(cast, tmp_path, rows, upload=True)
    report = dry_run.report_of(batch)
    assert [row.number for row in report.rows] == [2, 3, 4]
    assert {one.file for one in report.documents.values() if one.row} == {
        "hs01/vb001.pdf", "hs01/vb002.pdf", "hs02/vb001.pdf",
    }  # fmt: skip
    decide_quarantined(cast.acting("binh"), QuarantinedItem.objects.get().pk, decision="purged")
    batch.refresh_from_db()
    table = dry_run.read_index(batch)
    assert [row.number for row in table.rows] == [2, 3, 4], "only the destroyed file's row is gone"
