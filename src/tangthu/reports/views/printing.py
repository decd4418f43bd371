"""Printing with a mark: a list, the sheet of a record, and marked copies of PDF files.

Each copy gets its code when it is asked for, so that pages that are merely looked at make none.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tangthu.archive import queries as archive
from tangthu.archive.views.contents import PDF, as_download
from tangthu.archive.views.facts import (
    document_facts,
    dossier_facts,
    place_facts,
)
from tangthu.capture.marking import marked_copy as marked
from tangthu.capture.workers import open_sandbox
from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel import clock
from tangthu.kernel.errors import HouseError, NotFoundForViewer
from tangthu.kernel.sandbox import Sandbox, SandboxError
from tangthu.records import queries as records
from tangthu.records.actions.note_access import new_serial, note_marked, note_print
from tangthu.records.fields import shown_date
from tangthu.records.levels import level_of
from tangthu.records.models import Document, Dossier, Use
from tangthu.reports import sources
from tangthu.reports.actions.print_list import MOST, print_list
from tangthu.reports.marks import DOWNLOADED_BY, PRINTED_BY, mark_of, with_position
from tangthu.standards.sheets import lies
from tangthu.ui import formats


class NotMarked(HouseError):
    """A marked copy cannot be made from the file; the file itself can still be downloaded."""

    http_status = 422


@functools.cache
def _sandbox() -> Sandbox:
    """The worker of this process that marks copies."""
    return open_sandbox(1, wall_seconds=60.0)


def _copy(me: Viewer, use: Use, levels: Iterable[str]) -> dict[str, Any]:
    """What stands on every printed copy: whose it is, who made it, its mark."""
    body = use.body
    mark = mark_of(body.short_name, me.full_name, use.at, use.serial, by=PRINTED_BY, levels=levels)
    return {"body": body.name, "person": me.full_name, "mark": mark}


def _made_by(me: Viewer, use: Use) -> list[tuple[str, str]]:
    """When and by whom, as the exports say it too."""
    return [
        (_("Ngày in"), formats.moment(use.at)),
        (str(PRINTED_BY), with_position(me, use.body_id)),
    ]


@require_POST
def print_a_list(request: HttpRequest) -> HttpResponse:
    """The list that the posted pairs name, as a page for paper."""
    pairs = sources.pairs_of(request.POST)
    made = print_list(
        acting(request),
        source=request.POST.get("nguon", ""),
        pairs=pairs,
        columns=sources.keys_of(request.POST),
    )
    pairs = sources.kept_pairs(pairs, made.wanted)
    conditions = sources.conditions_in_words(viewer(request), made.wanted)
    context: dict[str, Any] = {
        **_copy(viewer(request), made.use, made.levels),
        "title": sources.title_of(made.wanted),
        "facts": [*conditions, *_made_by(viewer(request), made.use)],
        "back_url": sources.page_of(made.wanted.source, urlencode(pairs)),
        "headings": [column.label for column in made.columns],
        "kinds": [column.kind for column in made.columns],
        "rows": [
            (number, [(cell, column.kind) for cell, column in zip(row, made.columns, strict=True)])
            for number, row in zip(made.numbers, made.rows, strict=True)
        ],
        "count": formats.thousands(len(made.rows)),
        "most": formats.thousands(MOST) if made.more else "",
        "lying": lies(len(made.columns) + 1),
    }
    return render(request, "reports/printed_list.html", context)


@require_POST
def print_dossier(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """The sheet of a dossier: its facts and its documents that the person may see."""
    me = viewer(request)
    found = records.dossier(me, dossier_id)
    use = note_print(acting(request), found)
    visible = records.documents_of(me, found)
    places = list(visible[:MOST])
    groups = [
        *dossier_facts(found, me, visible.count()),
        *place_facts(archive.place_of(found)),
    ]
    context = {
        "title": found.title,
        "form_name": _("Phiếu thông tin hồ sơ"),
        "kind": _("Hồ sơ"),
        "code": found.archive_file_code,
        "fact_groups": groups,
        "places": [
            (
                place.ordinal,
                place.document.code,
                place.document.subject,
                shown_date(place.document.issued_on),
                place.document.page_count,
            )
            for place in places
        ],
    }
    levels = [level_of(found), *(level_of(place.document) for place in places)]
    return _printed(request, found, use, levels, context)


@require_POST
def print_document(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """The sheet of a document: its facts, and in which dossiers it stands."""
    me = viewer(request)
    found = records.document(me, document_id)
    use = note_print(acting(request), found)
    level = records.effective_level(found)
    context = {
        "title": found.subject,
        "form_name": _("Phiếu thông tin tài liệu"),
        "kind": _("Tài liệu"),
        "code": found.code,
        "fact_groups": document_facts(found, level),
        "dossiers": records.dossiers_of(me, found),
    }
    return _printed(request, found, use, [level], context)


def _printed(
    request: HttpRequest,
    found: Dossier | Document,
    use: Use,
    levels: Iterable[str],
    context: dict[str, Any],
) -> HttpResponse:
    page = "archive:dossier" if isinstance(found, Dossier) else "archive:document"
    context |= {
        **_copy(viewer(request), use, levels),
        "facts": _made_by(viewer(request), use),
        "back_url": reverse(page, args=[found.pk]),
    }
    return render(request, "reports/printed_record.html", context)


@require_POST
def marked_copy(request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
    """A copy of a PDF file with the mark on every page; the file as received stays as it is."""
    from tangthu.repository.reading import path_of

    me = viewer(request)
    file = records.content_file(me, file_id)
    if file.media_type != PDF:
        raise NotFoundForViewer(_("Không có gì ở đây."))
    serial = new_serial()
    document = records.document(me, file.document_id)
    line = mark_of(
        document.body.short_name,
        me.full_name,
        clock.now(),
        serial,
        by=DOWNLOADED_BY,
        levels=[records.effective_level(document)],
    )
    try:
        data = marked(path_of(file), _sandbox(), line)
    except SandboxError as error:
        raise NotMarked(
            _("Không ghi được nguồn lên các trang của tệp này."),
            hint=_("Tải tệp gốc về; tệp gốc không ghi nguồn."),
            file=str(file.id),
            cause=type(error).__name__,
        ) from error
    note_marked(acting(request), file, serial)
    response = HttpResponse(data, content_type="application/octet-stream")
    stem = file.name.rpartition(".")[0] or file.name
    return as_download(response, f"{stem}-{serial}.pdf")
