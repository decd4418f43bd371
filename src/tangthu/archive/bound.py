"""Whether TT05 binds a body or only advises it (AR-03: TT05 art. 2, Luật Lưu trữ art. 3.5).

State bodies, public units and state enterprises are bound. Private archives decide for themselves:
there what the circular's rules find is told, and holds nothing back but what no record is without.
"""

from __future__ import annotations

from dataclasses import replace

from tangthu.archive.batch.duties import STRUCTURE
from tangthu.archive.batch.findings import ASKS, NOTE, Finding
from tangthu.archive.batch.model import BatchReport
from tangthu.identity.models import Body

_MISSING = "field.missing."
# Findings of the dry run that are duties of the circular, not faults of the paper.
_DUTIES = frozenset({"field.too-long", "field.check", "file.not-pdfa"})


def binds(body: Body) -> bool:
    """Whether the circular binds the body."""
    return body.applies_tt05 == Body.Applies.MANDATORY


def advised(report: BatchReport) -> BatchReport:
    """The report of a batch of a body that the circular only advises."""
    found = tuple(_advice(one) for one in report.findings)
    return replace(report, findings=found, binding=False)


def _advice(finding: Finding) -> Finding:
    missing = finding.code == "field.missing" or finding.code.startswith(_MISSING)
    advises = finding.field not in STRUCTURE if missing else finding.code in _DUTIES
    return replace(finding, severity=NOTE) if advises and finding.severity == ASKS else finding
