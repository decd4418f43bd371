"""Put a batch back before a person after an acceptance ended, however it ended."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.models import F

from tangthu.archive.models import Batch


def end_acceptance(batch: Batch, also: Callable[[], None] = lambda: None) -> None:
    """Return the batch to review; what was not taken is its work list.

    What other batches of the body know of contents already held is stale from now on. `also` runs
    in the same transaction.
    """
    with transaction.atomic():
        Batch.objects.filter(pk=batch.pk, state=Batch.State.ACCEPTING).update(
            state=Batch.State.REVIEW
        )
        Batch.objects.filter(body_id=batch.body_id, state=Batch.State.REVIEW).update(
            updates=F("updates") + 1
        )
        also()
