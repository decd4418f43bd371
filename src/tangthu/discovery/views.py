"""The search page: what was found, best first, with the words lit; or how to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.discovery import findable
from tangthu.discovery.language import MAX_QUERY, Query, parse
from tangthu.discovery.met import note_met
from tangthu.discovery.result_table import NAME, table
from tangthu.discovery.search import COUNT_CAP, Hit, Result, TooBroad
from tangthu.discovery.search import search as run
from tangthu.identity.policies import Viewer
from tangthu.kernel.rulebook import rulebook
from tangthu.records.fields import code_label
from tangthu.records.levels import degree_words, narrowed
from tangthu.ui import formats
from tangthu.ui.choosing import COLUMNS, ListTools, shown_columns, tools_of
from tangthu.ui.partial_dates import DateError, from_iso
from tangthu.ui.parts import Tab
from tangthu.ui.query import edit_query

PAGE = 20

# How to ask, with an example of each way; shown before the first search and after an empty one.
HELP: tuple[tuple[str, str | Promise], ...] = (
    ("thanh lý tài sản", gettext_lazy("mọi từ đều phải có; gõ có dấu thì phải đúng dấu")),
    ("thanh ly tai san", gettext_lazy("gõ không dấu thì dấu nào cũng được")),
    ('"vệ sinh thực phẩm"', gettext_lazy("đúng cụm từ, theo thứ tự")),
    ("tập huấn -kinh phí", gettext_lazy("có từ thứ nhất, không có từ sau dấu trừ")),
    ("rượu hoặc bia", gettext_lazy("một trong hai bên là đủ")),
    ("tuyên*", gettext_lazy("mọi từ bắt đầu như thế")),
    ("12/QĐ-CCATVSTP", gettext_lazy("số, ký hiệu văn bản; số có năm thì bỏ năm cũng được")),
    ("001.03.08.H30.81.2024.K4.01", gettext_lazy("mã hồ sơ, mã tài liệu, kể cả mã cũ")),
    ("năm:2010 loại:quyết định", gettext_lazy("năm; tên hoặc mã loại văn bản")),
    ("từ:01/02/2010 đến:31/03/2010", gettext_lazy("khoảng ngày")),
    ("thbq:vĩnh viễn", gettext_lazy("thời hạn lưu trữ")),
    ('cq:"Sở Y tế"', gettext_lazy("cơ quan ban hành")),
    ("td:kế hoạch", gettext_lazy("chỉ tìm trong tiêu đề, trích yếu")),
)


@dataclass(frozen=True, slots=True)
class Found:
    """One hit as drawn."""

    hit: Hit
    url: str
    kind: str
    facts: str
    degree: str


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer `q`, cut to `kind` and from `from` on; without `q`, show how to ask."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    text = request.GET.get("q", "")[:MAX_QUERY].strip()
    query = parse(text)
    names = {kind.name for kind in findable.kinds()}
    chosen = request.GET.get("kind", "")
    chosen = chosen if chosen in names else ""
    context: dict[str, object] = {"search_text": text, "asked": not query.is_empty, "help": HELP}
    viewer, degrees = narrowed(viewer, request.GET.get("secrecy", ""))
    context["degrees"] = _degrees(request, degrees)
    if not query.is_empty and request.GET.get("dang") == "bang":
        context |= table(request, viewer, query, chosen)
    elif not query.is_empty:
        offset = _offset(request.GET.get("from", ""))
        context |= _answer(viewer, query, chosen, offset, request)
    return render(request, "discovery/search.html", context)


def _answer(
    viewer: Viewer, query: Query, chosen: str, offset: int, request: HttpRequest
) -> dict[str, object]:
    try:
        result = run(viewer, query, kind=chosen, offset=offset, limit=PAGE)
    except TooBroad as error:
        return {"too_broad": error}
    if offset and not result.hits:
        return _answer(viewer, query, chosen, 0, request)
    note_met([hit.obj for hit in result.hits])
    last = offset + len(result.hits)
    return {
        "result": result,
        "found": [_found(hit) for hit in result.hits],
        "count": in_words(result),
        "tabs": _tabs(result, chosen, request),
        "tools": _tools(request) if result.hits else None,
        "table_url": edit_query(request.GET, {"dang": "bang", "from": None}),
        "first": offset + 1,
        "last": last,
        "next_url": edit_query(request.GET, {"from": last}) if last < result.count else "",
        "previous_url": edit_query(request.GET, {"from": max(0, offset - PAGE) or None})
        if offset
        else "",
        "codes_asked": bool(query.codes),
    }


def _tools(request: HttpRequest) -> ListTools:
    """The ways to take the results out; their columns are chosen where they are a table."""
    tools = tools_of(request, name=NAME, caption=_("Kết quả tìm kiếm"), choices=(), source=NAME)
    shown = shown_columns(request, NAME) or ()
    pairs = (*(one for one in tools.pairs if one[0] != COLUMNS), (COLUMNS, ",".join(shown)))
    return replace(tools, pairs=pairs)


def _degrees(request: HttpRequest, degrees: Sequence[str]) -> list[Tab]:
    """On an isolated LAN: all records, or those of one degree of secrecy, as links."""
    if not degrees:
        return []
    chosen = request.GET.get("secrecy", "")
    today = timezone.localdate()
    every = edit_query(request.GET, {"secrecy": None, "from": None})
    return [
        Tab(_("Mọi độ mật"), every, chosen not in degrees),
        *(
            Tab(
                code_label("secrecy", one, today),
                edit_query(request.GET, {"secrecy": one, "from": None}),
                chosen == one,
            )
            for one in degrees
        ),
    ]


def in_words(result: Result) -> str:
    """How many, in words: exact, or `hơn 1.000`."""
    if result.capped:
        return _("Hơn %(n)s kết quả") % {"n": formats.thousands(result.count)}
    return ngettext("%(n)s kết quả", "%(n)s kết quả", result.count) % {
        "n": formats.thousands(result.count)
    }


def _offset(asked: str) -> int:
    """Where the page begins; anything that is no place in the countable results is the start."""
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 4 else 0
    return number if number < COUNT_CAP else 0


def _tabs(result: Result, chosen: str, request: HttpRequest) -> list[Tab]:
    """All, and each kind with its count, where that is known."""
    tabs = [Tab(_("Tất cả"), edit_query(request.GET, {"kind": None, "from": None}), not chosen)]
    for kind in findable.kinds():
        address = edit_query(request.GET, {"kind": kind.name, "from": None})
        counted = result.by_kind[kind.name]
        tabs.append(Tab(str(kind.label), address, chosen == kind.name, counted))
    return tabs


def _found(hit: Hit) -> Found:
    kind = findable.kind(hit.kind)
    english = (get_language() or "vi").startswith("en")
    types = {code.code: code for code in rulebook().newest_codes("document_types")}
    known = types.get(hit.record_type)
    type_name = "" if known is None else known.en if english else known.vi
    facts = [type_name, stated_date(hit.date_from), hit.issuer]
    degree = degree_words(hit.access_level, timezone.localdate())
    words = " · ".join(filter(None, facts))
    return Found(hit, kind.url(hit.obj), str(kind.label), words, degree)


def stated_date(iso: str) -> str:
    """A partial ISO date as people write it; what is no date is shown as it stands."""
    try:
        return from_iso(iso).vietnamese() if iso else ""
    except DateError:
        return iso
