"""The page of a document: its pages left, facts, files, history and proof right."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.archive.views import access
from tangthu.archive.views.approving import label_tag, notice_for
from tangthu.archive.views.contents import PDF, drawn_pages
from tangthu.archive.views.facts import described_on, document_facts, level_tone
from tangthu.archive.views.freezing import action_for, notice_of
from tangthu.archive.views.proving import proof_response
from tangthu.archive.views.telling import proof_of, tell
from tangthu.capture.queries import page_texts
from tangthu.identity.policies import Viewer as Person
from tangthu.kernel.deployment import isolated
from tangthu.records import frozen, queries
from tangthu.records.fields import code_label
from tangthu.records.levels import level_label
from tangthu.records.models import ContentFile, Document, Membership
from tangthu.repository import queries as repository
from tangthu.ui.parts import Action, Crumb, Notice, Viewer, ViewerPage

# A page image is asked for at this width; the height only holds the place while it loads.
WIDTH, HEIGHT = 1200, 1697
MOST_PAGES = 500


@require_safe
def document(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """One document with everything known of it."""
    person: Person = request.viewer  # type: ignore[attr-defined]
    found = queries.document(person, document_id)
    access.note(request, found)
    places = list(queries.dossiers_of(person, found))
    files = list(queries.files_of(found))
    level = queries.effective_level(found)
    on = described_on(found)
    locked = notice_of(frozen.over(found), person)
    context = {
        "document": found,
        "code": found.code,
        "kind": code_label("document_types", found.record_type, on),
        "level": level_label(level, on),
        "level_tone": level_tone(level),
        "old_codes": queries.old_codes(found),
        "way": _way(found, places),
        "actions": _actions(person, found, places, locked),
        "viewer": _viewer(found, files),
        "fact_groups": document_facts(found, level),
        "places": places,
        "files": files,
        "pdf": PDF,
        "frozen": locked,
        "edited": notice_for(person, found),
        "label": label_tag(found),
        "history": tell(found.id),
        "proof": proof_of(found.id, reverse("archive:document-proof", args=[found.id])),
    }
    return render(request, "archive/document.html", context)


@require_safe
def proof(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """The proof document of a document's history."""
    found = queries.document(request.viewer, document_id)  # type: ignore[attr-defined]
    return proof_response(found.id, found.record_archive_code, whole=True)


def _way(found: Document, places: list[Membership]) -> list[Crumb]:
    here = Crumb(found.code or found.record_archive_code)
    if not places:
        return [Crumb(_("Tài liệu"), reverse("archive:documents")), here]
    home = places[0].dossier
    return [
        Crumb(_("Hồ sơ"), reverse("archive:dossiers")),
        Crumb(home.archive_file_code, reverse("archive:dossier", args=[home.id])),
        here,
    ]


def _actions(
    person: Person, found: Document, places: list[Membership], locked: Notice | None
) -> list[Action]:
    """In the order of a dossier's page; the neighbours stand behind what is done with this one."""
    actions = []
    describes = person.may("archive.describe", found.body_id)
    if describes:
        edit = reverse("archive:document-describe", args=[found.id])
        why_not = locked.title if locked else ""
        actions.append(Action(_("Sửa mô tả"), edit, key="e", icon="draft", why_not=why_not))
    if describes and isolated():
        degree = reverse("archive:document-secrecy", args=[found.id])
        actions.append(Action(_("Độ mật"), degree, key="m", icon="lock"))
    sheet = reverse("reports:print-document", args=[found.id])
    actions.append(Action(_("In phiếu"), sheet, icon="print", method="post"))
    if person.may("dissemination.make", found.body_id) and repository.all_packaged([found.id]):
        use = reverse("archive:document-dip", args=[found.id])
        actions.append(Action(_("Tạo gói sử dụng (DIP)"), use, icon="reading"))
    if person.may("rights.review", found.body_id):
        seers = reverse("archive:document-seers", args=[found.id])
        actions.append(Action(_("Ai được xem"), seers, icon="lock"))
    if describes and not isolated():
        report = reverse("archive:document-report", args=[found.id])
        actions.append(Action(_("Báo là bí mật"), report, icon="lock"))
    actions += action_for(person, found.body_id, "document", found.pk)
    before, after = queries.neighbours(person, places[0]) if places else (None, None)
    if before:
        url = reverse("archive:document", args=[before.document_id])
        actions.append(Action(_("Tài liệu trước"), url, key="p", icon="left"))
    if after:
        url = reverse("archive:document", args=[after.document_id])
        actions.append(Action(_("Tài liệu sau"), url, key="n", icon="right"))
    return actions


def _viewer(found: Document, files: list[ContentFile]) -> Viewer:
    pages = drawn_pages(files)
    texts = page_texts(files) if pages else {}
    download = reverse("archive:file", args=[files[0].id]) if len(files) == 1 else ""
    if not files:
        why = _("Tài liệu này không có tệp.")
    elif not pages:
        why = _("Tệp này không phải PDF đọc được; tải về để xem bằng chương trình của nó.")
    else:
        why = ""
    shown = tuple(
        ViewerPage(
            number,
            f"{reverse('archive:page-image', args=[found.id, number, 'webp'])}?rong={WIDTH}",
            WIDTH,
            HEIGHT,
            texts.get((file.id, page), ""),
        )
        for number, (file, page) in enumerate(pages[:MOST_PAGES], start=1)
    )
    return Viewer(found.subject, shown, download_url=download, why_empty=why)
