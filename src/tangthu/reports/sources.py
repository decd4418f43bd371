"""Lists that can be taken out whole: what was asked for, in words and as rows.

A list is named by its source and the pairs of its query string, so that a saved search, an export
and a printed list ask for the same; who asks gets what he may see at that moment.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.archive import queries as archive
from tangthu.archive.views.catalogue import DOCUMENTS, DOSSIERS, SORTS, filter_words, filters_of
from tangthu.discovery import findable, lists
from tangthu.discovery.guarded import LIMIT_MS
from tangthu.discovery.language import accented, parse, storable
from tangthu.discovery.listing import Listed, columns_of, read
from tangthu.identity.policies import SECRET, Viewer
from tangthu.kernel.errors import InvalidInput
from tangthu.kernel.job_registry import label_of
from tangthu.records import queries as records
from tangthu.records.fields import code_label
from tangthu.records.levels import narrowed
from tangthu.records.models import Dossier
from tangthu.reports import chosen, contents, queries
from tangthu.reports.contents import After
from tangthu.reports.job_kinds import JOB_ROWS
from tangthu.reports.models import Export
from tangthu.standards.vietnamese import fold, nfc
from tangthu.ui.choosing import COLUMNS
from tangthu.ui.tables import Cell, Column

MOST_TEXT = 400
PORTION = 500
# A name that no column has: with it the records themselves are read, and so the rights of each.
_RECORDS = "*"
# Whether something is packaged concerns who works on it, not who reads a list on paper.
_ON_SCREEN = frozenset({"state"})
_LISTINGS = {"dossiers": DOSSIERS, "documents": DOCUMENTS}
_PAGES = {
    "search": "discovery:search",
    "dossiers": "archive:dossiers",
    "documents": "archive:documents",
}
CONTENTS = contents.NAME
CHOSEN = chosen.NAME
TITLES = {
    "search": gettext_lazy("Kết quả tìm kiếm"),
    "dossiers": gettext_lazy("Danh sách hồ sơ"),
    "documents": gettext_lazy("Danh sách tài liệu"),
    # The documents of one dossier, in the order in which they are filed in it.
    CONTENTS: gettext_lazy("Mục lục văn bản, tài liệu trong hồ sơ"),
    # Rows that were chosen before, whatever their list holds now.
    CHOSEN: gettext_lazy("Danh sách các dòng đã chọn"),
    # What came of a job; not asked for by a query string, see reports.job_results.
    JOB_ROWS: gettext_lazy("Kết quả từng mục của công việc"),
}
# How its file is called when it is taken out; it says nothing of what is in it.
FILE_NAMES = {
    "search": "ket-qua-tim", "dossiers": "ho-so", "documents": "tai-lieu",
    CONTENTS: "muc-luc-van-ban", CHOSEN: "da-chon", JOB_ROWS: "ket-qua-cong-viec",
}  # fmt: skip
KEPT = (
    "q", "kind", "sort", "fonds", "inventory", "year", "type", "retention", "sealed", "secrecy",
    "sensitivity", "dang", "dossier", CHOSEN,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One list as asked for; `degree` cuts it to one degree of secrecy ("" all)."""

    source: str
    kind: str
    text: str
    order: str
    descending: bool
    filters: Mapping[str, str] = field(default_factory=dict)
    degree: str = ""

    def seen_by(self, viewer: Viewer) -> Viewer:
        """The viewer as he reads this list: of another degree than its own he sees nothing."""
        return viewer.narrowed(f"{SECRET}{self.degree}") if self.degree else viewer


def pairs_of(query: Mapping[str, str]) -> dict[str, str]:
    """The pairs of a query string that say what a list holds and how it is ordered."""
    typed = {key: storable(query.get(key, "")).strip() for key in KEPT}
    return {key: nfc(value)[:MOST_TEXT] for key, value in typed.items() if value}


