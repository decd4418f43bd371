"""Reads of documents and dossiers, cut to what the viewer may see.

The effective access level of a document is the strictest of its own and of the dossiers that it
stands in (AR-121). What is forbidden is not found: the same exception, the same page.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.records.levels import level_of, split, strictest
from tangthu.records.models import CodeAlias, ContentFile, Document, Dossier, Membership, Withheld
from tangthu.records.within import granted_documents, granted_dossiers


def _cut(viewer: Viewer, prefix: str = "") -> Q:
    condition = Q(pk__in=[])
    for body, levels in viewer.levels():
        plain, degrees = split(levels)
        here = Q(**{f"{prefix}access_level__in": plain})
        if degrees:
            here |= Q(**{f"{prefix}secrecy__in": degrees})
        condition |= Q(**{f"{prefix}body_id": body}) & here
    return condition


def dossiers(viewer: Viewer) -> QuerySet[Dossier]:
    """The dossiers that the viewer may see."""
    granted = granted_dossiers(viewer)
    return Dossier.objects.filter(_cut(viewer) if granted is None else _cut(viewer) | granted)


def documents(viewer: Viewer) -> QuerySet[Document]:
    """The documents that the viewer may see, by their effective access level.

    One that is withheld as a possible state secret exists for nobody (AR-129).
    """
    closed = Membership.objects.filter(
        document=OuterRef("pk"), dossier__body_id=OuterRef("body_id")
    ).exclude(_cut(viewer, "dossier__"))
    held = Withheld.objects.filter(document=OuterRef("pk"), released_at=None)
    visible = _cut(viewer) & ~Q(Exists(closed))
    granted = granted_documents(viewer)
    if granted is not None:
        visible |= granted
    return Document.objects.filter(visible).exclude(Exists(held))


def withheld_in(dossier_id: uuid.UUID) -> bool:
    """Whether a dossier has a document that is withheld now."""
    return Withheld.objects.filter(
        released_at=None, document__memberships__dossier_id=dossier_id
    ).exists()


def withheld_among(document_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of some documents that are withheld now."""
    found = Withheld.objects.filter(released_at=None, document__in=list(document_ids))
    return set(found.values_list("document_id", flat=True))


def withheld_contents() -> set[str]:
    """Digests of contents that only documents have which are withheld now."""
    held = Withheld.objects.filter(document=OuterRef("document"), released_at=None)
    free = ContentFile.objects.filter(sha256=OuterRef("sha256")).exclude(Exists(held))
    found = ContentFile.objects.filter(Exists(held)).exclude(Exists(free))
    return set(found.values_list("sha256", flat=True))


def unnumbered_among(document_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of some documents that bear neither a number nor a symbol."""
    found = Document.objects.filter(pk__in=list(document_ids), number="", symbol="")
    return set(found.values_list("pk", flat=True))


def withheld(viewer: Viewer) -> QuerySet[Withheld]:
    """What is withheld at bodies where the viewer decides on it, oldest first."""
    return Withheld.objects.filter(
        released_at=None, body_id__in=viewer.bodies_with("quarantine.decide")
    ).order_by("reported_at", "id")


def _missing() -> NotFoundForViewer:
    return NotFoundForViewer()


def dossier(viewer: Viewer, dossier_id: uuid.UUID) -> Dossier:
    """The dossier, if the viewer may see it. Raises NotFoundForViewer."""
    found = dossiers(viewer).select_related("body").filter(pk=dossier_id).first()
    if found is None:
        raise _missing()
    return found


def document(viewer: Viewer, document_id: uuid.UUID) -> Document:
    """The document, if the viewer may see it. Raises NotFoundForViewer."""
    found = documents(viewer).select_related("body").filter(pk=document_id).first()
    if found is None:
        raise _missing()
    return found


def locked(viewer: Viewer, found: Dossier | Document) -> Dossier | Document:
    """The record as it is once its row is locked, if the viewer may still see it then.

    For actions: between finding a record and locking it somebody may have raised its level. Raises
    NotFoundForViewer.
    """
    model = type(found)
    list(model.objects.select_for_update().filter(pk=found.pk).values_list("pk"))
    return dossier(viewer, found.pk) if model is Dossier else document(viewer, found.pk)


def documents_of(viewer: Viewer, found: Dossier) -> QuerySet[Membership]:
    """The places of a dossier whose documents the viewer may see, in order."""
    return (
        Membership.objects.filter(dossier=found, document__in=documents(viewer))
        .select_related("document")
        .order_by("ordinal")
    )


def dossiers_of(viewer: Viewer, found: Document) -> QuerySet[Membership]:
    """The places at which a document stands, in dossiers that the viewer may see."""
    return (
        Membership.objects.filter(document=found, dossier__in=dossiers(viewer))
        .select_related("dossier")
        .order_by("dossier__archive_file_code")
    )


def content_file(viewer: Viewer, file_id: uuid.UUID) -> ContentFile:
    """The content file, if the viewer may see its document. Raises NotFoundForViewer."""
    found = (
        ContentFile.objects.select_related("document")
        .filter(pk=file_id, document__in=documents(viewer))
        .first()
    )
    if found is None:
        raise _missing()
    return found


def files_of(found: Document) -> QuerySet[ContentFile]:
    """The files of a document that came through `document`, in order."""
    return ContentFile.objects.filter(document=found).order_by("position")


def effective_level(found: Document) -> str:
    """The strictest access level of a document and of the dossiers it stands in (AR-121)."""
    return effective_levels([found])[found.pk]


def effective_levels(found: Sequence[Document]) -> dict[uuid.UUID, str]:
    """The same of several documents, by id."""
    levels = {one.pk: [level_of(one)] for one in found}
    bodies = {one.pk: one.body_id for one in found}
    standing = Membership.objects.filter(document__in=levels).select_related("dossier")
    for place in standing:
        if place.dossier.body_id == bodies[place.document_id]:
            levels[place.document_id].append(level_of(place.dossier))
    return {one: strictest(all_of) for one, all_of in levels.items()}


def old_codes(found: Document | Dossier) -> list[str]:
    """The codes that a record once bore (AR-36)."""
    owner = "dossier" if isinstance(found, Dossier) else "document"
    return list(CodeAlias.objects.filter(**{owner: found}).values_list("code", flat=True))


def neighbours(viewer: Viewer, found: Membership) -> tuple[Membership | None, Membership | None]:
    """The places before and after a document in its dossier that the viewer may see."""
    others = documents_of(viewer, found.dossier)
    before = others.filter(ordinal__lt=found.ordinal).order_by("-ordinal").first()
    after = others.filter(ordinal__gt=found.ordinal).first()
    return before, after


def sees_all(viewer: Viewer, dossier: Dossier) -> bool:
    """Whether no document of the dossier can be hidden from the viewer."""
    return dossier.body_id in viewer.whole_bodies()
