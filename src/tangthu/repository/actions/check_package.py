"""Check every copy of one package, mend what can be mended, and record what was found.

Fixity events live in the ledger and beside the object; they enter PREMIS at the package's next
version. A check never rewrites a package (AR-89, AR-92, RM-950).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext_noop

from tangthu.identity.acting import Acting
from tangthu.kernel import advisory, clock
from tangthu.ledger.record import Event, record_many
from tangthu.records.queries import withheld_in
from tangthu.repository import begun
from tangthu.repository.actions.mend_copies import Mended, mend, prolong
from tangthu.repository.actions.note_beside import note_beside
from tangthu.repository.fixity import CopyVerdict, Watch, beyond_repair, check_copies, copies_of
from tangthu.repository.models import Copy, Package, Store
from tangthu.repository.wording import printable
from tangthu.standards import durable

_TOLD = 200
_PROBLEM_LENGTH = 4000
# What a check enters of a copy; the rest is not its own.
_FOUND = ("state", "problem", "mending", "tried_at", "verified_at")
WHOLE, MENDED = gettext_noop("nguyên vẹn"), gettext_noop("đã phục hồi")
HURT, LOST = gettext_noop("có bản sao hỏng"), gettext_noop("hỏng ở mọi bản sao")
UNSEEN = gettext_noop("có bản sao chưa kiểm tra được")
AHEAD = gettext_noop("có bản sao mới hơn danh mục")


@dataclass(slots=True)
class PackageVerdict:
    """What a check of one package found (`copies`), did, and left (`after`, read once more).

    `prolonged` counts the files in buckets that were locked for longer.
    """

    package: Package
    copies: list[CopyVerdict]
    after: list[CopyVerdict]
    mended: list[Mended] = field(default_factory=list)
    lost: dict[str, str] = field(default_factory=dict)
    prolonged: int = 0

    @property
    def bad(self) -> list[tuple[str, str, str]]:
        """Every bad place as found: store, path ("" for the whole object), status."""
        return [(copy.store, path, status) for copy in self.copies for path, status in copy.bad]

    @property
    def unchecked(self) -> list[tuple[str, str, str]]:
        """Every place that could not be looked at: store, path, why."""
        return [(copy.store, path, why) for copy in self.after for path, why in copy.unchecked]

    @property
    def repaired(self) -> list[tuple[str, str]]:
        """Store and path of what was mended and then read back good."""
        left = {(copy.store, path) for copy in self.after for path, _ in copy.bad}
        return [(one.store, one.path) for one in self.mended if (one.store, one.path) not in left]

    @property
    def unrepairable(self) -> list[tuple[str, str, str]]:
        """Store, path and status of what is bad in every store."""
        return [
            (copy.store, path, status) for copy in self.after for path, status in self.lost.items()
        ]

    @property
    def files(self) -> int:
        """How many files were read, over all copies."""
        return sum(copy.files for copy in self.copies)

    @property
    def words(self) -> str:
        """The verdict in a few words."""
        if self.lost:
            return LOST
        if any(copy.bad for copy in self.after):
            return HURT
        if any(copy.newer for copy in self.after):
            return AHEAD
        if self.unchecked:
            return UNSEEN
        return MENDED if self.mended else WHOLE

    @property
    def outcome(self) -> Literal["ok", "fail", "part"]:
        """As the ledger says it: `part` if nothing was found bad but not all could be read."""
        if self.bad:
            return "fail"
        return "part" if self.unchecked else "ok"


def check_package(
    acting: Acting,
    package_id: uuid.UUID,
    *,
    repair: bool,
    only: Store | None = None,
    watch: Watch | None = None,
    also: Callable[[PackageVerdict], None] = lambda verdict: None,
) -> PackageVerdict:
    """Check a package in all stores; with `repair`, mend what is bad from what is good elsewhere.

    With `only`, the copy in that store alone is read: nothing is mended, and nothing called lost,
    since nobody looked at the others. Nor is anything mended while a document of the dossier is
    withheld.
    `watch` is told of files read (see `check_copies`); `also` runs in the transaction that enters
    the outcome. Raises Refused without `repository.audit` at the package's body.
    """
    package = Package.objects.select_related("body").get(pk=package_id)
    acting.require("repository.audit", package.body_id)
    with advisory.exclusive(f"seal {package.dossier_id}"):
        package.refresh_from_db(fields=["head"])
        # Mending copies content from store to store: not while a secret is suspected (AR-129).
        repair = repair and only is None and not withheld_in(package.dossier_id)
        copies = [one for one in copies_of(package) if only is None or one.store_id == only.pk]
        now = check_copies(copies, watch)
        verdict = PackageVerdict(package, begun.found_before(now), now)
        if repair and not all(copy.whole for copy in now):
            begun.begin(verdict.copies)
            durable.point("repository.mending.begun")
            verdict.mended = mend(now)
            durable.point("repository.mended")
            verdict.after = check_copies([copy.copy for copy in now], watch)
        if repair:
            verdict.prolonged = prolong(verdict.after)
        before = begun.mended_before(verdict.copies, verdict.after)
        mended = {(one.store, one.path): one for one in (*before, *verdict.mended)}
        verdict.mended = [mended[key] for key in sorted(mended)]
        if only is None:
            verdict.lost = beyond_repair(verdict.after)
        _enter(acting, verdict, repair, also)
        durable.point("repository.checked")
        note_beside(package)
    return verdict


def _enter(
    acting: Acting,
    verdict: PackageVerdict,
    repair: bool,
    also: Callable[[PackageVerdict], None],
) -> None:
    """Write the copies' new state with the events, in one transaction."""
    package = verdict.package
    actor = acting.actor(package.body_id)
    with transaction.atomic():
        moment = clock.now()
        for copy in verdict.after:
            row = copy.copy
            row.state, row.problem = _state(copy, verdict), _problem(copy)
            row.mending, row.tried_at = None, moment
            if row.state != Copy.State.UNCHECKED:
                row.verified_at = moment
            if row.pk is not None:
                row.save(update_fields=_FOUND)
            elif row.state != Copy.State.UNCHECKED:  # what nobody has seen is no copy yet
                row.save(force_insert=True)
        events = [
            Event(
                kind="repository.package.checked",
                obj=package.id,
                body=package.body_id,
                actor=actor,
                out=verdict.outcome,
                detail={
                    "copies": len(verdict.copies),
                    "stores": [copy.store for copy in verdict.copies],
                    "files": verdict.files,
                    "verdict": verdict.words,
                    "bad": _told(verdict.bad),
                    "unchecked": _told(verdict.unchecked),
                    "lost": _told(list(verdict.lost.items())),
                    "repair": repair,
                    **({"prolonged": verdict.prolonged} if verdict.prolonged else {}),
                },
            )
        ]
        good = set(verdict.repaired)
        for store in dict.fromkeys(one.store for one in verdict.mended):
            here = [
                one for one in verdict.mended if one.store == store and (store, one.path) in good
            ]
            if here:
                events.append(
                    Event(
                        kind="repository.package.repaired",
                        obj=package.id,
                        body=package.body_id,
                        actor=actor,
                        detail={
                            "store": store,
                            "source": ", ".join(dict.fromkeys(one.source for one in here)),
                            "files": len(here),
                            "paths": [printable(one.path) for one in here[:_TOLD]],
                        },
                    )
                )
        record_many(events)
        also(verdict)


def _state(copy: CopyVerdict, verdict: PackageVerdict) -> Copy.State:
    if verdict.lost and copy.bad:
        return Copy.State.UNREPAIRABLE
    if copy.bad:
        return Copy.State.BAD
    return Copy.State.UNCHECKED if copy.unchecked else Copy.State.GOOD


def _problem(copy: CopyVerdict) -> str:
    """What is wrong now, as JSON pairs of path and status, cut to a length a row can bear."""
    places = _told([*copy.bad, *copy.unchecked])
    while places:
        text = json.dumps(places, ensure_ascii=False)
        if len(text) <= _PROBLEM_LENGTH:
            return text
        places.pop()
    return ""


def _told(places: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[printable(part) for part in place] for place in places[:_TOLD]]
