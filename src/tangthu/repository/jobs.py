"""What the repository runs in the background."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tangthu.kernel import jobs


def register_handlers() -> None:
    """Tell the kernel which function runs which kind of job."""
    from tangthu.repository.checking import CHECK_ALL, run_checks

    jobs.register(CHECK_ALL, run_checks, label=_("Kiểm tra toàn vẹn các kho"))
