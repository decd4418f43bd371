"""What a set is on disk: a folder with its manifest, and the sets of a place in order.

    <name>/manifest.json         what the set holds of which moment (SetFacts)
    <name>/manifest.json.sha256  the digest of that
    <name>/files.jsonl           every file: path, size, SHA-256, and where its bytes lie
    <name>/packages.jsonl        every package: identifier, version, digest of its inventory
    <name>/database/             pg_dump's folder
    <name>/files/                bytes that no earlier set of the chain has

A chain is one full set and the incremental ones after it, side by side in one folder. An
incremental set names the set in which the bytes of each of its files lie, so any set of a chain is
restored with its chain alone. A folder whose name begins with a dot is no set (yet).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from tangthu.kernel.errors import HouseError
from tangthu.standards import durable

FORMAT = "tangthu-set/1"
MANIFEST, SIDECAR = "manifest.json", "manifest.json.sha256"
FILES, PACKAGES, DATABASE, BYTES = "files.jsonl", "packages.jsonl", "database", "files"
FULL, INCREMENTAL = "full", "incremental"


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
        return SetFacts(**{name: value for name, value in stated.items() if name in known})
    except (ValueError, KeyError, TypeError) as error:
        raise SetUnusable(
            _("Bản kê của bộ sao lưu {name} bị hỏng.").format(name=folder.name),
            hint=_("Dùng bộ khác, hoặc bộ cùng lúc ở nơi giữ thứ hai."),
        ) from error


def manifest_digest(folder: Path) -> str:
    """The digest that the ledger bears of a set."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def entries(folder: Path) -> Iterator[Entry]:
    """Every file of the set in `folder`, in the order of its list. Raises SetUnusable."""
    try:
        with (folder / FILES).open("rb") as lines:
            for line in lines:
                yield Entry(*json.loads(line))
    except (OSError, ValueError, TypeError) as error:
        raise SetUnusable(
            _("Bản kê tệp của bộ sao lưu {name} bị hỏng.").format(name=folder.name),
            hint=_("Dùng bộ khác, hoặc bộ cùng lúc ở nơi giữ thứ hai."),
        ) from error


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
