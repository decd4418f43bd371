"""Reads of packages and their copies, cut to what the viewer may know."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from tangthu.identity.policies import Viewer
from tangthu.repository.models import Copy, Package, PackageVersion


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
