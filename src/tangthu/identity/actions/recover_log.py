"""Let the log of a body go on after its database came back older than what was signed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from tangthu.identity.acting import Acting
from tangthu.kernel.errors import Refused
from tangthu.ledger import integrator
from tangthu.ledger.catching_up import may_integrate
from tangthu.ledger.logs import log_of
from tangthu.ledger.publishing import publishing_alone
from tangthu.ledger.record import Event, record
from tangthu.ledger.recovering import Recovery, record_restore, recover
from tangthu.ledger.signer import Signer
from tangthu.standards import durable

_REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was taken back, and what still keeps the log from going on (nothing if it runs)."""

    recovery: Recovery
    problems: list[str]


def recover_log(
    acting: Acting, body_id: uuid.UUID, *, tree: Path | None, nothing_newer: str = ""
) -> Recovered:
    """Compare the body's log with its published tree, take leaves back, and let it go on.

    `tree` is a folder with another copy of the published files. That it was done is one event of
    the body and one `sys.restore` of the log, whoever killed this in between (IN-89, IN-90). Raises
    Forked, NewerKnown, Refused (also without `house.administer` at the body).
    """
    acting.require("house.administer", body_id)
    if not may_integrate():
        raise Refused(
            "Chỉ lệnh trên máy chủ mới phục hồi được sổ cái.",
            hint="Chạy tangthu ledger recover trên máy chủ.",
        )
    log = log_of(body_id)
    signer = Signer(settings.HOME, log.log_id, log.origin)
    with publishing_alone(settings.HOME, log.log_id) as mine:
        if not mine:
            raise Refused("Sổ cái đang được ghi ra tệp.", hint="Làm lại sau ít giây.")
        found = recover(log, tree=tree, nothing_newer=nothing_newer)
        with transaction.atomic():
            if record_restore(log, found.before, found.after):
                record(
                    Event(
                        kind="identity.log.recovered",
                        obj=body_id,
                        body=body_id,
                        actor=acting.actor(body_id),
                        detail={
                            "from": str(found.before),
                            "to": str(found.after),
                            "reason": nothing_newer.strip()[:_REASON_LENGTH] or "-",
                        },
                    )
                )
        durable.point("ledger.recovered.event")
        signer.end_recovery()
    return Recovered(found, integrator.resume(log))
