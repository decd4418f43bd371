"""From a package in a store to the rows that it preserves; writes nothing.

What `records.json` bears is taken from there; of a package that was sealed before there was one,
what EAD, PREMIS and METS say, and `gaps` names what they do not.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from tangthu.archive import borne
from tangthu.archive.earlier import of_other_logs
from tangthu.kernel import clock
from tangthu.kernel.deployment import isolated
from tangthu.records.actions.rebuild_records import BorneDocument, BorneDossier, BorneFile
from tangthu.records.fields import own_fields
from tangthu.records.levels import NOBODYS, level_of, split, strictest
from tangthu.records.models import ContentFile, Custody, Document, Dossier
from tangthu.repository.closed_beside import Closed
from tangthu.repository.stored import StoredObject
from tangthu.standards.tt05.descriptions import DocumentDescription, DossierDescription
from tangthu.standards.tt05.reader import ReadDocument, ReadFile, ReadPackage, read_source
from tangthu.standards.vietnamese.dates import PartialDate

_RECORDS = f"metadata/preservation/{borne.NAME}"
_EXTRA = "metadata/descriptive/extra.json"
# What an element of a document repeats of its dossier.
_NOT_COLUMNS = {"archive_file_code", "ordinal"}
_LEVELS = ("01", "02", NOBODYS)
_LARGEST = 64 * 1024 * 1024


class NotUnderstood(Exception):
    """The package cannot become records here; the words say why, and name no record."""


@dataclass(frozen=True, slots=True)
class Stood:
    """Where the records stood: what the package bears of body, fonds, inventory and box."""

    body: Mapping[str, Any]
    fonds: Mapping[str, Any]
    inventory: Mapping[str, Any]
    place: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that a package says. `earlier`: events of the log it came from, `origin`."""

    package_id: uuid.UUID
    dossier: BorneDossier
    stood: Stood
    origin: str
    earlier: int
    gaps: Sequence[str] = field(default_factory=tuple)


def understood(stored: StoredObject, closed: Closed) -> Found:
    """Read what a package says; `closed` is what stands beside it of records closed since.

    Raises NotUnderstood, and the errors of reading packages.
    """
    read = read_source(stored)
    if read.id is None or read.package_type != "AIP" or not read.documents:
        raise NotUnderstood(_("không phải gói lưu trữ (AIP_hoso)"))
    if read.findings:
        raise NotUnderstood(_("mô tả trong gói có chỗ không đọc được"))
    said = _records(stored)
    if said and said["mode"] != settings.DEPLOYMENT_MODE:
        raise NotUnderstood(_("gói thuộc chế độ triển khai khác"))
    gaps = [] if said else [_("gói đóng trước khi có records.json: thiếu hộp, mục lục, ngày tạo")]
    extra = {} if said else _extra(stored)
    dossier_id = read.dossier_id
    if dossier_id is None:
        raise NotUnderstood(_("gói không ghi mã định danh của hồ sơ"))
    when = dt.datetime.fromisoformat(read.created)
    columns = _dossier(read, said, extra, when)
    documents = [_document(one, read, said, extra, when, closed) for one in read.documents]
    _close(columns, closed.levels.get(str(dossier_id)), Dossier)
    levels = {columns["access_level"], *(one.columns["access_level"] for one in documents)}
    secret = any(one.get("secrecy") for one in (columns, *(one.columns for one in documents)))
    if not isolated() and (secret or NOBODYS in levels):
        raise NotUnderstood(_("gói tự khai là bí mật nhà nước: không lập lại ở hệ thống này"))
    logs = {one.place.origin for one in read.events if one.place is not None}
    origin = said["body"]["log"] if said else (min(logs) if logs else "")
    return Found(
        package_id=read.id,
        dossier=BorneDossier(dossier_id, columns, documents),
        stood=_stood(read, said),
        origin=origin,
        earlier=len(of_other_logs(read, "").events),
        gaps=gaps,
    )


def _records(stored: StoredObject) -> dict[str, Any]:
    if _RECORDS not in stored.inventory.sizes:
        return {}
    try:
        return borne.read(_small(stored, _RECORDS))
    except ValueError:
        raise NotUnderstood(_("records.json không đọc được")) from None


def _extra(stored: StoredObject) -> dict[str, str]:
    if _EXTRA not in stored.inventory.sizes:
        return {}
    try:
        found = json.loads(_small(stored, _EXTRA))
    except ValueError:
        raise NotUnderstood(_("extra.json không đọc được")) from None
    return found if isinstance(found, dict) else {}


def _small(stored: StoredObject, path: str) -> bytes:
    with stored.open(path) as handle:
        return handle.read(_LARGEST)


