"""Remember which columns a person wants to see in a list. No record state, so no event."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import ListChoice, Person
from tangthu.kernel.errors import Refused

MOST = 60
# More lists than there are; a name comes from the browser and may be anything.
MOST_LISTS = 100


def choose_columns(acting: Acting, name: str, columns: Sequence[str]) -> None:
    """Keep the keys of the columns of the list `name`; none at all means: as the list is made.

    Raises Refused for a list more than a person may have chosen for.
    """
    if acting.is_system or not acting.viewer.positions:
        raise Refused("Chưa đăng nhập.")
    kept = [key[:60] for key in dict.fromkeys(columns)][:MOST]
    mine = ListChoice.objects.filter(person_id=acting.viewer.person_id)
    if not kept:
        mine.filter(name=name[:60]).delete()
        return
    with transaction.atomic():
        # Choices of one person wait for each other, so that none passes the ceiling together.
        Person.objects.select_for_update().get(pk=acting.viewer.person_id)
        if mine.exclude(name=name[:60]).count() >= MOST_LISTS:
            raise Refused(
                _("Bạn đã chọn cột cho quá nhiều danh sách."),
                hint=_("Bấm “Như mặc định” ở vài danh sách rồi chọn lại."),
            )
        ListChoice.objects.update_or_create(
            person_id=acting.viewer.person_id, name=name[:60], defaults={"columns": kept}
        )
