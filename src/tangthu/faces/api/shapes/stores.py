"""Stores as they stand, packages in them and checks of both."""

from __future__ import annotations

import datetime as dt
import uuid

from ninja import Schema

from tangthu.faces.api.shapes.base import Closed
from tangthu.faces.api.shapes.records import CopyState, VersionRef
from tangthu.faces.api.shapes.work import Job


class StoreState(Schema):
    name: str
    kind: str
    usable: bool
    healthy: bool
    objects: int
    bytes: int
    hurt: int
    lost: int
    unseen: int
    oldest_check: dt.datetime | None


class Stores(Schema):
    items: list[StoreState]


class PackageLine(Schema):
    id: uuid.UUID
    objid: str
    head: int
    dossier: uuid.UUID | None
    files: int | None
    bytes: int | None
    oldest_check: dt.datetime | None


class Packages(Schema):
    items: list[PackageLine]
    next: str | None


class Place(Schema):
    store: str
    path: str
    what: str


class Package(PackageLine):
    versions: list[VersionRef]
    copies: list[CopyState]
    problems: list[Place]


class Check(Schema):
    job: Job
    objects: int | None
    files: int | None
    bad: int | None
    repaired: int | None
    unrepairable: int | None
    unchecked: int | None


class Checks(Schema):
    items: list[Check]
    next: str | None


class CheckPlace(Schema):
    package: str
    store: str
    path: str
    status: str


class CheckFound(Check):
    places: dict[str, list[CheckPlace]]


class OrderCheck(Closed):
    repair: bool = True
