"""The guides, one for each kind of work; which is for whom follows from his roles."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide: its place in the address, its title, what it teaches, the roles that it is for."""

    slug: str
    title: Promise | str
    teaches: Promise | str
    roles: frozenset[str]


GUIDES = (
    Guide(
        "luu-tru-vien",
        _("Lưu trữ viên"),
        _("Nhập đợt số hóa, sửa mô tả, đóng gói, giữ gìn và trao tài liệu cho người cần."),
        frozenset({"archivist", "historical_archivist"}),
    ),
    Guide(
        "van-thu",
        _("Văn thư"),
        _("Tìm văn bản cũ, lấy bản sao có ghi nguồn, in danh sách, lưu tìm kiếm hay dùng."),
        frozenset({"clerk", "form_checker", "follow_up"}),
    ),
    Guide(
        "lanh-dao",
        _("Lãnh đạo"),
        _("Xác nhận thay đổi quyền, kết luận về tệp bị cách ly, ủy quyền khi vắng."),
        frozenset({"leader", "deputy"}),
    ),
    Guide(
        "chuyen-vien",
        _("Chuyên viên"),
        _("Tìm, đọc, chia sẻ, xuất danh sách và tạo gói sử dụng."),
        frozenset({"officer", "unit_head"}),
    ),
    Guide(
        "quan-tri",
        _("Quản trị cơ quan"),
        _("Đơn vị, người, quyền và tài khoản của cơ quan."),
        frozenset({"administrator"}),
    ),
    Guide(
        "quan-tri-he-thong",
        _("Quản trị hệ thống"),
        _("Tình trạng máy, kho, sao lưu, mở cơ quan, và người thay mình."),
        frozenset({"keeper"}),
    ),
    Guide(
        "an-toan",
        _("Phụ trách an toàn thông tin"),
        _("Xác nhận thay đổi quyền với tư cách người thứ hai, xem ai có quyền gì."),
        frozenset({"security_officer"}),
    ),
    Guide(
        "doc-gia",
        _("Người kiểm tra và độc giả"),
        _("Xem những gì được mở, kiểm chứng tệp bằng chứng mà không cần tin hệ thống."),
        frozenset({"inspector"}),
    ),
)


def guide_named(slug: str) -> Guide | None:
    """The guide at this place, None where there is none."""
    return next((guide for guide in GUIDES if guide.slug == slug), None)


def for_roles(roles: Iterable[str]) -> list[Guide]:
    """All guides, those for these roles first."""
    held = frozenset(roles)
    return sorted(GUIDES, key=lambda guide: not guide.roles & held)
