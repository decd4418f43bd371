"""Sealing many marked dossiers: what would come of each, then an order for each that can be."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.archive.bulk_sealing import rows_to_seal
from tangthu.identity.views.asked import acting, viewer
from tangthu.kernel.errors import HouseError, NotFoundForViewer
from tangthu.ui.bulk import BulkAct, is_confirmed, marked, preview
from tangthu.ui.parts import Crumb


@require_POST
def seal_many(request: HttpRequest) -> HttpResponse:
    """Preview the sealing of the marked dossiers; once that was seen, order it for each."""
    who = viewer(request)
    if not who.bodies_with("archive.seal"):
        raise NotFoundForViewer(_("Không có gì ở đây."))
    rows = rows_to_seal(who, marked(request))
    if not rows:
        messages.info(request, _("Chưa đánh dấu hồ sơ nào."))
        return redirect("archive:dossiers")
    if not is_confirmed(request):
        act = BulkAct(
            _("Đóng gói các hồ sơ đã đánh dấu"),
            _("Mỗi hồ sơ thành một gói trong mọi kho, bằng một công việc nền riêng."),
            _("Đóng gói các hồ sơ làm được"),
            Crumb(_("Hồ sơ"), reverse("archive:dossiers")),
        )
        return preview(request, act, rows)
    ordered, refused = 0, []
    for one in rows:
        if one.why_not:
            refused.append(f"{one.name}: {one.why_not}")
            continue
        try:
            queue_sealing(acting(request), one.id)
            ordered += 1
        except HouseError as error:
            refused.append(f"{one.name}: {error}")
    told = ngettext("Đã đặt đóng gói %(n)s hồ sơ.", "Đã đặt đóng gói %(n)s hồ sơ.", ordered)
    messages.success(request, told % {"n": ordered})
    for words in refused:
        messages.warning(request, words)
    return redirect("office:jobs")
