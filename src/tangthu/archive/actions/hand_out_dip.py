"""Hand a use package (DIP) to its owner: while it lives and he may read it all, each time noted."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.archive import queries
from tangthu.archive.actions.make_dip import NoLongerThere, dip_path, visible_documents
from tangthu.archive.actions.remove_dip import stop_dip
from tangthu.archive.models import Dissemination
from tangthu.identity.acting import Acting
from tangthu.kernel import clock
from tangthu.kernel.errors import HouseError
from tangthu.ledger.record import Event, record
from tangthu.records import leaving
from tangthu.records.actions.note_access import note_package
from tangthu.standards import durable


class DipGone(HouseError):
    """The DIP is over its time, removed, or not to be handed out any more."""

    http_status = 410


def hand_out(acting: Acting, dip_id: uuid.UUID) -> tuple[Dissemination, Iterator[bytes]]:
    """The DIP and its bytes in pieces; the download is on record before the first leaves.

    Raises NotFoundForViewer for anybody but its owner, DipGone.
    """
    dip = queries.dip(acting.viewer, dip_id)
    if dip.made_at is None or dip.removed_at is not None:
        raise _gone()
    if dip.expires_at is None or dip.expires_at <= clock.now():
        raise _gone()
    try:
        documents = visible_documents(acting, dip)
    except NoLongerThere:
        stop_dip(dip.pk)
        raise _gone() from None
    if not leaving.awaited().isdisjoint(one.pk for one in documents):
        stop_dip(dip.pk)
        raise _gone()
    path = dip_path(dip.pk)
    if not path.is_file() or path.stat().st_size != dip.size:
        raise _gone()
    pieces = durable.chunks_of(path)
    first = next(pieces, b"")
    with transaction.atomic():
        record(
            Event(
                kind="archive.dip.downloaded",
                obj=dip.pk,
                body=dip.body_id,
                actor=acting.actor(dip.body_id),
                detail={"code": dip.code, "sha256": dip.sha256},
            )
        )
        note_package(acting, documents, event="archive.document.dip_downloaded", code=dip.code)
    return dip, _chained(first, pieces)


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _gone() -> DipGone:
    return DipGone(
        _("Gói này không còn tải được nữa."), hint=_("Tạo gói mới từ trang hồ sơ nếu vẫn cần.")
    )
