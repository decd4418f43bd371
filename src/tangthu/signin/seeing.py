"""Which pages are open to who sees as another: those to look at records and rights, nothing that
moves a file, tells a secret or writes."""

from __future__ import annotations

from django.http import HttpRequest

from tangthu.identity.acting import Acting
from tangthu.identity.queries import viewer_of
from tangthu.signin.actions.see_as import in_force
from tangthu.signin.models import Seeing
from tangthu.ui.page_help import page_help

KEY = "see_as"  # in the session: by which leave he sees
_SPACES = frozenset({"archive", "discovery", "identity", "imports", "reports", "rights"})
_MORE = frozenset(
    {"office:home", "office:jobs", "office:job", "office:guides", "office:guide",
     "archive:page-image"}
)  # fmt: skip
_SHUT = frozenset(
    {"archive:withheld", "archive:clearances", "imports:quarantine", "imports:quarantine-item"}
)


def of(request: HttpRequest, acting: Acting) -> Seeing | None:
    """By which leave the person of this session sees as another now; a leave that is over is let
    go of."""
    told = request.session.get(KEY)
    if not told:
        return None
    found = in_force(acting, str(told))
    if found is None:
        del request.session[KEY]
    return found


def through(acting: Acting, seeing: Seeing) -> Acting:
    """The same person acting with the other's eyes, at the bodies whose people he manages; a
    clearance for secrets is nobody else's."""
    managed = acting.viewer.bodies_with("people.manage")
    eyes = viewer_of(seeing.person).at(managed).uncleared()
    return Acting(eyes, acting.via, behind=acting.viewer)


def may_open(request: HttpRequest, route: str) -> bool:
    """Whether who sees as another may open this route: pages to look at."""
    if request.method not in ("GET", "HEAD") or route in _SHUT:
        return False
    return route in _MORE or (route in page_help.pages and route.split(":")[0] in _SPACES)
