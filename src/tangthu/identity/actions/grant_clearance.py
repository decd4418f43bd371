"""Clear a person for state secrets up to a degree, or end that; on an isolated LAN (AR-128)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity import queries
from tangthu.identity.acting import Acting
from tangthu.identity.models import Clearance, Person
from tangthu.identity.policies import DEGREES
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.ledger.record import Event, record
from tangthu.standards.vietnamese import nfc

_DECISION_LENGTH = 200


class OwnClearance(Refused):
    """Nobody decides on his own clearance."""


def set_clearance(
    acting: Acting, person_id: uuid.UUID, *, body_id: uuid.UUID, degree: str, decision: str
) -> Clearance | None:
    """Clear a person at a body up to `degree` ("1" to "3") from today on, or end it ("").

    What was in force at the body ends with yesterday, or is taken back if it began today; what
    other bodies decided stands. Raises NotFoundForViewer on a connected installation and for a
    person who holds no position today at a body of his, OwnClearance, InvalidInput on "degree" or
    "decision".
    """
    if not isolated():
        raise NotFoundForViewer()
    person = _person(acting, person_id, body_id)
    if person.pk == acting.viewer.person_id and not acting.is_system:
        raise OwnClearance(
            _("Không tự quyết định quyền tiếp cận của chính mình."),
            hint=_("Nhờ người khác có thẩm quyền."),
        )
    if degree and degree not in DEGREES:
        words = _("Chọn độ mật.")
        raise InvalidInput(words, problems={"degree": [words]})
    decision = nfc(decision).strip()[:_DECISION_LENGTH]
    if not decision:
        words = _("Ghi số, ngày và cơ quan ra quyết định.")
        raise InvalidInput(words, problems={"decision": [words]})
    today = timezone.localdate()
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        before = dict(queries.clearances_of(person)).get(body_id, "")
        standing = Clearance.objects.filter(person=person, body_id=body_id)
        for one in standing.exclude(effective_to__lt=today):
            one.effective_to = today - dt.timedelta(days=1)
            one.save(update_fields=["effective_to"])
        granted = None
        if degree:
            granted = Clearance(
                person=person,
                body_id=body_id,
                degree=degree,
                decision=decision,
                effective_from=today,
            )
            granted.save(force_insert=True)
        record(
            Event(
                kind="identity.person.cleared",
                obj=person.pk,
                body=person.home_body_id,
                actor=acting.actor(body_id),
                detail={"old": before, "new": degree, "decision": decision, "at": str(body_id)},
            )
        )
    return granted


def _person(acting: Acting, person_id: uuid.UUID, body_id: uuid.UUID) -> Person:
    people = Person.objects.filter(pk=person_id)
    if not acting.is_system and person_id != acting.viewer.person_id:
        mine = queries.people_to_clear(acting.viewer).filter(position__body_id=body_id)
        people = Person.objects.filter(pk__in=mine.filter(person_id=person_id).values("person_id"))
    found = people.first()
    if found is None:
        raise NotFoundForViewer()
    return found
