"""Packages, their versions, and where each copy lies and when it was last proven whole."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models import Body


class Store(models.Model):
    """A place that holds one copy of every package: an OCFL 1.1 storage root.

    `path` is a folder, or the address of a folder in a bucket. The first store is always a folder.
    """

    class Kind(models.TextChoices):
        FOLDER = "folder", _("Thư mục")
        S3 = "s3", _("Kho đối tượng S3")

    class State(models.TextChoices):
        # New packages go there too; those from before are still being copied.
        JOINING = "joining", _("Đang chép sang")
        ACTIVE = "active", _("Đang dùng")
        # Nothing goes there any more and nothing is looked at; its copies leave the catalogue.
        RETIRING = "retiring", _("Đang thôi dùng")
        RETIRED = "retired", _("Đã thôi dùng")

    name = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FOLDER)
    path = models.TextField()
    position = models.PositiveSmallIntegerField(unique=True)
    # What its events are about.
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    # What can be lost at one blow with another store (hazards.py); "" is: nobody said.
    site = models.CharField(max_length=100, default="", blank=True)
    power = models.CharField(max_length=100, default="", blank=True)
    operator = models.CharField(max_length=100, default="", blank=True)
    medium = models.CharField(max_length=100, default="", blank=True)
    vendor = models.CharField(max_length=100, default="", blank=True)
    # AR-90: since when the carrier is in use, and for how many years it is rated.
    carrier_since = models.DateField(null=True)
    carrier_years = models.PositiveSmallIntegerField(null=True)
    # Megabytes (10⁶ bytes) a second that background work takes of it at most; 0: all it can.
    pace = models.PositiveIntegerField(default=0)
    # For how many days from its last check an object in a bucket is locked; 0: not at all.
    lock_days = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name

    @property
    def in_bucket(self) -> bool:
        """Whether it is reached over the S3 API, not a folder of this machine."""
        return bool(self.kind == Store.Kind.S3)


class Package(models.Model):
    """An AIP: one object in every store. `dossier_id` names what it preserves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    dossier_id = models.UUIDField(unique=True)
    objid = models.CharField(max_length=120, unique=True)
    head = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.objid


class PackageVersion(models.Model):
    """One sealed version of a package; in the catalogue only once every store has verified it."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    record_status = models.CharField(max_length=20)
    sealed_at = models.DateTimeField()
    mets_sha256 = models.CharField(max_length=64)
    inventory_sha256 = models.CharField(max_length=64)
    # Digest of the canonical description of dossier and documents that this version holds: when
    # it differs from theirs today, a further version is due.
    state_sha256 = models.CharField(max_length=64)
    files = models.PositiveIntegerField()
    bytes = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "number"], name="package_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.package_id} v{self.number}"


class Copy(models.Model):
    """A package's copy in one store. Operational state: the findings themselves are events."""

    class State(models.TextChoices):
        GOOD = "good", _("Nguyên vẹn")
        BAD = "bad", _("Hỏng")
        UNREPAIRABLE = "unrepairable", _("Không phục hồi được")
        # Not bad: nobody could look. The state before is what is known, `verified_at` stays.
        UNCHECKED = "unchecked", _("Chưa kiểm tra được")

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="copies")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="copies")
    state = models.CharField(max_length=12, choices=State.choices, default=State.GOOD)
    verified_at = models.DateTimeField()
    problem = models.TextField(default="")
    # What a repair that has begun found wrong here, until its outcome is entered with the events.
    mending = models.JSONField(null=True)
    # The version whose `seal` event the proof kept beside this copy holds; 0: none is kept yet.
    proof_version = models.PositiveIntegerField(default=0)
    # When that was last tried: who could not be served stands behind the others.
    proof_tried_at = models.DateTimeField(null=True)
    # When a check last went for this copy, whether it could be read or not.
    tried_at = models.DateTimeField(null=True)
    # Whether the note of what was closed (closed_beside.py) could not be written beside it.
    note_due = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["package", "store"], name="one_copy")]
        indexes = [
            models.Index(fields=["verified_at"], name="copy_oldest"),
            models.Index(
                fields=["store", "state"], name="copy_hurt", condition=~models.Q(state="good")
            ),
            models.Index(fields=["id"], name="copy_note_due", condition=models.Q(note_due=True)),
        ]

    def __str__(self) -> str:
        return f"{self.package_id} @ {self.store_id}"
