"""Oxford Common File Layout 1.1 (https://ocfl.io/1.1/spec/): write, read, validate, repair, copy.

Objects are written crash-safe into a storage root on a local file system; objects of version 1.0
are read, validated and carried on. `docs/standards/ocfl.md` tells layout and commit protocol.
"""

from tangthu.standards.ocfl import commit, intake, repair, storage_root
from tangthu.standards.ocfl.commit import Recovered, recover, set_aside
from tangthu.standards.ocfl.digests import new_hasher
from tangthu.standards.ocfl.draft import Note
from tangthu.standards.ocfl.errors import (
    DamagedSourceError,
    DigestMismatchError,
    InvalidInventoryError,
    LayoutError,
    LogicalPathError,
    NotAStorageRootError,
    ObjectExistsError,
    ObjectMissingError,
    OcflError,
    ReplicaDivergedError,
    StagingError,
    UnreadableObjectError,
    VersionConflictError,
    VersionMissingError,
)
from tangthu.standards.ocfl.intake import Source
from tangthu.standards.ocfl.inventory import INVENTORY, Inventory, Version, parse_inventory
from tangthu.standards.ocfl.layout import HASH_AND_ID, Layout, layout_from
from tangthu.standards.ocfl.object_inventory import Trusted, load_inventory, read_copy
from tangthu.standards.ocfl.reader import (
    FileResult,
    OcflObject,
    Status,
    check_administration,
    check_file,
    check_files,
    open_object,
)
from tangthu.standards.ocfl.repair import Repaired, repair_all, repair_content, repair_file
from tangthu.standards.ocfl.replicate import replicate
from tangthu.standards.ocfl.storage_root import StorageRoot, create_root, default_staging, open_root
from tangthu.standards.ocfl.validator import (
    CODES,
    Code,
    Finding,
    looks_like_root,
    validate_object,
    validate_root,
)
from tangthu.standards.ocfl.writer import Committed, add_version, create_object

POINTS = (*storage_root.POINTS, *intake.POINTS, *commit.POINTS, *repair.POINTS)
"""Every named durable point of this package, for crash tests."""

__all__ = [
    "CODES",
    "HASH_AND_ID",
    "INVENTORY",
    "POINTS",
    "Code",
    "Committed",
    "DamagedSourceError",
    "DigestMismatchError",
    "FileResult",
    "Finding",
    "InvalidInventoryError",
    "Inventory",
    "Layout",
    "LayoutError",
    "LogicalPathError",
    "NotAStorageRootError",
    "Note",
    "ObjectExistsError",
    "ObjectMissingError",
    "OcflError",
    "OcflObject",
    "Recovered",
    "Repaired",
    "ReplicaDivergedError",
    "Source",
    "StagingError",
    "Status",
    "StorageRoot",
    "Trusted",
    "UnreadableObjectError",
    "Version",
    "VersionConflictError",
    "VersionMissingError",
    "add_version",
    "check_administration",
    "check_file",
    "check_files",
    "create_object",
    "create_root",
    "default_staging",
    "layout_from",
    "load_inventory",
    "looks_like_root",
    "new_hasher",
    "open_object",
    "open_root",
    "parse_inventory",
    "read_copy",
    "recover",
    "repair_all",
    "repair_content",
    "repair_file",
    "replicate",
    "set_aside",
    "validate_object",
    "validate_root",
]
