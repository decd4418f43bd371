"""Who used what, when: everybody's own history, the whole body's for who oversees it (RM-662 l).

And the register of copies: the code on a printed sheet leads to who made it, when, of what.
"""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import viewer
from tangthu.records.models import Document, Dossier, Use
from tangthu.reports import queries, sources
from tangthu.ui import formats
from tangthu.ui.by_time import page_by_time
from tangthu.ui.days import fault_of, span
from tangthu.ui.parts import Crumb, Fact, FactGroup
from tangthu.ui.tables import Cell, Column, EmptyState, Filter, Option, RangeFilter, Register, Tone

_LISTS = frozenset({Use.Kind.LIST_PRINT, Use.Kind.LIST_EXPORT, Use.Kind.LIST_DOWNLOAD})
# What left as a file stands out; nothing here is good or bad.
_TAKEN = frozenset(
    {Use.Kind.DOWNLOAD, Use.Kind.MARKED, Use.Kind.DIP, Use.Kind.LIST_EXPORT, Use.Kind.LIST_DOWNLOAD}
)
_SERIAL = re.compile(r"[^0-9A-Z]")


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Uses, newest first, by kind and day."""
    me = viewer(request)
    oversees = me.may_anywhere("use.oversee")
    filters: list[Filter | RangeFilter] = [
        Filter("viec", _("Việc"), tuple(Option(k.value, k.label) for k in Use.Kind), multiple=True),
        RangeFilter("ngay", _("Ngày")),
    ]
    if oversees:
        everybody = Option("tat-ca", gettext_lazy("Mọi người trong cơ quan"))
        filters.insert(0, Filter("ai", _("Của ai"), (everybody,)))
    titles: dict[object, Dossier | Document] = {}
    register: Register[Use] = Register(
        name="history",
        caption=_("Lịch sử khai thác"),
        query=request.GET,
        default_sort="-at",
        row_id=lambda use: str(use.pk),
        filters=filters,
        columns=(
            Column("at", _("Lúc"), lambda use: formats.moment(use.at), "date", sortable=True),
            Column("who", _("Người"), lambda use: use.person.full_name if use.person else "–"),
            Column("kind", _("Việc"), lambda use: _kind(use), "tag"),
            Column("what", _("Hồ sơ, tài liệu, danh sách"), lambda use: _what(use, titles),
                   primary=True),
            Column("serial", _("Mã bản"), lambda use: _serial(use), "code"),
            Column("body", _("Cơ quan"), lambda use: use.body.short_name, extra=True),
        ),
        empty=EmptyState(
            _("Chưa có lượt khai thác nào"),
            _("Mỗi lần xem, in, tải, xuất đều được ghi ở đây."),
        ),
    )  # fmt: skip
    everyone = oversees and bool(register.chosen("ai"))
    found = queries.uses(me, everybody=everyone)
    kinds = register.chosen("viec")
    if kinds:
        found = found.filter(kind__in=kinds)
    days = register.span("ngay")
    start, end = span(*days)
    if start:
        found = found.filter(at__gte=start)
    if end:
        found = found.filter(at__lt=end)
    page = page_by_time(
        register,
        found,
        "at",
        prepare=lambda rows: titles.update(queries.used_records(me, rows)),
        trouble=fault_of(*days),
    )
    return render(request, "reports/history.html", {"register": page, "everyone": everyone})


def _kind(use: Use) -> Cell:
    tone: Tone = "info" if use.kind in _TAKEN else ""
    return Cell(use.get_kind_display(), tone=tone)


def _serial(use: Use) -> Cell:
    if not use.serial:
        return Cell("")
    return Cell(use.serial, f"{reverse('reports:copies')}?ma={use.serial}")


def _what(use: Use, titles: dict[object, Dossier | Document]) -> Cell:
    """What was used, as far as the viewer may know of it now."""
    if use.kind in queries.LISTS:
        name = str(sources.TITLES.get(use.detail.get("list", ""), _("Danh sách")))
        asked = use.detail.get("asked", {})
        dossier = titles.get(queries.dossier_asked(use))
        parts = [dossier.archive_file_code if isinstance(dossier, Dossier) else ""]
        parts.append(str(asked.get("q", "")))
        if "rows" in use.detail:
            parts.append(_("%(n)s dòng") % {"n": formats.thousands(use.detail["rows"])})
        if "format" in use.detail:
            parts.append(f".{use.detail['format']}")
        return Cell(name, note=" · ".join(filter(None, parts)))
    found = titles.get(use.obj)
    if isinstance(found, Dossier):
        url = reverse("archive:dossier", args=[found.pk])
        return Cell(found.title, url, note=found.archive_file_code)
    if isinstance(found, Document):
        url = reverse("archive:document", args=[found.pk])
        code = found.code
        return Cell(found.subject, url, note=" · ".join(filter(None, (code, _package(use)))))
    return Cell(_("Nay bạn không được xem"))


def _package(use: Use) -> str:
    """In which use package a document went out."""
    code = str(use.detail.get("dip", ""))
    return _("gói %(code)s") % {"code": code} if code else ""


@require_safe
def copies(request: HttpRequest) -> HttpResponse:
    """Look a code up in the register of copies."""
    me = viewer(request)
    typed = request.GET.get("ma", "")[:40]
    found = queries.copy_named(me, _tidy(typed)) if typed.strip() else None
    context = {
        "typed": typed,
        "asked": bool(typed.strip()),
        "fact_groups": [_told(me, found)] if found else [],
        "way": [
            Crumb(_("Lịch sử khai thác"), reverse("reports:history")),
            Crumb(_("Kiểm tra mã bản in")),
        ],
    }
    return render(request, "reports/copies.html", context)


def _tidy(typed: str) -> str:
    """A code as it is kept, however it was read off the paper."""
    plain = _SERIAL.sub("", typed.upper()).removeprefix("TT")
    plain = plain.replace("O", "0").replace("I", "1").replace("L", "1")
    return f"TT-{plain[:5]}-{plain[5:]}"


def _told(me: Viewer, use: Use) -> FactGroup:
    facts = [
        Fact(_("Mã bản"), use.serial, code=True),
        Fact(_("Việc"), use.get_kind_display()),
        Fact(_("Lúc"), formats.moment(use.at)),
        Fact(_("Người"), use.person.full_name if use.person else "–"),
        Fact(_("Cơ quan"), use.body.name),
    ]
    mine = use.person_id == me.person_id or me.may("use.oversee", use.body_id)
    if mine:
        cell = _what(use, dict(queries.used_records(me, [use])))
        facts.append(Fact(_("Nội dung"), cell.text, url=cell.url, note=cell.note))
        if use.detail.get("sha256"):
            facts.append(Fact("SHA-256", use.detail["sha256"], code=True))
    return FactGroup(_("Bản này có trong hệ thống"), tuple(facts))
