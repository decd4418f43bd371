"""Reading every copy of a package and saying what is wrong with it; writes nothing.

A copy is whole when it is the object and the state that the catalogue knows, every file that its
inventory names is there with its digest, and nothing else is. "Changed", "missing" and "cannot be
read" are told apart: what cannot be checked is not called bad. Each file is read once; the copies
of a package are read side by side, since they lie on different media.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from tangthu.kernel import clock
from tangthu.kernel.models import Job
from tangthu.repository.bucket_fixity import read_object
from tangthu.repository.models import Copy, Package, PackageVersion, Store
from tangthu.repository.stand_ins import local_object
from tangthu.repository.stores import StoreUnusable, in_use, open_store
from tangthu.standards import ocfl

READERS = 2
BAD = ("changed", "missing")
NEWER = "newer"
_LOOK_SECONDS = 0.5

Watch = Callable[[int], None]


class _Stopped(Exception):
    """The check was stopped between two files."""


@dataclass(slots=True)
class CopyVerdict:
    """What was found in one copy. Paths are relative to the object.

    `problems` maps a path to `changed` or `missing`; `unread` a path to why it could not be read;
    `extra` lists what does not belong. `unusable` is why the copy as a whole is bad: `missing`,
    `inventory`, `another object`, `behind`, `altered`; `unreachable` why nobody could look at it.
    `newer`: it goes on with versions that the catalogue does not know, as after a restore from a
    set that is older than the stores.
    `place` is the folder of the object, and means nothing for a store that is none. `fading` lists
    what should be locked against deletion and is not, or not for long any more.
    """

    copy: Copy
    place: Path
    trusted: ocfl.Trusted | None = None
    files: int = 0
    bytes: int = 0
    problems: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    extra: list[str] = field(default_factory=list)
    unusable: str = ""
    unreachable: str = ""
    newer: bool = False
    fading: list[str] = field(default_factory=list)

    @property
    def store(self) -> str:
        """Name of the store."""
        return self.copy.store.name

    @property
    def in_folder(self) -> bool:
        """Whether the copy is a folder that can be looked into."""
        return not self.copy.store.in_bucket

    @property
    def bad(self) -> list[tuple[str, str]]:
        """Every bad place: path ("" for the whole object) and status."""
        found = [*self.problems.items(), *((path, "extra") for path in self.extra)]
        return [("", self.unusable), *found] if self.unusable else found

    @property
    def unchecked(self) -> list[tuple[str, str]]:
        """Every place that could not be looked at: path ("" for the whole object) and why."""
        found = [*([("", NEWER)] if self.newer else ()), *self.unread.items()]
        return [("", self.unreachable), *found] if self.unreachable else found

    @property
    def whole(self) -> bool:
        """Whether all was read and nothing is wrong."""
        return not (self.bad or self.unchecked)


def copies_of(package: Package) -> list[Copy]:
    """The package's copy in each store, in order; one that was never made is not saved yet.

    Of a store that is still being copied to, only the copies that were made.
    """
    known = {
        copy.store_id: copy
        for copy in Copy.objects.filter(package=package).select_related("store", "package")
    }
    return [
        known.get(store.pk) or Copy(package=package, store=store)
        for store in in_use()
        if store.pk in known or store.state == Store.State.ACTIVE
    ]


def check_copies(copies: Sequence[Copy], watch: Watch | None = None) -> list[CopyVerdict]:
    """Read the copies of one package through and judge each.

    `watch` hears twice a second, in the calling thread, how many files were read since it heard
    last; what it raises stops the readers between two files and is passed on. A damaged copy never
    raises: that is its verdict.
    """
    if not copies:
        return []
    head = PackageVersion.objects.get(
        package_id=copies[0].package_id, number=copies[0].package.head
    )
    stop = threading.Event()
    moments = _under_way(copies[0].package)
    asked = _Asked(head.inventory_sha256, clock.now(), bool(moments), moments)
    verdicts = [CopyVerdict(copy, Path(copy.store.path)) for copy in copies]
    heard = 0
    with ThreadPoolExecutor(min(READERS, len(copies))) as pool:
        work = [pool.submit(_read, verdict, asked, stop) for verdict in verdicts]
        try:
            while wait(work, timeout=_LOOK_SECONDS).not_done:
                heard = _tell(watch, verdicts, heard)
        finally:
            stop.set()
    for item in work:
        item.result()
    _tell(watch, verdicts, heard)
    return verdicts


def _tell(watch: Watch | None, verdicts: Sequence[CopyVerdict], heard: int) -> int:
    read = sum(verdict.files for verdict in verdicts)
    if watch is not None:
        watch(read - heard)
    return read


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a reader needs of the database: it has no connection of its own.

    `expected` is the digest of the inventory that was catalogued.
    """

    expected: str
    now: dt.datetime
    sealing: bool
    moments: frozenset[dt.datetime]


