"""What goes in and out, as the OpenAPI document tells it.

Moments are RFC 3339 in UTC or with an offset; dates of records are partial ISO dates ("2010",
"2010-02", "2010-02-04"). What is not told to a viewer is null or left out.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Value = str | int | bool | list[str] | None


class Closed(Schema):
    """A document that is sent: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=20_000)


class Count(Schema):
    total: int
    capped: bool


class BodyRef(Schema):
    id: uuid.UUID
    code: str
    name: str


class Me(Schema):
    key: str
    name: str
    person: str
    position: str
    body: BodyRef
    scopes: list[str]
    rights: list[str]
    expires_at: dt.datetime
    requests_per_minute: int
    burst: int


class Hit(Schema):
    id: uuid.UUID
    kind: str
    code: str
    title: str
    issuer: str
    date: str
    record_type: str
    dossier: uuid.UUID | None
    access_level: str
    snippet: str
    title_lit: list[tuple[int, int]]
    snippet_lit: list[tuple[int, int]]


class Hits(Schema):
    items: list[Hit]
    count: Count
    by_kind: dict[str, int | None]
    widened: bool
    next: str | None


class Line(Schema):
    id: uuid.UUID
    kind: str
    code: str
    title: str
    issuer: str
    date_from: str
    date_to: str
    record_type: str
    retention_code: str
    access_level: str
    sealed: bool
    dossier: uuid.UUID | None


class FacetValue(Schema):
    value: str
    count: int


class Lines(Schema):
    items: list[Line]
    count: Count
    facets: dict[str, list[FacetValue]]
    next: str | None
    previous: str | None


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


class Inventory(Schema):
    id: uuid.UUID
    code: str
    title: str


class FondsLine(Schema):
    id: uuid.UUID
    code: str
    name: str
    body: BodyRef
    status: str


class FondsList(Schema):
    items: list[FondsLine]
    next: str | None


class Fonds(FondsLine):
    agency_code: str
    description: dict[str, Value]
    inventories: list[Inventory]
    dossiers: Count
    documents: Count
    state: str


class Entry(Schema):
    when: dt.datetime
    who: str
    as_what: str
    did: str
    note: str


class History(Schema):
    items: list[Entry]
    left_out: int


class Job(Schema):
    id: uuid.UUID
    kind: str
    label: str
    state: str
    done: int
    total: int | None
    unit: str
    stop_requested: bool
    subject: uuid.UUID | None
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    message: str
    hint: str


class Jobs(Schema):
    items: list[Job]
    next: str | None


class Change(Closed):
    """Fields of a description and, all of them, the further rows."""

    description: dict[str, Value] = Field(default_factory=dict, max_length=100)
    extra: dict[str, str] | None = Field(default=None, max_length=200)


class Changed(Schema):
    changed: list[str]
    warnings: dict[str, list[str]]
    state: str
    waits: uuid.UUID | None = None


class NewFonds(Closed):
    body: uuid.UUID
    code: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=300)
    agency_code: str = Field(min_length=1, max_length=40)


class OpenPoint(Schema):
    ordinal: int | None
    words: str
    blocks: bool


class Ahead(Schema):
    version: int | None
    documents: int | None
    files: int | None
    bytes: int | None
    open: list[OpenPoint]
    state: str
    behind: bool


class Seal(Closed):
    state: str = Field(min_length=1, max_length=64)


class Withheld(Schema):
    id: uuid.UUID
    reported_at: dt.datetime
    document_code: str


class WithheldList(Schema):
    items: list[Withheld]


class Release(Closed):
    basis: str = Field(min_length=1, max_length=200)


class Suspect(Schema):
    id: uuid.UUID
    arrived_at: dt.datetime
    size: int
    batch: uuid.UUID


class Suspects(Schema):
    items: list[Suspect]


class SuspectDecision(Closed):
    decision: Literal["not_secret", "declassified", "purged"]
    basis: str = Field(default="", max_length=200)


class Batch(Schema):
    id: uuid.UUID
    name: str
    state: str
    body: BodyRef
    fonds: uuid.UUID
    created_at: dt.datetime
    checked_at: dt.datetime | None
    answers: dict[str, str]
    refused_secret: int


class Batches(Schema):
    items: list[Batch]
    next: str | None


class Begun(Schema):
    batch: Batch
    job: Job


class Ready(Schema):
    dossiers: int
    documents: int


class BatchState(Batch):
    job: Job | None
    rows: int | None
    files: int | None
    open: dict[str, int]
    complete: Ready | None
    all_proposals: Ready | None
    all_taken: bool | None
    lists: list[str]
    held: int
    outcome: dict[str, Any] | None


