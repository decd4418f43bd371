"""Passkeys of an account: add, rename, take off, prove (RM-955)."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity.models import Account
from tangthu.identity.queries import viewer_of
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.kernel.securitylog import Noted, note
from tangthu.signin import ceremony, queries
from tangthu.signin.actions import visit
from tangthu.signin.actions.second_step import forget, record_own, renew_codes
from tangthu.signin.models import Kind, Passkey, SecondStep
from tangthu.signin.noticing import of
from tangthu.signin.places import Place

PASSKEY = "passkey"
# Of one account: a computer, a phone, two keys to carry, and some to spare.
MOST = 10
LONGEST_NAME = 60


def add_passkey(
    account: Account,
    place: Place,
    state: Mapping[str, Any],
    answer: str,
    *,
    name: str,
    keep: uuid.UUID | None = None,
) -> list[str]:
    """Add the passkey that the browser made when it was asked with `state`.

    Returns recovery codes, to be told once, where it is the first second step of the account; then
    all sessions end but `keep`, which began without it. Raises InvalidInput on "name" and
    "passkey", Refused where there are too many.
    """
    told = _name(name)
    try:
        made = ceremony.new_from(place, state, answer)
    except ceremony.NotProved as error:
        raise not_made() from error
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        count = Passkey.objects.filter(account=account).count()
        if count >= MOST:
            raise Refused(
                _("Tài khoản này đã có %(n)s khóa truy cập, không thêm được nữa.") % {"n": MOST},
                hint=_("Gỡ bớt khóa không còn dùng."),
            )
        if Passkey.objects.filter(credential=made.credential).exists():
            raise not_made()
        Passkey(
            account=account,
            credential=made.credential,
            kept=made.kept,
            host=place.host,
            name=told,
            count=made.count,
            added_at=timezone.now(),
        ).save(force_insert=True)
        codes: list[str] = []
        if not SecondStep.objects.filter(account=account).exists():
            SecondStep(account=account, set_up_at=timezone.now()).save(force_insert=True)
            codes = renew_codes(account)
            visit.end(account, keep=keep)
        record_own(account, "signin.passkey.added", count=count + 1)
    return codes


def rename_passkey(account: Account, passkey_id: uuid.UUID, name: str) -> None:
    """Give one's own passkey another name. Raises NotFoundForViewer, InvalidInput on "name"."""
    told = _name(name)
    with transaction.atomic():
        row = queries.own_passkey(account, passkey_id)
        if row.name == told:
            return
        row.name = told
        row.save(update_fields=["name"])
        record_own(account, "signin.passkey.renamed")


def remove_passkey(
    account: Account, passkey_id: uuid.UUID, *, keep: uuid.UUID | None = None
) -> None:
    """Take off one's own passkey; all sessions end but `keep`. With the last second step go its
    recovery codes. Raises NotFoundForViewer. Who asks has asked for proof of who he is."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        queries.own_passkey(account, passkey_id).delete()
        left = Passkey.objects.filter(account=account).count()
        with_app = SecondStep.objects.filter(account=account).exclude(sealed=None)
        if not left and not with_app.exists():
            forget(account)
        visit.end(account, keep=keep)
        record_own(account, "signin.passkey.removed", left=left)


def prove_passkey(
    place: Place,
    state: Mapping[str, Any],
    answer: str,
    *,
    account: Account | None,
    whole: bool = False,
) -> Account:
    """Prove a passkey, of `account` as its second step or as the whole proof (`whole`), or alone as
    whoever it says (None).

    Alone the person must have been verified by his device, may use the house, and is the one that
    the key was made for. Returns whose it is. Raises InvalidInput on "passkey" for whatever is
    wrong, without saying what. A counter that runs back is told in the security log.
    """
    why, row = "", None
    with transaction.atomic():
        try:
            credential = ceremony.credential_in(answer)
            row = _of_credential(place, credential, account)
            if row is None:
                why = "unknown"
            else:
                proof = ceremony.proof_in(place, state, bytes(row.kept), answer)
                why = _objection(row, proof, alone=account is None, whole=whole or account is None)
        except ceremony.NotProved:
            why = "wrong"
        if row is not None and not why:
            row.count, row.used_at = proof.count, timezone.now()
            row.save(update_fields=["count", "used_at"])
            return row.account
    whose = account or (row.account if row is not None else None)
    told = of(whose) if whose else {}
    target = whose.username if whose else ""
    detail = {"by": [PASSKEY]} | ({"cloned": True} if why == "cloned" else {})
    note(Noted(Kind.FAILED, target, outcome="fail", detail=detail, **told))
    raise not_proved()


def _of_credential(place: Place, credential: bytes, account: Account | None) -> Passkey | None:
    found = Passkey.objects.select_for_update(of=("self",)).select_related("account__person")
    found = found.filter(credential=credential, host=place.host)
    return (found.filter(account=account) if account else found).first()


def _objection(row: Passkey, proof: ceremony.Proof, *, alone: bool, whole: bool) -> str:
    """Why a proof that holds does not let in; "" if it does."""
    if proof.handle and not hmac.compare_digest(proof.handle, row.account.person_id.bytes):
        return "another"
    if (proof.count or row.count) and proof.count <= row.count:
        return "cloned"
    if (whole and not proof.verified) or (alone and not proof.handle):
        return "unverified"
    if whole and row.second_only:
        return "second only"
    if alone and not (row.account.is_active and viewer_of(row.account.person).positions):
        return "nobody"
    return ""


def _name(given: str) -> str:
    told = " ".join("".join(one if one.isprintable() else " " for one in given).split())
    if not told or len(told) > LONGEST_NAME:
        words = _("Đặt tên cho khóa, nhiều nhất 60 ký tự, ví dụ “Điện thoại”.")
        raise InvalidInput(words, problems={"name": [words]})
    return told


def not_made() -> InvalidInput:
    """The one answer to whatever is wrong with a new passkey."""
    words = _("Chưa thêm được khóa truy cập: trình duyệt không trả lời đúng, hoặc đã quá lâu.")
    return InvalidInput(words, problems={PASSKEY: [words]})


def not_proved() -> InvalidInput:
    """The one answer to whatever is wrong with a proof."""
    words = _("Khóa truy cập này không đăng nhập được ở đây.")
    return InvalidInput(words, problems={PASSKEY: [words]})
