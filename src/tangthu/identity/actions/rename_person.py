"""Give a person another name; what he did under the old one stands as it was signed."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity import standing
from tangthu.identity.acting import Acting
from tangthu.identity.actions.add_person import words_of
from tangthu.identity.models import Person
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ledger.record import Event, record
from tangthu.standards.vietnamese import name_sort_key


def rename_person(acting: Acting, person_id: uuid.UUID, *, full_name: str) -> Person:
    """Change a person's name. Raises NotFoundForViewer, InvalidInput for no name or a long one."""
    with transaction.atomic():
        found = Person.objects.select_for_update().filter(pk=person_id, active=True).first()
        if found is None or not acting.may("people.manage", standing.answering_body(found)):
            raise NotFoundForViewer()
        old, found.full_name = found.full_name, words_of(full_name, _("Chưa có họ tên."))
        if found.full_name == old:
            return found
        found.sort_key = name_sort_key(found.full_name)
        found.save(update_fields=["full_name", "sort_key"])
        record(
            Event(
                kind="identity.person.renamed",
                obj=found.pk,
                body=found.home_body_id,
                actor=acting.actor(found.home_body_id),
                state=("identity.person/1", {"full_name": found.full_name, "active": True}),
                detail={"old": old, "new": found.full_name},
            )
        )
    return found
