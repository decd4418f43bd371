"""Who looked: one view event per session and record in an hour, however many images load."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from tangthu.records.actions.note_access import note_view
from tangthu.records.models import Document, Dossier

_SEEN = "seen"
_REMEMBERED = 300
_SECONDS = 3600


def note(request: HttpRequest, record: Dossier | Document) -> None:
    """Record the view unless this session recorded one of it within the last hour."""
    moment = int(timezone.now().timestamp())
    seen: dict[str, int] = request.session.get(_SEEN, {})
    if moment - seen.get(str(record.pk), 0) < _SECONDS:
        return
    note_view(request.acting, record)  # type: ignore[attr-defined]
    kept = {key: then for key, then in seen.items() if moment - then < _SECONDS}
    kept[str(record.pk)] = moment
    request.session[_SEEN] = dict(list(kept.items())[-_REMEMBERED:])
