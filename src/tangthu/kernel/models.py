"""What the kernel keeps in the database: long work with its progress, and quarantined bytes."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now


class Job(models.Model):
    """One piece of long work: what, for whom, how far, how it ended."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=80)
    body_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=20, default="")
    stop_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    message = models.TextField(default="")
    hint = models.TextField(default="")
    result = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["state", "created_at"], name="job_state"),
            models.Index(fields=["subject_id", "created_at"], name="job_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Deployment(models.Model):
    """The deployment mode, newest row last; only the owner of the database writes here (AR-128)."""

    mode = models.CharField(max_length=20)
    decision = models.TextField(db_default="", default="")
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.mode


class QuarantinedItem(models.Model):
    """Bytes that may hold a state secret, waiting for a named officer (invariant 6).

    Neither the file's name nor anything of its content stands here.
    """

    class Decision(models.TextChoices):
        WAITING = "waiting"
        NOT_SECRET = "not_secret"  # noqa: S105
        DECLASSIFIED = "declassified"
        PURGED = "purged"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body_id = models.UUIDField()
    context_obj = models.UUIDField()
    context_key = models.UUIDField()
    arrived_at = models.DateTimeField()
    size = models.BigIntegerField()
    decision = models.CharField(max_length=12, choices=Decision.choices, default=Decision.WAITING)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    basis = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [models.Index(fields=["body_id", "decision"], name="quarantine_waiting")]

    def __str__(self) -> str:
        return f"{self.id} {self.decision}"
