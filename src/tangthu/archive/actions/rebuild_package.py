"""Enter a package of a store in the catalogue again, with everything that it preserves.

The package is read to the last byte first; then one transaction makes the rows that are missing,
each with its event. Killed anywhere and run again, a package is there whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tangthu.archive import packaging
from tangthu.archive.actions.close_as_noted import close_as_noted
from tangthu.archive.models import Fonds, Inventory, Place
from tangthu.archive.rebuilt import Found, NotUnderstood
from tangthu.archive.searchables import reindex_dossiers
from tangthu.archive.states import FONDS_FIELDS, fonds_state, inventory_state
from tangthu.capture.actions.keep_texts import keep_texts
from tangthu.identity.acting import Acting
from tangthu.identity.models import Body, BodyName
from tangthu.kernel import advisory, clock
from tangthu.kernel.errors import Refused
from tangthu.ledger.history import Told, history
from tangthu.ledger.logs import log_of
from tangthu.ledger.record import Event, record
from tangthu.records.actions.rebuild_records import (
    rebuild_dossier,
    renew_dossier,
)
from tangthu.records.models import Document, Dossier
from tangthu.repository.actions.register_store import administered_at
from tangthu.repository.closed_beside import Closed
from tangthu.repository.models import Copy, Package, PackageVersion, Store
from tangthu.repository.stored import StoredObject, StoredVersion
from tangthu.standards import durable

Outcome = Literal["made", "newer", "copy", "there"]
# What a rebuild itself tells of a record, which says nothing of when people changed it.
_OF_REBUILDS = ("records.document.withheld",)


class SameLog(Refused):
    """The body's log here bears the name of the log that the package comes from."""

    http_status = 409


