"""The mark on what leaves the house: its degree, from which system, who, when, under which code.

RM-662 k; on an isolated LAN the degree of secrecy stands before all else (AR-128).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.identity.policies import Viewer
from tangthu.records.fields import code_label
from tangthu.records.levels import degree_of
from tangthu.ui import formats

PRINTED_BY = gettext_lazy("Người in")
EXPORTED_BY = gettext_lazy("Người xuất")
DOWNLOADED_BY = gettext_lazy("Người tải")


def with_position(viewer: Viewer, body_id: uuid.UUID) -> str:
    """Who made a copy, with the position under which he acts at the body."""
    return ", ".join(filter(None, (viewer.full_name, viewer.position_at(body_id))))


def mark_of(
    body: str,
    person: str,
    moment: dt.datetime,
    serial: str,
    *,
    by: str | Promise,
    levels: Iterable[str] = (),
) -> str:
    """The line that stands on every page; its code is found in the register of copies.

    `by` says what the person did; `levels` are those of all that stands in the copy: the highest
    degree of secrecy among them comes first, in capitals.
    """
    mark = _("Tàng Thư · %(body)s · %(by)s: %(person)s · %(moment)s · Mã bản: %(serial)s") % {
        "body": body,
        "by": by,
        "person": person,
        "moment": formats.moment(moment),
        "serial": serial,
    }
    highest = max((degree_of(level) for level in levels), default="")
    if not highest:
        return mark
    return f"{code_label('secrecy', highest, timezone.localdate()).upper()} · {mark}"
