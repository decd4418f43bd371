"""A batch in figures and sentences, and what is asked once for all of it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tangthu.archive.batch import findings
from tangthu.archive.forms_imports import AnswersForm
from tangthu.archive.review import Present, Review
from tangthu.archive.wording import finding_words
from tangthu.ui.parts import Stat


def stats(review: Review) -> list[Stat]:
    """The batch in figures."""
    report = review.report
    dossiers, documents, proposed = review.new_in(review.complete)
    _all_dossiers, possible, _all_proposed = review.new_in(review.with_proposals)
    accepted = len(review.accepted)
    asks, blocks = review.open_counts[findings.ASKS], review.open_counts[findings.BLOCKS]
    address = reverse("imports:batch", args=[review.batch.id])
    ready_note = _("từ %(n)s hồ sơ, %(proposed)s từ đề xuất đã xác nhận") % {
        "n": dossiers,
        "proposed": proposed,
    }
    found = [
        Stat(
            _("Bảng kê"),
            len(report.rows),
            _("dòng, %(n)s hồ sơ") % {"n": len(report.dossiers)},
            reverse("imports:rows", args=[review.batch.id]),
        ),
        Stat(
            _("Tệp có mặt"),
            len(report.files),
            _("%(n)s tệp không có dòng") % {"n": _without_row(review)},
            reverse("imports:files", args=[review.batch.id]),
        ),
        Stat(_("Cần trả lời"), asks, _("chờ bạn quyết định"), f"{address}?muc=viec",
             "warn" if asks else "ok"),
        Stat(_("Chặn"), blocks, _("phải sửa ở nguồn"), f"{address}?muc=blocks",
             "danger" if blocks else ""),
        Stat(
            _("Nhận được ngay"),
            documents,
            ready_note if documents else _none_ready(review, possible),
            reverse("imports:accept", args=[review.batch.id]),
            "ok" if documents else "",
        ),
    ]  # fmt: skip
    if accepted:
        found.append(Stat(_("Đã nhận"), accepted, _("tài liệu đã vào kho"), tone="ok"))
    return found


def _none_ready(review: Review, possible: int) -> str:
    """Why nothing can be taken at once, and what would help."""
    if review.all_taken:
        return _("đã nhận hết")
    if review.questions and not possible:
        return _("hãy trả lời câu hỏi chung trước")
    return _("tối đa %(n)s khi xác nhận đề xuất") % {"n": possible}


def _without_row(review: Review) -> int:
    return sum(1 for one in review.report.documents.values() if one.row is None)


def present_words(present: Present) -> dict[str, object]:
    """A dossier in one sentence: what was declared and what is here."""
    parts = []
    if present.declared is not None:
        parts.append(_("khai %(n)s tài liệu") % {"n": present.declared})
    parts.append(
        _("bảng kê có %(rows)s dòng, thư mục có %(files)s tệp")
        % {"rows": present.rows, "files": present.files}
    )
    if present.accepted:
        parts.append(_("đã nhận %(n)s") % {"n": present.accepted})
    if present.ready > present.accepted:
        parts.append(_("nhận được ngay %(n)s") % {"n": present.ready - present.accepted})
    title = present.draft.values.get("title")
    return {
        "name": _("Hồ sơ %(name)s") % {"name": present.draft.name},
        "title": title.value if title else "",
        "words": "; ".join(parts) + ".",
        "short": present.declared is not None and present.declared != present.files,
    }


def questions(review: Review) -> dict[str, Any] | None:
    """The form of what is asked once for the batch, each with its finding; None if nothing is."""
    asked = review.questions
    if not asked:
        return None
    proposed = {one.field: one.repairs[0].value for one in asked if one.repairs}
    form = AnswersForm([one.field for one in asked], standing=proposed)
    for one in asked:
        words = [finding_words(one)]
        if one.repairs:
            words.append(_("Đề xuất đã điền sẵn."))
        form.fields[one.field].help_text = " ".join(words)
    return {"form": form, "count": len(asked)}
