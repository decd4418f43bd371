"""Days between which uses are shown, as people type them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tangthu.reports import queries
from tangthu.ui.tables import EmptyState


def fault_of(start: str, end: str) -> EmptyState | None:
    """What is wrong with two dates as typed, to be shown in the place of rows; None if nothing."""
    if any(typed and queries.typed_date(typed) is None for typed in (start, end)):
        hint = _("Nhập ngày/tháng/năm, ví dụ 02/09/2025; hoặc tháng/năm, năm.")
        return EmptyState(_("Ngày chưa đúng."), hint)
    begin, until = queries.span(start, end)
    if begin and until and until <= begin:
        return EmptyState(_("Ngày cuối đứng trước ngày đầu."), _("Đổi lại hai ngày."))
    return None
