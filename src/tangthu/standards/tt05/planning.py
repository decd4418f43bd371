"""Planning a package of any kind: structure, generated files, what goes where (AR-56…59, AR-63).

Metadata is written into a work folder; content stays where it is. The same input gives the same
bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from tangthu.standards import premis
from tangthu.standards.tt05 import mets_files
from tangthu.standards.tt05.findings import Finding, short
from tangthu.standards.tt05.identifiers import folder_name
from tangthu.standards.tt05.names import data_names
from tangthu.standards.tt05.package import (
    PackagedDocument,
    PackageFrame,
    PackagePlan,
    PlannedFile,
)
from tangthu.standards.tt05.premis_files import PremisFiles, StoredContent, file_uuid
from tangthu.standards.tt05.schemas import NAMES, schema_bytes

REP = "representations/rep1"
STATUSES = ("NEW", "SUPPLEMENT", "REPLACEMENT", "TEST", "OTHER")
_MAX_ORDINAL = 9_999_999
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_EXTRA_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")


def structure_faults(package: PackageFrame) -> list[Finding]:
    """Return what no tolerance can mend: without it a package could not be written or read."""
    found: list[Finding] = []

    def refuse(rule: str, name: str, value: object, message: str, place: str = "gói") -> None:
        found.append(
            Finding(rule, "error", place, message, "Sửa rồi đóng gói lại.", name, short(value))
        )

    if not package.documents:
        refuse("RM-803", "documents", "", "Gói không có tài liệu nào.")
    if not package.fonds_code:
        refuse("AR-58", "fonds_code", "", "Thiếu mã phông.")
    if package.record_status not in STATUSES:
        refuse(
            "AR-58",
            "RECORDSTATUS",
            package.record_status,
            "Trạng thái gói không có trong danh mục.",
        )
    ordinals = [document.description.ordinal for document in package.documents]
    if any(number is None or not 1 <= number <= _MAX_ORDINAL for number in ordinals):
        refuse("RM-813", "docOrdinal", "", "Có tài liệu thiếu hoặc sai số thứ tự.")
    elif len(set(ordinals)) != len(ordinals):
        refuse("RM-813", "docOrdinal", "", "Hai tài liệu trùng số thứ tự.")
    for position, document in enumerate(package.documents, start=1):
        place = f"tài liệu {position}"
        if not document.files:
            refuse("AR-67", "files", "", "Tài liệu không có tệp nào.", place)
        for content in document.files:
            if not _SHA256.fullmatch(content.sha256) or content.size < 0:
                refuse(
                    "AR-59", "sha256", content.sha256, "Tệp thiếu SHA-256 hoặc dung lượng.", place
                )
            if not _encodable(content.original_name):
                refuse(
                    "AR-63", "originalName", "", "Tên tệp gốc trống hoặc không ghi lại được.", place
                )
    _preservation(package, refuse)
    return found


def _preservation(package: PackageFrame, refuse: Callable[[str, str, object, str], None]) -> None:
    if not package.events:
        refuse("AR-63", "events", "", "Gói không có sự kiện bảo quản nào.")
    identifiers = [event.identifier for event in package.events]
    if len(set(identifiers)) != len(identifiers):
        refuse("AR-63", "eventIdentifier", "", "Hai sự kiện trùng mã định danh.")
    agents = {identifier for agent in package.agents for identifier in agent.identifiers}
    for event in package.events:
        if event.type not in premis.EVENT_TYPES:
            message = "Loại sự kiện không có trong danh mục của Thư viện Quốc hội Hoa Kỳ."
            refuse("AR-64", "eventType", event.type, message)
        for link in event.agents:
            if link.identifier not in agents:
                refuse(
                    "AR-63",
                    "agent",
                    link.identifier.value,
                    "Tác nhân của sự kiện không được mô tả.",
                )
    names = [item.name for item in package.metadata]
    plain = all(_EXTRA_NAME.fullmatch(name) and name != "PREMIS.xml" for name in names)
    if not plain or len({name.casefold() for name in names}) != len(names):
        refuse("AR-56", "metadata", "", "Tên tệp siêu dữ liệu bổ sung không dùng được.")


class Planner:
    """Writes what is generated of a package and says which file goes where.

    `head`: the bytes of EAD.xml; `describe`: those of a document's EAD_doc; `extra`: additional
    description, key → value.
    """

    def __init__(
        self,
        package: PackageFrame,
        work: Path,
        *,
        head: bytes,
        describe: Callable[[PackagedDocument], bytes],
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.package = package
        self.work = work
        self.head = head
        self.describe = describe
        self.extra = extra
        self.files: list[PlannedFile] = []

    def plan(self) -> PackagePlan:
        """Return the plan. Raises `ForbiddenCharacterError` or OSError."""
        contents = self._contents()
        for item in contents:
            self._add(item.path, item.content.source, item.content.size, item.content.sha256)
        for name in NAMES:
            content = schema_bytes(name, self.package.kind.package_type)
            self._generate(f"schemas/{name}", _bytes(content))
        head = self._generate("metadata/descriptive/EAD.xml", _bytes(self.head))
        described = [
            self._generate(
                f"{REP}/metadata/descriptive/EAD_doc_{document.description.ordinal:07d}.xml",
                _bytes(self.describe(document)),
            )
            for document in self.package.documents
        ]
        extra = self._extra()
        for more in self.package.metadata:
            path = f"metadata/preservation/{more.name}"
            self._add(path, more.source, more.size, more.sha256)
        entities = PremisFiles(self.package, contents)
        rep_premis = self._generate(
            f"{REP}/metadata/preservation/PREMIS_rep1.xml", entities.write_representation
        )
        root_premis = self._generate("metadata/preservation/PREMIS.xml", entities.write_package)
        builder = mets_files.MetsFiles(self.package, contents)
        rep_mets = self._generate(
            f"{REP}/METS.xml", lambda out: builder.write_representation(out, described, rep_premis)
        )
        schemas = [f for f in self.files if f.path.startswith("schemas/")]
        root = self._generate(
            "METS.xml",
            lambda out: builder.write_package(out, head, extra, root_premis, schemas, rep_mets),
        )
        objid = self.package.object_id
        return PackagePlan(
            objid, folder_name(objid), tuple(sorted(self.files, key=lambda f: f.path)), root.sha256
        )

    def _contents(self) -> list[StoredContent]:
        flat = [(d, n, c) for d in self.package.documents for n, c in enumerate(d.files)]
        names = data_names(content.original_name for _, _, content in flat)
        return [
            StoredContent(
                path=f"{REP}/data/{name}",
                document=document,
                position=position,
                content=content,
                id=file_uuid(self.package, document, position),
            )
            for (document, position, content), name in zip(flat, names, strict=True)
        ]

    def _extra(self) -> PlannedFile | None:
        if not self.extra:
            return None
        text = json.dumps(dict(self.extra), ensure_ascii=False, sort_keys=True, indent=1)
        return self._generate("metadata/descriptive/extra.json", _bytes(f"{text}\n".encode()))

    def _add(self, path: str, source: Path | bytes, size: int, sha256: str) -> PlannedFile:
        planned = PlannedFile(path, source, size, sha256.lower())
        self.files.append(planned)
        return planned

    def _generate(self, path: str, write: Callable[[BinaryIO], None]) -> PlannedFile:
        target = self.work / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as out:
            write(out)
        with target.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        return self._add(path, target, target.stat().st_size, digest)


def _bytes(data: bytes) -> Callable[[BinaryIO], None]:
    def write(out: BinaryIO) -> None:
        out.write(data)

    return write


def _encodable(name: str) -> bool:
    try:
        name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return bool(name)
