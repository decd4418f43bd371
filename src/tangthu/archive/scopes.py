"""What rights can be given for in the archive: fonds, dossiers and documents."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from django.db.models import Q
from django.urls import reverse

from tangthu.archive import queries
from tangthu.archive.models import Place
from tangthu.identity import scopes
from tangthu.identity.models import Grant
from tangthu.identity.policies import Viewer
from tangthu.identity.scopes import Named
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.records import queries as records
from tangthu.records import within


def register() -> None:
    """Let grants be made for what the archive keeps, and opened records be found by them."""
    scopes.register(Grant.Scope.FONDS, _if_visible(_fonds))
    scopes.register(Grant.Scope.DOSSIER, _if_visible(_dossier))
    scopes.register(Grant.Scope.DOCUMENT, _if_visible(_document))
    within.register(Grant.Scope.FONDS, _in_fonds, _fonds_of)


def _if_visible(find: Callable[[Viewer, uuid.UUID], Named]) -> scopes.Find:
    def found(viewer: Viewer, scope: uuid.UUID) -> Named | None:
        try:
            return find(viewer, scope)
        except NotFoundForViewer:
            return None

    return found


def _fonds(viewer: Viewer, scope: uuid.UUID) -> Named:
    found = queries.one_fonds(viewer, scope)
    return Named(found.body_id, found.name, reverse("archive:fonds", args=[scope]))


def _dossier(viewer: Viewer, scope: uuid.UUID) -> Named:
    found = records.dossier(viewer, scope)
    label = f"{found.archive_file_code} {found.title}"
    return Named(found.body_id, label, reverse("archive:dossier", args=[scope]))


def _document(viewer: Viewer, scope: uuid.UUID) -> Named:
    found = records.document(viewer, scope)
    label = " ".join(filter(None, [found.code, found.subject]))
    return Named(found.body_id, label, reverse("archive:document", args=[scope]))


def _in_fonds(fonds_ids: Sequence[uuid.UUID]) -> Q:
    places = Place.objects.filter(inventory__fonds__in=fonds_ids)
    return Q(pk__in=places.values("dossier_id"))


def _fonds_of(dossier_id: uuid.UUID) -> Sequence[uuid.UUID]:
    return list(
        Place.objects.filter(dossier=dossier_id).values_list("inventory__fonds_id", flat=True)
    )
