"""Clear a person for state secrets up to a degree, or end that; on an isolated LAN (AR-128). As
every change of rights a clearance waits for a second person (RM-630 c)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity import queries
from tangthu.identity.acting import Acting
from tangthu.identity.actions.change_rights import asking
from tangthu.identity.models import Clearance, Person
from tangthu.identity.policies import DEGREES
from tangthu.kernel import clock
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
    """Clear a person at a body up to `degree` ("1" to "3"), or end it ("").

    It holds once somebody else confirms it (`change_rights.asking`); until then stands what was in
    force and does not go beyond it. Less, and the end of one, take effect at once. What other
    bodies decided stands. Raises NotFoundForViewer on a connected installation and for a
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
    asked = asking(acting, body_id)
    at_once = asked["alone"] or asked["confirmed_at"] is not None
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        before = dict(queries.clearances_of(person)).get(body_id, "")
        _end_others(acting, person, body_id, degree, at_once=at_once)
        granted = None
        if degree:
            granted = Clearance(
                person=person,
                body_id=body_id,
                degree=degree,
                decision=decision,
                effective_from=timezone.localdate(),
                **asked,
            )
            granted.save(force_insert=True)
        detail = {"old": before, "new": degree, "decision": decision, "at": str(body_id)}
        if granted is not None:
            detail["change"] = str(granted.pk)
        record(
            Event(
                kind="identity.person.cleared",
                obj=person.pk,
                body=person.home_body_id,
                actor=acting.actor(body_id),
                detail=detail,
            )
        )
    return granted


def _end_others(
    acting: Acting, person: Person, body_id: uuid.UUID, degree: str, *, at_once: bool
) -> None:
    """End what the new decision takes the place of: all where it holds at once; where it waits,
    what goes beyond it, and what waited before. Taken away altogether is to be confirmed."""
    now, yesterday = clock.now(), timezone.localdate() - dt.timedelta(days=1)
    standing = Clearance.objects.filter(person=person, body_id=body_id, refused_at=None)
    for one in standing.filter(ended_at=None).exclude(effective_to__lte=yesterday):
        gave = one.confirmed_at is not None or one.alone
        if gave and degree and not at_once and one.degree <= degree:
            continue
        one.effective_to = yesterday
        if not gave or not degree:
            one.ended_by, one.ended_at = acting.person_id, now
            if not gave or acting.is_system:
                one.end_confirmed_at = now
        one.save()


def _person(acting: Acting, person_id: uuid.UUID, body_id: uuid.UUID) -> Person:
    people = Person.objects.filter(pk=person_id)
    if not acting.is_system and person_id != acting.viewer.person_id:
        mine = queries.people_to_clear(acting.viewer).filter(position__body_id=body_id)
        people = Person.objects.filter(pk__in=mine.filter(person_id=person_id).values("person_id"))
    found = people.first()
    if found is None:
        raise NotFoundForViewer()
    return found
