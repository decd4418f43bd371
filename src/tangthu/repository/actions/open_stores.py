"""Register the stores of a new installation: two folders, until an administrator says otherwise."""

from __future__ import annotations

from django.db import transaction

from tangthu.repository.models import Store
from tangthu.repository.stores import DEFAULT_STORES, default_path, open_store


def ensure_stores() -> list[Store]:
    """The stores in order, registered and made ready on first use. Safe to call at once twice."""
    found = list(Store.objects.order_by("position"))
    if not found:
        with transaction.atomic():
            Store.objects.bulk_create(
                (
                    Store(name=name, path=default_path(name), position=position)
                    for position, name in enumerate(DEFAULT_STORES, start=1)
                ),
                ignore_conflicts=True,
            )
        found = list(Store.objects.order_by("position"))
    for store in found:
        open_store(store)
    return found
