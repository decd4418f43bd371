"""What a grant is at odds with: other grants of the same right, and duties kept apart (RM-691).

As in `conflicts`, each is a warning for whoever asks and whoever decides, never a refusal.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.identity import standing
from tangthu.identity.models import Grant, Role
from tangthu.identity.policies import LEVELS_OF
from tangthu.ui import formats

# Rights that whoever administers a body should not hold beside it (RM-954).
_APART_FROM_ADMINISTRATOR = frozenset({"archive.describe"})


def conflicts_of_grant(grant: Grant) -> list[str]:
    """Sentences on what does not go together with a grant; none for one that is over."""
    if grant.refused_at is not None or grant.ended_at is not None:
        return []
    return [*_others(grant), *_refused(grant), *_apart(grant)]


def _others(grant: Grant) -> Iterator[str]:
    """Grants of the same holder that overlap in time and give the same, or all of it."""
    right = Q(right=grant.right)
    if grant.right in LEVELS_OF:
        wider = [r for r in LEVELS_OF if set(LEVELS_OF[r]) >= set(LEVELS_OF[grant.right])]
        right = Q(right__in=wider)
    there = Q(scope=grant.scope) | Q(scope_kind=Grant.Scope.BODY)
    found = (
        Grant.objects.filter(right, there, holder=grant.holder, body_id=grant.body_id)
        .filter(Q(effective_to=None) | Q(effective_to__gte=grant.effective_from))
        .filter(ended_at=None, refused_at=None)
        .exclude(pk=grant.pk)
        .order_by("asked_at", "id")
    )
    if grant.effective_to is not None:
        found = found.filter(effective_from__lte=grant.effective_to)
    for other in found:
        told = {"decision": other.decision, "until": _until(other)}
        if other.scope != grant.scope:
            yield (
                _(
                    "Người nhận đã có quyền này trên cả cơ quan theo %(decision)s, %(until)s: "
                    "chấm dứt riêng quyền này không đóng lại gì."
                )
                % told
            )
        elif other.effective_to != grant.effective_to:
            yield (
                _(
                    "Trùng thời gian với quyền đã cấp theo %(decision)s, %(until)s: ngày hết hạn "
                    "khác nhau, ngày muộn hơn mới là ngày hết quyền."
                )
                % told
            )
        else:
            yield _("Trùng với quyền đã cấp theo %(decision)s, %(until)s.") % told


def _refused(grant: Grant) -> Iterator[str]:
    """The same was refused before: one says yes where another said no."""
    no = Grant.objects.filter(
        right=grant.right,
        scope=grant.scope,
        holder=grant.holder,
        refused_at__isnull=False,
        asked_at__lt=grant.asked_at,
    )
    last = no.order_by("-refused_at").first()
    if last is not None:
        assert last.refused_at is not None
        yield _("Đề nghị giống hệt đã không được chấp nhận ngày %(day)s (căn cứ %(decision)s).") % {
            "day": formats.day(timezone.localdate(last.refused_at)),
            "decision": last.decision,
        }


def _apart(grant: Grant) -> Iterator[str]:
    if grant.holder_kind != Grant.Holder.PERSON or grant.right not in _APART_FROM_ADMINISTRATOR:
        return
    held = standing.appointments().filter(
        person_id=grant.holder, position__body_id=grant.body_id, position__role=Role.ADMINISTRATOR
    )
    if held.exists():
        yield _(
            "Người nhận là Quản trị của cơ quan: quản trị và xử lý dữ liệu cần tách cho hai người."
        )


def _until(grant: Grant) -> str:
    if grant.effective_to is None:
        return _("không hạn")
    return _("đến hết ngày %(day)s") % {"day": formats.day(grant.effective_to)}
