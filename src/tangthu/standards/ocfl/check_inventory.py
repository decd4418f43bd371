"""Judging one inventory as parsed JSON, alone (OCFL 1.1 section 3.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tangthu.standards.ocfl import check_versions, digests, version_names
from tangthu.standards.ocfl.codes import Findings, shown
from tangthu.standards.ocfl.paths import folders_among
from tangthu.standards.ocfl.rawjson import repeated_keys

SPEC_VERSIONS = ("1.0", "1.1")
TYPE_URI = "https://ocfl.io/{}/spec/#inventory"
_TYPES = {TYPE_URI.format(version): version for version in SPEC_VERSIONS}
_TOP_KEYS = {
    "id",
    "type",
    "digestAlgorithm",
    "head",
    "contentDirectory",
    "manifest",
    "versions",
    "fixity",
}
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+", re.DOTALL)
_HEX_CODES = {"sha1": "E029", "sha256": "E030", "sha512": "E031", "blake2b-512": "E032"}


@dataclass(slots=True)
class Checked:
    """What could be learnt from an inventory; the parts that are wrong are empty or default."""

    spec: str
    raw: dict[str, Any]
    id: str | None = None
    algorithm: str | None = None
    content_directory: str | None = "content"
    content_directory_set: bool = False
    head: str | None = None
    versions: version_names.VersionNames = field(default_factory=version_names.VersionNames)
    manifest: dict[str, str] = field(default_factory=dict)
    """content path → digest in lower case"""
    paths_safe: bool = True
    """False if some content path is unsafe or ambiguous, so that files must not be looked up"""


def check(raw: Any, findings: Findings, place: str, declared: str) -> Checked | None:
    """Report every breach in the inventory `raw` found at `place`.

    `declared` is the specification version to assume where the inventory names none. Returns None
    if `raw` is not a JSON object.
    """
    if not isinstance(raw, dict):
        findings.add("E033", place, "The file does not hold a JSON object.")
        return None
    for key in repeated_keys(raw):
        findings.add("E033", place, f"The key {key!r} stands more than once.")
    for key in raw:
        if key not in _TOP_KEYS:
            findings.add("E102", place, f"Met {key!r}.")
    checked = Checked(_spec(raw, findings, place, declared), raw)
    _check_id(checked, findings, place)
    _check_algorithm(checked, findings, place)
    _check_content_directory(checked, findings, place)
    _check_manifest(checked, findings, place)
    manifest = _manifest_block(checked)
    used = check_versions.check(checked, findings, place, manifest)
    _check_head(checked, findings, place)
    if checked.algorithm is not None and used is not None:
        for key in manifest or ():
            if key.lower() not in used:
                code = "E050" if checked.spec == "1.0" else "E107"
                findings.add(code, place, f"No state uses {key}.")
    _check_fixity(checked, findings, place)
    return checked


def _spec(raw: dict[str, Any], findings: Findings, place: str, declared: str) -> str:
    if "type" not in raw:
        findings.add("E036", place, "type is missing.")
        return declared
    value = raw["type"]
    if not isinstance(value, str) or value not in _TYPES:
        findings.add("E038", place, f"Met {shown(value)}.")
        return declared
    return _TYPES[value]


def _check_id(checked: Checked, findings: Findings, place: str) -> None:
    if "id" not in checked.raw:
        findings.add("E036", place, "id is missing.")
        return
    value = checked.raw["id"]
    if not isinstance(value, str) or not value:
        findings.add("E037", place, "It is not a text, or empty.")
        return
    if not _URI.fullmatch(value):
        findings.add("W005", place, f"Met {value!r}.")
    checked.id = value


def _check_algorithm(checked: Checked, findings: Findings, place: str) -> None:
    if "digestAlgorithm" not in checked.raw:
        findings.add("E036", place, "digestAlgorithm is missing.")
        return
    value = checked.raw["digestAlgorithm"]
    if value == "sha256":
        findings.add("W004", place, "Met sha256.")
    elif value != "sha512":
        findings.add("E025", place, f"Met {shown(value)}.")
        return
    checked.algorithm = value


def _check_content_directory(checked: Checked, findings: Findings, place: str) -> None:
    if "contentDirectory" not in checked.raw:
        return
    checked.content_directory_set = True
    checked.content_directory = None
    value = checked.raw["contentDirectory"]
    if not isinstance(value, str) or not value or "\0" in value:
        findings.add("E017" if checked.spec == "1.0" else "E108", place, f"Met {shown(value)}.")
    elif "/" in value:
        findings.add("E017", place, f"Met {value!r}.")
    elif value in (".", ".."):
        findings.add("E018", place, f"Met {value!r}.")
    else:
        checked.content_directory = value


def _check_head(checked: Checked, findings: Findings, place: str) -> None:
    if "head" not in checked.raw:
        findings.add("E036", place, "head is missing.")
        return
    value = checked.raw["head"]
    if not isinstance(value, str):
        findings.add("E040", place, "It is not a text.")
    elif value in checked.versions.malformed:
        return
    elif checked.versions.head is not None and value != checked.versions.head:
        findings.add("E040", place, f"Met {value!r}, the latest is {checked.versions.head}.")
    else:
        checked.head = value


def _manifest_block(checked: Checked) -> dict[str, Any] | None:
    manifest = checked.raw.get("manifest")
    return manifest if isinstance(manifest, dict) else None


def _check_manifest(checked: Checked, findings: Findings, place: str) -> None:
    if "manifest" not in checked.raw:
        findings.add("E041", place, "manifest is missing.")
        checked.paths_safe = False
        return
    manifest = checked.raw["manifest"]
    if not isinstance(manifest, dict):
        findings.add("E041" if checked.spec == "1.0" else "E106", place, "It is something else.")
        checked.paths_safe = False
        return
    for key in repeated_keys(manifest):
        findings.add("E096", place, f"{key} stands more than once.")
    seen: set[str] = set()
    origin: dict[str, str] = {}
    for key, paths in manifest.items():
        _check_manifest_key(checked, key, seen, findings, place)
        if not isinstance(paths, list):
            findings.add("E092", place, f"The value of {key} is not an array.")
            continue
        if not paths:
            findings.add("E092", place, f"{key} has no content path.")
        for path in paths:
            if not content_path_is_sound(path, findings, place):
                checked.paths_safe = False
            elif path not in origin:
                origin[path] = key
                checked.manifest[path] = key.lower()
            elif origin[path] == key or origin[path].lower() != key.lower():
                findings.add("E101", place, f"{path!r} stands more than once.")
    for path in folders_among(origin):
        findings.add("E101", place, f"{path!r} is both a file and a folder.")
        checked.paths_safe = False


def _check_manifest_key(
    checked: Checked, key: str, seen: set[str], findings: Findings, place: str
) -> None:
    lowered = key.lower()
    if lowered in seen:
        findings.add("E096", place, f"{key} stands in two spellings.")
    seen.add(lowered)
    if checked.algorithm is None or digests.is_well_formed(checked.algorithm, key):
        return
    others = [name for name in digests.CONTENT_ALGORITHMS if digests.is_well_formed(name, key)]
    code = "E039" if others else _HEX_CODES[checked.algorithm]
    findings.add(code, place, f"Met {key!r} for {checked.algorithm}.")


def _check_fixity(checked: Checked, findings: Findings, place: str) -> None:
    if "fixity" not in checked.raw:
        return
    fixity = checked.raw["fixity"]
    if not isinstance(fixity, dict):
        findings.add("E056" if checked.spec == "1.0" else "E111", place, "It is something else.")
        return
    for algorithm in repeated_keys(fixity):
        findings.add("E033", place, f"The fixity block {algorithm!r} stands more than once.")
    for algorithm, block in fixity.items():
        if not digests.is_known(algorithm):
            findings.add("E056", place, f"Met {algorithm!r}.")
        elif not isinstance(block, dict):
            findings.add("E057", place, f"The block {algorithm} is not a JSON object.")
        else:
            _check_fixity_block(checked, algorithm, block, findings, place)


def _check_fixity_block(
    checked: Checked, algorithm: str, block: dict[str, Any], findings: Findings, place: str
) -> None:
    for key in repeated_keys(block):
        findings.add("E097", place, f"{algorithm} {key} stands more than once.")
    seen: set[str] = set()
    for key, paths in block.items():
        if key.lower() in seen:
            findings.add("E097", place, f"{algorithm} {key} stands in two spellings.")
        seen.add(key.lower())
        if not digests.is_well_formed(algorithm, key):
            findings.add(_HEX_CODES.get(algorithm, "E057"), place, f"Met {key!r} for {algorithm}.")
        if not isinstance(paths, list):
            findings.add("E057", place, f"The value of {algorithm} {key} is not an array.")
            continue
        for path in paths:
            if not content_path_is_sound(path, findings, place):
                checked.paths_safe = False
            elif path not in checked.manifest and checked.paths_safe:
                findings.add("E057", place, f"{algorithm} names {path!r}, not in the manifest.")


def content_path_is_sound(path: Any, findings: Findings, place: str) -> bool:
    """Report E035, E042 (form only), E098 to E100 for one content path; True if none applies."""
    if not isinstance(path, str):
        findings.add("E098", place, f"Met {shown(path)}.")
        return False
    sound = True
    if path.startswith("/") or path.endswith("/"):
        findings.add("E100", place, f"Met {path!r}.")
        sound = False
    if any(part in ("", ".", "..") for part in path.removeprefix("/").removesuffix("/").split("/")):
        findings.add("E099", place, f"Met {path!r}.")
        sound = False
    if sound and "/" not in path:
        findings.add("E035" if "\\" in path else "E042", place, f"Met {path!r}.")
        sound = False
    if sound and ("\0" in path or not is_utf8(path)):
        findings.add("E098", place, f"Met {path!r}.")
        sound = False
    return sound


def is_utf8(text: str) -> bool:
    """Tell whether a JSON text can exist as UTF-8 (no lone surrogates)."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
