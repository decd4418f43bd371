"""AIP_hoso: planned, carried out, valid by the published schemas, equal when read back."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import tt05_cases as cases
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tangthu.standards.premis import Event, Identifier, Link
from tangthu.standards.tt05 import aip_hoso
from tangthu.standards.tt05.errors import PackageRefusedError
from tangthu.standards.tt05.materialise import materialise
from tangthu.standards.tt05.names import data_names
from tangthu.standards.tt05.package import ExtraMetadata
from tangthu.standards.tt05.reader import read_package
from tangthu.standards.tt05.validator import validate

CORPORA = Path(os.environ.get("TANGTHU_CORPORA", Path(__file__).parents[4] / "shared/corpora"))
SCHEMAS = CORPORA / "schemas"
METS = {"m": "http://www.loc.gov/METS/", "x": "http://www.w3.org/1999/xlink",
        "c": "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"}  # fmt: skip
CSIP = f"{{{METS['c']}}}"


def refused(made):
    with pytest.raises(PackageRefusedError) as caught:
        aip_hoso.plan(made, Path("/nonexistent"), cases.RULES)
    return {(f.rule, f.field) for f in caught.value.findings}


@pytest.mark.req("RM-803", "AR-56")
def test_the_tree_is_that_of_the_circular(tmp_path):
    root = cases.build(tmp_path)
    assert root.name == "urn_uuid_9C13E70E-4B1E-4F7B-9D0E-2F6C5A1B7D10"
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    rep = "representations/rep1"
    assert paths == sorted([
        "METS.xml", "metadata/descriptive/EAD.xml", "metadata/preservation/PREMIS.xml",
        f"{rep}/METS.xml", f"{rep}/metadata/descriptive/EAD_doc_0000001.xml",
        f"{rep}/metadata/descriptive/EAD_doc_0000002.xml",
        f"{rep}/metadata/preservation/PREMIS_rep1.xml",
        f"{rep}/data/Công văn số 1.pdf", f"{rep}/data/Công văn số 2.pdf",
        "schemas/METS.xsd", "schemas/EAD.xsd", "schemas/EAD_doc.xsd", "schemas/xlink.xsd",
        "schemas/DILCISExtensionMETS.xsd",
    ])  # fmt: skip


def oracle(name):
    if not SCHEMAS.is_dir():
        pytest.skip("SKIPPED: schemas of ../shared/corpora are absent")

    class Local(etree.Resolver):
        def resolve(self, url, pubid, context):
            return self.resolve_filename(str(SCHEMAS / url.rsplit("/", 1)[-1]), context)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    if name != "mets":
        return etree.XMLSchema(etree.parse(str(SCHEMAS / name), parser))
    union = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
        '<xs:import namespace="http://www.loc.gov/METS/" schemaLocation="mets-1.12.1.xsd"/>'
        f'<xs:import namespace="{METS["c"]}" schemaLocation="DILCISExtensionMETS.xsd"/></xs:schema>'
    )
    return etree.XMLSchema(etree.fromstring(union, parser, base_url="union.xsd"))


@pytest.mark.req("AR-63")
def test_every_mets_and_premis_is_valid_by_the_published_schemas(tmp_path):
    mets, premis = oracle("mets"), oracle("premis-v3-0.xsd")
    document = cases.packaged(1, cases.content(b"a", "a.pdf"), cases.content(b"b", "b.docx"))
    root = cases.build(tmp_path, cases.package(document, label="Hồ sơ", extra={"khóa": "giá trị"}))
    for path in root.rglob("METS.xml"):
        mets.assertValid(etree.parse(str(path)))
    found = list(root.rglob("PREMIS*.xml"))
    assert len(found) == 2
    for path in found:
        premis.assertValid(etree.parse(str(path)))


def test_our_validator_finds_nothing(tmp_path):
    document = cases.packaged(2, cases.content(b"a", "a.pdf"), cases.content(b"b", "b.docx"))
    root = cases.build(tmp_path, cases.package(cases.packaged(1), document, extra={"k": "v"}))
    verdict = validate(root)
    assert verdict.findings == ()
    assert (verdict.package_type, verdict.files) == ("AIP", 16)


@pytest.mark.req("AR-58")
def test_the_headers_name_date_type_software_and_fonds(tmp_path):
    root = cases.build(tmp_path, cases.package(record_status="SUPPLEMENT"))
    header = etree.parse(str(root / "METS.xml")).find("m:metsHdr", METS)
    assert header.get("CREATEDATE") == "2026-11-22T10:30:15.123+07:00"
    assert header.get("RECORDSTATUS") == "SUPPLEMENT"
    assert header.get(f"{CSIP}OAISPACKAGETYPE") == "AIP"
    (agent,) = header
    assert (agent.get("ROLE"), agent.get("TYPE"), agent.get("OTHERTYPE")) == (
        "CREATOR",
        "OTHER",
        "SOFTWARE",
    )
    assert [child.text for child in agent] == ["Tàng Thư", "0.1.0"]
    rep = etree.parse(str(root / "representations/rep1/METS.xml")).find("m:metsHdr", METS)
    owner = rep[0]
    assert owner.get("TYPE") == "ORGANIZATION"
    note = owner.find("m:note", METS)
    assert (note.get(f"{CSIP}NOTETYPE"), note.text) == ("IDENTIFICATIONCODE", "H49.64.33")


@pytest.mark.req("AR-59")
def test_every_reference_has_size_and_digest_of_what_it_names_and_the_map_joins_them(tmp_path):
    root = cases.build(tmp_path)
    for folder in (root, root / "representations/rep1"):
        tree = etree.parse(str(folder / "METS.xml"))
        named = tree.findall(".//m:mdRef", METS) + tree.findall(".//m:file", METS)
        assert named
        for element in named:
            location = element if element.get("LOCTYPE") else element.find("m:FLocat", METS)
            from urllib.parse import unquote

            data = (folder / unquote(location.get(f"{{{METS['x']}}}href"))).read_bytes()
            assert element.get("SIZE") == str(len(data))
            assert element.get("CHECKSUM") == hashlib.sha256(data).hexdigest()
            assert element.get("CHECKSUMTYPE") == "SHA-256"
    rep = etree.parse(str(root / "representations/rep1/METS.xml"))
    joins = [d for d in rep.iterfind(".//m:div", METS) if d.get("LABEL") == "MetadataLink/File"]
    sections = {
        s.get("ID"): s[0].get(f"{{{METS['x']}}}href") for s in rep.iterfind("m:dmdSec", METS)
    }
    files = {
        f.get("ID"): f[0].get(f"{{{METS['x']}}}title") for f in rep.iterfind(".//m:file", METS)
    }
    assert [(sections[d.get("DMDID")], files[d[0].get("FILEID")]) for d in joins] == [
        ("metadata/descriptive/EAD_doc_0000001.xml", "Công văn số 1.pdf"),
        ("metadata/descriptive/EAD_doc_0000002.xml", "Công văn số 2.pdf"),
    ]


@pytest.mark.req("AR-51")
def test_a_digitised_file_becomes_an_aip(tmp_path):
    root = cases.build(tmp_path, cases.package(digitised=True))
    for path in (root / "METS.xml", root / "representations/rep1/METS.xml"):
        header = etree.parse(str(path)).find("m:metsHdr", METS)
        assert header.get(f"{CSIP}OAISPACKAGETYPE") == "AIP"


def test_what_was_packaged_is_read_back_equal(tmp_path):
    record = UUID("00000000-0000-4000-8000-000000000001")
    one = replace(
        cases.packaged(1, cases.content(b"a", "Thư.pdf"), cases.content(b"b", "b\x01.docx")),
        id=record,
    )
    made = cases.package(one, cases.packaged(2))
    read = read_package(cases.build(tmp_path, made))
    assert (read.id, read.fonds_code, read.organisation) == (
        made.id,
        made.fonds_code,
        made.organisation,
    )
    assert read.dossier == made.dossier
    assert [d.description for d in read.documents] == [d.description for d in made.documents]
    assert read.documents[0].id == record
    assert read.events == made.events
    assert read.agents == made.agents
    assert read.findings == ()
    for got, given_document in zip(read.documents, made.documents, strict=True):
        for file, content in zip(got.files, given_document.files, strict=True):
            assert (file.original_name, file.size, file.sha256, file.pronom_id) == (
                content.original_name, content.size, content.sha256, content.pronom_id,
            )  # fmt: skip


def test_equal_input_gives_equal_bytes(tmp_path):
    made = cases.package(extra={"b": "2", "a": "1"})
    plans = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        plans.append(aip_hoso.plan(made, tmp_path / name, cases.RULES))
    assert [(f.path, f.sha256) for f in plans[0].files] == [
        (f.path, f.sha256) for f in plans[1].files
    ]
    assert plans[0].mets_sha256 == plans[1].mets_sha256


def test_content_is_planned_from_where_it_lies(tmp_path):
    original = tmp_path / "Gốc.pdf"
    original.write_bytes(b"abc")
    made = cases.package(cases.packaged(1, cases.content(b"abc", "Gốc.pdf", source=original)))
    (tmp_path / "work").mkdir()
    plan = aip_hoso.plan(made, tmp_path / "work", cases.RULES)
    planned = next(f for f in plan.files if "/data/" in f.path)
    assert planned.source == original
    assert not list((tmp_path / "work").rglob("data"))


def test_a_source_that_changed_since_the_plan_is_refused(tmp_path):
    original = tmp_path / "a.pdf"
    original.write_bytes(b"abc")
    made = cases.package(cases.packaged(1, cases.content(b"abc", "a.pdf", source=original)))
    (tmp_path / "work").mkdir()
    plan = aip_hoso.plan(made, tmp_path / "work", cases.RULES)
    original.write_bytes(b"abd")
    with pytest.raises(PackageRefusedError):
        materialise(plan, tmp_path / "out")


@pytest.mark.req("AR-63")
def test_a_later_version_carries_all_earlier_events(tmp_path):
    first = cases.package()
    later = Event(
        Identifier("UUID", "0192F0B1-0000-7000-8000-000000000003"), "fixity check",
        "2027-01-01T00:00:00.000+07:00", outcome="success", agents=(Link(cases.SOFTWARE),),
    )  # fmt: skip
    second = cases.package(
        events=(*first.events, later), record_status="REPLACEMENT",
        modified=cases.WHEN + timedelta(days=40),
    )  # fmt: skip
    read = read_package(cases.build(tmp_path, second))
    assert read.events == (*first.events, later)
    assert read.record_status == "REPLACEMENT"
    assert (read.created, read.modified) == (
        "2026-11-22T10:30:15.123+07:00",
        "2027-01-01T10:30:15.123+07:00",
    )


def test_an_event_on_one_file_lies_beside_that_file(tmp_path):
    file = UUID("00000000-0000-4000-8000-00000000000a")
    event = Event(
        Identifier("UUID", "0192F0B1-0000-7000-8000-000000000004"), "virus check",
        "2026-11-21T00:00:00.000+07:00", agents=(Link(cases.SOFTWARE),),
        objects=(Link(Identifier("UUID", str(file).upper())),),
    )  # fmt: skip
    document = cases.packaged(1, cases.content(b"a", "a.pdf", id=file))
    root = cases.build(tmp_path, cases.package(document, events=(*cases.events(), event)))
    inner = (root / "representations/rep1/metadata/preservation/PREMIS_rep1.xml").read_text("utf-8")
    outer = (root / "metadata/preservation/PREMIS.xml").read_text("utf-8")
    assert "virus check" in inner and "virus check" not in outer
    assert "<premis:agentName>" in inner
    assert validate(root).valid


def test_proof_bundles_are_referenced_with_size_and_digest(tmp_path):
    bundle = b'{"proof":1}'
    item = ExtraMetadata(
        name="integrity/a.rproof.json", source=bundle, size=len(bundle),
        sha256=hashlib.sha256(bundle).hexdigest(), media_type="application/json",
        other_type="RIL-BUNDLE", created=cases.WHEN,
    )  # fmt: skip
    root = cases.build(tmp_path, cases.package(metadata=(item,)))
    assert (root / "metadata/preservation/integrity/a.rproof.json").read_bytes() == bundle
    reference = etree.parse(str(root / "METS.xml")).find(
        ".//m:mdRef[@OTHERMDTYPE='RIL-BUNDLE']", METS
    )
    assert (reference.get("MDTYPE"), reference.get("SIZE")) == ("OTHER", str(len(bundle)))
    assert validate(root).valid


HOSTILE = [
    "../../etc/passwd", "/etc/passwd", "..", ".", "con", "NUL.pdf", "a\\b.pdf", "C:\\x.pdf",
    "a\x00b",
    "dòng\nmới.pdf", "x" * 300 + ".pdf", "trailing. ", "a.pdf", "A.pdf", "a.pdf", "\udcff.pdf",
    "é.pdf", "e\u0301.pdf", "pct:a", "?*|<>\".pdf", "./x", "tab\t.pdf", "\ufffe.pdf", " ", "%2e%2e",
    "a;b&c=d#e.pdf", "METS.xml",
]  # fmt: skip


def test_hostile_names_stay_inside_and_are_remembered_exactly(tmp_path):
    documents = [
        cases.packaged(n, cases.content(f"{n}".encode(), name)) for n, name in enumerate(HOSTILE, 1)
    ]
    root = cases.build(tmp_path, cases.package(*documents))
    data = root / "representations/rep1/data"
    assert len([p for p in data.rglob("*") if p.is_file()]) == len(HOSTILE)
    read = read_package(root)
    assert [d.files[0].original_name for d in read.documents] == HOSTILE
    for n, got in enumerate(read.documents, 1):
        assert (root / got.files[0].path).read_bytes() == f"{n}".encode()
    assert {f.rule for f in validate(root).findings} <= {"AR-66"}


@given(
    st.lists(
        st.binary(max_size=40).map(lambda b: b.decode("utf-8", "surrogateescape")), max_size=12
    )
)
@settings(max_examples=200)
def test_data_names_are_distinct_single_safe_segments(originals):
    names = list(data_names(originals))
    assert len(names) == len(originals)
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert name not in ("", ".", "..")
        assert "/" not in name and "\\" not in name and "\x00" not in name
        assert len(name.encode("utf-8")) <= 255


def test_an_ordinary_name_and_both_unicode_forms_are_kept():
    originals = [
        "Công văn số 12.pdf",
        "e\u0301.pdf",
        "é.pdf",
        "001.03.08.H30.81.2024.K4.01.01.001.pdf",
    ]
    assert list(data_names(originals)) == originals


@pytest.mark.req("AR-52")
def test_a_digitised_file_without_its_paper_code_is_not_packaged():
    assert refused(cases.package(dossier=cases.dossier(paper_file_code=""))) == {
        ("AR-52", "paperFileCode")
    }


UNHASHED = cases.packaged(1, cases.content(b"", "a", sha256="00"))
STRANGER = cases.packaged(1, archive_file_code="X.2001.1")
MISCODED = cases.packaged(1, record_archive_code="H49.64.33.2001.160.0000002")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"documents": ()}, ("RM-803", "documents")),
        ({"events": ()}, ("AR-63", "events")),
        ({"agents": ()}, ("AR-63", "agent")),
        ({"fonds_code": ""}, ("AR-58", "fonds_code")),
        ({"record_status": "OLD"}, ("AR-58", "RECORDSTATUS")),
        ({"events": cases.events() * 2}, ("AR-63", "eventIdentifier")),
        ({"documents": (cases.packaged(1), cases.packaged(1))}, ("RM-813", "docOrdinal")),
        ({"documents": (replace(cases.packaged(1), files=()),)}, ("AR-67", "files")),
        ({"documents": (UNHASHED,)}, ("AR-59", "sha256")),
        ({"documents": (STRANGER,)}, ("RM-807", "arcFileCode")),
        ({"documents": (MISCODED,)}, ("RM-807", "docCode")),
    ],
)  # fmt: skip
def test_what_does_not_make_a_package_is_refused_with_its_rule(change, expected):
    assert expected in refused(cases.package(**change))


@pytest.mark.req("AR-64")
def test_an_event_outside_the_vocabulary_is_refused():
    event = replace(cases.events()[0], type="registration")
    assert ("AR-64", "eventType") in refused(cases.package(events=(event,)))


def test_what_the_archive_tolerates_is_packaged_and_still_reported(tmp_path):
    made = cases.package(cases.packaged(1, issued_on=None))
    assert refused(made) == {("RM-813", "issuedDate")}
    (tmp_path / "w").mkdir()
    plan = aip_hoso.plan(
        made, tmp_path / "w", cases.RULES, tolerate=lambda finding: finding.field == "issuedDate"
    )
    root = materialise(plan, tmp_path / "out")
    assert [(f.rule, f.field) for f in validate(root).findings] == [("RM-813", "issuedDate")]
