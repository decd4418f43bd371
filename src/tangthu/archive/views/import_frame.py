"""What all pages of one batch share: heading, tabs, actions, and the notices that matter now."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tangthu.archive import queries
from tangthu.archive.actions.decide_batch import last_job
from tangthu.archive.batch import findings
from tangthu.archive.batch.headings import DOCUMENT
from tangthu.archive.job_kinds import CHECK
from tangthu.archive.models import Batch
from tangthu.archive.review import Review
from tangthu.archive.views.import_lists import list_notice
from tangthu.archive.views.imports import STATES
from tangthu.archive.wording import field_label
from tangthu.identity.views.asked import viewer
from tangthu.kernel.errors import Refused
from tangthu.kernel.models import Job
from tangthu.records.queries import dossiers
from tangthu.ui import formats
from tangthu.ui.parts import Action, Crumb, Notice, Tab
from tangthu.ui.tables import EmptyState

_ROWS_TOLD = 20
OVER = (Batch.State.CLOSED, Batch.State.ABANDONED)

# What only the index can tell of a document; the rest is counted, derived or asked once.
_TOLD_BY_INDEX = ("type", "issued", "issuer", "subject")
_MOST_COLUMNS = 12


def reviewed(request: HttpRequest, batch_id: uuid.UUID) -> Review:
    """The review of a batch that waits for a person.

    Raises NotFoundForViewer for whoever may not work on it, Refused while a job does.
    """
    batch = queries.batch(viewer(request), batch_id)
    if batch.state != Batch.State.REVIEW:
        raise Refused(
            _("Đợt này đang được xử lý hoặc đã kết thúc."), hint=_("Chờ công việc đang chạy xong.")
        )
    return Review(batch)


def frame(batch: Batch, review: Review | None, current: str) -> dict[str, Any]:
    """Context of a page of the batch; `current` names the tab."""
    way = [
        Crumb(_("Đợt số hóa"), reverse("imports:batches")),
        Crumb(batch.name, reverse("imports:batch", args=[batch.id]) if current else ""),
    ]
    return {
        "batch": batch,
        "state_tone": STATES[batch.state],
        "way": way,
        "tabs": _tabs(review, current) if review else [],
        "actions": _actions(batch, review),
    }


def _tabs(review: Review, current: str) -> list[Tab]:
    def tab(name: str, label: str, count: int | None = None) -> Tab:
        url = reverse(f"imports:{name}", args=[review.batch.id])
        return Tab(label, url, name == current, count)

    to_do = review.open_counts[findings.ASKS] + review.open_counts[findings.BLOCKS]
    return [
        tab("batch", _("Phát hiện"), to_do),
        tab("waiting", _("Còn lại"), sum(1 for _one in review.waiting(review.complete))),
        tab("rows", _("Bảng kê"), len(review.report.rows)),
        tab("files", _("Tệp"), len(review.report.files)),
        tab("columns", _("Ghép cột")),
        tab("decisions", _("Quyết định"), len(review.decisions)),
    ]


def _actions(batch: Batch, review: Review | None) -> list[Action]:
    if review is None:
        return []
    over = review.all_taken
    close = Action(
        _("Kết thúc đợt"),
        reverse("imports:close", args=[batch.id]),
        icon="close",
        weight="primary" if over else "plain",
    )
    if over:
        return [close]
    accept = Action(
        _("Tiếp nhận…"),
        reverse("imports:accept", args=[batch.id]),
        key="a",
        icon="archive",
        weight="primary",
    )
    report = Action(
        _("Sửa bằng Excel"), reverse("imports:corrected", args=[batch.id]), icon="download"
    )
    return [accept, report, close]


def whole_batch_taken(review: Review) -> EmptyState:
    """What stands where work was: all of the batch is taken, and it is to be ended."""
    taken = len(review.accepted)
    told = ngettext(
        "Đã nhận hết %(n)s tài liệu của đợt", "Đã nhận hết %(n)s tài liệu của đợt", taken
    ) % {"n": formats.thousands(taken)}
    close = reverse("imports:close", args=[review.batch.id])
    return EmptyState(told, _("Còn lại: kết thúc đợt."), _("Kết thúc đợt"), close)


def notices(request: HttpRequest, review: Review) -> list[Notice]:
    """What has just happened to the batch, and what holds it up."""
    batch = review.batch
    found = _job_notices(request, batch)
    if batch.files.filter(facts__isnull=True, quarantine_id=None).exists():
        found.append(
            Notice(
                _("Có tệp mới hoặc đã thay đổi, chưa được kiểm tra"),
                tone="warn",
                todo=_("Bấm “Kiểm tra lại” trước khi tiếp nhận."),
            )
        )
    if batch.refused_secret:
        found.append(
            Notice(
                ngettext(
                    "Đã từ chối %(n)s mục khai là bí mật nhà nước",
                    "Đã từ chối %(n)s mục khai là bí mật nhà nước",
                    batch.refused_secret,
                )
                % {"n": batch.refused_secret},
                _("Hệ thống có kết nối mạng không nhận tài liệu mật; nội dung không được giữ lại."),
                tone="danger",
                todo=_("Xử lý các tài liệu này theo quy định về bảo vệ bí mật nhà nước."),
            )
        )
    held = batch.files.filter(quarantine_id__isnull=False).count()
    if held:
        found.append(
            Notice(
                ngettext(
                    "%(n)s tệp bị cách ly vì có dấu hiệu độ mật",
                    "%(n)s tệp bị cách ly vì có dấu hiệu độ mật",
                    held,
                )
                % {"n": held},
                " ".join(
                    (
                        _("Tên và nội dung không hiện ở đây cho đến khi lãnh đạo kết luận."),
                        _hidden_words(review),
                    )
                ),
                tone="warn",
            )
        )
    found += list_notice(batch)
    found += _unmapped(review)
    if review.stale:
        found.append(
            Notice(
                _("%(n)s quyết định không còn áp dụng") % {"n": review.stale},
                _("Bảng kê, tệp hoặc đề xuất đã đổi từ khi quyết định."),
                tone="warn",
                action_label=_("Xem quyết định"),
                action_url=reverse("imports:decisions", args=[batch.id]),
            )
        )
    return found


def _unmapped(review: Review) -> list[Notice]:
    """Columns that hold no field, said aloud where a field that every document needs has none."""
    mapping = review.report.mapping
    columns = mapping.columns()
    lacking = [name for name in _TOLD_BY_INDEX if f"document.{name}" not in columns]
    lacking = [name for name in lacking if f"document.{name}_year" not in columns]
    spare = [choice.heading for choice in mapping.extras()]
    if not lacking or not spare:
        return []
    return [
        Notice(
            _("Bảng kê chưa có cột nào cho: %(fields)s")
            % {"fields": "; ".join(field_label(name, DOCUMENT) for name in lacking)},
            _("Các cột chưa ghép vào trường nào: %(columns)s.")
            % {"columns": "; ".join(spare[:_MOST_COLUMNS])},
            tone="warn",
            action_label=_("Ghép cột"),
            action_url=reverse("imports:columns", args=[review.batch.id]),
        )
    ]


def _hidden_words(review: Review) -> str:
    rows = sorted(review.report.hidden_rows)
    if not rows:
        return ""
    told = ", ".join(map(str, rows[:_ROWS_TOLD])) + (" …" if len(rows) > _ROWS_TOLD else "")
    return _("Dòng %(rows)s của bảng kê được ẩn cùng với tệp.") % {"rows": told}


def _job_notices(request: HttpRequest, batch: Batch) -> list[Notice]:
    """How the last acceptance ended, with links to what it made."""
    job = last_job(batch)
    if job is None or job.kind == CHECK:
        return []
    if job.state != Job.State.DONE:
        return [
            Notice(
                _("Lần tiếp nhận vừa rồi chưa xong"),
                f"{job.message} {job.hint}",
                tone="warn",
                kept=_("Những hồ sơ đã nhận xong vẫn nằm trong kho."),
                todo=_("Tiếp nhận lại để làm nốt phần còn lại."),
            )
        ]
    found = []
    made = dossiers(viewer(request)).filter(pk__in=job.result.get("dossiers", []))[:20]
    for one in made:
        found.append(
            Notice(
                _("Đã nhận vào hồ sơ %(code)s") % {"code": one.archive_file_code},
                one.title,
                tone="ok",
                action_label=_("Mở hồ sơ"),
                action_url=reverse("archive:dossier", args=[one.id]),
            )
        )
    for key, why in list(job.result.get("refused", {}).items())[:20]:
        found.append(
            Notice(_("Hồ sơ %(key)s chưa nhận được") % {"key": key}, str(why), tone="danger")
        )
    return found
