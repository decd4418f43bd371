"""Identities: a record, dossier, package, person or body has one random UUID for life (IN-11)."""

from __future__ import annotations

import uuid


def new_obj() -> uuid.UUID:
    """A fresh random (version 4) UUID: says nothing of order, time or kind."""
    return uuid.uuid4()
