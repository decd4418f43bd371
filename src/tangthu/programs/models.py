"""Keys of the programming interface, how fast each may ask, and answers that are kept."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

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
