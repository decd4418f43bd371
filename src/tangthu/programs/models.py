"""Keys of the programming interface, how fast each may ask, and answers that are kept."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models import Body, Person


class ApiKey(models.Model):
    """What a program shows to act for a person at one body.

    The token itself is told once and kept nowhere: `digest` is its SHA-256 (of 256 random bits, so
    that a slow hash would add nothing), `beginning` its first characters, by which its owner knows
    it. `scopes` are names of rights (identity.policies): a key opens those that the person has as
    well at the moment of use, and no other.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    beginning = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-created_at"], name="api_key_of_person")]

    def __str__(self) -> str:
        return self.beginning


class KeyUse(models.Model):
    """The token bucket of a key and when it was last used; no record state, so no event.

    `tokens` is how many requests it had left at `refilled_at`.
    """

    key = models.OneToOneField(
        ApiKey, primary_key=True, on_delete=models.CASCADE, related_name="used"
    )
    tokens = models.FloatField()
    refilled_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.key_id)


class KeptAnswer(models.Model):
    """The answer to a change that a program named with an Idempotency-Key, kept for a day.

    Committed with the change itself. `asked` is the digest of the request, so that the same name
    for something else is noticed.
    """

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=255)
    asked = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    content = models.BinaryField()
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "name"], name="answer_once")]

    def __str__(self) -> str:
        return self.name


class Hook(models.Model):
    """An address to which the house tells events that a person may know of, at one body.

    Told are kinds of `kinds` (names, or beginnings of names up to a dot). A hook that a program
    made belongs to its `key` as well: it ends with it and opens no more than it. `public_key` is
    the raw Ed25519 key that its deliveries are signed with, in hex; the private one is kept nowhere
    (hook_keys). `why` says by one word why the house stopped it.
    """

    class State(models.TextChoices):
        ON = "on", _("Đang gửi")
        PAUSED = "paused", _("Tạm dừng")
        STOPPED = "stopped", _("Hệ thống đã dừng")
        REMOVED = "removed", _("Đã xóa")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+", null=True)
    name = models.CharField(max_length=120)
    url = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=60))
    public_key = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ON)
    why = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "-created_at"], name="hook_of_person")]

    def __str__(self) -> str:
        return self.name


class HookRun(models.Model):
    """How far a hook has come; no record state, so no event.

    `next_leaf`: the first leaf of the body's log that it was not told of. `due_at`: when it is
    tried next. `failing_since` and `attempts`: of the delivery that it cannot get rid of now.
    """

    hook = models.OneToOneField(
        Hook, primary_key=True, on_delete=models.CASCADE, related_name="run"
    )
    next_leaf = models.BigIntegerField()
    due_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.hook_id)


class HookDelivery(models.Model):
    """One message of a hook: the leaves from `first` on and before `end`, as far as its person may
    know of them. It keeps its id until it is `done`, however often it is tried.

    `events` is how many were told at the last try, `outcome` how that went by one word, `status`
    what the receiver answered (0 nothing).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="+", db_index=False)
    first = models.BigIntegerField()
    end = models.BigIntegerField()
    events = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=12, blank=True)
    status = models.PositiveSmallIntegerField(default=0)
    done = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["hook", "-made_at"], name="delivery_of_hook")]
        constraints = [
            models.UniqueConstraint(
                fields=["hook"], condition=models.Q(done=False), name="one_open_delivery"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
