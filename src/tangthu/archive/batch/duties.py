"""What must be known of a dossier and a document before it can be taken, and how long it may be.

TT05 art. 4, PL I (archives-law §4.2, 4.3) and AR-52: digitised paper also states its paper code,
number of sheets and physical condition. Number and notation are stated if there are any.
"""

from __future__ import annotations

from collections.abc import Mapping

DOCUMENT_DUTIES = (
    "ordinal",
    "type",
    "issued",
    "issuer",
    "subject",
    "language",
    "pages",
    "mode",
    "confidence",
)
DOSSIER_DUTIES = (
    "number",
    "title",
    "retention",
    "mode",
    "language",
    "start",
    "end",
    "documents",
    "sheets",
    "pages",
    "condition",
    "confidence",
    "archive_code",
    "body_code",
    "year",
    "paper_code",
)

STRUCTURE = frozenset(
    {
        "ordinal",
        "subject",
        "mode",
        "number",
        "title",
        "documents",
        "archive_code",
        "body_code",
        "year",
    }
)
"""Without these there is no record: no code, no place, no name, nobody who may see it. They bind
also where the circular does not (AR-03)."""

BATCH_WIDE = ("mode", "condition", "confidence", "backup")
"""Asked once for a batch, or derived for all of it: the same for everything scanned together."""

FROM_NAMES = ("archive_code", "body_code")

LISTS: Mapping[str, str] = {
    "mode": "mode",
    "condition": "physical_condition",
    "confidence": "confidence_level",
    "language": "language",
    "retention": "maintenance",
    "type": "document_types",
    "backup_status": "risk_recovery_status",
}
"""The code list of each coded field."""

LENGTHS: Mapping[str, Mapping[str, int]] = {
    "dossier": {"title": 1000, "keyword": 100, "info_sign": 30, "note": 2000, "paper_code": 100},
    "document": {
        "number": 11,
        "notation": 30,
        "issuer": 200,
        "subject": 500,
        "keyword": 100,
        "info_sign": 30,
        "autograph": 2000,
        "note": 500,
    },
}
"""Greatest lengths in characters (§4.2, 4.3): reported, never cut."""

ANSWER_NAMES: Mapping[str, str] = {
    "access": "mode",
    "access_level": "mode",
    "physical_condition": "condition",
    "reliability": "confidence",
    "riskRecovery": "backup",
    "archive": "archive_code",
    "body": "body_code",
    "fonds": "fonds_code",
}
"""Other names under which a batch answer may be given: `--set access=01`."""

ANSWERABLE = (
    "mode",
    "condition",
    "confidence",
    "backup",
    "backup_status",
    "language",
    "retention",
    "archive_code",
    "body_code",
    "fonds_code",
    "fonds_name",
    "inventory",
    "year",
    "issuer",
)
"""Fields that one answer may fill for a whole batch."""
