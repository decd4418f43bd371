"""Stopping many marked jobs: which of them can be, then the request to each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tangthu.identity import queries
from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import viewer
from tangthu.kernel.job_registry import label_of, subjects
from tangthu.kernel.jobs import request_stop
from tangthu.ui.bulk import BulkAct, BulkRow, is_confirmed, marked, preview
from tangthu.ui.parts import Crumb
from tangthu.ui.working import UNDER_WAY


@require_POST
def stop_many(request: HttpRequest) -> HttpResponse:
    """Preview the stopping of the marked jobs; once that was seen, ask each to stop."""
    rows = _rows(viewer(request), marked(request))
    if not rows:
        messages.info(request, _("Chưa đánh dấu công việc nào."))
        return redirect("office:jobs")
    if not is_confirmed(request):
        act = BulkAct(
            _("Dừng các công việc đã đánh dấu"),
            _("Mỗi công việc dừng ở chỗ an toàn gần nhất; phần đã xong được giữ."),
            _("Dừng các công việc làm được"),
            Crumb(_("Công việc nền"), reverse("office:jobs")),
        )
        return preview(request, act, rows)
    asked = [one for one in rows if not one.why_not]
    for one in asked:
        request_stop(one.id)
    told = ngettext("Đã yêu cầu dừng %(n)s việc.", "Đã yêu cầu dừng %(n)s việc.", len(asked))
    messages.success(request, told % {"n": len(asked)})
    return redirect("office:jobs")


def _rows(me: Viewer, ids: Sequence[uuid.UUID]) -> list[BulkRow]:
    found = queries.jobs(me).in_bulk(ids)
    named = subjects(me, list(found.values()))
    rows = []
    for pk in ids:
        if pk not in found:
            continue
        job = found[pk]
        about = named[job.subject_id][0] if job.subject_id in named else ""
        why = "" if job.state in UNDER_WAY else _("Đã kết thúc")
        if not why and job.stop_requested:
            why = _("Đang dừng")
        name = ": ".join(filter(None, [label_of(job.kind), about]))
        rows.append(BulkRow(pk, name, reverse("office:job", args=[pk]), why))
    return rows
