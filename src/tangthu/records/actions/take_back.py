"""Take back the copies of records that must not leave any more, whatever is killed meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction

from tangthu.records import leaving
from tangthu.records.models import Leaving
from tangthu.standards import durable


def order_back(records: Collection[uuid.UUID]) -> None:
    """Write down, in the transaction that demands it, that copies of these records must go.

    From its commit on nothing that tells of them is handed out; the caller then has it done
    (`finish_taking_back`). Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("what is taken back commits with the change that demands it")
    Leaving.objects.bulk_create(Leaving(obj=one) for one in records)


def finish_taking_back() -> None:
    """Take back what stands written down, here and by any process that was killed before it could.

    Harmless while others do the same.
    """
    noted = dict(Leaving.objects.values_list("pk", "obj"))
    if noted:
        durable.point("records.leaving.noted")
        leaving.take_back(set(noted.values()))
        Leaving.objects.filter(pk__in=list(noted)).delete()
