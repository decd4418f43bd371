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

    class Priority(models.IntegerChoices):
        """Who waits for it; the greater number is taken first."""

        PERSON = 10
        BATCH = 0
        ROUNDS = -10

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
    priority = models.SmallIntegerField(
        choices=Priority.choices, default=Priority.BATCH, db_default=Priority.BATCH
    )
    # How far it was at moments of the last minutes, oldest first: [seconds since 1970, done].
    pace = models.JSONField(default=list, db_default=[])
    # The worker that took it last; its row may be gone.
    worker_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "created_at"], name="job_state"),
            models.Index(fields=["subject_id", "created_at"], name="job_subject"),
            models.Index(fields=["body_id", "created_at"], name="job_body"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class JobRow(models.Model):
    """What came of one thing that a job worked on; a job that is run again says it anew.

    `label` and `message` are for who may see what the row is about: the record, or else what the
    job is about (kernel.job_rows).
    """

    class Outcome(models.TextChoices):
        DONE = "done"
        WARNED = "warned"
        REFUSED = "refused"
        FAILED = "failed"

    class About(models.TextChoices):
        """What `about_id` names."""

        DOSSIER = "dossier"
        DOCUMENT = "document"
        NOTHING = ""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rows", db_index=False)
    key = models.CharField(max_length=200)
    about = models.CharField(max_length=10, choices=About.choices, default=About.NOTHING)
    about_id = models.UUIDField(null=True)
    label = models.CharField(max_length=300, default="")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    message = models.TextField(default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "key"], name="job_row_once")]
        indexes = [models.Index(fields=["job", "outcome", "id"], name="job_row_outcome")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.key} {self.outcome}"


class Worker(models.Model):
    """A worker process as it told of itself: where it runs, since when, and when it last spoke."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    host = models.CharField(max_length=100)
    pid = models.IntegerField()
    version = models.CharField(max_length=40)
    concurrency = models.SmallIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.host} {self.pid}"


class ClockReading(models.Model):
    """How far a host's clock was from the database's at one moment (RM-960); no record state.

    `skew_us`: the host's clock less the database's, in microseconds. `follows` and `estimated_us`
    are what the host's kernel said of its synchronisation, None where it could not be asked.
    """

    at = models.DateTimeField(db_default=Now())
    host = models.CharField(max_length=100)
    pid = models.IntegerField()
    skew_us = models.BigIntegerField()
    follows = models.BooleanField(null=True)
    estimated_us = models.BigIntegerField(null=True)
    source = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [models.Index(fields=["at"], name="clock_reading_at")]

    def __str__(self) -> str:
        return f"{self.host} {self.skew_us}"


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
