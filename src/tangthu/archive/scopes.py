"""What rights can be given for in the archive: fonds, dossiers and documents."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse

from tangthu.archive import queries
from tangthu.archive.models import Place
from tangthu.identity import scopes
from tangthu.identity.models import Grant
from tangthu.identity.policies import Viewer
from tangthu.identity.scopes import Named
from tangthu.records import queries as records
from tangthu.records import within


def register() -> None:
    """Let grants be made for what the archive keeps, and opened records be found by them."""
    scopes.register(Grant.Scope.FONDS, _fonds)
    scopes.register(Grant.Scope.DOSSIER, _dossiers)
    scopes.register(Grant.Scope.DOCUMENT, _documents)
    within.register(Grant.Scope.FONDS, _in_fonds, _fonds_of)


def _fonds(viewer: Viewer, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Named]:
    return {
        one.pk: Named(one.body_id, one.name, reverse("archive:fonds", args=[one.pk]))
        for one in queries.fonds(viewer).filter(pk__in=ids)
    }


def _dossiers(viewer: Viewer, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Named]:
    return {
        one.pk: Named(
            one.body_id,
            f"{one.archive_file_code} {one.title}",
            reverse("archive:dossier", args=[one.pk]),
        )
        for one in records.dossiers(viewer).filter(pk__in=ids)
    }


def _documents(viewer: Viewer, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Named]:
    return {
        one.pk: Named(
            one.body_id,
            " ".join(filter(None, [one.code, one.subject])),
            reverse("archive:document", args=[one.pk]),
        )
        for one in records.documents(viewer).filter(pk__in=ids)
    }


def _in_fonds(fonds_ids: Sequence[uuid.UUID]) -> Q:
    places = Place.objects.filter(inventory__fonds__in=fonds_ids)
    return Q(pk__in=places.values("dossier_id"))


def _fonds_of(dossier_id: uuid.UUID) -> Sequence[uuid.UUID]:
    return list(
        Place.objects.filter(dossier=dossier_id).values_list("inventory__fonds_id", flat=True)
    )
