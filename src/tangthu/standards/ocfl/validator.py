"""Validation of OCFL 1.0 and 1.1 objects and storage roots: findings, never exceptions."""

from tangthu.standards.ocfl.codes import CODES, Code, Finding
from tangthu.standards.ocfl.validate_object import validate_object
from tangthu.standards.ocfl.validate_root import is_valid, looks_like_root, validate_root

__all__ = [
    "CODES",
    "Code",
    "Finding",
    "is_valid",
    "looks_like_root",
    "validate_object",
    "validate_root",
]
