"""Enter a package of a store in the catalogue again, with everything that it preserves.

The package is read to the last byte first; then one transaction makes the rows that are missing,
each with its event. Killed anywhere and run again, a package is there whole or not at all.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tangthu.archive import packaging
from tangthu.archive.models import Fonds, Inventory, Place
from tangthu.archive.rebuilt import Found, NotUnderstood
from tangthu.archive.searchables import reindex_dossiers
from tangthu.archive.states import FONDS_FIELDS, fonds_state, inventory_state
from tangthu.capture.actions.keep_texts import keep_texts
from tangthu.identity.acting import Acting
from tangthu.identity.models import Body, BodyName
from tangthu.kernel import advisory, clock
from tangthu.kernel.errors import Refused
from tangthu.ledger.logs import log_of
from tangthu.ledger.record import Event, record
from tangthu.records.actions.rebuild_records import rebuild_dossier
from tangthu.records.models import Document, Dossier
from tangthu.repository.actions.register_store import administered_at
from tangthu.repository.models import Copy, Package, PackageVersion, Store
from tangthu.repository.stored import StoredObject, StoredVersion
from tangthu.standards import durable

Outcome = Literal["made", "copy", "there"]


class SameLog(Refused):
    """The body's log here bears the name of the log that the package comes from."""

    http_status = 409


class RecordsThere(Refused):
    """The body holds records here that are in no package of the store."""

    http_status = 409


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of a package: made, its copy in this store entered, or there already.

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
    also: Callable[[Rebuilt], None],
) -> Rebuilt:
    """Make what the package preserves, if it is not there; `also` runs in the transaction.

    `stored` was read through and is whole, but for the `strays` that do not belong into it. `own`
    are the bodies with records that are in no package (`bodies_with_own`). Raises NotUnderstood
    where the rows contradict what is there; SameLog, RecordsThere, Refused without the right.
    """
    administered_at(acting)
    with advisory.exclusive(f"seal {found.dossier.id}"), transaction.atomic():
        package = Package.objects.filter(objid=stored.objid).first()
        if package is not None:
            done = _known(acting, store, stored, package, strays)
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
    package: Package,
    strays: Sequence[str],
) -> Rebuilt:
    head = PackageVersion.objects.get(package=package, number=package.head)
    if head.inventory_sha256 != stored.inventory_sha256:
        raise NotUnderstood(_("kho này giữ phiên bản khác với danh mục"))
    if Copy.objects.filter(package=package, store=store).exists():
        return Rebuilt("there", package.dossier_id)
    _copy(package, store, strays)
    record(
        Event(
            kind="repository.package.found",
            obj=package.pk,
            body=package.body_id,
            actor=acting.actor(package.body_id),
            detail={"store": store.name, "version": package.head},
        )
    )
    return Rebuilt("copy", package.dossier_id)


def _copy(package: Package, store: Store, strays: Sequence[str]) -> None:
    Copy(
        package=package,
        store=store,
        state=Copy.State.BAD if strays else Copy.State.GOOD,
        verified_at=clock.now(),
        problem="; ".join(f"{path}: extra" for path in strays[:20]),
    ).save(force_insert=True)


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
    package = Package(
        id=found.package_id,
        body_id=dossier.body_id,
        dossier_id=dossier.pk,
        objid=stored.objid,
        head=head.number,
    )
    package.save(force_insert=True)
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
        for one in versions
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
