"""What every page of the staff site knows: who is here, where to go, what waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of the shell template."""
    return {"viewer": getattr(request, "viewer", None)}
