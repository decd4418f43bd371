"""Write the keys of the house into a sealed file, and say so in the ledger."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from tangthu.backup import sealed_keys
from tangthu.backup.actions.note_sets import require_administrator
from tangthu.identity.acting import Acting
from tangthu.ledger.logs import all_logs
from tangthu.ledger.record import Event, record_many


def seal_keys(acting: Acting, passphrase: str, target: Path) -> list[str]:
    """Seal the keys into the new file `target`; returns their names. Raises Refused, InvalidInput.

    Whoever has the file and the passphrase can sign as this house, so each body's log tells of it.
    """
    require_administrator(acting)
    names = sealed_keys.seal(passphrase, target)
    with transaction.atomic():
        record_many(
            [
                Event(
                    kind="backup.keys.sealed", obj=log.body, body=log.body,
                    actor=acting.actor(log.body), detail={"keys": len(names)},
                )
                for log in all_logs()
            ]
        )  # fmt: skip
    return names
