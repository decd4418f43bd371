"""Who looked: one view event per person, record and hour of a session, however many images load."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from tangthu.records.actions.note_access import note_view
from tangthu.records.models import Document, Dossier

_SEEN = "seen"
_REMEMBERED = 300


def note(request: HttpRequest, record: Dossier | Document) -> None:
    """Record the view unless this session has seen the record in this hour."""
    hour = int(timezone.now().timestamp()) // 3600
    seen: dict[str, int] = request.session.get(_SEEN, {})
    if seen.get(str(record.pk)) == hour:
        return
    note_view(request.acting, record)  # type: ignore[attr-defined]
    kept = {key: then for key, then in seen.items() if then == hour}
    kept[str(record.pk)] = hour
    request.session[_SEEN] = dict(list(kept.items())[-_REMEMBERED:])
