"""What every change of rights has in common: one person asks for it, another confirms it."""

from __future__ import annotations

from django.db import models


class Asked(models.Model):
    """A change of rights: it gives them from `confirmed_at` on (RM-630 c).

    `alone`: nobody else could have confirmed it, so that it gave them at once; it stands as
    unconfirmed all the same. Ended, it gives none at once; that too stands as unconfirmed until
    `end_confirmed_at`.
    """

    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    alone = models.BooleanField(default=False)
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    refused_by = models.UUIDField(null=True)
    refused_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_confirmed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def waits(self) -> bool:
        """Whether somebody has yet to confirm it, or its end."""
        if self.refused_at is not None:
            return False
        if self.ended_at is not None:
            return self.end_confirmed_at is None
        return self.confirmed_at is None
