"""An index of 100 000 rows: read, checked and accepted in linear time and bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, sys, time
from datetime import date
from pathlib import Path
import xlsxwriter
from tangthu.archive.batch.accept import apply
from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.mapping import propose
from tangthu.archive.batch.report import build_report
from tangthu.archive.batch.tables import read_table
from tangthu.archive.batch.workbook_in import read_report
from tangthu.archive.batch.workbook_out import write_report
from tangthu.standards.rules import RuleSet
from tests.archive.batch.small import ANSWERS, HEADINGS, file, row

def peak_of_this_process():
    # Not getrusage: that also counts what the parent held when this process was forked.
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024

folder, rows = Path(sys.argv[1]), int(sys.argv[2])
path = folder / "index.xlsx"
with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    for n in range(rows):
        dossier, ordinal = divmod(n, 100)
        name = f"hs{dossier}\\\\{ordinal + 1:03d}.pdf"
        sheet.write_row(n + 1, 0, row(dossier=str(dossier + 1), ordinal=ordinal + 1, number=n + 1,
                                      total=100, subject=f"Về việc {n}", path=name))
files = [file(f"hs{n // 100}/{n % 100 + 1:03d}.pdf", sha256=str(n)) for n in range(rows)]
lists = CodeLists.of(RuleSet.packaged(), date(2026, 11, 1))
times = [time.process_time()]
table = read_table(path)
times.append(time.process_time())
report = build_report(table, propose(table), files, {}, ANSWERS, lists=lists)
times.append(time.process_time())
outcome = apply(report, lists=lists)
times.append(time.process_time())
write_report(folder / "report.xlsx", report, lists)
times.append(time.process_time())
back = read_report(folder / "report.xlsx", report, lists)
times.append(time.process_time())
print(json.dumps({
    "accepted": outcome.accepted, "dossiers": len(outcome.ready), "waiting": len(outcome.waiting),
    "back": len(back.decisions) + len(back.problems),
    "peak_mb": peak_of_this_process(),
    "cpu_seconds": [round(b - a, 1) for a, b in zip(times, times[1:])],
}))
"""


def run(folder: Path, rows: int) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), str(rows)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("rows", [2_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_a_long_index_is_taken_whole_in_bounded_memory(tmp_path: Path, rows: int) -> None:
    told = run(tmp_path, rows)
    assert (told["accepted"], told["dossiers"]) == (rows, rows // 100)
    assert told["waiting"] == told["back"] == 0
    assert told["peak_mb"] < 300 + rows // 50, told
