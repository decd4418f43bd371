"""Reads of packages and their copies, cut to what the viewer may know."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import (
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.fields.json import KT

from tangthu.identity import queries as identity
from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.kernel.models import Job
from tangthu.records.models import Membership
from tangthu.repository.job_kinds import CHECK_ALL, COPY, RETIRE
from tangthu.repository.models import Copy, Package, PackageVersion, Store
from tangthu.repository.places import usable
from tangthu.repository.stores import Room, in_use, room_of

HURT = (Copy.State.BAD, Copy.State.UNREPAIRABLE)
_FOUND = ("bad", "repaired", "unrepairable", "unchecked")


@dataclass(frozen=True, slots=True)
class StoreSeen:
    """A store as an auditor sees it: only packages of bodies that he audits are counted.

    `usable` says whether its root can be opened now. `hurt`, `lost` (beyond repair) and `unseen`
    (could not be looked at) count copies, `missing` packages without one; `oldest` is when the
    copy longest unchecked was checked; `room` is None if the disk cannot be asked.
    """

    store: Store
    name: str
    kind: str
    path: str
    usable: bool
    objects: int
    bytes: int
    hurt: int
    lost: int
    unseen: int
    missing: int
    oldest: dt.datetime | None
    room: Room | None

    @property
    def healthy(self) -> bool:
        """Whether the store can be opened and every package has a copy in it that is whole."""
        return self.usable and not (self.hurt or self.lost or self.unseen or self.missing)


def package_of(viewer: Viewer, dossier_id: uuid.UUID) -> Package | None:
    """The package that preserves the dossier, if it is sealed and the viewer may read there.

    Whether the viewer may see the dossier itself is for the caller to have asked.
    """
    return Package.objects.filter(
        dossier_id=dossier_id, body_id__in=viewer.bodies_with("read.public")
    ).first()


def all_packaged(document_ids: Sequence[uuid.UUID]) -> bool:
    """Whether each of some documents stands in a dossier of its own body that has a package.

    Whether the viewer may see the documents is for the caller to have asked.
    """
    return packaged_among(document_ids) == set(document_ids)


def packaged_among(document_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of some documents that stand so in a package."""
    packaged = Membership.objects.filter(
        document__in=list(document_ids),
        dossier__body_id=F("document__body_id"),
        dossier_id__in=Package.objects.values("dossier_id"),
    )
    return set(packaged.values_list("document_id", flat=True))


