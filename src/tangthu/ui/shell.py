"""What the shell shows of the viewer, handed up by whoever knows people and bodies.

`ui` knows no accounts; the identity app sets one provider at start-up (`set_identity_provider`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from tangthu.ui.keys import ShortcutGroup, shortcuts
from tangthu.ui.nav import NavSection, key_group, navigation
from tangthu.ui.page_help import PageHelp, page_help


@dataclass(frozen=True, slots=True)
class BodyChoice:
    """A body (or position in a body) the viewer may act for; `value` is what the switch posts."""

    value: str
    label: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class ShellIdentity:
    """The viewer as the header shows it. Addresses left empty hide their link.

    `practice`: he only practises; `seen_as`: another person looks through his eyes, until
    `seen_until`. Every page says either.
    """

    person: str
    position: str = ""
    body: str = ""
    bodies: tuple[BodyChoice, ...] = ()
    switch_url: str = ""
    practice: bool = False
    seen_as: str = ""
    seen_until: str = ""
    stop_seeing_url: str = ""
    account_url: str = ""
    sign_out_url: str = ""


IdentityProvider = Callable[[HttpRequest], ShellIdentity | None]


def _nobody(request: HttpRequest) -> ShellIdentity | None:
    return None


_provider: list[IdentityProvider] = [_nobody]
_search_url_name: list[str] = [""]
_guides_url_name: list[str] = [""]


def set_identity_provider(provider: IdentityProvider) -> IdentityProvider:
    """Say who the viewer is; the last call wins. Gives back the provider before."""
    before = _provider[0]
    _provider[0] = provider
    return before


def set_search_url_name(url_name: str) -> None:
    """Name the route the header's search box sends its `q` to; without it there is no box."""
    _search_url_name[0] = url_name


def set_guides_url_name(url_name: str) -> None:
    """Name the route of the guides, to which help leads; it is given the page by `trang`."""
    _guides_url_name[0] = url_name


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor: gives templates `shell`, a `Shell`."""
    return {"shell": viewing(request)}


def viewing(request: HttpRequest) -> "Shell":
    """What the shell shows for this request."""
    return Shell(request)


class Shell:
    """Built when the template asks, so that a fragment or a file answer costs nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def identity(self) -> ShellIdentity | None:
        """Who looks, or None when nobody is signed in."""
        return _provider[0](self._request)

    @cached_property
    def nav(self) -> list[NavSection]:
        """Where the viewer may go."""
        return navigation.sections(self._request)

    @cached_property
    def shortcuts(self) -> list[ShortcutGroup]:
        """What the `?` help lists."""
        go_to = key_group(self.nav)
        return [*([go_to] if go_to else []), *shortcuts.groups]

    @cached_property
    def search_url(self) -> str:
        """Where the header's search box sends `q`; empty hides the box."""
        return _address(_search_url_name[0])

    @cached_property
    def help(self) -> PageHelp | None:
        """What this page is for and what one does here."""
        return page_help.of(self._request)

    @cached_property
    def guides_url(self) -> str:
        """Where the guides are, told which page asks; empty hides the way there."""
        guides, match = _address(_guides_url_name[0]), self._request.resolver_match
        return f"{guides}?{urlencode({'trang': match.view_name})}" if guides and match else guides


def _address(url_name: str) -> str:
    """The address of a route, "" when it has no name or this installation does not have it."""
    try:
        return reverse(url_name) if url_name else ""
    except NoReverseMatch:
        return ""
