"""What a sealing takes up again is read first, and nothing that stood in a store is thrown away."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.kernel.jobs import execute
from tangthu.repository.actions import store_package as storing
from tangthu.repository.actions.check_package import check_package
from tangthu.repository.models import Copy, Package
from tangthu.repository.reading import open_content
from tangthu.standards import ocfl
from tests.repository import steps
from tests.support.house import TestHouse
from tests.support.records import change_dossier, make_dossier, sealed_package, signed_events


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.req("RM-950")
@pytest.mark.parametrize("hurt", ["the first", "the second", "both"])
def test_a_first_version_that_rotted_before_it_was_entered_is_made_anew(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch, hurt: str
) -> None:
    made = make_dossier(cast)
    signed_events()

    def fails(*_given: object) -> None:
        raise OSError(5, "boom")

    with monkeypatch.context() as broken:
        broken.setattr(storing, "_catalogue", fails)
        assert execute(queue_sealing(cast.acting("cuc"), made.dossier.pk).id).state == "failed"
    first, second = steps.objects(cast)
    for root in {"the first": [first], "the second": [second]}.get(hurt, [first, second]):
        _flip(next(root.rglob("data/*.pdf")))
    job = execute(queue_sealing(cast.acting("cuc"), made.dossier.pk).id)
    assert job.state == "done", job.message
    assert b"".join(open_content(made.files[0])) == made.contents[0]
    verdict = check_package(cast.acting("cuc"), Package.objects.get().pk, repair=False)
    assert verdict.outcome == "ok" and not [one for one in verdict.copies if not one.whole]
    # What was damaged is kept beside, for people to look at.
    kept = list(cast.home.stores.glob("*.beside/**/set-aside/*-object"))
    assert len(kept) == (1 if hurt == "the second" else 2)
    assert not steps.complaints(first) and not steps.complaints(second)


def test_a_copy_that_is_replaced_as_a_whole_is_kept_beside_it(cast: TestHouse) -> None:
    sealed_package(cast, make_dossier(cast))
    signed_events()
    root = steps.objects(cast)[0]
    for path in (*root.rglob("inventory.json"), *root.rglob("inventory.json.sha256")):
        _flip(path)
    before = {path.relative_to(root): path.read_bytes() for path in root.rglob("*.*")
              if path.is_file()}  # fmt: skip
    verdict = check_package(cast.acting("cuc"), Package.objects.get().pk, repair=True)
    assert [one.path for one in verdict.mended] == [""]
    (kept,) = (cast.home.stores / "kho-a.beside").glob("**/set-aside/*-object")
    assert {path.relative_to(kept): path.read_bytes() for path in kept.rglob("*.*")
            if path.is_file()} == before  # fmt: skip
    assert not steps.complaints(root)
    assert set(Copy.objects.values_list("state", flat=True)) == {"good"}


def forget_the_newest(house: TestHouse, package: str = "") -> None:
    """Make the catalogue what it was before second versions were sealed, or that package at all."""
    from django.conf import settings
    from django.db import connection

    from tangthu.kernel import logins

    parsed = logins.parsed(logins.owner_conninfo(settings.HOME))
    name = connection.settings_dict["NAME"]
    with psycopg.connect(**{**parsed, "dbname": name}, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("UPDATE repository_package SET head = 1")
        owner.execute("DELETE FROM repository_packageversion WHERE number > 1")
        if package:
            for table in ("copy", "packageversion"):
                owner.execute(f"DELETE FROM repository_{table} WHERE package_id = %s", [package])
            owner.execute("DELETE FROM repository_package WHERE id = %s", [package])
        owner.execute("DELETE FROM kernel_job")


@pytest.mark.req("RM-950")
def test_a_copy_that_is_newer_than_the_catalogue_is_told_and_never_called_whole(
    cast: TestHouse,
) -> None:
    made = make_dossier(cast)
    sealed_package(cast, made)
    signed_events()
    older = cast.home.root / "older"
    shutil.copytree(steps.objects(cast)[1], older)
    change_dossier(cast, made.dossier, note="mới")
    sealed_package(cast, made)
    forget_the_newest(cast)
    first, second = steps.objects(cast)
    shutil.rmtree(second)
    shutil.move(older, second)
    package = Package.objects.get()
    verdict = check_package(cast.acting("cuc"), package.pk, repair=True)
    assert verdict.outcome == "part" and verdict.words == "có bản sao mới hơn danh mục"
    assert verdict.unchecked == [("kho-a", "", "newer")]
    # The one that knows less is not what the other is "mended" from.
    assert len(ocfl.open_object(first).inventory.versions) == 2
    change_dossier(cast, made.dossier, note="nữa")
    job = execute(queue_sealing(cast.acting("cuc"), made.dossier.pk).id)
    assert job.state == "failed" and "--take-over" in job.hint
