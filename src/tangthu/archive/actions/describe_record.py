"""Change the description of a document or a dossier.

The change is judged by TT05's rules of the record's day (RM-014); its event tells every changed
field with its old and new value, and the index entry changes in the same transaction. Of a record
whose label asks for it the change is kept aside until a second person approves it (RM-951,
`approve_edit`).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.archive import bound
from tangthu.archive.actions.hold_edit import hold_edit
from tangthu.archive.actions.report_secret import report_secret
from tangthu.archive.batch.codes import marks_secrecy, names_secrecy
from tangthu.archive.descriptions import as_text, cleaned, findings, judge
from tangthu.archive.searchables import reindex_document, reindex_dossiers
from tangthu.identity.acting import Acting
from tangthu.identity.policies import PUBLIC
from tangthu.kernel import clock
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import HouseError, InvalidInput
from tangthu.ledger.record import Event, record, state_digest
from tangthu.records import frozen, queries, sensitivity
from tangthu.records.fields import editable_fields
from tangthu.records.levels import NOBODYS
from tangthu.records.models import Document, Dossier, Membership, PendingEdit
from tangthu.records.states import document_state, dossier_state
from tangthu.repository.closed_beside import note_closed

EXTRA = "extra"


class ChangedMeanwhile(HouseError):
    """Somebody else changed the description since it was shown; nothing was written."""

    http_status = 409

    def __init__(self, current: Dossier | Document) -> None:
        super().__init__(
            _("Người khác vừa sửa mô tả này."), hint=_("Xem lại hai bản rồi lưu lần nữa.")
        )
        self.current = current


class SecretRefused(InvalidInput):
    """The change declares a state secret; nothing of it is kept (AR-127).

    The documents that it is about are withheld at once (AR-129).
    """


@dataclass(frozen=True, slots=True)
class Described:
    """The record as it stands now, the names of the changed fields, and standing findings.

    `waits`: the change was kept aside for approval; nothing of the record changed.
    """

    record: Dossier | Document
    changed: tuple[str, ...]
    warnings: Mapping[str, list[str]] = field(default_factory=dict)
    waits: PendingEdit | None = None


def describe_document(
    acting: Acting,
    document_id: uuid.UUID,
    values: Mapping[str, Any],
    *,
    extra: Mapping[str, str] | None = None,
    expected: str,
) -> Described:
    """Set the description fields named in `values`, and all extra rows when `extra` is given.

    `expected` is `digest_of` the record as it was shown. Raises NotFoundForViewer, Refused,
    ChangedMeanwhile, SecretRefused, or InvalidInput whose `problems` name the fields.
    """
    found = queries.document(acting.viewer, document_id)
    try:
        return _describe(acting, found, values, extra, expected)
    except SecretRefused:
        report_secret(acting, document_id)
        raise


def describe_dossier(
    acting: Acting,
    dossier_id: uuid.UUID,
    values: Mapping[str, Any],
    *,
    extra: Mapping[str, str] | None = None,
    expected: str,
) -> Described:
    """Set the description fields of a dossier; see `describe_document`."""
    found = queries.dossier(acting.viewer, dossier_id)
    try:
        return _describe(acting, found, values, extra, expected)
    except SecretRefused:
        for place in queries.documents_of(acting.viewer, found):
            report_secret(acting, place.document_id)
        raise


def describe_as_approved(acting: Acting, edit: PendingEdit) -> Described:
    """Make the change that waited; `approve_edit` has asked who approves it.

    Raises NotFoundForViewer, RecordFrozen, ChangedMeanwhile, SecretRefused, InvalidInput.
    """
    found = (
        queries.dossier(acting.viewer, edit.obj)
        if edit.kind == "dossier"
        else queries.document(acting.viewer, edit.obj)
    )
    return _describe(acting, found, edit.values, edit.extra, edit.expected, approved=edit)


def digest_of(shown: Dossier | Document) -> str:
    """The digest of a record's state, by which a later save notices that it changed meanwhile."""
    return state_digest(_state(shown)[1])


def _state(shown: Dossier | Document) -> tuple[str, dict[str, Any]]:
    return dossier_state(shown) if isinstance(shown, Dossier) else document_state(shown)


def _describe(
    acting: Acting,
    found: Dossier | Document,
    values: Mapping[str, Any],
    extra: Mapping[str, str] | None,
    expected: str,
    approved: PendingEdit | None = None,
) -> Described:
    if approved is None:
        acting.require("archive.describe", found.body_id)
    model = type(found)
    with transaction.atomic():
        shown = queries.locked(acting.viewer, found)
        frozen.require_free(shown)
        if digest_of(shown) != expected:
            raise ChangedMeanwhile(shown)
        wanted = {name: cleaned(value) for name, value in values.items()}
        if sensitivity.FIELD in wanted:
            wanted[sensitivity.FIELD] = wanted[sensitivity.FIELD] or None
        if extra is not None:
            wanted[EXTRA] = {cleaned(label): cleaned(text) for label, text in extra.items()}
        today = clock.now().date()
        _known(wanted, {item.identifier for item in editable_fields(model, today)})
        _fits(model, wanted)
        _labelled(shown, wanted)
        if isolated():
            _leave_secrecy(shown, wanted)
        else:
            _refuse_secrets(wanted)
        changes = {name: value for name, value in wanted.items() if getattr(shown, name) != value}
        guarded = approved is None and sensitivity.is_guarded(shown, today)
        waits = guarded and not sensitivity.only_closes(shown, changes)
        before = findings(shown, today)
        old = {name: getattr(shown, name) for name in changes}
        for name, value in changes.items():
            setattr(shown, name, value)
        judged = judge(before, findings(shown, today))
        if not bound.binds(shown.body):
            judged = judged.as_advice()
        if judged.blocking:
            raise InvalidInput(_("Mô tả mới chưa đúng quy định."), problems=dict(judged.blocking))
        if changes and waits:
            for name, value in old.items():
                setattr(shown, name, value)
            held = hold_edit(acting, shown, changes, expected)
            return Described(shown, (), judged.standing, held)
        if changes:
            shown.save(update_fields=list(changes))
            _record(acting, shown, old, changes, approved)
            _reindex(shown, changes)
    return Described(shown, tuple(changes), judged.standing)


