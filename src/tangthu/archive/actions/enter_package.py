"""Make of a package that was read whole the rows that it preserves: its dossier with everything in
it, its versions, its copy.

Used by `rebuild_package`, in whose transaction all of it happens.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from tangthu.archive import packaging
from tangthu.archive.actions.stand_again import last_sealed, stand_again
from tangthu.archive.models import Inventory, Place
from tangthu.archive.rebuilt import Found, NotUnderstood
from tangthu.archive.searchables import reindex_dossiers
from tangthu.capture.actions.keep_texts import keep_texts
from tangthu.identity.acting import Acting
from tangthu.identity.models import Body
from tangthu.kernel import clock
from tangthu.ledger.history import Told, history
from tangthu.ledger.record import Event, record
from tangthu.records.actions.rebuild_records import rebuild_dossier, renew_dossier
from tangthu.records.models import Document, Dossier
from tangthu.repository.models import Copy, Package, PackageVersion, Store
from tangthu.repository.stored import StoredObject, StoredVersion

Outcome = Literal["made", "newer", "copy", "there"]
# What a rebuild itself tells of a record, which says nothing of when people changed it.
_OF_REBUILDS = ("records.document.withheld",)


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


@dataclass(frozen=True, slots=True)
class Entry:
    """A package of a store, read to the last byte and whole but for the `strays` that do not belong
    into it, and the body here that it is entered for.

    `texts` are the read texts of its documents' components.
    """

    acting: Acting
    body: Body
    store: Store
    stored: StoredObject
    found: Found
    texts: Mapping[uuid.UUID, Sequence[str]]
    strays: Sequence[str]

    @property
    def head(self) -> StoredVersion:
        """The newest version here."""
        return self.stored.versions()[-1]

    @property
    def told(self) -> dict[str, Any]:
        """What the events of an entry tell of where it comes from."""
        return {"package": self.stored.objid, "inventory": self.stored.inventory_sha256}


def enter_as_new(entry: Entry) -> Rebuilt:
    """Enter a package of which the catalogue has nothing. Raises NotUnderstood if its dossier or
    one of its codes is there as something else."""
    code = entry.found.dossier.columns["archive_file_code"]
    there = Dossier.objects.filter(pk=entry.found.dossier.id)
    if there.exists() or Dossier.objects.filter(archive_file_code=code).exists():
        raise NotUnderstood(_("hồ sơ này hoặc mã của nó đã có ở đây, từ gói khác"))
    _require_documents_free(entry)
    inventory = _inventory(entry)
    dossier = rebuild_dossier(
        entry.acting, entry.body, entry.found.dossier,
        newer=_not_sealed_later(entry), told=_told_of_records(entry),
    )  # fmt: skip
    return _described(entry, "made", dossier, inventory, entry.found.gaps)


def enter_unsealed(entry: Entry, there: Dossier) -> Rebuilt:
    """Enter a package whose dossier the catalogue has, without any package. Raises NotUnderstood if
    it is not the same dossier."""
    fits = (
        there.body_id == entry.body.pk
        and there.archive_file_code == entry.found.dossier.columns["archive_file_code"]
        and not Package.objects.filter(dossier_id=there.pk).exists()
    )
    if not fits:
        raise NotUnderstood(_("hồ sơ này hoặc mã của nó đã có ở đây, từ gói khác"))
    return enter_newer(entry)


def enter_newer(entry: Entry) -> Rebuilt:
    """Enter versions that the catalogue does not know of a dossier that it has.

    The records become what the newest version says, unless somebody changed them here after it.
    Raises NotUnderstood if a document of it is there as something else.
    """
    _require_documents_free(entry)
    found = entry.found
    if _changed_since(found, entry.head.sealed_at):
        words = _("hồ sơ được sửa ở đây sau phiên bản này: giữ mô tả ở đây, đóng gói lại")
        dossier = Dossier.objects.get(pk=found.dossier.id)
        return _sealed(entry, "newer", dossier, [*found.gaps, words])
    inventory = _inventory(entry)
    dossier = renew_dossier(
        entry.acting, entry.body, found.dossier, told=_told_of_records(entry)
    )  # fmt: skip
    return _described(entry, "newer", dossier, inventory, found.gaps)


def enter_copy(entry: Entry, package: Package, *, behind: int) -> Rebuilt:
    """Enter the copy here of a package whose versions the catalogue knows; it lacks `behind`."""
    number = entry.head.number
    _keep_copy(entry, package, whole="behind" if behind else "")
    record(
        Event(
            kind="repository.package.found",
            obj=package.pk,
            body=package.body_id,
            actor=entry.acting.actor(package.body_id),
            detail={"store": entry.store.name, "version": number},
        )
    )
    words = _("bản ở đây là v{here}, danh mục đã có v{head}: phục hồi bằng fixity --repair")
    gaps = [words.format(here=number, head=number + behind)] if behind else []
    return Rebuilt("copy", package.dossier_id, gaps=gaps)


def _told_of_records(entry: Entry) -> dict[str, Any]:
    return {**entry.told, "log": entry.found.origin, "earlier": entry.found.earlier}


def _inventory(entry: Entry) -> Inventory:
    return stand_again(entry.acting, entry.body, entry.found, entry.head.sealed_at, entry.told)


def _described(
    entry: Entry, outcome: Outcome, dossier: Dossier, inventory: Inventory, gaps: Sequence[str]
) -> Rebuilt:
    """Where the dossier stands and what its files say, after its description."""
    stands = {"inventory": inventory, **entry.found.stood.place}
    Place.objects.update_or_create(dossier=dossier, defaults=stands)
    keep_texts(entry.texts)
    return _sealed(entry, outcome, dossier, gaps)


def _sealed(entry: Entry, outcome: Outcome, dossier: Dossier, gaps: Sequence[str]) -> Rebuilt:
    exact = _keep_package(entry, dossier)
    reindex_dossiers([dossier.pk])
    return Rebuilt(outcome, dossier.pk, len(entry.found.dossier.documents), gaps, exact)


def _require_documents_free(entry: Entry) -> None:
    """Raise NotUnderstood if a document of the package is there as something else."""
    documents, body = entry.found.dossier.documents, entry.body
    for one in documents:
        code = one.columns["record_archive_code"]
        for there in Document.objects.filter(record_archive_code=code):
            if there.pk != one.id or there.body_id != body.pk:
                raise NotUnderstood(_("mã của một tài liệu đã có ở đây, từ gói khác"))
    taken = Document.objects.filter(pk__in=[one.id for one in documents])
    if taken.exclude(body=body).exists():
        raise NotUnderstood(_("một tài liệu của gói thuộc cơ quan khác ở đây"))


def _changed_since(found: Found, moment: dt.datetime) -> bool:
    ids = [found.dossier.id, *(one.id for one in found.dossier.documents)]
    return any(event.when >= moment for event in history(*ids) if _by_people(event))


def _by_people(event: Told) -> bool:
    return not event.kind_name.endswith(".rebuilt") and event.kind_name not in _OF_REBUILDS


def _not_sealed_later(entry: Entry) -> frozenset[uuid.UUID]:
    """The documents of which no package that is entered was sealed later than this one."""
    return frozenset(
        one.id
        for one in entry.found.dossier.documents
        if (last := last_sealed(memberships__document_id=one.id)) is None
        or last < entry.head.sealed_at
    )


def _keep_copy(entry: Entry, package: Package, whole: str = "") -> None:
    strays = [[path, "extra"] for path in entry.strays[:20]]
    wrong = [*([["", whole]] if whole else ()), *strays]
    Copy.objects.update_or_create(
        package=package,
        store=entry.store,
        defaults={
            "state": Copy.State.BAD if wrong else Copy.State.GOOD,
            "verified_at": clock.now(),
            "problem": json.dumps(wrong, ensure_ascii=False) if wrong else "",
        },
    )


def _keep_package(entry: Entry, dossier: Dossier) -> bool:
    """The package with its versions and its copy here; whether the records are what was sealed.

    The digest of a sealed state covers the body's identifier, which is another one in this house:
    it is recomputed with the one of then, and if it is the same, that of now takes its place.
    """
    stored, versions = entry.stored, entry.stored.versions()
    head = versions[-1]
    then = entry.found.stood.body.get("id")
    exact = then is not None and (
        packaging.state_digest(dossier, uuid.UUID(then)) == head.state_sha256
    )
    package = Package.objects.filter(objid=stored.objid).first() or Package(
        id=entry.found.package_id,
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
    _keep_copy(entry, package)
    record(
        Event(
            kind="repository.package.rebuilt",
            obj=package.pk,
            body=package.body_id,
            actor=entry.acting.actor(package.body_id),
            content=[
                {"id": "mets", "alg": "sha-256", "h": head.mets_sha256, "sz": 0, "fmt": "METS"},
                {"id": "inventory", "alg": "sha-256", "h": head.inventory_sha256, "sz": 0,
                 "fmt": "OCFL"},
            ],
            ref=stored.objid,
            detail={"version": head.number, "store": entry.store.name, "dossier": str(dossier.pk),
                    "inventory": stored.inventory_sha256},
        )
    )  # fmt: skip
    return exact
