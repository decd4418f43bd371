"""Store a planned package in every store, and enter it in the catalogue once all have verified it.

Order of things (invariant 4): the first store writes and reads back the whole version in one atomic
step, every other store copies it, verified; then one transaction enters version and copies with the
`seal` event. Killed anywhere and run again with the same order, it recognises what is stored. The
earlier versions that a new one stands on are read through before.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Body
from tangthu.kernel import clock
from tangthu.kernel.errors import Refused
from tangthu.ledger.record import Event, record
from tangthu.repository.actions.open_stores import ensure_stores
from tangthu.repository.fixity import check_copies, copies_of
from tangthu.repository.models import Copy, Package, PackageVersion, Store
from tangthu.repository.places import receive, recover
from tangthu.repository.stores import (
    StoreUnusable,
    in_use,
    open_store,
    place_aside,
    require_room,
    writing_to,
)
from tangthu.standards import durable, ocfl
from tangthu.standards.tt05.package import PackagePlan

AGENT_ADDRESS = "urn:uuid:{}"
_STATE = "; state sha256:"
Tell = Callable[[int, int], None]


class CopyDamaged(Refused):
    """A copy that the next version would be built upon is not whole, or cannot be looked at."""


class NewerInStore(Refused):
    """A store holds versions that the catalogue does not know: it is older than its stores."""

    http_status = 409


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be stored, fixed before work begins so that a second run does the same.

    `moment` is when the version was ordered: no two orders of a package have the same, so it is how
    a stored version is recognised. `message` tells why.
    """

    package_id: uuid.UUID
    objid: str
    number: int
    moment: dt.datetime
    message: str
    record_status: str


def silent(done: int, total: int) -> None:
    """Nobody listens."""


class _Telling:
    """How many bytes were stored so far; the first store tells each piece, others when whole."""

    def __init__(self, tell: Tell, stores: int) -> None:
        self._tell, self._stores = tell, stores
        self._done = self.whole = 0

    def more(self, size: int) -> None:
        """So many bytes more."""
        self._done += size
        if self.whole:
            self._tell(min(self._done, self.whole * self._stores), self.whole * self._stores)


