"""What the fields of a fonds are called, on forms, in facts and in histories."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

FONDS_LABELS: Mapping[str, object] = {
    "code": gettext_lazy("Mã phông"),
    "name": gettext_lazy("Tên phông"),
    "agency_code": gettext_lazy("Mã cơ quan hình thành"),
    "status": gettext_lazy("Trạng thái"),
    "creator_history": gettext_lazy("Lịch sử đơn vị hình thành phông"),
    "date_range": gettext_lazy("Thời gian tài liệu"),
    "main_groups": gettext_lazy("Các nhóm tài liệu chủ yếu"),
    "language_codes": gettext_lazy("Ngôn ngữ"),
    "backup_regime": gettext_lazy("Chế độ dự phòng"),
    "note": gettext_lazy("Ghi chú"),
}
