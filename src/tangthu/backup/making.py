"""The job that makes a set: everything of one moment, under a hidden name until it is whole.

Order: the ledger's files and the signer's memory, the working store, the moment of the database,
the working store again, the dump, the stores last. The ledger's files may so be behind the rows,
never before them: a restore writes them up to what the rows know as signed, and no event is left an
orphan. Packages and working files may be newer than the rows, never older: from that moment until
the working store was gone through again nobody removes anything from it. In the end every content
that the rows name is looked for in the set.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from tangthu import __version__
from tangthu.backup import houses, retention, rules
from tangthu.backup.actions.note_sets import acting_of, note_made
from tangthu.backup.copying import SetWriter
from tangthu.backup.packages import copy_package
from tangthu.backup.places import claim, require_fit, require_room
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
from tangthu.kernel.stores import content_key
from tangthu.records.queries import withheld_contents
from tangthu.repository.models import Store
from tangthu.repository.stores import StoreUnusable, in_use, open_store
from tangthu.standards import durable, ocfl
from tangthu.standards.ocfl import files

_SIGNED, _WORKING = "secrets/ledger", "working"
# Missing files that are named one by one.
_MOST_TOLD = 1000


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
        claim(place)
        name = running.job.result.get("set")
        if not (name and (place / name).is_dir()):
            name = _Making(running, place).make()
        facts = read_facts(place / name)
        # A set is told of, whatever comes of the old ones.
        damaged: SetUnusable | None = None
        removed: list[str] = []
        try:
            removed = retention.remove_old(
                place, clock.now(), lambda _more: running.progress(0, None)
            )
        except SetUnusable as error:
            damaged = error
        answer = {**told(facts, place), "removed": removed}
        note_made(acting, running, place / name, facts, answer)
        if damaged is not None:
            raise damaged
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
            _describe(facts, writer)
            houses.write_sealed(hidden, facts)
            # One flush of the disks, so that the flush of each file has nothing left to wait for.
            os.sync()
            writer.read_back()
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
        writer.keep("home/mode", deployment.home_mark(home))
        writer.copy_tree("home/rules", home.root / "rules")
        for path in sorted((home.secrets / "ledger").glob("*.state")):
            writer.keep(f"home/{_SIGNED}/{path.name}", path)
        writer.copy_tree("home/ledger", home.ledger)
        self._copy_working(writer)
        with tempfile.TemporaryFile(dir=home.temporary) as needed:
            self._copy_database(writer, facts, needed)
            if self._stores:
                self._copy_stores(writer)
            _tell_missing(writer, needed)

    def _copy_database(self, writer: SetWriter, facts: SetFacts, needed: IO[bytes]) -> None:
        """One moment of the database, and the working store of then; `needed` gets the digest of
        each content that must come from a package."""
        with contextlib.ExitStack() as until_dumped:
            with advisory.shared(advisory.WORKING_STORE):
                snapshot = until_dumped.enter_context(taken())
                self._copy_working(writer)
            facts.moment = snapshot.moment.isoformat()
            facts.server = snapshot.server
            facts.logs, facts.stores = snapshot.logs(), snapshot.stores()
            facts.migrations = snapshot.migrations()
            self._expect(snapshot, full=facts.kind == FULL)
            facts.tables = contents(snapshot.connection, lambda: self._wrote(0))
            packaged = self._stores and bool(facts.stores)
            for digest in snapshot.needed_contents(packaged=packaged):
                if not writer.has_bytes(digest):
                    needed.write(bytes.fromhex(digest))
            snapshot.dump(writer.folder / DATABASE, lambda: self._wrote(0))
            writer.enter_database()
            durable.point("backup.database")
            facts.packages = _list_packages(snapshot, writer.folder / PACKAGES)

    def _copy_working(self, writer: SetWriter) -> None:
        """The working store, whose files bear the digests of their content as names.

        What only withheld documents have stays where it is: it must not multiply (AR-129).
        """
        withheld = withheld_contents()
        for path, source in writer.files_below(f"home/{_WORKING}", settings.HOME.working):
            name = source.name
            if writer.has(path) or name in withheld:
                continue
            addressed = len(name) == 64 and not set(name) - set("0123456789abcdef")
            if not (addressed and writer.name_known(path, name)):
                writer.keep(path, source, name if addressed else "")

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
                writer.problems.append([f"stores/{store.name}", str(error.message)])
                continue
            for name in files.names_in(root.root):
                path = root.root / name
                if path.is_file():
                    writer.keep(f"stores/{store.name}/root/{name}", path)
            writer.copy_tree(f"stores/{store.name}/root/extensions", root.root / "extensions")
            beside = root.root.parent / f"{root.root.name}.beside"
            writer.copy_tree(f"stores/{store.name}/beside", beside)
        first = next(iter(roots.values()), None)
        if first is not None:
            for objid, head, digest in _packages(writer.folder / PACKAGES):
                places = [root.path_of(objid) for root in roots.values()]
                inside = first.path_of(objid).relative_to(first.root).as_posix()
                copy_package(writer, f"objects/{inside}", places, head, digest)
        durable.point("backup.stores")

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


def _tell_missing(writer: SetWriter, needed: IO[bytes]) -> None:
    """Make a problem of each content that a record needs and no file of the set has."""
    needed.seek(0)
    count = 0
    while digest := needed.read(32):
        if not writer.has_bytes(digest.hex()):
            count += 1
            if count <= _MOST_TOLD:
                path = f"home/{_WORKING}/{content_key(digest.hex())}"
                writer.problems.append([path, "a record's file is in no place"])
    if count > _MOST_TOLD:
        writer.problems.append([f"home/{_WORKING}", f"{count} files of records in all"])


def _describe(facts: SetFacts, writer: SetWriter) -> None:
    facts.problems = writer.problems
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


def _packages(path: Path) -> Iterator[tuple[str, int, str]]:
    with path.open("rb") as lines:
        for line in lines:
            objid, head, digest = json.loads(line)
            yield objid, head, digest
