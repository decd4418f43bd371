"""Raw OCFL objects for the validator's tests, so that every rule can be broken one at a time.

They are written by hand, not by our writer. `RawObject` holds the inventories as JSON values;
`seal` writes them with right digest files, whatever they say.
"""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

BYTES = {"a.txt": b"one\n", "dir/b.txt": b"two\n", "c.txt": b"three\n"}
USER = {"name": "A. Nguyen", "address": "mailto:a@example.org"}


def sha(data: bytes, algorithm: str = "sha512") -> str:
    return hashlib.new(algorithm, data).hexdigest()


class RawObject:
    """A valid object of two versions: v1 has a.txt and dir/b.txt, v2 adds c.txt."""

    def __init__(self, root: Path, spec: str = "1.1", object_id: str = "urn:example:1") -> None:
        self.root = root
        self.spec = spec
        self.name = ["v1", "v2"]
        first = ["a.txt", "dir/b.txt"]
        self.v1 = self._inventory(object_id, "v1", {"v1": first})
        self.v2 = self._inventory(object_id, "v2", {"v1": first, "v2": [*first, "c.txt"]})
        for name, data in BYTES.items():
            path = root / ("v2" if name == "c.txt" else "v1") / "content" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (root / f"0=ocfl_object_{spec}").write_text(f"ocfl_object_{spec}\n")
        self.seal()

    def _inventory(
        self, object_id: str, head: str, versions: dict[str, list[str]]
    ) -> dict[str, Any]:
        names = versions[head]
        return {
            "id": object_id,
            "type": f"https://ocfl.io/{self.spec}/spec/#inventory",
            "digestAlgorithm": "sha512",
            "head": head,
            "manifest": {
                sha(BYTES[name]): [f"{'v2' if name == 'c.txt' else 'v1'}/content/{name}"]
                for name in names
            },
            "versions": {
                version: {
                    "created": f"2026-01-0{version[1]}T08:00:00+07:00",
                    "message": f"Version {version}",
                    "user": deepcopy(USER),
                    "state": {sha(BYTES[name]): [name] for name in held},
                }
                for version, held in versions.items()
            },
        }

    @property
    def root_inventory(self) -> dict[str, Any]:
        return self.v2

    def seal(self, data: bytes | None = None) -> None:
        """Write v1's inventory and the current one (or `data` in its stead) with digest files."""
        self.write("v1", json.dumps(self.v1).encode())
        current = json.dumps(self.v2).encode() if data is None else data
        self.write("v2", current)
        self.write("", current)

    def write(self, folder: str, data: bytes, algorithm: str | None = None) -> None:
        """Write one inventory and its digest file."""
        if algorithm is None:
            inventory = self.v1 if folder == "v1" else self.v2
            algorithm = str(inventory.get("digestAlgorithm", "sha512"))
        here = self.root / folder
        here.mkdir(exist_ok=True)
        (here / "inventory.json").write_bytes(data)
        if algorithm in ("sha256", "sha512", "md5"):
            text = f"{sha(data, algorithm)} inventory.json\n"
            (here / f"inventory.json.{algorithm}").write_text(text)

    def text(self) -> str:
        """The current inventory as JSON text, to be cut about."""
        return json.dumps(self.v2)

    def both(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.v1, self.v2

    def rename_versions(self, names: dict[str, str], drop_content: bool = False) -> None:
        """Rename version folders and every mention of them."""
        text = json.dumps([self.v1, self.v2])
        for old, new in names.items():
            text = text.replace(f'"{old}"', f'"{new}"').replace(f'"{old}/', f'"{new}/')
            (self.root / old).rename(self.root / new)
        self.v1, self.v2 = json.loads(text)

    def seal_renamed(self, first: str, second: str) -> None:
        self.write(first, json.dumps(self.v1).encode(), "sha512")
        current = json.dumps(self.v2).encode()
        self.write(second, current)
        self.write("", current)
