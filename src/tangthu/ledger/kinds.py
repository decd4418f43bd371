"""Event kinds: every app declares its own in events.toml, in words and in the log's terms.

A kind is named `app.noun.verb`. Its table gives `k` (the short kind in the public leaf, IN-17), the
sentence in both languages, and where it belongs in a package the PREMIS event type.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.apps import apps
from django.utils.translation import get_language

from tangthu.kernel.errors import HouseError
from tangthu.standards.ril import kinds as ril_kinds


class UnknownKind(HouseError):
    """An event kind that no app declares."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One declared kind. `sentence_*` may name values of the event's `detail` in braces."""

    name: str
    k: str
    chain: Literal["c", "a"]
    sentence_vi: str
    sentence_en: str
    premis: str

    def sentence(self) -> str:
        """The sentence in the language of this thread."""
        return self.sentence_en if (get_language() or "vi").startswith("en") else self.sentence_vi


_kinds: dict[str, Kind] = {}


def load(path: Path, app: str) -> None:
    """Add the kinds of the events.toml at `path`; every name must start with `app.`.

    Raises UnknownKind for a `k` that the log format does not know, ValueError for a wrong name.
    """
    for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if not name.startswith(f"{app}.") or name.count(".") != 2:
            raise ValueError(f"{path}: {name} is not {app}.noun.verb")
        k = entry["k"]
        if not ril_kinds.is_record_kind(k):
            raise UnknownKind(f"{name}: {k}")
        chain: Literal["c", "a"] = "a" if ril_kinds.chain_of(k, entry.get("chain")) == "a" else "c"
        premis = ril_kinds.premis_type(k) if entry.get("package") else ""
        _kinds[name] = Kind(name, k, chain, entry["vi"], entry["en"], premis)


def load_installed() -> None:
    """Load events.toml of every installed app of ours that has one."""
    for config in apps.get_app_configs():
        path = Path(config.path) / "events.toml"
        if config.name.startswith("tangthu.") and path.exists():
            load(path, config.label)


def kind(name: str) -> Kind:
    """The declared kind `name`. Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError as error:
        raise UnknownKind(name) from error


def all_kinds() -> list[Kind]:
    """Every declared kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]
