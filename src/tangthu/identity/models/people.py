"""People, what they are appointed to and stand in for, and the accounts they sign in with."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models.asked import Asked
from tangthu.identity.models.bodies import Body, Position


class Person(models.Model):
    """A person who works here; one identity whatever positions come and go."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    full_name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=400)
    home_body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sort_key"], name="person_sort")]

    def __str__(self) -> str:
        return self.full_name


class Appointment(Asked):
    """A person holds a position from one day to another; he may hold several."""

    class Kind(models.TextChoices):
        MAIN = "main", _("Chính thức")
        CONCURRENT = "concurrent", _("Kiêm nhiệm")
        ACTING = "acting", _("Quyền, phụ trách")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="appointments")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MAIN)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="appointment_waits",
                condition=models.Q(confirmed_at=None, refused_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.position_id}"


class Delegation(models.Model):
    """A person stands in for another at a body, with some of the rights that other holds himself.

    What was delegated cannot be delegated on (NĐ30 art. 13.3: người được ủy quyền không được ủy
    quyền lại).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations_given")
    receiver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations")
    rights = ArrayField(models.CharField(max_length=40))
    effective_from = models.DateField()
    effective_to = models.DateField()
    decision = models.CharField(max_length=200)
    given_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["body", "effective_to"], name="delegation_of_body")]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.receiver_id}"


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by user name for Django's sign-in."""


class Account(AbstractBaseUser):
    """What a person signs in with; its password and sessions are not record state."""

    username = models.CharField(max_length=60, unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)

    objects = AccountManager()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.username


class ListChoice(models.Model):
    """The columns that a person chose to see in the list of a name; no record state."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    columns = ArrayField(models.CharField(max_length=60))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="list_choice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.name}"
