"""Reads of accounts and of the security log, each cut to what the viewer may know."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from tangthu.identity import house
from tangthu.identity.acting import Acting
from tangthu.identity.models import Account
from tangthu.identity.policies import Viewer
from tangthu.identity.standing import answering_body, appointments
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.signin.models import Passkey, ProviderLink, RecoveryCode, SecurityEntry
from tangthu.ui.days import span


def accounts(viewer: Viewer, right: str = "people.manage") -> QuerySet[Account]:
    """Accounts of people of the bodies at which the viewer has `right`, by name: who is at home
    there, or holds a position there today that was confirmed."""
    there = viewer.bodies_with(right)
    people = appointments().filter(position__body_id__in=there).order_by().values("person_id")
    return (
        Account.objects.filter(Q(person_id__in=people) | Q(person__home_body_id__in=there))
        .select_related("person", "person__home_body", "signin", "second_step")
        .order_by("person__sort_key", "id")
    )


def managed(acting: Acting, person_id: uuid.UUID) -> Account:
    """The account of a person whom the acting person manages. Raises NotFoundForViewer."""
    every = Account.objects.select_related("person", "person__home_body", "signin", "second_step")
    found = (every if acting.is_system else accounts(acting.viewer)).filter(person_id=person_id)
    account = found.first()
    if account is None:
        raise NotFoundForViewer()
    return account


def managed_at_home(acting: Acting, person_id: uuid.UUID) -> Account:
    """The account of a person for whom the acting person's body answers: he alone decides how it
    proves itself. Raises NotFoundForViewer, KeptByOthers for who keeps the house."""
    account = managed(acting, person_id)
    if not acting.may("people.manage", answering_body(account.person)):
        raise NotFoundForViewer()
    house.require_over(acting, person_id)
    return account


def codes_left(account: Account) -> int:
    """How many recovery codes of an account are still unused."""
    return RecoveryCode.objects.filter(account=account, used_at=None).count()


def passkeys_of(account: Account) -> list[Passkey]:
    """The passkeys of an account, the oldest first."""
    return list(Passkey.objects.filter(account=account).order_by("added_at", "id"))


def own_passkey(account: Account, passkey_id: uuid.UUID) -> Passkey:
    """One of the passkeys of an account. Raises NotFoundForViewer."""
    found = Passkey.objects.filter(account=account, pk=passkey_id).first()
    if found is None:
        raise NotFoundForViewer()
    return found


def credentials_at(account: Account, host: str) -> list[bytes]:
    """The ids of the credentials of an account that are bound to a host name."""
    found = Passkey.objects.filter(account=account, host=host).order_by("added_at", "id")
    return [bytes(one) for one in found.values_list("credential", flat=True)]


def links_of(account: Account) -> list[ProviderLink]:
    """With which providers an account is linked."""
    return list(ProviderLink.objects.filter(account=account).order_by("linked_at"))


def body_of_managed(acting: Acting, account: Account) -> uuid.UUID:
    """The body as whose administrator the acting person acts on an account."""
    bodies = acting.viewer.bodies_with("people.manage")
    if not bodies or account.person.home_body_id in bodies:
        return account.person.home_body_id
    held = appointments().filter(person_id=account.person_id, position__body_id__in=bodies)
    places = held.order_by("position__body_id").values_list("position__body_id", flat=True)
    return places.first() or min(bodies)


def entries(viewer: Viewer) -> QuerySet[SecurityEntry]:
    """The security log of the bodies at which the viewer reviews it, and of what is of no body."""
    reviewed = viewer.bodies_with("log.review")
    if not reviewed:
        return SecurityEntry.objects.none()
    people = accounts(viewer, "log.review").order_by().values("person_id")
    return SecurityEntry.objects.filter(
        Q(body_id__in=reviewed) | Q(body_id=None) | Q(person_id__in=people)
    )


def own_entries(viewer: Viewer) -> QuerySet[SecurityEntry]:
    """What the security log tells of the viewer's own account."""
    return SecurityEntry.objects.filter(person_id=viewer.person_id)


def narrowed(
    found: QuerySet[SecurityEntry],
    *,
    kinds: Sequence[str] = (),
    outcomes: Sequence[str] = (),
    text: str = "",
    start: str = "",
    end: str = "",
) -> QuerySet[SecurityEntry]:
    """Those lines of `found` of some kinds and outcomes, of an account, target or source that
    `text` is the beginning of, between two days as typed (both whole; what is no day counts not).
    """
    if kinds:
        found = found.filter(kind__in=kinds)
    if outcomes:
        found = found.filter(outcome__in=outcomes)
    wanted = text.replace("\0", "").strip()[:60]
    if wanted:
        found = found.filter(
            Q(account__istartswith=wanted)
            | Q(target__istartswith=wanted)
            | Q(source__startswith=wanted)
        )
    begin, until = span(start, end)
    if begin:
        found = found.filter(at__gte=begin)
    if until:
        found = found.filter(at__lt=until)
    return found


def named_like(found: QuerySet[Account], typed: str) -> QuerySet[Account]:
    """Those accounts whose user name begins so, or in whose person's name the words occur."""
    wanted = typed.replace("\0", "").strip()[:60]
    if not wanted:
        return found
    return found.filter(Q(username__istartswith=wanted) | Q(person__full_name__icontains=wanted))


def titles_of(viewer: Viewer, found: Sequence[Account]) -> dict[uuid.UUID, str]:
    """For each person the titles he holds today at bodies whose people the viewer manages."""
    held = appointments().filter(
        person_id__in=[one.person_id for one in found],
        position__body_id__in=viewer.bodies_with("people.manage"),
    )
    titles: dict[uuid.UUID, list[str]] = {}
    for one in held:
        titles.setdefault(one.person_id, []).append(one.position.title)
    return {person: ", ".join(dict.fromkeys(names)) for person, names in titles.items()}
