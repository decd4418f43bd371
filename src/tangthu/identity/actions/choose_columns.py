"""Remember which columns a person wants to see in a list. No record state, so no event."""

from __future__ import annotations

from collections.abc import Sequence

from tangthu.identity.acting import Acting
from tangthu.identity.models import ListChoice
from tangthu.kernel.errors import Refused

MOST = 60


def choose_columns(acting: Acting, name: str, columns: Sequence[str]) -> None:
    """Keep the keys of the columns of the list `name`; none at all means: as the list is made."""
    if acting.is_system or not acting.viewer.positions:
        raise Refused("Chưa đăng nhập.")
    kept = [key[:60] for key in dict.fromkeys(columns)][:MOST]
    if not kept:
        ListChoice.objects.filter(person_id=acting.viewer.person_id, name=name[:60]).delete()
        return
    ListChoice.objects.update_or_create(
        person_id=acting.viewer.person_id, name=name[:60], defaults={"columns": kept}
    )
