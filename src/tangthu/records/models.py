"""Documents and dossiers: their identity, description, content and custody.

Column names of the description are the identifiers of TT05 (rulesets/tt05_fields.toml); lengths
are the widest that any standard in use writes (RM-858), a profile's own limits are checked by its
rules. Dates of records are partial ISO dates ("2010", "2010-02", "2010-02-04"), which sort as text.
"""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models import Body, Person
from tangthu.kernel import shown


class Custody(models.TextChoices):
    """Who holds a record; exactly one at a time (DESIGN section 2)."""

    OFFICE = "office", _("Cơ quan tạo lập")
    CURRENT = "current_archive", _("Lưu trữ hiện hành")
    HISTORICAL = "historical_archive", _("Lưu trữ lịch sử")
    DESTROYED = "destroyed", _("Đã hủy")


class Record(models.Model):
    """What dossiers and documents share: a secret one that is loaded says so (AR-128)."""

    secrecy: str | None

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any) -> Self:
        """As every model is loaded; the band on the page has to know."""
        loaded = super().from_db(db, field_names, values)
        shown.note(loaded.__dict__.get("secrecy"))
        return loaded


class Dossier(Record):
    """Hồ sơ: the documents of one matter, described by the 18 fields of TT05 (RM-810)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    custody = models.CharField(max_length=20, choices=Custody.choices)
    file_code = models.CharField(max_length=200)
    archive_file_code = models.CharField(max_length=200)
    title = models.TextField()
    retention_code = models.CharField(max_length=10)
    retention_years = models.PositiveSmallIntegerField(null=True)
    access_level = models.CharField(max_length=2)
    language_codes = ArrayField(models.CharField(max_length=2), default=list)
    start_date = models.CharField(max_length=10)
    end_date = models.CharField(max_length=10)
    keywords = models.CharField(max_length=400, default="")
    record_count = models.PositiveIntegerField(default=0)
    declared_record_count = models.PositiveIntegerField(null=True)
    sheet_count = models.PositiveIntegerField(null=True)
    page_count = models.PositiveIntegerField(default=0)
    physical_condition = models.CharField(max_length=10, default="")
    info_symbol = models.CharField(max_length=60, default="")
    reliability = models.CharField(max_length=2)
    paper_file_code = models.CharField(max_length=200, default="")
    backup_required = models.BooleanField(default=False)
    backup_status = models.CharField(max_length=2, default="")
    note = models.TextField(default="")
    extra = models.JSONField(default=dict)
    # Độ mật, only on an isolated LAN: "1" Mật, "2" Tối mật, "3" Tuyệt mật; with it, and only with
    # it, the access level is 03. The database refuses it on a connected installation (AR-128).
    secrecy = models.CharField(max_length=1, null=True)
    # Nhãn mức độ nhạy cảm, a code of rulesets/sensitivity.toml (RM-951).
    sensitivity = models.CharField(max_length=2, null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # AR-36: a code is given once for ever.
            models.UniqueConstraint(fields=["archive_file_code"], name="dossier_code_once"),
        ]
        indexes = [
            models.Index(fields=["body", "access_level", "archive_file_code"], name="dossier_list")
        ]

    def __str__(self) -> str:
        return self.archive_file_code


class Document(Record):
    """Tài liệu: one document, described by the fields of TT05 (RM-812, RM-813)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    custody = models.CharField(max_length=20, choices=Custody.choices)
    record_archive_code = models.CharField(max_length=200)
    record_type = models.CharField(max_length=10)
    type_text = models.CharField(max_length=200, default="")
    number = models.CharField(max_length=40, default="")
    symbol = models.CharField(max_length=80, default="")
    issued_on = models.CharField(max_length=10, default="")
    issuer = models.CharField(max_length=400, default="")
    subject = models.TextField()
    language_codes = ArrayField(models.CharField(max_length=2), default=list)
    page_count = models.PositiveIntegerField(default=0)
    info_symbol = models.CharField(max_length=60, default="")
    keywords = models.CharField(max_length=400, default="")
    access_level = models.CharField(max_length=2)
    reliability = models.CharField(max_length=2)
    handwriting = models.TextField(default="")
    physical_condition = models.CharField(max_length=10, default="")
    has_process_file = models.BooleanField(default=False)
    retention_code = models.CharField(max_length=10)
    note = models.TextField(default="")
    extra = models.JSONField(default=dict)
    secrecy = models.CharField(max_length=1, null=True)
    sensitivity = models.CharField(max_length=2, null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_archive_code"], name="document_code_once"),
        ]
        indexes = [
            models.Index(
                fields=["body", "access_level", "record_archive_code"], name="document_list"
            ),
            models.Index(fields=["body", "issued_on", "id"], name="document_by_date"),
        ]

    def __str__(self) -> str:
        return self.record_archive_code

    @property
    def code(self) -> str:
        """Number and symbol (số và ký hiệu) as people write them; "" where it has neither."""
        return f"{self.number}/{self.symbol}".strip("/")