class Repair(Schema):
    field: str
    value: str
    basis: str
    snippet: str


class Finding(Schema):
    id: str
    shape: str
    code: str
    severity: str
    target: str
    place: str
    words: str
    state: str
    takeable: bool
    repairs: list[Repair]


class Findings(Schema):
    items: list[Finding]
    total: int
    next: str | None


class Waiting(Schema):
    target: str
    reasons: list[str]


class WaitingList(Schema):
    items: list[Waiting]
    total: int
    next: str | None


class Decision(Closed):
    kind: Literal["take", "edit", "ignore"]
    target: str = Field(min_length=1, max_length=400)
    field: str = Field(default="", max_length=100)
    value: str = Field(default="", max_length=20_000)


class Decisions(Closed):
    decisions: list[Decision] = Field(min_length=1, max_length=5000)


class Answers(Closed):
    answers: dict[str, str] = Field(min_length=1, max_length=20)


class Columns(Closed):
    """The field of each column by its number; null for none."""

    columns: dict[str, str | None] = Field(min_length=1, max_length=400)


class ChooseIndex(Closed):
    path: str = Field(max_length=1000)


class FromFolder(Closed):
    fonds: uuid.UUID
    folder: str = Field(min_length=1, max_length=1000)
    name: str = Field(default="", max_length=200)
    answers: dict[str, str] = Field(default_factory=dict, max_length=20)


class Accept(Closed):
    accept: Literal["complete", "all-proposals"]


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


class Log(Schema):
    body: uuid.UUID
    origin: str
    size: int
    signed_size: int
    pending: int
    lag_seconds: float
    root: str
    signed_at: dt.datetime | None
    stopped: str


class Logs(Schema):
    items: list[Log]


class Checkpoint(Schema):
    origin: str
    checkpoint: str
    keys: list[str]


class Verify(Closed):
    """A proof document as `…/proof` gives it."""

    bundle: dict[str, Any]


class Verified(Schema):
    holds: bool
    events: int
    why: str


class Dip(Schema):
    id: uuid.UUID
    code: str
    state: Literal["ordered", "ready", "removed"]
    documents: list[uuid.UUID]
    files: int
    bytes: int
    sha256: str
    ordered_at: dt.datetime
    expires_at: dt.datetime | None
    job: Job | None


class Dips(Schema):
    items: list[Dip]
    next: str | None


class OrderDip(Closed):
    dossier: uuid.UUID | None = None
    places: str = Field(default="", max_length=400)
    documents: list[uuid.UUID] = Field(default_factory=list, max_length=2000)
    purpose_code: str = Field(max_length=10)
    purpose_text: str = Field(max_length=500)
    fee_class: str = Field(default="10", max_length=10)
    research_topic: str = Field(default="", max_length=250)
    note: str = Field(default="", max_length=2000)


class Export(Schema):
    id: uuid.UUID
    source: str
    asked: dict[str, str]
    columns: list[str]
    format: str
    serial: str
    ready: bool
    rows: int | None
    size: int | None
    sha256: str
    ordered_at: dt.datetime
    finished_at: dt.datetime | None
    expires_at: dt.datetime
    job: uuid.UUID | None


class Exports(Schema):
    items: list[Export]
    next: str | None


class OrderExport(Closed):
    source: Literal["search", "dossiers", "documents", "dossier-documents"]
    asked: dict[str, str] = Field(default_factory=dict, max_length=20)
    columns: list[str] = Field(default_factory=list, max_length=60)
    format: Literal["xlsx", "docx", "doc", "pdf"] = "xlsx"


class View(Schema):
    id: uuid.UUID
    name: str
    source: str
    query: str
    owner: str
    own: bool
    shared_with: uuid.UUID | None


class Views(Schema):
    items: list[View]


class NewView(Closed):
    name: str = Field(min_length=1, max_length=120)
    source: Literal["search", "dossiers", "documents"]
    query: str = Field(default="", max_length=3000)
    shared_with: uuid.UUID | None = None


class ChangeView(Closed):
    name: str = Field(min_length=1, max_length=120)
    shared_with: uuid.UUID | None = None


class Use(Schema):
    id: uuid.UUID
    at: dt.datetime
    kind: str
    person: str | None
    body: uuid.UUID
    object: uuid.UUID | None
    serial: str


class Uses(Schema):
    items: list[Use]
    next: str | None


class Bodies(Schema):
    items: list[BodyRef]


