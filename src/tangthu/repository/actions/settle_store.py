"""Take a store into use once every package that may be copied is in it."""

from __future__ import annotations

from django.db import transaction

from tangthu.identity.acting import Acting
from tangthu.ledger.record import Event, record
from tangthu.repository.actions.register_store import administered_at
from tangthu.repository.models import Copy, Store
from tangthu.repository.stores import missing_in


def settle_joined(acting: Acting, store: Store) -> bool:
    """Have a store that misses no package count as in use; returns whether it does.

    A package that is withheld keeps it from that: another store must not be given up while this one
    lacks anything. Raises Refused without the right.
    """
    body = administered_at(acting)
    with transaction.atomic():
        held = Store.objects.select_for_update().get(pk=store.pk)
        if held.state != Store.State.JOINING:
            return held.state == Store.State.ACTIVE
        if missing_in(held).exists():
            return False
        held.state = Store.State.ACTIVE
        held.save(update_fields=["state"])
        record(
            Event(
                kind="repository.store.joined",
                obj=held.uid,
                body=body,
                actor=acting.actor(body),
                detail={"store": held.name, "packages": Copy.objects.filter(store=held).count()},
            )
        )
    return True
