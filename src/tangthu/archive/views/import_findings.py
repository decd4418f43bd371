"""The findings of a batch before a person, and one key to take each."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tangthu.archive import queries
from tangthu.archive.actions.decide_batch import decide
from tangthu.archive.batch.findings import Finding
from tangthu.archive.batch.model import IGNORE, TAKE, Decision
from tangthu.archive.dry_run import shape_of
from tangthu.archive.models import Batch
from tangthu.archive.review import OPEN, Review
from tangthu.archive.views.import_cards import Cards, by_cell, kinds_of
from tangthu.archive.views.import_figures import present_words, questions, stats
from tangthu.archive.views.import_frame import frame, notices, reviewed, whole_batch_taken
from tangthu.archive.views.import_work import working_page
from tangthu.archive.wording import SEVERITIES, finding_words, kind_words
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import HouseError, InvalidInput
from tangthu.ui.parts import Crumb, Tab
from tangthu.ui.tables import EmptyState

PAGE = 20
TO_DO, ALL = "viec", "tat-ca"
_KEYS = ("muc", "ma", "hs", "trang")


@require_safe
def batch(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """The batch as it stands: its progress while a job works on it, else the dry run."""
    found = queries.batch(viewer(request), batch_id)
    if found.state != Batch.State.REVIEW:
        return working_page(request, found)
    try:
        review = Review(found)
    except HouseError as error:
        context = frame(found, None, "")
        return render(request, "archive/imports/unreadable.html", {**context, "error": error})
    chosen = Chosen(request, review)
    context = {
        **frame(found, review, "batch"),
        "notices": notices(request, review),
        "needs_check": found.files.filter(facts__isnull=True, quarantine_id=None).exists(),
        "stats": stats(review),
        "presents": [present_words(one) for one in review.presents[:12]],
        "more_dossiers": max(0, len(review.presents) - 12),
        "questions": questions(review),
        **chosen.context(),
    }
    return render(request, "archive/imports/batch.html", context)


class Chosen:
    """The findings that the query string asks for, and one page of them."""

    def __init__(self, request: HttpRequest, review: Review) -> None:
        self._review = review
        self._asked = {one.id for one in review.questions}
        get = request.GET
        self.severity = get.get("muc", TO_DO)
        if self.severity not in (TO_DO, ALL, *SEVERITIES):
            self.severity = TO_DO
        self.code, self.dossier = get.get("ma", ""), get.get("hs", "")
        self._of_severity = [one for one in review.report.findings if self._wanted(one)]
        self.found = [
            one
            for one in self._of_severity
            if (not self.code or one.code == self.code)
            and (not self.dossier or review.dossier_key(one) == self.dossier)
        ]
        self.cells = by_cell(self.found)
        self.pages = max(1, -(-len(self.cells) // PAGE))
        self.page = min(_number(get.get("trang", "1")) or 1, self.pages)
        self.focus = _number(get.get("tai", ""))

    def _wanted(self, one: Finding) -> bool:
        if one.id in self._asked:
            return False
        if self.severity == TO_DO:
            return self._review.states[one.id] == OPEN
        return self.severity in (ALL, one.severity)

    def address(self, **changes: object) -> str:
        """The address of the same list with `changes`; back on its first page unless told."""
        told = {"muc": self.severity, "ma": self.code, "hs": self.dossier, **changes}
        query = urlencode({key: value for key, value in told.items() if value})
        return f"{reverse('imports:batch', args=[self._review.batch.id])}?{query}"

    def context(self) -> dict[str, Any]:
        """What the template needs."""
        here = self.address(trang=self.page)
        shown = self.cells[(self.page - 1) * PAGE : self.page * PAGE]
        focus = None if self.focus is None else min(self.focus, len(shown) - 1)
        review = self._review
        kinds = [
            (words, count, self.address(ma="" if code == self.code else code), code == self.code)
            for code, words, count in kinds_of(self._of_severity)
        ]
        takeable = [one for one in self.found if review.takeable(one) and _is_open(review, one)]
        return {
            "cards": Cards(review, [one for cell in shown for one in cell], here).cards,
            "focus": focus,
            "here": here,
            "position": {key: value for key, value in self._position().items() if value},
            "found_count": len(self.found),
            "severity_tabs": self._severity_tabs(),
            "kinds": kinds,
            "kind_words": kind_words(self.code) if self.code else "",
            "dossier_links": self._dossiers(),
            "take_kind_url": self._take_kind_url() if self.code and len(takeable) > 1 else "",
            "take_kind_count": len(takeable),
            "page_number": self.page,
            "pages": self.pages,
            "previous_url": self.address(trang=self.page - 1) if self.page > 1 else "",
            "next_url": self.address(trang=self.page + 1) if self.page < self.pages else "",
            "empty": self._empty(),
        }

    def _position(self) -> dict[str, object]:
        return {"muc": self.severity, "ma": self.code, "hs": self.dossier, "trang": self.page}

    def _take_kind_url(self) -> str:
        query = {"ma": self.code, "hs": self.dossier}
        address = reverse("imports:take-kind", args=[self._review.batch.id])
        return f"{address}?{urlencode({k: v for k, v in query.items() if v})}"

    def _severity_tabs(self) -> list[Tab]:
        review = self._review
        counts = Counter(
            one.severity for one in review.report.findings if one.id not in self._asked
        )
        to_do = sum(review.open_counts.values())
        tabs = [Tab(_("Cần làm"), self.address(muc=TO_DO, ma=""), self.severity == TO_DO, to_do)]
        for name, words in SEVERITIES.items():
            here = self.severity == name
            tabs.append(Tab(words, self.address(muc=name, ma=""), here, counts[name]))
        everything = counts.total()
        tabs.append(
            Tab(_("Tất cả"), self.address(muc=ALL, ma=""), self.severity == ALL, everything)
        )
        return tabs

    def _dossiers(self) -> list[tuple[str, str, bool]]:
        drafts = self._review.report.dossiers
        if len(drafts) < 2:
            return []
        return [
            (draft.name, self.address(hs="" if key == self.dossier else key), key == self.dossier)
            for key, draft in list(drafts.items())[:200]
        ]

    def _empty(self) -> EmptyState:
        if self.severity != TO_DO or self.code or self.dossier:
            return EmptyState(_("Không có phát hiện nào như vậy"))
        if self._review.all_taken:
            return whole_batch_taken(self._review)
        return EmptyState(
            _("Không còn gì phải trả lời"),
            _("Mọi phát hiện đã có quyết định. Có thể tiếp nhận."),
            _("Tiếp nhận…"),
            reverse("imports:accept", args=[self._review.batch.id]),
        )


def _is_open(review: Review, one: Finding) -> bool:
    return review.states[one.id] == OPEN


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


@require_POST
def take(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Take one finding's proposal, or leave its thing out; then on to the next finding."""
    review = reviewed(request, batch_id)
    finding = review.report.finding(request.POST.get("id", ""))
    if finding is None or request.POST.get("shape") != shape_of(finding):
        messages.warning(request, _("Đề xuất này đã thay đổi; hãy xem lại."))
    elif request.POST.get("lam") == "ignore":
        decide(acting(request), batch_id, [Decision(IGNORE, finding.target)])
        messages.success(request, _("Đã bỏ qua: %(what)s") % {"what": finding_words(finding)})
    else:
        decide(acting(request), batch_id, [Decision(TAKE, finding.id, value=shape_of(finding))])
        messages.success(request, _("Đã nhận: %(what)s") % {"what": finding_words(finding)})
    return redirect(_back(request, batch_id))


