"""Planning a DIP, gói tài liệu lưu trữ sử dụng, by profile `tt05-text` (TT05 PL V; RM-813, RM-816).

EAD.xml describes the request, each EAD_doc a document by 20 elements; PREMIS, which the circular
leaves open, is written so that each file's digest and origin travel with it. Decisions:
docs/decisions/002-tt05-text-profile.md
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tangthu.standards.tt05 import ead
from tangthu.standards.tt05.dates import VIETNAM
from tangthu.standards.tt05.descriptions import DipDescription, Rules
from tangthu.standards.tt05.errors import PackageRefusedError
from tangthu.standards.tt05.findings import Finding, short
from tangthu.standards.tt05.package import DipPackage, PackagedDocument, PackagePlan
from tangthu.standards.tt05.planning import Planner, structure_faults


def plan(package: DipPackage, work: Path, rules: Rules, *, on: date | None = None) -> PackagePlan:
    """Return the plan of a DIP; generated files are written below the empty folder `work`.

    `on`: the day whose rules judge the request, the day of `modified` in Vietnam if None. What is
    wrong with the description of a document is its archive's fault and not the reader's: it is
    handed out as it stands, and `check` names it. Raises `PackageRefusedError` with all findings,
    `ForbiddenCharacterError`, the errors of `rules`, or OSError (disk full).
    """
    day = on or package.modified.astimezone(VIETNAM).date()
    refused = [f for f in package.request.check(rules, day) if f.severity == "error"]
    refused += structure_faults(package) + _codes(package)
    if refused:
        raise PackageRefusedError(
            f"Chưa tạo được gói sử dụng: có {len(refused)} lỗi.",
            "Sửa các lỗi được liệt kê rồi tạo lại.",
            refused,
        )
    return Planner(
        package,
        work,
        head=ead.write_request(package.request),
        describe=_description,
        extra=package.extra,
    ).plan()


def check(package: DipPackage, rules: Rules, on: date) -> list[Finding]:
    """Return what is wrong with the request and the documents' descriptions."""
    found = package.request.check(rules, on)
    for position, document in enumerate(package.documents, start=1):
        place = f"tài liệu {position}"
        digitised = document.description.reliability == "02"
        found += document.description.check(rules, on, digitised=digitised, place=place)
    return found + _codes(package)


def _codes(package: DipPackage) -> list[Finding]:
    """Each document once: the code is what names it in the package."""
    seen: set[str] = set()
    found = []
    for position, document in enumerate(package.documents, start=1):
        code = document.description.record_archive_code
        if not code or code in seen:
            message = "Mã lưu trữ của tài liệu trống hoặc trùng."
            place = f"tài liệu {position}"
            found.append(
                Finding(
                    "RM-807", "error", place, message, "Bỏ bản trùng.", "arcDocCode", short(code)
                )
            )
        seen.add(code)
    return found


def _description(document: PackagedDocument) -> bytes:
    assert isinstance(document.description, DipDescription)
    return ead.write_dip_document(document.description)
