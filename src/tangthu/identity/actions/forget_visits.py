"""Forget what sign-ins left behind once it serves nobody: ended sessions, old wrong passwords."""

from __future__ import annotations

import datetime as dt

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.utils import timezone

_KEPT = dt.timedelta(days=1)


def forget_visits() -> None:
    """Remove ended sessions, which tell who looked at what, and wrong passwords that lock nobody.

    Anybody can add to both without signing in, so they must not be kept for ever. May be repeated
    at any time.
    """
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - _KEPT).delete()
