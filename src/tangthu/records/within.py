"""What a record lies in, and so which grants speak of it.

Dossiers lie in things of higher floors (a fonds), which register how to be asked. A document that
stands in several dossiers of its body is opened by a grant for itself or the body alone (AR-121);
discovery.cut says the same of the index.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from tangthu.identity.policies import LEVELS_OF, Viewer
from tangthu.records.models import Document, Dossier, Membership

# For a kind of scope: the condition of dossiers in some of them, and those that a dossier lies in.
Inside = Callable[[Sequence[uuid.UUID]], Q]
Around = Callable[[uuid.UUID], Sequence[uuid.UUID]]
_inside: dict[str, Inside] = {}
_around: dict[str, Around] = {}


def register(kind: str, inside: Inside, around: Around) -> None:
    """Let dossiers be asked for by a kind of thing they lie in, as grants name it."""
    _inside[kind], _around[kind] = inside, around


def around(record: Dossier | Document) -> list[uuid.UUID]:
    """The ids by which a grant may speak of a record: its own, its dossier's, what that lies in.

    A document that stands in several dossiers of its body has its own alone.
    """
    if isinstance(record, Dossier):
        return [record.pk, *things_around(record.pk)]
    homes = list(
        Membership.objects.filter(document=record, dossier__body_id=record.body_id).values_list(
            "dossier_id", flat=True
        )[:2]
    )
    if len(homes) != 1:
        return [record.pk]
    return [record.pk, homes[0], *things_around(homes[0])]


def granted_dossiers(viewer: Viewer) -> Q | None:
    """The condition of dossiers that grants open to the viewer; None without such grants."""
    return _either(
        Q(body_id=body, access_level__in=levels, secrecy=None) & where
        for body, levels, where in _scopes_of_dossiers(viewer)
    )


def granted_documents(viewer: Viewer) -> Q | None:
    """The same of documents, by their effective level."""
    found = [
        Q(body_id=body, access_level__in=levels, secrecy=None)
        & Q(Exists(_homes().filter(_prefixed(where), dossier__access_level__in=levels,
                                   dossier__secrecy=None)))
        & ~Q(Exists(_several()))
        for body, levels, where in _scopes_of_dossiers(viewer)
    ]  # fmt: skip
    for body, levels, ids in _named(viewer, "document"):
        closed = _homes().exclude(dossier__access_level__in=levels, dossier__secrecy=None)
        found.append(
            Q(body_id=body, pk__in=ids, access_level__in=levels, secrecy=None) & ~Q(Exists(closed))
        )
    return _either(found)


def _homes() -> Any:
    """The places of a document in dossiers of its own body."""
    return Membership.objects.filter(document=OuterRef("pk"), dossier__body_id=OuterRef("body_id"))


def _several() -> Any:
    counted = _homes().order_by().values("document").annotate(count=Count("pk"))
    return counted.filter(count__gt=1)


def _scopes_of_dossiers(viewer: Viewer) -> list[tuple[uuid.UUID, tuple[str, ...], Q]]:
    """Body, open levels and which dossiers, for each kind of scope that holds dossiers."""
    found = [(body, levels, Q(pk__in=ids)) for body, levels, ids in _named(viewer, "dossier")]
    for kind, inside in _inside.items():
        found += [(body, levels, inside(ids)) for body, levels, ids in _named(viewer, kind)]
    return found


def _named(viewer: Viewer, kind: str) -> list[tuple[uuid.UUID, tuple[str, ...], list[uuid.UUID]]]:
    grouped: dict[tuple[uuid.UUID, str], list[uuid.UUID]] = {}
    for scope in viewer.scopes_open():
        if scope.kind == kind:
            grouped.setdefault((scope.body, scope.right), []).append(scope.id)
    return [(body, LEVELS_OF[right], ids) for (body, right), ids in grouped.items()]


def _prefixed(where: Q) -> Q:
    """A condition of dossiers as one of the dossiers of memberships."""
    return Q(dossier__in=Dossier.objects.filter(where))


def things_around(dossier_id: uuid.UUID) -> list[uuid.UUID]:
    """The ids of the things of higher floors that a dossier lies in."""
    return [one for ask in _around.values() for one in ask(dossier_id)]


def _either(conditions: Any) -> Q | None:
    found = list(conditions)
    if not found:
        return None
    either = found[0]
    for one in found[1:]:
        either |= one
    return either
