"""Give a body another name or code from a day on; earlier days keep the old (RM-012, AR-37)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity import names
from tangthu.identity.acting import Acting
from tangthu.identity.actions.open_body import body_state
from tangthu.identity.models import Body, BodyName
from tangthu.kernel import advisory
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.ledger.record import Event, record
from tangthu.standards.vietnamese import nfc

_LONGEST = {"name": 200, "short_name": 60, "code": 35, "decision": 200}


def rename_body(
    acting: Acting,
    body_id: uuid.UUID,
    *,
    name: str,
    short_name: str,
    code: str,
    decision: str,
    since: dt.date | None = None,
) -> Body:
    """Let the body bear these names and this code from `since` on (today; never a later day).

    The code of its archive stays: codes of records begin with it. Raises NotFoundForViewer, and
    InvalidInput on "name", "short_name", "code", "decision" or "since".
    """
    given = {"name": name, "short_name": short_name, "code": code, "decision": decision}
    kept = {key: nfc(value).strip() for key, value in given.items()}
    today = timezone.localdate()
    since = since or today
    with transaction.atomic():
        advisory.until_commit("begin")
        body = Body.objects.select_for_update().filter(pk=body_id).first()
        if body is None or not acting.may("house.administer", body_id):
            raise NotFoundForViewer()
        last = body.names.get(effective_to=None)
        problems: dict[str, list[object]] = {}
        for key, value in kept.items():
            if not 0 < len(value) <= _LONGEST[key]:
                problems[key] = [_("Bỏ trống hay dài quá.")]
        if kept["code"] != body.code and kept["code"] in names.codes_held(body_id):
            problems["code"] = [_("Mã này đã cấp cho cơ quan khác, không dùng lại.")]
        if since > today or since <= last.effective_from:
            problems["since"] = [_("Ngày này phải sau ngày của tên trước và không quá hôm nay.")]
        if problems:
            raise InvalidInput(next(iter(problems.values()))[0], problems=problems)
        old = body.name
        last.effective_to = since - dt.timedelta(days=1)
        last.save(update_fields=["effective_to"])
        BodyName(body=body, effective_from=since, **kept).save(force_insert=True)
        body.name, body.short_name, body.code = kept["name"], kept["short_name"], kept["code"]
        body.save(update_fields=["name", "short_name", "code"])
        record(
            Event(
                kind="identity.body.renamed",
                obj=body.pk,
                body=body.pk,
                actor=acting.actor(body.pk),
                state=body_state(body),
                detail={"old": old, **kept, "since": since.isoformat()},
            )
        )
    return body
