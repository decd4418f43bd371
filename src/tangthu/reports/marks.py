"""The mark on what leaves the house: from which system, who, when, under which code (RM-662 k)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from tangthu.ui import formats


def mark_of(body: str, person: str, moment: dt.datetime, serial: str) -> str:
    """The line that stands on every page; its code is found in the register of copies."""
    return _("Tàng Thư · %(body)s · Người xuất: %(person)s · %(moment)s · Mã bản: %(serial)s") % {
        "body": body,
        "person": person,
        "moment": formats.moment(moment),
        "serial": serial,
    }
