"""Canonical metadata of fonds and inventories for the ledger."""

from __future__ import annotations

from typing import Any

from tangthu.archive.models import Fonds, Inventory

FONDS_FIELDS = (
    "code", "name", "agency_code", "status", "creator_history", "date_range", "main_groups",
    "language_codes", "backup_regime", "note",
)  # fmt: skip


def fonds_state(fonds: Fonds) -> tuple[str, dict[str, Any]]:
    """Schema and canonical metadata of a fonds."""
    values = {name: getattr(fonds, name) for name in FONDS_FIELDS}
    return "archive.fonds/1", {**values, "id": str(fonds.id), "body": str(fonds.body_id)}


def inventory_state(inventory: Inventory) -> tuple[str, dict[str, Any]]:
    """Schema and canonical metadata of an inventory."""
    return "archive.inventory/1", {
        "code": inventory.code,
        "fonds": str(inventory.fonds_id),
        "id": str(inventory.id),
        "title": inventory.title,
    }
