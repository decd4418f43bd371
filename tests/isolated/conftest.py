"""Signing in to an isolated installation."""

from __future__ import annotations

from tests.office.conftest import sign_in

__all__ = ["sign_in"]
