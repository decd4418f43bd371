"""One act for many records: frozen when chosen, previewed, confirmed, done row by row."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from tangthu.archive.actions.describe_record import (
    describe_document,
    describe_dossier,
    digest_of,
)
from tangthu.archive.actions.freeze_records import freeze_records
from tangthu.archive.actions.withhold_document import withhold_document
from tangthu.archive.models import Dissemination
from tangthu.bulk import acts, queries
from tangthu.bulk.actions import carry_out, choose_rows
from tangthu.bulk.actions.choose_rows import choose_listed, choose_marked, forget_acts
from tangthu.bulk.actions.confirm_act import NotWhatWasShown, confirm_act
from tangthu.bulk.actions.preview_act import AlreadyConfirmed, preview_act
from tangthu.bulk.acts.base import made_page
from tangthu.bulk.models import BulkAct
from tangthu.identity.models import Grant
from tangthu.kernel import jobs
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.kernel.models import Job
from tangthu.ledger.history import history
from tangthu.records.models import Document, Dossier, PendingEdit
from tangthu.reports import files, sources
from tangthu.reports.models import Export
from tangthu.repository.models import Package
from tests.archive.dips import asked
from tests.support.house import TestHouse
from tests.support.records import make_dossier, sealed_package

NOTE = {"field": "note", "value": "Chỉnh lý đợt 2"}


def chosen(house: TestHouse, source: str, who: str = "cuc", **pairs: str) -> BulkAct:
    return choose_listed(house.acting(who), source, pairs)


def previewed(
    house: TestHouse, bulk: BulkAct, act: str, given: Any = None, who: str = "cuc"
) -> Any:
    done = preview_act(house.acting(who), bulk.pk, act, given or {})
    return done, queries.counts(house.acting(who).viewer, done)


def carried_out(house: TestHouse, bulk: BulkAct, who: str = "cuc") -> Job:
    fresh = BulkAct.objects.get(pk=bulk.pk)
    return jobs.execute(confirm_act(house.acting(who), bulk.pk, fresh.digest, queued=False)[1].pk)


def outcomes(bulk: BulkAct) -> dict[uuid.UUID, tuple[str, str]]:
    return {
        row.obj: (row.outcome, row.why_not or row.message) for row in bulk.rows.order_by("place")
    }


def test_what_was_previewed_is_what_is_done_each_row_with_its_event(cast: TestHouse) -> None:
    made = [make_dossier(cast, number=f"{n:02d}", documents=[{}, {}]) for n in (1, 2)]
    bulk = chosen(cast, "documents")
    late = make_dossier(cast, number="03").documents[0]
    done, counts = previewed(cast, bulk, "describe", NOTE)
    assert (counts.rows, counts.able, counts.refused) == (4, 4, 0)
    assert {row.told["new"] for row in done.rows.all()} == {NOTE["value"]}
    assert not Document.objects.filter(note=NOTE["value"]).exists()
    # Changed by somebody after the preview: this row is refused, the others are done.
    other = made[1].documents[1]
    describe_document(cast.acting("cuc"), other.pk, {"keywords": "x"}, expected=digest_of(other))
    job = carried_out(cast, bulk)
    assert job.state == "done" and job.result == {"done": 3, "refused": 1}
    assert (job.done, job.total) == (4, 4)
    told = outcomes(bulk)
    assert told.pop(other.pk) == ("refused", "Người khác vừa sửa mô tả này.")
    assert set(told.values()) == {("done", "")}
    for one in Document.objects.all():
        expected = one.pk not in (other.pk, late.pk)
        assert (one.note == NOTE["value"]) == expected
        kinds = [event.kind_name for event in history(one.pk)]
        assert kinds.count("records.document.described") == int(one.pk != late.pk)
    whole = history(uuid.uuid5(bulk.pk, str(bulk.body_id)))
    assert [one.kind_name for one in whole] == ["bulk.act.confirmed"]
    assert whole[0].fields["detail"]["rows"] == 4
    assert whole[0].fields["detail"]["digest"] == done.digest


@pytest.mark.req("RM-951")
def test_labelled_rows_are_left_out_for_each_of_their_changes_is_approved_by_itself(
    cast: TestHouse,
) -> None:
    def label(made: Any) -> None:
        values = {"sensitivity": "03", "access_level": "02"}
        made.dossier.refresh_from_db()
        describe_dossier(
            cast.acting("cuc"), made.dossier.pk, values, expected=digest_of(made.dossier)
        )

    before, later, free = (make_dossier(cast, number=f"{n:02d}") for n in (1, 2, 3))
    label(before)
    bulk = chosen(cast, "documents")
    _done, counts = previewed(cast, bulk, "describe", NOTE)
    assert (counts.able, counts.refused) == (2, 1)
    label(later)  # between the preview and the work
    assert carried_out(cast, bulk).result == {"done": 1, "refused": 1}
    whys = {pk: why for pk, (_outcome, why) in outcomes(bulk).items()}
    for one in (before, later):
        assert "duyệt từng sửa đổi" in whys[one.documents[0].pk]
        assert Document.objects.get(pk=one.documents[0].pk).note != NOTE["value"]
    assert Document.objects.get(pk=free.documents[0].pk).note == NOTE["value"]
    assert not PendingEdit.objects.exists()


def test_frozen_sealed_and_same_rows_are_refused_and_withheld_ones_are_nowhere(
    cast: TestHouse,
) -> None:
    made = make_dossier(cast, documents=[{}, {}, {"note": NOTE["value"]}, {}])
    sealed = make_dossier(cast, number="02")
    sealed_package(cast, sealed)
    free, frozen, same, secret = made.documents
    freeze_records(cast.acting("binh"), [("document", frozen.pk)], name="x", decision="y")
    bulk = chosen(cast, "documents")
    withhold_document(cast.acting("cuc"), secret.pk)
    _done, counts = previewed(cast, bulk, "describe", NOTE)
    assert (counts.rows, counts.able, counts.refused) == (4, 1, 3)
    whys = {pk: why for pk, (_outcome, why) in outcomes(bulk).items()}
    assert "phong tỏa" in whys[frozen.pk] and "đóng gói" in whys[sealed.documents[0].pk]
    assert whys[same.pk] == "Đã có giá trị này" and whys[free.pk] == ""
    viewer = cast.acting("cuc").viewer
    rows, more = queries.rows(viewer, bulk, start=0, most=10)
    assert secret.pk not in {one.row.obj for one in rows} and len(rows) == more == 4
    assert rows[-1].row.obj == free.pk
    # Withheld between the preview and the work: no row, no count.
    withhold_document(cast.acting("cuc"), free.pk)
    assert queries.counts(viewer, bulk).able == 0
    with pytest.raises(Refused):
        carried_out(cast, bulk)


def test_a_row_withheld_before_its_turn_is_neither_done_nor_counted(
    cast: TestHouse,
) -> None:
    made = make_dossier(cast, documents=[{}, {}, {}])
    bulk = chosen(cast, "documents")
    previewed(cast, bulk, "describe", NOTE)
    job = confirm_act(cast.acting("cuc"), bulk.pk, BulkAct.objects.get().digest, queued=False)[1]
    withhold_document(cast.acting("cuc"), made.documents[1].pk)
    ended = jobs.execute(job.pk)
    assert ended.result == {"done": 2, "refused": 0} and (ended.done, ended.total) == (2, 2)
    assert queries.counts(cast.acting("cuc").viewer, bulk).rows == 2
    assert Document.objects.get(pk=made.documents[1].pk).note == ""


def test_rights_are_those_of_the_person_when_the_row_is_done(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_dossier(cast, documents=[{}, {}])
    bulk = chosen(cast, "documents")
    previewed(cast, bulk, "describe", NOTE)
    job = confirm_act(cast.acting("cuc"), bulk.pk, BulkAct.objects.get().digest, queued=False)[1]
    # Meanwhile the person became somebody with the rights of a clerk.
    monkeypatch.setattr(carry_out, "acting_of_job", lambda _running: cast.acting("hoa"))
    assert jobs.execute(job.pk).result == {"done": 0, "refused": 2}
    assert not Document.objects.filter(note=NOTE["value"]).exists()


def test_a_stopped_act_goes_on_with_the_rows_that_are_left(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_dossier(cast, documents=[{}, {}, {}])
    bulk = chosen(cast, "documents")
    previewed(cast, bulk, "describe", NOTE)
    job = confirm_act(cast.acting("cuc"), bulk.pk, BulkAct.objects.get().digest, queued=False)[1]
    real, calls = acts.by_name("describe").do, []

    def do(self: Any, acting: Any, row: Any) -> Any:
        calls.append(row.obj)
        if len(calls) == 2:
            raise OSError("power cut")
        return real(acting, row)

    monkeypatch.setattr(type(acts.by_name("describe")), "do", do)
    assert jobs.execute(job.pk).state == "failed"
    assert Document.objects.filter(note=NOTE["value"]).count() == 1
    further = jobs.resume(cast.acting("cuc"), Job.objects.get(pk=job.pk))
    assert jobs.execute(further.pk).result == {"done": 3, "refused": 0}
    # The row that was cut was not half done, the first was not done twice.
    assert len(calls) == 4 and len(set(calls)) == 3
    for one in made.documents:
        kinds = [event.kind_name for event in history(one.pk)]
        assert kinds.count("records.document.described") == 1


def test_many_dossiers_are_sealed_by_their_own_jobs_and_waited_for(cast: TestHouse) -> None:
    ready = [make_dossier(cast, number=f"{n:02d}").dossier for n in (1, 2)]
    sealed_package(cast, make_dossier(cast, number="03"))
    bulk = chosen(cast, "dossiers")
    _done, counts = previewed(cast, bulk, "seal")
    assert (counts.able, counts.refused) == (2, 1)
    assert carried_out(cast, bulk).result == {"done": 2, "refused": 0}
    assert set(Package.objects.values_list("dossier_id", flat=True)).issuperset(
        one.pk for one in ready
    )


@pytest.mark.parametrize("source", ["dossiers", "documents"])
def test_one_use_package_is_made_of_all_that_is_packaged(cast: TestHouse, source: str) -> None:
    sealed = make_dossier(cast, number="01", documents=[{}, {}])
    sealed_package(cast, sealed)
    make_dossier(cast, number="02")
    bulk = chosen(cast, source)
    request = {name: getattr(asked(), name) for name in asked().__slots__}
    _done, counts = previewed(cast, bulk, "dip", request)
    assert (counts.able, counts.refused) == (2 if source == "documents" else 1, 1)
    job = carried_out(cast, bulk)
    assert job.state == "done", job.message
    dip = made_page(acts.by_name("dip"), BulkAct.objects.get())
    made = Dissemination.objects.get()
    assert str(made.pk) in dip and made.made_at is not None
    assert made.documents == [str(one.pk) for one in sealed.documents]


def test_access_is_asked_for_row_by_row_and_waits_for_a_second_person(cast: TestHouse) -> None:
    made = [make_dossier(cast, number=f"{n:02d}").dossier for n in (1, 2)]
    bulk = chosen(cast, "dossiers")
    to = cast.acting("hoa").viewer.person_id
    given = {
        "right": "read.conditional", "holder": f"person:{to}", "username": "", "until": "",
        "decision": "12/QĐ-CC ngày 01/11/2026",
    }  # fmt: skip
    with pytest.raises(InvalidInput) as wrong:
        preview_act(cast.acting("cuc"), bulk.pk, "grant", {**given, "decision": ""})
    assert set(wrong.value.problems) == {"decision"}
    previewed(cast, bulk, "grant", given)
    assert carried_out(cast, bulk).result == {"done": 2, "refused": 0}
    assert set(Grant.objects.values_list("scope", flat=True)) == {one.pk for one in made}
    assert all(one.waits for one in Grant.objects.all())
    again = chosen(cast, "dossiers")
    assert previewed(cast, again, "grant", given)[1].able == 0


@pytest.mark.req("RM-690", "AR-30")
def test_rows_are_locked_under_a_freeze_that_stands(cast: TestHouse) -> None:
    made = make_dossier(cast, documents=[{}, {}])
    binh = cast.acting("binh")
    freeze = freeze_records(binh, [("document", made.documents[0].pk)], name="x", decision="y")
    bulk = chosen(cast, "documents", "binh")
    _done, counts = previewed(cast, bulk, "freeze", {"freeze": str(freeze.pk)}, "binh")
    assert (counts.able, counts.refused) == (1, 1)
    assert carried_out(cast, bulk, "binh").result == {"done": 1, "refused": 0}
    assert freeze.things.count() == 2
    assert [one.kind_name for one in history(freeze.pk)][-1] == "archive.freeze.extended"
    assert history(made.documents[1].pk)[-1].kind_name == "archive.thing.frozen"
    with pytest.raises(NotFoundForViewer):
        preview_act(cast.acting("hoa"), bulk.pk, "freeze", {"freeze": str(freeze.pk)})


def test_chosen_rows_are_exported_as_they_were_chosen_and_contents_one_by_one(
    cast: TestHouse,
) -> None:
    first = make_dossier(cast, number="01", title="Hồ sơ thứ nhất")
    make_dossier(cast, number="02", title="Hồ sơ thứ hai")
    bulk = choose_marked(cast.acting("cuc"), "dossiers", [first.dossier.pk, uuid.uuid4()])
    previewed(cast, bulk, "export", {"format": "doc"})
    assert carried_out(cast, bulk).result == {"done": 1, "refused": 0}
    export = Export.objects.get()
    assert export.rows == 1 and files.is_ready(export)
    both = chosen(cast, "dossiers")
    previewed(cast, both, "contents", {"format": "doc"})
    assert carried_out(cast, both).result == {"done": 2, "refused": 0}
    assert Export.objects.filter(source=sources.CONTENTS).exclude(finished_at=None).count() == 2


def test_a_bulk_act_is_its_persons_alone_bounded_and_ends(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_dossier(cast, documents=[{}, {}, {}])
    hidden = make_dossier(cast, number="02", access="02").documents[0]
    clerk = choose_marked(
        cast.acting("hoa"), "documents", [hidden.pk, made.documents[0].pk, made.documents[0].pk]
    )
    assert clerk.rows.count() == 1
    with pytest.raises(NotFoundForViewer):
        acts.act(cast.acting("hoa").viewer, "document", "describe")
    with pytest.raises(NotFoundForViewer):
        preview_act(cast.acting("cuc"), clerk.pk, "export", {"format": "doc"})
    bulk = chosen(cast, "documents")
    done, _counts = previewed(cast, bulk, "describe", NOTE)
    old = done.digest
    done, _counts = previewed(cast, bulk, "describe", {**NOTE, "value": "khác"})
    for digest in ("", old, "x"):
        with pytest.raises(NotWhatWasShown):
            confirm_act(cast.acting("cuc"), bulk.pk, digest)
    _bulk, job = confirm_act(cast.acting("cuc"), bulk.pk, done.digest)
    assert confirm_act(cast.acting("cuc"), bulk.pk, done.digest)[1] == job
    with pytest.raises(AlreadyConfirmed):
        preview_act(cast.acting("cuc"), bulk.pk, "describe", NOTE)
    monkeypatch.setattr(choose_rows, "MOST", 2)
    with pytest.raises(InvalidInput):
        chosen(cast, "documents")
    monkeypatch.setattr(choose_rows, "MOST", 5000)
    monkeypatch.setattr(choose_rows, "OPEN", 2)
    waiting = [chosen(cast, "documents") for _n in range(3)]
    assert BulkAct.objects.filter(confirmed_at=None, person_id=bulk.person_id).count() == 2
    last = waiting[-1]
    BulkAct.objects.filter(pk=last.pk).update(expires_at=last.made_at - dt.timedelta(seconds=1))
    with pytest.raises(NotFoundForViewer):
        queries.bulk_act(cast.acting("cuc").viewer, last.pk)
    forget_acts()
    assert not BulkAct.objects.filter(pk=last.pk).exists()
    assert BulkAct.objects.filter(pk=bulk.pk).exists()
    assert Dossier.objects.count() == 2
