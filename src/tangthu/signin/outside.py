"""Who comes from outside the house (RM-955): from no network that TANGTHU_INSIDE names, or from a
public address where it names none."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings

from tangthu.kernel.isolation import is_local
from tangthu.kernel.securitylog import caller
from tangthu.signin import rules


def is_outside(address: str) -> bool:
    """Whether an address lies outside; a command of this machine has none."""
    if not rules.flag("second_step_outside"):
        return False
    try:
        one = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if not settings.INSIDE:
        mapped = getattr(one, "ipv4_mapped", None)
        return bool((mapped or one).is_global)
    return not is_local(address, settings.INSIDE)


def comes_from_outside() -> bool:
    """Whether this very request does."""
    return is_outside(caller().address)
