"""What a dossier and its documents are made from: plain data, checked by the caller."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class NewFile:
    """A content file as received: its exact name in bytes, and the facts found in its bytes.

    The bytes themselves must already lie in the working store under `sha256` (lower-case hex).
    """

    id: uuid.UUID
    name: bytes
    size: int
    sha256: str
    media_type: str = ""
    format_id: str = ""
    format_name: str = ""
    page_count: int = 0


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be made: its place, its description by field identifier, its files."""

    id: uuid.UUID
    ordinal: int
    description: Mapping[str, Any]
    files: Sequence[NewFile]


@dataclass(frozen=True, slots=True)
class NewDossier:
    """A dossier to be made: its description by field identifier and its documents in order.

    `source` says in words where it comes from; `digitised` that it was scanned from paper, which
    adds the event that TT05 fixes for digitisation (AR-53).
    """

    id: uuid.UUID
    description: Mapping[str, Any]
    documents: Sequence[NewDocument]
    source: str
    digitised: bool
