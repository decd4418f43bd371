"""Say what a bulk act would do to each chosen row, and bind that to a digest."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from tangthu.bulk import acts, queries
from tangthu.bulk.acts.base import Act, Record
from tangthu.bulk.models import BulkAct, BulkRow
from tangthu.identity.acting import Acting
from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.records import queries as records

_PORTION = 500
_WHY = 400
_KEEP = (
    "UPDATE bulk_bulkrow kept SET outcome = found.outcome, why_not = found.why_not, "
    "told = found.told, state = found.state FROM jsonb_to_recordset(%s::jsonb) AS "
    "found(id bigint, outcome text, why_not text, told jsonb, state text) WHERE kept.id = found.id"
)


class AlreadyConfirmed(Refused):
    """The bulk act was confirmed: what it does is no more to be changed."""

    http_status = 409


def preview_act(acting: Acting, act_id: uuid.UUID, name: str, given: Any) -> BulkAct:
    """Judge the chosen rows for the act of that name with what its form was given.

    Nothing is done yet. Raises NotFoundForViewer, AlreadyConfirmed, or InvalidInput whose
    `problems` name fields of the form.
    """
    with transaction.atomic():
        queries.bulk_act(acting.viewer, act_id)
        bulk = BulkAct.objects.select_for_update().get(pk=act_id)
        if bulk.confirmed_at is not None:
            raise AlreadyConfirmed(
                _("Việc này đã được xác nhận."), hint=_("Chọn lại các dòng để làm việc khác.")
            )
        act = acts.act(acting.viewer, bulk.kind, name)
        bulk.act, bulk.args = name, _args(act, act.form(acting.viewer, bulk, given))
        able = _judge(acting.viewer, bulk, act)
        if len(able) > act.most:
            raise InvalidInput(
                _("Việc này làm được nhiều nhất %(n)s dòng một lần.") % {"n": act.most},
                hint=_("Chọn ít dòng hơn."),
            )
        bulk.digest = digest_of(bulk, able)
        bulk.save(update_fields=["act", "args", "digest"])
    return bulk


def _args(act: Act, form: Any) -> dict[str, Any]:
    if not form.is_valid():
        problems = {
            "" if name == "__all__" else name: [str(one) for one in words]
            for name, words in form.errors.items()
        }
        raise InvalidInput(_("Chưa đủ để xem trước."), problems=problems)
    return act.args(form)


def read(viewer: Viewer, kind: str, ids: list[uuid.UUID]) -> dict[uuid.UUID, Record]:
    """Those of some records that the viewer may see now, by id."""
    found = records.dossiers(viewer) if kind == "dossier" else records.documents(viewer)
    return dict(found.select_related("body").in_bulk(ids))


def _judge(viewer: Viewer, bulk: BulkAct, act: Act) -> list[tuple[str, str]]:
    """Judge all rows, keep what was found with them; the rows that can be done, with their state.

    What the viewer does not see any more is left out of the act.
    """
    able: list[tuple[str, str]] = []
    every = list(bulk.rows.order_by("place"))
    for start in range(0, len(every), _PORTION):
        rows = every[start : start + _PORTION]
        known = read(viewer, bulk.kind, [row.obj for row in rows])
        judged = act.judge(viewer, bulk, list(known.values()))
        for row in rows:
            one = judged.get(row.obj)
            row.outcome = BulkRow.Outcome.WAITING if one else BulkRow.Outcome.GONE
            row.why_not = str(one.why_not)[:_WHY] if one else ""
            row.told = dict(one.told) if one else {}
            row.state = one.state if one else ""
            if one and not one.why_not:
                able.append((str(row.obj), row.state))
        _keep(rows)
    return able


def _keep(rows: list[BulkRow]) -> None:
    """Write what was found of each row, all in one statement.

    Django's bulk_update builds an expression for every field of every row, ten times the work.
    """
    found = [
        {
            "id": row.pk,
            "outcome": row.outcome,
            "why_not": row.why_not,
            "told": row.told,
            "state": row.state,
        }
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [json.dumps(found, ensure_ascii=False)])


def digest_of(bulk: BulkAct, able: list[tuple[str, str]]) -> str:
    """SHA-256 of what is to be confirmed: the act, what it was asked, the rows and their states."""
    told = json.dumps(
        [str(bulk.pk), bulk.act, bulk.kind, bulk.args, able],
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    )  # fmt: skip
    return hashlib.sha256(told.encode()).hexdigest()
