"""Enter a package of a store in the catalogue again, with everything that it preserves.

The package is read to the last byte first; then one transaction makes the rows that are missing,
each with its event. Killed anywhere and run again, a package is there whole or not at all.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Container, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from tangthu.archive.actions.close_as_noted import close_as_noted
from tangthu.archive.actions.enter_package import (
    Entry,
    Rebuilt,
    enter_as_new,
    enter_copy,
    enter_newer,
    enter_unsealed,
)
from tangthu.archive.rebuilt import Found, NotUnderstood
from tangthu.identity.acting import Acting
from tangthu.identity.models import Body, BodyName
from tangthu.kernel import advisory
from tangthu.kernel.errors import Refused
from tangthu.ledger.logs import log_of
from tangthu.records.models import Dossier
from tangthu.repository.actions.register_store import administered_at
from tangthu.repository.closed_beside import Closed
from tangthu.repository.models import Copy, Package, Store
from tangthu.repository.stored import StoredObject
from tangthu.standards import durable


class SameLog(Refused):
    """The body's log here bears the name of the log that the package comes from."""

    http_status = 409


class RecordsThere(Refused):
    """The body holds records here that are in no package of the store."""

    http_status = 409


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
        body = body_of(found) if package is None else package.body
        entry = Entry(acting, body, store, stored, found, texts, strays)
        if package is not None:
            done = _enter_known(entry, package)
            close_as_noted(acting, package, closed)
        elif take_over and (there := Dossier.objects.filter(pk=found.dossier.id).first()):
            done = enter_unsealed(entry, there)
        else:
            if not take_over:
                require_other_log(body, found)
                require_empty(body, own)
            done = enter_as_new(entry)
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


def _enter_known(entry: Entry, package: Package) -> Rebuilt:
    """Of the histories of one package the longest holds, if each is the beginning of the next."""
    mine = package.versions.order_by("number").values_list("inventory_sha256", flat=True)
    catalogued, there = list(mine), [one.inventory_sha256 for one in entry.stored.versions()]
    shared = min(len(catalogued), len(there))
    if catalogued[:shared] != there[:shared]:
        raise NotUnderstood(_("kho này giữ một lịch sử khác với danh mục"))
    if len(there) > len(catalogued):
        return enter_newer(entry)
    if Copy.objects.filter(package=package, store=entry.store).exists():
        return Rebuilt("there", package.dossier_id)
    return enter_copy(entry, package, behind=len(catalogued) - len(there))
