"""The page of a dossier, and its proof to take away."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.archive import packaging
from tangthu.archive import queries as archive
from tangthu.archive.views import access
from tangthu.archive.views.approving import label_tag, notice_for
from tangthu.archive.views.facts import (
    counted_in_words,
    described_on,
    dossier_facts,
    level_tone,
    place_facts,
)
from tangthu.archive.views.freezing import action_for, notice_of
from tangthu.archive.views.proving import proof_response
from tangthu.archive.views.telling import proof_of, tell
from tangthu.identity.policies import Viewer
from tangthu.kernel.deployment import isolated
from tangthu.records import frozen, queries
from tangthu.records.fields import code_label, shown_date
from tangthu.records.levels import degree_words, level_label, level_of
from tangthu.records.models import Dossier, Membership
from tangthu.records.queries import sees_all
from tangthu.repository import queries as repository
from tangthu.repository.models import Copy, Package
from tangthu.repository.wording import TONES, hurt_places, todo, where, worst
from tangthu.ui import formats
from tangthu.ui.parts import Action, Crumb, Notice
from tangthu.ui.tables import Cell, Column, EmptyState, Register, RegisterPage, TakenForm

PAGE = 50
_SHOWN_PLACES = 20
_SHOWN_VERSIONS = 20


@require_safe
def dossier(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """Facts, documents, package, history and proof of one dossier."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.dossier(viewer, dossier_id)
    access.note(request, found)
    whole = sees_all(viewer, found)
    page, visible = _documents(request, viewer, found)
    package = repository.package_of(viewer, found.id)
    objects = [found.id] + ([package.id] if package and whole else [])
    on = described_on(found)
    behind = _changed_since_sealed(viewer, found, package)
    shown = _package(viewer, found, package, whole=whole, outdated=behind) if package else None
    locked = notice_of(frozen.over(found), viewer)
    context = {
        "dossier": found,
        "way": _way(found),
        "level": level_label(level_of(found), on),
        "level_tone": level_tone(level_of(found)),
        "old_codes": queries.old_codes(found),
        "counted": counted_in_words(found, visible) if whole else "",
        "unsealed": behind,
        "actions": _actions(viewer, found, package, behind=behind, locked=locked),
        "frozen": locked,
        "edited": notice_for(viewer, found),
        "label": label_tag(found),
        "register": page,
        "fact_groups": [
            *dossier_facts(found, viewer, visible),
            *place_facts(archive.place_of(found)),
        ],
        "package": shown,
        "history": tell(*objects, whole=whole),
        "proof": proof_of(found.id, reverse("archive:dossier-proof", args=[found.id])),
    }
    return render(request, "archive/dossier.html", context)