def _back(request: HttpRequest, batch_id: uuid.UUID) -> str:
    """The list as it was, with the focus where it was: there the next finding now stands."""
    query = {key: request.POST.get(key, "") for key in (*_KEYS, "tai")}
    told = urlencode({key: value for key, value in query.items() if value})
    return f"{reverse('imports:batch', args=[batch_id])}?{told}"


@require_http_methods(["GET", "HEAD", "POST"])
def take_kind(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Take the proposals of all open findings of one kind, after saying how many there are."""
    review = reviewed(request, batch_id)
    given = request.POST if request.method == "POST" else request.GET
    code, dossier = given.get("ma", ""), given.get("hs", "")
    found = _of_kind(review, code, dossier)
    if not found:
        raise InvalidInput(_("Không còn phát hiện nào loại này chờ quyết định."))
    if request.method == "POST":
        if given.get("count") != str(len(found)):
            messages.warning(request, _("Danh sách đã thay đổi; hãy xem lại rồi xác nhận."))
            return redirect(f"{request.path}?{urlencode({'ma': code, 'hs': dossier})}")
        decisions = [Decision(TAKE, one.id, value=shape_of(one)) for one in found]
        decide(acting(request), batch_id, decisions)
        told = ngettext("Đã nhận %(n)s đề xuất.", "Đã nhận %(n)s đề xuất.", len(found))
        messages.success(request, told % {"n": len(found)})
        return redirect("imports:batch", batch_id=batch_id)
    context = {
        **frame(review.batch, review, "batch"),
        "way": [
            Crumb(_("Đợt số hóa"), reverse("imports:batches")),
            Crumb(review.batch.name, reverse("imports:batch", args=[batch_id])),
            Crumb(_("Nhận cả loại")),
        ],
        "kind_words": kind_words(code),
        "cards": Cards(review, found[:10], request.get_full_path()).cards,
        "count": len(found),
        "more": max(0, len(found) - 10),
        "code": code,
        "dossier": dossier,
    }
    return render(request, "archive/imports/take_kind.html", context)


def _of_kind(review: Review, code: str, dossier: str) -> Sequence[Finding]:
    return [
        one
        for one in review.report.findings
        if one.code == code
        and _is_open(review, one)
        and review.takeable(one)
        and (not dossier or review.dossier_key(one) == dossier)
    ]
