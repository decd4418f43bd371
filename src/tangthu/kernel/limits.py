"""How often the keys of a body may ask, as an administrator writes it into the environment."""

from __future__ import annotations

import re

from django.core.exceptions import ImproperlyConfigured

EVERY = "*"
_DEFAULT = (300, 100)
_ONE = re.compile(r"([^=\s]+)=([1-9][0-9]{0,6})/([1-9][0-9]{0,6})")


def api_limits(written: str) -> dict[str, tuple[int, int]]:
    """Requests a minute and at once, by the code of a body and for `*`, all others.

    `written`: "*=300/100 H30.81=1200/400". Raises ImproperlyConfigured for what is no such list.
    """
    found = {EVERY: _DEFAULT}
    for word in written.split():
        match = _ONE.fullmatch(word)
        if match is None:
            raise ImproperlyConfigured(f"TANGTHU_API_LIMITS: {word[:60]!r} is not CODE=N/N")
        found[match[1]] = (int(match[2]), int(match[3]))
    return found
