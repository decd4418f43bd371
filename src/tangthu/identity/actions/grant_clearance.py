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
    acting: Acting, person_id: uuid.UUID, *, degree: str, decision: str
) -> Clearance | None:
    """Clear a person up to `degree` ("1" to "3") from today on, or end it ("").

    What was in force ends with yesterday, or is taken back if it began today. Raises
    NotFoundForViewer on a connected installation and for a person of no body of his, OwnClearance,
    InvalidInput on "degree" or "decision".
    """
    if not isolated():
        raise NotFoundForViewer(_("Không có gì ở đây."), hint=_("Kiểm tra lại địa chỉ."))
    person = _person(acting, person_id)
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
        before = queries.clearance_of(person)
        for one in Clearance.objects.filter(person=person).exclude(effective_to__lt=today):
            one.effective_to = today - dt.timedelta(days=1)
            one.save(update_fields=["effective_to"])
        granted = None
        if degree:
            granted = Clearance(
                person=person, degree=degree, decision=decision, effective_from=today
            )
            granted.save(force_insert=True)
        record(
            Event(
                kind="identity.person.cleared",
                obj=person.pk,
                body=person.home_body_id,
                actor=acting.actor(person.home_body_id),
                detail={"old": before, "new": degree, "decision": decision},
            )
        )
    return granted


def _person(acting: Acting, person_id: uuid.UUID) -> Person:
    people = Person.objects.filter(pk=person_id)
    if not acting.is_system:
        people = queries.people_to_clear(acting.viewer).filter(pk=person_id)
    found = people.first()
    if found is None:
        raise NotFoundForViewer(_("Không có gì ở đây."), hint=_("Kiểm tra lại địa chỉ."))
    return found
