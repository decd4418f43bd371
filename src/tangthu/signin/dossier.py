"""The dossier of a user (AR-102): how he proves who he is, since when, and what he used; never a
secret."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tangthu.identity.models import Account
from tangthu.signin import queries, standing
from tangthu.signin.inventory import AccountKind, Line
from tangthu.ui import formats
from tangthu.ui.parts import Fact, FactGroup

# What of records and programs a person used, told by who keeps it: at some bodies, or everywhere
# (None) to himself.
_uses: list[Callable[[uuid.UUID, Collection[uuid.UUID] | None], FactGroup | None]] = []


def also_used(
    tell: Callable[[uuid.UUID, Collection[uuid.UUID] | None], FactGroup | None],
) -> None:
    """Let `tell` say what a person used; in numbers, for who reads his dossier may not know the
    records."""
    if tell not in _uses:
        _uses.append(tell)


def uses(person_id: uuid.UUID, bodies: Collection[uuid.UUID] | None) -> list[FactGroup]:
    """What a person used at some bodies; everywhere for None."""
    found = (tell(person_id, bodies) for tell in _uses)
    return [one for one in found if one is not None]


def facts_of(line: Line) -> tuple[Fact, ...]:
    """What the list of accounts tells of one (RM-954), beside its name and state."""
    return (
        Fact(_("Loại"), str(AccountKind(line.kind).label)),
        Fact(_("Được dùng"), line.asset or "–"),
        Fact(_("Người quản lý"), line.manager or "–"),
        Fact(_("Đơn vị"), line.department or "–"),
        Fact(_("Hết hạn"), formats.day(line.until) if line.until else _("không hạn")),
    )


def authentication(account: Account) -> FactGroup:
    """Which means of proving himself a person has set up, and when each was last changed."""
    kept, step = standing.of(account), standing.second_step(account)
    facts = [Fact(_("Mật khẩu"), standing.password(account))]
    if kept is not None and kept.reset_at is not None:
        facts.append(Fact(_("Người khác đặt lại lần cuối"), formats.moment(kept.reset_at)))
    facts.append(Fact(_("Xác thực hai bước"), standing.second_step_words(account)))
    added = [one.added_at for one in queries.passkeys_of(account)]
    if added:
        count = len(added)
        words = ngettext(
            "%(n)s khóa, thêm lần cuối %(when)s", "%(n)s khóa, thêm lần cuối %(when)s", count
        )
        when = formats.moment(max(added))
        facts.append(Fact(_("Khóa truy cập"), words % {"n": count, "when": when}))
    if step is not None:
        facts.append(Fact(_("Mã khôi phục còn lại"), str(queries.codes_left(account))))
    facts += [
        Fact(_("Đăng nhập một lần"), _("%(issuer)s, từ %(when)s") % {
            "issuer": one.issuer, "when": formats.moment(one.linked_at),
        })
        for one in queries.links_of(account)
    ]  # fmt: skip
    return FactGroup(_("Cách chứng minh mình là ai"), tuple(facts))