def asked(
    viewer: Viewer, source: str, pairs: Mapping[str, str], *, limit_ms: int = LIMIT_MS
) -> Asked:
    """What the pairs ask for.

    Raises InvalidInput for a source that does not exist, NotFoundForViewer for a dossier that the
    viewer may not see, TooBroad.
    """
    if source not in TITLES or source == JOB_ROWS:
        raise InvalidInput(_("Không có danh sách này."), hint=_("Mở lại danh sách rồi xuất."))
    if source == CONTENTS:
        dossier = contents.dossier_of(viewer, pairs.get("dossier", ""))
        return Asked(source, "document", "", "place", False, {"dossier": str(dossier.pk)})
    if source == CHOSEN:
        named = pairs.get(CHOSEN, "")
        return Asked(source, chosen.chosen(viewer, named).kind, "", "place", False, {CHOSEN: named})
    sort = pairs.get("sort", "")
    order = SORTS.get(sort.removeprefix("-"), "")
    text, filters = pairs.get("q", ""), {}
    kinds = {one.name for one in findable.kinds()}
    kind = pairs.get("kind", "") if pairs.get("kind", "") in kinds else ""
    listing = _LISTINGS.get(source)
    if listing is not None:
        kind = listing.kind
        filters = filters_of(listing, pairs, archive.filter_names(viewer, pairs))
    elif parse(text).is_empty:
        raise InvalidInput(_("Chưa có gì để tìm."), hint=_("Gõ từ cần tìm rồi xuất kết quả."))
    degree = pairs.get("secrecy", "")
    if degree not in narrowed(viewer, degree)[1]:
        # As on the screen: a degree that cannot be asked for is as if it were not there.
        degree = ""
    found = Asked(
        source, kind, text, order or "place", sort.startswith("-") and bool(order), filters, degree
    )
    if accented(parse(text)) and not lists.portion(
        found.seen_by(viewer), kind, text=text, filters=filters, limit=1, limit_ms=limit_ms
    ):
        # As on the search page: where diacritics find nothing, the same without them.
        return replace(found, text=fold(text))
    return found


def kept_pairs(pairs: Mapping[str, str], wanted: Asked) -> dict[str, str]:
    """The pairs that an order keeps: a degree only if it was given to whoever asked.

    A dossier is a pair of its contents alone, written as its id is, however it was spelt.
    """
    if wanted.source in (CONTENTS, CHOSEN):
        return dict(wanted.filters)
    left_out = {"dossier", CHOSEN} if wanted.degree else {"dossier", CHOSEN, "secrecy"}
    return {key: value for key, value in pairs.items() if key not in left_out}


def as_ordered(
    viewer: Viewer, source: str, pairs: Mapping[str, str], *, limit_ms: int = LIMIT_MS
) -> Asked:
    """What pairs that were kept ask for.

    A degree stays asked for when the clearance for it is gone: then nothing is found, not all else.
    """
    found = asked(viewer, source, pairs, limit_ms=limit_ms)
    return replace(found, degree=pairs.get("secrecy", ""))


def count(viewer: Viewer, wanted: Asked, *, limit_ms: int = LIMIT_MS) -> tuple[int, bool]:
    """How many rows the list has for the viewer, up to a cap, and whether there are more.

    Raises TooBroad when counting takes longer than `limit_ms`.
    """
    if wanted.source == CONTENTS:
        return contents.count(viewer, about(viewer, wanted)), False
    if wanted.source == CHOSEN:
        found = chosen.chosen(viewer, wanted.filters[CHOSEN])
        return len(queries.still_visible(viewer, found.kind, found.ids)), False
    cut = wanted.seen_by(viewer)
    return lists.count(
        cut, wanted.kind, text=wanted.text, filters=wanted.filters, limit_ms=limit_ms
    )


def about(viewer: Viewer, wanted: Asked) -> Dossier:
    """The dossier whose contents are asked for. Raises NotFoundForViewer."""
    return contents.dossier_of(viewer, wanted.filters["dossier"])


def named_in_head(viewer: Viewer, wanted: Asked) -> list[Dossier]:
    """The records of which the list tells before its first line: they count as its rows do.

    Their degree is the copy's, and who may not see them any more may not have the copy.
    """
    return [about(viewer, wanted)] if wanted.source == CONTENTS else []


def title_of(wanted: Asked) -> str:
    """What the list is called on paper."""
    return str(TITLES[wanted.source])


def conditions_in_words(viewer: Viewer, wanted: Asked) -> list[tuple[str, str]]:
    """What was asked for as labels and values, the order included."""
    if wanted.source == CONTENTS:
        return contents.head(viewer, about(viewer, wanted))
    if wanted.source == CHOSEN:
        return [(_("Phạm vi"), _("các dòng đã chọn")), (_("Thứ tự"), _("như khi chọn"))]
    words = []
    if wanted.text:
        words.append((_("Từ cần tìm"), wanted.text))
    if wanted.kind and wanted.source == "search":
        words.append((_("Loại kết quả"), str(findable.kind(wanted.kind).label)))
    names = archive.filter_names(viewer, wanted.filters)
    words += [filter_words(key, value, names) for key, value in wanted.filters.items()]
    if wanted.degree:
        words.append((_("Độ mật"), code_label("secrecy", wanted.degree, timezone.localdate())))
    orders = {"place": _("mã lưu trữ"), "date": _("thời gian"), "code": _("số, ký hiệu")}
    way = _("giảm dần") if wanted.descending else _("tăng dần")
    return [*words, (_("Thứ tự"), f"{orders[wanted.order]}, {way}")]