def packaged_dossiers(dossier_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of some dossiers that have a package."""
    found = Package.objects.filter(dossier_id__in=list(dossier_ids))
    return set(found.values_list("dossier_id", flat=True))


def versions_of(package: Package) -> QuerySet[PackageVersion]:
    """The sealed versions of a package, newest first."""
    return PackageVersion.objects.filter(package=package).order_by("-number")


def copies_of(package: Package) -> QuerySet[Copy]:
    """The copies of a package, in the order of the stores."""
    return Copy.objects.filter(package=package).select_related("store").order_by("store__position")


def copies_beyond_repair(viewer: Viewer) -> QuerySet[Copy]:
    """Copies that could not be mended, at bodies whose stores the viewer audits; oldest first."""
    return (
        Copy.objects.filter(
            state=Copy.State.UNREPAIRABLE,
            package__body_id__in=viewer.bodies_with("repository.audit"),
        )
        .select_related("package", "store")
        .order_by("verified_at", "id")
    )


def stores_seen(viewer: Viewer) -> list[StoreSeen]:
    """The stores in use in order, with figures of the bodies that the viewer audits."""
    mine = viewer.bodies_with("repository.audit")

    def of_state(state: str) -> Count:
        return Count("id", filter=Q(state=state))

    copies = {
        row["store_id"]: row
        for row in Copy.objects.filter(package__body_id__in=mine)
        .values("store_id")
        .annotate(
            objects=Count("id"),
            hurt=of_state(Copy.State.BAD),
            lost=of_state(Copy.State.UNREPAIRABLE),
            unseen=of_state(Copy.State.UNCHECKED),
            oldest=Min("verified_at"),
        )
    }
    sizes = dict(
        PackageVersion.objects.filter(package__body_id__in=mine, number=F("package__head"))
        .values("package__copies__store_id")
        .annotate(total=Sum("bytes"))
        .values_list("package__copies__store_id", "total")
    )
    packages_mine = Package.objects.filter(body_id__in=mine).count()
    found = []
    for store in in_use():
        row = copies.get(store.pk, {})
        found.append(
            StoreSeen(
                store,
                store.name,
                store.get_kind_display(),
                store.path,
                usable(store),
                row.get("objects", 0),
                sizes.get(store.pk) or 0,
                row.get("hurt", 0),
                row.get("lost", 0),
                row.get("unseen", 0),
                packages_mine - row.get("objects", 0),
                row.get("oldest"),
                room_of(store),
            )
        )
    return found


def packages(
    viewer: Viewer, *, state: str = "", unchecked_since: dt.datetime | None = None
) -> QuerySet[Package]:
    """Packages of the bodies that the viewer audits, each with `oldest`, `files` and `bytes`.

    `state`: "hurt" for those with a bad copy, "unseen" for those with one that could not be looked
    at. `oldest` is when the copy longest unchecked was checked.
    """
    head = PackageVersion.objects.filter(package=OuterRef("pk"), number=OuterRef("head"))
    found = Package.objects.filter(body_id__in=viewer.bodies_with("repository.audit"))
    if state:
        states = HURT if state == "hurt" else (Copy.State.UNCHECKED,)
        found = found.filter(Exists(Copy.objects.filter(package=OuterRef("pk"), state__in=states)))
    if unchecked_since is not None:
        late = Copy.objects.filter(package=OuterRef("pk"), verified_at__lt=unchecked_since)
        found = found.filter(Exists(late))
    return found.annotate(
        oldest=Min("copies__verified_at"),
        files=Subquery(head.values("files")[:1]),
        bytes=Subquery(head.values("bytes")[:1]),
    )


def package(viewer: Viewer, package_id: uuid.UUID) -> Package:
    """A package, if the viewer audits its body. Raises NotFoundForViewer."""
    found = packages(viewer).select_related("body").filter(pk=package_id).first()
    if found is None:
        raise NotFoundForViewer()
    return found


def checks(viewer: Viewer) -> QuerySet[Job]:
    """Checks of no other packages than those that the viewer audits, newest first.

    Each with `objects` and `files` looked at, and how many places were `bad`, `repaired`,
    `unrepairable` and `unchecked`; None before anything was found. What they are is not loaded.
    """
    mine = sorted(map(str, viewer.bodies_with("repository.audit")))
    counts = {
        f"n_{name}": Func(
            F(f"result__{name}"), function="jsonb_array_length", output_field=IntegerField()
        )
        for name in _FOUND
    }
    return (
        identity.jobs(viewer)
        .filter(kind=CHECK_ALL, args__bodies__contained_by=mine)
        .defer("result")
        .annotate(n_objects=KT("result__objects"), n_files=KT("result__files"), **counts)
        .order_by("-created_at", "-id")
    )


def check(viewer: Viewer, job_id: uuid.UUID) -> Job:
    """A check with all that it found, if the viewer may see it. Raises NotFoundForViewer."""
    found = checks(viewer).filter(pk=job_id).first()
    if found is None:
        raise NotFoundForViewer()
    return found


def all_stores() -> QuerySet[Store]:
    """The stores of the installation, those that were given up too, for who runs it."""
    return Store.objects.order_by("position")


def store(viewer: Viewer, uid: uuid.UUID) -> Store:
    """A store, also one that was given up, for who audits packages or administers the house.

    Raises NotFoundForViewer.
    """
    sees = viewer.may_anywhere("repository.audit") or viewer.may_anywhere("house.keep")
    found = Store.objects.filter(uid=uid).first() if sees else None
    if found is None:
        raise NotFoundForViewer()
    return found


def store_names(viewer: Viewer, uids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of stores by their uid, for who may see their pages; {} for others."""
    if not (viewer.may_anywhere("repository.audit") or viewer.may_anywhere("house.keep")):
        return {}
    return dict(Store.objects.filter(uid__in=uids).values_list("uid", "name"))


def store_jobs(store: Store) -> QuerySet[Job]:
    """The copying and the giving up of a store, newest first."""
    return Job.objects.filter(kind__in=(COPY, RETIRE), subject_id=store.uid).order_by("-created_at")


def store_summaries() -> list[dict[str, object]]:
    """For each store: name, kind, path, state, objects and bytes in the catalogue, and its health.

    Healthy means: the store opens, every package has a copy in it, and none was found bad. One
    that was given up is not asked.
    """
    found: list[dict[str, object]] = []
    packages_known = Package.objects.count()
    for store in Store.objects.order_by("position"):
        copies = Copy.objects.filter(store=store)
        sizes = PackageVersion.objects.filter(
            package__copies__store=store, number=F("package__head")
        ).aggregate(total=Sum("bytes"))
        objects = copies.count()
        given_up = store.state in (Store.State.RETIRING, Store.State.RETIRED)
        found.append(
            {
                "name": store.name,
                "kind": store.kind,
                "path": store.path,
                "state": store.state,
                "objects": objects,
                "bytes": sizes["total"] or 0,
                "missing": 0 if given_up else packages_known - objects,
                "healthy": given_up
                or (
                    usable(store)
                    and objects == packages_known
                    and not copies.exclude(state=Copy.State.GOOD).exists()
                ),
            }
        )
    return found
