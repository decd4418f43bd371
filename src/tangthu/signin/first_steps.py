"""First steps about accounts."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tangthu.identity.first_steps import having, viewer_at
from tangthu.ui.first_steps import FirstStep, first_steps


def _has_second_step(request: HttpRequest) -> bool:
    from tangthu.signin import duties

    return duties.has_second_step(request.user)  # type: ignore[arg-type]


def _has_practice(request: HttpRequest) -> bool:
    from tangthu.identity.models import Body

    managed = viewer_at(request).bodies_with("people.manage")
    return Body.objects.filter(practice_of__in=managed).exists()


def register() -> None:
    """Hand the steps over; called once, when the app is ready."""
    first_steps.register(
        FirstStep(
            "second-step",
            _("Thiết lập xác thực hai bước cho tài khoản của bạn"),
            _("Người khác biết mật khẩu của bạn vẫn không đăng nhập được."),
            "signin:second-step",
            5,
            lambda _request: True,
            _has_second_step,
        ),
        FirstStep(
            "practice",
            _("Mở chỗ tập cho người mới"),
            _("Ai quen giấy cứ làm thử ở đó; không gì ở chỗ tập được tính."),
            "signin:practice",
            70,
            having("people.manage"),
            _has_practice,
        ),
    )
