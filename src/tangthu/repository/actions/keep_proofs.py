"""Keep each package's own proof beside it, once the event of its sealing is signed (IN-81).

The proof cannot lie inside what it proves; it stands next to the object as `<AIP>.rproof.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from django.db.models import F

from tangthu.kernel import clock
from tangthu.kernel.stores import StoreDamaged
from tangthu.ledger import proofs
from tangthu.repository.actions.note_beside import proof_path
from tangthu.repository.beside import write_beside
from tangthu.repository.models import Copy, Package
from tangthu.repository.places import usable
from tangthu.repository.stores import StoreUnusable, in_use
from tangthu.standards import ocfl

_MOST = 500


def keep_proofs() -> int:
    """Write the proofs that are due and can be made; returns for how many copies.

    Who was not tried for the longest time comes first, and stores that are away are left alone:
    what cannot be served must not keep the others from it.
    """
    there = [store.pk for store in in_use() if usable(store)]
    due = Copy.objects.filter(proof_version__lt=F("package__head"), store__in=there)
    first = due.order_by(F("proof_tried_at").asc(nulls_first=True), "id")[:_MOST]
    kept = 0
    for package_id in dict.fromkeys(first.values_list("package_id", flat=True)):
        mine = due.filter(package_id=package_id)
        kept += _keep(Package.objects.get(pk=package_id), list(mine.select_related("store")))
        mine.update(proof_tried_at=clock.now())
    return kept


def _keep(package: Package, copies: Sequence[Copy]) -> int:
    standing = proofs.standing(package.pk)
    if standing is None or not standing.whole:
        return 0
    document = proofs.bundle(package.pk)
    if document is None or len(document["events"]) < standing.events:
        return 0
    data = json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"
    kept = 0
    for copy in copies:
        try:
            name = proof_path(Path(), package.objid).name
            write_beside(copy.store, package.objid, name, data, what="repository.proof")
        except (OSError, StoreUnusable, StoreDamaged, ocfl.OcflError):
            continue
        Copy.objects.filter(pk=copy.pk).update(proof_version=package.head)
        kept += 1
    return kept
