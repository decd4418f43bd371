"""Reads of keys, cut to whose they are."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models import Account
from tangthu.identity.policies import Viewer
from tangthu.identity.roles import RIGHTS
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.programs.models import ApiKey


def digest_of(token: str) -> str:
    """Lower-case hex SHA-256 of a token, by which its key is found."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def key_of(token: str) -> ApiKey | None:
    """The living key of a token: not expired, not revoked, of a person whose account is open."""
    return (
        ApiKey.objects.filter(
            digest=digest_of(token),
            revoked_at=None,
            expires_at__gt=Now(),
            person__active=True,
            person__in=Account.objects.filter(is_active=True).values("person_id"),
        )
        .select_related("person", "body")
        .first()
    )


def last_uses(people: Collection[uuid.UUID]) -> dict[uuid.UUID, dt.datetime]:
    """When programs last worked for each of `people` with one of his keys."""
    used = ApiKey.objects.filter(person_id__in=people, used__last_used_at__isnull=False)
    last = used.values("person_id").annotate(at=Max("used__last_used_at"))
    return {one["person_id"]: one["at"] for one in last}


def keys(viewer: Viewer) -> QuerySet[ApiKey]:
    """The viewer's own keys and those at bodies whose people he manages, newest first."""
    managed = viewer.bodies_with("people.manage")
    return (
        ApiKey.objects.filter(Q(person_id=viewer.person_id) | Q(body_id__in=managed))
        .select_related("person", "body", "used")
        .order_by("-created_at", "-id")
    )


def key(viewer: Viewer, key_id: uuid.UUID) -> ApiKey:
    """One of those keys. Raises NotFoundForViewer."""
    found = keys(viewer).filter(pk=key_id).first()
    if found is None:
        raise NotFoundForViewer(_("Không có gì ở đây."), hint=_("Kiểm tra lại địa chỉ."))
    return found


def rights_at(viewer: Viewer, body_id: uuid.UUID) -> list[str]:
    """The rights that the viewer has at a body now, as scopes of a key are named."""
    return sorted(right for right in RIGHTS if viewer.may(right, body_id))
