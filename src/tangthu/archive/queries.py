"""Reads of fonds, inventories, places and batches, cut to what the viewer may see."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from django.db.models import Count, F, Q, QuerySet
from django.utils.text import Truncator

from tangthu.archive.models import Batch, BatchFile, Dissemination, Fonds, Inventory, Place
from tangthu.identity.models import Grant
from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.kernel.models import Job
from tangthu.records import queries as records
from tangthu.records.models import Dossier, Freeze
from tangthu.repository.models import Package
from tangthu.repository.queries import all_packaged

_NAME = 120
# So many inventories of a fonds are offered as a filter, in the order of their codes.
_MOST_INVENTORIES = 300


def fonds(viewer: Viewer) -> QuerySet[Fonds]:
    """The fonds of the bodies in which the viewer may read, and those opened to him."""
    opened = [scope.id for scope in viewer.scopes_open() if scope.kind == Grant.Scope.FONDS]
    return (
        Fonds.objects.filter(Q(body_id__in=viewer.bodies_with("read.public")) | Q(pk__in=opened))
        .select_related("body")
        .order_by("code", "id")
    )


def one_fonds(viewer: Viewer, fonds_id: uuid.UUID) -> Fonds:
    """The fonds, if the viewer may read in its body. Raises NotFoundForViewer."""
    found = fonds(viewer).filter(pk=fonds_id).first()
    if found is None:
        raise NotFoundForViewer()
    return found


def inventories_of(found: Fonds) -> QuerySet[Inventory]:
    """The inventories of a fonds that came through `one_fonds`, by code."""
    return Inventory.objects.filter(fonds=found).order_by("code")


def filter_names(viewer: Viewer, asked: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What a list may be cut to, as names by id: every fonds ("fonds"), and inventories
    ("inventory") of the fonds that `asked` names, or of the fonds of the inventory that it names.
    """
    found: dict[str, dict[str, str]] = {
        "fonds": {str(item.id): item.name for item in fonds(viewer)},
        "inventory": {},
    }
    try:
        if asked.get("fonds", "") in found["fonds"]:
            these = Inventory.objects.filter(fonds=uuid.UUID(asked["fonds"]))
        elif asked.get("inventory"):
            these = Inventory.objects.filter(
                fonds__in=found["fonds"], fonds__inventories=uuid.UUID(asked["inventory"])
            )
        else:
            return found
    except ValueError:
        return found
    found["inventory"] = {
        str(one.id): " – ".join(filter(None, (one.code, one.title)))
        for one in these.order_by("code", "id")[:_MOST_INVENTORIES]
    }
    return found


def place_of(dossier: Dossier) -> Place | None:
    """Where a dossier stands; the dossier must have come through `records.queries`."""
    return Place.objects.select_related("inventory__fonds").filter(dossier=dossier).first()


def batches_to_review(viewer: Viewer) -> QuerySet[Batch]:
    """Batches that wait for a decision at bodies into which the viewer imports; oldest first."""
    return (
        Batch.objects.filter(
            state=Batch.State.REVIEW, body_id__in=viewer.bodies_with("archive.import")
        )
        .select_related("body", "fonds")
        .order_by("created_at", "id")
    )


def taken_whole(viewer: Viewer) -> set[uuid.UUID]:
    """Those batches to review of which the last work took all that there was, by id."""
    ids = batches_to_review(viewer).values("pk")
    newest = Job.objects.filter(subject_id__in=ids).order_by("subject_id", "-created_at")
    last = newest.distinct("subject_id").values_list("subject_id", "result")
    return {batch for batch, result in last if batch and result and result.get("all_taken")}


def dossiers_to_seal(viewer: Viewer) -> QuerySet[Dossier]:
    """Dossiers whose documents are all here and that are not sealed yet; oldest first.

    Only at bodies where the viewer seals. All here means: as many as the description counts.
    """
    return (
        Dossier.objects.filter(body_id__in=viewer.bodies_with("archive.seal"))
        .exclude(pk__in=Package.objects.values("dossier_id"))
        .annotate(present=Count("memberships"))
        .filter(present__gt=0, present=F("record_count"))
        .order_by("created_at", "archive_file_code")
    )


def fonds_named(viewer: Viewer, body_id: uuid.UUID, code: str) -> Fonds | None:
    """The fonds of a body with this code, if the viewer may read in that body."""
    return fonds(viewer).filter(body_id=body_id, code=code).first()


def batches(viewer: Viewer) -> QuerySet[Batch]:
    """The batches of the bodies for which the viewer imports, newest first."""
    return (
        Batch.objects.filter(body_id__in=viewer.bodies_with("archive.import"))
        .select_related("fonds", "body")
        .order_by("-created_at")
    )


def newest_unpackaged(most: int) -> list[str]:
    """Digests of files that were accepted lately and must still lie in the working store.

    For a worker that asks whether it has the working store of the house; no viewer, no names.
    """
    newest = BatchFile.objects.filter(document__isnull=False).order_by("-id")
    found = newest.values_list("document_id", "sha256")[: most * 5]
    return [digest for document, digest in found if not all_packaged([document])][:most]


def batch_names(viewer: Viewer, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of those batches that the viewer may work on, by id."""
    return dict(batches(viewer).filter(pk__in=ids).values_list("pk", "name"))


def dossier_names(viewer: Viewer, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Code and title of those dossiers that the viewer may see, by id."""
    # As models: one that is loaded with its degree says so to the band on the page (AR-128).
    found = records.dossiers(viewer).filter(pk__in=ids)
    return {
        one.pk: Truncator(f"{one.archive_file_code} {one.title}").chars(_NAME)
        for one in found.only("archive_file_code", "title", "secrecy")
    }


def batch(viewer: Viewer, batch_id: uuid.UUID) -> Batch:
    """The batch, if the viewer may work on it. Raises NotFoundForViewer."""
    found = batches(viewer).filter(pk=batch_id).first()
    if found is None:
        raise NotFoundForViewer()
    return found


def dips(viewer: Viewer) -> QuerySet[Dissemination]:
    """The viewer's own use packages, newest first; nobody sees another person's."""
    return (
        Dissemination.objects.filter(person_id=viewer.person_id)
        .select_related("body")
        .order_by("-ordered_at", "-id")
    )


def dip_names(viewer: Viewer, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The codes of those use packages that are the viewer's own, by id."""
    return dict(dips(viewer).filter(pk__in=ids).values_list("pk", "code"))


def dip(viewer: Viewer, dip_id: uuid.UUID) -> Dissemination:
    """A use package of the viewer's own. Raises NotFoundForViewer."""
    found = dips(viewer).filter(pk=dip_id).first()
    if found is None:
        raise NotFoundForViewer()
    return found


def freezes(viewer: Viewer) -> QuerySet[Freeze]:
    """The freezes at the bodies where the viewer freezes records. Raises NotFoundForViewer if he
    does so nowhere."""
    bodies = viewer.bodies_with("records.freeze")
    if not bodies:
        raise NotFoundForViewer()
    return Freeze.objects.filter(body_id__in=bodies)


def freeze(viewer: Viewer, freeze_id: uuid.UUID) -> Freeze:
    """One of those. Raises NotFoundForViewer."""
    found = freezes(viewer).filter(pk=freeze_id).first()
    if found is None:
        raise NotFoundForViewer()
    return found
