"""One file with all rows as a list: the export of a list, of rows that were frozen."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.bulk.acts.base import Judged, Record, WholeAct
from tangthu.bulk.models import BulkAct
from tangthu.identity.acting import Acting
from tangthu.identity.policies import Viewer
from tangthu.kernel.models import Job
from tangthu.reports.actions.order_export import order_export
from tangthu.reports.models import Export as ExportFile
from tangthu.reports.sources import CHOSEN


class FormatForm(forms.Form):
    """In which format."""

    format = forms.ChoiceField(
        label=gettext_lazy("Định dạng"), choices=ExportFile.Format.choices,
        widget=forms.RadioSelect, initial=ExportFile.Format.DOCX,
    )  # fmt: skip


class InFormat:
    """What an act that writes files has of its own: their format, asked, kept and told."""

    def args(self, form: forms.Form) -> dict[str, Any]:
        return {"format": form.cleaned_data["format"]}

    def words(self, viewer: Viewer, bulk: BulkAct) -> list[tuple[str, str]]:
        return [(_("Định dạng"), f".{bulk.args['format']}")]


class Export(InFormat, WholeAct):
    """Export all rows as one list."""

    name = "export"
    label = gettext_lazy("Xuất ra Word, Excel, PDF")
    note = gettext_lazy("Một tệp có mọi dòng, giữ ba ngày ở “Bản xuất của tôi”.")
    button = gettext_lazy("Xuất")
    right = "read.public"
    icon = "download"
    page = "reports:export"

    def form(
        self, viewer: Viewer, bulk: BulkAct, given: Any = None, *, chosen: str = ""
    ) -> forms.Form:
        return FormatForm(given)

    def judge(
        self, viewer: Viewer, bulk: BulkAct, records: Sequence[Record]
    ) -> dict[uuid.UUID, Judged]:
        return {one.pk: Judged() for one in records}

    def do_all(self, acting: Acting, bulk: BulkAct, objs: Sequence[uuid.UUID]) -> Job:
        pairs = {"kind": bulk.kind, CHOSEN: str(bulk.pk)}
        _export, job = order_export(
            acting, source=CHOSEN, pairs=pairs, columns=[], format_=bulk.args["format"]
        )
        return job