class Membership(models.Model):
    """A document stands in a dossier at a place; a document may stand in many dossiers (AR-22)."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="memberships")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="memberships")
    ordinal = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "ordinal"], name="one_place_once"),
            models.UniqueConstraint(fields=["dossier", "document"], name="once_in_a_dossier"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.ordinal}"


class ContentFile(models.Model):
    """A computer file that belongs to a document. Its bytes are never changed (invariant 1)."""

    class Kind(models.TextChoices):
        ORIGINAL = "original", _("Bản nhận")
        DERIVED = "derived", _("Bản dẫn xuất")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ORIGINAL)
    position = models.PositiveIntegerField(default=1)
    # File names are bytes on the disk they came from; kept as such, and once as text to be shown.
    name_bytes = models.BinaryField()
    name = models.TextField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=120, default="")
    format_id = models.CharField(max_length=40, default="")
    format_name = models.CharField(max_length=200, default="")
    page_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="content_digest")]
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="file_place_once")
        ]

    def __str__(self) -> str:
        return self.name


class CodeAlias(models.Model):
    """A code that a record once bore, so that an old citation still finds it (AR-36)."""

    code_key = models.CharField(max_length=200)
    code = models.CharField(max_length=200)
    dossier = models.ForeignKey(
        Dossier, null=True, on_delete=models.PROTECT, related_name="aliases"
    )
    document = models.ForeignKey(
        Document, null=True, on_delete=models.PROTECT, related_name="aliases"
    )
    obj = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["code_key"], name="alias_key")]

    def __str__(self) -> str:
        return self.code


class Withheld(models.Model):
    """A document kept from everybody because it may be a state secret after all (AR-129).

    While one stands open (`released_at` is empty), the document exists for nobody; its dossier is
    neither packaged nor copied between stores. Nothing of the document stands here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="withheld")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    reported_by = models.UUIDField()
    reported_at = models.DateTimeField()
    released_by = models.UUIDField(null=True)
    released_at = models.DateTimeField(null=True)
    basis = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document"],
                condition=models.Q(released_at__isnull=True),
                name="withheld_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Freeze(models.Model):
    """Records locked against moving, changing and destroying, on an order (RM-690 g, AR-30)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    decision = models.CharField(max_length=200)
    frozen_by = models.UUIDField()
    frozen_at = models.DateTimeField()
    lifted_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lift_decision = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["body"], name="freeze_standing", condition=models.Q(lifted_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.name


class FrozenThing(models.Model):
    """One thing that a freeze locks: a fonds, dossier or document, with all that lies in it."""

    freeze = models.ForeignKey(Freeze, on_delete=models.PROTECT, related_name="things")
    kind = models.CharField(max_length=10)
    thing = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["freeze", "thing"], name="frozen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.thing}"


class PendingEdit(models.Model):
    """A change of the description of a labelled record that waits for a second person (RM-951).

    `values` are the columns as they would stand, `extra` all further rows or None if none changes;
    `expected` is the digest of the description that the change was made from.
    """

    class Decision(models.TextChoices):
        APPROVED = "approved", _("Đã duyệt")
        REFUSED = "refused", _("Không duyệt")
        WITHDRAWN = "withdrawn", _("Đã rút lại")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    obj = models.UUIDField()
    values = models.JSONField(default=dict)
    extra = models.JSONField(null=True)
    expected = models.CharField(max_length=100)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision.choices, default="")
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [
            models.Index(fields=["obj"], name="edit_of_record"),
            models.Index(
                fields=["body", "asked_at"], name="edit_waits", condition=models.Q(decided_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.obj}"


class Leaving(models.Model):
    """A record whose copies, lying ready to be taken out, must go (records.leaving).

    Written in the transaction that withholds the record or changes its degree, so that a kill after
    it leaves word; gone when every copy is. Until then no copy that tells of it is handed out.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    obj = models.UUIDField()

    def __str__(self) -> str:
        return str(self.obj)


class Use(models.Model):
    """One use of a record or of a list of records: who looked, printed, took out what, when.

    The same is in the ledger's access chain of `obj`; here it can be asked by person, by day and by
    the code that stands on a printed copy (AR-27, RM-662 k–l). `obj` is a dossier or a document, or
    for lists the ledger object of that copy. Nothing of a record's content stands here.
    """

    class Kind(models.TextChoices):
        VIEW = "view", _("Xem")
        PRINT = "print", _("In")
        DOWNLOAD = "download", _("Tải tệp gốc")
        MARKED = "marked", _("Tải bản có ghi nguồn")
        DIP = "dip", _("Tải gói sử dụng")
        LIST_PRINT = "list_print", _("In danh sách")
        LIST_EXPORT = "list_export", _("Xuất danh sách")
        LIST_DOWNLOAD = "list_download", _("Tải danh sách đã xuất")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    obj = models.UUIDField()
    # The code on a printed or marked copy; "" for other uses.
    serial = models.CharField(max_length=20, default="")
    # Of a list: what was asked for, in which columns and format, how many rows.
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["body", "at", "id"], name="use_of_body"),
            models.Index(fields=["person", "at", "id"], name="use_by_person"),
            models.Index(fields=["obj", "at"], name="use_of_object"),
            models.Index(fields=["serial"], name="use_serial", condition=~models.Q(serial="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.obj}"
