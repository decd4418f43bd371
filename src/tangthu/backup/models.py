"""Restores of this house, and who has read of each (RM-690 e)."""

from __future__ import annotations

import uuid

from django.db import models

from tangthu.identity.models import Person


class Restore(models.Model):
    """That the house was restored: from which set, and what is told of it.

    `told`: by, account, trust, files, tables, rows, packages, missing_keys, problems and their
    problem_count.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    set = models.CharField(max_length=60)
    moment = models.DateTimeField()
    restored_at = models.DateTimeField()
    told = models.JSONField()

    def __str__(self) -> str:
        return f"{self.set} {self.restored_at}"


class RestoreRead(models.Model):
    """That a person says to have read of a restore."""

    restore = models.ForeignKey(Restore, on_delete=models.PROTECT, related_name="reads")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["restore", "person"], name="restore_read_once")
        ]

    def __str__(self) -> str:
        return f"{self.restore_id} {self.person_id}"
