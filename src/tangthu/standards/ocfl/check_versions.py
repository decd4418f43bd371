"""Judging the versions block of one inventory (OCFL 1.1 section 3.5.3)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tangthu.standards.ocfl import version_names
from tangthu.standards.ocfl.codes import Findings, shown
from tangthu.standards.ocfl.paths import folders_among
from tangthu.standards.ocfl.rawjson import repeated_keys

if TYPE_CHECKING:
    from tangthu.standards.ocfl.check_inventory import Checked

_VERSION_KEYS = {"created", "state", "message", "user"}
_USER_KEYS = {"name", "address"}
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))", re.ASCII
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+", re.DOTALL)


def check(
    checked: Checked, findings: Findings, place: str, manifest: dict[str, Any] | None
) -> set[str] | None:
    """Report every breach in the versions block and fill `checked.versions`.

    `manifest` is the manifest block, None if there is none to compare with. Returns the digests
    used in states, in lower case, or None if the states could not be read, so that nothing
    can be said of unused ones.
    """
    if "versions" not in checked.raw:
        for code in ("E041", "E043", "E044"):
            findings.add(code, place, "versions is missing.")
        return None
    versions = checked.raw["versions"]
    if not isinstance(versions, dict):
        findings.add("E044", place, "It is something else.")
        findings.add("E045", place, "It is something else.")
        return None
    for key in repeated_keys(versions):
        findings.add("E033", place, f"The version {key!r} stands more than once.")
    if not versions:
        findings.add("E008", place, "versions is empty.")
        return None
    checked.versions = version_names.judge(versions, findings, place, checked.spec)
    used: set[str] = set()
    complete = True
    for name, block in versions.items():
        where = f"{place}#{name}"
        if not isinstance(block, dict):
            findings.add("E047", where, "It is something else.")
            complete = False
            continue
        for key in repeated_keys(block):
            findings.add("E033", where, f"The key {key!r} stands more than once.")
        for key in block:
            if key not in _VERSION_KEYS:
                findings.add("E102", where, f"Met {key!r}.")
        _check_created(block, findings, where)
        _check_who_and_why(block, findings, where)
        if isinstance(block.get("state"), dict):
            used.update(key.lower() for key in block["state"])
            _check_state(block["state"], manifest, findings, where)
        elif "state" in block:
            complete = False
            findings.add("E050", where, "state is not a JSON object.")
        else:
            complete = False
            findings.add("E048", where, "state is missing.")
    return used if complete else None


def is_time(value: str) -> bool:
    """Tell whether `value` is an RFC 3339 date-time with seconds and zone, at a real moment."""
    match = _RFC3339.fullmatch(value)
    if match is None:
        return False
    date, clock, seconds, zone_hours, zone_minutes = match.groups()
    if int(seconds) > 60 or (zone_hours and (int(zone_hours) > 23 or int(zone_minutes) > 59)):
        return False
    try:
        datetime.fromisoformat(f"{date}T{clock}:00+00:00")
    except ValueError:
        return False
    return True


def _check_created(block: dict[str, Any], findings: Findings, where: str) -> None:
    if "created" not in block:
        findings.add("E048", where, "created is missing.")
        return
    value = block["created"]
    if not isinstance(value, str) or not is_time(value):
        findings.add("E049", where, f"Met {shown(value)}.")


def _check_who_and_why(block: dict[str, Any], findings: Findings, where: str) -> None:
    if "message" not in block:
        findings.add("W007", where, "message is missing.")
    elif not isinstance(block["message"], str):
        findings.add("E094", where, "It is something else.")
    if "user" not in block:
        findings.add("W007", where, "user is missing.")
        return
    user = block["user"]
    if not isinstance(user, dict):
        findings.add("E054", where, "user is not a JSON object.")
        return
    for key in repeated_keys(user):
        findings.add("E033", where, f"The key {key!r} of user stands more than once.")
    for key in user:
        if key not in _USER_KEYS:
            findings.add("E102", where, f"Met {key!r} in user.")
    if not isinstance(user.get("name"), str) or not user["name"]:
        findings.add("E054", where, "name is missing or not a text.")
    if "address" not in user:
        findings.add("W008", where, "address is missing.")
    elif not isinstance(user["address"], str):
        findings.add("E054", where, "address is not a text.")
    elif not _URI.fullmatch(user["address"]):
        findings.add("W009", where, f"Met {user['address']!r}.")


def _check_state(
    state: dict[str, Any], manifest: dict[str, Any] | None, findings: Findings, where: str
) -> None:
    for key in repeated_keys(state):
        findings.add("E050", where, f"{key} stands more than once.")
    seen: set[str] = set()
    paths: set[str] = set()
    for key, names in state.items():
        if manifest is not None and key not in manifest:
            findings.add("E050", where, f"{key} is not in the manifest in this spelling.")
        elif key.lower() in seen:
            findings.add("E050", where, f"{key} stands in two spellings.")
        seen.add(key.lower())
        if not isinstance(names, list):
            findings.add("E050", where, f"The value of {key} is not an array.")
            continue
        for name in names:
            if not isinstance(name, str):
                findings.add("E051", where, f"Met {shown(name)}.")
            elif name in paths:
                findings.add("E095", where, f"{name!r} stands more than once.")
            elif _logical_path_is_sound(name, findings, where):
                paths.add(name)
    for folder in folders_among(paths):
        findings.add("E095", where, f"{folder!r} is both a file and a folder.")


def _logical_path_is_sound(path: str, findings: Findings, where: str) -> bool:
    sound = True
    if path.startswith("/") or path.endswith("/"):
        findings.add("E053", where, f"Met {path!r}.")
        sound = False
    if any(part in ("", ".", "..") for part in path.removeprefix("/").removesuffix("/").split("/")):
        findings.add("E052", where, f"Met {path!r}.")
        sound = False
    return sound
