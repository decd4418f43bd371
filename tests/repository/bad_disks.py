"""What is done on a disk that is full or read-only; runs in a mount name space of its own."""

from __future__ import annotations

import subprocess
import uuid
from pathlib import Path

from tangthu.archive.actions.accept_batch import queue_acceptance
from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.archive.models import Batch
from tangthu.identity.acting import Acting
from tangthu.identity.queries import viewer_named
from tangthu.kernel.jobs import execute
from tangthu.kernel.models import Job
from tangthu.records.models import Dossier
from tangthu.repository.fixity import check_copies, copies_of
from tangthu.repository.models import Copy, Package
from tangthu.repository.strangers import strangers

BAD = {"full": "size=96k", "read-only": "size=64m,ro"}
GOOD = "size=64m,rw"


def _mount(place: Path, options: str, *, again: bool = False) -> None:
    if again:
        options = f"remount,{options}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True)


def _acting() -> Acting:
    viewer = viewer_named("cuc")
    assert viewer is not None
    return Acting(viewer, "cli")


def _failed(job: Job, why: str) -> None:
    done = execute(job.id)
    assert done.state == Job.State.FAILED, (done.state, done.message)
    assert done.message in why.split("|"), (done.message, done.hint)
    assert done.hint


def seal(dossier_id: str, place: str, how: str, why: str) -> None:
    """Seal with `place` bad, then again with it good."""
    _mount(Path(place), GOOD)
    if how == "read-only":
        # The disk was good when the store was made on it.
        from tangthu.repository.actions.open_stores import ensure_stores

        ensure_stores()
    _mount(Path(place), BAD[how], again=True)
    _failed(queue_sealing(_acting(), uuid.UUID(dossier_id)), why)
    assert not Package.objects.exists() and not Copy.objects.exists()
    _mount(Path(place), GOOD, again=True)
    assert [objid for _store, objid in strangers()] == []
    done = execute(queue_sealing(_acting(), uuid.UUID(dossier_id)).id)
    assert done.state == Job.State.DONE, (done.message, done.hint)
    package = Package.objects.get()
    verdicts = check_copies(copies_of(package))
    assert len(verdicts) == 2 and all(verdict.whole for verdict in verdicts)
    assert list(strangers()) == []


def accept(batch_id: str, place: str, how: str, why: str) -> None:
    """Take a batch with `place` bad, then again with it good."""
    _mount(Path(place), BAD[how].replace("96k", "4k"))
    _failed(queue_acceptance(_acting(), uuid.UUID(batch_id), "complete"), why)
    assert not Dossier.objects.exists()
    assert Batch.objects.get().state == Batch.State.REVIEW
    assert [path for path in Path(place).rglob("*") if path.name.endswith(".tmp")] == []
    _mount(Path(place), GOOD, again=True)
    done = execute(queue_acceptance(_acting(), uuid.UUID(batch_id), "complete").id)
    assert done.state == Job.State.DONE, (done.message, done.hint)
    assert done.result["documents"] == 2
    assert Dossier.objects.count() == 1
