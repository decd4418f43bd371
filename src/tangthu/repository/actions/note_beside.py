"""Keep the fixity events of a package beside its objects, where they can be read without us."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tangthu.kernel.stores import StoreDamaged
from tangthu.ledger.history import Told, history
from tangthu.repository.beside import read_beside, write_beside
from tangthu.repository.fixity import copies_of
from tangthu.repository.models import Package
from tangthu.repository.stores import StoreUnusable
from tangthu.standards import ocfl

EVENTS = "events.jsonl"
KINDS = ("repository.package.checked", "repository.package.repaired")


def note_beside(package: Package) -> None:
    """Append the events that the file beside each copy does not have yet, one JSON line each.

    A store that is away now gets its lines the next time: the ledger has them.
    """
    told = [event for event in history(package.pk) if event.kind_name in KINDS]
    for copy in copies_of(package):
        try:
            before = read_beside(copy.store, package.objid, EVENTS) or b""
            known = _known(before)
            lines = [_line(event) for event in told if str(event.eid) not in known]
            if lines:
                data = b"".join([before, *lines])
                write_beside(copy.store, package.objid, EVENTS, data, what="repository.beside")
        except (OSError, StoreUnusable, StoreDamaged, ocfl.OcflError):
            continue


def proof_path(folder: Path, objid: str) -> Path:
    """Where the proof of a package stands beside its object (IN-81)."""
    return folder / f"{objid.replace(':', '_')}.rproof.json"


def _known(data: bytes) -> set[str]:
    found: set[str] = set()
    for line in data.splitlines():
        try:
            found.add(str(json.loads(line)["eid"]))
        except (ValueError, KeyError, TypeError):
            continue  # a damaged line is kept as it is; its event is told anew
    return found


def _line(event: Told) -> bytes:
    line: dict[str, Any] = {
        "eid": str(event.eid),
        "t": event.t,
        "kind": event.kind_name,
        "out": event.out,
        "chain": {"obj": str(event.obj), "ch": event.ch, "n": event.n},
        "detail": {k: v for k, v in event.fields.get("detail", {}).items() if k != "event"},
    }
    if event.leaf_index is not None:
        line["leaf"] = event.leaf_index
    return json.dumps(line, ensure_ascii=False, sort_keys=True).encode("utf-8") + b"\n"
