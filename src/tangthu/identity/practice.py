"""Who practises and who works stay apart: no right at a real body for the one, nor at the place to
practise for the other (docs/decisions/012)."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from tangthu.identity.models import Body, Person


def people_for(body_id: uuid.UUID) -> QuerySet[Person]:
    """Working people who may get a right at a body: of a place to practise its own alone, of a real
    body everybody but those who only practise."""
    if Body.objects.filter(pk=body_id, practice_of__isnull=False).exists():
        return Person.objects.filter(active=True, home_body_id=body_id)
    return Person.objects.filter(active=True, home_body__practice_of=None)
