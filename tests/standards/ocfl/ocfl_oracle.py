"""ocfl-py, an independent implementation, as a second opinion."""

from __future__ import annotations

import re
from pathlib import Path

import ocfl.storage_root
import ocfl.validator


def opinion(object_root: Path) -> tuple[bool, set[str]]:
    """Return ocfl-py's verdict on an object and the codes it names."""
    validator = ocfl.validator.Validator(log_warnings=True)
    valid = validator.validate_object(str(object_root))
    return valid, set(re.findall(r"\[([EW]\d{3})", validator.status_str()))


def root_is_valid(root: Path) -> bool:
    """Return ocfl-py's verdict on a storage root and all its objects."""
    storage = ocfl.storage_root.StorageRoot(root=str(root))
    valid = storage.validate()
    return bool(valid and storage.num_objects == storage.good_objects)
