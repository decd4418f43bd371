"""METS: written in a stream, valid by the oracle's schema, read back item by item."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tangthu.standards.mets import (
    Agent,
    Division,
    DivisionItem,
    FileEntry,
    FileGroup,
    FileItem,
    Header,
    HeaderItem,
    MetadataRef,
    Mets,
    Pointer,
    ReferenceItem,
    RootItem,
    href_of,
    path_of,
    read_mets,
    write_mets,
)
from tangthu.standards.xml import MalformedXmlError, forbidden_character

SOURCE = str(Path(__file__).parents[3] / "src")
CORPORA = Path(os.environ.get("TANGTHU_CORPORA", Path(__file__).parents[4] / "shared/corpora"))
TIME = "2026-11-22T10:30:15.123+07:00"

AGENT = Agent("CREATOR", "OTHER", "Tàng Thư", "SOFTWARE", "1", "SOFTWARE VERSION")
NAME = "Công văn #1?.pdf"
FILE = FileEntry("ID-1", f"data/{NAME}", "application/pdf", 7, TIME, "b" * 64, NAME)


def sample() -> Mets:
    reference = MetadataRef(
        "uuid-1", "uuid-2", "metadata/EAD 1.xml", "OTHER", "text/xml", 5, TIME, "a" * 64, "simpledc"
    )
    return Mets(
        object_id="urn:uuid:X",
        label=None,
        type="Mixed",
        profile="p",
        content_type="OTHER",
        other_content_type="x",
        schema_locations=(),
        header=Header(TIME, None, "NEW", "AIP", (AGENT,)),
        descriptive=[reference],
        administrative_id="uuid-3",
        provenance=[],
        file_section_id="uuid-4",
        groups=[FileGroup("uuid-5", "Data", [FILE])],
        structure_id="uuid-6",
        structure=Division("uuid-7", "top", children=[
            Division("uuid-8", "MetadataLink/File", ("uuid-1",), (), (), ("ID-1",)),
            Division("uuid-9", "rep", pointers=(Pointer("rep/METS.xml", "uuid-5"),)),
        ]),
    )  # fmt: skip


def written(mets: Mets) -> bytes:
    out = io.BytesIO()
    write_mets(out, mets)
    return out.getvalue()


def test_what_was_written_is_read_back():
    items = list(read_mets(written(sample())))
    root = next(i for i in items if isinstance(i, RootItem))
    assert (root.object_id, root.type, root.profile, root.content_type) == (
        "urn:uuid:X",
        "Mixed",
        "p",
        "OTHER",
    )
    header = next(i for i in items if isinstance(i, HeaderItem))
    assert (header.created, header.status, header.package_type) == (TIME, "NEW", "AIP")
    assert header.agents[0].notes == (("SOFTWARE VERSION", "1"),)
    reference = next(i for i in items if isinstance(i, ReferenceItem))
    assert path_of(reference.href) == "metadata/EAD 1.xml"
    assert reference.attributes["SIZE"] == "5"
    file = next(i for i in items if isinstance(i, FileItem))
    assert (file.use, file.id, path_of(file.href), file.title) == (
        "Data",
        "ID-1",
        "data/Công văn #1?.pdf",
        "Công văn #1?.pdf",
    )
    divisions = [i for i in items if isinstance(i, DivisionItem)]
    assert divisions[0].labels == ("top", "MetadataLink/File")
    assert (divisions[0].metadata, divisions[0].targets) == (("uuid-1",), ("ID-1",))
    assert divisions[1].pointers == (("rep/METS.xml", "uuid-5"),)


def test_it_is_valid_by_the_published_mets_schema():
    if not (CORPORA / "schemas").is_dir():
        pytest.skip("SKIPPED: schemas of ../shared/corpora are absent")

    class Local(etree.Resolver):
        def resolve(self, url, pubid, context):
            return self.resolve_filename(str(CORPORA / "schemas" / url.rsplit("/", 1)[-1]), context)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    schema = etree.XMLSchema(etree.parse(str(CORPORA / "schemas/mets-1.12.1.xsd"), parser))
    schema.assertValid(etree.fromstring(written(sample())))


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1))
def test_a_path_survives_its_href(path):
    if forbidden_character(path) is not None or path.startswith("/"):
        return
    href = href_of(path)
    assert href.isascii()
    got = path_of(href)
    assert got == path or got == f"./{path}"


@pytest.mark.parametrize(
    "href",
    ["/etc/passwd", "file:///x", "http://x/y", "C:\\x", "a\\b", "//host/x", "", "%FF%FE", "#x"],
)
def test_an_absolute_or_empty_reference_names_nothing(href):
    assert path_of(href) is None


def test_another_root_is_refused():
    with pytest.raises(MalformedXmlError):
        list(read_mets(b"<mods xmlns='http://www.loc.gov/METS/'/>"))


BIG = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from tangthu.standards.mets import *
T, N = "2026-11-22T10:30:15.123+07:00", 100_000
def files():
    for i in range(N):
        name = f"Công văn số {i}.pdf"
        yield FileEntry(f"ID-{i:032X}", "data/" + name, "application/pdf", i, T, "ab" * 32, name)
def divisions():
    for i in range(N):
        one = (f"uuid-A{i}",), (), (), (f"ID-{i:032X}",)
        yield Division(f"uuid-C{i}", "MetadataLink/File", *one)
def references():
    for i in range(N):
        yield MetadataRef(f"uuid-A{i}", f"uuid-B{i}", f"metadata/EAD_doc_{i:07d}.xml", "OTHER",
                          "text/xml", 9, T, "cd" * 32, "simpledc")
mets = Mets("rep1", None, "Mixed", "p", None, None, (), Header(T, None, "NEW", "AIP", ()),
            references(), "uuid-M", (), "uuid-F", (FileGroup("uuid-G", "Data", files()),), "uuid-S",
            Division("uuid-D", "rep1", children=divisions()))
with open(sys.argv[1], "wb") as out:
    write_mets(out, mets)
print(next(l.split()[1] for l in open("/proc/self/status") if l.startswith("VmHWM")))
"""


@pytest.mark.soak
def test_a_hundred_thousand_files_are_written_in_less_than_64_mib(tmp_path):
    target = tmp_path / "METS.xml"
    run = subprocess.run(
        [sys.executable, "-c", BIG, str(target)],
        env={"PYTHONPATH": SOURCE}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(run.stdout) < 64 * 1024
    assert sum(isinstance(item, FileItem) for item in read_mets(target)) == 100_000
