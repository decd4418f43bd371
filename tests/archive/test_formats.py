"""Every format that TT05 lists comes in and goes into a package, born digital without PDF/A."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from tangthu.archive import dry_run
from tangthu.records.models import ContentFile, Dossier
from tangthu.standards.tt05 import validator
from tests.support import batches
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, sealed_package, small_pdf

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_OLE = (
    bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + bytes.fromhex("3e000300feff0900") + bytes(480)
)
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(64)


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name.replace("__", "/"), text)
    return out.getvalue()


def office(main: str, kind: str) -> bytes:
    """The skeleton of an Office Open XML file whose main part is `main`."""
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'content-types"><Override PartName="/{main}" ContentType="{_OFFICE}{kind}.main+xml"/>'
        "</Types>"
    )
    return zipped(**{"[Content_Types].xml": types, main: "<x/>"})


def open_document(kind: str) -> bytes:
    """The skeleton of an OpenDocument file."""
    content = '<office:document-content xmlns:office="urn:x" office:version="1.2"/>'
    return zipped(mimetype=_OPEN + kind, **{"content.xml": content})


def sheet() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def image(codec: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, codec, dpi=(300, 300))
    return out.getvalue()


SAMPLES: dict[str, bytes] = {
    "txt": "Thông báo nghỉ lễ".encode(),
    "rtf": rb"{\rtf1\ansi Thong bao}",
    "docx": office("word/document.xml", "wordprocessingml.document"),
    "doc": _OLE,
    "odt": open_document("text"),
    "pdf": batches.archival_pdf(["Thong bao"]),
    "csv": b"a,b\n1,2\n",
    "xlsx": sheet(),
    "xls": _OLE + b"xls",
    "ods": open_document("spreadsheet"),
    "htm": b"<!DOCTYPE html><html><head><title>x</title></head><body>x</body></html>",
    "pptx": office("ppt/presentation.xml", "presentationml.presentation"),
    "ppt": _OLE + b"ppt",
    "odp": open_document("presentation"),
    "jpeg": image("JPEG"),
    "gif": image("GIF"),
    "tiff": image("TIFF"),
    "png": image("PNG"),
    "mpeg": bytes.fromhex("000001ba2100010001800001000001bb") + bytes(200),
    "avi": b"RIFF\x00\x01\x00\x00AVI LIST\x00\x00\x00\x00hdrlavih" + bytes(200),
    "wmv": _ASF,
    "mov": b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  " + b"\x00\x00\x00\x08moov" + bytes(200),
    "mp3": b"ID3\x03\x00\x00\x00\x00\x00\x00" + (b"\xff\xfb\x90\x64" + bytes(413)) * 4,
    "wma": _ASF + b"wma",
    "aac": (b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)) * 8,
}  # fmt: skip


@pytest.mark.req("RM-823")
def test_each_listed_format_is_taken_in_and_packaged(cast: TestHouse, tmp_path: Path) -> None:
    rows = [
        batches.Paper(ordinal=number, subject=f"Về tệp {extension}", file=f"hs01/vb.{extension}")
        for number, extension in enumerate(SAMPLES, start=1)
    ]
    index = batches.write(tmp_path, rows)
    for extension, data in SAMPLES.items():
        (tmp_path / "tep" / "hs01" / f"vb.{extension}").write_bytes(data)
    batch, job = batches.open_on(cast, tmp_path / "tep", index, answers={"confidence": "01"})
    batches.check(batch, job)
    batches.accept(cast, batch, "all-proposals")
    names = ContentFile.objects.values_list("name", flat=True)
    assert {name.rpartition(".")[2] for name in names} == set(SAMPLES)
    dossier = Dossier.objects.get()
    assert dossier.reliability == "01", "born digital"
    sealed_package(cast, MadeDossier(dossier))
    root = next((cast.home.stores / "kho-a").rglob("0=ocfl_object_1.1")).parent
    folder = next((root / "v1" / "content").iterdir())
    verdict = validator.validate(folder)
    assert verdict.valid, verdict.findings
    packed = {path.suffix[1:] for path in folder.rglob("data/*")}
    assert packed == set(SAMPLES)


@pytest.mark.req("RM-823")
def test_a_born_digital_docx_needs_no_confirmation_that_it_is_no_pdf_a(
    cast: TestHouse, tmp_path: Path
) -> None:
    """PDF/A binds digitisation; the same dossier takes a PDF that is not PDF/A only on a word."""
    rows = [
        batches.Paper(ordinal=1, subject="Về một", file="hs01/1.docx"),
        batches.Paper(ordinal=2, subject="Về hai", file="hs01/2.pdf"),
    ]
    index = batches.write(tmp_path, rows)
    (tmp_path / "tep" / "hs01" / "1.docx").write_bytes(SAMPLES["docx"])
    (tmp_path / "tep" / "hs01" / "2.pdf").write_bytes(small_pdf(["Trang"]))
    batch, job = batches.open_on(cast, tmp_path / "tep", index, answers={"confidence": "01"})
    batches.check(batch, job)
    codes = {(one.code, one.target) for one in dry_run.report_of(batch).findings}
    assert ("file.not-pdfa", "file:hs01/2.pdf") in codes
    assert not [code for code, target in codes if target == "file:hs01/1.docx"]
