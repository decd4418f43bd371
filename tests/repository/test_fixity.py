"""A damaged copy is found, named, mended from the good one; damage in both is named (RM-950)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import ocfl as ocfl_py
import pytest

from tangthu.archive.actions.seal_dossier import NothingToSeal, queue_sealing
from tangthu.kernel.jobs import execute
from tangthu.ledger.history import history
from tangthu.repository.actions.check_package import PackageVerdict, check_package
from tangthu.repository.models import Copy, Package, PackageVersion, Store
from tangthu.repository.reading import NotReadable, open_content
from tangthu.repository.stores import beside, object_root
from tangthu.standards import ocfl
from tangthu.standards.tt05 import validator
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier


@pytest.fixture
def sealed(cast: TestHouse) -> MadeDossier:
    """A dossier of two documents, sealed into both stores."""
    made = make_dossier(cast)
    job = execute(queue_sealing(cast.acting("cuc"), made.dossier.pk).id)
    assert job.state == "done", f"{job.message} {job.hint}"
    return made


def _roots() -> list[Path]:
    package = Package.objects.get()
    return [object_root(store, package) for store in Store.objects.order_by("position")]


def _check(house: TestHouse, *, repair: bool = False) -> PackageVerdict:
    return check_package(house.acting("cuc"), Package.objects.get().pk, repair=repair)


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _content(root: Path) -> Path:
    return next(root.rglob("data/*.pdf"))


def _mets(root: Path) -> Path:
    return min(root.rglob("METS.xml"), key=lambda path: len(path.parts))


DAMAGES: dict[str, Callable[[Path], None]] = {
    "a flipped byte in content": lambda root: _flip(_content(root)),
    "a flipped byte in METS": lambda root: _flip(_mets(root)),
    "a flipped byte in the inventory": lambda root: _flip(root / "inventory.json"),
    "a flipped byte in the sidecar": lambda root: _flip(root / "inventory.json.sha256"),
    "a flipped byte in a version inventory": lambda root: _flip(root / "v1" / "inventory.json"),
    "a truncated file": lambda root: _content(root).write_bytes(b"%PDF"),
    "a deleted file": lambda root: _content(root).unlink(),
    "a file too many": lambda root: (root / "v1" / "content" / "x.txt").write_text("x"),
    "a deleted object": lambda root: shutil.rmtree(root),
}


def _valid(root: Path) -> bool:
    return bool(ocfl_py.Object().validate(str(root))[0])


def test_a_sealed_dossier_is_a_valid_package_in_both_stores(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    for root in _roots():
        assert _valid(root)
        assert [finding.code for finding in ocfl.validate_object(root)] == ["W004"]
        folder = next((root / "v1" / "content").iterdir())
        verdict = validator.validate(folder)
        assert verdict.valid, verdict.findings
    assert not _check(cast).bad
    assert b"".join(open_content(sealed.files[0])) == sealed.contents[0]


@pytest.mark.req("RM-950")
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("store", [0, 1])
def test_damage_in_one_store_is_found_named_and_mended(
    cast: TestHouse, sealed: MadeDossier, damage: str, store: int
) -> None:
    root = _roots()[store]
    name = Store.objects.order_by("position")[store].name
    DAMAGES[damage](root)
    found = _check(cast)
    assert {where for where, _, _ in found.bad} == {name}
    assert not found.repaired
    assert Copy.objects.get(store__name=name).state == Copy.State.BAD
    mended = _check(cast, repair=True)
    assert {where for where, _ in mended.repaired} == {name}
    assert not mended.unrepairable
    assert not _check(cast).bad
    assert all(_valid(one) for one in _roots())
    assert b"".join(open_content(sealed.files[0])) == sealed.contents[0]
    kinds = [told.kind_name for told in history(Package.objects.get().pk)]
    assert kinds.count("repository.package.repaired") == 1
    assert kinds.count("repository.package.checked") == 3


@pytest.mark.req("RM-950")
def test_a_file_bad_in_both_stores_is_named_unrepairable(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    paths = [_content(root) for root in _roots()]
    for path in paths:
        _flip(path)
    verdict = _check(cast, repair=True)
    named = {(store, path) for store, path, _ in verdict.unrepairable}
    wanted = {
        (store.name, path.relative_to(root).as_posix())
        for store, root, path in zip(
            Store.objects.order_by("position"), _roots(), paths, strict=True
        )
    }
    assert named == wanted
    assert set(Copy.objects.values_list("state", flat=True)) == {Copy.State.UNREPAIRABLE}


@pytest.mark.req("RM-950")
@pytest.mark.parametrize("damage", [name for name in DAMAGES if name.startswith("a flipped byte")])
def test_a_flipped_byte_in_both_stores_is_mended_where_the_object_knows_better_and_else_named(
    cast: TestHouse, sealed: MadeDossier, damage: str
) -> None:
    for root in _roots():
        DAMAGES[damage](root)
    verdict = _check(cast, repair=True)
    stores = {store.name for store in Store.objects.all()}
    assert {where for where, _, _ in verdict.bad} == stores
    content = damage.endswith(("content", "METS"))  # nothing else holds these bytes
    assert bool(verdict.unrepairable) == content
    again = _check(cast)
    assert {where for where, _, _ in again.bad} == (stores if content else set())
    if not content:
        assert all(_valid(root) for root in _roots())


def test_damage_in_two_places_of_two_stores_is_mended_crosswise(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    one, other = _roots()
    _flip(_content(one))
    _flip(_mets(other))
    verdict = _check(cast, repair=True)
    assert len(verdict.repaired) == 2
    assert not _check(cast).bad


def test_what_was_checked_is_noted_beside_the_object_and_not_in_it(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    before = [sorted(path for path in root.rglob("*")) for root in _roots()]
    _check(cast)
    assert [sorted(path for path in root.rglob("*")) for root in _roots()] == before
    for store in Store.objects.all():
        notes = beside(store, Package.objects.get().objid) / "events.jsonl"
        assert "repository.package.checked" in notes.read_text(encoding="utf-8")


def test_a_further_version_tells_of_the_checks_before_it_and_keeps_content_once(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    from tangthu.records.models import Dossier
    from tests.support.records import change_dossier

    _check(cast)
    acting = cast.acting("cuc")
    with pytest.raises(NothingToSeal):
        queue_sealing(acting, sealed.dossier.pk)
    change_dossier(cast, sealed.dossier, note="Ghi chú mới")
    assert Dossier.objects.get(pk=sealed.dossier.pk).note == "Ghi chú mới"
    assert execute(queue_sealing(acting, sealed.dossier.pk).id).state == "done"
    version = PackageVersion.objects.get(number=2)
    assert version.record_status == "SUPPLEMENT"
    for root in _roots():
        assert _valid(root)
        assert len(list(root.rglob("data/*.pdf"))) == len(sealed.files)
        premis = next((root / "v2").rglob("metadata/preservation/PREMIS.xml"))
        assert "fixity check" in premis.read_text(encoding="utf-8")


def test_content_leaves_the_working_store_once_every_store_has_it(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    assert not [path for path in cast.home.working.rglob("*") if path.is_file()]


def test_content_that_no_place_has_is_an_error_in_words(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    digest = sealed.files[0].sha256
    for root in _roots():
        inventory = ocfl.open_object(root).inventory
        for path, recorded in inventory.content_files():
            if recorded == digest:
                (root / path).unlink()
    with pytest.raises(NotReadable):
        open_content(sealed.files[0])
