"""Bodies (cơ quan), people, their appointments, and the accounts they sign in with."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Body(models.Model):
    """A state body (cơ quan, tổ chức). Numbering, rights and the ledger are per body.

    `code` is the electronic identifier (mã định danh điện tử, AR-37), `archive_code` the code of
    the archive that keeps its records (mã cơ quan lưu trữ, AR-33); codes change with
    reorganisations, the id never does.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=35, unique=True)
    archive_code = models.CharField(max_length=35)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


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


class Role(models.TextChoices):
    """What a position is for; rights follow from it (policies.RIGHTS)."""

    CLERK = "clerk", _("Văn thư")
    LEADER = "leader", _("Lãnh đạo")
    OFFICER = "officer", _("Chuyên viên")
    ARCHIVIST = "archivist", _("Lưu trữ viên")
    ADMINISTRATOR = "administrator", _("Quản trị")


class Appointment(models.Model):
    """A person holds a position at a body from one day to another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="appointments")
    position = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["body", "role"], name="appointment_body")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.body_id}"


class Clearance(models.Model):
    """A person may see a body's state secrets up to a degree, by a decision, from day to day.

    Only on an isolated LAN (AR-128): the database refuses it elsewhere. `degree`: "1" to "3".
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="clearances")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    degree = models.CharField(max_length=1)
    decision = models.CharField(max_length=200)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person_id} {self.degree}"


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
