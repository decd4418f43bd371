"""Asking that somebody be given the right to read many records; a second person confirms each."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.bulk.acts.base import Doing, Judged, Record, RowAct, at_body
from tangthu.bulk.models import BulkAct
from tangthu.identity import queries as identity
from tangthu.identity.acting import Acting
from tangthu.identity.actions.grant_right import ask_grant, grantable
from tangthu.identity.models import Grant
from tangthu.identity.policies import Viewer
from tangthu.identity.roles import RIGHTS
from tangthu.identity.views.granting import GrantForm
from tangthu.kernel.models import Job
from tangthu.ui import formats
from tangthu.ui.form_pages import as_day

RIGHT = "rights.ask"


class GiveAccess(RowAct):
    """Ask for a grant on each row."""

    name = "grant"
    label = gettext_lazy("Cấp quyền xem")
    note = gettext_lazy("Mỗi dòng thành một đề nghị; có hiệu lực khi người thứ hai xác nhận.")
    button = gettext_lazy("Gửi đề nghị cho các dòng làm được")
    right = RIGHT
    icon = "key"
    most = 200  # a second person reads each

    def form(
        self, viewer: Viewer, bulk: BulkAct, given: Any = None, *, chosen: str = ""
    ) -> forms.Form:
        return GrantForm(grantable(bulk.kind), identity.holders(viewer, bulk.body_id), given)

    def args(self, form: forms.Form) -> dict[str, Any]:
        assert isinstance(form, GrantForm)
        kind, holder = form.chosen()
        until = as_day(form.cleaned_data["until"])
        return {
            "right": form.cleaned_data["right"],
            "holder_kind": str(kind),
            "holder": str(holder),
            "until": until.isoformat() if until else "",
            "decision": form.cleaned_data["decision"],
        }

    def words(self, viewer: Viewer, bulk: BulkAct) -> list[tuple[str, str]]:
        given = bulk.args
        told = f"{given['holder_kind']}:{given['holder']}"
        every = dict(one for _kind, some in identity.holders(viewer, bulk.body_id) for one in some)
        until = formats.day(dt.date.fromisoformat(given["until"])) if given["until"] else "–"
        return [
            (_("Quyền"), str(RIGHTS[given["right"]])),
            (_("Cấp cho"), every.get(told) or _("người ở cơ quan khác")),
            (_("Đến hết ngày"), until),
            (_("Căn cứ"), given["decision"]),
        ]

    def judge(
        self, viewer: Viewer, bulk: BulkAct, records: Sequence[Record]
    ) -> dict[uuid.UUID, Judged]:
        waits = Q(ended_at=None, refused_at=None)
        same = Grant.objects.filter(
            waits, scope_kind=bulk.kind, scope__in=[one.pk for one in records],
            right=bulk.args["right"], holder_kind=bulk.args["holder_kind"],
            holder=bulk.args["holder"],
        )  # fmt: skip
        given = set(same.values_list("scope", flat=True))

        def why_not(one: Record) -> str:
            if one.body_id != bulk.body_id:
                return _("Thuộc cơ quan khác; đề nghị riêng")
            refused = at_body(viewer, RIGHT, one, _("Bạn không đề nghị quyền ở cơ quan này"))
            return refused or (_("Đã cấp hoặc đã đề nghị quyền này") if one.pk in given else "")

        return {one.pk: Judged(why_not(one)) for one in records}

    def do(self, acting: Acting, row: Doing) -> Job | None:
        given = row.bulk.args
        ask_grant(
            acting,
            right=given["right"],
            scope_kind=row.bulk.kind,
            scope=row.obj,
            holder_kind=given["holder_kind"],
            holder=uuid.UUID(given["holder"]),
            decision=given["decision"],
            until=dt.date.fromisoformat(given["until"]) if given["until"] else None,
        )
        return None
