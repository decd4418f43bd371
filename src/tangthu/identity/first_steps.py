"""First steps about units, people and rights.

Queries are imported when a step is looked at: starting up reads none of them.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.identity.policies import Viewer
from tangthu.ui.first_steps import FirstStep, first_steps


def viewer_at(request: HttpRequest) -> Viewer:
    """Who asks."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def having(right: str) -> Callable[[HttpRequest], bool]:
    """Whether the viewer of a request has `right` at any body, as a test for `FirstStep`."""
    return lambda request: viewer_at(request).may_anywhere(right)


def _has_units(request: HttpRequest) -> bool:
    from tangthu.identity.models import Unit

    managed = viewer_at(request).bodies_with("people.manage")
    return Unit.objects.filter(body__in=managed).exists()


def _has_people(request: HttpRequest) -> bool:
    from tangthu.identity.models import Appointment

    viewer = viewer_at(request)
    return (
        Appointment.objects.filter(position__body__in=viewer.bodies_with("people.manage"))
        .exclude(person=viewer.person_id)
        .exclude(effective_to__lt=timezone.localdate())
        .exists()
    )


def _nothing_waits(request: HttpRequest) -> bool:
    from tangthu.identity import changes

    return not changes.waiting_for(viewer_at(request))


def register() -> None:
    """Hand the steps over; called once, when the app is ready."""
    first_steps.register(
        FirstStep(
            "units",
            _("Lập các đơn vị của cơ quan"),
            _("Chức vụ được giao theo đơn vị, và quyền cấp được cho cả một đơn vị."),
            "identity:units",
            10,
            having("people.manage"),
            _has_units,
        ),
        FirstStep(
            "people",
            _("Thêm người và giao chức vụ"),
            _("Mỗi người một tài khoản riêng; không ai dùng chung."),
            "identity:people",
            20,
            having("people.manage"),
            _has_people,
        ),
        FirstStep(
            "changes",
            _("Xác nhận các thay đổi về quyền đang chờ"),
            _("Chức vụ và quyền mới chỉ có hiệu lực khi người thứ hai xác nhận."),
            "rights:changes",
            30,
            having("rights.confirm"),
            _nothing_waits,
        ),
    )
