"""Searches that a person keeps, and lists that are written out for him.

Neither is record state: what leaves the house is an event and a use (records.models.Use).
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models import Body, Person


class SavedView(models.Model):
    """A search or a filtered list under a name: what was asked, never what was found.

    `query` is the query string of the list with its columns and order; `shared_with` the body whose
    people may use it too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    shared_with = models.ForeignKey(
        Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=20)
    query = models.CharField(max_length=3000, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="saved_view_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """One list written to a file for the person who ordered it, kept until `expires_at`."""

    class Format(models.TextChoices):
        XLSX = "xlsx", _("Excel (.xlsx)")
        DOCX = "docx", _("Word (.docx)")
        DOC = "doc", _("Word 97–2003 (.doc)")
        PDF = "pdf", _("PDF (.pdf)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    job_id = models.UUIDField(null=True)
    source = models.CharField(max_length=20)
    # Pairs of the query string as they were when it was ordered.
    asked = models.JSONField(default=dict)
    columns = ArrayField(models.CharField(max_length=60))
    format = models.CharField(max_length=4, choices=Format.choices)
    serial = models.CharField(max_length=20, unique=True)
    ordered_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    rows = models.PositiveIntegerField(null=True)
    size = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, default="")

    class Meta:
        indexes = [
            models.Index(fields=["person", "ordered_at", "id"], name="export_of_person"),
            models.Index(fields=["expires_at"], name="export_expires"),
        ]

    def __str__(self) -> str:
        return self.serial
