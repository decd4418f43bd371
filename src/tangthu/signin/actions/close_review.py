"""Sign a review of accounts: what was decided of each, and its consequences at once (RM-954)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.kernel.errors import InvalidInput
from tangthu.ledger.record import Event, record
from tangthu.signin import reviewing
from tangthu.signin.actions.account_state import disable_account
from tangthu.signin.models import Review, ReviewLine, Verdict

NOTE_LENGTH = 500
SCHEMA = "signin.review/2"


def close_review(
    acting: Acting, body_id: uuid.UUID, decided: Mapping[uuid.UUID, tuple[str, str]]
) -> Review:
    """Sign a review of every account of a body.

    `decided`: for each person with an enabled account a Verdict and a note ("" none). Accounts with
    the verdict "disable" are disabled in the same transaction. Raises NotFoundForViewer for a body
    whose people the acting person does not manage, InvalidInput where an account was not decided of
    (one that came meanwhile too), Refused for disabling oneself.
    """
    body = reviewing.body_of(acting, body_id)
    with transaction.atomic():
        seen = reviewing.seen_at(body_id)
        open_ = [one.account for one in seen if one.enabled]
        missing = [one for one in open_ if decided.get(one.person_id, ("",))[0] not in _VERDICTS]
        if missing:
            raise InvalidInput(
                _("Còn tài khoản chưa được quyết định."),
                problems={str(one.person_id): [_("Chọn giữ hoặc vô hiệu hóa.")] for one in missing},
            )
        review = Review(
            body=body,
            closed_at=timezone.now(),
            person_id=None if acting.is_system else acting.viewer.person_id,
            name=acting.viewer.full_name,
            position=acting.viewer.position_at(body_id),
        )
        review.save(force_insert=True)
        disabled, lines = 0, []
        for number, one in enumerate(seen, 1):
            verdict, note = decided.get(one.account.person_id, ("", ""))
            if not one.enabled:
                verdict = Verdict.OFF
            elif verdict == Verdict.DISABLE:
                disable_account(acting, one.account.person_id, review=str(review.pk))
                disabled += 1
            lines.append(_line(review, number, one, verdict, note))
        ReviewLine.objects.bulk_create(lines)
        record(
            Event(
                kind="signin.review.closed",
                obj=review.pk,
                body=body_id,
                actor=acting.actor(body_id),
                state=(SCHEMA, {"lines": [_as_state(one) for one in lines]}),
                detail={"accounts": len(seen), "disabled": disabled},
            )
        )
    return review


def _as_state(line: ReviewLine) -> dict[str, object]:
    """A line as the event binds it, by the digest of all lines."""
    return {
        "person": str(line.person_id),
        "username": line.username,
        "roles": line.roles,
        "kind": line.kind,
        "manager": line.manager,
        "department": line.department,
        "idle_days": line.idle_days,
        "second_step": line.second_step,
        "verdict": line.verdict,
        "note": line.note,
    }


_VERDICTS = (Verdict.KEEP, Verdict.DISABLE)


def _line(review: Review, number: int, seen: reviewing.Seen, verdict: str, note: str) -> ReviewLine:
    """What was seen and decided of one account, as it was then."""
    return ReviewLine(
        review=review,
        number=number,
        person_id=seen.account.person_id,
        username=seen.account.username,
        name=seen.account.person.full_name,
        titles=seen.titles,
        roles=seen.roles,
        kind=seen.line.kind,
        manager=seen.line.manager,
        department=seen.line.department,
        registered_at=seen.line.registered_at,
        used_at=seen.used_at,
        idle_days=seen.idle_days,
        second_step=seen.second_step,
        conflicts="\n".join(seen.conflicts),
        verdict=verdict,
        note=" ".join(note.replace("\0", " ").split())[:NOTE_LENGTH],
    )
