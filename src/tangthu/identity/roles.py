"""Which rights each role gives, by day: data of the rulebook (rulesets/roles.toml; RM-336, RM-014).

Every right there is has its name here. What it lets one read or do is decided where it is asked
for.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.kernel.rulebook import rulebook
from tangthu.standards.rules import NotInForceError, RuleSet

RIGHTS: Mapping[str, object] = {
    "read.public": _("Đọc hồ sơ, tài liệu công khai"),
    "read.conditional": _("Đọc hồ sơ, tài liệu tiếp cận có điều kiện"),
    "dissemination.make": _("Lập gói sử dụng"),
    "archive.import": _("Nhập lô hồ sơ, tài liệu"),
    "archive.describe": _("Mô tả, sửa mô tả"),
    "archive.seal": _("Đóng gói bảo quản"),
    "records.freeze": _("Phong tỏa hồ sơ, tài liệu"),
    "records.approve": _("Duyệt sửa đổi hồ sơ, tài liệu có nhãn hạn chế"),
    "repository.audit": _("Kiểm tra kho và sổ cái"),
    "use.oversee": _("Xem lịch sử sử dụng của mọi người"),
    "house.keep": _("Quản trị hệ thống của cả nhà"),
    "house.administer": _("Quản trị tên, mã, sổ cái của cơ quan"),
    "quarantine.decide": _("Quyết định tệp bị giữ lại"),
    "people.manage": _("Quản lý đơn vị, chức vụ, người và quyền"),
    "clearance.grant": _("Quyết định người được tiếp cận bí mật nhà nước"),
    "rights.confirm": _("Xác nhận thay đổi quyền"),
    "rights.ask": _("Đề nghị cấp quyền"),
    "rights.review": _("Xem ai có quyền gì"),
    "log.review": _("Xem nhật ký an toàn"),
}


def rights_of(role: str) -> frozenset[str]:
    """The rights that `role` gives today; none if there is no such role, or not yet or no more."""
    return rights_on(timezone.localdate()).get(role, frozenset())


def rights_on(day: dt.date) -> Mapping[str, frozenset[str]]:
    """For each role in force on `day` the rights that it gives. Raises ValueError for a right that
    is none: a rule file that means something else must not pass in silence."""
    return _rights_on(rulebook(), day)


@functools.lru_cache(maxsize=16)
def _rights_on(rules: RuleSet, day: dt.date) -> Mapping[str, frozenset[str]]:
    found = {}
    for key in rules.value_keys():
        if not key.startswith("role."):
            continue
        try:
            rights = frozenset(rules.texts(key, day))
        except NotInForceError:
            continue  # not in force on that day
        if rights - RIGHTS.keys():
            raise ValueError(f"{key}: no such right: {sorted(rights - RIGHTS.keys())}")
        found[key.removeprefix("role.")] = rights
    return found


# What may be given to whoever needs it for a whole body; to read also for one fonds, dossier or
# document, for only reading is cut that fine.
# Other rights come with a position alone: duties that must stay apart would not, if given one by
# one (RM-954).
GRANTABLE = ("read.public", "read.conditional", "archive.describe", "dissemination.make")
# What a person may let another do in his place; managing people and confirming rights is not.
DELEGABLE = (
    "read.public",
    "read.conditional",
    "dissemination.make",
    "archive.import",
    "archive.describe",
    "archive.seal",
    "repository.audit",
    "use.oversee",
    "quarantine.decide",
)
