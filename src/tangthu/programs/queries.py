"""Reads of keys, cut to whose they are."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext

from tangthu.identity.models import Account
from tangthu.identity.policies import Viewer
from tangthu.identity.roles import RIGHTS
from tangthu.kernel import clock
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.programs.models import ApiKey, Hook, HookDelivery
from tangthu.programs.wording import scope_words
from tangthu.signin.inventory import AccountKind, Line
from tangthu.ui import formats


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


def ended_key_of(token: str) -> ApiKey | None:
    """The key of a token that no longer opens anything: revoked, expired, or its account closed."""
    found = ApiKey.objects.filter(digest=digest_of(token)).select_related("person__account")
    return found.first()


def last_uses(people: Collection[uuid.UUID]) -> dict[uuid.UUID, dt.datetime]:
    """When programs last worked for each of `people` with one of his keys."""
    used = ApiKey.objects.filter(person_id__in=people, used__last_used_at__isnull=False)
    last = used.values("person_id").annotate(at=Max("used__last_used_at"))
    return {one["person_id"]: one["at"] for one in last}


def living_keys(body_id: uuid.UUID, people: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """The living keys of some people at a body, in words, for the review of accounts."""
    found: dict[uuid.UUID, list[str]] = {}
    living = ApiKey.objects.filter(
        body_id=body_id, person_id__in=people, revoked_at=None, expires_at__gt=Now()
    )
    for one in living.order_by("created_at", "id"):
        words = gettext("khóa API “%(name)s” đến %(day)s")
        told = words % {"name": one.name, "day": formats.day(one.expires_at)}
        found.setdefault(one.person_id, []).append(told)
    return found


def as_accounts(viewer: Viewer) -> list[Line]:
    """The keys at the bodies whose people the viewer manages, as accounts of programs (RM-954)."""
    found = ApiKey.objects.filter(body_id__in=viewer.bodies_with("people.manage"))
    now = clock.now()
    told = []
    for one in found.select_related("person", "body", "used").order_by("created_at", "id"):
        used = getattr(one, "used", None)
        state = gettext("Đang dùng")
        if one.revoked_at is not None or one.expires_at <= now:
            state = gettext("Đã vô hiệu hóa")
        scopes = ", ".join(scope_words(scope) for scope in one.scopes)
        told.append(
            Line(
                kind=AccountKind.PROGRAM,
                username=one.beginning,
                name=one.name,
                state=state,
                asset=f"{one.body.short_name}: {scopes}",
                manager=one.person.full_name,
                registered_at=one.created_at,
                used_at=used.last_used_at if used else None,
                until=(one.revoked_at or one.expires_at).date(),
            )
        )
    return told


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
        raise NotFoundForViewer()
    return found


def rights_at(viewer: Viewer, body_id: uuid.UUID) -> list[str]:
    """The rights that the viewer has at a body now, as scopes of a key are named."""
    return sorted(right for right in RIGHTS if viewer.may(right, body_id))


def hooks(viewer: Viewer) -> QuerySet[Hook]:
    """The viewer's own hooks and those at bodies whose people he manages, newest first, without
    those removed."""
    managed = viewer.bodies_with("people.manage")
    return (
        Hook.objects.filter(Q(person_id=viewer.person_id) | Q(body_id__in=managed))
        .exclude(state=Hook.State.REMOVED)
        .select_related("person", "body", "run", "key")
        .order_by("-created_at", "-id")
    )


def hook(viewer: Viewer, hook_id: uuid.UUID) -> Hook:
    """One of those hooks. Raises NotFoundForViewer."""
    found = hooks(viewer).filter(pk=hook_id).first()
    if found is None:
        raise NotFoundForViewer()
    return found


def deliveries(found: Hook, most: int) -> list[HookDelivery]:
    """The last messages of a hook that came through `hook`, newest first."""
    return list(HookDelivery.objects.filter(hook=found).order_by("-made_at")[:most])


def hooks_in_trouble(bodies: Collection[uuid.UUID] | None) -> QuerySet[Hook]:
    """The hooks of some bodies (None all) that the house stopped, or that fail now."""
    found = Hook.objects.filter(
        Q(state=Hook.State.STOPPED) | Q(state=Hook.State.ON, run__failing_since__isnull=False)
    )
    if bodies is not None:
        found = found.filter(body_id__in=bodies)
    return found.select_related("run").order_by("created_at")
