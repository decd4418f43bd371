"""Store a planned package in every store, and enter it in the catalogue once all have verified it.

Order of things (invariant 4): the first store writes and reads back the whole version in one atomic
step, every other store copies it, verified; then one transaction enters version and copies with the
`seal` event. Killed anywhere and run again with the same order, it recognises what is stored.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from tangthu.identity.acting import Acting
from tangthu.identity.models import Body
from tangthu.kernel import clock
from tangthu.ledger.record import Event, record
from tangthu.repository.actions.open_stores import ensure_stores
from tangthu.repository.models import Copy, Package, PackageVersion, Store
from tangthu.repository.stores import open_store
from tangthu.standards import durable, ocfl
from tangthu.standards.tt05.package import PackagePlan

AGENT_ADDRESS = "urn:uuid:{}"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be stored, fixed before work begins so that a second run does the same.

    `moment` is when the version was ordered; `message` tells why, and with moment and person it is
    how a stored version is recognised.
    """

    package_id: uuid.UUID
    objid: str
    number: int
    moment: dt.datetime
    message: str
    record_status: str
    state_sha256: str


def store_package(
    acting: Acting,
    body: Body,
    dossier_id: uuid.UUID,
    order: Order,
    make_plan: Callable[[], PackagePlan],
    also: Callable[[], None],
) -> PackageVersion:
    """Store the version that `order` describes; `make_plan` is asked only if it is not stored yet.

    `also` runs inside the transaction that enters the version (the index entry, say). Raises
    OcflError or OSError (disk full, damaged store): nothing is then in the catalogue.
    """
    stores = ensure_stores()
    first = open_store(stores[0])
    for store in stores:
        ocfl.recover(open_store(store))
    note = ocfl.Note(
        order.message,
        acting.viewer.full_name or "Tàng Thư",
        AGENT_ADDRESS.format(acting.viewer.person_id),
        order.moment,
    )
    place = first.path_of(order.objid)
    if not _is_stored(place, order, note):
        plan = make_plan()
        files = {
            f"{plan.folder}/{item.path}": ocfl.Source(item.source, item.sha256)
            for item in plan.files
        }
        if order.number == 1:
            ocfl.create_object(first, order.objid, files, note)
        else:
            ocfl.add_version(
                first, order.objid, files, note, keep=False, expected_head=order.number - 1
            )
    for store in stores[1:]:
        ocfl.replicate(place, open_store(store))
    durable.point("repository.stored")
    version = _catalogue(acting, body, dossier_id, order, stores, place, also)
    durable.point("repository.catalogued")
    return version


def _is_stored(place: Path, order: Order, note: ocfl.Note) -> bool:
    """Whether a run that was killed has already stored this very version."""
    if not place.exists():
        return False
    stored = ocfl.open_object(place)
    version = stored.version()
    return (
        len(stored.inventory.versions) == order.number
        and version.message == note.message
        and version.created == note.version({}).created
    )


def _catalogue(
    acting: Acting,
    body: Body,
    dossier_id: uuid.UUID,
    order: Order,
    stores: list[Store],
    place: Path,
    also: Callable[[], None],
) -> PackageVersion:
    stored = ocfl.open_object(place)
    state = stored.state()
    mets = next(digest for path, digest in state.items() if path.count("/") == 1)
    sizes = _sizes(stored, state)
    with transaction.atomic():
        existing = PackageVersion.objects.filter(
            package_id=order.package_id, number=order.number
        ).first()
        if existing is not None:
            return existing
        moment = clock.now()
        package, _ = Package.objects.update_or_create(
            id=order.package_id,
            defaults={
                "body": body,
                "dossier_id": dossier_id,
                "objid": order.objid,
                "head": order.number,
            },
        )
        version = PackageVersion.objects.create(
            package=package,
            number=order.number,
            record_status=order.record_status,
            sealed_at=order.moment,
            mets_sha256=mets,
            inventory_sha256=stored.trusted.digest,
            state_sha256=order.state_sha256,
            files=len(state),
            bytes=sum(sizes.values()),
        )
        for store in stores:
            Copy.objects.update_or_create(
                package=package,
                store=store,
                defaults={"state": Copy.State.GOOD, "verified_at": moment, "problem": ""},
            )
        also()
        record(
            Event(
                kind="repository.package.sealed",
                obj=package.id,
                body=body.id,
                actor=acting.actor(body.id),
                content=[
                    {"id": "mets", "alg": "sha-256", "h": mets, "sz": 0, "fmt": "METS"},
                    {
                        "id": "inventory",
                        "alg": "sha-256",
                        "h": stored.trusted.digest,
                        "sz": 0,
                        "fmt": "OCFL",
                    },
                ],
                ref=order.objid,
                detail={
                    "version": order.number,
                    "files": len(state),
                    "stores": len(stores),
                    "dossier": str(dossier_id),
                },
            )
        )
    return version


def _sizes(stored: ocfl.OcflObject, state: Mapping[str, str]) -> dict[str, int]:
    return {path: (stored.root / stored.content_path(path)).stat().st_size for path in state}
