"""One use package (DIP) of many documents, or of all that one may see of many dossiers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.archive.actions.order_dip import MOST_DOCUMENTS, Asked, order_dip
from tangthu.archive.views.dip_orders import DipForm
from tangthu.bulk.acts.base import Judged, Record, WholeAct, at_body
from tangthu.bulk.models import BulkAct
from tangthu.identity.acting import Acting
from tangthu.identity.policies import Viewer
from tangthu.kernel.models import Job
from tangthu.records import queries
from tangthu.records.fields import code_label
from tangthu.records.models import Membership
from tangthu.repository.queries import packaged_among

RIGHT = "dissemination.make"


class Dip(WholeAct):
    """Make one use package of all rows."""

    name = "dip"
    label = gettext_lazy("Tạo gói sử dụng")
    note = gettext_lazy("Một gói gồm mọi tài liệu làm được, lấy từ gói lưu trữ, của một cơ quan.")
    button = gettext_lazy("Tạo một gói sử dụng")
    right = RIGHT
    icon = "download"
    most = MOST_DOCUMENTS
    page = "archive:dip"

    def form(
        self, viewer: Viewer, bulk: BulkAct, given: Any = None, *, chosen: str = ""
    ) -> forms.Form:
        return DipForm(given)

    def args(self, form: forms.Form) -> dict[str, Any]:
        names = ("purpose_code", "purpose_text", "fee_class", "research_topic", "note")
        return {name: form.cleaned_data[name] for name in names}

    def words(self, viewer: Viewer, bulk: BulkAct) -> list[tuple[str, str]]:
        purpose = code_label("purpose", bulk.args["purpose_code"], timezone.localdate())
        return [(_("Mục đích sử dụng"), f"{purpose}: {bulk.args['purpose_text']}")]

    def judge(
        self, viewer: Viewer, bulk: BulkAct, records: Sequence[Record]
    ) -> dict[uuid.UUID, Judged]:
        parts = _documents(viewer, bulk.kind, [one.pk for one in records])
        packaged = packaged_among({doc for docs in parts.values() for doc in docs})

        def why_not(one: Record) -> str:
            docs = parts.get(one.pk, [])
            if one.body_id != bulk.body_id:
                return _("Thuộc cơ quan khác; tạo gói riêng")
            refused = at_body(viewer, RIGHT, one, _("Bạn không tạo gói sử dụng ở cơ quan này"))
            if refused:
                return refused
            if not docs:
                return _("Không có tài liệu nào bạn được xem")
            return "" if packaged.issuperset(docs) else _("Chưa được đóng gói lưu trữ")

        return {one.pk: Judged(why_not(one)) for one in records}

    def do_all(self, acting: Acting, bulk: BulkAct, objs: Sequence[uuid.UUID]) -> Job:
        parts = _documents(acting.viewer, bulk.kind, objs)
        wanted = [doc for one in objs for doc in parts.get(one, [])]
        return order_dip(acting, wanted, Asked(**bulk.args))[1]


def _documents(
    viewer: Viewer, kind: str, ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The documents that some rows stand for: a document for itself, a dossier for those in it that
    the viewer may see, in their order."""
    if kind == "document":
        return {one: [one] for one in ids}
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    places = Membership.objects.filter(
        dossier__in=list(ids), document__in=queries.documents(viewer)
    ).order_by("dossier", "ordinal")
    for dossier, document in places.values_list("dossier_id", "document_id"):
        found.setdefault(dossier, []).append(document)
    return found
