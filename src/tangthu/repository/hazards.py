"""What stores share, so that one blow takes several copies; and when carriers must be replaced.

Two copies are two only as far as nothing takes both: one site, one power supply, one operator, one
kind of medium, one vendor (AR-85: independent media). Nobody can measure that: it is declared.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from pathlib import Path

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tangthu.kernel.rulebook import rulebook
from tangthu.repository.buckets import is_here
from tangthu.repository.models import Store
from tangthu.standards.rules import Duration

HAZARDS: dict[str, Promise] = {
    "site": _("Địa điểm"),
    "power": _("Nguồn điện"),
    "operator": _("Người vận hành"),
    "medium": _("Loại phương tiện"),
    "vendor": _("Nhà cung cấp"),
}


def undeclared(store: Store) -> list[str]:
    """The hazards of which nobody said how the store stands."""
    return [name for name in HAZARDS if not getattr(store, name)]


def shared(stores: Sequence[Store]) -> list[str]:
    """The hazards that would take every one of these stores; [] for fewer than two.

    What is not declared is not known to be shared. Upper and lower case and spaces do not matter.
    """
    if len(stores) < 2:
        return []
    return [
        name
        for name in HAZARDS
        if getattr(stores[0], name)
        and len({" ".join(getattr(one, name).split()).casefold() for one in stores}) == 1
    ]


def never_apart(stores: Sequence[Store]) -> list[tuple[Store, Store]]:
    """Pairs of stores that share every hazard: they are one copy, not two."""
    return [pair for pair in itertools.combinations(stores, 2) if len(shared(pair)) == len(HAZARDS)]


def places_apart(stores: Sequence[Store]) -> int:
    """On how many places, of which one blow takes only one, these stores lie.

    Two are on one place if they share every declared hazard or the disk of this machine.
    """
    groups: list[list[Store]] = []
    for store in stores:
        same = [one for one in groups if any(_together(store, other) for other in one)]
        groups = [one for one in groups if one not in same]
        groups.append([store, *(other for one in same for other in one)])
    return len(groups)


def _together(one: Store, other: Store) -> bool:
    if len(shared((one, other))) == len(HAZARDS):
        return True
    buckets = [store for store in (one, other) if store.in_bucket]
    if buckets:
        # On which disk a server of this very machine keeps its bytes nobody can tell.
        return len(buckets) == 1 and is_here(buckets[0])
    return _disk(one) == _disk(other) is not None


def _disk(store: Store) -> int | None:
    try:
        return Path(store.path).stat().st_dev
    except OSError:
        return None


def replace_by(store: Store) -> dt.date | None:
    """The day by which the carrier is to be replaced (AR-90); None if its life is not declared.

    That is `deadline.carrier_lead` before its rated life ends.
    """
    if store.carrier_since is None or not store.carrier_years:
        return None
    end = Duration(store.carrier_years, "years").after(store.carrier_since)
    return rulebook().duration("deadline.carrier_lead", timezone.localdate()).before(end)
