"""Judging a whole package: folder or zip, ours or anyone's, honest or hostile.

Everything wrong becomes a finding with the requirement it breaks; no exception leaves `validate`.
Content is read once, in pieces; memory grows only by some hundred bytes per file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tangthu.standards.mets.reader import AgentItem
from tangthu.standards.rules import RuleError, RuleSet
from tangthu.standards.tt05 import schemas
from tangthu.standards.tt05.check_content import (
    check_descriptions,
    check_dip_descriptions,
    check_premis,
    unreadable,
)
from tangthu.standards.tt05.check_mets import MetsFacts, Reference, check_mets
from tangthu.standards.tt05.check_schemas import check_schemas
from tangthu.standards.tt05.dates import VIETNAM
from tangthu.standards.tt05.descriptions import Rules
from tangthu.standards.tt05.ead import read_dossier
from tangthu.standards.tt05.errors import PackageUnreadableError
from tangthu.standards.tt05.findings import Finding, Severity, short
from tangthu.standards.tt05.identifiers import folder_name, uuid_of
from tangthu.standards.tt05.mets_files import ORIGIN
from tangthu.standards.tt05.reader import EAD, PREMIS, REP, REP_METS, REP_PREMIS, ROOT_METS
from tangthu.standards.tt05.source import PackageLimits, PackageSource, open_package, pieces_of
from tangthu.standards.xml import XmlError

MAX_FINDINGS = 10_000
_DESCRIBED = f"{REP}/metadata/descriptive/"
_DATA = f"{REP}/data/"
_MANDATORY = (ROOT_METS, EAD, REP_METS)
_AIP_ONLY = (PREMIS, REP_PREMIS)
_RECORD = re.compile(r"EAD_(doc|pic|media)_[^/]+\.xml")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a package was found to be.

    `findings` in the order found, at most `MAX_FINDINGS`; `files` and `bytes` it holds;
    `object_id` and `package_type` as it states them; `origin`: the deployment mode it says it comes
    from, "" if it says none (AR-128).
    """

    path: str
    findings: tuple[Finding, ...]
    object_id: str
    package_type: str
    files: int
    bytes: int
    origin: str = ""

    @property
    def valid(self) -> bool:
        """True if there is no error."""
        return not any(finding.severity == "error" for finding in self.findings)


def validate(
    path: Path,
    *,
    rules: Rules | None = None,
    on: date | None = None,
    limits: PackageLimits | None = None,
) -> Verdict:
    """Judge the package at `path`, a folder or a zip file.

    `rules`: the rule set, the packaged one if None; `on`: the day whose rules judge the
    descriptions, by default the day the package says it was last changed. Never raises for what
    the package is or holds.
    """
    check = _Validation(rules or RuleSet.packaged(), on)
    try:
        with open_package(path, limits) as source:
            check.run(source)
    except PackageUnreadableError as fault:
        check.add([Finding("AR-67", "error", path.name, fault.message, fault.hint)])
    return check.verdict(str(path))


