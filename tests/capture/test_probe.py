"""Facts of files, honest and hostile: nothing in a file may stop a probe."""

from __future__ import annotations

import hashlib
import os
import struct
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tangthu.capture.identify import identify, identify_many
from tangthu.capture.probe import probe
from tangthu.kernel.sandbox import Limits, Sandbox
from tests.capture import paper
from tests.support import corpora


def test_size_and_hash_are_those_of_the_bytes(sandbox, tmp_path):
    data = b"%PDF-1.4 nothing more" + os.urandom(100_000)
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    facts = probe(path, sandbox)
    assert (facts.size, facts.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_a_sound_pdf_has_no_problem_but_a_missing_text_layer(sandbox, tmp_path):
    facts = probe(paper.pdf(tmp_path / "a.pdf", "mot hai ba bon nam", ""), sandbox)
    assert facts.pdf is not None
    assert (facts.pdf.opens, facts.pdf.repaired, facts.pdf.page_count) == (True, False, 2)
    assert facts.pdf.pages_without_text == (2,)
    assert facts.problems == ("no_text_layer",)
    assert (facts.pdf.pages[0].width_mm, facts.pdf.pages[0].height_mm) == (209.9, 297.0)


def test_an_empty_file_is_only_empty(sandbox, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"")
    facts = probe(tmp_path / "a.pdf", sandbox)
    assert facts.empty and facts.problems == ("empty",) and facts.pdf is None
    assert facts.format.problem == "empty"


def test_a_missing_file_is_an_os_error(sandbox, tmp_path):
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "none.pdf", sandbox)


def test_an_archive_named_pdf_is_told_by_its_bytes(sandbox, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.pdf", "w") as archive:
        archive.writestr("x.txt", "x")
    facts = probe(tmp_path / "a.pdf", sandbox)
    assert facts.format.puid == "x-fmt/263" and facts.format.extension_agrees is False
    assert facts.problems == ("wrong_extension",) and facts.pdf is None


def test_the_original_name_counts_not_the_name_in_the_store(sandbox, tmp_path):
    stored = paper.pdf(tmp_path / "3f9a", "mot hai ba bon nam")
    assert probe(stored, sandbox, name="12 QĐ-UBND.pdf").problems == ()
    assert probe(stored, sandbox, name="12 QĐ-UBND.docx").problems == ("wrong_extension",)
    assert identify(stored, sandbox, name="12 QĐ-UBND").extension_agrees is None


def test_a_batch_keeps_its_order_and_survives_what_cannot_be_read(sandbox, tmp_path):
    good = paper.pdf(tmp_path / "a.pdf", "x")
    (tmp_path / "empty.txt").write_bytes(b"")
    files = [(good, "a.pdf"), (tmp_path / "none", "b.pdf"), (tmp_path, "c"), (good, "d.xlsx")] * 40
    files.append((tmp_path / "empty.txt", "empty.txt"))
    facts = identify_many(files, sandbox)
    assert [fact.problem for fact in facts[:4]] == [None, "unreadable", "unreadable", None]
    assert [fact.extension_agrees for fact in facts[:4]] == [True, None, None, False]
    assert len(facts) == 161 and facts[160].problem == "empty"
    assert facts[156:160] == facts[:4]
    assert "DROID_SignatureFile" in facts[0].signature


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_a_cut_off_pdf_is_damaged_or_repaired_never_sound(sandbox, tmp_path, keep):
    whole = paper.pdf(tmp_path / "a.pdf", *["mot hai ba bon nam"] * 20).read_bytes()
    (tmp_path / "b.pdf").write_bytes(whole[: int(len(whole) * keep)])
    problems = probe(tmp_path / "b.pdf", sandbox).problems
    assert {"damaged", "repaired"} & set(problems)


def test_a_locked_pdf_needs_its_password(sandbox, tmp_path):
    locked = pikepdf.Encryption(owner="o", user="u")
    facts = probe(paper.pdf(tmp_path / "a.pdf", "x" * 20, encryption=locked), sandbox)
    assert facts.problems == ("needs_password",) and facts.pdf.encrypted and not facts.pdf.opens


def test_a_pdf_encrypted_without_a_password_to_open_is_read(sandbox, tmp_path):
    locked = pikepdf.Encryption(owner="o", user="")
    facts = probe(paper.pdf(tmp_path / "a.pdf", "x" * 20, encryption=locked), sandbox)
    assert facts.problems == ("encrypted",) and facts.pdf.page_count == 1


def test_active_content_is_named(sandbox, tmp_path):
    path = paper.pdf(tmp_path / "a.pdf", "x" * 20)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
        )
        document.pages[0].AA = pikepdf.Dictionary(
            O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe"))
        )
        document.attachments["a.txt"] = b"attached"
        document.save()
    facts = probe(path, sandbox)
    assert facts.pdf.active_content == ("javascript", "launch")
    assert facts.pdf.embedded_files == 1
    assert facts.problems == ("active_content", "embedded_files")


