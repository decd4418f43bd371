"""Who is told of a restore, and who has not read of it yet (RM-690 e, AR-30).

Told is who keeps the house and who administers a body, of those who were there: somebody who came
afterwards has nothing to miss.
"""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, QuerySet

from tangthu.backup.models import Restore, RestoreRead
from tangthu.identity.models import Person
from tangthu.identity.policies import Viewer

RIGHTS = ("house.keep", "house.administer")


def bodies_of(viewer: Viewer) -> frozenset[uuid.UUID]:
    """The bodies for which the viewer is told of restores; none if he is not."""
    return frozenset().union(*(viewer.bodies_with(right) for right in RIGHTS))


def restores(viewer: Viewer) -> QuerySet[Restore]:
    """The restores that the viewer may read of, the newest first."""
    known = Restore.objects.order_by("-restored_at")
    return known if bodies_of(viewer) else known.none()


def unread_by(viewer: Viewer) -> QuerySet[Restore]:
    """Those that the viewer is to read of and has not."""
    his = RestoreRead.objects.filter(restore=OuterRef("pk"), person=viewer.person_id)
    there = Person.objects.filter(
        pk=viewer.person_id, created_at__lte=OuterRef("restored_at")
    )  # fmt: skip
    return restores(viewer).filter(~Exists(his), Exists(there))
