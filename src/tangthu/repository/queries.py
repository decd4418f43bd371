"""Reads of packages and their copies, cut to what the viewer may know."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.db.models import F, QuerySet, Sum

from tangthu.identity.policies import Viewer
from tangthu.repository.models import Copy, Package, PackageVersion, Store


def package_of(viewer: Viewer, dossier_id: uuid.UUID) -> Package | None:
    """The package that preserves the dossier, if it is sealed and the viewer may read there.

    Whether the viewer may see the dossier itself is for the caller to have asked.
    """
    return Package.objects.filter(
        dossier_id=dossier_id, body_id__in=viewer.bodies_with("read.public")
    ).first()


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


def store_summaries() -> list[dict[str, object]]:
    """For each store: name, kind, path, objects and bytes in the catalogue, and its health.

    Healthy means: the folder is there and no copy in it was found bad.
    """
    found: list[dict[str, object]] = []
    for store in Store.objects.order_by("position"):
        copies = Copy.objects.filter(store=store)
        sizes = PackageVersion.objects.filter(
            package__copies__store=store, number=F("package__head")
        ).aggregate(total=Sum("bytes"))
        found.append(
            {
                "name": store.name,
                "kind": store.kind,
                "path": store.path,
                "objects": copies.count(),
                "bytes": sizes["total"] or 0,
                "healthy": Path(store.path).is_dir()
                and not copies.exclude(state=Copy.State.GOOD).exists(),
            }
        )
    return found
