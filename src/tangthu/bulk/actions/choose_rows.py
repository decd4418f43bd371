"""Choose rows for a bulk act: those marked, or all of a filter; frozen from now on.

What comes into the list later is not among them, what leaves it stays and is judged when its turn
comes. Nothing is done to a record here, so there is no event.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from tangthu.bulk.models import BulkAct, BulkRow
from tangthu.identity.acting import Acting
from tangthu.identity.models import Person
from tangthu.kernel import clock
from tangthu.kernel.errors import InvalidInput
from tangthu.kernel.job_rows import KEPT
from tangthu.records import queries as records
from tangthu.reports import sources
from tangthu.reports.queries import still_visible
from tangthu.ui import formats

MOST = 5000
OPEN = 10  # of one person, not yet confirmed
LASTS = dt.timedelta(hours=1)
KINDS = {"dossiers": "dossier", "documents": "document"}
SEARCH = "search"


def choose_marked(acting: Acting, source: str, ids: Sequence[uuid.UUID]) -> BulkAct:
    """Choose some rows of a list, each once and in order; what the person may not see is left out.

    Raises InvalidInput when nothing is left, or for more than MOST.
    """
    kind = _kind(source)
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > MOST:
        raise _too_many()
    seen = still_visible(acting.viewer, kind, wanted)
    return _choose(acting, kind, "", {}, [one for one in wanted if one in seen])


def choose_listed(acting: Acting, source: str, pairs: Mapping[str, str]) -> BulkAct:
    """Choose all rows of a list, or of a search for one kind, as `pairs` of its address ask for it.

    Raises InvalidInput for another list, for none and for more than MOST rows, TooBroad.
    """
    kind = pairs.get("kind", "") if source == SEARCH else _kind(source)
    if kind not in KINDS.values():
        raise InvalidInput(
            _("Kết quả tìm kiếm có nhiều loại."), hint=_("Chọn “Hồ sơ” hoặc “Tài liệu” trước.")
        )
    wanted = sources.asked(acting.viewer, source, pairs)
    found: list[uuid.UUID] = []
    for portion, _after in sources.portions(lambda: acting.viewer, wanted, after=None):
        found += [one.row.obj for one in portion]
        if len(found) > MOST:
            raise _too_many()
    return _choose(acting, kind, source, sources.kept_pairs(pairs, wanted), found)


def _kind(source: str) -> str:
    if source not in KINDS:
        raise InvalidInput(
            _("Không có danh sách này."), hint=_("Mở danh sách hồ sơ hoặc tài liệu.")
        )
    return KINDS[source]


def _too_many() -> InvalidInput:
    return InvalidInput(
        _("Bộ lọc này có hơn %(n)s dòng.") % {"n": formats.thousands(MOST)},
        hint=_("Lọc hẹp hơn, ví dụ theo năm hoặc mục lục, rồi làm từng phần."),
    )


def _choose(
    acting: Acting, kind: str, source: str, asked: Mapping[str, str], ids: Sequence[uuid.UUID]
) -> BulkAct:
    if not ids:
        raise InvalidInput(_("Chưa chọn dòng nào."), hint=_("Đánh dấu các dòng, hoặc bỏ bớt lọc."))
    one = records.dossier if kind == "dossier" else records.document
    first = one(acting.viewer, ids[0])
    moment = clock.now()
    with transaction.atomic():
        # Choices of one person wait for each other, so that none passes the ceiling together.
        Person.objects.select_for_update().get(pk=acting.viewer.person_id)
        mine = BulkAct.objects.filter(person_id=acting.viewer.person_id, confirmed_at=None)
        old = list(mine.order_by("-made_at").values_list("pk", flat=True)[OPEN - 1 :])
        BulkAct.objects.filter(pk__in=old).delete()
        made = BulkAct(
            person_id=acting.viewer.person_id, body_id=first.body_id, kind=kind, source=source,
            asked=dict(asked), made_at=moment, expires_at=moment + LASTS,
        )  # fmt: skip
        made.save(force_insert=True)
        BulkRow.objects.bulk_create(
            [BulkRow(act=made, place=place, obj=obj) for place, obj in enumerate(ids, start=1)],
            batch_size=1000,
        )
    return made


def forget_acts() -> None:
    """Remove what was not confirmed in its time, and what was done long ago: as long as the rows of
    other work are kept."""
    now = clock.now()
    BulkAct.objects.filter(confirmed_at=None, expires_at__lt=now).delete()
    BulkAct.objects.filter(confirmed_at__lt=now - KEPT).delete()
