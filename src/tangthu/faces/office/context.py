"""What every page of the staff site knows: who is here and where to go."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from tangthu.identity.policies import NOBODY, Viewer
from tangthu.identity.queries import bodies
from tangthu.ui import formats
from tangthu.ui.shell import ShellIdentity
from tangthu.ui.shell import shell as ui_shell


def identity(request: HttpRequest) -> ShellIdentity | None:
    """The viewer as the header shows him: rights are the union of all positions held today."""
    viewer: Viewer = getattr(request, "viewer", NOBODY)
    if not viewer.positions:
        return None
    mine = list(bodies(viewer))
    titles = dict.fromkeys(title for _, _, title in viewer.positions)
    seeing = getattr(request, "seeing", None)
    return ShellIdentity(
        seen_as=viewer.full_name if seeing else "",
        seen_until=formats.moment(seeing.until) if seeing else "",
        stop_seeing_url=reverse("signin:see-as-stop"),
        person=viewer.full_name,
        position=", ".join(titles),
        body=" · ".join(body.short_name for body in mine),
        practice=all(body.practice_of_id is not None for body in mine),
        account_url=reverse("office:account"),
        sign_out_url=reverse("office:sign-out"),
    )


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor of the shell template."""
    return ui_shell(request)
