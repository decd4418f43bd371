"""Answers to named changes: kept with the change, given again to who asks the same again.

A change and the answer to it commit together, so that a program that did not hear the answer may
ask again under the same name (Idempotency-Key) without the change being made twice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping

from django.db import connection
from django.utils.translation import gettext_lazy as _

from tangthu.kernel import clock
from tangthu.kernel.errors import HouseError
from tangthu.programs.models import ApiKey, KeptAnswer

KEPT_HOURS = 24


class StillAsked(HouseError):
    """The same change is being made by another request at this moment."""

    http_status = 409


class OtherRequest(HouseError):
    """The name was given to another request before."""

    http_status = 422


def answered(key: ApiKey, name: str, asked: str) -> KeptAnswer | None:
    """The answer kept for `name`; None if there is none yet, and then this transaction has it.

    To be called inside the transaction of the change. `asked` is the digest of the request. Raises
    StillAsked while another request of that name runs, OtherRequest for another request's name.
    """
    lock = hashlib.sha256(f"{key.pk} {name}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s)",
            [int.from_bytes(lock[:8], "big", signed=True)],
        )
        alone = bool(cursor.fetchone()[0])
    if not alone:
        raise StillAsked(
            _("Yêu cầu cùng Idempotency-Key này đang được thực hiện."),
            hint=_("Đợi một chút rồi gửi lại y như cũ."),
        )
    kept = KeptAnswer.objects.filter(key=key, name=name).first()
    if kept is not None and kept.kept_at < clock.now() - dt.timedelta(hours=KEPT_HOURS):
        kept.delete()
        kept = None
    if kept is not None and kept.asked != asked:
        raise OtherRequest(
            _("Idempotency-Key này đã dùng cho một yêu cầu khác."),
            hint=_("Mỗi thay đổi dùng một Idempotency-Key mới."),
        )
    return kept


def keep(
    key: ApiKey, name: str, asked: str, *, status: int, headers: Mapping[str, str], content: bytes
) -> None:
    """Keep the answer to a change, in the transaction of that change."""
    KeptAnswer(
        key=key,
        name=name,
        asked=asked,
        status=status,
        headers=dict(headers),
        content=content,
        kept_at=clock.now(),
    ).save(force_insert=True)


def forget_answers() -> None:
    """Remove the answers whose time is over."""
    KeptAnswer.objects.filter(kept_at__lt=clock.now() - dt.timedelta(hours=KEPT_HOURS)).delete()
