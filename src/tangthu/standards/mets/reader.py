"""Reading METS in a stream: items in document order, attributes as they stand, nothing judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from lxml import etree

from tangthu.standards.mets.writer import CSIP, NS, XLINK
from tangthu.standards.xml import Limits, MalformedXmlError, XmlSource, local_name, walk

_M = f"{{{NS}}}"
_L = f"{{{XLINK}}}"
_C = f"{{{CSIP}}}"


@dataclass(frozen=True, slots=True)
class RootItem:
    """The root's attributes; empty text where one is missing."""

    object_id: str
    label: str
    type: str
    profile: str
    content_type: str
    line: int


@dataclass(frozen=True, slots=True)
class AgentItem:
    """An agent of the header with its notes as (type, text)."""

    role: str
    type: str
    other_type: str
    name: str
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HeaderItem:
    """`metsHdr` with its agents."""

    created: str
    modified: str
    status: str
    package_type: str
    agents: tuple[AgentItem, ...]
    line: int


@dataclass(frozen=True, slots=True)
class ReferenceItem:
    """An `mdRef`: `section` is the element around it (dmdSec, digiprovMD, rightsMD …)."""

    section: str
    section_id: str
    section_created: str
    href: str
    attributes: dict[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class GroupItem:
    """A `fileGrp`; `use` also takes `USER`, a misprint of the circular's own table (AR-60)."""

    id: str
    use: str
    line: int


@dataclass(frozen=True, slots=True)
class FileItem:
    """A `file`: `use` of its group, `href` and `title` of its first FLocat."""

    use: str
    id: str
    href: str
    title: str
    attributes: dict[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class StructureItem:
    """A `structMap`."""

    id: str
    label: str
    type: str
    line: int


@dataclass(frozen=True, slots=True)
class DivisionItem:
    """A `div`, given at its end. `labels` are those of its ancestors and its own, outermost first.

    `pointers` are (href, title) of `mptr`; `targets` the FILEIDs of `fptr`.
    """

    labels: tuple[str, ...]
    id: str
    metadata: tuple[str, ...]
    administrative: tuple[str, ...]
    pointers: tuple[tuple[str, str], ...]
    targets: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class IdItem:
    """An `ID` attribute: of which element, and its value."""

    element: str
    value: str
    line: int


MetsItem = (
    RootItem
    | HeaderItem
    | ReferenceItem
    | GroupItem
    | FileItem
    | StructureItem
    | DivisionItem
    | IdItem
)

_SECTIONS = frozenset({"dmdSec", "digiprovMD", "rightsMD", "techMD", "sourceMD"})


def read_mets(source: XmlSource, *, limits: Limits | None = None) -> Iterator[MetsItem]:
    """Yield the items of a METS document.

    Memory is bounded by the depth and by the pointers of one division. Raises `MalformedXmlError`
    if the root is not `mets`, or another `XmlError`.
    """
    state = _State()
    for kind, element in walk(source, limits=limits or Limits(), keep=(f"{_M}metsHdr",)):
        if kind == "start":
            yield from state.start(element)
        else:
            yield from state.end(element)


class _OpenDivision:
    __slots__ = ("element", "label", "line", "pointers", "targets")

    def __init__(self, element: etree._Element) -> None:
        self.element = _plain(element)
        self.label = element.get("LABEL", "")
        self.line = _line(element)
        self.pointers: list[tuple[str, str]] = []
        self.targets: list[str] = []


class _State:
    def __init__(self) -> None:
        self.seen_root = False
        self.section = ("", "", "")
        self.uses: list[str] = []
        self.divisions: list[_OpenDivision] = []
        self.file: dict[str, str] | None = None
        self.location = ("", "")

    def start(self, element: etree._Element) -> Iterator[MetsItem]:
        name = local_name(element.tag)
        line = _line(element)
        if not self.seen_root:
            self.seen_root = True
            if element.tag != f"{_M}mets":
                raise MalformedXmlError(
                    "Tệp không phải METS: phần tử gốc khác “mets”.",
                    "Tạo lại tệp METS.xml.",
                    root=str(element.tag)[:200],
                )
            yield RootItem(
                object_id=element.get("OBJID", ""),
                label=element.get("LABEL", ""),
                type=element.get("TYPE", ""),
                profile=element.get("PROFILE", ""),
                content_type=element.get(f"{_C}CONTENTINFORMATIONTYPE", ""),
                line=line,
            )
        if not element.tag.startswith(_M):
            return
        identifier = element.get("ID")
        if identifier is not None:
            yield IdItem(name, identifier, line)
        if name in _SECTIONS:
            self.section = (name, identifier or "", element.get("CREATED", ""))
        elif name == "mdRef":
            yield ReferenceItem(*self.section, element.get(f"{_L}href", ""), _plain(element), line)
        elif name == "fileGrp":
            use = element.get("USE") or element.get("USER") or ""
            self.uses.append(use)
            yield GroupItem(identifier or "", use, line)
        elif name == "file":
            self.file = _plain(element)
            self.location = ("", "")
        elif name == "FLocat" and not self.location[0]:
            self.location = (element.get(f"{_L}href", ""), element.get(f"{_L}title", ""))
        elif name == "structMap":
            yield StructureItem(
                identifier or "", element.get("LABEL", ""), element.get("TYPE", ""), line
            )
        else:
            self._structure(name, element)

    def _structure(self, name: str, element: etree._Element) -> None:
        if name == "div":
            self.divisions.append(_OpenDivision(element))
        elif name == "fptr" and self.divisions:
            self.divisions[-1].targets.append(element.get("FILEID", ""))
        elif name == "mptr" and self.divisions:
            pointer = (element.get(f"{_L}href", ""), element.get(f"{_L}title", ""))
            self.divisions[-1].pointers.append(pointer)

    def end(self, element: etree._Element) -> Iterator[MetsItem]:
        name = local_name(element.tag)
        if not element.tag.startswith(_M):
            return
        if name == "metsHdr":
            yield _header(element)
        elif name == "file" and self.file is not None:
            use = self.uses[-1] if self.uses else ""
            attributes, self.file = self.file, None
            yield FileItem(
                use, attributes.get("ID", ""), *self.location, attributes, _line(element)
            )
        elif name == "fileGrp" and self.uses:
            self.uses.pop()
        elif name == "div" and self.divisions:
            labels = tuple(division.label for division in self.divisions)
            done = self.divisions.pop()
            yield DivisionItem(
                labels=labels,
                id=done.element.get("ID", ""),
                metadata=tuple(done.element.get("DMDID", "").split()),
                administrative=tuple(done.element.get("ADMID", "").split()),
                pointers=tuple(done.pointers),
                targets=tuple(done.targets),
                line=done.line,
            )


def _header(element: etree._Element) -> HeaderItem:
    agents = tuple(
        AgentItem(
            role=agent.get("ROLE", ""),
            type=agent.get("TYPE", ""),
            other_type=agent.get("OTHERTYPE", ""),
            name=agent.findtext(f"{_M}name", ""),
            notes=tuple(
                (note.get(f"{_C}NOTETYPE", ""), note.text or "")
                for note in agent.findall(f"{_M}note")
            ),
        )
        for agent in element.findall(f"{_M}agent")
    )
    return HeaderItem(
        created=element.get("CREATEDATE", ""),
        modified=element.get("LASTMODDATE", ""),
        status=element.get("RECORDSTATUS", ""),
        package_type=element.get(f"{_C}OAISPACKAGETYPE", ""),
        agents=agents,
        line=_line(element),
    )


def _plain(element: etree._Element) -> dict[str, str]:
    return {str(n): str(v) for n, v in element.attrib.items() if str(n)[0] != "{"}


def _line(element: etree._Element) -> int:
    return cast("int | None", element.sourceline) or 0
