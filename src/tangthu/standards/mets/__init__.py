"""METS 1.12 as the E-ARK CSIP 2.x family uses it: file lists, metadata references, structure.

The writer streams: 100 000 files cost no more memory than ten. The reader yields items in document
order and judges nothing, so that it reads every profile (AR-60).
"""

from tangthu.standards.mets.model import (
    Agent,
    Division,
    FileEntry,
    FileGroup,
    Header,
    MetadataRef,
    Mets,
    Pointer,
)
from tangthu.standards.mets.reader import (
    AgentItem,
    DivisionItem,
    FileItem,
    GroupItem,
    HeaderItem,
    IdItem,
    MetsItem,
    ReferenceItem,
    RootItem,
    StructureItem,
    read_mets,
)
from tangthu.standards.mets.references import href_of, path_of
from tangthu.standards.mets.writer import write_mets

__all__ = [
    "Agent",
    "AgentItem",
    "Division",
    "DivisionItem",
    "FileEntry",
    "FileGroup",
    "FileItem",
    "GroupItem",
    "Header",
    "HeaderItem",
    "IdItem",
    "MetadataRef",
    "Mets",
    "MetsItem",
    "Pointer",
    "ReferenceItem",
    "RootItem",
    "StructureItem",
    "href_of",
    "path_of",
    "read_mets",
    "write_mets",
]
