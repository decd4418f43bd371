"""The job that makes a set: everything of one moment, under a hidden name until it is whole.

Order: the ledger's files and the signer's memory, the working store, the database, the working
store again, the stores last. The ledger's files may so be behind the rows, never before them: a
restore writes them up to what the rows know as signed, and no event is left an orphan. Packages and
working files may be newer than the rows, never older.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from tangthu import __version__
from tangthu.backup import houses, retention, rules
from tangthu.backup.actions.note_sets import acting_of, note_made
from tangthu.backup.copying import SetWriter
from tangthu.backup.places import require_fit, require_room
from tangthu.backup.sealed_keys import key_files
from tangthu.backup.sets import (
    BYTES,
    DATABASE,
    FILES,
    FULL,
    INCREMENTAL,
    PACKAGES,
    SetFacts,
    SetUnusable,
    entries,
    read_facts,
    set_name,
)
from tangthu.backup.snapshot import Snapshot, contents, taken
from tangthu.kernel import advisory, clock, deployment
from tangthu.kernel.errors import Refused
from tangthu.kernel.jobs import Running
from tangthu.repository.models import Store
from tangthu.repository.stores import StoreUnusable, in_use, open_store
from tangthu.standards import durable, ocfl

_SIGNED = "secrets/ledger"


def run_backup(running: Running) -> dict[str, Any]:
    """Job `backup.make`; `args`: to (the place), full, stores. Returns what stands in the list.

    Run again after a kill it begins anew, unless the set was whole already.
    """
    place = Path(running.args["to"])
    acting = acting_of(running.job)
    require_fit(place)
    retention.clear_unfinished(place)
    with advisory.attempted(f"backup {place.resolve()}") as alone:
        if not alone:
            raise Refused(
                _("Đang có một lần sao lưu khác vào {place}.").format(place=place),
                hint=_("Đợi lần ấy xong."),
            )
        name = running.job.result.get("set")
        if not (name and (place / name).is_dir()):
            name = _Making(running, place).make()
        facts = read_facts(place / name)
        removed = retention.remove_old(place, clock.now())
        answer = {**told(facts, place), "removed": removed}
        note_made(acting, running, place / name, facts, answer)
    return answer


def told(facts: SetFacts, place: Path) -> dict[str, Any]:
    """A set as lists and answers tell it."""
    return {
        "set": facts.name,
        "place": str(place),
        "kind": facts.kind,
        "chain": facts.chain,
        "moment": facts.moment,
        "packages": facts.packages,
        "files": facts.files,
        "bytes": facts.bytes,
        "own_bytes": facts.own_bytes,
        "holds_stores": facts.holds_stores,
        "problems": [f"{path}: {why}" for path, why in facts.problems],
    }


class _Making:
    """One set while it is made."""

    def __init__(self, running: Running, place: Path) -> None:
        self._running, self._place = running, place
        self._stores = bool(running.args.get("stores", True))
        self._done, self._total = 0, 0
        self._problems: list[list[str]] = []

    def make(self) -> str:
        """Make the set; returns its name."""
        set_id = str(uuid.uuid4())
        moment = clock.now()
        before = self._before()
        houses.own_secret()  # one of the keys that are listed below
        kind = FULL if before is None else INCREMENTAL
        name = set_name(moment, kind, set_id)
        hidden = self._place / f".{name}.unfinished"
        with durable.held(hidden):
            hidden.chmod(0o700)
            writer = SetWriter(hidden, name, self._wrote)
            if before is not None:
                writer.take_over(entries(self._place / before.name))
            facts = SetFacts(
                id=set_id,
                name=name,
                kind=kind,
                chain=name if before is None else before.chain,
                moment="",
                version=__version__,
                mode=settings.DEPLOYMENT_MODE,
                holds_stores=self._stores,
                keys=[path.relative_to(settings.HOME.root).as_posix() for path in key_files()],
            )
            self._copy(writer, facts)
            writer.close()
            _describe(facts, writer, self._problems)
            houses.write_sealed(hidden, facts)
            # One flush of the disks instead of one for each of perhaps a million files.
            os.sync()
            durable.point("backup.written")
            self._running.keep({"set": name})
            durable.rename(hidden, self._place / name, what="backup.set")
        return name

    def _before(self) -> SetFacts | None:
        """The set to go on from; None if a full one is due, or ordered."""
        if self._running.args.get("full"):
            return None
        known = houses.own_sets(self._place, clock.now())
        known = [one for one in known if one.mode == settings.DEPLOYMENT_MODE]
        if not known:
            return None
        newest = known[-1]
        first = next((one for one in known if one.name == newest.chain), None)
        if first is None or rules.is_over(first.made_at, "full_every", clock.now()):
            return None
        if newest.holds_stores != self._stores or newest.version != __version__:
            return None
        try:
            for _entry in entries(self._place / newest.name):
                break
        except SetUnusable:
            return None
        return newest

    def _copy(self, writer: SetWriter, facts: SetFacts) -> None:
        home = settings.HOME
        writer.copy("home/mode", deployment.home_mark(home))
        writer.copy_tree("home/rules", home.root / "rules")
        for path in sorted((home.secrets / "ledger").glob("*.state")):
            writer.copy(f"home/{_SIGNED}/{path.name}", path)
        writer.copy_tree("home/ledger", home.ledger)
        self._copy_working(writer)
        with taken() as snapshot:
            facts.moment = snapshot.moment.isoformat()
            facts.server = snapshot.server
            facts.logs, facts.stores = snapshot.logs(), snapshot.stores()
            facts.migrations = snapshot.migrations()
            self._expect(snapshot, full=facts.kind == FULL)
            facts.tables = contents(snapshot.connection, lambda: self._wrote(0))
            snapshot.dump(writer.folder / DATABASE, lambda: self._wrote(0))
            writer.enter_database()
            durable.point("backup.database")
            facts.packages = _list_packages(snapshot, writer.folder / PACKAGES)
        self._copy_working(writer)
        if self._stores:
            self._copy_stores(writer)

    def _copy_working(self, writer: SetWriter) -> None:
        """The working store, whose files bear the digests of their content as names."""
        root = settings.HOME.working
        for folder, folders, names in os.walk(root):
            folders.sort()
            for name in sorted(names):
                source = Path(folder, name)
                path = f"home/working/{source.relative_to(root).as_posix()}"
                if name.endswith(".tmp") or writer.has(path):
                    continue
                addressed = len(name) == 64 and not set(name) - set("0123456789abcdef")
                if addressed and writer.name_known(path, name):
                    continue
                with contextlib.suppress(FileNotFoundError):
                    if not writer.copy(path, source, name if addressed else ""):
                        self._problems.append([path, "changed"])

    def _copy_stores(self, writer: SetWriter) -> None:
        """The bytes of every package once, out of whichever folder has them whole.

        A bucket is on another machine already, and is not a place that a restore fills.
        """
        stores = list(in_use().filter(kind=Store.Kind.FOLDER))
        roots: dict[str, ocfl.StorageRoot] = {}
        for store in stores:
            try:
                root = roots[store.name] = open_store(store)
            except StoreUnusable as error:
                self._problems.append([f"stores/{store.name}", str(error.message)])
                continue
            for path in sorted(root.root.iterdir()):
                if path.is_file():
                    writer.copy(f"stores/{store.name}/root/{path.name}", path)
            writer.copy_tree(f"stores/{store.name}/root/extensions", root.root / "extensions")
            beside = root.root.parent / f"{root.root.name}.beside"
            writer.copy_tree(f"stores/{store.name}/beside", beside)
        for objid in _objids(writer.folder / PACKAGES):
            places = [root.path_of(objid) for root in roots.values()]
            first = next(iter(roots.values()), None)
            if first is None:
                continue
            inside = first.path_of(objid).relative_to(first.root).as_posix()
            self._copy_object(writer, f"objects/{inside}", places)
        durable.point("backup.stores")

    def _copy_object(self, writer: SetWriter, area: str, places: list[Path]) -> None:
        trusted: ocfl.Trusted | None = None
        chosen = Path()
        for chosen in places:
            with contextlib.suppress(ocfl.OcflError, OSError):
                trusted = ocfl.load_inventory(chosen)
                break
        if trusted is None:
            self._problems.append([area, "no whole inventory in any store"])
            return
        recorded = dict(trusted.inventory.content_files())
        for path, digest in sorted(recorded.items()):
            if trusted.inventory.algorithm != "sha256":
                digest = ""  # what a set knows files by
            elif writer.name_known(f"{area}/{path}", digest.lower()):
                continue
            if not any(
                _copied(writer, f"{area}/{path}", place / path, digest.lower())
                for place in (chosen, *places)
            ):
                self._problems.append([f"{area}/{path}", "not whole in any store"])
        for path in _own_files(chosen, recorded):
            if not _copied(writer, f"{area}/{path}", chosen / path, ""):
                self._problems.append([f"{area}/{path}", "unreadable"])

    def _expect(self, snapshot: Snapshot, *, full: bool) -> None:
        """Refuse before much is written if the place has no room for what is to come."""
        more = snapshot.size()
        if full and self._stores:
            more += snapshot.package_bytes()
        self._total = self._done + (snapshot.package_bytes() if full and self._stores else 0)
        require_room(self._place, more)

    def _wrote(self, more: int) -> None:
        self._done += more
        self._running.progress(self._done, max(self._total, self._done) or None, "byte")


def _describe(facts: SetFacts, writer: SetWriter, problems: list[list[str]]) -> None:
    facts.problems = problems
    facts.files, facts.bytes, facts.own_bytes = writer.files, writer.bytes, writer.own_bytes
    for name in (FILES, PACKAGES):
        written = durable.digest_file(writer.folder / name)
        facts.lists[name] = written.digests["sha256"]
    (writer.folder / BYTES).mkdir(exist_ok=True)


def _list_packages(snapshot: Snapshot, path: Path) -> int:
    count = 0
    with path.open("xb") as out:
        for objid, head, digest in snapshot.packages():
            out.write(json.dumps([objid, head, digest]).encode() + b"\n")
            count += 1
    return count


def _objids(path: Path) -> Iterator[str]:
    with path.open("rb") as lines:
        for line in lines:
            yield json.loads(line)[0]


def _own_files(root: Path, recorded: dict[str, str]) -> list[str]:
    """The object's own files, beside the content that its inventory records."""
    found = []
    for folder, _folders, names in os.walk(root):
        for name in names:
            path = Path(folder, name).relative_to(root).as_posix()
            if path not in recorded:
                found.append(path)
    return sorted(found)


def _copied(writer: SetWriter, path: str, source: Path, expected: str) -> bool:
    try:
        return writer.copy(path, source, expected)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False
