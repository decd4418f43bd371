"""Close records again that a note beside a package says were closed (`tangthu index rebuild`)."""

from __future__ import annotations

import uuid

from tangthu.archive.searchables import reindex_dossiers
from tangthu.identity.acting import Acting
from tangthu.ledger.history import history
from tangthu.records.actions.rebuild_records import close_again
from tangthu.records.models import Document, Dossier
from tangthu.repository.closed_beside import Closed, note_closed
from tangthu.repository.models import Package


def close_as_noted(acting: Acting, package: Package, closed: Closed) -> bool:
    """Let the stricter hold of what is noted beside a copy and what the catalogue says.

    A note that is older than what people did here with a record since says nothing of it. The
    caller holds the dossier and has asked for the right. True if anything changed.
    """
    documents = Document.objects.filter(memberships__dossier_id=package.dossier_id)
    noted = {*closed.levels, *closed.withheld}
    here: list[Dossier | Document] = [*Dossier.objects.filter(pk=package.dossier_id), *documents]
    rows = [row for row in here if str(row.pk) in noted and not _older(closed, row.pk)]
    levels = {uuid.UUID(key): level for key, level in closed.levels.items()}
    withheld = {uuid.UUID(key) for key in closed.withheld}
    told = {"package": package.objid, "note": "closed.json"}
    if not rows or not close_again(acting, rows, levels, withheld, told=told):
        return False
    reindex_dossiers([package.dossier_id])
    note_closed([package.dossier_id])
    return True


def _older(closed: Closed, row: uuid.UUID) -> bool:
    since = [event.when for event in history(row) if not event.kind_name.endswith(".rebuilt")]
    return bool(closed.at and since and max(since) > closed.at)