class Grant(Schema):
    id: uuid.UUID
    state: Literal["waiting", "unconfirmed", "standing", "refused", "ended"]
    body: uuid.UUID
    right: str
    scope_kind: str
    scope: uuid.UUID | None
    holder_kind: str
    holder: uuid.UUID
    holder_name: str
    effective_from: dt.date
    effective_to: dt.date | None
    decision: str
    asked_by: str
    asked_at: dt.datetime


class Grants(Schema):
    items: list[Grant]
    next: str | None


class NewGrant(Closed):
    right: str = Field(min_length=1, max_length=40)
    scope_kind: Literal["dossier", "document", "fonds", "body"]
    scope: uuid.UUID
    holder_kind: Literal["person", "position", "unit", "group"]
    holder: uuid.UUID
    decision: str = Field(min_length=1, max_length=200)
    until: dt.date | None = None


class Delivery(Schema):
    id: uuid.UUID
    made_at: dt.datetime
    tried_at: dt.datetime | None
    events: int
    attempts: int
    outcome: str
    status: int
    done: bool


class Hook(Schema):
    id: uuid.UUID
    name: str
    url: str
    body: uuid.UUID
    kinds: list[str]
    key_id: str
    public_key: str
    state: Literal["on", "paused", "stopped"]
    why: str
    created_at: dt.datetime
    failing_since: dt.datetime | None


class HookRead(Hook):
    deliveries: list[Delivery]


class Hooks(Schema):
    items: list[Hook]


class NewHook(Closed):
    name: str = Field(min_length=1, max_length=120)
    url: str = Field(min_length=1, max_length=500)
    kinds: list[str] = Field(min_length=1, max_length=100)


class NewBulkAct(Closed):
    of: Literal["dossiers", "documents"]
    act: Literal["export", "contents", "seal", "dip", "grant", "describe", "freeze"]
    args: dict[str, Value] = Field(default_factory=dict, max_length=20)
    asked: dict[str, str] = Field(default_factory=dict, max_length=20)
    ids: list[uuid.UUID] = Field(default_factory=list, max_length=5000)


class BulkAct(Schema):
    id: uuid.UUID
    act: str
    of: str
    args: dict[str, Any]
    digest: str
    able: int
    refused: int
    done: int
    not_done: int
    made_at: dt.datetime
    expires_at: dt.datetime | None
    confirmed_at: dt.datetime | None
    job: uuid.UUID | None


class BulkRow(Schema):
    object: uuid.UUID
    name: str
    outcome: Literal["waiting", "done", "refused"]
    why: str
    old: str | None
    new: str | None


class BulkRows(Schema):
    items: list[BulkRow]
    total: int
    next: str | None


class ConfirmBulkAct(Closed):
    digest: str = Field(max_length=64)


class Frozen(Closed):
    kind: Literal["fonds", "dossier", "document"]
    id: uuid.UUID


class Freeze(Schema):
    id: uuid.UUID
    body: uuid.UUID
    name: str
    decision: str
    frozen_at: dt.datetime
    lifted_at: dt.datetime | None
    lift_decision: str
    things: list[Frozen]
    unnamed: int


class Freezes(Schema):
    items: list[Freeze]
    next: str | None


class NewFreeze(Closed):
    name: str = Field(min_length=1, max_length=200)
    decision: str = Field(min_length=1, max_length=200)
    things: list[Frozen] = Field(min_length=1, max_length=1000)


class LiftFreeze(Closed):
    decision: str = Field(min_length=1, max_length=200)


class StoreFacts(Closed):
    site: str = Field(default="", max_length=100)
    power: str = Field(default="", max_length=100)
    operator: str = Field(default="", max_length=100)
    medium: str = Field(default="", max_length=100)
    vendor: str = Field(default="", max_length=100)
    carrier_since: dt.date | None = None
    carrier_years: int | None = Field(default=None, ge=0, le=32767)
    pace: int = Field(default=0, ge=0, le=2_147_483_647)
    lock_days: int = Field(default=0, ge=0, le=2_147_483_647)


class ChangeStore(StoreFacts):
    """What is not sent stays as it is."""


class NewStore(StoreFacts):
    name: str = Field(min_length=1, max_length=40)
    path: str = Field(min_length=1, max_length=1000)
    kind: Literal["folder", "s3"] = "folder"


class RegisteredStore(Schema):
    uid: uuid.UUID
    name: str
    kind: str
    state: str
    path: str | None
    site: str
    power: str
    operator: str
    medium: str
    vendor: str
    carrier_since: dt.date | None
    carrier_years: int | None
    pace: int
    lock_days: int


class RegisteredStores(Schema):
    items: list[RegisteredStore]


class RetireStore(Closed):
    reason: str = Field(min_length=1, max_length=500)
    decision: str = Field(min_length=1, max_length=500)
