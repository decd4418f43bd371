"""What declares itself a state secret is refused on every way in, and nothing of it stays."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client, override_settings
from psycopg import sql

from tangthu.kernel.jobs import execute
from tests.office.conftest import SignIn
from tests.office.importing import NEW, address_of, desk, fonds_id, run, send_back, sent
from tests.support import batches
from tests.support.batches import Paper
from tests.support.house import TestHouse
from tests.support.programs import program
from tests.support.records import make_dossier, sealed_package, signed_events

__all__ = ["desk"]
TOKEN = "Xtrandiabay"
NAME = f"hs01/{TOKEN}.pdf"
SECRET = Paper(
    ordinal=2, subject=f"Về {TOKEN}", file=NAME, lines=[f"Noi dung {TOKEN}"],
    changes={"Độ mật văn bản": "Mật"},
)  # fmt: skip
ROWS = [Paper(), SECRET]


def in_database() -> list[str]:
    """Tables in which any column of any row bears the word."""
    found = []
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' "
            "AND table_type = 'BASE TABLE'"
        )
        for (table,) in cursor.fetchall():
            query = sql.SQL("SELECT count(*) FROM {} t WHERE t::text ILIKE %s")
            cursor.execute(query.format(sql.Identifier(table)), [f"%{TOKEN}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def in_files(house: TestHouse) -> list[str]:
    """Files of the house, opened as zip where they are one, that bear the word or its name."""
    found = []
    for path in house.home.root.rglob("*"):
        if not path.is_file() or "postgres" in path.relative_to(house.home.root).parts:
            continue
        data = path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                data += b"".join(packed.read(name) for name in packed.namelist())
        if TOKEN.lower().encode() in (str(path).encode() + data).lower():
            found.append(str(path))
    return found


def by_browser(cast: TestHouse, client: Client, folder: Path) -> None:
    batches.write(folder, ROWS)
    run(client.post(NEW, sent(folder))["Location"])


def by_zip(cast: TestHouse, client: Client, folder: Path) -> None:
    index = batches.write(folder, ROWS)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(index, "bang-ke.xlsx")
        for path in (folder / "tep").rglob("*.pdf"):
            archive.write(path, path.relative_to(folder).as_posix())
    data = {"fonds": fonds_id(), "files": [SimpleUploadedFile("dot.zip", packed.getvalue())]}
    run(client.post(NEW, data)["Location"])


def by_server_folder(cast: TestHouse, client: Client, folder: Path) -> None:
    batches.write(folder / "dot", ROWS)
    with override_settings(IMPORT_ROOTS=[folder]):
        run(client.post(NEW, {"fonds": fonds_id(), "folder": "dot"})["Location"])


def by_command(cast: TestHouse, client: Client, folder: Path) -> None:
    index = batches.write(folder, ROWS, ending=".csv")
    tangthu = Path(sys.executable).with_name("tangthu")
    done = subprocess.run(
        [tangthu, "--as", "cuc", "import", "--index", index, "--files", folder / "tep",
         "--body", "H30.81", "--fonds", "G01", "--accept", "all-proposals", "--json"],
        capture_output=True, env=cast.environment, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert TOKEN.encode() not in done.stdout + done.stderr


def by_program(cast: TestHouse, client: Client, folder: Path) -> None:
    index = batches.write(folder, ROWS)
    files = sorted((folder / "tep").rglob("*.pdf"))
    data = {
        "fonds": fonds_id(),
        "index": SimpleUploadedFile(index.name, index.read_bytes()),
        "files": [SimpleUploadedFile(one.name, one.read_bytes()) for one in files],
        "paths": [one.relative_to(folder).as_posix() for one in files],
    }
    asking = program(cast, "cuc")
    told = asking.client.post(
        "/api/v1/imports", data, headers={**asking.headers, "Idempotency-Key": "dot"}
    )
    assert told.status_code == 202, told.content
    assert execute(uuid.UUID(told.json()["job"]["id"])).state == "done"
    assert TOKEN not in json.dumps(asking.get(f"/imports/{told.json()['batch']['id']}"))


WAYS: dict[str, Callable[[TestHouse, Client, Path], None]] = {
    "browser": by_browser, "zip": by_zip, "server folder": by_server_folder, "command": by_command,
    "program": by_program,
}  # fmt: skip


@pytest.mark.req("RM-970", "AR-127", "AR-131")
@pytest.mark.parametrize("way", WAYS)
def test_a_document_declared_secret_leaves_nothing_by_any_way_in(
    cast: TestHouse, desk: Client, tmp_path: Path, way: str
) -> None:
    from tangthu.archive.models import Batch
    from tangthu.ledger.history import history

    WAYS[way](cast, desk, tmp_path)
    batch = Batch.objects.get()
    assert batch.refused_secret == 2, "its row and its file"
    assert batch.files.count() == 1
    assert in_database() == []
    assert in_files(cast) == []
    told = {one.kind_name: one for one in history(batch.id)}
    assert "archive.batch.refused_secret" in told
    checked = told["archive.batch.checked"].fields["detail"]
    assert checked["secrecy"] == {"refused": 2, "held": 0}
    assert TOKEN not in repr([one.fields for one in history(batch.id)])


@pytest.mark.req("RM-970", "AR-127")
def test_a_document_called_secret_in_the_corrected_workbook_is_destroyed(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    innocent = Paper(ordinal=2, subject=f"Về {TOKEN}", file=NAME, lines=[f"Noi dung {TOKEN}"])
    batches.write(tmp_path, [Paper(), innocent])
    batch = run(desk.post(NEW, sent(tmp_path))["Location"])
    assert in_files(cast), "the test would find nothing in any case"
    out = b"".join(desk.get(address_of(batch, "bao-cao.xlsx")).streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(out))
    sheet = book["Tài liệu"]
    keys = {sheet.cell(1, c).value: c for c in range(1, 60)}
    row = next(r for r in range(2, 9) if TOKEN in str(sheet.cell(r, keys["subject"]).value))
    sheet.cell(row, keys["mode"]).value = "Mật"
    send_back(desk, batch, book)
    assert batch.refused_secret
    assert in_database() == []
    assert in_files(cast) == []


@pytest.mark.req("RM-970", "AR-127")
def test_a_batch_cannot_be_answered_to_be_secret(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    batches.write(tmp_path, [Paper()])
    answer = desk.post(NEW, {**sent(tmp_path), "mode": "03"})
    assert answer.status_code == 422
    assert not list(cast.home.uploads.rglob("*.pdf"))


@pytest.mark.req("AR-131", "AR-129")
def test_what_only_looks_secret_is_read_no_further_and_the_look_is_recorded(
    cast: TestHouse, tmp_path: Path
) -> None:
    """No words of it reach extraction, the index or the texts: it lies in quarantine alone."""
    from tangthu.ledger.history import history

    papers = [Paper(), Paper(ordinal=2, file="hs01/b.pdf", pdf=batches.stamped_pdf())]
    batch = batches.checked(cast, tmp_path, papers, upload=True)
    held = batch.files.get(quarantine_id__isnull=False)
    assert (held.facts, held.proposals, held.path) == (None, [], "")
    last = [one for one in history(batch.id) if one.kind_name == "archive.batch.checked"][-1]
    assert last.fields["detail"]["secrecy"] == {"refused": 0, "held": 1}
    batches.accept(cast, batch, "all-proposals")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM capture_pagetext WHERE text ILIKE '%giả định%'")
        assert cursor.fetchone()[0] == 0


@pytest.mark.req("AR-131")
def test_the_house_has_no_way_to_hand_content_to_a_service_elsewhere() -> None:
    """Reading and recognising happens here: nothing that talks to a network is imported."""
    import ast

    source = Path(__file__).resolve().parents[2] / "src" / "tangthu"
    talking = {"socket", "http", "urllib", "httpx", "requests", "aiohttp", "smtplib", "ftplib"}
    harmless = {"urllib.parse", "http.HTTPStatus"}
    found = set()
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                if name.split(".")[0] in talking and name not in harmless:
                    found.add((path.relative_to(source).as_posix(), name))
    # `up` asks its own web server whether it answers, and looks whether its port is free; on an
    # isolated LAN `isolation` forbids every socket that would lead outside. The scanner is on this
    # machine, or it is not asked (tests/archive/test_antivirus.py). A hook tells that something
    # happened, never what stands in it (docs/hooks.md), and in an isolated house its LAN alone.
    assert {path for path, _ in found} <= {
        "faces/cli/up.py", "kernel/isolation.py", "kernel/postgres.py", "kernel/home.py",
        "kernel/sandbox_process.py", "capture/antivirus.py", "kernel/reaching.py",
        "programs/hook_sending.py",
    }, found  # fmt: skip


@pytest.mark.req("RM-970", "AR-127", "AR-129")
@pytest.mark.parametrize(
    "given",
    [{"values": {"access_level": "03"}}, {"values": {}, "extra": {"Độ mật": "Mật"}}],
    ids=["level", "extra"],
)
def test_a_record_described_as_secret_is_not_kept_so_but_withheld(
    cast: TestHouse, given: dict[str, Any]
) -> None:
    from tangthu.archive.actions.describe_record import (
        SecretRefused,
        describe_document,
        digest_of,
    )
    from tangthu.records import queries

    made = make_dossier(cast, documents=[{}, {}])
    acting, secret = cast.acting("cuc"), made.documents[0]
    with pytest.raises(SecretRefused):
        describe_document(
            acting,
            secret.id,
            given["values"],
            extra=given.get("extra"),
            expected=digest_of(secret),
        )
    secret.refresh_from_db()
    assert (secret.access_level, secret.extra) == ("01", {})
    assert [one.id for one in queries.documents(acting.viewer)] == [made.documents[1].id]


@pytest.mark.req("AR-129")
def test_a_dossier_described_as_secret_has_all_its_documents_withheld(cast: TestHouse) -> None:
    from tangthu.archive.actions.describe_record import (
        SecretRefused,
        describe_dossier,
        digest_of,
    )
    from tangthu.records import queries

    made = make_dossier(cast, documents=[{}, {}])
    acting = cast.acting("cuc")
    with pytest.raises(SecretRefused):
        describe_dossier(
            acting, made.dossier.id, {"access_level": "03"}, expected=digest_of(made.dossier)
        )
    assert not queries.documents(acting.viewer).exists()


@pytest.mark.req("AR-129")
def test_a_record_reported_secret_is_withheld_from_everybody_and_its_copying_stops(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.archive.actions.seal_dossier import Withheld, queue_sealing
    from tangthu.ledger.history import history
    from tangthu.repository.actions.check_package import check_package

    made = make_dossier(cast, documents=[{"subject": f"Về {TOKEN}"}, {}], declared=2)
    package = sealed_package(cast, made)
    signed_events()
    secret = made.documents[0]
    desk, officer = sign_in("cuc"), sign_in("binh")
    home = f"/tai-lieu/{secret.id}/"
    places = [home, f"{home}mo-ta/", f"{home}bao-mat/", f"{home}chung-cu.json",
              f"{home}trang/1.webp", f"/tep/{made.files[0].id}/"]  # fmt: skip
    assert {desk.get(place).status_code for place in places} == {200}
    assert TOKEN in desk.get(f"/tim/?q={TOKEN.lower()}&kind=document").content.decode()
    assert "không ai, kể cả bạn" in desk.get(f"{home}bao-mat/").content.decode()
    assert sign_in("hoa").post(f"{home}bao-mat/").status_code == 404
    assert desk.post(f"{home}bao-mat/").status_code == 302

    for client in (desk, officer, sign_in("hoa")):
        assert {client.get(place).status_code for place in places} == {404}
        for page in (f"/ho-so/{made.dossier.id}/", f"/tim/?q={TOKEN}", "/tai-lieu/", "/"):
            words = client.get(page).content.decode()
            words = words.replace(f"“{TOKEN}”", "").replace(f'value="{TOKEN}"', "")
            words = words.replace(f"q={TOKEN}", "").replace(f"<title>{TOKEN}", "")
            assert TOKEN not in words, page
    with pytest.raises(Withheld):
        queue_sealing(cast.acting("cuc"), made.dossier.id)
    hurt = next((cast.home.stores / "kho-a").rglob("data/*.pdf"))
    hurt.write_bytes(b"%PDF")
    verdict = check_package(cast.acting("cuc"), package.id, repair=True)
    assert verdict.bad and not verdict.mended
    assert hurt.read_bytes() == b"%PDF", "content was copied between stores"

    page = re.search(r"/cach-ly/tai-lieu/[0-9a-f-]{36}/", officer.get("/").content.decode())
    assert page is not None, "the officer is not alerted"
    assert page[0] in officer.get("/cach-ly/").content.decode()
    assert desk.get(page[0]).status_code == sign_in("minh").get(page[0]).status_code == 404
    told = officer.get(page[0]).content.decode()
    assert "Nguyễn Thị Cúc" in told
    assert TOKEN not in told
    assert officer.post(page[0], {"basis": " "}).status_code == 422
    assert desk.get(home).status_code == 404
    assert officer.post(page[0], {"basis": "Kết luận số 5"}).status_code == 302
    assert desk.get(home).status_code == 200
    assert TOKEN in desk.get(f"/tim/?q={TOKEN.lower()}&kind=document").content.decode()
    assert check_package(cast.acting("cuc"), package.id, repair=True).mended
    kinds = [one.kind_name for one in history(secret.id)]
    assert kinds[-2:] == ["records.document.withheld", "records.document.released"]


@pytest.mark.req("AR-129")
def test_a_document_is_withheld_once_and_only_by_who_describes_it(cast: TestHouse) -> None:
    from tangthu.archive.actions.withhold_document import release_document, withhold_document
    from tangthu.kernel.errors import NotFoundForViewer, Refused

    made = make_dossier(cast)
    one = made.documents[0].id
    for username in ("hoa", "dung", "nga"):
        with pytest.raises((Refused, NotFoundForViewer)):
            withhold_document(cast.acting(username), one)
    held = withhold_document(cast.acting("cuc"), one)
    with pytest.raises(NotFoundForViewer):
        withhold_document(cast.acting("cuc"), one)
    for username in ("cuc", "minh"):
        with pytest.raises(NotFoundForViewer):
            release_document(cast.acting(username), held.id, "x")
