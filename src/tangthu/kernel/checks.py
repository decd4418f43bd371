"""What an administrator should know of the installation: checks that each app registers.

A check looks at one thing and tells what it found in sentences, with what a fault costs and the one
command (or place) that mends it. The command `check`, the system page and the home page of
administrators show the same findings. A check only reads, in well under a second.
"""

from __future__ import annotations

import enum
import logging
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.db import DatabaseError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tangthu.kernel.errors import HouseError

log = logging.getLogger("tangthu.checks")

Level = Literal["ok", "note", "warning", "error"]
LEVELS: tuple[Level, ...] = ("ok", "note", "warning", "error")
"""From the best to the worst. A note is for knowing: nothing is wrong, something could be added."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: in a sentence, what it costs while it stays so, and what mends it."""

    level: Level
    message: str
    cost: str = ""
    remedy: str = ""


class Needs(enum.IntEnum):
    """What must be there before a check can look."""

    NOTHING = 0
    SERVER = 1
    SCHEMA = 2


# Whose facts are told: those of these bodies, or of all (None) to who runs the installation. What
# belongs to no body is told to everybody who asks.
Bodies = frozenset[uuid.UUID] | None
Look = Callable[[Bodies], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class _Check:
    label: Any
    look: Look
    needs: Needs
    order: int


@dataclass(frozen=True, slots=True)
class Checked:
    """One check that was made: its name, its label in words, what it found."""

    name: str
    label: str
    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        """The worst level among the findings."""
        return worst(self.findings)


_checks: dict[str, _Check] = {}


def register(
    name: str, label: Any, look: Look, *, needs: Needs = Needs.SCHEMA, order: int = 100
) -> None:
    """Have `look` called whenever the installation is checked; called from an app's ready().

    `label` is a (lazily translated) noun phrase. `look` takes the bodies whose facts may be told.
    Raises ValueError when the name is taken.
    """
    if name in _checks:
        raise ValueError(f"check already registered: {name!r}")
    _checks[name] = _Check(label, look, needs, order)


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level among some findings; "ok" without any."""
    return max((one.level for one in findings), key=LEVELS.index, default="ok")


def run(
    bodies: Bodies = None, *, reach: Needs = Needs.SCHEMA, why: HouseError | None = None
) -> list[Checked]:
    """Make every check that `reach` allows, in order; `why` says what keeps the others away.

    Never raises for what a check does: one that fails is itself a finding.
    """
    made = []
    if why is not None:
        hindrance = Finding(
            "error",
            str(why.message),
            _("Không kiểm tra được những gì nằm trong cơ sở dữ liệu; hệ thống không phục vụ được."),
            str(why.hint),
        )
        made.append(Checked("reach", _("Kết nối cơ sở dữ liệu"), (hindrance,)))
    for name, check in sorted(_checks.items(), key=lambda item: (item[1].order, item[0])):
        if check.needs <= reach:
            made.append(Checked(name, str(check.label), tuple(_findings(name, check, bodies))))
    return made


_RECENT_SECONDS = 60.0
_recent: dict[tuple[Bodies, str | None], tuple[float, list[Checked]]] = {}


def lately(bodies: Bodies) -> list[Checked]:
    """What was found within the last minute by this process, else what is found now.

    For pages that many open often; the language of the words is that of who asks.
    """
    key = (bodies, get_language())
    when, found = _recent.get(key, (0.0, []))
    if not found or time.monotonic() - when > _RECENT_SECONDS:
        found = run(bodies)
        _recent[key] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Have `lately` look anew, because something was just mended."""
    _recent.clear()


def _findings(name: str, check: _Check, bodies: Bodies) -> list[Finding]:
    try:
        return list(check.look(bodies))
    except (DatabaseError, OSError, HouseError) as error:
        # What such errors quote may name a record or a file.
        log.warning("check %s could not look: %s", name, type(error).__name__)
        told = str(error.message) if isinstance(error, HouseError) else type(error).__name__
    except Exception as error:
        log.exception("check %s failed", name)
        told = type(error).__name__
    return [
        Finding(
            "error",
            _("Chưa kiểm tra được mục này: %(why)s.") % {"why": told.rstrip(".")},
            _("Không biết mục này có gì hỏng không."),
            _("Xem nhật ký của tiến trình rồi chạy lại `tangthu check`."),
        )
    ]
