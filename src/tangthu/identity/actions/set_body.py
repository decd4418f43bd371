"""Say whether TT05 binds a body, and whose words its screens use (AR-03, RM-013)."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.actions.open_body import body_state
from tangthu.identity.models import Body
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.ledger.record import Event, record
from tangthu.standards.vietnamese import nfc

_LENGTH = 200


def set_body(
    acting: Acting, body_id: uuid.UUID, *, applies_tt05: str, terms: str, decision: str
) -> Body:
    """Set both, by a decision; of who administers the installation at the body.

    Raises NotFoundForViewer, and InvalidInput on "applies_tt05", "terms" or "decision".
    """
    given = {"applies_tt05": applies_tt05, "terms": terms}
    kept = nfc(decision).strip()
    problems: dict[str, list[object]] = {}
    known = {"applies_tt05": Body.Applies.values, "terms": Body.Terms.values}
    for name, value in given.items():
        if value not in known[name]:
            problems[name] = [_("Không có giá trị này.")]
    if not 0 < len(kept) <= _LENGTH:
        problems["decision"] = [_("Bỏ trống hay dài quá.")]
    with transaction.atomic():
        body = Body.objects.select_for_update().filter(pk=body_id).first()
        if body is None or not acting.may("house.administer", body_id):
            raise NotFoundForViewer(_("Không có gì ở đây."), hint=_("Kiểm tra lại địa chỉ."))
        if problems:
            raise InvalidInput(next(iter(problems.values()))[0], problems=problems)
        body.applies_tt05, body.terms = applies_tt05, terms
        body.save(update_fields=["applies_tt05", "terms"])
        record(
            Event(
                kind="identity.body.set",
                obj=body.pk,
                body=body.pk,
                actor=acting.actor(body.pk),
                state=body_state(body),
                detail={**given, "decision": kept},
            )
        )
    return body
