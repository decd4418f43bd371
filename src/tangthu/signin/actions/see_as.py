"""See the pages as another person does: asked for, allowed by himself, for a while, looks only.

Who administers people has no right to read what they read (RM-954: duties apart), so his seeing as
another needs that person's consent every time (docs/decisions/013).
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity import house
from tangthu.identity.acting import Acting
from tangthu.kernel import advisory
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.ledger.record import Event, record
from tangthu.signin import queries, rules
from tangthu.signin.models import Seeing
from tangthu.standards.vietnamese import nfc

_REASON_LENGTH = 300


class AskedBefore(Refused):
    """The same person has been asked already and has not answered."""

    http_status = 409


def standing() -> QuerySet[Seeing]:
    """What was asked for or allowed, and is neither ended nor over."""
    return Seeing.objects.filter(ended_at=None, until__gt=timezone.now()).select_related(
        "person", "asked_by"
    )


def ask(acting: Acting, person_id: uuid.UUID, *, reason: str) -> Seeing:
    """Ask a person whose account the acting person manages to let him see as that person.

    It waits a day for the answer. Raises NotFoundForViewer, Refused for oneself and while an
    earlier one stands, KeptByOthers for who keeps the house, InvalidInput on "reason".
    """
    account = queries.managed(acting, person_id)
    house.require_over(acting, person_id)
    reason = nfc(reason).strip()
    if not 0 < len(reason) <= _REASON_LENGTH:
        words = _("Ghi lý do, nhiều nhất 300 ký tự.")
        raise InvalidInput(words, problems={"reason": [words]})
    if person_id == acting.viewer.person_id or not account.person.active:
        raise Refused(
            _("Không xem như chính mình hoặc như người đã thôi việc."),
            hint=_("Chọn một người đang làm việc."),
        )
    with transaction.atomic():
        advisory.until_commit(f"seeing {person_id}")
        if standing().filter(person=person_id, asked_by=acting.viewer.person_id).exists():
            raise AskedBefore(_("Bạn đã xin xem như người này."), hint=_("Chờ người ấy trả lời."))
        now = timezone.now()
        asked = Seeing(
            person_id=person_id,
            asked_by_id=acting.viewer.person_id,
            reason=reason,
            asked_at=now,
            until=now + dt.timedelta(hours=rules.number("seeing_asked")),
        )
        asked.save(force_insert=True)
        _tell(acting, asked, "signin.seeing.asked", reason=reason)
    return asked


def allow(acting: Acting, seeing_id: uuid.UUID) -> Seeing:
    """Let who asked see as the acting person, for as long as the rules say from now on.

    Raises NotFoundForViewer for what was not asked of the acting person or is over.
    """
    with transaction.atomic():
        found = _of(acting, seeing_id, allowed_at=None)
        found.allowed_at = timezone.now()
        found.until = found.allowed_at + dt.timedelta(minutes=rules.number("seeing"))
        found.save(update_fields=["allowed_at", "until"])
        _tell(acting, found, "signin.seeing.allowed")
    return found


def end(acting: Acting, seeing_id: uuid.UUID) -> None:
    """Refuse what was asked, or end what was allowed: by the person, or by who asked.

    Raises NotFoundForViewer.
    """
    with transaction.atomic():
        found = _of(acting, seeing_id, either=True)
        found.ended_at = timezone.now()
        found.save(update_fields=["ended_at"])
        _tell(acting, found, "signin.seeing.ended")


def begin(acting: Acting, person_id: uuid.UUID) -> Seeing:
    """Begin to see as a person who allowed it. Raises NotFoundForViewer."""
    queries.managed(acting, person_id)
    mine = standing().filter(asked_by=acting.viewer.person_id, person=person_id)
    found = mine.exclude(allowed_at=None).first()
    if found is None:
        raise NotFoundForViewer()
    with transaction.atomic():
        _tell(acting, found, "signin.seeing.began")
    return found


def in_force(acting: Acting, seeing_id: str) -> Seeing | None:
    """What the acting person sees by, if it still stands, he still manages that account, and it did
    not become that of who keeps the house."""
    try:
        wanted = uuid.UUID(seeing_id)
    except ValueError:
        return None
    mine = standing().filter(pk=wanted, asked_by=acting.viewer.person_id)
    found = mine.exclude(allowed_at=None).first()
    if found is None or not found.person.active:
        return None
    try:
        queries.managed(acting, found.person_id)
        house.require_over(acting, found.person_id)
    except (NotFoundForViewer, house.KeptByOthers):
        return None
    return found


def _of(acting: Acting, seeing_id: uuid.UUID, *, either: bool = False, **wanted: object) -> Seeing:
    me = acting.viewer.person_id
    found = standing().select_for_update(of=("self",)).filter(pk=seeing_id, **wanted).first()
    parties = () if found is None else (found.person_id, *([found.asked_by_id] if either else []))
    if found is None or me not in parties or acting.behind is not None:
        raise NotFoundForViewer()
    return found


def _tell(acting: Acting, seeing: Seeing, kind: str, **detail: object) -> None:
    body = seeing.person.home_body_id
    record(
        Event(
            kind=kind,
            obj=seeing.person_id,
            body=body,
            actor=acting.actor(body),
            detail={"asked_by": seeing.asked_by.full_name, **detail},
        )
    )
