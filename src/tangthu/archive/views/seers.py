"""Who may see a dossier or a document, and why; and the grants that speak of it."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.identity.changes import Change, of_scope
from tangthu.identity.models import Grant
from tangthu.identity.views.asked import viewer
from tangthu.identity.views.changes import states
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.records import queries
from tangthu.records.models import Document, Dossier
from tangthu.records.who_may_see import Reason, Seer, who_may_see
from tangthu.ui.parts import Action, Crumb
from tangthu.ui.tables import Cell, Column, EmptyState, Register, RegisterPage

_MOST = 500


@require_safe
def dossier(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """The people who may see a dossier."""
    found = queries.dossier(viewer(request), dossier_id)
    way = [
        Crumb(_("Hồ sơ"), reverse("archive:dossiers")),
        Crumb(found.archive_file_code, reverse("archive:dossier", args=[found.pk])),
    ]
    return _page(request, found, Grant.Scope.DOSSIER, way)


@require_safe
def document(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """The people who may see a document."""
    found = queries.document(viewer(request), document_id)
    way = [
        Crumb(_("Tài liệu"), reverse("archive:documents")),
        Crumb(found.record_archive_code, reverse("archive:document", args=[found.pk])),
    ]
    return _page(request, found, Grant.Scope.DOCUMENT, way)


def _page(
    request: HttpRequest, found: Dossier | Document, kind: str, way: list[Crumb]
) -> HttpResponse:
    who = viewer(request)
    if not who.may("rights.review", found.body_id):
        raise NotFoundForViewer()
    actions = []
    if who.may("rights.ask", found.body_id):
        ask = reverse("rights:grant", args=[kind, found.pk])
        actions.append(Action(_("Cấp quyền"), ask, key="c", icon="lock", weight="primary"))
    seers = who_may_see(found)
    context = {
        "way": [*way, Crumb(_("Ai được xem"))],
        "actions": actions,
        "register": _people(request, seers[:_MOST], len(seers)),
        "grants": _grants(request, of_scope(who, found.pk)),
    }
    return render(request, "archive/seers.html", context)


def _people(request: HttpRequest, seers: list[Seer], total: int) -> RegisterPage:
    register: Register[Seer] = Register(
        name="seers",
        caption=_("Người được xem hôm nay"),
        query=request.GET,
        default_sort="name",
        row_id=lambda row: str(row.person.pk),
        page_size=_MOST,
        columns=(
            Column("name", _("Họ tên"), lambda row: row.person.full_name, primary=True),
            Column("why", _("Vì"), lambda row: "; ".join(map(_reason, row.reasons))),
        ),
        empty=EmptyState(_("Không ai được xem"), ""),
    )
    return register.page(
        seers, sort_values=lambda row: (row.person.sort_key, str(row.person.pk)), total=total
    )


def _reason(reason: Reason) -> str:
    words = reason.words
    if reason.decision:
        words += _(", theo %(decision)s") % {"decision": reason.decision}
    if reason.until:
        words += _(", đến hết ngày %(day)s") % {"day": reason.until}
    return words


def _grants(request: HttpRequest, found: list[Change]) -> RegisterPage | None:
    """The grants for this very thing, waiting and ended ones too; None if there never was one."""
    if not found:
        return None
    words = states()
    register: Register[Change] = Register(
        name="seers-grants",
        caption=_("Quyền cấp riêng"),
        query=request.GET,
        default_sort="asked",
        row_id=lambda row: str(row.id),
        page_size=_MOST,
        columns=(
            Column(
                "what",
                _("Quyền"),
                lambda row: Cell(row.what, reverse("rights:change", args=["grant", row.id])),
                primary=True,
            ),
            Column("holder", _("Cho"), lambda row: row.holder),
            Column(
                "state",
                _("Trạng thái"),
                lambda row: Cell(words[row.state][0], tone=words[row.state][1]),
                "tag",
            ),
        ),
        empty=EmptyState("", ""),
    )
    return register.page(found, sort_values=lambda row: (str(row.id),), total=len(found))
