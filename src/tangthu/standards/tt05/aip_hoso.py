"""Planning an AIP_hoso by profile `tt05-text` (TT05 PL I; AR-56…59, AR-63, RM-803).

`plan` writes METS, EAD and PREMIS into a work folder and says which file goes where; content stays
where it is. The same input gives the same bytes. Decisions: docs/decisions/002-tt05-text-profile.md
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from tangthu.standards.tt05 import ead
from tangthu.standards.tt05.cross_checks import CrossCheck
from tangthu.standards.tt05.dates import VIETNAM
from tangthu.standards.tt05.descriptions import Rules
from tangthu.standards.tt05.errors import PackageRefusedError
from tangthu.standards.tt05.findings import Finding
from tangthu.standards.tt05.package import Package, PackagePlan
from tangthu.standards.tt05.planning import REP, STATUSES, Planner, structure_faults

__all__ = ["REP", "STATUSES", "check", "plan"]


def plan(
    package: Package,
    work: Path,
    rules: Rules,
    *,
    on: date | None = None,
    tolerate: Callable[[Finding], bool] | None = None,
) -> PackagePlan:
    """Return the plan of a package; generated files are written below the empty folder `work`.

    `on`: the day whose rules judge the descriptions, the day of `modified` in Vietnam if None.
    `tolerate`: asked for each error found in the descriptions; what it accepts does not refuse the
    package. Raises `PackageRefusedError` with all findings, `ForbiddenCharacterError`, the errors
    of `rules`, or OSError (disk full); what is in `work` then is of no use.
    """
    day = on or package.modified.astimezone(VIETNAM).date()
    described = [f for f in check(package, rules, day) if f.severity == "error"]
    refused = [f for f in described if tolerate is None or not tolerate(f)]
    refused += structure_faults(package)
    if refused:
        raise PackageRefusedError(
            f"Chưa đóng gói được hồ sơ: có {len(refused)} lỗi.",
            "Sửa các lỗi được liệt kê rồi đóng gói lại.",
            refused,
        )
    return Planner(
        package,
        work,
        head=ead.write_dossier(package.dossier),
        describe=lambda document: ead.write_document(document.description),
        extra=package.extra,
    ).plan()


def check(package: Package, rules: Rules, on: date) -> list[Finding]:
    """Return what is wrong with the descriptions of a package, each alone and all together."""
    found = package.dossier.check(rules, on, digitised=package.digitised)
    together = CrossCheck(package.dossier)
    for position, document in enumerate(package.documents, start=1):
        place = f"tài liệu {position}"
        found += document.description.check(rules, on, digitised=package.digitised, place=place)
        found += together.add(place, document.description)
    return found + together.finish()
