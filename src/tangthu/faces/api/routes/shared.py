"""The one router of all operations: an address may be read in one file and changed in another."""

from __future__ import annotations

from ninja import Router

router = Router()
