"""Copy one package into a store that does not have it yet, and enter the copy when it is whole."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.kernel import advisory, clock
from tangthu.kernel.errors import Refused
from tangthu.ledger.record import Event, record
from tangthu.records.queries import withheld_in
from tangthu.repository.actions.register_store import administered_at
from tangthu.repository.actions.store_package import CopyDamaged, newer_in
from tangthu.repository.closed_beside import carry
from tangthu.repository.fixity import check_copies, copies_of
from tangthu.repository.models import Copy, Package, Store
from tangthu.repository.places import receive, require_usable
from tangthu.repository.stand_ins import local_object
from tangthu.repository.stores import StoreUnusable, in_use, require_room, writing_to
from tangthu.standards import durable, ocfl

Outcome = Literal["copied", "there", "withheld"]


@dataclass(frozen=True, slots=True)
class Copied:
    """What came of a package: `there` if the store had its copy entered already, `withheld` while
    a secret is suspected in it; `source` names the store it was copied from, `size` is in bytes."""

    outcome: Outcome
    source: str = ""
    size: int = 0


def copy_package(
    acting: Acting,
    store: Store,
    package_id: uuid.UUID,
    also: Callable[[Package, Copied], None] = lambda package, copied: None,
) -> Copied:
    """Bring a package from a good copy into `store`, read it there, and enter it with its event.

    Nothing is copied while a document of the dossier is withheld (AR-129). `also` runs in the
    transaction that enters the copy. Raises Refused without the right, CopyDamaged if no copy can
    be copied or what arrived is not whole, StoreUnusable or OSError of the store it goes to.
    """
    administered_at(acting)
    package = Package.objects.get(pk=package_id)
    with advisory.exclusive(f"seal {package.dossier_id}"):
        package.refresh_from_db(fields=["head"])
        if Copy.objects.filter(package=package, store=store).exists():
            return Copied("there")
        if withheld_in(package.dossier_id):
            return Copied("withheld")
        source = _bring(package, store)
        carry(package, store)
        durable.point("repository.copy.stored")
        verdict = check_copies([Copy(package=package, store=store)])[0]
        if verdict.newer:
            raise newer_in(store, package.objid)
        if not verdict.whole:
            raise CopyDamaged(
                _("Bản sao vừa chép sang kho %(name)s không nguyên vẹn hoặc không đọc được.")
                % {"name": store.name},
                hint=_("Kiểm tra ổ đĩa của kho rồi chép lại; các bản sao khác không bị ảnh hưởng."),
                store=store.name,
                objid=package.objid,
                found=verdict.bad[:5],
            )
        copied = Copied("copied", source, verdict.bytes)
        _enter(acting, package, store, verdict.copy, copied, also)
        durable.point("repository.copy.entered")
    return copied


def _bring(package: Package, store: Store) -> str:
    """Copy the object from the first copy that proves whole; returns the name of its store."""
    require_usable(store)
    require_room(store, _size(package))
    held = [
        one
        for one in copies_of(package)
        if one.pk is not None and one.state != Copy.State.UNREPAIRABLE
    ]
    unread: OSError | None = None
    for copy in sorted(held, key=lambda one: one.state != Copy.State.GOOD):
        try:
            with local_object(copy.store, package.objid) as place, writing_to(store):
                receive(store, place)
        except ocfl.ReplicaDivergedError as error:
            raise CopyDamaged(
                _("Kho %(name)s đang giữ một lịch sử khác của gói này.") % {"name": store.name},
                hint=_("Đối chiếu hai bản; dời bản sai khỏi kho rồi chép lại."),
                store=store.name,
                objid=package.objid,
            ) from error
        except (ocfl.OcflError, StoreUnusable) as error:
            if isinstance(error, StoreUnusable) and error.facts.get("store") == store.name:
                raise
            continue
        except OSError as error:  # of the copy that is read, or of the store that is written to
            unread = error
            continue
        return copy.store.name
    if unread is not None:
        raise unread
    raise CopyDamaged(
        _("Không kho nào có bản sao lành của gói để chép."),
        hint=_("Đặt “Kiểm tra và phục hồi” ở trang Kho lưu trữ, rồi chép lại."),
        objid=package.objid,
    )


def _size(package: Package) -> int:
    return sum(package.versions.filter(number=package.head).values_list("bytes", flat=True))


def _enter(
    acting: Acting,
    package: Package,
    store: Store,
    copy: Copy,
    copied: Copied,
    also: Callable[[Package, Copied], None],
) -> None:
    with transaction.atomic():
        if not in_use().select_for_update().filter(pk=store.pk).exists():
            raise Refused(
                _("Kho này không còn được dùng."),
                hint=_("Xem trang Kho lưu trữ."),
                store=store.name,
            )
        copy.state, copy.verified_at = Copy.State.GOOD, clock.now()
        copy.save(force_insert=True)
        record(
            Event(
                kind="repository.package.copied",
                obj=package.id,
                body=package.body_id,
                actor=acting.actor(package.body_id),
                detail={"store": store.name, "source": copied.source, "version": package.head},
            )
        )
        also(package, copied)
