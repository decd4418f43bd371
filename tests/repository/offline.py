"""Check a package's own proof as a stranger does: with the file, the object beside it and a key.

Run as `python -m tests.repository.offline PROOF ORIGIN KEY OBJECT`: no database, no settings, no
home. Prints the number of events and of sealed versions, or ends with an error.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from tangthu.ledger.proofs import verify_bundle
from tangthu.standards.tlog.note import parse_vkey


def main(proof: str, origin: str, key: str, root: str) -> None:
    """Verify the proof, and that what it says was sealed is what lies in the object."""
    document = json.loads(Path(proof).read_bytes())
    events = verify_bundle(document, origin, [parse_vkey(key)])
    sealed = []
    for event in document["events"]:
        opened = {name: one["value"] for name, one in event.get("open", {}).items()}
        if opened.get("detail", {}).get("event") == "repository.package.sealed":
            digests = {one["id"]: one["h"] for one in opened["content"]}
            sealed.append((opened["detail"]["version"], digests["inventory"], digests["mets"]))
    for number, digest, mets in sealed:
        inventory = Path(root, f"v{number}", "inventory.json").read_bytes()
        assert hashlib.sha256(inventory).hexdigest() == digest, number
        held = json.loads(inventory)
        assert any(
            path.count("/") == 1 and path.endswith("/METS.xml")
            for path in held["versions"][f"v{number}"]["state"][mets]
        )
        for path in held["manifest"][mets]:
            assert hashlib.sha256(Path(root, path).read_bytes()).hexdigest() == mets, path
    print(json.dumps({"events": events, "versions": [number for number, _, _ in sealed]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
