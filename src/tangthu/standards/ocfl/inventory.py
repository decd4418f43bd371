"""The inventory of an OCFL object as values: parse strictly, write deterministically.

Version states are kept as logical path → digest, because that is how they are used. Digests keep
the spelling of the file they came from (states must match the manifest exactly, E050).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tangthu.standards.ocfl import check_inventory, rawjson
from tangthu.standards.ocfl.check_inventory import SPEC_VERSIONS, TYPE_URI
from tangthu.standards.ocfl.codes import Findings
from tangthu.standards.ocfl.errors import InvalidInventoryError

INVENTORY = "inventory.json"


@dataclass(frozen=True, slots=True)
class Version:
    """One version: when (RFC 3339 text), why, by whom, and logical path → digest.

    `unused` are digests that the state lists without any path, kept so that nothing is lost.
    """

    created: str
    state: Mapping[str, str]
    message: str | None = None
    user_name: str | None = None
    user_address: str | None = None
    unused: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the version block but for its state."""
        block: dict[str, Any] = {"created": self.created}
        if self.message is not None:
            block["message"] = self.message
        if self.user_name is not None:
            block["user"] = {"name": self.user_name}
            if self.user_address is not None:
                block["user"]["address"] = self.user_address
        return block


@dataclass(frozen=True, slots=True)
class Inventory:
    """A sound inventory. `versions` is in order; `head` is the name of the last one."""

    id: str
    algorithm: str
    manifest: Mapping[str, tuple[str, ...]]
    versions: Mapping[str, Version]
    spec: str = SPEC_VERSIONS[-1]
    content_directory: str | None = None
    """the contentDirectory key as set, None where the default `content` applies"""
    fixity: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def head(self) -> str:
        """The name of the latest version."""
        return list(self.versions)[-1]

    @property
    def content_folder(self) -> str:
        """The name of the content folder inside each version folder."""
        return self.content_directory or "content"

    @property
    def sidecar(self) -> str:
        """The file name of the digest file beside this inventory."""
        return f"{INVENTORY}.{self.algorithm}"

    @property
    def declaration(self) -> str:
        """The name of the declaration file of an object with this inventory at its root."""
        return f"0=ocfl_object_{self.spec}"

    def content_files(self) -> Iterator[tuple[str, str]]:
        """Yield (content path, digest) of every file of every version."""
        for digest, paths in self.manifest.items():
            for path in paths:
                yield path, digest

    def to_bytes(self) -> bytes:
        """Return the inventory as UTF-8 JSON, keys sorted, one line for each digest."""
        return "".join(self._lines()).encode("utf-8")

    def _lines(self) -> Iterator[str]:
        facts: dict[str, Any] = {"digestAlgorithm": self.algorithm, "head": self.head}
        facts["id"] = self.id
        facts["type"] = TYPE_URI.format(self.spec)
        if self.content_directory is not None:
            facts["contentDirectory"] = self.content_directory
        blocks: dict[str, Iterator[str]] = {name: iter((_text(facts[name]),)) for name in facts}
        blocks["manifest"] = _array_block(self.manifest, 1)
        blocks["versions"] = _object(
            {name: _version_block(version) for name, version in self.versions.items()}, 1
        )
        if self.fixity:
            blocks["fixity"] = _object(
                {name: _array_block(block, 2) for name, block in self.fixity.items()}, 1
            )
        yield from _object(blocks, 0)
        yield "\n"


def parse_inventory(data: bytes, declared: str = SPEC_VERSIONS[-1]) -> Inventory:
    """Return the inventory in `data`. Raises InvalidInventoryError naming the broken rules."""
    findings = Findings(limit=20)
    try:
        raw = rawjson.parse(data)
    except rawjson.BadJsonError as error:
        raise _invalid(f"it is {error}", []) from error
    checked = check_inventory.check(raw, findings, INVENTORY, declared)
    if checked is None or findings.errors:
        codes = sorted({finding.code for finding in findings.errors})
        raise _invalid(findings.errors[0].message, codes)
    versions = {}
    for name in checked.versions.names:
        block = raw["versions"][name]
        user = block.get("user", {})
        versions[name] = Version(
            created=block["created"],
            state={path: digest for digest, paths in block["state"].items() for path in paths},
            message=block.get("message"),
            user_name=user.get("name"),
            user_address=user.get("address"),
            unused=tuple(digest for digest, paths in block["state"].items() if not paths),
        )
    return Inventory(
        id=raw["id"],
        algorithm=raw["digestAlgorithm"],
        manifest={digest: tuple(paths) for digest, paths in raw["manifest"].items()},
        versions=versions,
        spec=checked.spec,
        content_directory=raw.get("contentDirectory"),
        fixity={
            name: {digest: tuple(paths) for digest, paths in block.items()}
            for name, block in raw.get("fixity", {}).items()
        },
    )


def _invalid(why: str, codes: list[str]) -> InvalidInventoryError:
    return InvalidInventoryError(
        f"The inventory cannot be used: {why}",
        "Validate the object and restore its inventory from a good copy.",
        codes=codes,
    )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _object(members: Mapping[str, Iterator[str]], depth: int) -> Iterator[str]:
    if not members:
        yield "{}"
        return
    indent = "  " * (depth + 1)
    separator = "{\n"
    for name in sorted(members):
        yield f"{separator}{indent}{_text(name)}: "
        yield from members[name]
        separator = ",\n"
    yield f"\n{'  ' * depth}}}"


def _array_block(block: Mapping[str, Iterable[str]], depth: int) -> Iterator[str]:
    return _object({key: iter((_text(sorted(paths)),)) for key, paths in block.items()}, depth)


def _version_block(version: Version) -> Iterator[str]:
    by_digest: dict[str, list[str]] = {digest: [] for digest in version.unused}
    for path, digest in version.state.items():
        by_digest.setdefault(digest, []).append(path)
    members = {name: iter((_text(value),)) for name, value in version.to_json().items()}
    members["state"] = _array_block(by_digest, 3)
    return _object(members, 2)
