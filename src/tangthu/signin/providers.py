"""Identity providers that this house lets its people come from (OpenID Connect): a file of the
home, `secrets/oidc.toml`, mode 600, read anew for each question. None on an isolated LAN."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tangthu.kernel import deployment
from tangthu.kernel.errors import HouseError

FILE = "oidc.toml"
_NAME = re.compile(r"[a-z0-9-]{1,30}")
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class BadProviders(HouseError):
    """The file of providers cannot be used as it is."""

    http_status = 500


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider. `claim` names the account there; `second_factor`: values of `amr` or `acr`
    that count as our own second step, none if empty."""

    name: str
    label: str
    issuer: str
    client_id: str
    client_secret: str
    claim: str = "sub"
    second_factor: tuple[str, ...] = ()


def providers() -> tuple[Provider, ...]:
    """Every provider of the file. Raises BadProviders for a file that others may read, or that
    says what it must not."""
    if settings.DEPLOYMENT_MODE == deployment.ISOLATED:
        return ()
    path = settings.HOME.secrets / FILE
    try:
        if path.stat().st_mode & 0o077:
            raise _bad("chmod 600")
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("provider", [])
        found = tuple(_read(one) for one in tables)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise _bad(str(error)) from error
    if len({one.name for one in found}) != len(found):
        raise _bad("name")
    return found


def named(name: str) -> Provider | None:
    """The provider of that name; None if there is none."""
    return next((one for one in providers() if one.name == name), None)


def is_safe(address: str) -> bool:
    """Whether an address is one of HTTPS, or of this very machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    )


def _read(table: dict[str, object]) -> Provider:
    known = {"name", "label", "issuer", "client_id", "client_secret", "claim", "second_factor"}
    if set(table) - known:
        raise ValueError(f"unknown: {sorted(set(table) - known)}")
    texts = {key: table[key] for key in table if key != "second_factor"}
    if not all(isinstance(one, str) and one for one in texts.values()):
        raise ValueError("empty, or no text")
    second = table.get("second_factor", [])
    if not isinstance(second, list) or not all(isinstance(one, str) for one in second):
        raise ValueError("second_factor")
    made = Provider(**texts, second_factor=tuple(second))  # type: ignore[arg-type]
    if not _NAME.fullmatch(made.name) or not is_safe(made.issuer):
        raise ValueError("name, issuer")
    return made


def _bad(what: str) -> BadProviders:
    return BadProviders(
        _("Tệp secrets/oidc.toml chưa đúng: %(what)s") % {"what": what[:200]},
        hint=_("Xem docs/accounts.md; tệp phải có quyền 600."),
    )
