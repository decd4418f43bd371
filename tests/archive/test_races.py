"""Two people work on one dossier at once: what one of them withholds stays out of sight."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from tangthu.archive import accepting
from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.archive.actions.withhold_document import release_document, withhold_document
from tangthu.discovery.models import Entry
from tangthu.identity.actions.leave import leave
from tangthu.identity.models import Person
from tangthu.kernel.jobs import execute
from tangthu.kernel.models import Job
from tangthu.records.models import Dossier, Withheld
from tangthu.repository.models import Package
from tests.support import batches
from tests.support.house import TestHouse
from tests.support.meanwhile import overtaken
from tests.support.records import MadeDossier, change_dossier, make_dossier

PUT = "tangthu.discovery.index:put"


def level_in_lists(obj: uuid.UUID) -> str:
    return Entry.objects.get(obj=obj).access_level


@pytest.fixture
def two(cast: TestHouse) -> MadeDossier:
    """A dossier of two documents."""
    return make_dossier(cast, documents=[{}, {}])


@pytest.mark.req("AR-129")
def test_a_dossier_described_while_a_document_is_withheld_does_not_list_it(
    cast: TestHouse, two: MadeDossier
) -> None:
    held = two.documents[0].pk
    with overtaken(cast, PUT, lambda: withhold_document(cast.acting("cuc"), held)):
        change_dossier(cast, two.dossier, title="Tên khác")
    assert level_in_lists(held) == "03"
    assert level_in_lists(two.documents[1].pk) == "01"


@pytest.mark.req("AR-129")
def test_a_dossier_sealed_while_a_document_is_withheld_does_not_list_it(
    cast: TestHouse, two: MadeDossier
) -> None:
    held = two.documents[0].pk
    job = queue_sealing(cast.acting("cuc"), two.dossier.pk)
    with overtaken(cast, PUT, lambda: withhold_document(cast.acting("cuc"), held)):
        execute(job.id)
    assert level_in_lists(held) == "03"


@pytest.mark.req("AR-129")
@pytest.mark.parametrize(
    ("place", "stored"),
    [
        ("tangthu.archive.packaging:standing_still", False),
        ("tangthu.archive.actions.seal_dossier:reindex_dossiers", True),
    ],
)
def test_a_document_withheld_while_its_dossier_is_sealed_is_in_no_package(
    cast: TestHouse, two: MadeDossier, place: str, stored: bool
) -> None:
    held = two.documents[0].pk
    job = queue_sealing(cast.acting("cuc"), two.dossier.pk)
    with overtaken(cast, place, lambda: withhold_document(cast.acting("cuc"), held)):
        ended = execute(job.id)
    assert ended.state == Job.State.FAILED
    assert "bị cách ly" in ended.message
    assert not Package.objects.exists()
    assert any(cast.home.root.glob("stores/*/**/*.pdf")) is stored
    officer = cast.acting("binh")
    release_document(officer, Withheld.objects.get().pk, "Kết luận số 4")
    assert execute(queue_sealing(cast.acting("cuc"), two.dossier.pk).id).state == Job.State.DONE
    assert Package.objects.get().head == 1


def test_who_is_let_go_while_his_batch_is_taken_takes_nothing_more(
    cast: TestHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [*batches.papers(1, "01"), *batches.papers(1, "02"), *batches.papers(1, "03")]
    batch = batches.checked(cast, tmp_path / "giao-nop", rows)
    taking = accepting.accept_dossier

    def taken(*args: Any) -> Any:
        found = taking(*args)
        if Person.objects.get(account__username="cuc").active:
            leave(cast.acting("dung"), cast.acting("cuc").viewer.person_id, decision="01/QĐ")
        return found

    monkeypatch.setattr(accepting, "accept_dossier", taken)
    job = batches.accept(cast, batch)
    assert job.result is not None
    assert Dossier.objects.count() == 1
    assert len(job.result["refused"]) == 2
