"""A version says which state of the dossier it holds, whatever was edited while it was made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tangthu.archive.actions.seal_dossier import NothingToSeal, queue_sealing
from tangthu.archive.packaging import state_digest
from tangthu.kernel import jobs
from tangthu.kernel.jobs import execute
from tangthu.records.models import Dossier
from tangthu.repository.models import Package, PackageVersion, Store
from tests.repository import steps
from tests.support import killing, states
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, change_dossier, make_dossier, signed_events

NOTE = "Ghi chú đến sau khi đặt lệnh"


def _state(made: MadeDossier) -> str:
    return state_digest(Dossier.objects.get(pk=made.dossier.pk))


def _says(root: Path, version: str) -> bool:
    """Whether the description in a version of the object has the note."""
    return any(NOTE in path.read_text(encoding="utf-8") for path in (root / version).rglob("*.xml"))


def test_a_dossier_edited_between_order_and_work_is_sealed_as_it_is_at_the_work(
    cast: TestHouse,
) -> None:
    made = make_dossier(cast)
    before = _state(made)
    job = queue_sealing(cast.acting("cuc"), made.dossier.pk)
    change_dossier(cast, made.dossier, note=NOTE)
    assert execute(job.id).state == "done"
    version = PackageVersion.objects.get()
    assert version.state_sha256 == _state(made) != before
    assert all(_says(root, "v1") for root in steps.objects(cast))
    with pytest.raises(NothingToSeal):
        queue_sealing(cast.acting("cuc"), made.dossier.pk)


@pytest.mark.parametrize("at", ["ocfl.object.staged", "ocfl.object.renamed", "repository.stored"])
def test_a_dossier_edited_while_its_sealing_lay_killed_is_catalogued_as_the_state_it_was_stored_in(
    cast: TestHouse, at: str
) -> None:
    made = make_dossier(cast)
    signed_events()
    before = _state(made)
    job = queue_sealing(cast.acting("cuc"), made.dossier.pk)
    with killing.Runner(cast.environment) as runner:
        runner.kill(states.RUN, str(job.id), at=(at, 1))
    change_dossier(cast, made.dossier, note=NOTE)
    states.run_job(str(job.id))
    version = PackageVersion.objects.get()
    newer = at == "ocfl.object.staged"  # nothing stood in a store yet: it was made anew
    assert version.state_sha256 == (_state(made) if newer else before)
    assert [_says(root, "v1") for root in steps.objects(cast)] == [newer, newer]
    if not newer:
        again = queue_sealing(cast.acting("cuc"), made.dossier.pk)
        states.run_job(str(again.id))
        second = PackageVersion.objects.get(number=2)
        assert second.state_sha256 == _state(made)
        assert [_says(root, "v2") for root in steps.objects(cast)] == [True, True]
    with pytest.raises(NothingToSeal):
        queue_sealing(cast.acting("cuc"), made.dossier.pk)


@pytest.mark.req("AR-28")
def test_what_ead_has_no_element_for_stands_in_the_extra_file_and_nowhere_in_ead(
    cast: TestHouse,
) -> None:
    document = {"type_text": "Quyết định cũ", "extra": {"Màu bìa": "xanh"}}
    made = make_dossier(cast, documents=[document])
    change_dossier(cast, made.dossier, retention_years=17, extra={"Kho": "B"})
    execute(queue_sealing(cast.acting("cuc"), made.dossier.pk).id)
    code, of_document = made.dossier.archive_file_code, made.documents[0].record_archive_code
    for root in steps.objects(cast):
        [extra] = root.rglob("extra.json")
        assert json.loads(extra.read_text(encoding="utf-8")) == {
            f"{code}|retentionYears": "17",
            f"{code}|Kho": "B",
            f"{of_document}|typeText": "Quyết định cũ",
            f"{of_document}|Màu bìa": "xanh",
        }
        for ead in root.rglob("EAD*.xml"):
            assert "Quyết định cũ" not in ead.read_text(encoding="utf-8")


def test_sealing_tells_how_many_bytes_are_stored_and_stops_between_them(cast: TestHouse) -> None:
    made = make_dossier(cast, documents=[{}, {}], pages=3)
    job = queue_sealing(cast.acting("cuc"), made.dossier.pk)
    heard: list[tuple[int, int | None]] = []

    def watch(done: int, total: int | None, unit: str) -> None:
        heard.append((done, total))
        jobs.request_stop(job.pk)

    ended = jobs.execute(job.pk, watch)
    assert ended.state == "stopped" and not Package.objects.exists()
    done = jobs.execute(jobs.resume(cast.acting("cuc"), ended).pk)
    assert (done.state, done.unit, done.done) == ("done", "byte", done.total)
    # Of each store, and with what describes the contents.
    assert done.total > sum(map(len, made.contents)) * Store.objects.count()
    assert len(heard) == 1 and 0 < heard[0][0] < done.total
    assert PackageVersion.objects.get().package == Package.objects.get()
