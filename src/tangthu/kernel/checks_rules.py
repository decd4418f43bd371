"""The check of rules: whether they load, and what of the installation's own contradicts the law."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from tangthu.kernel.checks import Bodies, Finding
from tangthu.kernel.rulebook import rulebook
from tangthu.standards.rules import RuleError


def look(bodies: Bodies) -> Iterator[Finding]:
    """Rules that contradict each other in time do not load at all (RM-691); one that goes against a
    text that was read is a warning. It belongs to no body."""
    try:
        overrides = rulebook().overrides()
    except RuleError as error:
        yield Finding(
            "error",
            error.message,
            _("Việc nào cần đến quy tắc sẽ dừng với lỗi."),
            error.hint,
        )
        return
    against = [one for one in overrides if one.settled]
    for one in against:
        yield Finding(
            "warning",
            _("Quy tắc %(key)s của đơn vị (%(origin)s) trái với quy định đã đọc nguyên văn.")
            % {"key": one.key, "origin": one.origin},
            _("Hồ sơ được xét theo quy tắc của đơn vị; người kiểm tra sẽ hỏi căn cứ."),
            _("Ghi căn cứ vào mục citation, hoặc bỏ mục này khỏi thư mục rules."),
        )
    if not against:
        yield Finding(
            "ok",
            _("Quy tắc đọc được, không mâu thuẫn; đơn vị quy định khác ở %(n)s mục.")
            % {"n": len(overrides)},
        )
