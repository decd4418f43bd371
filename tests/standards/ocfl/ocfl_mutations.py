"""Single changes to a valid object, counted out: keys, values, files, folders, digest files.

Unlike the faults they name no code; another validator has to agree on the verdict.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from tests.standards.ocfl.ocfl_cases import BYTES, RawObject, sha

Change = Callable[[RawObject], object]
A, C = sha(BYTES["a.txt"]), sha(BYTES["c.txt"])
MD5 = sha(BYTES["a.txt"], "md5")

WRONG: tuple[Any, ...] = (None, True, 7, 1.5, "", "x", [], ["x"], {}, {"x": 1})
KEYS: tuple[tuple[str, ...], ...] = (
    ("id",),
    ("type",),
    ("digestAlgorithm",),
    ("head",),
    ("contentDirectory",),
    ("manifest",),
    ("manifest", A),
    ("versions",),
    ("versions", "v1"),
    ("versions", "v2", "created"),
    ("versions", "v2", "state"),
    ("versions", "v2", "state", A),
    ("versions", "v2", "message"),
    ("versions", "v2", "user"),
    ("versions", "v2", "user", "name"),
    ("versions", "v2", "user", "address"),
    ("fixity",),
    ("fixity", "md5"),
    ("fixity", "md5", MD5),
)
VALUES: dict[tuple[str, ...], tuple[Any, ...]] = {
    ("id",): ("not a uri", "URN:EXAMPLE:1", "urn:", ":x", "x:y z", " urn:example:1"),
    ("type",): (
        "https://ocfl.io/1.0/spec/#inventory",
        "https://ocfl.io/1.1/spec/#inventory",
        "https://ocfl.io/2.0/spec/#inventory",
        "https://ocfl.io/1.1/spec/",
        "http://ocfl.io/1.1/spec/#inventory",
        "https://ocfl.io/1.1/spec/#inventory ",
    ),
    ("digestAlgorithm",): (
        "sha256",
        "SHA512",
        "sha-512",
        "sha512/256",
        "blake2b-512",
        "md5",
        "../x",
    ),
    ("head",): ("v1", "v02", "v3", "V2", "2", "v2 ", "v0"),
    ("contentDirectory",): (
        "content",
        "other",
        ".",
        "..",
        "a/b",
        "/content",
        "content/",
        "con tent",
    ),
    ("versions", "v2", "created"): (
        "2026-01-02T08:00:00Z",
        "2026-01-02t08:00:00z",
        "2026-01-02T08:00:00.123456789Z",
        "2026-01-02T08:00:00-00:00",
        "2026-01-02T08:00:00",
        "2026-01-02T08:00Z",
        "2026-01-02",
        "2026-02-30T08:00:00Z",
        "2026-01-02T25:00:00Z",
        "2026-01-02T08:60:00Z",
        "2026-01-02T08:00:00+0700",
        "Fri, 02 Jan 2026 08:00:00 GMT",
        "20260102T080000Z",
    ),
    ("versions", "v2", "state", A): (
        ["b/../a.txt"],
        ["./a.txt"],
        ["/a.txt"],
        ["a.txt/"],
        ["a//b"],
        [".."],
        ["/"],
        ["c.txt"],
        ["c.txt/x"],
        ["dir"],
        ["a.txt", "a.txt"],
        ["a.txt", "A.txt"],
        ["a b\u00e9.txt"],
        ["a\\b.txt"],
    ),
    ("manifest", A): (
        ["v1/content/../content/a.txt"],
        ["v1//content/a.txt"],
        ["/v1/content/a.txt"],
        ["v1/content/a.txt/"],
        ["v1/content/./a.txt"],
        ["v1/content"],
        ["v1/a.txt"],
        ["v3/content/a.txt"],
        ["v01/content/a.txt"],
        ["content/a.txt"],
        ["v1/content/b.txt"],
        ["v1/content/dir"],
        ["v1/content/dir/b.txt"],
        ["v1/content/a.txt", "v1/content/a.txt"],
        ["v1/content/a.txt", "v1/content/missing.txt"],
        ["v1/other/a.txt"],
    ),
    ("versions", "v2", "user", "address"): ("a@example.org", "mailto:a@b", "https://orcid.org/0"),
    ("fixity", "md5", MD5): (["v1/content/no.txt"], ["/v1/content/a.txt"], ["v2/content/c.txt"]),
    ("fixity",): (
        {"sha512/256": {}},
        {"blake2b-512": {}},
        {"crc32": {}},
        {"md5": {"0" * 32: ["v1/content/a.txt"]}},
        {"md5": {MD5.upper(): ["v1/content/a.txt"]}},
        {"md5": {MD5: ["v1/content/a.txt"], MD5.upper(): ["v1/content/a.txt"]}},
        {"md5": {"zz": ["v1/content/a.txt"]}},
        {"sha1": {MD5: ["v1/content/a.txt"]}},
        {"sha256": {sha(BYTES["a.txt"], "sha256"): ["v1/content/a.txt"]}},
    ),
}
FILES = (
    "x.txt",
    ".hidden",
    "v3",
    "logs",
    "logs/x.txt",
    "logs/a/b.txt",
    "extensions/x.txt",
    "extensions/own/x.txt",
    "extensions/0005-mutable-head/x.txt",
    "0=ocfl_object_1.0",
    "0=ocfl_object_1.1",
    "0=ocfl_object_2.0",
    "0=ocfl_1.1",
    "inventory.json.md5",
    "inventory.json.sha256",
    "Inventory.json",
    "v1/x.txt",
    "v1/inventory.json.sha256",
    "v1/stuff/x.txt",
    "v1/content/x.txt",
    "v2/content/dir/x.txt",
    "v3/content/x.txt",
    "v0/x",
    "v01/x",
    "V1/x",
    "v1x/x",
    "content/x",
)
FOLDERS = (
    "extra",
    "logs",
    "extensions",
    "extensions/own",
    "v1/extra",
    "v1/content/e",
    "v1/content/e/f",
    "v3",
    "v02",
)
SIDECARS = (
    "",
    "\n",
    "{0}",
    "{0} inventory.json",
    "{0}  inventory.json\n",
    "{0}\tinventory.json\n",
    "{0} inventory.json\r\n",
    "{0} inventory.json \n",
    " {0} inventory.json\n",
    "{0} *inventory.json\n",
    "{0} ./inventory.json\n",
    "{0} v2/inventory.json\n",
    "{0}inventory.json\n",
    "inventory.json {0}\n",
    "{0} inventory.json\n{0} inventory.json\n",
    "0{0} inventory.json\n",
    "xyz inventory.json\n",
    "\ufeff{0} inventory.json\n",
)


def changes() -> Iterator[tuple[str, Change]]:
    """Every change with a name of its own."""
    for where in ("both", "current", "earlier"):
        for path in KEYS:
            yield f"{where} without {_told(path)}", _edited(where, path, None, remove=True)
            for value in WRONG:
                yield f"{where} {_told(path)} = {value!r}", _edited(where, path, value)
        for path, values in VALUES.items():
            for value in values:
                yield f"{where} {_told(path)} = {value!r}"[:150], _edited(where, path, value)
    for name in FILES:
        yield f"with file {name}", _with_file(name)
    for name in FOLDERS:
        yield f"with folder {name}", _with_folder(name)
    for folder in ("", "v1/", "v2/"):
        for text in SIDECARS:
            yield f"digest file {folder} {text!r}", _with_sidecar(folder, text)
    for name in ("inventory.json", "inventory.json.sha512", "content", "content/dir", ""):
        for folder in ("", "v1", "v2"):
            if folder or name:
                yield f"without {folder}/{name}", _without(f"{folder}/{name}".strip("/"))
    for old, new in (("v1", "v01"), ("v2", "v02"), ("v2", "v3"), ("v2", "2"), ("v1", "v0")):
        yield f"{old} named {new}", _renamed(old, new)
    for text in ("", "ocfl_object_1.1", "ocfl_object_1.0\n", "ocfl_object_1.1\r\n", "x\n"):
        yield f"declaration {text!r}", _declared(text)


def _told(path: tuple[str, ...]) -> str:
    return ".".join(part if len(part) < 20 else part[:4] for part in path)


def _edited(where: str, path: tuple[str, ...], value: Any, *, remove: bool = False) -> Change:
    def change(thing: RawObject) -> None:
        if path[0] == "fixity":
            for inventory in thing.both():
                inventory["fixity"] = {"md5": {MD5: ["v1/content/a.txt"]}}
        for number, inventory in enumerate(thing.both()):
            if where == ("current", "earlier")[number]:
                continue
            holder = inventory
            for part in path[:-1]:
                holder = holder.get(part, {})
            if remove:
                holder.pop(path[-1], None)
            else:
                holder[path[-1]] = deepcopy(value)
        thing.write("v1", json.dumps(thing.v1).encode(), "sha512")
        for folder in ("v2", ""):
            thing.write(folder, json.dumps(thing.v2).encode(), "sha512")

    return change


def _with_file(name: str) -> Change:
    def change(thing: RawObject) -> None:
        path = thing.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name[2:]}\n" if name.startswith("0=") else "x")

    return change


def _with_folder(name: str) -> Change:
    return lambda thing: (thing.root / name).mkdir(parents=True, exist_ok=True)


def _with_sidecar(folder: str, text: str) -> Change:
    def change(thing: RawObject) -> None:
        digest = sha((thing.root / folder / "inventory.json").read_bytes())
        (thing.root / folder / "inventory.json.sha512").write_bytes(text.format(digest).encode())

    return change


def _without(name: str) -> Change:
    def change(thing: RawObject) -> None:
        path = thing.root / name
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()

    return change


def _renamed(old: str, new: str) -> Change:
    return lambda thing: (thing.root / old).rename(thing.root / new)


def _declared(text: str) -> Change:
    return lambda thing: (thing.root / f"0=ocfl_object_{thing.spec}").write_text(text)
