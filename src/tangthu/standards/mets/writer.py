"""Writing METS 1.12 in a stream."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from tangthu.standards.mets.model import (
    Division,
    FileGroup,
    Header,
    MetadataRef,
    Mets,
)
from tangthu.standards.mets.references import href_of
from tangthu.standards.xml import XmlWriter

NS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
_M = f"{{{NS}}}"
_L = f"{{{XLINK}}}"
_C = f"{{{CSIP}}}"


def write_mets(out: BinaryIO, mets: Mets) -> None:
    """Write `mets` to `out` as UTF-8. Raises `ForbiddenCharacterError`.

    A metadata section with no references is left out, since METS wants at least one in it.
    """
    nsmap = {None: NS, "xlink": XLINK, "xsi": XSI, "csip": CSIP}
    locations = " ".join(f"{namespace} {place}" for namespace, place in mets.schema_locations)
    root = {
        f"{{{XSI}}}schemaLocation": locations or None,
        "OBJID": mets.object_id,
        "LABEL": mets.label or None,
        "TYPE": mets.type,
        f"{_C}CONTENTINFORMATIONTYPE": mets.content_type,
        f"{_C}OTHERCONTENTINFORMATIONTYPE": mets.other_content_type,
        "PROFILE": mets.profile,
    }
    with XmlWriter(out, nsmap) as xml, xml.element(f"{_M}mets", root):
        _header(xml, mets.header)
        for reference in mets.descriptive:
            with xml.element(f"{_M}dmdSec", _section(reference)):
                _reference(xml, reference)
        _provenance(xml, mets.administrative_id, mets.provenance)
        with xml.element(f"{_M}fileSec", {"ID": mets.file_section_id}):
            for group in mets.groups:
                _group(xml, group)
        attributes = {"ID": mets.structure_id, "TYPE": "PHYSICAL", "LABEL": "CSIP"}
        with xml.element(f"{_M}structMap", attributes):
            _division(xml, mets.structure)


def _header(xml: XmlWriter, header: Header) -> None:
    attributes = {
        "CREATEDATE": header.created,
        "LASTMODDATE": header.modified,
        "RECORDSTATUS": header.status,
        f"{_C}OAISPACKAGETYPE": header.package_type,
    }
    with xml.element(f"{_M}metsHdr", attributes):
        for agent in header.agents:
            named = {"ROLE": agent.role, "TYPE": agent.type, "OTHERTYPE": agent.other_type}
            with xml.element(f"{_M}agent", named):
                xml.leaf(f"{_M}name", agent.name)
                if agent.note is not None:
                    xml.leaf(f"{_M}note", agent.note, {f"{_C}NOTETYPE": agent.note_type})


def _provenance(xml: XmlWriter, section_id: str, references: Iterable[MetadataRef]) -> None:
    iterator = iter(references)
    first = next(iterator, None)
    if first is None:
        return
    with xml.element(f"{_M}amdSec", {"ID": section_id}):
        for reference in (first, *iterator):
            with xml.element(f"{_M}digiprovMD", _section(reference)):
                _reference(xml, reference)


def _section(reference: MetadataRef) -> dict[str, str | None]:
    return {
        "ID": reference.section_id,
        "CREATED": reference.created,
        "STATUS": reference.status,
    }


def _reference(xml: XmlWriter, reference: MetadataRef) -> None:
    xml.leaf(
        f"{_M}mdRef",
        None,
        {
            "ID": reference.id,
            "LOCTYPE": "URL",
            f"{_L}type": "simple",
            f"{_L}href": href_of(reference.path),
            "MDTYPE": reference.type,
            "OTHERMDTYPE": reference.other_type,
            "MDTYPEVERSION": reference.type_version,
            "MIMETYPE": reference.media_type,
            "SIZE": str(reference.size),
            "CREATED": reference.created,
            "CHECKSUM": reference.sha256,
            "CHECKSUMTYPE": "SHA-256",
        },
    )


def _group(xml: XmlWriter, group: FileGroup) -> None:
    attributes = {
        "ID": group.id,
        "USE": group.use,
        f"{_C}CONTENTINFORMATIONTYPE": group.content_type,
        f"{_C}OTHERCONTENTINFORMATIONTYPE": group.other_content_type,
    }
    with xml.element(f"{_M}fileGrp", attributes):
        for entry in group.files:
            described = {
                "ID": entry.id,
                "MIMETYPE": entry.media_type,
                "SIZE": str(entry.size),
                "CREATED": entry.created,
                "CHECKSUM": entry.sha256,
                "CHECKSUMTYPE": "SHA-256",
            }
            located = {
                "LOCTYPE": "URL",
                f"{_L}type": "simple",
                f"{_L}href": href_of(entry.path),
                f"{_L}title": entry.title,
            }
            with xml.element(f"{_M}file", described):
                xml.leaf(f"{_M}FLocat", None, located)


def _division(xml: XmlWriter, division: Division) -> None:
    attributes = {
        "ID": division.id,
        "LABEL": division.label,
        "DMDID": " ".join(division.metadata) or None,
        "ADMID": " ".join(division.administrative) or None,
    }
    with xml.element(f"{_M}div", attributes):
        for pointer in division.pointers:
            target = {
                "LOCTYPE": "URL",
                f"{_L}type": "simple",
                f"{_L}href": href_of(pointer.path),
                f"{_L}title": pointer.title,
            }
            xml.leaf(f"{_M}mptr", None, target)
        for identifier in division.targets:
            xml.leaf(f"{_M}fptr", None, {"FILEID": identifier})
        for child in division.children:
            _division(xml, child)