class _Validation:
    def __init__(self, rules: Rules, on: date | None) -> None:
        self.rules = rules
        self.on = on
        self.findings: list[Finding] = []
        self.sizes: dict[str, int] = {}
        self.root = MetsFacts()
        self.rep = MetsFacts()

    def verdict(self, path: str) -> Verdict:
        return Verdict(
            path,
            tuple(self.findings),
            self.root.root.object_id if self.root.root else "",
            self.root.header.package_type if self.root.header else "",
            len(self.sizes),
            sum(self.sizes.values()),
            _origin(self.root.header.agents) if self.root.header else "",
        )

    @property
    def kind(self) -> str:
        """AIP, DIP or SIP as the root METS states it; AIP if it states none."""
        return self.root.header.package_type if self.root.header else "AIP"

    def add(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            if len(self.findings) == MAX_FINDINGS:
                self.findings.append(
                    Finding("AR-67", "error", "", "Quá nhiều lỗi; phần còn lại không liệt kê.")
                )
            if len(self.findings) > MAX_FINDINGS:
                return
            self.findings.append(finding)

    def run(self, source: PackageSource) -> None:
        self.source = source
        self.sizes = dict(source.inventory.sizes)
        self.add(source.inventory.findings)
        self.root = self._mets(ROOT_METS, representation=False)
        self.rep = self._mets(REP_METS, representation=True)
        self.add(self._paths())
        self.add(self._identity(source.inventory.name))
        self._references()
        records = sorted(p for p in self.sizes if _is_record(p))
        self.add(self._schemas(records))
        self._content(records)

    def _mets(self, path: str, *, representation: bool) -> MetsFacts:
        if path not in self.sizes:
            return MetsFacts()
        folder = path.rpartition("/")[0]

        def report(
            rule: str,
            message: str,
            *,
            field: str = "",
            value: str = "",
            fix: str = "",
            severity: Severity = "error",
            line: int = 0,
        ) -> None:
            place = f"{path}:{line}" if line else path
            remedy = fix or "Tạo lại METS.xml bằng phần mềm đã đóng gói."
            self.add([Finding(rule, severity, place, message, remedy, field, short(value))])

        try:
            with self.source.open(path) as handle:
                return check_mets(
                    handle, folder=folder, representation=representation, report=report
                )
        except XmlError as fault:
            self.add([unreadable(path, fault, "AR-59")])
        except PackageUnreadableError as fault:
            self.add([Finding("AR-67", "error", path, fault.message, fault.hint)])
        return MetsFacts()

    def _paths(self) -> list[Finding]:
        wanted = _MANDATORY + (_AIP_ONLY if self.kind == "AIP" else ())
        missing = [path for path in wanted if path not in self.sizes]
        if not any(_is_record(path) for path in self.sizes):
            missing.append(f"{_DESCRIBED}EAD_doc_*.xml")
        if not any(path.startswith(_DATA) for path in self.sizes):
            missing.append(f"{_DATA}*")
        held = {path.lower(): path for path in self.sizes if path.startswith("schemas/")}
        kinds = {"METS.xsd", "EAD.xsd"} | {
            f"EAD_{found[1]}.xsd"
            for path in self.sizes
            if _is_record(path) and (found := _RECORD.fullmatch(path.removeprefix(_DESCRIBED)))
        }
        missing += [
            f"schemas/{name}" for name in sorted(kinds) if f"schemas/{name}".lower() not in held
        ]
        return [
            Finding(
                "RM-803",
                "error",
                path,
                "Thiếu thành phần bắt buộc của gói.",
                "Bổ sung rồi đóng gói lại.",
            )
            for path in missing
        ]

    def _identity(self, name: str) -> list[Finding]:
        if self.root.root is None or not self.root.root.object_id:
            return []
        objid = self.root.root.object_id
        found = []
        if uuid_of(objid) is None:
            found.append(("OBJID không có dạng urn:uuid:{UUID} hay uuid-{UUID}.", "OBJID", objid))
        elif self.kind == "DIP" and not objid.startswith("uuid-"):
            found.append(("OBJID của DIP phải có dạng uuid-{UUID}.", "OBJID", objid))
        elif uuid_of(objid) is not None and objid[-36:] != objid[-36:].upper():
            message = "UUID trong OBJID phải viết hoa."
            self.add([Finding("AR-57", "error", ROOT_METS, message, "", "OBJID", short(objid))])
        expected = folder_name(objid)
        if name != expected:
            found.append((f"Tên thư mục gói phải là {short(expected)}.", "folder", name))
        return [
            Finding("AR-56", "error", ROOT_METS, message, "Đặt lại tên.", field, short(value))
            for message, field, value in found
        ]

    def _references(self) -> None:
        """Compare every reference with what lies there, then name what nothing refers to."""
        named = {ROOT_METS}
        for mets, facts in ((ROOT_METS, self.root), (REP_METS, self.rep)):
            for path in facts.pointers:
                if path not in self.sizes:
                    self.add([_missing(mets, 0, path)])
            for reference in facts.references:
                named.add(reference.path)
                place = f"{mets}:{reference.line}"
                if reference.path not in self.sizes:
                    self.add([_missing(mets, reference.line, reference.path)])
                else:
                    self._compare(place, reference)
        for path in sorted(self.sizes):
            if path not in named:
                self.add(
                    [
                        Finding(
                            "AR-67",
                            "error",
                            short(path),
                            "Tệp không được METS nào nhắc tới.",
                            "Đưa vào METS hoặc bỏ khỏi gói.",
                        )
                    ]
                )

    def _compare(self, place: str, reference: Reference) -> None:
        digest = hashlib.sha256()
        size = 0
        try:
            with self.source.open(reference.path) as handle:
                for piece in pieces_of(handle):
                    digest.update(piece)
                    size += len(piece)
        except (PackageUnreadableError, OSError) as fault:
            self.add(
                [Finding("AR-67", "error", short(reference.path), short(fault), "Gửi lại gói tin.")]
            )
            return
        fix = "Lấy lại tệp từ nguồn rồi đóng gói lại."
        if reference.size is not None and reference.size != size:
            message = f"{short(reference.path)} có {size} byte, METS ghi {reference.size}."
            self.add([Finding("AR-67", "error", place, message, fix, "SIZE", str(reference.size))])
        if reference.sha256 is not None and reference.sha256 != digest.hexdigest():
            message = f"Mã băm của {short(reference.path)} khác với METS: nội dung đã thay đổi."
            self.add([Finding("AR-67", "error", place, message, fix, "CHECKSUM", reference.sha256)])

    def _schemas(self, records: list[str]) -> Iterable[Finding]:
        documents = [
            (ROOT_METS, schemas.METS, "AR-59"),
            (REP_METS, schemas.METS, "AR-59"),
            (EAD, schemas.EAD, "RM-816" if self.kind == "DIP" else "RM-810"),
        ]
        for path in records:
            kind = _RECORD.fullmatch(path.removeprefix(_DESCRIBED))
            assert kind is not None
            documents.append((path, (f"EAD_{kind[1]}.xsd",), "RM-813"))
        present = (item for item in documents if item[0] in self.sizes)
        return check_schemas(present, self.sizes, self.source.open, self.kind)

    def _content(self, records: list[str]) -> None:
        day = self.on or self._day()
        dossier = EAD if EAD in self.sizes else None
        written = (path for path in records if "/EAD_doc_" in path)
        try:
            check = check_dip_descriptions if self.kind == "DIP" else check_descriptions
            self.add(check(dossier, written, self.source.open, self.rules, day))
            self.add(self._formats(day))
        except RuleError as fault:
            self.add([Finding("RM-810", "warning", EAD, fault.message, fault.hint)])
        except PackageUnreadableError as fault:
            self.add([Finding("AR-67", "error", EAD, fault.message, fault.hint)])
        stated = {r.path: (r.size, r.sha256) for r in self.rep.references if r.kind == "file"}
        premis = [path for path in (PREMIS, REP_PREMIS) if path in self.sizes]
        try:
            self.add(check_premis(premis, self.source.open, stated, digitised=self._scanned()))
        except PackageUnreadableError as fault:
            self.add([Finding("AR-67", "error", PREMIS, fault.message, fault.hint)])

    def _scanned(self) -> bool:
        """Whether the package must tell of the scanning; a DIP need not repeat its AIP's events."""
        if self.kind == "DIP":
            return False
        try:
            with self.source.open(EAD) as handle:
                description = read_dossier(handle).description
                return getattr(description, "reliability", "") == "02"
        except (XmlError, PackageUnreadableError):
            return False

    def _formats(self, day: date) -> list[Finding]:
        accepted = {item.extension for item in self.rules.formats(day)}
        return [
            Finding(
                "AR-66",
                "error",
                short(path),
                "Định dạng tệp không thuộc danh mục được nhận.",
                "Chuyển đổi sang định dạng được nhận.",
                "extension",
                short(path.rpartition(".")[2]),
            )
            for path in sorted(self.sizes)
            if path.startswith(_DATA) and path.rpartition(".")[2].lower() not in accepted
        ]

    def _day(self) -> date:
        header = self.root.header
        for text in (header.modified, header.created) if header else ():
            if _DATE.match(text):
                try:
                    return date.fromisoformat(text[:10])
                except ValueError:
                    continue
        return datetime.now(VIETNAM).date()


def _origin(agents: Iterable[AgentItem]) -> str:
    """The deployment mode that the header's agents name."""
    names = (agent.name for agent in agents if agent.other_type == "DEPLOYMENT")
    return next((name.removeprefix(ORIGIN) for name in names if name.startswith(ORIGIN)), "")


def _is_record(path: str) -> bool:
    return path.startswith(_DESCRIBED) and bool(_RECORD.fullmatch(path[len(_DESCRIBED) :]))


def _missing(mets: str, line: int, path: str) -> Finding:
    return Finding(
        "AR-67",
        "error",
        f"{mets}:{line}" if line else mets,
        f"METS nhắc tới {short(path)} nhưng gói không có tệp này.",
        "Bổ sung tệp hoặc tạo lại METS.",
        "xlink:href",
        short(path),
    )
