"""Make a key by which a program acts for a person, and take one back."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Body, Person
from tangthu.kernel import clock
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.ledger.record import Event, record
from tangthu.programs import queries
from tangthu.programs.models import ApiKey, KeyUse
from tangthu.standards.vietnamese import nfc

MOST_DAYS = 366
MOST_KEYS = 20
_BEGINS = "ttk_"
_SHOWN = 12


def make_key(
    acting: Acting, *, name: str, body_id: uuid.UUID, scopes: Sequence[str], days: int
) -> tuple[ApiKey, str]:
    """A new key of the acting person's own, and its token, which is told this once.

    `scopes` are rights that the person has at the body now; the key holds for `days` days (1 to
    MOST_DAYS). Raises InvalidInput with `problems`, or Refused: a key makes no keys, and a person
    has at most MOST_KEYS living ones.
    """
    _by_hand(acting)
    name = nfc(name).strip()
    problems: dict[str, list[object]] = {}
    if not name or len(name) > 120 or not name.isprintable():
        problems["name"] = [_("Đặt tên cho khóa, nhiều nhất 120 ký tự.")]
    mine = queries.rights_at(acting.viewer, body_id)
    wanted = sorted(set(scopes))
    if not mine:
        problems["body"] = [_("Bạn không giữ chức vụ nào ở cơ quan này.")]
    elif Body.objects.filter(pk=body_id, practice_of__isnull=False).exists():
        problems["body"] = [_("Chỗ tập không có khóa API.")]
    elif not wanted or not set(wanted) <= set(mine):
        problems["scopes"] = [_("Chọn ít nhất một quyền, trong những quyền bạn đang có.")]
    if not 1 <= days <= MOST_DAYS:
        problems["days"] = [_("Hạn dùng từ 1 đến 366 ngày.")]
    if problems:
        raise InvalidInput(_("Khóa chưa tạo được."), problems=problems)
    token = f"{_BEGINS}{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        # Keys of one person are made one after another, so that none passes the ceiling together.
        Person.objects.select_for_update().get(pk=acting.viewer.person_id)
        moment = clock.now()
        living = ApiKey.objects.filter(
            person_id=acting.viewer.person_id, revoked_at=None, expires_at__gt=moment
        )
        if living.count() >= MOST_KEYS:
            raise Refused(
                _("Bạn đã có quá nhiều khóa còn hiệu lực."),
                hint=_("Thu hồi khóa không dùng nữa rồi tạo lại."),
            )
        key = ApiKey(
            person_id=acting.viewer.person_id,
            body_id=body_id,
            name=name,
            beginning=token[:_SHOWN],
            digest=queries.digest_of(token),
            scopes=wanted,
            created_at=moment,
            expires_at=moment + dt.timedelta(days=days),
        )
        key.save(force_insert=True)
        # As many tokens as the bucket holds: the limit itself is applied at each use.
        KeyUse(key=key, tokens=1e9, refilled_at=moment).save(force_insert=True)
        detail = {
            "name": name, "beginning": key.beginning, "person": str(key.person_id),
            "scopes": wanted, "until": key.expires_at.isoformat(timespec="seconds"),
        }  # fmt: skip
        _tell(acting, key, "programs.key.made", detail)
    return key, token


def revoke_key(acting: Acting, key_id: uuid.UUID) -> ApiKey:
    """End a key at once; its owner may, and who manages the people of its body.

    A key that is revoked already stays as it is. Raises NotFoundForViewer, and Refused to a key.
    """
    _by_hand(acting)
    found = queries.key(acting.viewer, key_id)
    with transaction.atomic():
        key = ApiKey.objects.select_for_update().get(pk=found.pk)
        if key.revoked_at is None:
            key.revoked_at = clock.now()
            key.save(update_fields=["revoked_at"])
            detail = {"name": key.name, "beginning": key.beginning, "person": str(key.person_id)}
            _tell(acting, key, "programs.key.revoked", detail)
    return key


def end_keys(acting: Acting, person_id: uuid.UUID) -> int:
    """End every living key of a person whose password or second step somebody else reset; returns
    how many. Whoever stole the one may have made the other."""
    now = clock.now()
    found = ApiKey.objects.select_for_update().filter(
        person_id=person_id, revoked_at=None, expires_at__gt=now
    )
    ended = list(found)
    for key in ended:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        detail = {"name": key.name, "beginning": key.beginning, "person": str(key.person_id)}
        _tell(acting, key, "programs.key.revoked", detail)
    return len(ended)


def _by_hand(acting: Acting) -> None:
    if acting.via == "api":
        raise Refused(
            _("Khóa API không tạo hay thu hồi được khóa."),
            hint=_("Làm việc này ở trang “Khóa API” hoặc bằng lệnh tangthu apikey."),
        )


def _tell(acting: Acting, key: ApiKey, kind: str, detail: Mapping[str, object]) -> None:
    record(
        Event(
            kind=kind, obj=key.pk, body=key.body_id, actor=acting.actor(key.body_id), detail=detail
        )
    )