def _known(wanted: Mapping[str, Any], names: set[str]) -> None:
    stray = sorted(set(wanted) - names - {EXTRA})
    if stray:
        raise InvalidInput(_("Có trường không sửa được."), problems={"": stray})


def _fits(model: type[Dossier] | type[Document], wanted: Mapping[str, Any]) -> None:
    """Columns are wide (RM-858), but not endless."""
    problems = {}
    for name, value in wanted.items():
        limit = getattr(model._meta.get_field(name), "max_length", None)
        if limit is not None and isinstance(value, str) and len(value) > limit:
            problems[name] = [_("Dài quá %(limit)s ký tự.") % {"limit": limit}]
    if problems:
        raise InvalidInput(_("Mô tả mới chưa đúng quy định."), problems=problems)


def _refuse_secrets(wanted: Mapping[str, Any]) -> None:
    """AR-127: a connected installation keeps nothing that declares itself a state secret."""
    words = _(
        "Hệ thống có kết nối mạng không được lưu bí mật nhà nước. Mô tả này không được ghi; tài "
        "liệu đã bị cách ly và lãnh đạo phụ trách sẽ kết luận."
    )
    if wanted.get("access_level") == NOBODYS:
        raise SecretRefused(words, problems={"access_level": [words]})
    for label, text in (wanted.get(EXTRA) or {}).items():
        if names_secrecy(label) and marks_secrecy(text):
            raise SecretRefused(words, problems={EXTRA: [words]})


def _leave_secrecy(shown: Dossier | Document, wanted: Mapping[str, Any]) -> None:
    """On an isolated LAN secrecy is decided on its own page, on a basis (AR-128, AR-131)."""
    level = wanted.get("access_level", shown.access_level)
    words = _("Độ mật được xác định ở trang “Độ mật”, có căn cứ.")
    if level != shown.access_level and NOBODYS in (level, shown.access_level):
        raise InvalidInput(words, problems={"access_level": [words]})
    for label, text in (wanted.get(EXTRA) or {}).items():
        if names_secrecy(label) and marks_secrecy(text):
            raise InvalidInput(words, problems={EXTRA: [words]})


def _labelled(shown: Dossier | Document, wanted: Mapping[str, Any]) -> None:
    """A label is one of the list, and a strict one asks for conditional access (RM-951)."""
    label = wanted.get(sensitivity.FIELD, shown.sensitivity)
    level = wanted.get("access_level", shown.access_level)
    wrong = _("Mô tả mới chưa đúng quy định.")
    if sensitivity.FIELD in wanted and label is not None and sensitivity.label(label) is None:
        words = _("Chọn một nhãn trong danh mục.")
        raise InvalidInput(wrong, problems={sensitivity.FIELD: [words]})
    if sensitivity.asks_condition(label) and level == PUBLIC:
        words = _("Nhãn này đòi chế độ sử dụng có điều kiện.")
        at = sensitivity.FIELD if label != shown.sensitivity else "access_level"
        raise InvalidInput(wrong, problems={at: [words]})


def _record(
    acting: Acting,
    shown: Dossier | Document,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    approved: PendingEdit | None,
) -> None:
    level = "dossier" if isinstance(shown, Dossier) else "document"
    changes = []
    for name in new:
        if name == EXTRA:
            changes.extend(_extra_changes(old[name], new[name]))
        else:
            changes.append({"field": name, "old": as_text(old[name]), "new": as_text(new[name])})
    record(
        Event(
            kind=f"records.{level}.described",
            obj=shown.pk,
            body=shown.body_id,
            actor=acting.actor(shown.body_id),
            state=_state(shown),
            detail={"fields": list(new), "changes": changes, **_asked(approved)},
        )
    )


def _asked(approved: PendingEdit | None) -> dict[str, str]:
    """Who asked for a change that another approved."""
    return {} if approved is None else {"edit": str(approved.pk), "asked": str(approved.asked_by)}


def _extra_changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"field": f"{EXTRA}: {label}", "old": old.get(label, ""), "new": new.get(label, "")}
        for label in dict.fromkeys([*old, *new])
        if old.get(label) != new.get(label)
    ]


def _reindex(shown: Dossier | Document, changes: Mapping[str, Any]) -> None:
    if isinstance(shown, Dossier) or "access_level" in changes:
        places = Membership.objects.filter(document=shown.pk)
        homes = (
            [shown.pk]
            if isinstance(shown, Dossier)
            else list(places.values_list("dossier_id", flat=True))
        )
        reindex_dossiers(homes)
        if "access_level" in changes:
            note_closed(homes)
    else:
        reindex_document(shown)
