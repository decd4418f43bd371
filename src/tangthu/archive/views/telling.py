"""Histories as timelines, and proofs as three steps: recorded, in the log, under a signature."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tangthu.archive.fonds_labels import FONDS_LABELS
from tangthu.archive.searchables import COUNTED
from tangthu.ledger.history import Told, history
from tangthu.ledger.proofs import Standing, standing
from tangthu.records.fields import FIRST_RULES, fields_of, label_of
from tangthu.records.models import Document, Dossier
from tangthu.ui.parts import TimelineEntry

SHOWN = 100
# What may be told of a dossier or fonds to a viewer from whom some documents may be hidden.
_HARMLESS = frozenset(
    {
        "records.dossier.created",
        "records.dossier.described",
        "records.dossier.edit_asked",
        "records.dossier.edit_approved",
        "records.dossier.edit_refused",
        "records.dossier.edit_withdrawn",
        "archive.dossier.placed",
        "archive.fonds.opened",
        "archive.fonds.described",
    }
)


@dataclass(frozen=True, slots=True)
class History:
    """A timeline, newest first; `left_out` older events are not shown."""

    entries: tuple[TimelineEntry, ...]
    left_out: int


def tell(*objs: uuid.UUID, whole: bool = True) -> History:
    """The merged history of some objects; unless `whole`, only what hides no document's traces."""
    events = [event for event in reversed(history(*objs)) if whole or event.kind_name in _HARMLESS]
    entries = tuple(entry_of(event, whole=whole) for event in events[:SHOWN])
    return History(entries, max(0, len(events) - SHOWN))


def entry_of(event: Told, *, whole: bool = True) -> TimelineEntry:
    """One event as a line of the timeline."""
    detail = event.fields.get("detail", {})
    changes = [
        change
        for change in detail.get("changes", [])
        if whole or change.get("field") not in COUNTED
    ]
    did, note = event.sentence, ""
    if changes:
        did = _("sửa mô tả")
        note = "; ".join(_change(change) for change in changes)
    return TimelineEntry(
        when=event.when,
        who=event.who or "–",
        did=did,
        as_what=event.position,
        note=note,
        tone="danger" if event.damaged or event.out == "fail" else "",
    )


def _change(change: dict[str, Any]) -> str:
    return _("%(field)s: “%(old)s” → “%(new)s”") % {
        "field": field_name(str(change.get("field", ""))),
        "old": _short(str(change.get("old", ""))),
        "new": _short(str(change.get("new", ""))),
    }


def field_name(identifier: str) -> str:
    """The name of a described field for people."""
    if identifier.startswith("extra: "):
        return identifier.removeprefix("extra: ")
    for model in (Dossier, Document):
        for field in fields_of(model, FIRST_RULES):
            if field.identifier == identifier:
                return label_of(field)
    return str(FONDS_LABELS.get(identifier, identifier))


def _short(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof panel: how far the events have come; the root short and whole."""

    standing: Standing
    root: str
    url: str

    @property
    def steps(self) -> list[tuple[str, int, bool]]:
        """The three steps in words, how many events have come so far, and whether all have."""
        found = self.standing
        return [
            (_("Đã ghi"), found.events, True),
            (_("Đã vào sổ cái"), found.in_log, found.in_log == found.events),
            (_("Đã có chữ ký"), found.signed, found.whole),
        ]


def proof_of(obj: uuid.UUID, url: str) -> Proof | None:
    """The proof panel of an object; None if the ledger does not know it."""
    found = standing(obj)
    if found is None:
        return None
    root = f"{found.root[:12]}…{found.root[-6:]}" if found.root else ""
    return Proof(found, root, url if found.signed else "")


def closed(bundle: dict[str, Any]) -> dict[str, Any]:
    """A proof document in which details stay closed: it still verifies, and tells no more.

    For viewers from whom some documents of the dossier may be hidden.
    """
    events = [
        {
            **event,
            "open": {
                name: value
                for name, value in event.get("open", {}).items()
                if name in {"agent", "ref"}
            },
        }
        if "open" in event
        else event
        for event in bundle["events"]
    ]
    return {**bundle, "events": events}
