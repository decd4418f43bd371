"""What is installed is what was chosen: pinned, hashed, of a licence that goes with ours."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"([A-Za-z0-9._-]+)==(\S+)((?:\s*\\\n\s+--hash=sha256:[0-9a-f]{64})+)")
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def _text(lock: str) -> str:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def _pinned(lock: str) -> dict[str, str]:
    return {_plain(name): version for name, version, _hashes in PINNED.findall(_text(lock))}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_pinned_with_hashes_and_names_no_registry(lock: str) -> None:
    text = _text(lock)
    left = PINNED.sub("", text).split()
    assert left == [], "something that is neither a pin nor its hash"
    assert "://" not in text
    assert len(_pinned(lock)) > 20


def test_what_is_asked_for_and_what_is_installed_are_what_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = _pinned("requirements.lock")
    for wanted in project["project"]["dependencies"]:
        assert _plain(re.split(r"[\[<>=~! ]", wanted)[0]) in pins, wanted
    everything = pins | _pinned("requirements-dev.lock")
    here = {name: distribution(name).version for name in everything if _is_here(name)}
    assert len(here) > 40
    assert {name: version for name, version in here.items() if everything[name] != version} == {}


def test_every_dependency_has_a_licence_that_goes_with_ours() -> None:
    known = tomllib.loads((ROOT / "docs/security/licences.toml").read_text(encoding="utf-8"))
    runs = set(known["runs"])
    for lock, good in zip(LOCKS, (runs, runs | set(known["tests"])), strict=True):
        for name in _pinned(lock):
            if not _is_here(name):
                continue
            said = [known["read"][name]] if name in known["read"] else list(_licences(name))
            meant = {known["words"].get(one, one) for one in said}
            assert meant, f"{name} says no licence"
            assert meant <= good, (name, meant - good)


def _licences(name: str) -> Iterator[str]:
    facts = metadata(name)
    if facts.get("License-Expression"):
        yield facts["License-Expression"]
        return
    classes = [one for one in facts.get_all("Classifier") or [] if one.startswith("License ::")]
    yield from classes or [one for one in [facts.get("License")] if one]


def _is_here(name: str) -> bool:
    try:
        distribution(name)
    except ModuleNotFoundError:
        return False
    return True
