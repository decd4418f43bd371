"""A body, its tree of units, and the positions in them.

None of them is ever renamed or deleted: a reorganisation ends what was and opens what follows, so
that a record of an earlier day is still told of by the names of its day (RM-012).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Body(models.Model):
    """A state body (cơ quan, tổ chức). Numbering, rights and the ledger are per body.

    `code` is the electronic identifier (mã định danh điện tử, AR-37), `archive_code` the code of
    the archive that keeps its records (mã cơ quan lưu trữ, AR-33); codes change with
    reorganisations, the id never does. `practice_of` is set for a body in which people of another
    only practise (docs/decisions/012). `applies_tt05` says whether the circular binds it (AR-03),
    `terms` whose words its screens use (RM-013).
    """

    class Applies(models.TextChoices):
        MANDATORY = "mandatory", _("Bắt buộc (cơ quan, đơn vị, doanh nghiệp nhà nước)")
        VOLUNTARY = "voluntary", _("Tự nguyện (lưu trữ tư)")

    class Terms(models.TextChoices):
        LAW_2024 = "law2024", _("Theo Luật Lưu trữ 2024")
        ND30 = "nd30", _("Theo Nghị định 30/2020")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=35, unique=True)
    archive_code = models.CharField(max_length=35)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    practice_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="practice"
    )

    applies_tt05 = models.CharField(
        max_length=10, choices=Applies.choices, default=Applies.MANDATORY, db_default="mandatory"
    )
    terms = models.CharField(
        max_length=10, choices=Terms.choices, default=Terms.LAW_2024, db_default="law2024"
    )

    def __str__(self) -> str:
        return self.name


class BodyName(models.Model):
    """What a body was called from one day to another, and by which codes (RM-012, AR-37).

    The names of today stand in `Body` as well. One that began before the installation begins with
    the day on which the body was opened here.
    """

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60)
    code = models.CharField(max_length=35)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [models.Index(fields=["body", "effective_from"], name="name_of_body")]

    def __str__(self) -> str:
        return self.name


class AgencyCode(models.Model):
    """An identifier of the national registry, from one day to another (AR-37: QĐ 20/2020, QĐ
    09/2025). Reference data that is loaded from a file; no record state."""

    code = models.CharField(max_length=35)
    name = models.CharField(max_length=300)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "effective_from"], name="agency_code_once")
        ]

    def __str__(self) -> str:
        return self.code


class Role(models.TextChoices):
    """What a position is for (RM-336); which rights that gives is data (rulesets/roles.toml)."""

    LEADER = "leader", _("Người đứng đầu")
    DEPUTY = "deputy", _("Cấp phó")
    UNIT_HEAD = "unit_head", _("Lãnh đạo đơn vị")
    OFFICER = "officer", _("Chuyên viên")
    CLERK = "clerk", _("Văn thư")
    FORM_CHECKER = "form_checker", _("Người kiểm tra thể thức")
    FOLLOW_UP = "follow_up", _("Người theo dõi, đôn đốc")
    ARCHIVIST = "archivist", _("Lưu trữ viên")
    HISTORICAL_ARCHIVIST = "historical_archivist", _("Lưu trữ viên lưu trữ lịch sử")
    ADMINISTRATOR = "administrator", _("Quản trị cơ quan")
    KEEPER = "keeper", _("Quản trị hệ thống")
    SECURITY_OFFICER = "security_officer", _("Phụ trách an toàn thông tin")
    INSPECTOR = "inspector", _("Người kiểm tra")


class Unit(models.Model):
    """A unit (đơn vị) of a body, from one day to another; `succeeds` names what it came from.

    `decision` is that which opened it, `end_decision` that which ended it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="units")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=400)
    succeeds = models.ManyToManyField("self", symmetrical=False, related_name="succeeded_by")
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=200, default="")
    end_decision = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [models.Index(fields=["body", "sort_key"], name="unit_of_body")]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """A position (chức vụ) at a body or in one of its units, with the role it is for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="positions")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="positions")
    title = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["body", "role"], name="position_role")]

    def __str__(self) -> str:
        return self.title
