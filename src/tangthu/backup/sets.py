"""What a set is on disk: a folder with its manifest, and the sets of a place in order.

    <name>/manifest.json         what the set holds of which moment (SetFacts)
    <name>/manifest.json.sha256  the digest of that
    <name>/manifest.json.house   the seal of the house that made it (backup.houses)
    <name>/files.jsonl           every file: path, size, SHA-256, and where its bytes lie
    <name>/packages.jsonl        every package: identifier, version, digest of its inventory
    <name>/database/             pg_dump's folder
    <name>/files/                bytes that no earlier set of the chain has

A chain is one full set and the incremental ones after it, side by side in one folder. An
incremental set names the set in which the bytes of each of its files lie, so any set of a chain is
restored with its chain alone. A folder whose name begins with a dot is no set (yet).

A set may come from a stranger: what it says of itself is judged here before anybody uses it. No
name in it leads out of the folder that it is named in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from tangthu.kernel.errors import HouseError
from tangthu.standards import durable

FORMAT = "tangthu-set/1"
MANIFEST, SIDECAR, SEAL = "manifest.json", "manifest.json.sha256", "manifest.json.house"
FILES, PACKAGES, DATABASE, BYTES = "files.jsonl", "packages.jsonl", "database", "files"
FULL, INCREMENTAL = "full", "incremental"
_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z-(full|incr)-[0-9a-f]{8}")
_STORE = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class SetUnusable(HouseError):
    """A folder is no backup set, or its manifest is damaged."""

    http_status = 409


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a set: its path in the house, and in which set (of the chain) its bytes lie."""

    path: str
    size: int
    sha256: str
    set: str
    at: str

    def line(self) -> bytes:
        """The line of files.jsonl. Names that are no UTF-8 keep their bytes (surrogates)."""
        return json.dumps([self.path, self.size, self.sha256, self.set, self.at]).encode() + b"\n"


@dataclass(slots=True)
class SetFacts:
    """What a manifest says. `moment` is the moment of the database, by its own clock.

    `logs`: of each log its number, body, origin, rows, signed size and newest checkpoint note.
    `tables`: rows and a digest of the rows of each table. `problems`: files that could not be
    copied whole, each with why. `keys` are the files that a restored house needs and no set holds.
    """

    id: str
    name: str
    kind: str
    chain: str
    moment: str
    version: str
    mode: str
    format: str = FORMAT
    house: str = ""
    server: str = ""
    migrations: dict[str, str] = field(default_factory=dict)
    logs: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, list[Any]] = field(default_factory=dict)
    stores: list[dict[str, Any]] = field(default_factory=list)
    holds_stores: bool = True
    keys: list[str] = field(default_factory=list)
    problems: list[list[str]] = field(default_factory=list)
    packages: int = 0
    files: int = 0
    bytes: int = 0
    own_bytes: int = 0
    lists: dict[str, str] = field(default_factory=dict)

    @property
    def made_at(self) -> dt.datetime:
        """The moment of the set."""
        return dt.datetime.fromisoformat(self.moment)


def set_name(moment: dt.datetime, kind: str, set_id: str) -> str:
    """The name of a set: sorted by name they stand in the order in which they were made."""
    short = "full" if kind == FULL else "incr"
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%S.%fZ}-{short}-{set_id[:8]}"


def write_manifest(folder: Path, facts: SetFacts) -> str:
    """Write the manifest of a set whose files are all there; returns its digest."""
    data = json.dumps(asdict(facts), ensure_ascii=False, indent=1).encode()
    written = durable.write_file(folder / MANIFEST, [data], what="backup.manifest", mode=0o600)
    digest = written.digests["sha256"]
    line = f"{digest}  {MANIFEST}\n".encode()
    durable.write_file(folder / SIDECAR, [line], what="backup.manifest", mode=0o600)
    return digest


