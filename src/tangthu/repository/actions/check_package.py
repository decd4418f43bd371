"""Check every copy of one package, mend what can be mended, and record what was found.

Fixity events live in the ledger and beside the object; they enter PREMIS at the package's next
version. A check never rewrites a package (AR-89, AR-92, RM-950).
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field

from django.db import transaction

from tangthu.identity.acting import Acting
from tangthu.kernel import advisory, clock
from tangthu.ledger.record import Event, Recorded, record
from tangthu.repository.fixity import CopyVerdict, beyond_repair, check_copy
from tangthu.repository.models import Copy, Package
from tangthu.repository.stores import beside, open_store
from tangthu.standards import durable, ocfl

BESIDE_FILE = "events.jsonl"


@dataclass(slots=True)
class PackageVerdict:
    """What a check of one package found and did."""

    package: Package
    copies: list[CopyVerdict]
    repaired: list[tuple[str, str]] = field(default_factory=list)  # store, path
    unrepairable: list[tuple[str, str, str]] = field(default_factory=list)  # store, path, status

    @property
    def bad(self) -> list[tuple[str, str, str]]:
        """Every bad place as found: store, path ("" for the whole object), status."""
        found = [
            (copy.copy.store.name, path, status)
            for copy in self.copies
            for path, status in copy.problems.items()
        ]
        found += [(c.copy.store.name, path, "extra") for c in self.copies for path in c.extra]
        found += [(c.copy.store.name, "", c.unusable) for c in self.copies if c.unusable]
        return found

    @property
    def files(self) -> int:
        """How many files were read, over all copies."""
        return sum(copy.files for copy in self.copies)


def check_package(acting: Acting, package_id: uuid.UUID, *, repair: bool) -> PackageVerdict:
    """Check a package in all stores; with `repair`, replace bad files by good ones of another copy.

    Raises Refused without `repository.audit` at the package's body.
    """
    package = Package.objects.select_related("body").get(pk=package_id)
    acting.require("repository.audit", package.body_id)
    with advisory.exclusive(f"seal {package.dossier_id}"):
        copies = list(
            Copy.objects.filter(package=package)
            .select_related("store", "package")
            .order_by("store__position")
        )
        verdict = PackageVerdict(package, [check_copy(copy) for copy in copies])
        if verdict.bad and repair:
            _repair(verdict)
        lost = beyond_repair([check_copy(copy) for copy in copies]) if verdict.bad else {}
        for copy in verdict.copies:
            name = copy.copy.store.name
            verdict.unrepairable += [(name, path, status) for path, status in lost.items()]
        _enter(acting, verdict, repair)
    return verdict


def _repair(verdict: PackageVerdict) -> None:
    """Mend each bad copy file by file from the others, or as a whole from a whole one."""
    for bad in (copy for copy in verdict.copies if not copy.whole):
        store = open_store(bad.copy.store)
        for good in (copy for copy in verdict.copies if copy is not bad and not copy.unusable):
            if bad.unusable or bad.extra:
                if good.whole and _replace(store, good):
                    verdict.repaired.append((bad.copy.store.name, ""))
                    break
                continue
            for path in [p for p in bad.problems if p not in good.problems]:
                try:
                    ocfl.repair_file(store, bad.place, path, good.place)
                except (ocfl.OcflError, OSError):
                    continue
                verdict.repaired.append((bad.copy.store.name, path))


def _replace(store: ocfl.StorageRoot, good: CopyVerdict) -> bool:
    try:
        ocfl.replicate(good.place, store, replace=True)
    except (ocfl.OcflError, OSError):
        return False
    return True


def _enter(acting: Acting, verdict: PackageVerdict, repair: bool) -> None:
    """Write the copies' new state with the events, then the events beside the objects."""
    mended = {store for store, _ in verdict.repaired}
    lost = {store for store, _, _ in verdict.unrepairable}
    package = verdict.package
    words = "nguyên vẹn"
    if verdict.unrepairable:
        words = "hỏng ở mọi bản sao"
    elif verdict.bad:
        words = "đã phục hồi" if mended else "có bản sao hỏng"
    recorded: list[tuple[str, Recorded]] = []
    with transaction.atomic():
        moment = clock.now()
        for copy in verdict.copies:
            name = copy.copy.store.name
            good = copy.whole or (name in mended and name not in lost)
            state = Copy.State.GOOD if good else Copy.State.BAD
            if name in lost:
                state = Copy.State.UNREPAIRABLE
            Copy.objects.filter(pk=copy.copy.pk).update(
                state=state,
                verified_at=moment,
                problem=""
                if good
                else json.dumps(
                    [[path, status] for where, path, status in verdict.bad if where == name],
                    ensure_ascii=False,
                )[:4000],
            )
        checked = record(
            Event(
                kind="repository.package.checked",
                obj=package.id,
                body=package.body_id,
                actor=acting.actor(package.body_id),
                out="ok" if not verdict.bad else "fail",
                detail={
                    "copies": len(verdict.copies),
                    "files": verdict.files,
                    "verdict": words,
                    "bad": [list(item) for item in verdict.bad][:200],
                    "repair": repair,
                },
            )
        )
        recorded.append(("repository.package.checked", checked))
        for store in sorted(mended):
            source = next(
                (c.copy.store.name for c in verdict.copies if c.copy.store.name != store), ""
            )
            event = record(
                Event(
                    kind="repository.package.repaired",
                    obj=package.id,
                    body=package.body_id,
                    actor=acting.actor(package.body_id),
                    detail={
                        "store": store,
                        "source": source,
                        "files": sum(1 for where, _ in verdict.repaired if where == store),
                        "paths": [path for where, path in verdict.repaired if where == store],
                    },
                )
            )
            recorded.append(("repository.package.repaired", event))
    _note_beside(verdict, recorded)


def _note_beside(verdict: PackageVerdict, recorded: list[tuple[str, Recorded]]) -> None:
    """Append one line per event to the file beside each copy's object, durably."""
    lines = b"".join(
        json.dumps(
            {
                "eid": str(event.eid),
                "n": event.n,
                "t": event.t,
                "kind": kind,
                "bad": verdict.bad,
                "repaired": verdict.repaired,
            },
            ensure_ascii=False,
        ).encode("utf-8")
        + b"\n"
        for kind, event in recorded
    )
    for copy in verdict.copies:
        try:
            folder = beside(copy.copy.store, verdict.package.objid)
            durable.make_dirs(folder)
            path = folder / BESIDE_FILE
            before = path.read_bytes() if path.exists() else b""
            durable.write_file(path, [before, lines], what="repository.beside")
        except (OSError, ocfl.OcflError):
            continue  # a store that is away has its event in the ledger
