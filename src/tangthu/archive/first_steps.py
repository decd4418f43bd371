"""First steps of an archivist: a fonds and a batch."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tangthu.identity.first_steps import having, viewer_at
from tangthu.ui.first_steps import FirstStep, first_steps


def _has_fonds(request: HttpRequest) -> bool:
    from tangthu.archive import queries

    return queries.fonds(viewer_at(request)).exists()


def _has_batch(request: HttpRequest) -> bool:
    from tangthu.archive import queries

    return queries.batches(viewer_at(request)).exists()


def register() -> None:
    """Hand the steps over; called once, when the app is ready."""
    first_steps.register(
        FirstStep(
            "fonds",
            _("Mở phông lưu trữ của cơ quan"),
            _("Mọi hồ sơ đều thuộc một phông; mã phông không đổi được về sau."),
            "archive:fonds-list",
            110,
            having("archive.describe"),
            _has_fonds,
        ),
        FirstStep(
            "batch",
            _("Nhập thử một đợt nhỏ tài liệu đã số hóa"),
            _("Một thư mục vài chục tệp là đủ để quen với các thẻ và cách quyết định."),
            "imports:new",
            120,
            having("archive.import"),
            _has_batch,
        ),
    )
