"""Checks of hooks: those that cannot be told what they wait for."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from tangthu.kernel.checks import Bodies, Finding
from tangthu.programs.hook_addresses import host_of
from tangthu.programs.models import Hook
from tangthu.programs.queries import hooks_in_trouble
from tangthu.programs.wording import outcome_words
from tangthu.ui import formats

_MOST = 20


def look(bodies: Bodies) -> Iterator[Finding]:
    """The hooks of `bodies` that the house stopped or that fail now; one good word if there are
    none."""
    found = list(hooks_in_trouble(bodies)[:_MOST])
    if not found:
        yield Finding("ok", _("Không có nơi nhận tin nào đang gặp lỗi."))
    for one in found:
        told = {"name": one.name, "host": host_of(one.url)}
        if one.state == Hook.State.STOPPED:
            words = _("Đã dừng gửi tin tới “%(name)s” ở %(host)s: %(why)s.")
            message = words % {**told, "why": outcome_words(one.why)}
        else:
            since = formats.moment(one.run.failing_since)
            words = _("Chưa gửi được tin tới “%(name)s” ở %(host)s từ %(since)s.")
            message = words % {**told, "since": since}
        yield Finding(
            "warning",
            message,
            _("Chương trình ở đó chưa biết những việc mới xảy ra."),
            f"tangthu --as NGƯỜI hook resume {one.pk}",
        )
