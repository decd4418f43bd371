"""What a store knows more than the catalogue comes back, and what was closed stays closed."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from tangthu.standards import ocfl
from tests.archive.rebuilding import Lost, catalogue, open_the_other, rebuild
from tests.repository.test_taken_up import forget_the_newest
from tests.support.commands import DONE, FOUND, call, told
from tests.support.house import PASSWORD, TestHouse
from tests.support.records import change_dossier, make_dossier, sealed_package, signed_events
from tests.support.states import assert_same


def test_of_two_stores_the_longer_history_holds_whichever_is_read_first(
    empty: TestHouse, lost: Lost, stores: Path
) -> None:
    from tangthu.kernel.models import JobRow
    from tangthu.repository.models import Copy, Package

    open_the_other(empty)
    places = {name: ocfl.open_root(stores / name) for name in ("kho-a", "kho-b")}
    (longer,) = (
        objid
        for objid in lost.packages.values()
        if len(ocfl.open_object(places["kho-a"].path_of(objid)).inventory.versions) == 2
    )
    proven, forged = (objid for objid in lost.packages.values() if objid != longer)
    (proof,) = (stores / "kho-b.beside").rglob(f"{forged.replace(':', '_')}.rproof.json")
    said = json.loads(proof.read_text())
    said["events"][0]["leaf"] = said["events"][0]["leaf"][:-2] + "AA"
    proof.write_text(json.dumps(said))
    behind = places["kho-a"].path_of(longer)
    shutil.rmtree(behind / "v2")
    for name in ("inventory.json", "inventory.json.sha256"):
        shutil.copy(behind / "v1" / name, behind / name)
    assert rebuild(stores / "kho-a").result["made"] == 3
    assert Package.objects.get(objid=longer).head == 1
    second = rebuild(stores / "kho-b")
    assert (second.result["newer"], second.result["copies"]) == (1, 2)
    assert "mới hơn" in JobRow.objects.get(job=second, key=longer).message
    # The proof beside is told with its key; one that was tampered with is told as such.
    assert "khóa test.example" in JobRow.objects.get(job=second, key=proven).message
    assert JobRow.objects.get(job=second, key=forged).outcome == "warned"
    assert "không đúng" in JobRow.objects.get(job=second, key=forged).message
    assert Package.objects.get(objid=longer).head == 2
    states = {one.store.name: one.state for one in Copy.objects.filter(package__objid=longer)}
    assert states == {"kho-a": "unchecked", "kho-b": "good"}
    assert_same(catalogue() | {"repository_copy": []}, lost.catalogue | {"repository_copy": []})
    # The other way round the shorter one is entered as what it is: behind, to be mended.
    Copy.objects.filter(package__objid=longer, store__name="kho-a").delete()
    assert rebuild(stores / "kho-a").result["copies"] == 1
    row = Copy.objects.get(package__objid=longer, store__name="kho-a")
    assert (row.state, json.loads(row.problem)) == ("bad", [["", "behind"]])


@pytest.mark.req("AR-129")
def test_what_the_note_of_one_store_closes_stays_closed_whichever_is_read_first(
    empty: TestHouse, lost: Lost, stores: Path
) -> None:
    from tangthu.records.models import Document, Withheld

    open_the_other(empty)
    closed = 0
    for note in (stores / "kho-a.beside").rglob("closed.json"):
        closed += len(json.loads(note.read_text())["withheld"])
        note.unlink()
    assert closed == 1
    rebuild(stores / "kho-a")
    assert not Withheld.objects.exists() and not Document.objects.filter(access_level="02")
    rebuild(stores / "kho-b")
    assert Withheld.objects.filter(released_at=None).count() == 1
    assert Document.objects.filter(access_level="02").count() == 1
    # A note that is older than what was decided here since closes nothing again.
    from tangthu.identity.acting import SYSTEM
    from tangthu.identity.actions.add_person import employ

    employ(
        SYSTEM, body=empty.body("H30.81"), full_name="Lê Bình", username="binh", password=PASSWORD,
        position="Chánh Văn phòng", role="leader", since=dt.date(2026, 1, 1),
    )  # fmt: skip
    from tangthu.archive.actions.withhold_document import release_document

    release_document(empty.acting("binh"), Withheld.objects.get().pk, "Không phải bí mật")
    again = rebuild(stores / "kho-b").result
    assert again["closed"] == 0 and not Withheld.objects.filter(released_at=None).exists()


@pytest.mark.req("RM-950")
def test_a_house_restored_to_an_older_moment_takes_over_what_was_sealed_since(
    cast: TestHouse,
) -> None:
    from tangthu.repository.models import Copy, Package

    first = make_dossier(cast)
    sealed_package(cast, first)
    signed_events()
    before = catalogue()
    change_dossier(cast, first.dossier, note="mới")
    sealed_package(cast, first)
    second = sealed_package(cast, make_dossier(cast, number="02"))
    after = catalogue()
    forget_the_newest(cast, str(second.pk))
    assert before["repository_package"] == catalogue()["repository_package"]
    store = str(cast.home.stores / "kho-a")
    words = ["--as", "dung", "index", "rebuild", "--store", store, "--take-over", "--json"]
    told(call(cast, "--as", "cuc", "fixity", "--json"), "fixity", FOUND)
    assert told(call(cast, *words, "--check-only"), "index-rebuild", DONE)["newer"] == 2
    assert told(call(cast, *words), "index-rebuild", DONE)["newer"] == 2
    words[words.index(store)] = str(cast.home.stores / "kho-b")
    assert told(call(cast, *words), "index-rebuild", DONE)["copies"] == 1
    told(call(cast, "--as", "cuc", "fixity", "--json"), "fixity", DONE)
    assert_same(catalogue(), after)
    assert set(Copy.objects.values_list("state", flat=True)) == {"good"}
    # Sealing goes on.
    change_dossier(cast, first.dossier, note="nữa")
    assert sealed_package(cast, first).head == 3
    assert Package.objects.get(dossier_id=first.dossier.pk).versions.count() == 3
