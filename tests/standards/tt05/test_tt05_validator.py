"""The package validator: each thing broken is found with its rule; hostile input is bounded.

After a mutation `reseal` makes sizes and digests right again, so that only the mutation is found.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import struct
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest
import tt05_cases as cases
from lxml import etree

from tangthu.standards.tt05.source import PackageLimits
from tangthu.standards.tt05.validator import MAX_FINDINGS, validate

CORPORA = Path(os.environ.get("TANGTHU_CORPORA", Path(__file__).parents[4] / "shared/corpora"))
M = "{http://www.loc.gov/METS/}"
HREF = "{http://www.w3.org/1999/xlink}href"
REP = "representations/rep1"
EAD = "metadata/descriptive/EAD.xml"
DOC1 = f"{REP}/metadata/descriptive/EAD_doc_0000001.xml"
DOC2 = f"{REP}/metadata/descriptive/EAD_doc_0000002.xml"
NIL = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    return cases.build(tmp_path_factory.mktemp("made"))


@pytest.fixture
def root(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / made.name))


def reseal(root: Path) -> None:
    for folder in (root / REP, root):
        path = folder / "METS.xml"
        if not path.exists():
            continue
        tree = etree.parse(str(path))
        for element in [*tree.iter(f"{M}mdRef"), *tree.iter(f"{M}file")]:
            place = element if element.tag == f"{M}mdRef" else element.find(f"{M}FLocat")
            target = folder / unquote(place.get(HREF, ""))
            if target.is_file():
                data = target.read_bytes()
                if element.get("SIZE"):
                    element.set("SIZE", str(len(data)))
                if element.get("CHECKSUMTYPE") == "SHA-256" and element.get("CHECKSUM"):
                    element.set("CHECKSUM", hashlib.sha256(data).hexdigest())
        tree.write(str(path), encoding="UTF-8", xml_declaration=True)


def edit(root: Path, path: str, pattern: str, replacement: str, count: int = 1) -> None:
    file = root / path
    text, done = re.subn(pattern, replacement, file.read_text("utf-8"), count=count, flags=re.S)
    assert done, f"{pattern} does not occur in {path}"
    file.write_text(text, "utf-8")


def rules(root: Path) -> set[str]:
    return {finding.rule for finding in validate(root).findings}


def test_the_package_before_any_mutation_is_valid(root):
    reseal(root)
    assert validate(root).findings == ()


MANDATORY = [
    "METS.xml", "metadata/descriptive/EAD.xml", "metadata/preservation/PREMIS.xml",
    f"{REP}/METS.xml", f"{REP}/metadata/preservation/PREMIS_rep1.xml", f"{REP}/data",
    f"{REP}/metadata/descriptive", "schemas", "schemas/METS.xsd", "schemas/EAD.xsd",
    "schemas/EAD_doc.xsd", "metadata", "metadata/descriptive", "metadata/preservation",
    "representations", REP, f"{REP}/metadata",
]  # fmt: skip


@pytest.mark.req("RM-803", "AR-56")
@pytest.mark.parametrize("path", MANDATORY)
def test_each_mandatory_path_removed_is_found(root, path):
    target = root / path
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink()
    verdict = validate(root)
    missing = {f.place for f in verdict.findings if f.rule == "RM-803"}
    assert any(place == path or place.startswith(f"{path}/") for place in missing)
    assert not verdict.valid


METS_MUTATIONS = [
    # AR-57
    ("AR-57", "METS.xml", r'ID="uuid-([0-9A-F-]{36})"', lambda m: f'ID="uuid-{m[1].lower()}"'),
    ("AR-57", f"{REP}/METS.xml", r'<file ID="ID-', '<file ID="uuid-'),
    ("AR-57", "METS.xml", r'<fileSec ID="[^"]+"', '<fileSec ID="fileSec1"'),
    ("AR-57", "METS.xml", r'CHECKSUM="\w+" CHECKSUMTYPE=".*?"', 'CHECKSUM="0" CHECKSUMTYPE="MD5"'),
    ("AR-57", "METS.xml", r'CREATEDATE="[^"]+"', 'CREATEDATE="2026-11-22T10:30:15Z"'),
    ("AR-57", f"{REP}/METS.xml", r'CREATED="[^"]+" STATUS', 'CREATED="2026-11-22T10:30:15" STATUS'),
    # AR-58
    ("AR-58", "METS.xml", r' csip:OAISPACKAGETYPE="AIP"', ""),
    ("AR-58", "METS.xml", r' RECORDSTATUS="NEW"', ""),
    ("AR-58", "METS.xml", r'RECORDSTATUS="NEW"', 'RECORDSTATUS="OLD"'),
    ("AR-58", "METS.xml", r"<agent .*?</agent>", ""),
    ("AR-58", "METS.xml", r"<note .*?</note>", ""),
    ("AR-58", f"{REP}/METS.xml", r'<agent ROLE="CREATOR" TYPE="ORGANIZATION">.*?</agent>', ""),
    ("AR-58", f"{REP}/METS.xml", r">H49.64.33</note>", "></note>"),
    # AR-59
    ("AR-59", "METS.xml", r' MDTYPE="OTHER"', ""),
    ("AR-59", "METS.xml", r' MIMETYPE="text/xml"', ""),
    ("AR-59", "METS.xml", r' SIZE="\d+"', ""),
    ("AR-59", "METS.xml", r' CHECKSUM="[0-9a-f]+"', ""),
    ("AR-59", f"{REP}/METS.xml", r'(<file [^>]*) SIZE="\d+"', r"\1"),
    ("AR-59", "METS.xml", r'LABEL="CSIP"', 'LABEL="Other"'),
    ("AR-59", "METS.xml", r'TYPE="PHYSICAL"', 'TYPE="LOGICAL"'),
    ("AR-59", "METS.xml", r'LABEL="Schemas"', 'LABEL="schemas"'),
    ("AR-59", "METS.xml", r'(LABEL="Metadata" DMDID="[^"]+") ADMID="[^"]+"', r"\1"),
    ("AR-59", "METS.xml", r"<mptr .*?</mptr>|<mptr [^>]*/>", ""),
    ("AR-59", "METS.xml", r'USE="Schemas"', 'USE="schema"'),
    ("AR-59", f"{REP}/METS.xml", r'USE="Data"', 'USE="data"'),
    # AR-56
    ("AR-56", "METS.xml", r'OBJID="urn:uuid:', 'OBJID="urn:other:'),
    ("AR-56", "METS.xml", r' OBJID="[^"]+"', ""),
    ("AR-56", "METS.xml", r'OBJID="urn:uuid:9', 'OBJID="urn:uuid:8'),
    # AR-67: references between identifiers
    ("AR-67", f"{REP}/METS.xml", r'(LABEL="MetadataLink/File" DMDID=")[^"]+"', rf'\1uuid-{NIL}"'),
    ("AR-67", f"{REP}/METS.xml", r'FILEID="ID-[^"]+"', f'FILEID="ID-{NIL}"'),
    ("AR-67", "METS.xml", r'ADMID="[^"]+"', f'ADMID="uuid-{NIL}"'),
    ("AR-67", f"{REP}/METS.xml", r'<div [^>]*LABEL="MetadataLink/File".*?</div>', ""),
]  # fmt: skip


@pytest.mark.req("AR-56", "AR-57", "AR-58", "AR-59", "AR-67")
@pytest.mark.parametrize(
    ("rule", "path", "pattern", "replacement"), METS_MUTATIONS, ids=range(len(METS_MUTATIONS))
)
def test_each_mutation_of_a_mets_file_is_found_with_its_rule(
    root, rule, path, pattern, replacement
):
    edit(root, path, pattern, replacement)
    reseal(root)
    assert rule in rules(root)


@pytest.mark.req("AR-57")
def test_a_repeated_id_is_found(root):
    text = (root / "METS.xml").read_text("utf-8")
    identifier = re.search(r'<fileSec ID="([^"]+)"', text)[1]
    edit(root, "METS.xml", r'<structMap ID="[^"]+"', f'<structMap ID="{identifier}"')
    reseal(root)
    found = [f for f in validate(root).findings if f.rule == "AR-57"]
    assert [(f.field, f.value) for f in found] == [("ID", identifier)]


@pytest.mark.req("AR-57")
@pytest.mark.parametrize(
    "href", ["/etc/passwd", "file:///etc/passwd", "https://example.vn/x", "../../../etc/passwd"]
)
def test_an_absolute_or_escaping_href_is_found(root, href):
    edit(root, "METS.xml", r'xlink:href="metadata/descriptive/EAD.xml"', f'xlink:href="{href}"')
    found = [f for f in validate(root).findings if f.rule == "AR-57"]
    assert [(f.field, f.value) for f in found] == [("xlink:href", href)]


@pytest.mark.req("AR-67")
def test_a_changed_file_is_found_by_its_digest(root):
    target = root / REP / "data/Công văn số 1.pdf"
    data = bytearray(target.read_bytes())
    data[3] ^= 1
    target.write_bytes(bytes(data))
    (finding,) = validate(root).findings
    assert (finding.rule, finding.field) == ("AR-67", "CHECKSUM")
    assert "Công văn số 1.pdf" in finding.message


@pytest.mark.req("AR-67")
def test_a_wrong_size_is_found(root):
    edit(root, f"{REP}/METS.xml", r'(<file [^>]*)SIZE="\d+"', r'\1SIZE="99"')
    text = (root / REP / "METS.xml").read_bytes()
    edit(root, "METS.xml", r'SIZE="\d+"([^>]*)CHECKSUM="[^"]+"([^>]*>\s*<FLocat[^>]*rep1/METS.xml)',
         rf'SIZE="{len(text)}"\1CHECKSUM="{hashlib.sha256(text).hexdigest()}"\2')  # fmt: skip
    fields = {(f.rule, f.field) for f in validate(root).findings}
    assert fields == {("AR-67", "SIZE"), ("AR-67", "fixity")}


@pytest.mark.req("AR-67")
@pytest.mark.parametrize(
    "path", ["stray.txt", f"{REP}/data/stray.pdf", "documentation/x.pdf", "schemas/x.xsd"]
)
def test_a_file_that_nothing_refers_to_is_found(root, path):
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_bytes(b"x")
    found = [f for f in validate(root).findings if f.rule == "AR-67"]
    assert [f.place for f in found] == [path]


@pytest.mark.req("AR-67")
def test_a_reference_to_a_file_that_is_not_there_is_found(root):
    (root / REP / "data/Công văn số 1.pdf").unlink()
    (finding,) = [f for f in validate(root).findings if f.rule == "AR-67"]
    assert "Công văn số 1.pdf" in finding.message


@pytest.mark.req("AR-56")
def test_another_folder_name_is_found(root):
    other = root.rename(root.with_name("package"))
    (finding,) = validate(other).findings
    assert (finding.rule, finding.field) == ("AR-56", "folder")


@pytest.mark.req("AR-66")
def test_an_exe_is_found_and_every_listed_format_is_not(tmp_path):
    listed = [item.extension for item in cases.RULES.formats(cases.WHEN.date())]
    documents = [
        cases.packaged(n, cases.content(f"{n}".encode(), f"tệp{n}.{extension}"))
        for n, extension in enumerate([*listed, "exe"], 1)
    ]
    root = cases.build(tmp_path, cases.package(*documents))
    (finding,) = validate(root).findings
    assert (finding.rule, finding.value) == ("AR-66", "exe")


EAD_MUTATIONS = [
    ("RM-810", EAD, r"<title>.*?</title>", "<title></title>"),
    ("RM-810", EAD, r"<title>.*?</title>", f"<title>{'x' * 1001}</title>"),
    ("RM-810", EAD, r"<mode>01", "<mode>09"),
    ("RM-810", EAD, r"<startDate>[^<]+", "<startDate>31/02/2001"),
    ("RM-810", EAD, r"<keyword>.*?</keyword>", ""),
    ("RM-810", EAD, r"<riskRecoveryStatus>02", "<riskRecoveryStatus>"),
    ("RM-810", EAD, r"</simpledc>", "<extra/></simpledc>"),
    ("RM-810", EAD, r"<totalDoc>2", "<totalDoc>3"),
    ("AR-52", EAD, r"<paperFileCode>[^<]+", "<paperFileCode>"),
    ("AR-52", EAD, r"<numberOfPaper>[^<]+", "<numberOfPaper>"),
    ("AR-52", EAD, r"<format>[^<]+", "<format>"),
    ("AR-61", EAD, r"simpledc", "ead"),
    ("AR-61", EAD, r"<title>", "<title><b/>"),
    ("AR-68", EAD, r"<title>.*?</title>", "<title></title>"),
    ("RM-813", DOC1, r"<typeName>02", "<typeName>77"),
    ("RM-813", DOC1, r"<numberOfPage>3", "<numberOfPage>12345"),
    ("RM-813", DOC2, r"<docOrdinal>2", "<docOrdinal>1"),
    ("RM-807", DOC1, r"<docOrdinal>1", "<docOrdinal>5"),
    ("RM-807", DOC1, r"<arcFileCode>", "<arcFileCode>X"),
    ("RM-813", DOC1, r"<autograph>.*?</autograph>|<autograph */>", ""),
    ("RM-813", DOC1, r"<simpledc.*", "<broken"),
]  # fmt: skip


@pytest.mark.req("RM-807", "RM-810", "RM-813", "AR-52", "AR-61")
@pytest.mark.parametrize(
    ("rule", "path", "pattern", "replacement"), EAD_MUTATIONS, ids=range(len(EAD_MUTATIONS))
)
def test_each_mutation_of_a_description_is_found_with_its_rule(
    root, rule, path, pattern, replacement
):
    edit(root, path, pattern, replacement, count=0 if pattern == "simpledc" else 1)
    reseal(root)
    found = validate(root).findings
    assert rule in {f.rule for f in found if f.place.startswith(path)}
    assert {f.rule for f in found} <= {rule, "AR-68", "RM-810", "RM-813", "RM-807"}


PREMIS = "metadata/preservation/PREMIS.xml"
REP_PREMIS = f"{REP}/metadata/preservation/PREMIS_rep1.xml"
PREMIS_MUTATIONS = [
    ("AR-64", PREMIS, r">transfer</premis:eventType>", ">digitisation</premis:eventType>"),
    ("AR-64", PREMIS, r">transfer</premis:eventType>", ">capture</premis:eventType>"),
    ("AR-63", PREMIS, r"<premis:agent .*?</premis:agent>", ""),
    ("AR-63", PREMIS, r"<premis:event>.*</premis:event>", ""),
    ("AR-63", PREMIS, r"<premis:linkingAgentIdentifier>.*?</premis:linkingAgentIdentifier>", ""),
    ("AR-63", PREMIS, r"<premis:eventDateTime>.*?</premis:eventDateTime>", ""),
    ("AR-63", PREMIS, r"-8000-000000000002", "-8000-000000000001"),
    ("AR-63", REP_PREMIS, r"<premis:fixity>.*?</premis:fixity>", ""),
    ("AR-63", REP_PREMIS, r"<premis:size>.*?</premis:size>", ""),
    ("AR-63", REP_PREMIS, r"<premis:format>.*?</premis:format>", ""),
    ("AR-67", REP_PREMIS, r"<premis:size>\d+", "<premis:size>1"),
    ("AR-67", REP_PREMIS, r"<premis:messageDigest>....", "<premis:messageDigest>0000"),
    ("AR-67", REP_PREMIS, r"rep1/data/Công văn số 1.pdf", "rep1/data/other.pdf"),
    ("AR-63", PREMIS, r".*", "not xml"),
]  # fmt: skip


@pytest.mark.req("AR-63", "AR-64")
@pytest.mark.parametrize(
    ("rule", "path", "pattern", "replacement"), PREMIS_MUTATIONS, ids=range(len(PREMIS_MUTATIONS))
)
def test_each_mutation_of_premis_is_found_with_its_rule(root, rule, path, pattern, replacement):
    edit(root, path, pattern, replacement)
    reseal(root)
    assert rules(root) == {rule}


@pytest.mark.req("AR-68")
def test_data_that_breaks_the_schema_inside_is_reported_and_left_as_it_is(root):
    edit(root, "schemas/EAD_doc.xsd", r'name="docCode"', 'name="arcDocCode"')
    reseal(root)
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    found = validate(root).findings
    assert {(f.rule, f.place.rsplit("/", 1)[-1]) for f in found} == {
        ("AR-68", "EAD_doc_0000001.xml"),
        ("AR-68", "EAD_doc_0000002.xml"),
    }
    assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before


@pytest.mark.req("AR-68")
def test_a_schema_inside_that_is_no_schema_is_reported(root):
    (root / "schemas/EAD.xsd").write_bytes(b"<x/>")
    reseal(root)
    assert rules(root) == {"AR-68"}


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><mets>&b;</mets>'


@pytest.mark.parametrize(
    "data",
    [LAUGHS, b"", b"\x00" * 1000, b"<mets>" * 5000, b'<a b="' + b"x" * 3_000_000 + b'"/>',
     b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', b"<mods/>"],
)  # fmt: skip
@pytest.mark.parametrize(
    "path",
    ["METS.xml", f"{REP}/METS.xml", "metadata/descriptive/EAD.xml", PREMIS, "schemas/EAD.xsd"],
)
def test_hostile_xml_in_any_place_is_a_finding_and_no_exception(root, path, data):
    (root / path).write_bytes(data)
    assert not validate(root).valid


def zipped(root: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                out.write(path, f"{root.name}/{path.relative_to(root).as_posix()}")
    return target


def test_a_zip_of_a_valid_package_is_valid(root, tmp_path):
    verdict = validate(zipped(root, tmp_path / "x.zip"))
    assert verdict.findings == ()
    assert verdict.object_id.startswith("urn:uuid:")


def hostile_zip(tmp_path: Path, root: Path, name: str) -> Path:
    target = zipped(root, tmp_path / "x.zip")
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as out:
        if name == "huge":
            with out.open(f"{root.name}/{REP}/data/huge.pdf", "w", force_zip64=True) as entry:
                for _ in range(1024):
                    entry.write(bytes(1024 * 1024))
        elif name == "link":
            info = zipfile.ZipInfo(f"{root.name}/link.pdf")
            info.external_attr = 0o120777 << 16
            out.writestr(info, "/etc/passwd")
        else:
            out.writestr(name, b"x")
    return target


@pytest.mark.req("AR-67")
@pytest.mark.parametrize(
    "name", ["huge", "link", "../out.txt", "/abs.txt", "C:\\x.txt", "a/../../b"]
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_hostile_entry_in_a_zip_is_found_and_not_read(root, tmp_path, name):
    verdict = validate(hostile_zip(tmp_path, root, name))
    assert not verdict.valid
    assert any("Mục trong tệp nén" in f.message for f in verdict.findings)
    assert verdict.bytes < 10_000_000


def test_a_zip_that_claims_a_gigabyte_in_a_few_bytes_is_refused_quickly(root, tmp_path):
    target = zipped(root, tmp_path / "x.zip")
    data = bytearray(target.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 1 << 30)
    target.write_bytes(bytes(data))
    verdict = validate(target)
    assert any("tỉ lệ bất thường" in f.message for f in verdict.findings)


@pytest.mark.parametrize("damage", ["truncated", "garbage", "empty", "crc", "missing"])
def test_a_damaged_zip_is_a_finding_and_no_exception(root, tmp_path, damage):
    target = zipped(root, tmp_path / "x.zip")
    data = bytearray(target.read_bytes())
    if damage == "truncated":
        data = data[: len(data) // 2]
    elif damage == "garbage":
        data = bytearray(b"PK\x05\x06" + b"\xff" * 5000)
    elif damage == "empty":
        data = bytearray()
    elif damage == "crc":
        data[len(data) // 3] ^= 0xFF
    target.write_bytes(bytes(data))
    if damage == "missing":
        target.unlink()
    assert not validate(target).valid


def test_limits_bound_a_package(root):
    assert not validate(root, limits=PackageLimits(files=5)).valid
    assert not validate(root, limits=PackageLimits(total_bytes=100)).valid
    assert not validate(root, limits=PackageLimits(depth=1)).valid


def test_a_link_in_a_folder_is_found_and_not_followed(root):
    (root / "link.pdf").symlink_to("/etc/passwd")
    os.mkfifo(root / "pipe.pdf")
    (root / "loop").symlink_to(root)
    found = {f.place for f in validate(root).findings}
    assert found == {"link.pdf", "pipe.pdf", "loop"}


def test_findings_are_bounded(root):
    divisions = "".join(
        f'<div ID="x{n}" LABEL="y" DMDID="nowhere{n}"/>' for n in range(MAX_FINDINGS)
    )
    edit(root, "METS.xml", "</structMap>", f"<div>{divisions}</div></structMap>")
    assert len(validate(root).findings) == MAX_FINDINGS + 1


def test_no_package_of_the_eark_corpus_raises():
    corpus = CORPORA / "eark-ip-test-corpus"
    if not corpus.is_dir():
        pytest.skip("SKIPPED: the E-ARK corpus of ../shared/corpora is absent")
    packages = sorted(
        {p.parent for p in corpus.rglob("METS.xml") if "representations" not in p.parts}
    )
    assert len(packages) > 100
    for package in packages[::6]:
        assert isinstance(validate(package).valid, bool)