@dataclass(frozen=True, slots=True)
class _Told(ocfl.Source):
    """A source that tells how many bytes were taken of it."""

    more: Callable[[int], None] = lambda _size: None

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the bytes and tell of each piece."""
        for piece in ocfl.Source.pieces(self, name):
            yield piece
            self.more(len(piece))


def store_package(
    acting: Acting,
    body: Body,
    dossier_id: uuid.UUID,
    order: Order,
    make_plan: Callable[[], tuple[PackagePlan, str]],
    also: Callable[[], object],
    tell: Tell = silent,
) -> PackageVersion:
    """Store the version that `order` describes, in every store, and enter it in the catalogue.

    `make_plan` is asked only if it is not stored yet; it answers with the plan and the digest of
    the state that this packages, which is written into the version itself. `also` runs inside the
    transaction that enters the version (the index entry, say). `tell` hears how many bytes of how
    many were stored, in all stores, and may raise to stop: nothing is then entered.

    Raises StoreUnusable, CopyDamaged, OcflError or OSError (disk full, damaged store): nothing is
    then in the catalogue.
    """
    stores = ensure_stores()
    told = _Telling(tell, len(stores))
    first = open_store(stores[0])
    for store in stores:
        with writing_to(store):
            recover(store)
    _prove_whole(order)
    place = first.path_of(order.objid)
    with writing_to(stores[0]):
        renewed = _clear_damaged(stores[0], order)
    state = _stored_state(place, order)
    if state is None:
        _require_fitting(stores[0], place, order)
        plan, state = make_plan()
        files = {
            f"{plan.folder}/{item.path}": _Told(item.source, item.sha256, told.more)
            for item in plan.files
        }
        told.whole = sum(item.size for item in plan.files)
        note = ocfl.Note(
            f"{order.message}{_STATE}{state}",
            acting.viewer.full_name or "Tàng Thư",
            AGENT_ADDRESS.format(acting.viewer.person_id),
            order.moment,
        )
        held = {} if order.number == 1 else ocfl.open_object(place).inventory.manifest
        more = sum(item.size for item in plan.files if item.sha256 not in held)
        for store in stores:
            require_room(store, more)
        with writing_to(stores[0]):
            if order.number == 1:
                ocfl.create_object(first, order.objid, files, note)
            else:
                ocfl.add_version(
                    first, order.objid, files, note, keep=False, expected_head=order.number - 1
                )
    for store in stores[1:]:
        with writing_to(store):
            # Stored by an earlier run: nobody knows what became of its files since.
            if receive(store, place, replace=renewed) and not _reads_whole(
                open_store(store).path_of(order.objid)
            ):
                receive(store, place, replace=True)
        told.more(told.whole)
    durable.point("repository.stored")
    version = _catalogue(acting, body, dossier_id, order, state, stores, place, also)
    durable.point("repository.catalogued")
    return version


def is_stored(order: Order) -> bool:
    """Whether a run that was cut off has stored this very version in the first store."""
    store = in_use().first()
    try:
        return store is not None and (
            _stored_state(open_store(store).path_of(order.objid), order) is not None
        )
    except (StoreUnusable, ocfl.OcflError, OSError):
        return False


def _stored_state(place: Path, order: Order) -> str | None:
    """The digest of the state that the stored version of this order holds; None if not stored."""
    if not place.exists():
        return None
    stored = ocfl.open_object(place)
    version = stored.version()
    created = dt.datetime.fromisoformat(version.created)
    _, mark, state = (version.message or "").partition(_STATE)
    if len(stored.inventory.versions) != order.number or created != order.moment or not mark:
        return None
    return state


def _reads_whole(place: Path) -> bool:
    """Whether every file of the object has its digest now, and nothing else stands there."""
    try:
        trusted = ocfl.load_inventory(place)
        return all(one.status == "ok" for one in ocfl.check_files(place, trusted))
    except (ocfl.OcflError, OSError):
        return False


def _clear_damaged(store: Store, order: Order) -> bool:
    """Set aside what an earlier run stored of a first version, if it is not whole any more.

    The catalogue has nothing of it and the working store still holds every content, so it is made
    anew. Further versions stand on catalogued ones and are proven with those. Raises OSError.
    """
    root = open_store(store)
    place = root.path_of(order.objid)
    known = Package.objects.filter(pk=order.package_id).exists()
    if order.number > 1 or known or not place.exists() or _reads_whole(place):
        return False
    ocfl.set_aside(root, order.objid, place_aside(store, order.objid, "object"))
    return True


def _require_fitting(store: Store, place: Path, order: Order) -> None:
    """Raise NewerInStore if the store holds versions that the catalogue does not know."""
    if place.exists() and len(ocfl.open_object(place).inventory.versions) >= order.number:
        raise newer_in(store, order.objid)


def newer_in(store: Store, objid: str) -> NewerInStore:
    """The error for a store that goes on with versions that the catalogue does not know."""
    return NewerInStore(
        _("Kho %(name)s giữ phiên bản mới hơn danh mục.") % {"name": store.name},
        hint=_("Nhận phiên bản ấy trước: tangthu index rebuild --store %(path)s --take-over")
        % {"path": store.path},
        store=store.name,
        objid=objid,
    )


def _prove_whole(order: Order) -> None:
    """Read the earlier versions through: the catalogue will say that the new one is whole."""
    package = Package.objects.filter(pk=order.package_id).first()
    if package is None:
        return
    for verdict in check_copies([copy for copy in copies_of(package) if copy.pk is not None]):
        if verdict.newer:
            raise newer_in(verdict.copy.store, order.objid)
        if not verdict.whole:
            raise CopyDamaged(
                _("Bản sao của gói ở kho {name} không nguyên vẹn hoặc không đọc được.").format(
                    name=verdict.store
                ),
                hint=_("Kiểm tra và phục hồi trong trang Kho lưu trữ, rồi đóng gói lại."),
                store=verdict.store,
                objid=order.objid,
            )


def _catalogue(
    acting: Acting,
    body: Body,
    dossier_id: uuid.UUID,
    order: Order,
    state_digest: str,
    stores: list[Store],
    place: Path,
    also: Callable[[], object],
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
        package, _made = Package.objects.update_or_create(
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
            state_sha256=state_digest,
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