def test_signature_fields_are_counted_signed_and_unsigned(sandbox, tmp_path):
    path = paper.pdf(tmp_path / "a.pdf", "x" * 20)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        signed = pikepdf.Dictionary(
            T=pikepdf.String("s1"),
            FT=pikepdf.Name.Sig,
            V=document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Sig)),
        )
        blank = pikepdf.Dictionary(T=pikepdf.String("s2"))
        parent = pikepdf.Dictionary(
            T=pikepdf.String("p"),
            FT=pikepdf.Name.Sig,
            Kids=pikepdf.Array([document.make_indirect(blank)]),
        )
        looped = document.make_indirect(pikepdf.Dictionary(T=pikepdf.String("loop")))
        looped.Kids = pikepdf.Array([looped])
        document.Root.AcroForm = pikepdf.Dictionary(
            Fields=pikepdf.Array([document.make_indirect(f) for f in (signed, parent)] + [looped])
        )
        document.save()
    facts = probe(path, sandbox)
    assert (facts.pdf.signatures, facts.pdf.signature_fields) == (1, 2)


@pytest.mark.parametrize(
    ("xmp", "claim"),
    [
        ("<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>", ("2", "B")),
        ("<pdfaid:part> 1 </pdfaid:part><pdfaid:conformance>a</pdfaid:conformance>", ("1", "A")),
        ("<pdfaid:part>two</pdfaid:part>", (None, None)),
    ],
)
def test_the_pdfa_claim_is_read_from_xmp(sandbox, tmp_path, xmp, claim):
    path = paper.pdf(tmp_path / "a.pdf", "x" * 20)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.Root.Metadata = document.make_stream(
            f'<rdf:D xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">{xmp}</rdf:D>'.encode()
        )
        document.save(fix_metadata_version=False)
    facts = probe(path, sandbox)
    assert (facts.pdf.pdfa_part, facts.pdf.pdfa_conformance) == claim


@pytest.mark.req("AR-44")
@pytest.mark.parametrize(("dpi", "low"), [(100, True), (190, True), (200, False), (300, False)])
def test_scans_below_200_dpi_are_reported(sandbox, tmp_path, dpi, low):
    facts = probe(paper.scan(tmp_path / "a.pdf", dpi), sandbox)
    assert facts.pdf.image_dpi == dpi
    assert ("low_resolution" in facts.problems) is low


def test_a_page_tree_that_bites_its_tail_is_survived(sandbox, tmp_path):
    (tmp_path / "a.pdf").write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1000000000>>endobj\n"
        b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n"
        b"trailer<</Size 3/Root 1 0 R/Prev 60>>\nstartxref\n112\n%%EOF"
    )
    facts = probe(tmp_path / "a.pdf", sandbox)
    assert "damaged" in facts.problems


def test_a_reference_that_leads_to_itself_is_survived(sandbox, tmp_path):
    path = paper.pdf(tmp_path / "a.pdf", "x" * 20)
    data = path.read_bytes().replace(b"startxref", b"trailer<</Prev 0>>startxref", 1)
    path.write_bytes(data)
    assert probe(path, sandbox).pdf is not None


def test_ten_thousand_pages_cost_no_more_than_the_limit(sandbox, tmp_path):
    document = pikepdf.new()
    document.add_blank_page(page_size=(100, 100))
    kid = document.pages[0].obj
    document.Root.Pages.Kids = pikepdf.Array([kid] * 10_000)
    document.Root.Pages.Count = 10_000
    document.save(tmp_path / "a.pdf")
    facts = probe(tmp_path / "a.pdf", sandbox)
    assert facts.pdf.page_count >= 1 and len(facts.pdf.pages) <= 2_000


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 24)) for _ in range(size >> 24)) + packer.flush()


