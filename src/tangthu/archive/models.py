"""Fonds, inventories, the place of a dossier in them, and digitisation batches on their way in."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models import Body
from tangthu.records.models import Document, Dossier


class Fonds(models.Model):
    """Phông lưu trữ: all records of one creator (TT05 art. 4.1). Closed fonds code their dossiers
    with the fonds code instead of the agency code (AR-32).
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Mở")
        CLOSED = "closed", _("Đóng")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=300)
    agency_code = models.CharField(max_length=40)
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.OPEN)
    creator_history = models.TextField(default="")
    date_range = models.CharField(max_length=40, default="")
    main_groups = models.TextField(default="")
    language_codes = ArrayField(models.CharField(max_length=2), default=list)
    backup_regime = models.BooleanField(default=False)
    note = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "code"], name="fonds_code_once")]

    def __str__(self) -> str:
        return self.name


class Inventory(models.Model):
    """Mục lục: a numbered list of dossiers of one fonds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fonds = models.ForeignKey(Fonds, on_delete=models.PROTECT, related_name="inventories")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fonds", "code"], name="inventory_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.fonds_id}/{self.code}"


class Place(models.Model):
    """Where a dossier stands: inventory, box, its number there."""

    dossier = models.OneToOneField(
        Dossier, primary_key=True, on_delete=models.PROTECT, related_name="place"
    )
    inventory = models.ForeignKey(Inventory, on_delete=models.PROTECT, related_name="places")
    box = models.CharField(max_length=40, default="")
    number = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.inventory_id}/{self.number}"


class Batch(models.Model):
    """A digitisation batch on its way in: an index, files, a report, a person's decisions."""

    class State(models.TextChoices):
        RECEIVING = "receiving", _("Đang nhận tệp")
        CHECKING = "checking", _("Đang kiểm tra")
        REVIEW = "review", _("Chờ xem xét")
        ACCEPTING = "accepting", _("Đang tiếp nhận")
        CLOSED = "closed", _("Đã xong")
        ABANDONED = "abandoned", _("Đã bỏ")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    fonds = models.ForeignKey(Fonds, on_delete=models.PROTECT, related_name="batches")
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVING)
    created_by = models.UUIDField()
    created_at = models.DateTimeField()
    # Where the batch's files are read from: a folder under the home's uploads, or a server folder.
    folder = models.TextField()
    owns_folder = models.BooleanField()
    index_path = models.TextField()
    index_name = models.CharField(max_length=300)
    checked_at = models.DateTimeField(null=True)
    # Counts changes of files and facts, so that a dry run in memory knows when it is stale.
    updates = models.PositiveIntegerField(default=0)
    # The chosen column mapping as its own JSON text; None while the proposed one stands.
    mapping = models.TextField(null=True)
    answers = models.JSONField(default=dict)
    decisions = models.JSONField(default=list)
    # How many rows and files were refused because they declare themselves secret; never which.
    refused_secret = models.PositiveIntegerField(default=0)
    # Keyed digests of the names and contents that were refused or purged: never opened again.
    shut_out = models.JSONField(default=list)
    # Index rows whose refusal is recorded and whose text still has to be blanked.
    rows_to_blank = models.JSONField(default=list)
    # Lists among the files (by path) that a person said are not the index.
    settled_lists = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["body", "-created_at"], name="batch_list")]

    def __str__(self) -> str:
        return self.name


class BatchFile(models.Model):
    """One file of a batch with the facts that checking found; work data, not record state."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="files")
    path_bytes = models.BinaryField()
    path = models.TextField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, default="")
    facts = models.JSONField(null=True)
    proposals = models.JSONField(default=list)
    # A named officer looked at it and found it not (or no longer) secret.
    cleared = models.BooleanField(default=False)
    quarantine_id = models.UUIDField(null=True)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "path_bytes"], name="batch_file_once")
        ]

    def __str__(self) -> str:
        return self.path


class Dissemination(models.Model):
    """Gói sử dụng (DIP): copies of documents for one person and one purpose, for a limited time.

    `documents`: ids in order; `request`: the elements of the request (RM-816) by identifier. Made
    when `made_at` is set, gone for good when `removed_at` is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()
    code = models.CharField(max_length=100)
    request = models.JSONField()
    documents = models.JSONField()
    ordered_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    files = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "-ordered_at"], name="dip_list"),
            models.Index(
                fields=["expires_at"],
                name="dip_alive",
                condition=models.Q(removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.code
