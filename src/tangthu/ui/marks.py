"""Marks that a view bears and the site's middleware reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Mark `view` as open to visitors who are not signed in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def while_locked(view: View) -> View:
    """Mark `view` as open to who is signed in at a screen that has locked itself."""
    view.is_while_locked = True  # type: ignore[attr-defined]
    return view


def while_due(view: View) -> View:
    """Mark `view` as open to who is signed in and has yet to set a password or a second step."""
    view.is_while_due = True  # type: ignore[attr-defined]
    return view
