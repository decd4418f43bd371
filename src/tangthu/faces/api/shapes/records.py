"""Dossiers and documents: what is said of one, its files, its place, its history."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Literal

from ninja import Schema

from tangthu.faces.api.shapes.base import BodyRef, Value


class FileRef(Schema):
    id: uuid.UUID
    kind: str
    position: int
    name: str
    size: int
    sha256: str
    media_type: str
    format: str
    pages: int


class PlaceRef(Schema):
    fonds: uuid.UUID
    fonds_code: str
    inventory: uuid.UUID
    inventory_code: str
    box: str
    number: str


class CopyState(Schema):
    store: str
    state: str
    verified_at: dt.datetime


class VersionRef(Schema):
    number: int
    sealed_at: dt.datetime
    files: int | None
    bytes: int | None


class PackageState(Schema):
    objid: str
    id: uuid.UUID | None
    versions: list[VersionRef]
    copies: list[CopyState]


class Dossier(Schema):
    id: uuid.UUID
    kind: Literal["dossier"] = "dossier"
    body: BodyRef
    code: str
    title: str
    custody: str
    level: str
    description: dict[str, Value]
    extra: dict[str, Any]
    old_codes: list[str]
    documents: int
    place: PlaceRef | None
    package: PackageState | None
    state: str


class DossierRef(Schema):
    id: uuid.UUID
    code: str
    title: str
    ordinal: int


class Document(Schema):
    id: uuid.UUID
    kind: Literal["document"] = "document"
    body: BodyRef
    code: str
    archive_code: str
    title: str
    custody: str
    level: str
    description: dict[str, Value]
    extra: dict[str, Any]
    old_codes: list[str]
    dossiers: list[DossierRef]
    files: list[FileRef]
    state: str


class InPlace(Schema):
    ordinal: int
    document: uuid.UUID
    code: str
    archive_code: str
    title: str
    record_type: str


class InPlaces(Schema):
    items: list[InPlace]
    next: str | None


class Entry(Schema):
    when: dt.datetime
    who: str
    as_what: str
    did: str
    note: str


class History(Schema):
    items: list[Entry]
    left_out: int
