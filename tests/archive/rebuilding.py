"""A house that is lost but for its stores, and what is compared with the one made again."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from tests.support import batches
from tests.support.house import BODIES, PASSWORD, TestHouse
from tests.support.records import MadeDossier, change_dossier, sealed_package, signed_events

# Columns that do not come back, and why; every other column of these tables must.
LEFT_OUT: Mapping[str, Sequence[str]] = {
    "archive_fonds": (),
    "archive_inventory": (),
    "archive_place": (),
    "records_dossier": (),
    "records_document": (),
    "records_membership": ("id",),  # a number that the database gives
    "records_contentfile": (),
    "records_withheld": ("id", "reported_by", "reported_at"),  # who withheld is a person
    "capture_pagetext": ("id",),
    "repository_package": (),
    # The digest of the newest state covers the body's identifier.
    "repository_packageversion": ("id", "state_sha256"),
    # When it was read last; the proof is written when the new log is signed.
    "repository_copy": (
        "id",
        "verified_at",
        "tried_at",
        "proof_tried_at",
        "proof_version",
        "store_id",
    ),
    "discovery_entry": (),
}


@dataclass(frozen=True)
class Lost:
    """The stores of the lost house, what its catalogue said, and its packages by dossier code."""

    stores: Path
    catalogue: dict[str, list[str]]
    packages: dict[str, str]


def catalogue() -> dict[str, list[str]]:
    """Every row of the record-keeping tables as sorted JSON, but for what is left out.

    A body is opened anew and has another identifier: it stands by its code, also in the marks of
    the index.
    """
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id::text, code FROM identity_body")
        bodies = dict(cursor.fetchall())
        for table, without in LEFT_OUT.items():
            cursor.execute(f'SELECT to_jsonb(t) - %s::text[] FROM "{table}" t', [list(without)])
            rows = [json.loads(row) if isinstance(row, str) else row for (row,) in cursor]
            texts = [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows]
            for identifier, code in bodies.items():
                mark = f"@{identifier.replace('-', '')[:12]}"
                texts = [text.replace(identifier, code).replace(mark, code) for text in texts]
            found[table] = sorted(texts)
    return found


def lose(house: TestHouse, folder: Path) -> Lost:
    """Fill the house by batches and actions, seal, close some things after, and keep its stores."""
    from tangthu.archive.actions.describe_fonds import describe_fonds, digest_of
    from tangthu.archive.actions.describe_record import describe_document
    from tangthu.archive.actions.describe_record import digest_of as record_digest
    from tangthu.archive.actions.withhold_document import withhold_document
    from tangthu.archive.models import Fonds
    from tangthu.records.models import Document, Dossier
    from tangthu.repository.actions.keep_proofs import keep_proofs
    from tangthu.repository.models import Package

    rows = [*batches.papers(2), *batches.papers(2, "02")]
    batches.accept(house, batches.checked(house, folder / "in", rows), "all-proposals")
    acting = house.acting("cuc")
    first, second = Dossier.objects.order_by("archive_file_code")
    others = batches.checked(
        house, folder / "khac", batches.papers(1, "07"), who="nga", body="H31.07"
    )
    batches.accept(house, others, "all-proposals", "nga")
    for one in Dossier.objects.all():
        sealed_package(house, MadeDossier(one))
    fonds = Fonds.objects.get(body=house.body("H30.81"))
    describe_fonds(acting, fonds.pk, {"note": "Chỉnh lý lần hai"}, expected=digest_of(fonds))
    change_dossier(house, first, note="Ghi thêm sau khi đóng gói", retention_years=20)
    sealed_package(house, MadeDossier(first))
    # What is closed after the sealing is in no package.
    open_one = Document.objects.get(record_archive_code__startswith=first.archive_file_code,
                                    memberships__ordinal=1)  # fmt: skip
    describe_document(acting, open_one.pk, {"access_level": "02"}, expected=record_digest(open_one))
    hidden = Document.objects.get(memberships__dossier=second, memberships__ordinal=2)
    withhold_document(acting, hidden.pk)
    signed_events()
    keep_proofs()
    kept = catalogue()
    shutil.copytree(house.home.stores, folder / "stores")
    packages = {
        Dossier.objects.get(pk=one.dossier_id).archive_file_code: one.objid
        for one in Package.objects.all()
    }
    return Lost(folder / "stores", kept, packages)


def begin_again(origin: str = "test.example/moi") -> None:
    """The first body and its administrator in an empty house, by the command's own action."""
    from tangthu.identity.actions.begin import begin

    archive_code, name, short_name = BODIES["H30.81"]
    begin(
        code="H30.81", archive_code=archive_code, name=name, short_name=short_name,
        origin=origin, username="dung", full_name="Phạm Tiến Dũng", position="Quản trị hệ thống",
        password=PASSWORD, since=dt.date(2026, 1, 1),
    )  # fmt: skip


def open_the_other(house: TestHouse) -> None:
    """The second body, with its administrator."""
    from tangthu.identity.actions.open_further import open_further

    archive_code, name, short_name = BODIES["H31.07"]
    open_further(
        house.acting("dung"), code="H31.07", archive_code=archive_code, name=name,
        short_name=short_name, origin="test.example/moi-hai", username="quang",
        full_name="Bùi Quang", position="Quản trị hệ thống", password=PASSWORD,
        since=dt.date(2026, 1, 1),
    )  # fmt: skip


def rebuild(path: Path, username: str = "dung") -> Any:
    """Order the rebuild and run it here; the job as it ended. A target for crash tests."""
    from tangthu.archive.actions.order_rebuild import order_rebuild
    from tangthu.identity.acting import Acting
    from tangthu.identity.queries import viewer_named
    from tangthu.kernel.jobs import execute

    viewer = viewer_named(username)
    assert viewer is not None
    return execute(order_rebuild(Acting(viewer, "cli"), Path(path), queued=False).id)


def run(path: str) -> None:
    """The rebuild in a process of its own, which crash tests kill."""
    job = rebuild(Path(path))
    assert job.state == "done", f"{job.message} {job.hint}"
