"""The pages on which an archivist changes a description."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tangthu.archive import queries as archive
from tangthu.archive.actions import describe_fonds as fonds_action
from tangthu.archive.actions import describe_record as record_action
from tangthu.archive.descriptions import as_text, findings
from tangthu.archive.forms import DescriptionForm, FondsForm
from tangthu.archive.models import Fonds
from tangthu.archive.searchables import COUNTED
from tangthu.archive.views.facts import (
    DOCUMENT_GROUPS,
    DOSSIER_GROUPS,
    HEADINGS,
    Groups,
)
from tangthu.archive.views.telling import field_name
from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.records import queries as records
from tangthu.records.fields import fields_of, shown_value
from tangthu.records.models import Document, Dossier
from tangthu.records.queries import sees_all
from tangthu.ui.form_pages import lay
from tangthu.ui.parts import Crumb

Described = Dossier | Document
_methods = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Row:
    """One field in two versions: what stands in the system now, and what this person entered."""

    name: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A field of the form with the warnings that already stood against it."""

    field: forms.BoundField
    warnings: list[str]
    wide: bool


@_methods
def dossier(request: HttpRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """Change the description of a dossier."""
    found = records.dossier(request.viewer, dossier_id)  # type: ignore[attr-defined]
    home = reverse("archive:dossier", args=[found.id])
    way = [
        Crumb(_("Hồ sơ"), reverse("archive:dossiers")),
        Crumb(found.archive_file_code, home),
        Crumb(_("Sửa mô tả")),
    ]
    return _record(request, found, record_action.describe_dossier, DOSSIER_GROUPS, home, way)


@_methods
def document(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Change the description of a document."""
    found = records.document(request.viewer, document_id)  # type: ignore[attr-defined]
    home = reverse("archive:document", args=[found.id])
    way = [
        Crumb(_("Tài liệu"), reverse("archive:documents")),
        Crumb(found.record_archive_code, home),
        Crumb(_("Sửa mô tả")),
    ]
    return _record(request, found, record_action.describe_document, DOCUMENT_GROUPS, home, way)


def _allowed(viewer: Viewer, found: Described | Fonds) -> None:
    """Who may not describe here has no such page."""
    if not viewer.may("archive.describe", found.body_id):
        raise NotFoundForViewer(_("Không có gì ở đây."))


def _record(
    request: HttpRequest,
    found: Described,
    describe: Callable[..., record_action.Described],
    layout: Groups,
    home: str,
    way: list[Crumb],
) -> HttpResponse:
    _allowed(request.viewer, found)  # type: ignore[attr-defined]
    today = timezone.localdate()
    hidden = _hidden(request.viewer, found)  # type: ignore[attr-defined]
    conflict: list[Row] = []
    status = 200
    if request.method == "POST":
        form = DescriptionForm(found, today, request.POST, hidden=hidden)
        if form.is_valid():
            try:
                done = describe(
                    request.acting,  # type: ignore[attr-defined]
                    found.pk,
                    form.values(),
                    extra=form.cleaned_data["extra"],
                    expected=_digest_meant(found, form.cleaned_data["state"]),
                )
            except record_action.ChangedMeanwhile as error:
                conflict = _differences(error.current, form)
                form = _with_state(form, _token(error.current))
                status = 409
            except InvalidInput as error:
                lay(form, error)
            else:
                if done.waits is None:
                    _say(request, len(done.changed))
                else:
                    messages.info(request, _("Đã gửi sửa đổi để người có thẩm quyền duyệt."))
                return redirect(home)
        status = status if conflict else 422
    else:
        form = DescriptionForm(found, today, hidden=hidden)
        form.initial["state"] = _token(found)
    context = {
        "form": form,
        "groups": _drawn(form, layout, findings(found, today)),
        "extra": form.pairs(),
        "conflict": conflict,
        "heading": found.title if isinstance(found, Dossier) else found.subject,
        "code": str(found),
        "cancel_url": home,
        "way": way,
    }
    return render(request, "archive/describe.html", context, status=status)


def _hidden(viewer: Viewer, found: Described) -> frozenset[str]:
    """What tells of documents that the viewer may not know of: the facts hide it as well."""
    return COUNTED if isinstance(found, Dossier) and not sees_all(viewer, found) else frozenset()


def _token(shown: Described) -> str:
    """The state of a record for the form; keyed, so that nobody can guess hidden fields from it."""
    digest = record_action.digest_of(shown)
    return salted_hmac("tangthu.archive.describe", digest, algorithm="sha256").hexdigest()


def _digest_meant(found: Described, token: str) -> str:
    """The digest of the state that the form was made from; "" if that is no longer the state."""
    same = constant_time_compare(_token(found), token)
    return record_action.digest_of(found) if same else ""


def _with_state(form: DescriptionForm, token: str) -> DescriptionForm:
    """The same entries against the description as it stands now, so that saving again is meant."""
    data = form.data.copy()
    data["state"] = token
    form.data = data
    return form


def _say(request: HttpRequest, count: int) -> None:
    if count:
        words = ngettext("Đã lưu %(n)s thay đổi.", "Đã lưu %(n)s thay đổi.", count)
        messages.success(request, words % {"n": count})
    else:
        messages.info(request, _("Không có gì thay đổi."))


def _differences(current: Described, form: DescriptionForm) -> list[Row]:
    """What stands in the system and what was entered, where they differ."""
    today = timezone.localdate()
    mine: Mapping[str, Any] = form.values()
    fields = {field.identifier: field for field in fields_of(type(current), today)}
    rows = [
        Row(
            field_name(name),
            shown_value(fields[name], getattr(current, name), today),
            shown_value(fields[name], value, today),
        )
        for name, value in mine.items()
        if getattr(current, name) != value
    ]
    extra = form.cleaned_data["extra"]
    rows += [
        Row(label, str(current.extra.get(label, "")), str(extra.get(label, "")))
        for label in dict.fromkeys([*current.extra, *extra])
        if current.extra.get(label) != extra.get(label)
    ]
    return rows


def _drawn(
    form: DescriptionForm, layout: Groups, standing: Mapping[str, list[str]]
) -> list[tuple[str, list[Drawn]]]:
    """The fields in the groups of the record page, each with the findings that stand against it."""
    names = [field.identifier for field in form.described]
    placed = {name for _title, group in layout for name in group}
    headings = tuple(name for name in names if name in HEADINGS)
    rest = tuple(name for name in names if name not in placed | HEADINGS)
    groups = []
    for title, group in ((_("Tiêu đề"), headings), *layout, (_("Thông tin khác"), rest)):
        drawn = [
            Drawn(form[name], standing.get(name, []), _is_wide(form[name]))
            for name in group
            if name in names
        ]
        if drawn:
            groups.append((str(title), drawn))
    return groups


def _is_wide(field: forms.BoundField) -> bool:
    return isinstance(field.field.widget, forms.Textarea | forms.CheckboxSelectMultiple)


@_methods
def fonds(request: HttpRequest, fonds_id: uuid.UUID) -> HttpResponse:
    """Change the description of a fonds."""
    found = archive.one_fonds(request.viewer, fonds_id)  # type: ignore[attr-defined]
    _allowed(request.viewer, found)  # type: ignore[attr-defined]
    home = reverse("archive:fonds", args=[found.id])
    today = timezone.localdate()
    conflict: list[Row] = []
    status = 200
    if request.method == "POST":
        form = FondsForm(found, today, request.POST)
        status = 422
        if form.is_valid():
            try:
                changed = fonds_action.describe_fonds(
                    request.acting,  # type: ignore[attr-defined]
                    found.pk,
                    form.values(),
                    expected=form.cleaned_data["state"],
                )
            except fonds_action.FondsChangedMeanwhile as error:
                conflict = [
                    Row(field_name(name), as_text(getattr(error.current, name)), as_text(value))
                    for name, value in form.values().items()
                    if getattr(error.current, name) != value
                ]
                data = form.data.copy()  # type: ignore[attr-defined]
                data["state"] = fonds_action.digest_of(error.current)
                form.data = data
                status = 409
            except InvalidInput as error:
                lay(form, error)
            else:
                _say(request, len(changed))
                return redirect(home)
    else:
        form = FondsForm(found, today)
        form.initial["state"] = fonds_action.digest_of(found)
    context = {
        "form": form,
        "conflict": conflict,
        "heading": found.name,
        "code": found.code,
        "cancel_url": home,
        "way": [
            Crumb(_("Phông lưu trữ"), reverse("archive:fonds-list")),
            Crumb(found.name, home),
            Crumb(_("Sửa mô tả")),
        ],
    }
    return render(request, "archive/describe_fonds.html", context, status=status)
