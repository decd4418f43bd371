"""One finding as it is put before a person: words, place, proposals and where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.archive.batch.codes import CodeLists
from tangthu.archive.batch.duties import LISTS
from tangthu.archive.batch.file_checks import KEEP
from tangthu.archive.batch.findings import Finding, Repair
from tangthu.archive.batch.headings import BY_KEY
from tangthu.archive.dry_run import code_lists, shape_of
from tangthu.archive.models import BatchFile
from tangthu.archive.review import OPEN, Review
from tangthu.archive.wording import (
    BASES,
    SEVERITIES,
    field_label,
    finding_words,
    kind_words,
    target_words,
)
from tangthu.records.fields import code_label
from tangthu.ui.parts import Tone

_FLAGS = {"0": gettext_lazy("Không"), "1": gettext_lazy("Có")}
TONES: Mapping[str, Tone] = {"blocks": "danger", "asks": "warn", "repairs": "info", "note": ""}


@dataclass(frozen=True, slots=True)
class ShownRepair:
    """A proposed value: label, value in words, where it comes from, and the image of that place."""

    label: str
    value: str
    basis: str
    confidence: int
    snippet: str
    image_url: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as drawn. `edit_url` is "" where nothing can be edited."""

    id: str
    shape: str
    code: str
    words: str
    severity: str
    tone: Tone
    target: str
    about: str
    place: str
    value: str
    repairs: Sequence[ShownRepair]
    open: bool
    takeable: bool
    take_label: str
    ignorable: str
    edit_url: str
    page_url: str


@dataclass(frozen=True, slots=True)
class CellCard:
    """All that was found in one cell, gravest first; elsewhere each finding stands alone."""

    findings: Sequence[Card]

    @property
    def tone(self) -> Tone:
        """How grave the gravest is."""
        return self.findings[0].tone

    @property
    def open(self) -> bool:
        """Whether any of them still waits for a word."""
        return any(one.open for one in self.findings)

    @property
    def place(self) -> str:
        """The cell; what is missing stands nowhere and is told at the beginning of its row."""
        stated = [one for one in self.findings if not one.code.startswith("field.missing")]
        return next((one.place for one in (*stated, *self.findings) if one.place), "")

    @property
    def about(self) -> Sequence[str]:
        """What the findings are about, each thing once."""
        return tuple(dict.fromkeys(one.about for one in self.findings))


_CELL = re.compile(r"(?:.*!)?[A-Z]{1,3}[1-9][0-9]*", re.DOTALL)
_GRAVEST = {"blocks": 0, "asks": 1, "repairs": 2, "note": 3}


def by_cell(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings in their order, those of one cell of the index together where its first stands.

    A cell is a field of a row or dossier, else the place in the sheet.
    """
    groups: dict[str, list[Finding]] = {}
    for one in findings:
        key = one.id
        if one.field and one.target.startswith(("row:", "dossier:")):
            key = f"{one.target} {one.field}"
        elif not one.target.startswith("file:") and _CELL.fullmatch(one.place):
            key = one.place
        groups.setdefault(key, []).append(one)
    return [sorted(group, key=lambda one: _GRAVEST[one.severity]) for group in groups.values()]


class Cards:
    """Draws findings of one review; reads the files they are about in one query."""

    def __init__(self, review: Review, findings: Sequence[Finding], back: str) -> None:
        self._review = review
        self._lists: CodeLists = code_lists()
        self._back = back
        self._batch = review.batch
        names = {path for one in findings if (path := self._path(one)) is not None}
        self._files = {item.path: item for item in self._batch.files.filter(path__in=names)}
        self.cards = [CellCard([self._card(one) for one in cell]) for cell in by_cell(findings)]

    def _path(self, finding: Finding) -> str | None:
        if finding.target.startswith("file:"):
            return finding.target.removeprefix("file:")
        draft = self._review.report.documents.get(finding.target)
        return draft.file if draft else None

    def _card(self, finding: Finding) -> Card:
        review = self._review
        path = self._path(finding)
        item = self._files.get(path) if path is not None else None
        is_open = review.states[finding.id] == OPEN
        return Card(
            finding.id,
            shape_of(finding),
            finding.code,
            finding_words(finding),
            str(SEVERITIES[finding.severity]),
            TONES[finding.severity],
            finding.target,
            target_words(review.report, finding.target),
            finding.place if finding.place != path else "",
            finding.value,
            [shown for one in finding.repairs if (shown := self._repair(finding, one, item))],
            is_open,
            is_open and review.takeable(finding),
            _("Nhận đề xuất") if _proposes(finding) else _("Vẫn nhận"),
            self._ignorable(finding) if is_open else "",
            self._edit_url(finding) if is_open or finding.severity == "repairs" else "",
            self._page_url(item),
        )

    def _repair(
        self, finding: Finding, repair: Repair, item: BatchFile | None
    ) -> ShownRepair | None:
        if repair.field == KEEP or (not repair.field and not repair.value):
            return None
        name = repair.field
        value = repair.value
        if not name and value in BY_KEY:
            name, value = _("Trường"), _(BY_KEY[value].label)
        listed = LISTS.get(name)
        if listed and self._lists.has(listed, value):
            value = f"{value} – {code_label(listed, value, timezone.localdate())}"
        level = "dossier" if finding.target.startswith("dossier:") else ""
        flag = next(
            (one for one in BY_KEY.values() if one.name == name and one.kind == "flag"), None
        )
        if flag is not None and value in _FLAGS:
            value = str(_FLAGS[value])
        return ShownRepair(
            field_label(name, level) if repair.field else name,
            value or _("(để trống)"),
            str(BASES.get(repair.basis, repair.basis)),
            round(repair.confidence * 100),
            repair.snippet,
            self._snippet_url(repair, item),
        )

    def _snippet_url(self, repair: Repair, item: BatchFile | None) -> str:
        if item is None or repair.page is None:
            return ""
        for number, one in enumerate(item.proposals):
            if one["box"] and one["page"] == repair.page and one["snippet"] == repair.snippet:
                return reverse("imports:snippet", args=[self._batch.id, item.pk, number])
        return ""

    def _page_url(self, item: BatchFile | None) -> str:
        if item is None or not (item.facts or {}).get("pages"):
            return ""
        if (item.facts or {}).get("mime") != "application/pdf":
            return ""
        return reverse("imports:page", args=[self._batch.id, item.pk, 1])

    def _ignorable(self, finding: Finding) -> str:
        """The target that leaving it out would leave out; "" where that makes no sense."""
        target = finding.target
        known = target in self._review.report.documents or target.startswith(("file:", "dossier:"))
        return target if known else ""

    def _edit_url(self, finding: Finding) -> str:
        if finding.target.startswith("column:"):
            return reverse("imports:columns", args=[self._batch.id])
        if self._review.document_of(finding.target) is None and not finding.target.startswith(
            "dossier:"
        ):
            return ""
        address = reverse("imports:edit", args=[self._batch.id])
        query = {"doi-tuong": finding.target, "truong": finding.field, "ve": self._back}
        return f"{address}?{urlencode(query)}"


def _proposes(finding: Finding) -> bool:
    return any(one.field != KEEP for one in finding.repairs)


def kinds_of(findings: Iterable[Finding]) -> list[tuple[str, str, int]]:
    """The kinds among some findings: code, words, how many; most frequent first."""
    counts: dict[str, int] = {}
    for one in findings:
        counts[one.code] = counts.get(one.code, 0) + 1
    words = {one: kind_words(one) for one in counts}
    return sorted(((c, words[c], n) for c, n in counts.items()), key=lambda one: (-one[2], one[1]))
