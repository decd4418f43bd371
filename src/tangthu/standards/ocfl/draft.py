"""One version of an object being built in a staging folder, on top of what the object has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from tangthu.standards.ocfl.commit import Job
from tangthu.standards.ocfl.digests import is_known
from tangthu.standards.ocfl.errors import LogicalPathError
from tangthu.standards.ocfl.intake import Intake, Source, as_source
from tangthu.standards.ocfl.inventory import INVENTORY, Inventory, Version
from tangthu.standards.ocfl.object_inventory import digest_of_bytes, sidecar_bytes
from tangthu.standards.ocfl.paths import ContentPaths, check_logical_path, check_no_conflicts

ALGORITHM = "sha256"
_VIETNAM = timezone(timedelta(hours=7))

AnySource = Source | Path | bytes
Files = Mapping[str, AnySource] | Iterable[tuple[str, AnySource]]


@dataclass(frozen=True, slots=True)
class Note:
    """What a version says of itself: why, by whom (a URI as address), and when (with a zone)."""

    message: str
    user_name: str
    user_address: str
    created: datetime

    def __post_init__(self) -> None:
        """Refuse a time without zone: ValueError."""
        if self.created.tzinfo is None:
            raise ValueError("created needs a time zone")

    def version(self, state: Mapping[str, str]) -> Version:
        """Return the version with this note and a state; the time is written as +07:00."""
        created = self.created.astimezone(_VIETNAM).isoformat()
        return Version(created, state, self.message, self.user_name, self.user_address)


@dataclass(slots=True)
class Draft:
    """One version being built in a job, upon an inventory and a base state."""

    job: Job
    before: Inventory
    state: dict[str, str]
    name: str
    new_files: int = 0
    manifest: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fixity: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)
    digest: str = ""

    def intake_folder(self, folder: Path) -> None:
        """Remember a folder made elsewhere, to be flushed with the others."""
        self.folders.append(folder)

    def add(self, files: Files, fixity: tuple[str, ...]) -> None:
        """Copy in all files; bytes that the object already has are not stored again."""
        unknown = [name for name in fixity if not is_known(name)]
        if unknown:
            raise ValueError(f"unknown digest algorithm {unknown[0]!r}")
        algorithm = self.before.algorithm
        known = {digest.lower(): digest for digest in self.before.manifest}
        paths = ContentPaths()
        given: set[str] = set()
        self.manifest = dict(self.before.manifest)
        self.fixity = {name: dict(block) for name, block in self.before.fixity.items()}
        prefix = f"{self.name}/{self.before.content_folder}"
        pairs = files.items() if isinstance(files, Mapping) else files
        with Intake(self.job.parts, (algorithm, *fixity)) as intake:
            for logical, given_source in pairs:
                source = as_source(given_source)
                check_logical_path(logical)
                if logical in given:
                    raise LogicalPathError(
                        f"The path {logical!r} was given twice.",
                        "Give each file once.",
                        path=logical,
                    )
                given.add(logical)
                announced = (source.sha256 or "").lower()
                store = not (algorithm == ALGORITHM and announced in known)
                arrived, part = intake.take(logical, source, store=store)
                digest = arrived.digests[algorithm]
                self.state[logical] = known.get(digest, digest)
                if digest in known:
                    part.drop()
                    continue
                known[digest] = digest
                content = f"{prefix}/{paths.choose(logical)}"
                intake.keep(part, self.job.state / content, algorithm, digest, logical)
                self.manifest[digest] = (content,)
                for name in fixity:
                    block = self.fixity.setdefault(name, {})
                    value = arrived.digests[name]
                    block[value] = (*block.get(value, ()), content)
                self.new_files += 1
            check_no_conflicts(self.state.keys())
            intake.finish()

    def adds_nothing(self, inventory: Inventory) -> bool:
        """Tell whether the draft is exactly the latest version of `inventory`."""
        return self.new_files == 0 and self.state == dict(inventory.versions[self.name].state)

    def finish(self, note: Note, spec: str | None = None) -> None:
        """Write inventories, digest files and declaration, and flush all folders."""
        versions = {**self.before.versions, self.name: note.version(self.state)}
        inventory = replace(
            self.before,
            manifest=self.manifest,
            versions=versions,
            fixity=self.fixity,
            spec=spec or self.before.spec,
        )
        data = inventory.to_bytes()
        digest = digest_of_bytes(data, inventory.algorithm)
        write_metadata(self.job.state, inventory, data, digest, self.folders, self.job.parts)
        self.digest = digest


def write_metadata(
    state: Path,
    inventory: Inventory,
    data: bytes,
    digest: str,
    folders: Iterable[Path],
    parts: Path,
) -> None:
    """Write both copies of an inventory with digest files, and the declaration, durably.

    `state` is the object root being built, `folders` those to be flushed besides.
    """
    with Intake(parts, (ALGORITHM,)) as intake:
        for folder in (state / inventory.head, state):
            intake.keep_bytes(data, folder / INVENTORY)
            intake.keep_bytes(sidecar_bytes(digest), folder / inventory.sidecar)
        text = inventory.declaration.removeprefix("0=") + "\n"
        intake.keep_bytes(text.encode(), state / inventory.declaration)
        for folder in folders:
            intake.note_folder(folder)
        intake.finish()
