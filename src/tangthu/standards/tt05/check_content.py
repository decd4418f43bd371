"""Judging descriptions and preservation metadata (RM-810, RM-813, AR-52, AR-63, AR-64)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import BinaryIO

from tangthu.standards.premis import (
    EVENT_TYPES,
    Agent,
    Event,
    FileObject,
    Identifier,
    PremisError,
    read_premis,
)
from tangthu.standards.tt05.cross_checks import CrossCheck
from tangthu.standards.tt05.descriptions import (
    DipDescription,
    DocumentDescription,
    DossierDescription,
    RequestDescription,
    Rules,
)
from tangthu.standards.tt05.ead import (
    read_dip_document,
    read_document,
    read_dossier,
    read_request,
)
from tangthu.standards.tt05.findings import Finding, short
from tangthu.standards.xml import XmlError

Open = Callable[[str], BinaryIO]
Stated = dict[str, tuple[int | None, str | None]]
_DIGITISED = "02"


def check_descriptions(
    dossier_path: str | None, document_paths: Iterable[str], open_: Open, rules: Rules, on: date
) -> Iterator[Finding]:
    """Yield what is wrong with EAD.xml and each EAD_doc file, alone and together.

    Raises the errors of `rules` if it has none for the day `on`.
    """
    dossier = DossierDescription()
    if dossier_path is not None:
        try:
            with open_(dossier_path) as handle:
                reading = read_dossier(handle, dossier_path)
        except XmlError as fault:
            yield unreadable(dossier_path, fault, "RM-810")
        else:
            assert isinstance(reading.description, DossierDescription)
            dossier = reading.description
            digitised = dossier.reliability == _DIGITISED
            yield from _once(
                reading.findings,
                dossier.check(rules, on, digitised=digitised, place=dossier_path),
            )
    together = CrossCheck(dossier)
    for path in document_paths:
        try:
            with open_(path) as handle:
                reading = read_document(handle, path)
        except XmlError as fault:
            yield unreadable(path, fault, "RM-813")
            continue
        document = reading.description
        assert isinstance(document, DocumentDescription)
        digitised = document.reliability == _DIGITISED
        yield from _once(
            reading.findings, document.check(rules, on, digitised=digitised, place=path)
        )
        yield from together.add(path, document)
    yield from together.finish(dossier_path or "EAD.xml")


def check_dip_descriptions(
    request_path: str | None, document_paths: Iterable[str], open_: Open, rules: Rules, on: date
) -> Iterator[Finding]:
    """Yield what is wrong with a DIP's request and each of its EAD_doc files (RM-813, RM-816).

    Raises the errors of `rules` if it has none for the day `on`.
    """
    if request_path is not None:
        try:
            with open_(request_path) as handle:
                reading = read_request(handle, request_path)
        except XmlError as fault:
            yield unreadable(request_path, fault, "RM-816")
        else:
            assert isinstance(reading.description, RequestDescription)
            yield from _once(
                reading.findings, reading.description.check(rules, on, place=request_path)
            )
    codes: set[str] = set()
    for path in document_paths:
        try:
            with open_(path) as handle:
                reading = read_dip_document(handle, path)
        except XmlError as fault:
            yield unreadable(path, fault, "RM-813")
            continue
        document = reading.description
        assert isinstance(document, DipDescription)
        digitised = document.reliability == _DIGITISED
        yield from _once(
            reading.findings, document.check(rules, on, digitised=digitised, place=path)
        )
        if document.record_archive_code in codes:
            message = "Mã lưu trữ trùng với tài liệu khác."
            value = short(document.record_archive_code)
            yield Finding("RM-807", "error", path, message, "Bỏ bản trùng.", "arcDocCode", value)
        codes.add(document.record_archive_code)


def check_premis(
    paths: Iterable[str], open_: Open, stated: Stated, *, digitised: bool
) -> Iterator[Finding]:
    """Yield what is wrong with the PREMIS files. `stated`: path → size, SHA-256 by METS.

    `digitised`: a `transfer` event is then expected (AR-64).
    """
    seen: set[Identifier] = set()
    agents: set[Identifier] = set()
    acting: dict[Identifier, str] = {}
    kinds: set[str] = set()
    whole = True
    for path in paths:
        try:
            with open_(path) as handle:
                for item in read_premis(handle):
                    if isinstance(item, FileObject):
                        yield from _file_object(path, item, stated)
                    elif isinstance(item, Agent):
                        agents.update(item.identifiers)
                    elif isinstance(item, Event):
                        yield from _event(path, item, seen)
                        kinds.add(item.type)
                        for link in item.agents:
                            acting.setdefault(link.identifier, path)
        except PremisError as fault:
            whole = False
            yield Finding("AR-63", "error", path, fault.message, fault.hint)
        except XmlError as fault:
            whole = False
            yield unreadable(path, fault, "AR-63")
    for identifier, path in acting.items():
        if identifier not in agents:
            message = "Tác nhân của sự kiện không được mô tả trong gói."
            yield Finding(
                "AR-63", "error", path, message, "Bổ sung agent.", "agent", short(identifier.value)
            )
    if whole and not kinds:
        yield Finding(
            "AR-63", "error", "PREMIS.xml", "Không có sự kiện bảo quản nào.", "Ghi sự kiện tạo gói."
        )
    if whole and kinds and digitised and "transfer" not in kinds:
        message = "Hồ sơ số hóa không có sự kiện transfer."
        yield Finding("AR-64", "warning", "PREMIS.xml", message, "Ghi sự kiện số hóa.", "eventType")


def unreadable(path: str, fault: XmlError, rule: str) -> Finding:
    """Return the finding for an XML file that cannot be read."""
    detail = short(fault.facts.get("detail", ""))
    return Finding(rule, "error", path, fault.message, fault.hint, "", detail)


def _file_object(path: str, item: FileObject, stated: Stated) -> Iterator[Finding]:
    name = short(item.location or item.identifiers[0].value)
    digests = [f.digest.lower() for f in item.fixity if f.algorithm in ("SHA-256", "SHA256")]
    if not digests:
        yield _premis(path, "fixity", name, "Tệp không có mã băm SHA-256.")
    if item.size < 0:
        yield _premis(path, "size", name, "Tệp không có dung lượng.")
    if not (item.format.name or item.format.pronom_id):
        yield _premis(path, "format", name, "Tệp không có định dạng.")
    if not item.location:
        return
    if item.location not in stated:
        message = "PREMIS mô tả tệp không có trong METS."
        yield Finding(
            "AR-67", "error", path, message, "Đối chiếu METS và PREMIS.", "location", name
        )
        return
    size, sha256 = stated[item.location]
    if (sha256 and digests and sha256 not in digests) or (
        size is not None and item.size >= 0 and size != item.size
    ):
        message = "Mã băm hoặc dung lượng trong PREMIS khác với METS."
        yield Finding("AR-67", "error", path, message, "Đối chiếu METS và PREMIS.", "fixity", name)


def _event(path: str, event: Event, seen: set[Identifier]) -> Iterator[Finding]:
    if event.identifier in seen:
        yield _premis(path, "eventIdentifier", event.identifier.value, "Hai sự kiện trùng mã.")
    seen.add(event.identifier)
    if event.type not in EVENT_TYPES:
        message = "Loại sự kiện không có trong danh mục của Thư viện Quốc hội Hoa Kỳ."
        yield Finding(
            "AR-64",
            "error",
            path,
            message,
            "Chọn lại loại sự kiện.",
            "eventType",
            short(event.type),
        )
    if not event.agents:
        yield _premis(path, "linkingAgent", event.identifier.value, "Sự kiện không nêu tác nhân.")


def _premis(path: str, name: str, value: str, message: str) -> Finding:
    return Finding("AR-63", "error", path, message, "Tạo lại tệp PREMIS.", name, short(value))


def _once(read: Iterable[Finding], checked: Iterable[Finding]) -> Iterator[Finding]:
    """A field that could not be read was not left empty: do not report it twice."""
    found = list(read)
    yield from found
    fields = {finding.field for finding in found}
    yield from (finding for finding in checked if finding.field not in fields)
