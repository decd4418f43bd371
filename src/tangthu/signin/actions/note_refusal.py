"""Note what was refused (AR-15): an act without the right, a page that is not there for somebody.

The one place for pages, commands and programs. The line says at which address; not whether there is
anything, which the person was not told either.
"""

from __future__ import annotations

from django.http import HttpRequest

from tangthu.identity.acting import Acting
from tangthu.identity.models import Account
from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import HouseError
from tangthu.kernel.securitylog import Noted, note
from tangthu.signin.models import Kind
from tangthu.signin.noticing import of


def note_shown(request: HttpRequest, error: HouseError) -> None:
    """Note a refusal that a page shows beside its form."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    note_refusal(error, acting.behind or acting.viewer, request.path)


def note_refusal(error: HouseError, viewer: Viewer, target: str) -> None:
    """Note that `viewer` was refused at `target` (an address of ours, or a command)."""
    detail: dict[str, object] = {"error": type(error).__name__}
    if "right" in error.facts:
        detail["right"] = str(error.facts["right"])
    account = Account.objects.select_related("person").filter(person_id=viewer.person_id).first()
    named = of(account) if account else {}
    note(Noted(Kind.REFUSED, target=target, outcome="refused", detail=detail, **named))