def _stood(read: ReadPackage, said: Mapping[str, Any]) -> Stood:
    if said:
        return Stood(said["body"], said["fonds"], said["inventory"], said["place"])
    code = read.dossier.archive_file_code
    fonds = {"code": read.fonds_code, "name": read.organisation, "language_codes": ["01"]}
    place = {"box": "", "number": code.rsplit(".", 1)[-1][:60]}
    return Stood({"prefix": code}, fonds, {"code": "01", "title": ""}, place)


def _dossier(
    read: ReadPackage, said: Mapping[str, Any], extra: Mapping[str, str], when: dt.datetime
) -> dict[str, Any]:
    columns = _columns(read.dossier)
    code = read.dossier.archive_file_code
    if said:
        own = dict(said["dossier"])
    else:
        own = {"file_code": code, "custody": Custody.HISTORICAL, **_beyond(Dossier, extra, code)}
    return _as_rows(Dossier, columns | own, when)


def _document(
    one: ReadDocument,
    read: ReadPackage,
    said: Mapping[str, Any],
    extra: Mapping[str, str],
    when: dt.datetime,
    closed: Closed,
) -> BorneDocument:
    columns = _columns(one.description)
    code = one.description.record_archive_code
    if one.id is None or one.description.ordinal is None:
        raise NotUnderstood(_("gói không ghi mã định danh của tài liệu"))
    if said:
        own = said["documents"].get(str(one.id))
        if own is None:
            raise NotUnderstood(_("records.json không nói về một tài liệu của gói"))
    else:
        own = {
            "custody": Custody.HISTORICAL,
            "retention_code": read.dossier.retention_code,
            **_beyond(Document, extra, code),
        }
    columns = _as_rows(Document, columns | own, when)
    _close(columns, closed.levels.get(str(one.id)), Document)
    files = [_file(file, n, said) for n, file in enumerate(one.files, start=1)]
    return BorneDocument(
        one.id, one.description.ordinal, columns, files, str(one.id) in closed.withheld
    )


def _file(file: ReadFile, number: int, said: Mapping[str, Any]) -> BorneFile:
    if file.id is None or file.size < 0:
        raise NotUnderstood(_("gói không ghi mã định danh của tệp"))
    own = said["files"].get(str(file.id)) if said else None
    columns = own or {
        "position": number,
        "kind": ContentFile.Kind.ORIGINAL,
        "media_type": file.media_type,
        "format_id": file.pronom_id,
        "format_name": file.format_name,
    }
    told = {**columns, "size": file.size, "sha256": file.sha256}
    return BorneFile(file.id, os.fsencode(file.original_name), told)


def _columns(described: DossierDescription | DocumentDescription) -> dict[str, Any]:
    """The elements of a description by column; one not stated keeps the column's default."""
    found: dict[str, Any] = {}
    for one in fields(described):
        value = getattr(described, one.name)
        if one.name in _NOT_COLUMNS and not isinstance(described, DossierDescription):
            continue
        if isinstance(value, PartialDate):
            value = str(value)
        elif isinstance(value, tuple):
            value = list(value)
        if value is not None:
            found[one.name] = value
    if found.get("access_level") not in _LEVELS:
        found["access_level"] = NOBODYS
    return found


def _beyond(
    model: type[Dossier] | type[Document], extra: Mapping[str, str], code: str
) -> dict[str, Any]:
    """Of an older package: what extra.json says of one record, by its code."""
    mine = {
        key.removeprefix(f"{code}|"): text
        for key, text in extra.items()
        if key.startswith(f"{code}|")
    }
    found: dict[str, Any] = {}
    for own in own_fields(model, clock.now().date()):
        if own.name in mine:
            found[own.identifier] = model._meta.get_field(own.identifier).to_python(
                mine.pop(own.name)
            )
    if "secrecy" in mine:
        found["secrecy"] = mine.pop("secrecy")
    return {**found, "extra": mine}


def _as_rows(
    model: type[Dossier] | type[Document], values: Mapping[str, Any], when: dt.datetime
) -> dict[str, Any]:
    """The values as the columns take them. Raises NotUnderstood for one that does not fit."""
    moment = values.get("created_at")
    columns = {**values, "created_at": dt.datetime.fromisoformat(moment) if moment else when}
    for name, value in columns.items():
        limit = getattr(model._meta.get_field(name), "max_length", None)
        if limit is not None and isinstance(value, str) and len(value) > limit:
            raise NotUnderstood(_("một giá trị dài hơn cột của nó: {name}").format(name=name))
    if columns.get("secrecy"):
        columns["access_level"] = NOBODYS
    return columns


def _close(
    columns: dict[str, Any], level: str | None, model: type[Dossier] | type[Document]
) -> None:
    """Let the stricter of two levels hold: what was closed after the sealing stays closed."""
    if level is None:
        return
    here = level_of(model(access_level=columns["access_level"], secrecy=columns.get("secrecy")))
    levels, degrees = split([strictest([here, level])])
    columns["secrecy"] = degrees[0] if degrees else None
    columns["access_level"] = NOBODYS if degrees else levels[0]
