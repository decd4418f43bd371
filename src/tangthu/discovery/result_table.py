"""The results of a search as a table: chosen columns, any order, page by page without an end.

The list of hits shows the best first and lights the words; the table is for going through all.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tangthu.discovery import findable, lists
from tangthu.discovery.guarded import TooBroad
from tangthu.discovery.language import Query, accented
from tangthu.discovery.listing import Listed, columns_of, read
from tangthu.identity.policies import Viewer
from tangthu.standards.vietnamese import fold
from tangthu.ui import formats
from tangthu.ui.choosing import shown_columns
from tangthu.ui.parts import Tab
from tangthu.ui.query import edit_query
from tangthu.ui.tables import Register

NAME = "search"
PAGE = 50


def table(request: HttpRequest, viewer: Viewer, query: Query, kind: str) -> dict[str, Any]:
    """Context of the page: the register, its count in words, and the kinds as tabs.

    As in the list of hits, words typed with diacritics that find nothing are tried without.
    """
    register: Register[Listed] = Register(
        name=NAME,
        caption=_("Kết quả tìm kiếm"),
        columns=columns_of(kind),
        query=request.GET,
        default_sort="place",
        row_id=lambda one: str(one.row.obj),
        page_size=PAGE,
        source=NAME,
    )
    try:
        found = _page(register, viewer, kind, query.text)
        widened = not found.rows and accented(query)
        if widened:
            found = _page(register, viewer, kind, fold(query.text))
    except TooBroad as error:
        return {"too_broad": error}
    cursor = register.cursor(width=2)
    rows = list(reversed(found.rows)) if cursor and cursor.backwards else list(found.rows)
    wanted = shown_columns(request, NAME) or ()
    page = register.page(
        # A record of the degree asked for may lie in a dossier of another.
        read(viewer.narrowed(""), rows, wanted=wanted),
        sort_values=lambda one: (one.row.key, str(one.row.obj)),
        cursor=cursor,
        total=None if found.capped else found.count,
    )
    count = formats.thousands(found.count)
    return {
        "register": page if rows else None,
        "count": _("Hơn %(n)s kết quả") % {"n": count}
        if found.capped
        else _("%(n)s kết quả") % {"n": count},
        "widened": widened and bool(rows),
        "tabs": _tabs(request, kind),
        "list_url": edit_query(request.GET, {"dang": None, "sort": None, "at": None}),
        "codes_asked": bool(query.codes),
    }


def _page(register: Register[Listed], viewer: Viewer, kind: str, text: str) -> lists.Page:
    cursor = register.cursor(width=2)
    key = (str(cursor.values[0]), uuid.UUID(str(cursor.values[1]))) if cursor else None
    backwards = bool(cursor and cursor.backwards)
    return lists.page(
        viewer,
        kind,
        text=text,
        order=register.sort_key,
        descending=register.descending,
        after=None if backwards else key,
        before=key if backwards else None,
        limit=PAGE + 1,
    )


def _tabs(request: HttpRequest, chosen: str) -> list[Tab]:
    changes: list[tuple[str, str | None]] = [(_("Tất cả"), None)]
    changes += [(str(kind.label), kind.name) for kind in findable.kinds()]
    return [
        Tab(label, edit_query(request.GET, {"kind": name, "at": None}), chosen == (name or ""))
        for label, name in changes
    ]
