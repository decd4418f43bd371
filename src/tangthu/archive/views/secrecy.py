"""The degree of secrecy of a record, on an isolated LAN: one page to set, change or end it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tangthu.archive.actions.classify_record import classify_document, classify_dossier
from tangthu.identity.policies import DEGREES, Viewer
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.records import queries
from tangthu.records.fields import code_label
from tangthu.records.models import Document, Dossier
from tangthu.ui.form_pages import posted, run_form
from tangthu.ui.forms import mark
from tangthu.ui.parts import Crumb

_methods = require_http_methods(["GET", "HEAD", "POST"])


class SecrecyForm(forms.Form):
    """A degree up to the viewer's own clearance, and the basis of the decision."""

    def __init__(self, who: Viewer, record: Dossier | Document, data: Any = None) -> None:
        super().__init__(data, initial={"degree": record.secrecy or ""})
        today = timezone.localdate()
        cleared = who.clearance_at(record.body_id)
        mine = [(one, code_label("secrecy", one, today)) for one in DEGREES if one <= cleared]
        self.fields["degree"] = forms.ChoiceField(
            label=_("Độ mật"),
            choices=[("", _("Không mật")), *mine],
            required=False,
            widget=forms.RadioSelect,
        )
        mark(self.fields["degree"], "")
        self.fields["basis"] = forms.CharField(
            label=_("Căn cứ"),
            max_length=300,
            help_text=_(
                "Mục trong danh mục bí mật nhà nước, hoặc số, ngày, cơ quan ra quyết định điều "
                "chỉnh, giải mật. Không ghi nội dung bí mật."
            ),
        )


@_methods
def dossier(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """The degree of a dossier."""
    found = queries.dossier(viewer(request), dossier_id)
    return _page(request, found, found.archive_file_code, found.title)


@_methods
def document(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """The degree of a document."""
    found = queries.document(viewer(request), document_id)
    return _page(request, found, found.record_archive_code, found.subject)


def _page(request: HttpRequest, found: Dossier | Document, code: str, heading: str) -> HttpResponse:
    who = viewer(request)
    if not isolated() or not who.may("archive.describe", found.body_id):
        raise NotFoundForViewer()
    kind = "dossier" if isinstance(found, Dossier) else "document"
    here = reverse(f"archive:{kind}", args=[found.pk])
    classify = classify_dossier if isinstance(found, Dossier) else classify_document

    def act(given: dict[str, Any]) -> str:
        classify(acting(request), found.pk, **given)
        return here

    return run_form(
        request,
        SecrecyForm(who, found, posted(request)),
        act,
        done=_("Đã ghi độ mật."),
        title=_("Độ mật"),
        save_label=_("Lưu"),
        way=[
            Crumb(_("Hồ sơ") if kind == "dossier" else _("Tài liệu"), reverse(f"archive:{kind}s")),
            Crumb(code, here),
            Crumb(_("Độ mật")),
        ],
        cancel_url=here,
        template="archive/secrecy.html",
        code=code,
        heading=heading,
    )
