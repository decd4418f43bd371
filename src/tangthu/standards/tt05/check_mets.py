"""Judging one METS file: header, identifiers, references, structure (AR-57…59, AR-67)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, Literal

from tangthu.standards.mets import (
    DivisionItem,
    FileItem,
    GroupItem,
    HeaderItem,
    IdItem,
    MetsItem,
    ReferenceItem,
    RootItem,
    StructureItem,
    read_mets,
)
from tangthu.standards.tt05.findings import Severity
from tangthu.standards.tt05.mets_files import REP_PROFILE
from tangthu.standards.tt05.package import AIP, KINDS
from tangthu.standards.tt05.reader import resolve

Report = Callable[..., None]
"""`report(rule, message, *, field="", value="", fix="", severity="error", line=0)`."""

STATUSES = frozenset({"NEW", "SUPPLEMENT", "REPLACEMENT", "TEST", "OTHER"})
PACKAGE_TYPES = frozenset({"SIP", "AIP", "DIP"})
_UUID = r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}"
_ELEMENT_ID = re.compile(rf"uuid-{_UUID}")
_FILE_ID = re.compile(rf"ID-{_UUID}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+07:00")
_REFERENCE_ATTRIBUTES = ("LOCTYPE", "MDTYPE", "MIMETYPE", "SIZE", "CREATED", "CHECKSUM",
                         "CHECKSUMTYPE")  # fmt: skip
_FILE_ATTRIBUTES = ("MIMETYPE", "SIZE", "CREATED", "CHECKSUM", "CHECKSUMTYPE")
_JOINED = frozenset({"MetadataLink/File", "AttachmentFile", "MetadataLink/Holey"})


@dataclass(frozen=True, slots=True)
class Reference:
    """What a METS file says of a file: its path in the package, size, SHA-256 (None: unusable)."""

    path: str
    size: int | None
    sha256: str | None
    kind: Literal["metadata", "file"]
    line: int


@dataclass(slots=True)
class MetsFacts:
    """What the other checks need to know of one METS file."""

    root: RootItem | None = None
    header: HeaderItem | None = None
    references: list[Reference] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    pointers: list[str] = field(default_factory=list)


def check_mets(handle: BinaryIO, *, folder: str, representation: bool, report: Report) -> MetsFacts:
    """Read one METS file to its end and report what breaks the profile. Raises an `XmlError`."""
    checker = _Checker(folder, representation, report)
    for item in read_mets(handle):
        checker.item(item)
    checker.finish()
    return checker.facts


class _Checker:
    def __init__(self, folder: str, representation: bool, report: Report) -> None:
        self.folder = folder
        self.representation = representation
        self.report = report
        self.facts = MetsFacts()
        self.ids: set[str] = set()
        self.described: dict[str, int] = {}
        self.administered: set[str] = set()
        self.groups: set[str] = set()
        self.uses: Counter[str] = Counter()
        self.data: dict[str, int] = {}
        self.labels: set[str] = set()
        self.csip = False

    def item(self, item: MetsItem) -> None:
        if isinstance(item, IdItem):
            self._identifier(item)
        elif isinstance(item, RootItem):
            self.facts.root = item
            self._root(item)
        elif isinstance(item, HeaderItem):
            self.facts.header = item
            self._header(item)
        elif isinstance(item, ReferenceItem):
            self._reference(item)
        elif isinstance(item, GroupItem):
            self.groups.add(item.id)
            self.uses[item.use] += 0
        elif isinstance(item, FileItem):
            self._file(item)
        elif isinstance(item, StructureItem):
            self.csip = self.csip or (item.label == "CSIP" and item.type == "PHYSICAL")
        else:
            self._division(item)

    def finish(self) -> None:
        self._profile()
        if self.facts.header is None:
            self.report("AR-58", "Thiếu phần đầu metsHdr.", field="metsHdr")
        if not self.csip:
            self.report("AR-59", 'Thiếu structMap LABEL="CSIP" TYPE="PHYSICAL".', field="structMap")
        wanted = ("Data",) if self.representation else ("Schemas", "Representations/rep1")
        for use in wanted:
            if self.uses[use] == 0:
                self.report("AR-59", f"fileSec thiếu nhóm {use} hoặc nhóm rỗng.", field="fileGrp")
        labels = ("Data", "MetadataLink/File") if self.representation else ("Metadata", *wanted)
        for label in labels:
            if label not in self.labels:
                self.report("AR-59", f"structMap thiếu mục {label}.", field="div", value=label)
        if self.representation:
            self._joins()
        elif not self.facts.pointers:
            self.report("AR-59", "structMap không trỏ tới METS.xml của rep1.", field="mptr")

    def _joins(self) -> None:
        for section, count in self.described.items():
            if count != 1:
                self.report(
                    "AR-67",
                    "Một bản mô tả tài liệu phải gắn với đúng một tệp "
                    f"(hiện có {count} liên kết MetadataLink/File).",
                    field="DMDID",
                    value=section,
                )
        for identifier, count in self.data.items():
            if count != 1:
                self.report(
                    "AR-67",
                    f"Một tệp trong Data phải gắn với đúng một bản mô tả (hiện có {count}).",
                    field="FILEID",
                    value=identifier,
                )

    def _root(self, root: RootItem) -> None:
        if not root.object_id:
            self.report("AR-56", "Thiếu OBJID.", field="OBJID", line=root.line)

    def _profile(self) -> None:
        """Judged at the end: what is expected depends on the kind that the header states."""
        root, header = self.facts.root, self.facts.header
        if root is None:
            return
        kind = KINDS.get(header.package_type, AIP) if header else AIP
        if root.profile != (REP_PROFILE if self.representation else kind.root_profile):
            self._warn(
                "AR-56", "PROFILE khác với hồ sơ kỹ thuật tt05-text.", "PROFILE", root.profile
            )
        if root.type != kind.mets_type:
            self._warn("AR-56", f"TYPE của gói phải là {kind.mets_type}.", "TYPE", root.type)

    def _header(self, header: HeaderItem) -> None:
        self._time("CREATEDATE", header.created, header.line, required=True)
        self._time("LASTMODDATE", header.modified, header.line)
        if header.package_type not in PACKAGE_TYPES:
            self.report(
                "AR-58",
                "csip:OAISPACKAGETYPE phải là SIP, AIP hoặc DIP.",
                field="OAISPACKAGETYPE",
                value=header.package_type,
                line=header.line,
            )
        if header.status not in STATUSES:
            self.report(
                "AR-58",
                "RECORDSTATUS thiếu hoặc không có trong danh mục.",
                field="RECORDSTATUS",
                value=header.status,
                line=header.line,
            )
        software = [
            agent
            for agent in header.agents
            if (agent.role, agent.type, agent.other_type) == ("CREATOR", "OTHER", "SOFTWARE")
            and agent.name.strip()
            and any(kind == "SOFTWARE VERSION" and text.strip() for kind, text in agent.notes)
        ]
        owners = [
            agent
            for agent in header.agents
            if agent.type == "ORGANIZATION"
            and any(kind == "IDENTIFICATIONCODE" and text.strip() for kind, text in agent.notes)
        ]
        if not self.representation and not software:
            self.report(
                "AR-58", "metsHdr thiếu phần mềm tạo gói (tên và phiên bản).", field="agent"
            )
        if self.representation and not owners:
            self.report("AR-58", "metsHdr của rep1 thiếu cơ quan và mã phông.", field="agent")

    def _identifier(self, item: IdItem) -> None:
        if item.value in self.ids:
            self.report(
                "AR-57",
                "ID trùng trong cùng một METS.",
                field="ID",
                value=item.value,
                line=item.line,
            )
        self.ids.add(item.value)
        pattern = _FILE_ID if item.element == "file" else _ELEMENT_ID
        if pattern.fullmatch(item.value):
            return
        wanted = "ID-{UUID}" if item.element == "file" else "uuid-{UUID}"
        lower = pattern.fullmatch(item.value.upper().replace("UUID-", "uuid-", 1))
        message = (
            "UUID phải viết hoa." if lower else f"ID của {item.element} phải có dạng {wanted}."
        )
        self.report("AR-57", message, field="ID", value=item.value, line=item.line)

    def _reference(self, item: ReferenceItem) -> None:
        if item.section == "dmdSec":
            self.described[item.section_id] = 0
        else:
            self.administered.add(item.section_id)
        self._time("CREATED", item.section_created, item.line)
        missing = [name for name in _REFERENCE_ATTRIBUTES if not item.attributes.get(name)]
        for name in missing:
            self.report(
                "AR-59", f"mdRef thiếu {name}.", field=name, value=item.href, line=item.line
            )
        self._target(item.href, item.attributes, "metadata", item.line)

    def _file(self, item: FileItem) -> None:
        self.uses[item.use] += 1
        if self.representation and item.use == "Data":
            self.data[item.id] = 0
        for name in _FILE_ATTRIBUTES:
            if not item.attributes.get(name):
                self.report(
                    "AR-59", f"file thiếu {name}.", field=name, value=item.href, line=item.line
                )
        path = self._target(item.href, item.attributes, "file", item.line)
        if path is not None and item.title:
            self.facts.titles[path] = item.title

    def _target(
        self,
        href: str,
        attributes: dict[str, str],
        kind: Literal["metadata", "file"],
        line: int,
    ) -> str | None:
        self._time("CREATED", attributes.get("CREATED", ""), line)
        algorithm = attributes.get("CHECKSUMTYPE", "")
        digest: str | None = attributes.get("CHECKSUM", "").lower()
        if algorithm != "SHA-256":
            digest = None
            if algorithm:
                self.report(
                    "AR-57",
                    "Mã băm phải là SHA-256.",
                    field="CHECKSUMTYPE",
                    value=algorithm,
                    line=line,
                )
        path = resolve(self.folder, href)
        if path is None:
            self.report(
                "AR-57",
                "Đường dẫn phải tương đối và nằm trong gói.",
                field="xlink:href",
                value=href,
                fix="Ghi đường dẫn tính từ thư mục chứa METS.xml.",
                line=line,
            )
            return None
        text = attributes.get("SIZE", "")
        size = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
        self.facts.references.append(Reference(path, size, digest or None, kind, line))
        return path

    def _division(self, item: DivisionItem) -> None:
        label = item.labels[-1]
        self.labels.add(label)
        for identifier in item.metadata:
            if identifier not in self.described:
                self._dangling("DMDID", identifier, item.line)
            elif label == "MetadataLink/File":
                self.described[identifier] += 1
        for identifier in item.administrative:
            if identifier not in self.administered and identifier not in self.ids:
                self._dangling("ADMID", identifier, item.line)
        for identifier in item.targets:
            if identifier not in self.ids:
                self._dangling("FILEID", identifier, item.line)
            elif label in _JOINED and identifier in self.data:
                self.data[identifier] += 1
        if label == "MetadataLink/File" and (len(item.metadata), len(item.targets)) != (1, 1):
            self.report(
                "AR-67",
                "Mục MetadataLink/File phải nối đúng một bản mô tả với đúng một tệp.",
                field="div",
                value=item.id,
                line=item.line,
            )
        if not self.representation and label == "Metadata":
            complete = item.metadata and item.administrative
            if not complete:
                self.report(
                    "AR-59", "Mục Metadata thiếu DMDID hoặc ADMID.", field="div", line=item.line
                )
        for href, _ in item.pointers:
            path = resolve(self.folder, href)
            if path is None:
                self.report(
                    "AR-57",
                    "Đường dẫn phải tương đối và nằm trong gói.",
                    field="mptr",
                    value=href,
                    line=item.line,
                )
            else:
                self.facts.pointers.append(path)

    def _time(self, name: str, value: str, line: int, *, required: bool = False) -> None:
        if value and _TIME.fullmatch(value):
            return
        if value or required:
            rule = "AR-57" if value else "AR-58"
            self.report(
                rule,
                f"{name} phải có dạng YYYY-MM-DDThh:mm:ss.s+07:00.",
                field=name,
                value=value,
                line=line,
            )

    def _dangling(self, name: str, value: str, line: int) -> None:
        self.report("AR-67", f"{name} trỏ tới ID không có.", field=name, value=value, line=line)

    def _warn(self, rule: str, message: str, name: str, value: str) -> None:
        severity: Severity = "warning"
        self.report(rule, message, field=name, value=value, severity=severity)
