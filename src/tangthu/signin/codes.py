"""Codes of the second step (RM-955): secrets of the app on a phone, sealed at rest, and one-time
recovery codes, of which only keyed digests are kept.

Both keys are derived from one secret of the home (`secrets/second-step`, mode 600), which is in no
database: a copy of the database alone opens no second step.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models import Account
from tangthu.kernel.errors import Refused

ISSUER = "Tàng Thư"
RECOVERY_CODES = 10
# Clocks of phones go wrong by half a minute: the step before and the one after count as well.
_DRIFT = (0, -1, 1)
_STEP = 30  # seconds, as every app takes it
_NONCE = 12
# Nothing that looks like something else on paper: no i, l, o, 0, 1.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _IN_GROUP = 3, 4


def _key(purpose: bytes) -> bytes:
    """The subkey of this installation for one purpose."""
    secret = settings.HOME.secret("second-step").encode()
    info = b"tangthu second step " + purpose
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def seal(account: Account, secret: str) -> bytes:
    """A secret as it is kept: encrypted, and bound to its account."""
    nonce = secrets.token_bytes(_NONCE)
    bound = str(account.pk).encode()
    return nonce + AESGCM(_key(b"seal")).encrypt(nonce, secret.encode(), bound)


def unseal(account: Account, sealed: bytes) -> str:
    """The secret of an account. Raises Refused if the home has another key than the one it was
    sealed with (a restored database beside new secrets)."""
    nonce, kept = bytes(sealed[:_NONCE]), bytes(sealed[_NONCE:])
    try:
        return AESGCM(_key(b"seal")).decrypt(nonce, kept, str(account.pk).encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise Refused(
            _("Không đọc được khóa của xác thực hai bước: khóa của hệ thống đã đổi."),
            hint=_("Nhờ quản trị gỡ xác thực hai bước rồi thiết lập lại."),
        ) from error


def make_secret() -> str:
    """A new random secret for an app, 160 bits in Base32."""
    return pyotp.random_base32()


def address_for_apps(account: Account, secret: str) -> str:
    """The otpauth: address that an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=ISSUER)


def step_of(secret: str, typed: str, moment: float) -> int | None:
    """The time step whose code was typed, of the present one and its neighbours; None if none.

    `moment` is in seconds since 1970. Whoever asks refuses a step that was used before.
    """
    app = pyotp.TOTP(secret)
    now, found = int(moment) // _STEP, None
    for drift in _DRIFT:
        code = app.generate_otp(now + drift)
        if hmac.compare_digest(code.encode(), typed.encode()):
            found = now + drift
    return found


def make_recovery_codes() -> list[str]:
    """Ten new codes for paper, about 59 bits each."""
    return ["-".join(_group() for _g in range(_GROUPS)) for _n in range(RECOVERY_CODES)]


def _group() -> str:
    return "".join(secrets.choice(_LETTERS) for _n in range(_IN_GROUP))


def plain(typed: str) -> str:
    """A code as typed, without what people put between its groups; of sensible length."""
    return "".join(one for one in typed.lower()[:60] if one.isalnum())


def recovery_digest(account: Account, code: str) -> str:
    """What is kept of a recovery code."""
    told = f"{account.pk}:{plain(code)}".encode()
    return hmac.new(_key(b"recovery"), told, hashlib.sha256).hexdigest()
