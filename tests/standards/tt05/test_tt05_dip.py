"""A DIP: what TT05 PL V asks of it, and what our validator says of good and of broken ones."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from tests.standards.tt05 import tt05_cases as cases
from tests.standards.tt05.dip_cases import AIP_OBJID, build, described, package, packaged, request

from tangthu.standards.tt05.errors import PackageRefusedError
from tangthu.standards.tt05.reader import read_package
from tangthu.standards.tt05.validator import validate
from tangthu.standards.xml import ForbiddenCharacterError

# Of the 21 fields of a SIP (RM-812): arcDocCode for docCode, organName left out (RM-813).
ELEMENTS = [
    "docId", "arcDocCode", "maintenance", "typeName", "codeNumber", "codeNotation", "issuedDate",
    "subject", "language", "numberOfPage", "inforSign", "keyword", "mode", "confidenceLevel",
    "autograph", "format", "riskRecovery", "riskRecoveryStatus", "process", "description",
]  # fmt: skip
REQUEST = [
    "requestID", "requestDate", "purpose", "purposeContent", "feeObjectType", "researchTopic",
    "description",
]  # fmt: skip
DOC = "representations/rep1/metadata/descriptive/EAD_doc_0000001.xml"
EAD = "metadata/descriptive/EAD.xml"


def elements(path: Path) -> list[str]:
    return [str(child.tag) for child in etree.parse(path).getroot()]


@pytest.mark.req("RM-813")
def test_the_ead_doc_of_a_dip_has_arc_doc_code_and_no_organ_name(tmp_path: Path) -> None:
    document = build(tmp_path) / DOC
    assert elements(document) == ELEMENTS
    assert "organName" not in document.read_text(encoding="utf-8")
    assert "Ủy ban nhân dân tỉnh" not in document.read_text(encoding="utf-8")
    of_aip = elements(cases.build(tmp_path / "aip") / DOC)
    assert len(of_aip) == 19
    assert {"organName", "docCode"} <= set(of_aip)
    assert "arcDocCode" not in of_aip


@pytest.mark.req("RM-813")
def test_a_dip_describes_its_request_and_says_what_it_is(tmp_path: Path) -> None:
    root = build(tmp_path)
    assert root.name == "uuid-5D1F4A62-8A3B-4C1E-9B0A-3F1F6F6F0A11"
    assert elements(root / EAD) == REQUEST
    mets = (root / "METS.xml").read_text(encoding="utf-8")
    for said in (
        'OAISPACKAGETYPE="DIP"',
        'TYPE="MIXED"',
        'PROFILE="https://earkdip.dilcis.eu/profile/E-ARK-DIP.xml"',
        f'OBJID="{root.name}"',
    ):
        assert said in mets
    premis = (root / "metadata/preservation/PREMIS.xml").read_text(encoding="utf-8")
    assert AIP_OBJID in premis, "where the content comes from"


@pytest.mark.req("RM-813")
def test_a_dip_is_valid_as_a_folder_and_as_a_zip_and_reads_back(tmp_path: Path) -> None:
    root = build(tmp_path)
    verdict = validate(root)
    assert verdict.findings == ()
    assert (verdict.package_type, verdict.origin) == ("DIP", "connected")
    packed = tmp_path / f"{root.name}.zip"
    with zipfile.ZipFile(packed, "w") as out:
        for path in sorted(root.rglob("*")):
            out.write(path, path.relative_to(root.parent).as_posix())
    assert validate(packed).findings == ()
    read = read_package(packed)
    assert read.request == request()
    assert [one.description for one in read.documents] == [
        replace(described(n), ordinal=None, issuer="", has_process_file=None) for n in (1, 2)
    ]
    given = [file for one in package().documents for file in one.files]
    found = [file for one in read.documents for file in one.files]
    assert [(f.original_name, f.size, f.sha256) for f in found] == [
        (f.original_name, f.size, f.sha256) for f in given
    ]


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    one, two = build(tmp_path / "a"), build(tmp_path / "b")
    for path in one.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (two / path.relative_to(one)).read_bytes()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"request_code": ""}, "requestID"),
        ({"purpose_code": "04"}, "purpose"),
        ({"purpose_code": ""}, "purpose"),
        ({"purpose_text": ""}, "purposeContent"),
        ({"purpose_text": "x" * 501}, "purposeContent"),
        ({"fee_class": "11"}, "feeObjectType"),
        ({"requested_on": None}, "requestDate"),
        ({"research_topic": "x" * 251}, "researchTopic"),
        ({"note": "a\x0bb"}, "description"),
    ],
)
def test_a_request_that_breaks_the_rules_makes_no_dip(
    tmp_path: Path, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(PackageRefusedError) as caught:
        build(tmp_path, package(request=request(**changes)))
    assert field in {one.field for one in caught.value.findings}


def test_a_document_stands_in_a_dip_once(tmp_path: Path) -> None:
    twice = (packaged(1), packaged(2, record_archive_code=described(1).record_archive_code))
    with pytest.raises(PackageRefusedError):
        build(tmp_path, package(*twice))


def test_a_doc_id_that_is_longer_than_its_place_is_told_and_not_cut(tmp_path: Path) -> None:
    made = package(packaged(1, record_id="H49.64.33.2001.160.0000001"))
    verdict = validate(build(tmp_path, made))
    assert verdict.valid
    assert [(one.rule, one.field, one.severity) for one in verdict.findings] == [
        ("RM-813", "docId", "warning")
    ]


def swap(path: str, old: str, new: str) -> Callable[[Path], None]:
    """A change of a file: the first place that the pattern `old` finds becomes `new`."""

    def change(root: Path) -> None:
        text = (root / path).read_text(encoding="utf-8")
        changed, count = re.subn(old, new, text, count=1)
        assert count == 1
        (root / path).write_text(changed, encoding="utf-8")

    return change


BROKEN: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "an AIP's docCode": (
        swap(DOC, "<arcDocCode>(.*?)</arcDocCode>", r"<docCode>\1</docCode>"), "RM-813", "docCode",
    ),
    "an issuer": (swap(DOC, "<mode>", "<organName>UBND</organName><mode>"), "RM-813", "organName"),
    "no docId": (swap(DOC, "<docId>.*?</docId>", ""), "RM-813", "docId"),
    "no purpose": (swap(EAD, "<purpose>02</purpose>", ""), "RM-816", "purpose"),
    "an unknown purpose": (swap(EAD, "<purpose>02", "<purpose>09"), "RM-816", "purpose"),
    "a file's title": (swap(EAD, "<requestID>", "<title>x</title><requestID>"), "RM-816", "title"),
    "an AIP's OBJID": (swap("METS.xml", 'OBJID="uuid-', 'OBJID="urn:uuid:'), "AR-56", "OBJID"),
    "an AIP's PROFILE": (
        swap("METS.xml", 'PROFILE=".*?"', 'PROFILE="http://www.ra.ee/METS/v01/IP.xml"'),
        "AR-56", "PROFILE",
    ),
}  # fmt: skip


@pytest.mark.req("RM-813")
@pytest.mark.parametrize("what", BROKEN)
def test_what_does_not_belong_in_a_dip_is_named(tmp_path: Path, what: str) -> None:
    change, rule, field = BROKEN[what]
    root = build(tmp_path)
    change(root)
    found = {(one.rule, one.field) for one in validate(root).findings}
    assert (rule, field) in found, found


def test_changed_and_missing_content_is_found(tmp_path: Path) -> None:
    root = build(tmp_path)
    data = sorted((root / "representations/rep1/data").iterdir())
    data[0].write_bytes(b"other")
    data[1].unlink()
    rules = [one.rule for one in validate(root).findings if one.severity == "error"]
    assert rules.count("AR-67") >= 3


def test_each_mandatory_path_that_is_removed_is_found(tmp_path: Path) -> None:
    root = build(tmp_path)
    for path in ("METS.xml", EAD, "representations/rep1/METS.xml", "schemas/EAD_doc.xsd", DOC):
        copy = tmp_path / "copy" / root.name
        shutil.copytree(root, copy)
        (copy / path).unlink()
        assert not validate(copy).valid, path
        shutil.rmtree(copy)


@pytest.mark.parametrize(
    "hostile",
    [
        b"", b"<", b"\x00" * 100, b"<simpledc/>",
        b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><simpledc>&a;</simpledc>",
        b"<simpledc>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</simpledc>",
    ],
)  # fmt: skip
def test_hostile_descriptions_are_findings_and_never_errors(tmp_path: Path, hostile: bytes) -> None:
    for number, path in enumerate((EAD, DOC)):
        root = build(tmp_path / str(number))
        (root / path).write_bytes(hostile)
        verdict = validate(root)
        assert not verdict.valid
        assert "root:" not in repr(verdict.findings)


def test_a_character_that_xml_forbids_makes_no_dip(tmp_path: Path) -> None:
    with pytest.raises(ForbiddenCharacterError):
        build(tmp_path, package(packaged(1, subject="a\x00b")))
