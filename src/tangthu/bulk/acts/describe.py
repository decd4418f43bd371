"""Giving one field of the description of many records the same value, shown as old → new first.

What is frozen or stands in a package is refused: a package is changed on the record's own page,
where one sees that it must be sealed again. What is withheld exists for nobody.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.archive import bound
from tangthu.archive.actions.describe_record import (
    describe_document,
    describe_dossier,
    digest_of,
)
from tangthu.archive.descriptions import Homes, cleaned, findings, homes_of, judge
from tangthu.archive.forms import form_field, stored
from tangthu.archive.searchables import COUNTED
from tangthu.bulk.acts.base import Doing, Judged, Record, RowAct, at_body
from tangthu.bulk.models import BulkAct
from tangthu.identity.acting import Acting
from tangthu.identity.policies import PUBLIC, Viewer
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.kernel.models import Job
from tangthu.records import frozen, queries, sensitivity
from tangthu.records.fields import editable_fields, label_of, shown_value
from tangthu.records.levels import NOBODYS
from tangthu.records.models import Document, Dossier
from tangthu.repository.queries import packaged_among, packaged_dossiers
from tangthu.standards.rules import Field
from tangthu.ui.partial_dates import PartialDate

RIGHT = "archive.describe"
# What names or measures one record, so that many with the same value are a mistake.
_OF_ONE = frozenset(
    {"title", "subject", "number", "symbol", "paper_file_code", "handwriting", "sheet_count",
     "declared_record_count"}
)  # fmt: skip
_MODELS: dict[str, type[Dossier] | type[Document]] = {"dossier": Dossier, "document": Document}


def shared_fields(kind: str) -> list[Field]:
    """The fields that many records of a kind can have in common.

    Those of a dossier that tell of its documents are read and changed by who sees them all, on its
    own page.
    """
    left_out = _OF_ONE | COUNTED if kind == "dossier" else _OF_ONE
    return [
        one
        for one in editable_fields(_MODELS[kind], timezone.localdate())
        if one.identifier not in left_out
    ]


class DescribeForm(forms.Form):
    """Which field, and its new value; nothing but the choice of a field until there is one."""

    def __init__(self, kind: str, chosen: str, given: Any = None) -> None:
        super().__init__(given)
        every = {one.identifier: one for one in shared_fields(kind)}
        self.fields["field"] = forms.ChoiceField(
            label=_("Trường"), choices=[(name, label_of(one)) for name, one in every.items()]
        )
        if chosen in every:
            self.fields["field"].initial = chosen
            self.fields["field"].widget = forms.HiddenInput()
            value = form_field(every[chosen], None, timezone.localdate())
            value.required = every[chosen].obligation == "mandatory"
            if value.required is False and not isinstance(value, forms.BooleanField):
                value.help_text = value.help_text or _("Để trống thì xóa giá trị cũ.")
            self.fields["value"] = value


class Describe(RowAct):
    """Change one field of each row."""

    name = "describe"
    label = gettext_lazy("Sửa một trường mô tả")
    note = gettext_lazy("Mọi dòng làm được nhận cùng một giá trị; giá trị cũ còn trong quá trình.")
    button = gettext_lazy("Sửa các dòng làm được")
    right = RIGHT
    icon = "draft"

    def form(
        self, viewer: Viewer, bulk: BulkAct, given: Any = None, *, chosen: str = ""
    ) -> forms.Form:
        named = chosen if given is None else given.get("field", "")
        return DescribeForm(bulk.kind, str(named), given)

    def args(self, form: forms.Form) -> dict[str, Any]:
        if "value" not in form.fields:
            words = _("Chọn một trường.")
            raise InvalidInput(words, problems={"field": [words]})
        value = form.cleaned_data["value"]
        value = str(value) if isinstance(value, PartialDate) else value
        field = form.cleaned_data["field"]
        if field == "access_level" and value == NOBODYS:
            words = _("Tài liệu nghi là mật được báo ở trang của từng tài liệu.")
            raise InvalidInput(words, problems={"value": [words]})
        return {"field": field, "value": cleaned(value)}

    def words(self, viewer: Viewer, bulk: BulkAct) -> list[tuple[str, str]]:
        field = _field(bulk)
        value = shown_value(field, bulk.args["value"], timezone.localdate())
        return [(_("Trường"), label_of(field)), (_("Giá trị mới"), value or _("(để trống)"))]

    def judge(
        self, viewer: Viewer, bulk: BulkAct, records: Sequence[Record]
    ) -> dict[uuid.UUID, Judged]:
        field, today = _field(bulk), timezone.localdate()
        ids = [one.pk for one in records]
        packaged = packaged_dossiers(ids) if bulk.kind == "dossier" else packaged_among(ids)
        locked = frozen.among(records)
        guarded = sensitivity.guarded_among(records, today)
        homes = homes_of(records)

        def judged(one: Record) -> Judged:
            old = getattr(one, field.identifier)
            new = stored(bulk.args["value"], old)
            told = {
                "old": shown_value(field, old, today),
                "new": shown_value(field, new, today),
            }
            state = digest_of(one)
            refused = at_body(viewer, RIGHT, one, _("Bạn không sửa mô tả ở cơ quan này"))
            if not refused and one.pk in locked:
                refused = _("Đang bị phong tỏa")
            if not refused and one.pk in guarded:
                refused = _guarded()
            if not refused and one.pk in packaged:
                refused = _("Đã đóng gói; sửa ở trang riêng rồi đóng gói lại")
            if not refused and old == new:
                refused = _("Đã có giá trị này")
            if not refused and _opens(one, field.identifier, new):
                refused = _("Nhãn này đòi chế độ sử dụng có điều kiện.")
            return Judged(refused or _wrong(one, field.identifier, new, homes), told, state)

        return {one.pk: judged(one) for one in records}

    def do(self, acting: Acting, row: Doing) -> Job | None:
        name, value = row.bulk.args["field"], row.bulk.args["value"]
        if row.bulk.kind == "dossier":
            old = getattr(queries.dossier(acting.viewer, row.obj), name)
            change = {name: stored(value, old)}
            done = describe_dossier(acting, row.obj, change, expected=row.state)
        else:
            old = getattr(queries.document(acting.viewer, row.obj), name)
            change = {name: stored(value, old)}
            done = describe_document(acting, row.obj, change, expected=row.state)
        if done.waits is not None:
            raise Refused(_guarded())  # labelled since the preview; nothing waits
        return None


def _opens(one: Record, name: str, new: Any) -> bool:
    """Whether the record would have a label of conditional access and be open to all."""
    label = new if name == sensitivity.FIELD else one.sensitivity
    level = new if name == "access_level" else one.access_level
    return level == PUBLIC and sensitivity.asks_condition(label)


def _guarded() -> str:
    """Why a labelled record is left out: each of its changes is approved by itself (RM-951)."""
    return _("Nhãn đòi duyệt từng sửa đổi; sửa ở trang riêng")


def _field(bulk: BulkAct) -> Field:
    return next(one for one in shared_fields(bulk.kind) if one.identifier == bulk.args["field"])


def _wrong(record: Record, name: str, new: Any, homes: Homes) -> str:
    """What the rules would have against the new value first; the record stays as it is."""
    today = timezone.localdate()
    limit = getattr(type(record)._meta.get_field(name), "max_length", None)
    if limit is not None and isinstance(new, str) and len(new) > limit:
        return _("Dài quá %(limit)s ký tự.") % {"limit": limit}
    if not bound.binds(record.body):
        return ""  # there the circular only advises
    before, old = findings(record, today, homes), getattr(record, name)
    setattr(record, name, new)
    try:
        blocking = judge(before, findings(record, today, homes)).blocking
    finally:
        setattr(record, name, old)
    return next((one for sentences in blocking.values() for one in sentences), "")
