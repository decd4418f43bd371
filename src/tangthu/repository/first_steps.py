"""First steps about stores and the packages in them."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tangthu.identity.first_steps import having, viewer_at
from tangthu.ui.first_steps import FirstStep, first_steps

_COPIES = 2


def _has_apart_stores(_request: HttpRequest) -> bool:
    from tangthu.repository import hazards, stores

    used = list(stores.in_use())
    return (
        len(used) >= _COPIES
        and not any(map(hazards.undeclared, used))
        and not hazards.never_apart(used)
    )


def _has_packages(request: HttpRequest) -> bool:
    from tangthu.repository.models import Package

    mine = viewer_at(request).bodies_with("archive.seal")
    return Package.objects.filter(body_id__in=mine).exists()


def _has_checked(request: HttpRequest) -> bool:
    from tangthu.identity.queries import jobs
    from tangthu.kernel.models import Job
    from tangthu.repository.job_kinds import CHECK_ALL

    return jobs(viewer_at(request)).filter(kind=CHECK_ALL, state=Job.State.DONE).exists()


def register() -> None:
    """Hand the steps over; called once, when the app is ready."""
    first_steps.register(
        FirstStep(
            "second-store",
            _("Đặt hai kho ở hai nơi và khai nguy cơ của từng kho"),
            _("Hai kho chung mọi nguy cơ thì chỉ bằng một bản sao."),
            "repository:stores",
            40,
            having("house.keep"),
            _has_apart_stores,
        ),
        FirstStep(
            "package",
            _("Đóng gói hồ sơ đầu tiên để bảo quản"),
            _("Chỉ hồ sơ đã đóng gói mới có bản sao ở mọi kho."),
            "archive:dossiers",
            130,
            having("archive.seal"),
            _has_packages,
        ),
        FirstStep(
            "check",
            _("Kiểm tra toàn vẹn các gói lần đầu"),
            _("Xem một lần kiểm tra từ đầu đến cuối để biết kết quả nói gì khi có gói hỏng."),
            "repository:stores",
            140,
            having("repository.audit"),
            _has_checked,
        ),
    )
