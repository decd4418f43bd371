"""First steps of whoever looks things up."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tangthu.identity.first_steps import having, viewer_at
from tangthu.ui.first_steps import FirstStep, first_steps


def _has_saved(request: HttpRequest) -> bool:
    from tangthu.reports import queries

    viewer = viewer_at(request)
    return queries.views(viewer).filter(person=viewer.person_id).exists()


def _has_taken_out(request: HttpRequest) -> bool:
    from tangthu.records.models import Use
    from tangthu.reports import queries

    mine = queries.uses(viewer_at(request), everybody=False)
    return mine.exclude(kind=Use.Kind.VIEW).exists()


def register() -> None:
    """Hand the steps over; called once, when the app is ready."""
    first_steps.register(
        FirstStep(
            "use",
            _("Tìm một tài liệu rồi in hoặc tải về"),
            _("Bản in và bản sao có ghi nguồn mang tên bạn, giờ và mã bản; hãy xem thử một bản."),
            "discovery:search",
            210,
            having("read.public"),
            _has_taken_out,
        ),
        FirstStep(
            "view",
            _("Lưu một tìm kiếm hay dùng"),
            _("Lần sau mở lại bằng một lần bấm, với quyền của hôm ấy."),
            "discovery:search",
            220,
            having("read.public"),
            _has_saved,
        ),
    )
