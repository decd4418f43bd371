"""Nothing goes from an isolated LAN to a connected site, whatever it is carried in (AR-128)."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from tangthu.archive.models import Batch
from tangthu.archive.origins import from_isolated
from tangthu.ledger.history import history
from tests.office.conftest import SignIn, sign_in
from tests.office.importing import NEW, desk, fonds_id, sent
from tests.support import batches
from tests.support.batches import Paper
from tests.support.house import PASSWORD, TestHouse
from tests.support.isolated import isolated_house
from tests.support.records import make_dossier, sealed_package, signed_events

__all__ = ["desk", "sign_in"]
SECRET = "Xtrandiabay"
LISTS = ("xlsx", "docx", "doc", "pdf")


@pytest.fixture(scope="module")
def carried(
    test_house: TestHouse, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[str, bytes]]:
    """What an isolated site gives out, by kind: a file name and bytes."""
    from tangthu.archive.actions.make_dip import dip_path
    from tangthu.kernel import deployment
    from tangthu.repository.models import Package, Store
    from tangthu.repository.stores import object_root
    from tests.archive.dips import made as made_dip

    folder = tmp_path_factory.mktemp("isolated")
    with isolated_house(test_house) as house:
        made = make_dossier(house, title=SECRET, documents=[{"subject": SECRET}])
        package = sealed_package(house, made)
        dip = made_dip(house, "cuc", [made.documents[0].pk])
        signed_events()
        root = object_root(Store.objects.get(name="kho-a"), Package.objects.get(pk=package.pk))
        lists = {
            f"a list as {format_}": (f"ds.{format_}", a_list(house, format_)) for format_ in LISTS
        }
        client = Client()
        client.post("/dang-nhap/", {"username": "cuc", "password": PASSWORD})
        marked = client.post(f"/tep/{made.files[0].pk}/ban-co-dau/")
        assert marked.status_code == 200
        checkpoint = next(house.home.ledger.rglob("checkpoint"))
        return lists | {
            "a marked copy": ("ban-co-dau.pdf", marked.content),
            "a use package": ("dip.zip", dip_path(dip.pk).read_bytes()),
            "an AIP in a zip": ("aip.zip", zipped(root, folder / "aip.zip")),
            "a METS": ("METS.xml", next(root.rglob("METS.xml")).read_bytes()),
            "a checkpoint": ("checkpoint.txt", checkpoint.read_bytes()),
            "a home's mark": ("mode", deployment.home_mark(house.home).read_bytes()),
            "a store's mark": (
                "mode.txt", deployment.store_mark(house.home.stores / "kho-a").read_bytes(),
            ),
            "a store in a zip": (
                "kho.zip", zipped(house.home.stores, folder / "kho.zip"),
            ),
        }  # fmt: skip


def a_list(house: TestHouse, format_: str) -> bytes:
    """A list of documents that was exported in this format."""
    from tangthu.reports import files
    from tests.reports.exporting import made

    return files.file_of(made(house, format_=format_)).read_bytes()


def zipped(root: Path, target: Path) -> bytes:
    shutil.make_archive(str(target.with_suffix("")), "zip", root)
    return target.read_bytes()


KINDS = [
    "a use package", "an AIP in a zip", "a METS", "a checkpoint", "a home's mark",
    "a store's mark", "a store in a zip", "a marked copy",
    *(f"a list as {format_}" for format_ in LISTS),
]  # fmt: skip


def batch_in(folder: Path, name: str, data: bytes) -> None:
    batches.write(folder, [Paper()])
    (folder / "tep" / "du-lieu").mkdir()
    (folder / "tep" / "du-lieu" / name).write_bytes(data)


def by_browser(house: TestHouse, client: Client, folder: Path) -> int:
    return client.post(NEW, sent(folder)).status_code


def by_zip(house: TestHouse, client: Client, folder: Path) -> int:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        index = next(folder.glob("*.xlsx"))
        archive.write(index, "bang-ke.xlsx")
        for path in (folder / "tep").rglob("*"):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    data = {"fonds": fonds_id(), "files": [SimpleUploadedFile("dot.zip", packed.getvalue())]}
    return client.post(NEW, data).status_code


def by_server_folder(house: TestHouse, client: Client, folder: Path) -> int:
    (folder / "dot").mkdir()
    for path in [path for path in folder.iterdir() if path.name != "dot"]:
        shutil.move(path, folder / "dot" / path.name)
    with override_settings(IMPORT_ROOTS=[folder]):
        return client.post(NEW, {"fonds": fonds_id(), "folder": "dot"}).status_code


def by_command(house: TestHouse, client: Client, folder: Path) -> int:
    index = next(folder.glob("*.xlsx"))
    done = subprocess.run(
        [Path(sys.executable).with_name("tangthu"), "--as", "cuc", "import", "--index", index,
         "--files", folder / "tep", "--body", "H30.81", "--fonds", "G01", "--json"],
        capture_output=True, env=house.environment, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert SECRET.encode() not in done.stdout + done.stderr
    return 409


WAYS: dict[str, Callable[[TestHouse, Client, Path], int]] = {
    "browser": by_browser, "zip": by_zip, "server folder": by_server_folder, "command": by_command,
}  # fmt: skip


@pytest.mark.req("AR-128")
@pytest.mark.parametrize(
    ("way", "kind"),
    [
        *(("browser", kind) for kind in KINDS),
        ("zip", "an AIP in a zip"),
        ("zip", "a list as xlsx"),
        ("zip", "a marked copy"),
        ("server folder", "a METS"),
        ("command", "a use package"),
    ],
)
def test_a_connected_site_refuses_what_comes_from_an_isolated_one(
    cast: TestHouse,
    carried: dict[str, tuple[str, bytes]],
    desk: Client,
    tmp_path: Path,
    way: str,
    kind: str,
) -> None:
    name, data = carried[kind]
    batch_in(tmp_path, name, data)
    assert WAYS[way](cast, desk, tmp_path) in (409, 422)
    assert not Batch.objects.exists()
    left = [path for path in cast.home.uploads.rglob("*") if path.is_file()]
    assert left == []
    (incident,) = [
        one
        for one in history(fonds_id_as_uuid())
        if one.kind_name == "archive.fonds.refused_origin"
    ]
    assert incident.out == "fail"
    assert name not in repr(incident.fields)
    assert SECRET not in repr(incident.fields)


def fonds_id_as_uuid() -> object:
    import uuid

    return uuid.UUID(str(fonds_id()))


@pytest.mark.req("AR-128")
def test_an_index_that_comes_from_an_isolated_site_is_refused(
    cast: TestHouse, desk: Client, sign_in: SignIn, tmp_path: Path
) -> None:
    import openpyxl

    index = batches.write(tmp_path, [Paper()])
    book = openpyxl.load_workbook(index)
    book.properties.keywords = "tangthu-origin:isolated_lan"
    book.save(index)
    assert desk.post(NEW, sent(tmp_path)).status_code in (409, 422)
    assert not Batch.objects.exists()


@pytest.mark.req("AR-128")
def test_what_a_connected_site_gave_out_comes_in_by_the_ordinary_import(
    cast: TestHouse, desk: Client, tmp_path: Path
) -> None:
    from tangthu.archive.actions.make_dip import dip_path
    from tests.archive.dips import made as made_dip

    made = make_dossier(cast, number="09")
    sealed_package(cast, made)
    dip = made_dip(cast, "cuc", [made.documents[0].pk])
    batch_in(tmp_path, "dip.zip", dip_path(dip.pk).read_bytes())
    assert b"tangthu-origin:connected" in dip_path(dip.pk).read_bytes()
    assert not from_isolated(tmp_path)
    assert desk.post(NEW, sent(tmp_path)).status_code == 302
    assert Batch.objects.count() == 1


@pytest.mark.req("AR-128")
@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"PK\x03\x04",
        b"PK\x03\x04" + b"\0" * 500,
        b"\0" * 100_000,
        b"isolated",
        b"tangthu-origin:",
    ],
)
def test_hostile_files_are_looked_at_without_harm(tmp_path: Path, hostile: bytes) -> None:
    (tmp_path / "x").write_bytes(hostile)
    (tmp_path / "vong").symlink_to(tmp_path)
    assert not from_isolated(tmp_path)
    deep = b"tangthu-origin:isolated_lan"
    for _ in range(3):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            packed.writestr("a", deep)
        deep = out.getvalue()
    (tmp_path / "y.zip").write_bytes(deep)
    assert from_isolated(tmp_path)


def in_zips(content: bytes, times: int, *, beside: int = 0) -> bytes:
    """Zips within zips around `content`, with `beside` further copies in the outermost."""
    for level in range(times):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for number in range(1 + beside * (level == times - 1)):
                packed.writestr(f"{number}.zip", content)
        content = out.getvalue()
    return content


@pytest.mark.req("AR-128")
def test_zips_in_zips_are_unpacked_up_to_a_bound_and_the_rest_by_their_first_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = [0]
    real = zipfile.ZipExtFile.read

    def counted(self: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
        data = real(self, n)
        read[0] += len(data)
        return data

    # An inner zip that becomes a thousand times as large, many times over.
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("nho.txt", b"nho")
        packed.writestr("bom", b"\0" * 40_000_000)
    (tmp_path / "bom.zip").write_bytes(in_zips(out.getvalue(), 2, beside=30))
    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    assert not from_isolated(tmp_path)
    assert read[0] < 32 * 1024 * 1024
    # Random bytes cannot be told by their ratio: there is one budget for all of an upload.
    noise = os.urandom(1_000_000)
    monkeypatch.setattr("tangthu.archive.origins._INNER_IN_ALL", 3_000_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("on", noise)
    for name in ("a.zip", "b.zip"):
        (tmp_path / name).write_bytes(in_zips(out.getvalue(), 1, beside=10))
    read[0] = 0
    assert not from_isolated(tmp_path / "a.zip", tmp_path / "b.zip")
    assert read[0] < 6_000_000
    # What is too large to be unpacked still tells by its head.
    monkeypatch.setattr("tangthu.archive.origins._INNER", 1000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mode", b"tangthu-origin:isolated_lan")
        packed.writestr("on", noise)
    (tmp_path / "a.zip").write_bytes(in_zips(out.getvalue(), 1))
    assert from_isolated(tmp_path / "a.zip")
