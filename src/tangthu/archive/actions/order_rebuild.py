"""Order that the catalogue is made again from a store (`tangthu index rebuild`)."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from tangthu.archive.actions.rebuild_package import bodies_with_own, body_of, require_empty
from tangthu.archive.job_kinds import REBUILD
from tangthu.archive.rebuilding import Damaged, look
from tangthu.archive.rebuilt import NotUnderstood
from tangthu.identity.acting import Acting
from tangthu.kernel import advisory, jobs
from tangthu.kernel.errors import InvalidInput
from tangthu.kernel.models import Job
from tangthu.repository.actions.order_check import UNDER_WAY
from tangthu.repository.actions.register_store import StoreFacts, add_store, administered_at
from tangthu.repository.models import Store
from tangthu.repository.stores import in_use, open_store
from tangthu.standards import ocfl


def order_rebuild(
    acting: Acting, path: Path, *, take_over: bool = False, queued: bool = True
) -> Job:
    """Queue the reading of the store at `path`, which is registered if it is not yet.

    With `take_over`, in a house that holds records: packages and versions that the catalogue does
    not know, and that go on from what it knows, are entered.

    Raises InvalidInput for what is no store, RecordsThere if a body that has packages in it went on
    here with other records, Refused without the right.
    """
    body = administered_at(acting)
    with advisory.exclusive("order rebuild"):
        store = store_at(path)
        if not take_over:
            _require_empty(store)
        if store.pk is None:
            store = add_store(acting, name=store.name, path=store.path, facts=StoreFacts())
        running = (
            Job.objects.filter(kind=REBUILD, subject_id=store.uid, state__in=UNDER_WAY)
            .order_by("-created_at")
            .first()
        )
        if running is not None and jobs.is_queued(running.pk):
            return running
        return jobs.enqueue(
            REBUILD,
            args={"store": str(store.uid), "take_over": take_over},
            body_id=body,
            person_id=acting.viewer.person_id,
            subject_id=store.uid,
            queued=queued,
        )


def resume_rebuild(acting: Acting, job: Job) -> Job:
    """Go on with a rebuild that was stopped or failed: what was made is not made again."""
    store = in_use().filter(uid=uuid.UUID(job.args["store"])).first()
    if store is None:
        raise InvalidInput(_("Kho này không còn được dùng."))
    return order_rebuild(acting, Path(store.path), take_over=bool(job.args.get("take_over")))


def store_at(path: Path) -> Store:
    """The store in use at `path`, or one that is not registered yet. Raises InvalidInput.

    A bucket is downloaded into a folder first: that is then an OCFL root like any other.
    """
    place = path.absolute()
    for known in in_use().filter(kind=Store.Kind.FOLDER):
        if Path(known.path).resolve() == place.resolve():
            return known
    if not ocfl.looks_like_root(place):
        raise InvalidInput(
            _("Ở {path} không có kho OCFL.").format(path=place),
            hint=_("Chỉ tới thư mục có tệp 0=ocfl_1.1."),
        )
    return Store(name=_free_name(place.name), path=str(place))


def _free_name(wanted: str) -> str:
    taken = set(Store.objects.values_list("name", flat=True))
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in wanted.lower())
    kept = kept.strip("-")[:30] if len(kept.strip("-")) >= 3 else "kho"
    names = [kept, *(f"{kept}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken and len(name) >= 3)


def _require_empty(store: Store) -> None:
    own = bodies_with_own()
    if not own:
        return
    for place in open_store(store).objects():
        try:
            require_empty(body_of(look(store, place, whole=False).found), own)
        except (Damaged, NotUnderstood):
            continue
