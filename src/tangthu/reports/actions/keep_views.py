"""Save a search under a name, rename it, share it, delete it. No record state, so no event."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.utils.translation import gettext as _

from tangthu.identity.acting import Acting
from tangthu.kernel import clock
from tangthu.kernel.errors import InvalidInput
from tangthu.reports import queries
from tangthu.reports.models import SavedView
from tangthu.standards.vietnamese import nfc

NAME, QUERY, MOST = 120, 3000, 200


def save_view(
    acting: Acting, *, name: str, source: str, query: str, shared_with: uuid.UUID | None
) -> SavedView:
    """Keep a search; the same name again replaces what it asked. Raises InvalidInput."""
    mine = SavedView.objects.filter(person_id=acting.viewer.person_id)
    named = _named(name)
    kept = mine.filter(name=named).first()
    if kept is None and mine.count() >= MOST:
        raise InvalidInput(
            _("Đã lưu quá nhiều tìm kiếm."), problems={"name": [_("Xóa bớt tìm kiếm cũ.")]}
        )
    if len(query) > QUERY:
        raise InvalidInput(_("Tìm kiếm quá dài."), problems={"name": [_("Rút ngắn tìm kiếm.")]})
    kept = kept or SavedView(person_id=acting.viewer.person_id, name=named, created_at=clock.now())
    kept.source, kept.query = source, query
    kept.shared_with_id = _shareable(acting, shared_with)
    kept.save()
    return kept


def change_view(
    acting: Acting, view_id: uuid.UUID, *, name: str, shared_with: uuid.UUID | None
) -> SavedView:
    """Rename one's own search and say with whom it is shared. NotFoundForViewer, InvalidInput."""
    kept = queries.own_view(acting.viewer, view_id)
    named = _named(name)
    others = SavedView.objects.filter(person_id=kept.person_id, name=named).exclude(pk=kept.pk)
    if others.exists():
        raise InvalidInput(
            _("Tên này đã có."), problems={"name": [_("Bạn đã có tìm kiếm mang tên này.")]}
        )
    kept.name, kept.shared_with_id = named, _shareable(acting, shared_with)
    kept.save(update_fields=["name", "shared_with"])
    return kept


def delete_view(acting: Acting, view_id: uuid.UUID) -> None:
    """Delete one's own search. Raises NotFoundForViewer."""
    queries.own_view(acting.viewer, view_id).delete()


def _named(name: str) -> str:
    named = " ".join(nfc(name.replace("\0", " ")).split())
    problems: Mapping[str, list[str]] = {}
    if not named:
        problems = {"name": [_("Đặt tên cho tìm kiếm.")]}
    elif len(named) > NAME:
        problems = {"name": [_("Tên dài nhất %(n)s ký tự.") % {"n": NAME}]}
    if problems:
        raise InvalidInput(_("Tên chưa dùng được."), problems=dict(problems))
    return named


def _shareable(acting: Acting, body: uuid.UUID | None) -> uuid.UUID | None:
    """The body, if the person holds a position there."""
    held = {position[0] for position in acting.viewer.positions}
    return body if body in held else None
