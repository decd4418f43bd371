"""Rights beyond those of a role: clearances, groups of people, and grants by file and document."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models.asked import Asked
from tangthu.identity.models.bodies import Body
from tangthu.identity.models.people import Person


class Clearance(Asked):
    """A person may see a body's state secrets up to a degree, by a decision, from day to day.

    Only on an isolated LAN (AR-128): the database refuses it elsewhere. `degree`: "1" to "3". What
    is replaced or ends with a position ends by its last day; `ended_at` is of what was taken away.
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


class Group(models.Model):
    """People of a body who may know the same things (nhóm theo mức thông tin, RM-690 1.a)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=400)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["body", "sort_key"], name="group_of_body")]

    def __str__(self) -> str:
        return self.name


class GroupMember(Asked):
    """A person belongs to a group from one day to another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.group_id} {self.person_id}"


class Grant(Asked):
    """One right, in one scope, for one holder, by a decision, from day to day (RM-630 b).

    `scope` is the id of what the right is for, `holder` of whom it is given to, as their kinds say;
    both may lie on a higher floor, so neither is a foreign key. A grant never opens a state secret.
    """

    class Scope(models.TextChoices):
        BODY = "body", _("Toàn cơ quan")
        FONDS = "fonds", _("Phông")
        DOSSIER = "dossier", _("Hồ sơ")
        DOCUMENT = "document", _("Tài liệu")

    class Holder(models.TextChoices):
        PERSON = "person", _("Người")
        POSITION = "position", _("Chức vụ")
        UNIT = "unit", _("Đơn vị")
        GROUP = "group", _("Nhóm")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="grants")
    right = models.CharField(max_length=40)
    scope_kind = models.CharField(max_length=10, choices=Scope.choices)
    scope = models.UUIDField()
    holder_kind = models.CharField(max_length=10, choices=Holder.choices)
    holder = models.UUIDField()
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["holder"], name="grant_holder"),
            models.Index(fields=["scope"], name="grant_scope"),
            models.Index(fields=["body", "asked_at", "id"], name="grant_of_body"),
        ]

    def __str__(self) -> str:
        return f"{self.right} {self.scope_kind} {self.holder_kind}"
