"""Write the notes of what was closed that could not be written when it was: a store was away."""

from __future__ import annotations

from django.db import transaction

from tangthu.repository.closed_beside import standing, write_notes
from tangthu.repository.models import Copy, Package
from tangthu.repository.places import usable

_MOST = 500


def keep_notes() -> int:
    """Write the notes that are due in stores that can be reached; returns beside how many copies.

    As they stand now: whatever changed since is in them.
    """
    due = Copy.objects.filter(note_due=True).select_related("store")
    stores = {copy.store_id: copy.store for copy in due.order_by("store_id").distinct("store_id")}
    away = [pk for pk, store in stores.items() if not usable(store)]
    waiting = list(due.exclude(store_id__in=away).order_by("id")[:_MOST])
    for package in Package.objects.filter(pk__in={copy.package_id for copy in waiting}):
        with transaction.atomic():
            write_notes(package, standing(package), merged=False)
    left = Copy.objects.filter(pk__in=[copy.pk for copy in waiting], note_due=True).count()
    return len(waiting) - left
