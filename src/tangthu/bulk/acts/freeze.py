"""Locking many records under a freeze that stands already, by its decision."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.archive.actions.freeze_records import RIGHT, freeze_further
from tangthu.bulk.acts.base import Doing, Judged, Record, RowAct, at_body
from tangthu.bulk.models import BulkAct
from tangthu.identity.acting import Acting
from tangthu.identity.policies import Viewer
from tangthu.kernel.models import Job
from tangthu.records.models import Freeze, FrozenThing


class FreezeForm(forms.Form):
    """Which of the freezes that stand."""

    def __init__(self, viewer: Viewer, body_id: uuid.UUID, given: Any = None) -> None:
        super().__init__(given)
        standing = Freeze.objects.filter(
            body_id__in=viewer.bodies_with(RIGHT) & {body_id}, lifted_at=None
        ).order_by("-frozen_at")
        self.fields["freeze"] = forms.ChoiceField(
            label=_("Đợt phong tỏa"),
            choices=[(str(one.pk), f"{one.name} – {one.decision}") for one in standing],
            help_text=_("Đợt mới được lập ở trang của một phông, hồ sơ hoặc tài liệu."),
        )


class FreezeUnder(RowAct):
    """Lock each row under a freeze."""

    name = "freeze"
    label = gettext_lazy("Phong tỏa theo đợt đã có")
    note = gettext_lazy("Cho đến khi gỡ đợt ấy, không ai sửa, di chuyển hay hủy được.")
    button = gettext_lazy("Phong tỏa các dòng làm được")
    right = RIGHT
    icon = "lock"

    def form(
        self, viewer: Viewer, bulk: BulkAct, given: Any = None, *, chosen: str = ""
    ) -> forms.Form:
        return FreezeForm(viewer, bulk.body_id, given)

    def args(self, form: forms.Form) -> dict[str, Any]:
        return {"freeze": form.cleaned_data["freeze"]}

    def words(self, viewer: Viewer, bulk: BulkAct) -> list[tuple[str, str]]:
        found = Freeze.objects.get(pk=bulk.args["freeze"])
        return [(_("Đợt phong tỏa"), found.name), (_("Căn cứ"), found.decision)]

    def judge(
        self, viewer: Viewer, bulk: BulkAct, records: Sequence[Record]
    ) -> dict[uuid.UUID, Judged]:
        found = Freeze.objects.get(pk=bulk.args["freeze"])
        things = FrozenThing.objects.filter(freeze=found, thing__in=[one.pk for one in records])
        already = set(things.values_list("thing", flat=True))

        def why_not(one: Record) -> str:
            if found.lifted_at is not None:
                return _("Đợt phong tỏa đã gỡ")
            if one.body_id != found.body_id:
                return _("Thuộc cơ quan khác với đợt phong tỏa")
            refused = at_body(viewer, RIGHT, one, _("Bạn không phong tỏa ở cơ quan này"))
            return refused or (_("Đã ở trong đợt này") if one.pk in already else "")

        return {one.pk: Judged(why_not(one)) for one in records}

    def do(self, acting: Acting, row: Doing) -> Job | None:
        freeze_further(acting, uuid.UUID(row.bulk.args["freeze"]), (row.bulk.kind, row.obj))
        return None