def page_of(source: str, query: str) -> str:
    """Address of the list on the screen. Raises NotFoundForViewer for contents of no dossier.

    Rows that were chosen have no list any more: those who keep them have a page.
    """
    if source == CHOSEN:
        return reverse("reports:exports")
    if source == CONTENTS:
        named = parse_qs(query).get("dossier", [""])[0]
        return reverse("archive:dossier", args=[contents.dossier_id(named)])
    return reverse(_PAGES[source]) + (f"?{query}" if query else "")


def every_column(wanted: Asked) -> tuple[Column[Listed], ...]:
    """The columns that can be chosen for the list."""
    return contents.columns() if wanted.source == CONTENTS else columns_of(wanted.kind)


def chosen_columns(wanted: Asked, keys: Sequence[str]) -> tuple[Column[Listed], ...]:
    """The columns named by `keys`, or those for paper; what names a row is always there."""
    every = every_column(wanted)
    picked = {column.key for column in every} & set(keys)
    return tuple(
        column
        for column in every
        if column.primary
        or (column.key in picked if picked else not column.extra and column.key not in _ON_SCREEN)
    )


def nothing_listed() -> InvalidInput:
    """The refusal of a list without a line."""
    return InvalidInput(
        _("Danh sách không có dòng nào để in, xuất."),
        hint=_("Bỏ bớt điều kiện, hoặc mở hồ sơ khác."),
    )


def keys_of(query: Mapping[str, str]) -> list[str]:
    """The keys of the columns that a query string names."""
    return [key for key in query.get(COLUMNS, "").split(",") if key][:60]


def portions(
    viewer_now: Callable[[], Viewer],
    wanted: Asked,
    *,
    after: After | None,
    size: int = PORTION,
    limit_ms: int = LIMIT_MS,
) -> Iterator[tuple[list[Listed], After]]:
    """The rows in order, so many at a time, each with where to read on.

    Who may see what is asked anew for each portion: of the index, and of the records themselves.
    The index is cut to the degree; a record of it may lie in a dossier of another.
    Raises TooBroad when a portion takes longer than `limit_ms`.
    """
    while True:
        viewer = viewer_now()
        if wanted.source == CONTENTS:
            lines, after, taken = contents.portion(viewer, about(viewer, wanted), after, size)
        elif wanted.source == CHOSEN:
            found = chosen.chosen(viewer, wanted.filters[CHOSEN])
            lines, after, taken = chosen.portion(viewer, found, after, size)
        else:
            rows = lists.portion(
                wanted.seen_by(viewer), wanted.kind, text=wanted.text, filters=wanted.filters,
                order=wanted.order, descending=wanted.descending, after=after, limit=size,
                limit_ms=limit_ms,
            )  # fmt: skip
            after = (rows[-1].key, rows[-1].obj) if rows else after
            lines, taken = visible(viewer, rows), len(rows)
        if not taken or after is None:
            return
        yield lines, after
        if taken < size:
            return


def visible(viewer: Viewer, rows: Sequence[lists.Row]) -> list[Listed]:
    """Those of the rows whose records the viewer may see now, with the records."""
    wanted = [_RECORDS, "fonds"]
    return [one for one in read(viewer, rows, wanted=wanted) if one.record is not None]


def cells(one: Listed, columns: Sequence[Column[Listed]]) -> list[str]:
    """What stands in the columns of a line, as plain text."""
    values = (column.value(one) for column in columns)
    return [
        str(value.text if isinstance(value, Cell) else "" if value is None else value)
        for value in values
    ]


def export_names(viewer: Viewer, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Which list those exports are that the viewer ordered, with its words, by id."""
    found = list(queries.exports(viewer).filter(pk__in=ids))
    words = words_of(viewer, found)
    return {
        one.pk: " – ".join(filter(None, (str(TITLES[one.source]), words[one.pk]))) for one in found
    }


def file_name(viewer: Viewer, found: Export) -> str:
    """How the file of an export is called, without its moment; of contents with the code."""
    code = words_of(viewer, [found])[found.pk] if found.source == CONTENTS else ""
    return "-".join(filter(None, (FILE_NAMES[found.source], re.sub(r"[^\w.]+", "-", code))))


def words_of(viewer: Viewer, found: Sequence[Export]) -> dict[uuid.UUID, str]:
    """What tells some exports of one list apart: the words sought, or the dossier's code.

    The code is shown as long as the viewer may see the dossier.
    """
    named = {one.pk: one.asked["dossier"] for one in found if one.source == CONTENTS}
    seen = records.dossiers(viewer).in_bulk([uuid.UUID(one) for one in set(named.values())])
    codes = {str(pk): dossier.archive_file_code for pk, dossier in seen.items()}
    return {
        one.pk: codes.get(named[one.pk], "") if one.pk in named else _sought(one) for one in found
    }


def _sought(one: Export) -> str:
    if one.source == JOB_ROWS:
        return label_of(one.asked["kind"])
    return str(one.asked.get("q", ""))