class RecordsThere(Refused):
    """The body holds records here that are in no package of the store."""

    http_status = 409


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of a package: made, taken over because the catalogue knew less of it (`newer`), its
    copy in this store entered, or there already.

    `gaps` says in words what the package does not bear; `exact` whether the records are by digest
    what was sealed.
    """

    outcome: Outcome
    dossier_id: uuid.UUID
    documents: int = 0
    gaps: Sequence[str] = ()
    exact: bool = True


def rebuild_package(
    acting: Acting,
    store: Store,
    stored: StoredObject,
    found: Found,
    texts: Mapping[uuid.UUID, Sequence[str]],
    *,
    own: Container[uuid.UUID],
    strays: Sequence[str] = (),
    closed: Closed,
    take_over: bool = False,
    also: Callable[[Rebuilt], None],
) -> Rebuilt:
    """Make what the package preserves, if it is not there; `also` runs in the transaction.

    `stored` was read through and is whole, but for the `strays` that do not belong into it. `own`
    are the bodies with records that are in no package (`bodies_with_own`). `closed` is the note
    beside the copy. With `take_over` the house goes on under its own log and holds records: what
    it sealed after the moment that it was restored to comes back. Raises NotUnderstood
    where the rows contradict what is there; SameLog, RecordsThere, Refused without the right.
    """
    administered_at(acting)
    with advisory.exclusive(f"seal {found.dossier.id}"), transaction.atomic():
        package = Package.objects.filter(objid=stored.objid).first()
        if package is not None:
            done = _known(acting, store, stored, found, texts, package, strays)
            close_as_noted(acting, package, closed)
        elif take_over:
            body = body_of(found)
            there = Dossier.objects.filter(pk=found.dossier.id).first()
            if there is None:
                done = _make(acting, body, store, stored, found, texts, strays)
            else:
                done = _adopt(acting, body, store, stored, found, texts, strays, there)
        else:
            body = body_of(found)
            require_other_log(body, found)
            require_empty(body, own)
            done = _make(acting, body, store, stored, found, texts, strays)
        also(done)
    durable.point("archive.rebuild.entered")
    return done


def body_of(found: Found) -> Body:
    """The body here whose records the package holds. Raises NotUnderstood if it is not opened."""
    stood = found.stood.body
    if "code" in stood:
        named = BodyName.objects.filter(code=stood["code"]).values("body_id")
        body = Body.objects.filter(pk__in=named).first()
        if body is None:
            words = _("cơ quan {code} ({name}) chưa được mở ở đây")
            raise NotUnderstood(words.format(code=stood["code"], name=stood["name"]))
        return body
    for body in Body.objects.order_by("code"):
        if stood["prefix"].startswith(f"{body.archive_code}.{body.code}."):
            return body
    raise NotUnderstood(_("gói cũ, không biết của cơ quan nào ở đây"))


def require_other_log(body: Body, found: Found) -> None:
    """Raise SameLog if this house would go on under the name of the log that is lost (IN-90)."""
    if found.origin and log_of(body.pk).origin.lower() == found.origin.lower():
        raise SameLog(
            _("Sổ cái mới của {body} mang đúng tên gốc của sổ cái đã mất ({origin}).").format(
                body=body.short_name, origin=found.origin
            ),
            hint=_("Một tên gốc không được có hai lịch sử: khởi đầu lại với --origin khác."),
            origin=found.origin,
        )


def bodies_with_own() -> frozenset[uuid.UUID]:
    """The bodies that hold records which are in no package."""
    loose = Dossier.objects.exclude(pk__in=Package.objects.values("dossier_id"))
    return frozenset(loose.order_by().values_list("body_id", flat=True).distinct())


def require_empty(body: Body, own: Container[uuid.UUID]) -> None:
    """Raise RecordsThere for a body that went on without what the store holds."""
    if body.pk in own:
        raise RecordsThere(
            _("{body} đã có hồ sơ ở đây không lấy từ kho này.").format(body=body.short_name),
            hint=_("Chỉ lập lại danh mục trong nhà chưa nhận hồ sơ mới của cơ quan đó."),
        )


def _known(
    acting: Acting,
    store: Store,
    stored: StoredObject,
    found: Found,
    texts: Mapping[uuid.UUID, Sequence[str]],
    package: Package,
    strays: Sequence[str],
) -> Rebuilt:
    """Of the histories of one package the longest holds, if each is the beginning of the next."""
    mine = package.versions.order_by("number").values_list("inventory_sha256", flat=True)
    catalogued, versions = list(mine), stored.versions()
    there = [one.inventory_sha256 for one in versions]
    shared = min(len(catalogued), len(there))
    if catalogued[:shared] != there[:shared]:
        raise NotUnderstood(_("kho này giữ một lịch sử khác với danh mục"))
    if len(there) > len(catalogued):
        body = package.body
        _documents_free(body, found)
        return _take(acting, body, store, stored, found, texts, strays)
    if Copy.objects.filter(package=package, store=store).exists():
        return Rebuilt("there", package.dossier_id)
    behind = len(there) < len(catalogued)
    _copy(package, store, strays, whole="behind" if behind else "")
    record(
        Event(
            kind="repository.package.found",
            obj=package.pk,
            body=package.body_id,
            actor=acting.actor(package.body_id),
            detail={"store": store.name, "version": len(there)},
        )
    )
    words = _("bản ở đây là v{here}, danh mục đã có v{head}: phục hồi bằng fixity --repair")
    gaps = [words.format(here=len(there), head=len(catalogued))] if behind else []
    return Rebuilt("copy", package.dossier_id, gaps=gaps)


def _adopt(
    acting: Acting,
    body: Body,
    store: Store,
    stored: StoredObject,
    found: Found,
    texts: Mapping[uuid.UUID, Sequence[str]],
    strays: Sequence[str],
    there: Dossier,
) -> Rebuilt:
    """Enter a package of which the catalogue has the dossier, unsealed."""
    fits = (
        there.body_id == body.pk
        and there.archive_file_code == found.dossier.columns["archive_file_code"]
        and not Package.objects.filter(dossier_id=there.pk).exists()
    )
    if not fits:
        raise NotUnderstood(_("hồ sơ này hoặc mã của nó đã có ở đây, từ gói khác"))
    _documents_free(body, found)
    return _take(acting, body, store, stored, found, texts, strays)


def _take(
    acting: Acting,
    body: Body,
    store: Store,
    stored: StoredObject,
    found: Found,
    texts: Mapping[uuid.UUID, Sequence[str]],
    strays: Sequence[str],
) -> Rebuilt:
    """Enter versions that the catalogue does not know of a dossier that it has.

    The records become what the newest version says, unless somebody changed them here after it.
    """
    versions, gaps = stored.versions(), list(found.gaps)
    if _changed_since(found, versions[-1].sealed_at):
        gaps.append(_("hồ sơ được sửa ở đây sau phiên bản này: giữ mô tả ở đây, đóng gói lại"))
        dossier = Dossier.objects.get(pk=found.dossier.id)
    else:
        told = {"package": stored.objid, "inventory": stored.inventory_sha256}
        inventory = _inventory(acting, body, found, versions[-1], told)
        dossier = renew_dossier(
            acting, body, found.dossier,
            told={**told, "log": found.origin, "earlier": found.earlier},
        )  # fmt: skip
        Place.objects.update_or_create(
            dossier=dossier, defaults={"inventory": inventory, **found.stood.place}
        )
        keep_texts(texts)
    exact = _enter(acting, store, stored, found, dossier, versions, strays)
    reindex_dossiers([dossier.pk])
    return Rebuilt("newer", dossier.pk, len(found.dossier.documents), gaps, exact)


def _changed_since(found: Found, moment: dt.datetime) -> bool:
    ids = [found.dossier.id, *(one.id for one in found.dossier.documents)]
    return any(event.when >= moment for event in history(*ids) if _by_people(event))


def _by_people(event: Told) -> bool:
    return not event.kind_name.endswith(".rebuilt") and event.kind_name not in _OF_REBUILDS


def _copy(package: Package, store: Store, strays: Sequence[str], whole: str = "") -> None:
    wrong = [*([["", whole]] if whole else ()), *([path, "extra"] for path in strays[:20])]
    Copy.objects.update_or_create(
        package=package,
        store=store,
        defaults={
            "state": Copy.State.BAD if wrong else Copy.State.GOOD,
            "verified_at": clock.now(),
            "problem": json.dumps(wrong, ensure_ascii=False) if wrong else "",
        },
    )


def _make(
    acting: Acting,
    body: Body,
    store: Store,
    stored: StoredObject,
    found: Found,
    texts: Mapping[uuid.UUID, Sequence[str]],
    strays: Sequence[str],
) -> Rebuilt:
    _free(body, found)
    told = {"package": stored.objid, "inventory": stored.inventory_sha256}
    versions = stored.versions()
    inventory = _inventory(acting, body, found, versions[-1], told)
    dossier = rebuild_dossier(
        acting,
        body,
        found.dossier,
        newer=_newer(found, versions[-1]),
        told={**told, "log": found.origin, "earlier": found.earlier},
    )
    Place(dossier=dossier, inventory=inventory, **found.stood.place).save(force_insert=True)
    keep_texts(texts)
    exact = _enter(acting, store, stored, found, dossier, versions, strays)
    reindex_dossiers([dossier.pk])
    return Rebuilt("made", dossier.pk, len(found.dossier.documents), found.gaps, exact)


def _free(body: Body, found: Found) -> None:
    """Raise NotUnderstood if what the package preserves is there as something else."""
    code = found.dossier.columns["archive_file_code"]
    if Dossier.objects.filter(archive_file_code=code).exists() or Dossier.objects.filter(
        pk=found.dossier.id
    ):
        raise NotUnderstood(_("hồ sơ này hoặc mã của nó đã có ở đây, từ gói khác"))
    _documents_free(body, found)


def _documents_free(body: Body, found: Found) -> None:
    for one in found.dossier.documents:
        code = one.columns["record_archive_code"]
        for there in Document.objects.filter(record_archive_code=code):
            if there.pk != one.id or there.body_id != body.pk:
                raise NotUnderstood(_("mã của một tài liệu đã có ở đây, từ gói khác"))
    taken = Document.objects.filter(pk__in=[one.id for one in found.dossier.documents])
    if taken.exclude(body=body).exists():
        raise NotUnderstood(_("một tài liệu của gói thuộc cơ quan khác ở đây"))


def _newer(found: Found, head: StoredVersion) -> frozenset[uuid.UUID]:
    """The documents of which no package that is entered was sealed later than this one."""
    return frozenset(
        one.id
        for one in found.dossier.documents
        if (last := _last(memberships__document_id=one.id)) is None or last < head.sealed_at
    )


def _last(**of: Any) -> Any:
    dossiers = Dossier.objects.filter(**of).values("pk")
    versions = PackageVersion.objects.filter(package__dossier_id__in=dossiers)
    return versions.aggregate(last=Max("sealed_at"))["last"]


def _inventory(
    acting: Acting, body: Body, found: Found, head: StoredVersion, told: Mapping[str, Any]
) -> Inventory:
    """The inventory in which the dossier stood, and its fonds, made if they are not there."""
    borne = found.stood
    fonds = Fonds.objects.select_for_update().filter(body=body, code=borne.fonds["code"]).first()
    if fonds is None:
        values = {name: borne.fonds[name] for name in FONDS_FIELDS if name in borne.fonds}
        fonds = Fonds(body=body, **{"agency_code": body.code, **values, **_id(borne.fonds)})
        fonds.save(force_insert=True)
        _tell(acting, body, "archive.fonds.rebuilt", fonds, fonds_state(fonds), told)
    elif "id" in borne.fonds:
        _describe_again(acting, body, fonds, found, head, told)
    code = borne.inventory["code"]
    inventory = Inventory.objects.filter(fonds=fonds, code=code).first()
    if inventory is None:
        inventory = Inventory(
            fonds=fonds, code=code, title=borne.inventory["title"], **_id(borne.inventory)
        )
        inventory.save(force_insert=True)
        _tell(
            acting, body, "archive.inventory.rebuilt", inventory, inventory_state(inventory), told
        )
    return inventory


def _describe_again(
    acting: Acting,
    body: Body,
    fonds: Fonds,
    found: Found,
    head: StoredVersion,
    told: Mapping[str, Any],
) -> None:
    """Let the description of the fonds be that of the package that was sealed last."""
    last = _last(place__inventory__fonds=fonds)
    values = {name: found.stood.fonds[name] for name in FONDS_FIELDS}
    changed = [name for name, value in values.items() if getattr(fonds, name) != value]
    if not changed or (last is not None and last > head.sealed_at):
        return
    for name in changed:
        setattr(fonds, name, values[name])
    fonds.save(update_fields=changed)
    _tell(acting, body, "archive.fonds.rebuilt", fonds, fonds_state(fonds), told)


def _id(borne: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": uuid.UUID(borne["id"])} if "id" in borne else {}


def _tell(
    acting: Acting,
    body: Body,
    kind: str,
    row: Fonds | Inventory,
    state: tuple[str, Mapping[str, Any]],
    told: Mapping[str, Any],
) -> None:
    record(
        Event(
            kind=kind,
            obj=row.pk,
            body=body.pk,
            actor=acting.actor(body.pk),
            state=state,
            ref=row.code,
            detail={**told, "code": row.code},
        )
    )


def _enter(
    acting: Acting,
    store: Store,
    stored: StoredObject,
    found: Found,
    dossier: Dossier,
    versions: Sequence[StoredVersion],
    strays: Sequence[str],
) -> bool:
    """The package with its versions and its copy here; whether the records are what was sealed.

    The digest of a sealed state covers the body's identifier, which is another one in this house:
    it is recomputed with the one of then, and if it is the same, that of now takes its place.
    """
    head = versions[-1]
    then = found.stood.body.get("id")
    exact = then is not None and (
        packaging.state_digest(dossier, uuid.UUID(then)) == head.state_sha256
    )
    package = Package.objects.filter(objid=stored.objid).first() or Package(
        id=found.package_id,
        body_id=dossier.body_id,
        dossier_id=dossier.pk,
        objid=stored.objid,
        head=0,
    )
    known, package.head = package.head, head.number
    package.save()
    # What other stores have of it is not known any more until somebody looks.
    Copy.objects.filter(package=package).update(state=Copy.State.UNCHECKED)
    PackageVersion.objects.bulk_create(
        PackageVersion(
            package=package,
            number=one.number,
            record_status=one.record_status,
            sealed_at=one.sealed_at,
            mets_sha256=one.mets_sha256,
            inventory_sha256=one.inventory_sha256,
            state_sha256=(
                packaging.state_digest(dossier) if exact and one is head else one.state_sha256
            ),
            files=one.files,
            bytes=one.bytes,
        )
        for one in versions[known:]
    )
    _copy(package, store, strays)
    record(
        Event(
            kind="repository.package.rebuilt",
            obj=package.pk,
            body=package.body_id,
            actor=acting.actor(package.body_id),
            content=[
                {"id": "mets", "alg": "sha-256", "h": head.mets_sha256, "sz": 0, "fmt": "METS"},
                {"id": "inventory", "alg": "sha-256", "h": head.inventory_sha256, "sz": 0,
                 "fmt": "OCFL"},
            ],
            ref=stored.objid,
            detail={"version": head.number, "store": store.name, "dossier": str(dossier.pk),
                    "inventory": stored.inventory_sha256},
        )
    )  # fmt: skip
    return exact
