"""What each page is for, in two sentences: apps register them by route, the `?` help shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class PageHelp:
    """One page in two sentences: what it is for, and what a person does here."""

    purpose: Text
    doing: Text


@dataclass(slots=True)
class PageHelpRegistry:
    """The help of all pages, by the name of their route (`archive:dossier`)."""

    pages: dict[str, PageHelp] = field(default_factory=dict)

    def register(self, namespace: str, pages: Mapping[str, tuple[Text, Text]]) -> None:
        """Add the pages of one namespace: route name → (what for, what to do).

        Raises ValueError when a page has its help already.
        """
        for name, (purpose, doing) in pages.items():
            route = f"{namespace}:{name}"
            if route in self.pages:
                raise ValueError(f"page already has its help: {route!r}")
            self.pages[route] = PageHelp(purpose, doing)

    def of(self, request: HttpRequest) -> PageHelp | None:
        """The help of the page that was asked for; None where it has none (an error, a sheet)."""
        match = request.resolver_match
        return self.pages.get(match.view_name) if match else None


page_help = PageHelpRegistry()