@pytest.mark.parametrize("place", ["metadata", "page"])
def test_a_stream_that_unpacks_beyond_the_memory_limit_costs_one_file_at_most(tmp_path, place):
    path = paper.pdf(tmp_path / "a.pdf", "x" * 20)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        stream = document.make_stream(b"")
        stream.write(bomb(1 << 29), filter=pikepdf.Name.FlateDecode)
        if place == "metadata":
            document.Root.Metadata = stream
        else:
            document.pages[0].Contents = stream
        document.save(fix_metadata_version=False)
    with Sandbox(limits=Limits(memory_bytes=400 * 1024 * 1024)) as small:
        facts = probe(path, small)
        assert facts.size < 1_000_000
        assert {"crashed", "out_of_memory", "damaged"} & set(facts.problems)
        assert facts.pdf.page_count == 1, "the structure is told all the same"
        assert probe(paper.pdf(tmp_path / "b.pdf", "x" * 20), small).problems == ()


def test_an_image_tells_size_frames_and_resolution(sandbox, tmp_path):
    Image.new("RGB", (400, 300)).save(tmp_path / "a.jpg", dpi=(150, 150))
    frames = [Image.new("L", (10, 10), shade) for shade in (0, 100, 200)]
    frames[0].save(tmp_path / "b.tif", save_all=True, append_images=frames[1:], dpi=(300, 300))
    one, two = probe(tmp_path / "a.jpg", sandbox), probe(tmp_path / "b.tif", sandbox)
    assert (one.image.codec, one.image.width, one.image.height, one.image.dpi) == (
        "JPEG", 400, 300, 150,
    )  # fmt: skip
    assert one.problems == ("low_resolution",)
    assert (two.image.frames, two.image.dpi, two.problems) == (3, 300, ())


def test_a_cut_off_image_is_damaged(sandbox, tmp_path):
    Image.effect_noise((600, 600), 50).save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[: len(data) // 2])
    assert "damaged" in probe(tmp_path / "a.png", sandbox).problems


def test_an_image_of_a_billion_pixels_is_a_bomb(sandbox, tmp_path):
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    chunks = b""
    for kind, body in ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(10_000))), (b"IEND", b"")):
        chunks += struct.pack(">I", len(body)) + kind + body
        chunks += struct.pack(">I", zlib.crc32(kind + body))
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)
    assert "bomb" in probe(tmp_path / "a.png", sandbox).problems


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    start=st.sampled_from([b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"PK\x03\x04", b"II*\x00", b""]),
    rest=st.binary(max_size=3000),
)
def test_no_bytes_make_a_probe_raise(sandbox, tmp_path, start, rest):
    path: Path = tmp_path / "x.pdf"
    path.write_bytes(start + rest)
    assert probe(path, sandbox).size == len(start + rest)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=40))
def test_no_mutation_of_a_sound_pdf_makes_a_probe_raise(sandbox, tmp_path, edits):
    path = paper.pdf(tmp_path / "x.pdf", "mot hai ba", "bon nam sau")
    data = bytearray(path.read_bytes())
    for place, value in edits:
        data[int(place * (len(data) - 1))] = value
    path.write_bytes(data)
    assert probe(path, sandbox).size == len(data)


def test_real_scans_are_pdfa_2b_with_text_at_300_dpi(sandbox):
    folder = corpora.need("hau-giang-2010")
    for path in sorted(folder.glob("*.pdf")):
        facts = probe(path, sandbox)
        assert (facts.format.puid, facts.pdf.pdfa_part, facts.pdf.pdfa_conformance) == (
            "fmt/477", "2", "B",
        )  # fmt: skip
        assert 295 <= facts.pdf.image_dpi <= 305 and facts.pdf.pages[0].background_dpi == 150
        assert facts.pdf.pages[0].has_text and "damaged" not in facts.problems


def test_signatures_in_real_signed_files_are_counted(sandbox):
    folder = corpora.need("signed-pdf-vn")
    counts = [probe(path, sandbox).pdf.signatures for path in sorted(folder.glob("*.pdf"))]
    assert len(counts) == 8 and min(counts) == 1 and max(counts) == 5
