"""Forget lines of the security log that were kept as long as the rules ask (RM-956)."""

from __future__ import annotations

from tangthu.signin import rules
from tangthu.signin.models import SecurityEntry

PORTION = 5000


def forget_entries() -> int:
    """Delete what is older than `account.log_kept`, in portions; returns how many lines went.

    The database itself refuses to delete what is younger than twelve months, whatever the rule.
    """
    gone = 0
    old = SecurityEntry.objects.filter(at__lt=rules.ago("log_kept"))
    while True:
        some = list(old.order_by("at").values_list("pk", flat=True)[:PORTION])
        if not some:
            return gone
        gone += SecurityEntry.objects.filter(pk__in=some).delete()[0]
