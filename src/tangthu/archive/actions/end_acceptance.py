"""Put a batch back before a person after an acceptance ended, however it ended."""

from __future__ import annotations

import uuid

from tangthu.archive.models import Batch


def end_acceptance(batch_id: uuid.UUID) -> None:
    """Return the batch to review; what was not taken is its work list."""
    Batch.objects.filter(pk=batch_id, state=Batch.State.ACCEPTING).update(state=Batch.State.REVIEW)
