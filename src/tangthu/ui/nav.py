"""Primary navigation: apps register entries, the shell shows what the viewer may use."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tangthu.ui.keys import Shortcut, ShortcutGroup

Label = str | Promise


def everyone(request: HttpRequest) -> bool:
    """The entry is shown to all who see the shell."""
    return True


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One destination.

    `key` is the letter after `G`; `allowed` decides per request; `count` gives the badge (0 or
    None shows none) and must itself be cut to what the viewer may see; `section` is the heading.
    """

    name: str
    label: Label
    url_name: str
    icon: str = "dot"
    key: str = ""
    order: int = 100
    section: Label = ""
    allowed: Callable[[HttpRequest], bool] = everyone
    count: Callable[[HttpRequest], int | None] | None = None


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as resolved for one request."""

    name: str
    label: Label
    url: str
    icon: str
    key: str
    count: int | None
    current: bool

    @property
    def data_key(self) -> str:
        """The key sequence for the keyboard controller, e.g. `g d`."""
        return f"g {self.key}" if self.key else ""


@dataclass(frozen=True, slots=True)
class NavSection:
    """Links under one heading; the heading may be empty."""

    title: Label
    links: tuple[NavLink, ...]


@dataclass(slots=True)
class NavRegistry:
    """All entries of the installation."""

    entries: dict[str, NavEntry] = field(default_factory=dict)

    def register(self, entry: NavEntry) -> None:
        """Add `entry`. Raises ValueError when its name or key is already taken."""
        if entry.name in self.entries:
            raise ValueError(f"navigation entry already registered: {entry.name!r}")
        if entry.key and any(other.key == entry.key for other in self.entries.values()):
            raise ValueError(f"navigation key already taken: {entry.key!r}")
        self.entries[entry.name] = entry

    def sections(self, request: HttpRequest) -> list[NavSection]:
        """What this request's viewer may go to, in order; an entry without a route is left out."""
        found: dict[str, tuple[Label, list[NavLink]]] = {}
        for entry in sorted(self.entries.values(), key=lambda item: (item.order, item.name)):
            if not entry.allowed(request):
                continue
            try:
                url = reverse(entry.url_name)
            except NoReverseMatch:
                continue
            link = NavLink(
                name=entry.name,
                label=entry.label,
                url=url,
                icon=entry.icon,
                key=entry.key,
                count=(entry.count(request) or None) if entry.count else None,
                current=False,
            )
            found.setdefault(str(entry.section), (entry.section, []))[1].append(link)
        sections = [NavSection(title, tuple(links)) for title, links in found.values()]
        return _mark_current(sections, request.path)


def _mark_current(sections: list[NavSection], path: str) -> list[NavSection]:
    """The entry with the longest address that begins `path` is where the viewer is."""
    urls = [link.url for section in sections for link in section.links]
    # The root begins every path: it is only where the viewer is when he is nowhere below it.
    under = (url for url in urls if path == url or (url != "/" and path.startswith(url)))
    here = max(under, key=len, default="")
    marked = []
    for section in sections:
        links = tuple(
            NavLink(
                name=link.name,
                label=link.label,
                url=link.url,
                icon=link.icon,
                key=link.key,
                count=link.count,
                current=link.url == here,
            )
            for link in section.links
        )
        marked.append(NavSection(section.title, links))
    return marked


def key_group(sections: list[NavSection]) -> ShortcutGroup | None:
    """The `G` then letter keys of these sections, for the help dialog."""
    keys = tuple(
        Shortcut(link.data_key, link.label)
        for section in sections
        for link in section.links
        if link.key
    )
    return ShortcutGroup(_("Đi tới"), keys) if keys else None


navigation = NavRegistry()
