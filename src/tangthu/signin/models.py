"""What the house knows of how people sign in. None of it is record state but the security log is
append-only in the database as well (migration 0001)."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models import Account, Body, Person


class SignInState(models.Model):
    """How an account stands. No row, or no `password_at`: somebody else gave the password.

    `counted_from`: idle days count from here where the account was enabled again after its last
    use. `demonstration`: an account of a demonstration, free of the second step. `reset_at`: when
    somebody else last reset its password or second step. `own_since`: when a password of its own
    first took the place of one that somebody else gave.
    """

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="signin"
    )
    password_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    counted_from = models.DateTimeField(null=True)
    demonstration = models.BooleanField(default=False)
    reset_at = models.DateTimeField(null=True)
    own_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.account_id)


class Visit(models.Model):
    """A session of the site: from where, with which program, when somebody was last there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="visits")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=45)
    agent = models.CharField(max_length=160, blank=True)

    class Meta:
        indexes = [models.Index(fields=["began_at"], name="visit_began")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.began_at}"


class SecondStep(models.Model):
    """The second step of an account: an app that shows codes, passkeys, or both. No row: none.

    `sealed`: the secret of the app, encrypted (signin.codes); None without an app. `last_step`: the
    last time step whose code was taken; none is taken twice. `wrong`: wrong codes since the last
    right one or lock.
    """

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="second_step"
    )
    sealed = models.BinaryField(null=True)
    set_up_at = models.DateTimeField()
    last_step = models.BigIntegerField(default=0)
    wrong = models.PositiveSmallIntegerField(default=0)
    wrong_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.account_id)


class Passkey(models.Model):
    """A passkey of an account (WebAuthn): a key pair in a device, of which this is the public half.

    `kept`: attested credential data, as the standard writes it. `host`: the host name it is bound
    to. `count`: how often it signed, as it says; 0 for ever where the device does not count.
    `second_only`: somebody else reset the password since: whoever knew that one may have made the
    passkey, so it comes after the new password and lets nobody in alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    credential = models.BinaryField(unique=True)
    kept = models.BinaryField()
    host = models.CharField(max_length=253)
    name = models.CharField(max_length=60)
    count = models.BigIntegerField()
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    second_only = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return f"{self.account_id} {self.added_at}"


class ProviderLink(models.Model):
    """That an account of an identity provider is that of a person here, who said so himself, or of
    whom somebody else did (`linked_by`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="provider_links")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    linked_by = models.CharField(max_length=120, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="provider_subject_once"),
            models.UniqueConstraint(fields=["account", "issuer"], name="provider_account_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.issuer}"


class RecoveryCode(models.Model):
    """A code that lets its person in once without the app; only its digest is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], name="recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.used_at}"


class PastPassword(models.Model):
    """A password that an account had, as its hash, so that it is not taken again (RM-955)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    password = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="past_password_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.at}"


class Review(models.Model):
    """A signed review of the accounts of a body (RM-954): when, and by whom as he was then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    closed_at = models.DateTimeField()
    person_id = models.UUIDField(null=True)
    name = models.CharField(max_length=120)
    position = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["body", "-closed_at"], name="review_of_body")]

    def __str__(self) -> str:
        return f"{self.body_id} {self.closed_at}"


class Verdict(models.TextChoices):
    """What was decided of an account."""

    KEEP = "keep", _("Giữ")
    DISABLE = "disable", _("Vô hiệu hóa")
    OFF = "off", _("Đã vô hiệu hóa từ trước")


class ReviewLine(models.Model):
    """What was seen and decided of one account in a review; copied, for accounts change."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    person_id = models.UUIDField()
    username = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    titles = models.TextField(blank=True)
    roles = models.TextField(blank=True)
    used_at = models.DateTimeField(null=True)
    idle_days = models.PositiveIntegerField()
    second_step = models.BooleanField()
    conflicts = models.TextField(blank=True)
    # Of reviews from before these were kept: "".
    kind = models.CharField(max_length=10, blank=True, default="")
    manager = models.TextField(blank=True, default="")
    department = models.TextField(blank=True, default="")
    registered_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    note = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.review_id} {self.number}"


class Kind(models.TextChoices):
    """What the security log tells of (RM-956, AR-15)."""

    SIGNED_IN = "in", _("Đăng nhập")
    HALF = "half", _("Đúng mật khẩu, chờ bước hai")
    SIGNED_OUT = "out", _("Đăng xuất")
    FAILED = "failed", _("Đăng nhập sai")
    LOCKED = "locked", _("Khóa tạm đăng nhập")
    UNLOCKED = "unlocked", _("Mở khóa đăng nhập")
    IDLE_LOCKED = "idle", _("Khóa màn hình")
    IDLE_OPENED = "back", _("Mở khóa màn hình")
    SESSION_ENDED = "session", _("Kết thúc phiên")
    PASSWORD_CHANGED = "password", _("Đổi mật khẩu")
    PASSWORD_RESET = "reset", _("Đặt lại mật khẩu")
    FACTOR_ADDED = "factor", _("Thêm cách xác thực")
    FACTOR_RENAMED = "factor-name", _("Đổi tên cách xác thực")
    FACTOR_REMOVED = "factor-off", _("Bỏ cách xác thực")
    RECOVERY = "recovery", _("Mã khôi phục")
    ADDED = "added", _("Thêm tài khoản")
    DISABLED = "disabled", _("Vô hiệu hóa tài khoản")
    ENABLED = "enabled", _("Cho dùng lại tài khoản")
    RIGHTS = "rights", _("Thay đổi quyền")
    REVIEWED = "reviewed", _("Rà soát tài khoản")
    REFUSED = "refused", _("Việc bị từ chối")
    LOG_READ = "read", _("Đọc nhật ký an toàn")
    HOOK = "hook", _("Dừng gửi tin cho chương trình")


class Outcome(models.TextChoices):
    """How it ended."""

    OK = "ok", _("Được")
    FAIL = "fail", _("Không được")
    REFUSED = "refused", _("Từ chối")


class SecurityEntry(models.Model):
    """One line of the security log; the database gives the time, refuses changes, and refuses to
    delete what is younger than twelve months.

    Names are copied, not linked: the line says what was so then. `name_key`: a keyed digest of the
    user name, also of one that nobody bears, to count failures by.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    source = models.CharField(max_length=45)
    port = models.IntegerField(null=True)
    agent = models.CharField(max_length=160, blank=True)
    target = models.CharField(max_length=200, blank=True)
    account = models.CharField(max_length=60, blank=True)
    name_key = models.CharField(max_length=32, blank=True)
    person_id = models.UUIDField(null=True)
    body_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["at", "id"], name="security_at"),
            models.Index(fields=["kind", "at"], name="security_kind"),
            models.Index(fields=["source", "at"], name="security_source"),
            models.Index(fields=["name_key", "at"], name="security_name"),
            models.Index(fields=["person_id", "at"], name="security_person"),
        ]

    def __str__(self) -> str:
        return f"{self.at} {self.kind} {self.account}"


class Seeing(models.Model):
    """That somebody may see the pages as another person does, for a while and with his consent.

    Asked for by who manages his account, allowed or refused by himself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    allowed_at = models.DateTimeField(null=True)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["person", "until"],
                name="seeing_open",
                condition=models.Q(ended_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_by_id} {self.person_id}"
