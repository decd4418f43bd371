"""What the archive's crash tests do in processes that are killed."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from tangthu.archive.actions.accept_batch import close_batch
from tangthu.archive.actions.decide_batch import decide
from tangthu.archive.actions.hold_suspect import decide_quarantined
from tangthu.archive.actions.open_batch import open_batch
from tangthu.archive.actions.tidy_up import tidy_up
from tangthu.archive.actions.withhold_document import withhold_document
from tangthu.archive.batch.model import EDIT, Decision
from tangthu.archive.models import Fonds
from tangthu.archive.receiving import FILES, receiving
from tangthu.identity.acting import Acting
from tangthu.identity.queries import viewer_named


def _acting(username: str) -> Acting:
    viewer = viewer_named(username)
    assert viewer is not None
    return Acting(viewer, "web")


def receive_and_open(folder: str, index: str, ours: bool) -> None:
    """What the browser's upload comes to: files and index received, the batch opened on them."""
    with receiving() as place:
        files = Path(folder)
        if ours:
            files = place / FILES
            shutil.copytree(folder, files)
        open_batch(
            _acting("cuc"),
            Fonds.objects.get(),
            batch_id=uuid.UUID(place.name),
            name="Đợt thử",
            index=Path(index),
            folder=files,
            owns_folder=ours,
        )


def declare_secret(batch_id: str, target: str) -> None:
    """A person says in the review that something is a state secret."""
    decide(_acting("cuc"), uuid.UUID(batch_id), [Decision(EDIT, target, "mode", "03")])


def decide_on_suspect(held_id: str, decision: str) -> None:
    """The officer decides on a quarantined file."""
    decide_quarantined(_acting("binh"), uuid.UUID(held_id), decision=decision)


def end(batch_id: str) -> None:
    """End the batch."""
    close_batch(_acting("cuc"), uuid.UUID(batch_id))


def tidy() -> None:
    """What every worker does at its start."""
    tidy_up()


def withhold(document_id: str) -> None:
    """A document turns out to be a state secret."""
    withhold_document(_acting("cuc"), uuid.UUID(document_id))