def _under_way(package: Package) -> frozenset[dt.datetime]:
    """The moments of orders of further versions that are not sealed yet: those may be stored."""
    orders = Job.objects.filter(args__package=str(package.pk)).exclude(state=Job.State.DONE)
    told = orders.values_list("args__moment", flat=True)
    return frozenset(dt.datetime.fromisoformat(one) for one in told if one)


def _read(verdict: CopyVerdict, asked: _Asked, stop: threading.Event) -> None:
    """Fill in the verdict."""
    try:
        for result in _results(verdict, asked, stop):
            if stop.is_set():
                raise _Stopped
            verdict.files += 1
            verdict.bytes += result.size or 0
            if result.status in BAD:
                verdict.problems[result.path] = result.status
            elif result.status == "unreadable":
                verdict.unread[result.path] = result.reason or "unreadable"
            elif result.status == "extra":
                verdict.extra.append(result.path)
    except StoreUnusable as error:
        verdict.unreachable = str(error.message)
    except ocfl.ObjectMissingError:
        verdict.unusable = "missing"
    except ocfl.OcflError:
        verdict.unusable = "inventory"
    except OSError as error:
        verdict.unreachable = error.strerror or "unreadable"


def _results(
    verdict: CopyVerdict, asked: _Asked, stop: threading.Event
) -> Iterator[ocfl.FileResult]:
    """Read every file of the copy; what is wrong with it as a whole is entered on the way."""
    store, package = verdict.copy.store, verdict.copy.package

    def judge(trusted: ocfl.Trusted, place: Path) -> None:
        verdict.trusted = trusted
        verdict.unusable = _unlike(trusted, place, package, asked.expected)
        verdict.newer = not verdict.unusable and _is_newer(trusted.inventory, package, asked)

    if verdict.in_folder:
        verdict.place = open_store(store).path_of(package.objid)
        trusted = ocfl.load_inventory(verdict.place)
        judge(trusted, verdict.place)
        yield from ocfl.check_files(verdict.place, trusted)
        return
    least = asked.now + dt.timedelta(days=store.lock_days) / 2
    read = read_object(store, package.objid, judge, stop, sealing=asked.sealing)
    for result, until in read:
        if store.lock_days and result.status == "ok" and (until is None or until < least):
            verdict.fading.append(result.path)
        yield result


def _unlike(trusted: ocfl.Trusted, place: Path, package: Package, expected: str) -> str:
    """How the object differs from what the catalogue knows; "" if it does not.

    A version that is stored but not catalogued yet (its sealing was cut off) is no difference.
    """
    inventory = trusted.inventory
    if inventory.id != package.objid:
        return "another object"
    if len(inventory.versions) < package.head:
        return "behind"
    if len(inventory.versions) == package.head:
        return "" if trusted.digest == expected else "altered"
    catalogued = ocfl.read_copy(place, f"v{package.head}")
    return "" if catalogued is not None and catalogued.digest == expected else "altered"


def _is_newer(inventory: ocfl.Inventory, package: Package, asked: _Asked) -> bool:
    """Whether the copy has versions that no order of this house accounts for."""
    created = [one.created for one in list(inventory.versions.values())[package.head :]]
    return any(dt.datetime.fromisoformat(one) not in asked.moments for one in created)


def beyond_repair(verdicts: Sequence[CopyVerdict]) -> dict[str, str]:
    """Paths that are bad in every copy and cannot be made good, with status; "" for the whole.

    A copy that could not be looked at may still be good: with one, nothing is beyond repair.
    """
    if any(verdict.unreachable for verdict in verdicts):
        return {}
    if all(verdict.unusable for verdict in verdicts):
        return {"": verdicts[0].unusable}
    usable = [verdict for verdict in verdicts if not verdict.unusable]
    lost = dict(usable[0].problems)
    for verdict in usable[1:]:
        lost = {path: status for path, status in lost.items() if path in verdict.problems}
    if not lost or usable[0].trusted is None:
        return {}
    known = usable[0].trusted.inventory
    recorded = dict(known.content_files())
    # The root's own files can be written anew from the inventory that was trusted.
    rewritten = {known.declaration, ocfl.INVENTORY, known.sidecar}
    rewritten |= {f"{known.head}/{ocfl.INVENTORY}", f"{known.head}/{known.sidecar}"}
    unusable = [verdict for verdict in verdicts if verdict.unusable]
    return {
        path: status
        for path, status in sorted(lost.items())
        if path not in rewritten
        and not any(
            path in recorded and _holds(one, path, known.algorithm, recorded[path])
            for one in unusable
        )
    }


def _holds(verdict: CopyVerdict, path: str, algorithm: str, digest: str) -> bool:
    """Whether a copy that cannot be trusted as a whole has this one file as it should be."""
    store, objid = verdict.copy.store, verdict.copy.package.objid
    try:
        with local_object(store, objid, [path]) as place:
            return ocfl.check_file(place, path, algorithm, digest).status == "ok"
    except (StoreUnusable, OSError):
        return False
