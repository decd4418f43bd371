"""Reading every copy of a package and saying what is wrong with it; writes nothing.

A copy is whole when every file that its inventory names is there with its digest, and inventory,
digest file and declaration agree. "Changed", "missing" and "cannot be read" are told apart: what
cannot be checked is not called bad content.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tangthu.repository.models import Copy
from tangthu.repository.stores import open_store
from tangthu.standards import ocfl

BAD = ("changed", "missing", "unreadable")


@dataclass(slots=True)
class CopyVerdict:
    """What was found in one copy. `problems` maps a path inside the object to its status."""

    copy: Copy
    place: Path
    files: int = 0
    bytes: int = 0
    problems: dict[str, str] = field(default_factory=dict)
    extra: list[str] = field(default_factory=list)
    unusable: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong: no bad file, no file that does not belong, readable at all."""
        return not (self.problems or self.extra or self.unusable)


def check_copy(copy: Copy, tick: Callable[[int], None] | None = None) -> CopyVerdict:
    """Read one copy through and compare every byte with what was recorded.

    `tick(files)` is called after each file. Never raises for a damaged copy: that is its verdict.
    """
    verdict = CopyVerdict(copy, Path(copy.store.path))
    try:
        store = open_store(copy.store)
        verdict.place = store.path_of(copy.package.objid)
        if not verdict.place.is_dir():
            verdict.unusable = "missing"
            return verdict
        trusted = ocfl.load_inventory(verdict.place)
        if len(trusted.inventory.versions) < copy.package.head:
            verdict.unusable = "behind"
        for result in ocfl.check_files(verdict.place, trusted):
            verdict.files += 1
            verdict.bytes += result.size or 0
            if result.status in BAD:
                verdict.problems[result.path] = result.status
            elif result.status == "extra":
                verdict.extra.append(result.path)
            if tick is not None:
                tick(verdict.files)
    except ocfl.OcflError as error:
        verdict.unusable = type(error).__name__
    except OSError as error:
        verdict.unusable = f"unreadable: {error.strerror}"
    return verdict


def beyond_repair(verdicts: list[CopyVerdict]) -> dict[str, str]:
    """Paths of a package that are bad in every copy, with their status; "" for the whole object."""
    if any(verdict.whole for verdict in verdicts):
        return {}
    if all(verdict.unusable for verdict in verdicts):
        return {"": verdicts[0].unusable}
    usable = [verdict for verdict in verdicts if not verdict.unusable]
    common = set(usable[0].problems)
    for verdict in usable[1:]:
        common &= set(verdict.problems)
    if len(usable) < len(verdicts):
        common = set().union(*(verdict.problems for verdict in usable))
    return {path: usable[0].problems.get(path, "changed") for path in sorted(common)}
