"""Events of the integrity log as PREMIS events (integrity-log.md IN-79)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from tangthu.standards.premis.errors import LedgerEventError
from tangthu.standards.premis.model import Event, Identifier, LedgerPlace, Link
from tangthu.standards.premis.vocabulary import event_type_uri

_ZONE = timezone(timedelta(hours=7))


def ledger_event(
    body: bytes,
    place: LedgerPlace,
    event_type: str,
    *,
    detail: str = "",
    agents: tuple[Link, ...] = (),
    objects: tuple[Link, ...] = (),
) -> Event:
    """Return the PREMIS event of a log event.

    `body`: the event body verbatim (restricted JCS, IN-10, IN-11); `place`: where it stands in the
    log; `event_type`: a label of `EVENT_TYPES`. Identifier, time and the linked object come from
    the body; `objects` are further links. Raises `LedgerEventError` if the body is not an event
    body or belongs to the access chain, which never enters a package, and `UnknownEventTypeError`.
    """
    event_type_uri(event_type)
    try:
        fields = json.loads(body)
        chain, eid, obj = fields["ch"], str(fields["eid"]), str(fields["obj"])
        when = datetime.fromtimestamp(int(fields["t"]) / 1000, _ZONE)
        outcome = str(fields["out"])
    except (ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError):
        raise LedgerEventError(
            "Nội dung sự kiện nhật ký không đọc được.", "Lấy lại sự kiện từ nhật ký."
        ) from None
    if chain != "c":
        raise LedgerEventError(
            "Sự kiện truy cập không được đưa vào gói lưu trữ.",
            "Chỉ đưa sự kiện của chuỗi lưu giữ (c).",
            chain=str(chain)[:20],
        )
    return Event(
        identifier=Identifier("UUIDv7", eid),
        type=event_type,
        when=when.isoformat(timespec="milliseconds"),
        detail=detail,
        outcome=outcome,
        agents=agents,
        objects=(Link(Identifier("UUID", obj)), *objects),
        body=body,
        place=place,
    )