def read_facts(folder: Path) -> SetFacts:
    """The manifest of the set in `folder`, compared with its digest. Raises SetUnusable."""
    try:
        data = (folder / MANIFEST).read_bytes()
        expected = (folder / SIDECAR).read_text(encoding="ascii").split()[0]
    except (OSError, UnicodeDecodeError, IndexError) as error:
        raise SetUnusable(
            _("{folder} không phải là một bộ sao lưu.").format(folder=folder),
            hint=_("Xem các bộ bằng tangthu backup list."),
        ) from error
    try:
        stated = json.loads(data)
        if hashlib.sha256(data).hexdigest() != expected or stated["format"] != FORMAT:
            raise ValueError(expected)
        known = {one.name for one in fields(SetFacts)}
        facts = SetFacts(**{name: value for name, value in stated.items() if name in known})
        _require_sound(facts, folder)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetUnusable(
            _("Bản kê của bộ sao lưu {name} bị hỏng.").format(name=folder.name),
            hint=_("Dùng bộ khác, hoặc bộ cùng lúc ở nơi giữ thứ hai."),
        ) from error
    return facts


def _require_sound(facts: SetFacts, folder: Path) -> None:
    """Raise ValueError (or what comes of a wrong type) for a manifest that no house writes."""
    names = [facts.name, facts.chain]
    stores = [one["name"] for one in facts.stores]
    if (
        not all(_NAME.fullmatch(name) for name in names)
        or facts.name != folder.name.removeprefix(".").removesuffix(".unfinished")
        or not all(_STORE.fullmatch(name) for name in stores)
        or not all(type(log["log_id"]) is int and log["log_id"] > 0 for log in facts.logs)
        or not all(is_inside(log["origin"]) for log in facts.logs)
    ):
        raise ValueError(folder)
    if facts.made_at.tzinfo is None:
        raise ValueError(facts.moment)


def is_inside(path: str) -> bool:
    """Whether a path stays below the folder that it is taken from, in every part of it."""
    return "\0" not in path and all(part not in ("", ".", "..") for part in path.split("/"))


def manifest_digest(folder: Path) -> str:
    """The digest that the ledger bears of a set."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def entries(folder: Path) -> Iterator[Entry]:
    """Every file of the set in `folder`, in the order of its list. Raises SetUnusable."""
    try:
        with (folder / FILES).open("rb") as lines:
            for line in lines:
                entry = Entry(*json.loads(line))
                _require_plain(entry, folder)
                yield entry
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SetUnusable(
            _("Bản kê tệp của bộ sao lưu {name} bị hỏng.").format(name=folder.name),
            hint=_("Dùng bộ khác, hoặc bộ cùng lúc ở nơi giữ thứ hai."),
        ) from error


def shared_places(folder: Path) -> set[tuple[str, str]]:
    """Of the set in `folder`, where bytes lie that a file of another path brought (set, place).

    Every place that several files share is among them. Whoever remembers what he did of these, does
    each place once, and need not remember every file of an archive. Raises SetUnusable.
    """
    return {
        (one.set, one.at)
        for one in entries(folder)
        if one.at not in (one.path, f"{BYTES}/{one.path}")
    }


def _require_plain(entry: Entry, folder: Path) -> None:
    """Raise ValueError for a line that no house writes."""
    of_dump = entry.path.split("/")[0] == DATABASE
    if (
        not (is_inside(entry.path) and is_inside(entry.at))
        or not _NAME.fullmatch(entry.set)
        or not _DIGEST.fullmatch(entry.sha256)
        or type(entry.size) is not int
        # The dump is read as a folder, wherever the list says that its files lie.
        or (of_dump and (entry.set, entry.at) != (folder.name, entry.path))
    ):
        raise ValueError(entry.path)


def place_of(folder: Path, entry: Entry) -> Path:
    """Where the bytes of a file of the set in `folder` lie."""
    return folder.parent / entry.set / entry.at


def sets_in(place: Path) -> list[SetFacts]:
    """The sets in the folder `place`, oldest first; what is none or is damaged is left out."""
    found = []
    for folder in _folders(place):
        try:
            found.append(read_facts(folder))
        except SetUnusable:
            continue
    return found


def damaged_in(place: Path) -> list[str]:
    """Names of the folders in `place` that look like sets and cannot be read as such."""
    found = []
    for folder in _folders(place):
        try:
            read_facts(folder)
        except SetUnusable:
            found.append(folder.name)
    return found


def _folders(place: Path) -> Iterable[Path]:
    try:
        inside = sorted(place.iterdir())
    except OSError:
        return []
    return [
        one
        for one in inside
        if not one.name.startswith(".") and (one / SIDECAR).exists() and not one.is_symlink()
    ]