@require_safe
def proof(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """The proof document of a dossier's history."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.dossier(viewer, dossier_id)
    return proof_response(found.id, found.archive_file_code, whole=sees_all(viewer, found))


def _changed_since_sealed(viewer: Viewer, found: Dossier, package: Package | None) -> bool:
    """Whether the newest package no longer says what the records say; for whoever may seal."""
    if package is None or not viewer.may("archive.seal", found.body_id):
        return False
    return packaging.is_behind(package, found)


def _way(found: Dossier) -> list[Crumb]:
    return [Crumb(_("Hồ sơ"), reverse("archive:dossiers")), Crumb(found.archive_file_code)]


def _actions(
    viewer: Viewer,
    found: Dossier,
    package: Package | None,
    *,
    behind: bool,
    locked: Notice | None,
) -> list[Action]:
    actions = []
    if viewer.may("archive.describe", found.body_id):
        edit = reverse("archive:dossier-describe", args=[found.id])
        why_not = locked.title if locked else ""
        actions.append(Action(_("Sửa mô tả"), edit, key="e", icon="draft", why_not=why_not))
        if isolated():
            degree = reverse("archive:dossier-secrecy", args=[found.id])
            actions.append(Action(_("Độ mật"), degree, key="m", icon="lock"))
    if viewer.may("archive.seal", found.body_id) and (package is None or behind):
        label = _("Đóng gói phiên bản mới") if package else _("Đóng gói")
        seal = reverse("archive:dossier-seal", args=[found.id])
        actions.append(Action(label, seal, key="d", icon="archive"))
    sheet = reverse("reports:print-dossier", args=[found.id])
    actions.append(Action(_("In phiếu"), sheet, icon="print", method="post"))
    if viewer.may("dissemination.make", found.body_id) and package is not None:
        use = reverse("archive:dossier-dip", args=[found.id])
        actions.append(Action(_("Tạo gói sử dụng (DIP)"), use, icon="reading"))
    if viewer.may("rights.review", found.body_id):
        seers = reverse("archive:dossier-seers", args=[found.id])
        actions.append(Action(_("Ai được xem"), seers, icon="lock"))
    return [*actions, *action_for(viewer, found.body_id, "dossier", found.pk)]


def _documents(request: HttpRequest, viewer: Viewer, found: Dossier) -> tuple[RegisterPage, int]:
    """One page of the dossier's documents, and how many of them the viewer may see."""
    degrees: dict[uuid.UUID, str] = {}

    def subject(row: Membership) -> Cell:
        return replace(_subject(row), warning=degrees.get(row.document_id, ""))

    register: Register[Membership] = Register(
        name="dossier-documents",
        caption=_("Tài liệu trong hồ sơ"),
        query=request.GET,
        default_sort="ordinal",
        row_id=lambda row: str(row.document_id),
        source="dossier-documents",
        fixed={"dossier": str(found.pk)},
        form=TakenForm(_("In mục lục văn bản, tài liệu"), _("Xuất mục lục ra Word, Excel, PDF")),
        page_size=PAGE,
        columns=(
            Column("ordinal", _("STT"), lambda row: row.ordinal, "number"),
            Column("subject", _("Trích yếu"), subject, primary=True),
            Column("date", _("Ngày"), lambda row: shown_date(row.document.issued_on), "date"),
            Column("pages", _("Trang"), lambda row: row.document.page_count, "number"),
        ),
        empty=EmptyState(
            _("Không có tài liệu nào bạn được xem trong hồ sơ này"),
            _("Hồ sơ có thể chưa có tài liệu, hoặc chỉ có tài liệu dành cho người khác."),
        ),
    )
    places = queries.documents_of(viewer, found)
    visible = places.count()
    cursor = register.cursor(width=1)
    backwards = bool(cursor and cursor.backwards)
    if cursor is not None:
        at = int(str(cursor.values[0]))
        places = places.filter(ordinal__lt=at) if backwards else places.filter(ordinal__gt=at)
    rows = list(places.order_by("-ordinal" if backwards else "ordinal")[: PAGE + 1])
    degrees |= _degrees(rows)
    page = register.page(rows, sort_values=lambda row: (row.ordinal,), cursor=cursor, total=visible)
    return page, visible


def _degrees(rows: Sequence[Membership]) -> dict[uuid.UUID, str]:
    """On an isolated LAN: the degree that holds of each listed document that has one (AR-128)."""
    if not isolated():
        return {}
    today = timezone.localdate()
    levels = queries.effective_levels([row.document for row in rows])
    return {document: degree_words(level, today) for document, level in levels.items()}


def _subject(row: Membership) -> Cell:
    document = row.document
    code = document.code
    kind = code_label("document_types", document.record_type, described_on(document))
    return Cell(
        document.subject,
        reverse("archive:document", args=[document.id]),
        note=" ".join(filter(None, [kind, code])),
    )


def _package(
    viewer: Viewer, found: Dossier, package: Package, *, whole: bool, outdated: bool
) -> dict[str, Any]:
    """The package panel; figures of a package count its documents, so not everybody gets them."""
    audits = viewer.may("repository.audit", found.body_id)
    versions = list(repository.versions_of(package)[:_SHOWN_VERSIONS])
    copies = list(repository.copies_of(package))
    state = worst(copies)
    hurt = [copy for copy in copies if copy.state != Copy.State.GOOD]
    notice = None
    if hurt:
        notice = Notice(
            _("%(bad)s trong %(all)s bản sao không được xác nhận là nguyên vẹn")
            % {"bad": len(hurt), "all": len(copies)},
            tone=TONES[state],
            kept=_("các bản sao còn lại vẫn nguyên vẹn.") if len(hurt) < len(copies) else "",
            todo=todo(state),
        )
    return {
        "objid": package.objid,
        "url": reverse("repository:package", args=[package.id]) if audits else "",
        "notice": notice,
        "outdated": outdated,
        "versions": [
            {
                "number": version.number,
                "sealed_at": version.sealed_at,
                "size": formats.file_size(version.bytes) if whole else "",
                "files": formats.thousands(version.files) if whole else "",
            }
            for version in versions
        ],
        "copies": [
            {
                "store": copy.store.name,
                "state": copy.get_state_display(),
                "tone": TONES[copy.state],
                "verified_at": copy.verified_at,
                "places": [
                    {"path": where(one.path), "what": one.what}
                    for one in (hurt_places(copy) if whole else [])[:_SHOWN_PLACES]
                ],
            }
            for copy in copies
        ],
    }
