"""First steps about backups."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tangthu.identity.first_steps import having
from tangthu.ui.first_steps import FirstStep, first_steps

# Places of sets, each on a medium of its own (AR-85).
_PLACES = 2


def _has_sets(_request: HttpRequest) -> bool:
    from tangthu.backup.places import places
    from tangthu.backup.sets import sets_in

    held = [bool(place.is_dir() and sets_in(place)) for place in places()]
    return len(held) >= _PLACES and all(held)


def _has_tried(_request: HttpRequest) -> bool:
    from tangthu.backup import scheduling

    last = scheduling.last_drill()
    return last is not None and bool(last.result.get("ok"))


def register() -> None:
    """Hand the steps over; called once, when the app is ready."""
    first_steps.register(
        FirstStep(
            "backup-set",
            _("Đặt hai nơi sao lưu và lập bộ đầu tiên ở mỗi nơi"),
            _("Mất máy khi chưa có bộ sao lưu là mất hồ sơ và sổ cái."),
            "backup:backups",
            50,
            having("house.keep"),
            _has_sets,
        ),
        FirstStep(
            "backup-trial",
            _("Thử phục hồi từ một bộ sao lưu"),
            _("Bộ sao lưu chưa thử phục hồi lần nào thì chưa ai biết có dùng được không."),
            "backup:backups",
            60,
            having("house.keep"),
            _has_tried,
        ),
    )
