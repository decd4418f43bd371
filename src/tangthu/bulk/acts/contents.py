"""The contents of many dossiers, each as its own file with its own mark."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.bulk.acts.base import Doing, Judged, Record, RowAct
from tangthu.bulk.acts.export import FormatForm, InFormat
from tangthu.bulk.models import BulkAct
from tangthu.identity.acting import Acting
from tangthu.identity.policies import Viewer
from tangthu.kernel.models import Job
from tangthu.records import queries
from tangthu.records.models import Membership
from tangthu.reports.actions.order_export import order_export
from tangthu.reports.sources import CONTENTS


class Contents(InFormat, RowAct):
    """Write the contents of each dossier, to be printed."""

    name = "contents"
    label = gettext_lazy("Lập mục lục để in")
    note = gettext_lazy("Mỗi hồ sơ một tệp mục lục văn bản, giữ ba ngày ở “Bản xuất của tôi”.")
    button = gettext_lazy("Lập mục lục các hồ sơ làm được")
    right = "read.public"
    icon = "print"
    kinds = ("dossier",)
    most = 50  # each is a file that its owner fetches

    def form(
        self, viewer: Viewer, bulk: BulkAct, given: Any = None, *, chosen: str = ""
    ) -> forms.Form:
        form = FormatForm(given)
        form.fields["format"].initial = "pdf"
        return form

    def judge(
        self, viewer: Viewer, bulk: BulkAct, records: Sequence[Record]
    ) -> dict[uuid.UUID, Judged]:
        places = Membership.objects.filter(
            dossier__in=[one.pk for one in records], document__in=queries.documents(viewer)
        )
        filled = set(places.values_list("dossier_id", flat=True).distinct())
        none = _("Không có tài liệu nào bạn được xem")
        return {one.pk: Judged("" if one.pk in filled else none) for one in records}

    def do(self, acting: Acting, row: Doing) -> Job | None:
        _export, job = order_export(
            acting, source=CONTENTS, pairs={"dossier": str(row.obj)}, columns=[],
            format_=row.bulk.args["format"], queued=False,
        )  # fmt: skip
        return job
