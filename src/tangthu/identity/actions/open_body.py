"""Open a body: its row and its own log, whose leaf 0 names it (IN-20)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity import house, names
from tangthu.identity.acting import Acting
from tangthu.identity.models import Body, BodyName
from tangthu.kernel import clock
from tangthu.kernel.deployment import ORIGIN_PREFIX, isolated
from tangthu.kernel.errors import InvalidInput
from tangthu.ledger.logs import open_log
from tangthu.ledger.record import Event, record


def body_state(body: Body) -> tuple[str, dict[str, str]]:
    """Schema and canonical metadata of a body."""
    state = {
        "archive_code": body.archive_code,
        "code": body.code,
        "name": body.name,
        "short_name": body.short_name,
    }
    if body.practice_of_id is not None:
        state["practice_of"] = str(body.practice_of_id)
    # What a body never chose stays out, so that the digests of older events hold.
    if body.applies_tt05 != Body.Applies.MANDATORY:
        state["applies_tt05"] = body.applies_tt05
    if body.terms != Body.Terms.LAW_2024:
        state["terms"] = body.terms
    return "identity.body/1", state


def open_body(
    acting: Acting,
    *,
    code: str,
    archive_code: str,
    name: str,
    short_name: str,
    origin: str,
    practice_of: Body | None = None,
) -> Body:
    """Create a body with its log of the given origin (fixed for the life of the log).

    `practice_of`: the body whose people only practise at the new one.

    On an isolated LAN the origin is made to say so (AR-128). Only the installation itself and who
    keeps it open bodies; one to practise at whoever manages the people of the real one. Raises
    Refused for anybody else, InvalidInput for a code that a body has or had.
    """
    if practice_of is not None:
        acting.require("people.manage", practice_of.pk)
    else:
        house.require_keeper(acting)
    if code in names.codes_held():
        words = _("Mã này đã cấp cho cơ quan khác, không dùng lại.")
        raise InvalidInput(words, problems={"code": [words]})
    if isolated() and not origin.startswith(ORIGIN_PREFIX):
        origin = f"{ORIGIN_PREFIX}{origin}"
    with transaction.atomic():
        body = Body(
            code=code,
            archive_code=archive_code,
            name=name,
            short_name=short_name,
            created_at=clock.now(),
            practice_of=practice_of,
        )
        open_log(body.id, origin)
        body.save(force_insert=True)
        BodyName(
            body=body,
            name=name,
            short_name=short_name,
            code=code,
            effective_from=timezone.localdate(),
        ).save(force_insert=True)
        record(
            Event(
                kind="identity.body.opened",
                obj=body.id,
                body=body.id,
                actor=acting.actor(body.id),
                state=body_state(body),
                detail={"name": name, "code": code},
            )
        )
    return body
