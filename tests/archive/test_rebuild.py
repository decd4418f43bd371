"""The catalogue and the index come back from the stores alone when no set is left."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from pathlib import Path

import pytest

from tangthu.archive.actions.rebuild_package import RecordsThere
from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions.add_person import employ
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.repository.models import Copy, Store
from tangthu.repository.stored import StoredObject
from tangthu.repository.stores import object_root
from tangthu.standards import ocfl
from tangthu.standards.tt05.reader import read_source
from tests.archive.rebuilding import (
    Lost,
    begin_again,
    catalogue,
    open_the_other,
    rebuild,
)
from tests.support import killing
from tests.support.commands import DONE, FOUND, call, told
from tests.support.house import PASSWORD, TestHouse
from tests.support.records import MadeDossier, make_dossier, sealed_package, signed_events
from tests.support.states import assert_same


@pytest.mark.req("AR-129")
def test_the_catalogue_comes_back_from_a_store_alone_and_says_where_from(
    empty: TestHouse, lost: Lost, stores: Path
) -> None:
    from tangthu.discovery.language import parse
    from tangthu.discovery.search import search
    from tangthu.ledger.history import history
    from tangthu.records.models import Document, Dossier
    from tangthu.records.queries import documents
    from tangthu.repository.models import Package

    words = ["--as", "dung", "index", "rebuild", "--store", str(stores / "kho-a"), "--json"]
    looked = told(call(empty, *words, "--check-only"), "index-rebuild", FOUND)
    assert (looked["made"], looked["not_understood"]) == (2, 1)
    assert "H31.07" in looked["problems"][0]["why"] and not Store.objects.exists()
    open_the_other(empty)
    assert told(call(empty, *words, "--check-only"), "index-rebuild", DONE)["made"] == 3
    made = told(call(empty, *words), "index-rebuild", FOUND)
    # One level was changed after the sealing: that package is behind what holds.
    assert (made["made"], made["documents"], made["inexact"], made["problems"]) == (3, 5, 1, [])
    assert_same(catalogue() | {"repository_copy": []}, lost.catalogue | {"repository_copy": []})
    again = told(call(empty, *words), "index-rebuild", DONE)
    assert (again["made"], again["there"]) == (0, 3)
    other = [*words]
    other[other.index(str(stores / "kho-a"))] = str(stores / "kho-b")
    assert told(call(empty, *other), "index-rebuild", DONE)["copies"] == 3
    assert_same(catalogue(), lost.catalogue)
    assert {one.state for one in Store.objects.all()} == {"active"}

    for row in (*Dossier.objects.all(), *Document.objects.all(), *Package.objects.all()):
        first = history(row.pk)[0]
        assert first.kind_name.endswith(".rebuilt")
        assert len(first.fields["detail"]["inventory"]) == 64
    hidden = Document.objects.get(withheld__isnull=False)
    viewer = empty.acting("dung").viewer
    assert not documents(viewer).filter(pk=hidden.pk).exists()
    assert Copy.objects.filter(state="good").count() == 6

    # The house goes on: an archivist finds the records, checks the copies and seals again, and the
    # new version still tells what happened in the house that was lost.
    employ(
        SYSTEM, body=empty.body("H30.81"), full_name="Nguyễn Thị Cúc", username="cuc",
        password=PASSWORD, position="Lưu trữ viên", role="archivist", since=dt.date(2026, 1, 1),
    )  # fmt: skip
    signed_events()
    cuc = empty.acting("cuc").viewer
    assert search(cuc, parse("Van ban 01 so 2")).hits
    told(call(empty, "--as", "cuc", "fixity", "--json"), "fixity", DONE)
    first = Dossier.objects.order_by("archive_file_code").first()
    assert first is not None
    package = sealed_package(empty, MadeDossier(first))
    assert package.head == 3
    read = read_source(StoredObject(object_root(Store.objects.get(name="kho-a"), package)))
    origins = {one.place.origin for one in read.events if one.place is not None}
    assert origins == {"test.example/H30.81", "test.example/moi"}
    assert "Nguyễn Thị Cúc" in {one.name for one in read.agents}


def test_what_is_damaged_or_not_ours_is_told_and_nothing_is_made_of_it(
    empty: TestHouse, lost: Lost, stores: Path
) -> None:
    from tangthu.kernel.models import JobRow
    from tangthu.records.models import Dossier

    open_the_other(empty)
    root = ocfl.open_root(stores / "kho-a")
    hurt, strayed, noted = (root.path_of(objid) for _, objid in sorted(lost.packages.items()))
    content = next(hurt.rglob("*.pdf"))
    content.write_bytes(content.read_bytes()[:-1] + b"!")
    (strayed / "v1" / "content" / "Thumbs.db").write_bytes(b"x")
    beside = stores / "kho-a.beside" / noted.relative_to(stores / "kho-a")
    beside.mkdir(parents=True, exist_ok=True)
    (beside / "closed.json").write_text("{}")
    note = ocfl.Note("no package", "x", "urn:x", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    digest = hashlib.sha256(b"x").hexdigest()
    ocfl.create_object(root, "urn:other", {"a/b": ocfl.Source(b"x", digest)}, note)

    job = rebuild(stores / "kho-a")
    assert job.state == "done", job.message
    assert (job.result["made"], job.result["damaged"], job.result["not_understood"]) == (1, 1, 2)
    rows = {row.key: (row.outcome, row.message) for row in JobRow.objects.filter(job=job)}
    codes = sorted(lost.packages)
    assert rows[lost.packages[codes[0]]][0] == "failed"
    assert ".pdf: changed" in rows[lost.packages[codes[0]]][1]
    assert rows[lost.packages[codes[1]]][0] in ("done", "warned")
    assert rows[lost.packages[codes[2]]][0] == rows["urn:other"][0] == "refused"
    assert [one.archive_file_code for one in Dossier.objects.all()] == [codes[1]]
    assert Copy.objects.get().state == "bad"
    # The other store has the damaged one whole.
    assert rebuild(stores / "kho-b").result["made"] == 2
    assert Dossier.objects.count() == 3


@pytest.mark.req("IN-90")
def test_a_house_that_went_on_or_would_fork_a_log_is_not_filled(
    cast: TestHouse, lost: Lost, stores: Path
) -> None:
    from tangthu.records.models import Dossier

    with pytest.raises(Refused):
        rebuild(stores / "kho-a", "cuc")
    with pytest.raises(InvalidInput):
        rebuild(stores)
    # The cast's log bears the very name of the one that is lost.
    job = rebuild(stores / "kho-a")
    assert job.state == "failed" and "test.example/H3" in job.message
    assert not Dossier.objects.exists()
    make_dossier(cast, number="99")
    with pytest.raises(RecordsThere):
        rebuild(stores / "kho-b")
    assert not Store.objects.filter(path=str(stores / "kho-b")).exists()


def test_a_package_that_was_sealed_before_records_json_comes_back_with_its_gaps_told(
    test_house: TestHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.archive import borne
    from tangthu.kernel.models import JobRow
    from tangthu.records.models import Document, Dossier

    with test_house.clone("cast"), monkeypatch.context() as older:
        older.setattr(borne, "FORMAT", "tangthu-records/0")
        sealed = make_dossier(test_house, documents=({"type_text": "Quyết định"}, {}))
        sealed_package(test_house, sealed)
        shutil.copytree(test_house.home.stores, tmp_path / "stores")
    with test_house.clone("empty"):
        begin_again()
        job = rebuild(tmp_path / "stores" / "kho-a")
        assert (job.state, job.result["made"], job.result["inexact"]) == ("done", 1, 1)
        assert JobRow.objects.get(job=job).outcome == "warned"
        there = Dossier.objects.get(pk=sealed.dossier.pk)
        for name in ("archive_file_code", "title", "access_level", "start_date", "page_count"):
            assert getattr(there, name) == getattr(sealed.dossier, name)
        assert {one.pk for one in Document.objects.filter(type_text="Quyết định")} == {
            one.pk for one in sealed.documents
        }


@pytest.mark.soak
def test_killed_anywhere_a_rebuild_goes_on_and_makes_nothing_twice(
    test_house: TestHouse, lost: Lost, stores: Path
) -> None:
    target, path = "tests.archive.rebuilding:run", str(stores / "kho-a")

    def house() -> None:
        begin_again()
        open_the_other(test_house)

    with test_house.clone("empty"):
        house()
        with killing.Runner(test_house.environment) as runner:
            reached = runner.run(target, path).points
    for place in killing.places(reached):
        with test_house.clone("empty"):
            house()
            with killing.Runner(test_house.environment) as runner:
                runner.kill(target, path, at=place)
                runner.run(target, path)
            rebuild(stores / "kho-b")
            assert_same(catalogue(), lost.catalogue, place)
