"""Keep each package's own proof beside it, once the event of its sealing is signed (IN-81).

The proof cannot lie inside what it proves; it stands next to the object as `<AIP>.rproof.json`.
"""

from __future__ import annotations

import json
from pathlib import Path

from django.db.models import F

from tangthu.kernel.stores import StoreDamaged
from tangthu.ledger import proofs
from tangthu.repository.actions.note_beside import proof_path
from tangthu.repository.beside import write_beside
from tangthu.repository.models import Copy, Package
from tangthu.repository.stores import StoreUnusable
from tangthu.standards import ocfl

_MOST = 500


def keep_proofs() -> int:
    """Write the proofs that are due and can be made; returns for how many copies."""
    due = Copy.objects.filter(proof_version__lt=F("package__head"))
    packages = Package.objects.filter(pk__in=due.values("package_id")).order_by("id")
    return sum(_keep(package) for package in packages[:_MOST])


def _keep(package: Package) -> int:
    standing = proofs.standing(package.pk)
    if standing is None or not standing.whole:
        return 0
    document = proofs.bundle(package.pk)
    if document is None or len(document["events"]) < standing.events:
        return 0
    data = json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"
    kept = 0
    for copy in Copy.objects.filter(package=package).select_related("store"):
        try:
            name = proof_path(Path(), package.objid).name
            write_beside(copy.store, package.objid, name, data, what="repository.proof")
        except (OSError, StoreUnusable, StoreDamaged, ocfl.OcflError):
            continue
        Copy.objects.filter(pk=copy.pk).update(proof_version=package.head)
        kept += 1
    return kept
