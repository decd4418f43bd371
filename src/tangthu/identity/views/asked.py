"""Who asks: the viewer and the acting person that the middleware attached to the request."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from tangthu.identity.acting import Acting
from tangthu.identity.policies import Viewer


def viewer(request: HttpRequest) -> Viewer:
    """The signed-in person with the rights held today."""
    return cast(Viewer, request.viewer)  # type: ignore[attr-defined]


def acting(request: HttpRequest) -> Acting:
    """The same person, acting through the browser."""
    return cast(Acting, request.acting)  # type: ignore[attr-defined]
