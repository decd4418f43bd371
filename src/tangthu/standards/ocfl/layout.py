"""Storage layouts: where below a storage root the object with an identifier stands.

Written: extension 0003 (hash and identifier n-tuple, sha256, 3 × 3). Read as well: 0002, 0004, 0006
and 0007. A layout only computes paths; the folder of a storage root is in `storage_root`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tangthu.standards.ocfl.digests import hex_length, is_known, new_hasher
from tangthu.standards.ocfl.errors import LayoutError

FLAT = "0002-flat-direct-storage-layout"
HASH_AND_ID = "0003-hash-and-id-n-tuple-storage-layout"
HASHED = "0004-hashed-n-tuple-storage-layout"
FLAT_OMIT_PREFIX = "0006-flat-omit-prefix-storage-layout"
TUPLE_OMIT_PREFIX = "0007-n-tuple-omit-prefix-storage-layout"

_DEFAULTS: dict[str, dict[str, Any]] = {
    FLAT: {},
    HASH_AND_ID: {"digestAlgorithm": "sha256", "tupleSize": 3, "numberOfTuples": 3},
    HASHED: {
        "digestAlgorithm": "sha256",
        "tupleSize": 3,
        "numberOfTuples": 3,
        "shortObjectRoot": False,
    },
    FLAT_OMIT_PREFIX: {"delimiter": ""},
    TUPLE_OMIT_PREFIX: {
        "delimiter": ":",
        "tupleSize": 3,
        "numberOfTuples": 3,
        "zeroPadding": "left",
        "reverseObjectRoot": False,
    },
}
_SAFE = re.compile(rb"[A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout extension with its parameters; make it with `layout_from`."""

    name: str
    config: Mapping[str, Any]

    def path_of(self, object_id: str) -> str:
        """Return the path of the object root, relative to the storage root, parts joined by /.

        Raises LayoutError if this layout has no safe place for the identifier.
        """
        if self.name == FLAT:
            parts = [object_id]
        elif self.name == FLAT_OMIT_PREFIX:
            parts = [self._without_prefix(object_id)]
        elif self.name == TUPLE_OMIT_PREFIX:
            parts = self._omit_prefix_parts(object_id)
        else:
            parts = self._hashed_parts(object_id)
        for part in parts:
            encoded = part.encode("utf-8", "surrogatepass")
            if part in ("", ".", "..") or "/" in part or "\0" in part or len(encoded) > 255:
                raise LayoutError(
                    f"The layout {self.name} has no safe place for this identifier.",
                    "Use the layout 0003, which can place any identifier.",
                    object_id=object_id,
                )
        return "/".join(parts)

    def _hashed_parts(self, object_id: str) -> list[str]:
        try:
            encoded = object_id.encode("utf-8")
        except UnicodeEncodeError as error:
            raise LayoutError(
                "The identifier is not valid Unicode text.", "Give the object another identifier."
            ) from error
        hasher = new_hasher(self.config["digestAlgorithm"])
        hasher.update(encoded)
        digest = hasher.hexdigest()
        size, count = self.config["tupleSize"], self.config["numberOfTuples"]
        parts = [digest[n * size : (n + 1) * size] for n in range(count)]
        if self.name == HASHED:
            return [*parts, digest[size * count :] if self.config["shortObjectRoot"] else digest]
        name = "".join(
            chr(byte) if _SAFE.match(bytes([byte])) else f"%{byte:02x}" for byte in encoded
        )
        return [*parts, name if len(name) <= 100 else f"{name[:100]}-{digest}"]

    def _without_prefix(self, object_id: str) -> str:
        delimiter = self.config["delimiter"].lower()
        at = object_id.lower().rfind(delimiter)
        return object_id[at + len(delimiter) :] if at >= 0 else object_id

    def _omit_prefix_parts(self, object_id: str) -> list[str]:
        rest = self._without_prefix(object_id)
        size, count = self.config["tupleSize"], self.config["numberOfTuples"]
        width = size * count
        padded = rest.rjust(width, "0") if self.config["zeroPadding"] == "left" else ""
        padded = padded or rest.ljust(width, "0")
        if self.config["reverseObjectRoot"]:
            padded = padded[::-1]
        return [*(padded[n * size : (n + 1) * size] for n in range(count)), rest]


def layout_from(name: str, config: Mapping[str, Any] | None = None) -> Layout:
    """Return the layout `name` with `config` over its defaults.

    Raises LayoutError for a name we cannot compute or parameters the extension forbids.
    """
    if name not in _DEFAULTS:
        raise LayoutError(
            f"The storage layout {name[:100]!r} is not known.",
            "Use a storage root with layout 0002, 0003, 0004, 0006 or 0007.",
            layout=name[:100],
        )
    defaults = _DEFAULTS[name]
    given = {key: value for key, value in (config or {}).items() if key in defaults}
    merged = {**defaults, **given}
    problem = _problem(name, merged)
    if problem:
        raise LayoutError(
            f"The configuration of the layout {name} is wrong: {problem}.",
            f"Correct extensions/{name}/config.json.",
            layout=name,
        )
    return Layout(name, merged)


def _problem(name: str, config: Mapping[str, Any]) -> str | None:
    if "delimiter" in config and not (isinstance(config["delimiter"], str) and config["delimiter"]):
        return "delimiter is empty"
    if "zeroPadding" in config and config["zeroPadding"] not in ("left", "right"):
        return "zeroPadding is neither left nor right"
    for flag in ("shortObjectRoot", "reverseObjectRoot"):
        if not isinstance(config.get(flag, False), bool):
            return f"{flag} is not true or false"
    if "tupleSize" not in config:
        return None
    size, count = config["tupleSize"], config["numberOfTuples"]
    least = 1 if name == TUPLE_OMIT_PREFIX else 0
    for number in (size, count):
        if type(number) is not int or not least <= number <= 32:
            return f"tupleSize and numberOfTuples are whole numbers from {least} to 32"
    if (size == 0) != (count == 0):
        return "tupleSize and numberOfTuples are 0 only together"
    if "digestAlgorithm" not in config:
        return None
    algorithm = config["digestAlgorithm"]
    if not isinstance(algorithm, str) or not is_known(algorithm):
        return "digestAlgorithm is not known"
    length = hex_length(algorithm)
    if length is None or size * count > length:
        return "the digest is too short for so many tuples"
    if config.get("shortObjectRoot") and size * count == length:
        return "shortObjectRoot leaves no name for the object"
    return None
