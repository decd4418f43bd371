"""What an act for many records is: its words, what it asks, what it refuses, how it is done."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.urls import reverse

from tangthu.bulk.models import BulkAct
from tangthu.identity.acting import Acting
from tangthu.identity.policies import Viewer
from tangthu.kernel.models import Job
from tangthu.records.models import Document, Dossier
from tangthu.ui.parts import Label

Record = Dossier | Document


@dataclass(frozen=True, slots=True)
class Judged:
    """What would come of one record: why it cannot be done ("" it can), what would change.

    `told`: `old` and `new` as people read them. `state`: digest of the record as it is now.
    """

    why_not: str = ""
    told: Mapping[str, str] = field(default_factory=dict)
    state: str = ""


@dataclass(frozen=True, slots=True)
class Doing:
    """One row while it is done: which act, which record, and its state in the preview."""

    bulk: BulkAct
    obj: uuid.UUID
    state: str


class NoArgs(forms.Form):
    """An act that asks nothing."""


class Act(ABC):
    """One act. `right` is what somebody must have somewhere to be offered it; whether he has it for
    a row says `judge`, and again the row's own action. `most` rows can be done at once."""

    name = ""
    label: Label = ""
    note: Label = ""
    button: Label = ""
    right = ""
    icon = "check"
    kinds: tuple[str, ...] = ("dossier", "document")
    most = 5000

    def form(
        self, viewer: Viewer, bulk: BulkAct, given: Any = None, *, chosen: str = ""
    ) -> forms.Form:
        """The form for what the act asks; `chosen` is what its page was opened for."""
        return NoArgs(given)

    def args(self, form: forms.Form) -> dict[str, Any]:
        """What a valid form says, as JSON."""
        return {}

    def words(self, viewer: Viewer, bulk: BulkAct) -> list[tuple[str, str]]:
        """What was asked, as labels and values."""
        return []

    @abstractmethod
    def judge(
        self, viewer: Viewer, bulk: BulkAct, records: Sequence[Record]
    ) -> dict[uuid.UUID, Judged]:
        """What would come of each of some records that the viewer sees, by id."""


class RowAct(Act):
    """An act that goes row by row."""

    @abstractmethod
    def do(self, acting: Acting, row: Doing) -> Job | None:
        """Do one row by its own action, inside a transaction; a job that comes of it is waited for.

        Raises what the action raises.
        """


class WholeAct(Act):
    """An act that makes one thing of all its rows."""

    # The route of what is made.
    page = ""

    @abstractmethod
    def do_all(self, acting: Acting, bulk: BulkAct, objs: Sequence[uuid.UUID]) -> Job:
        """The job that makes the one thing; its subject is that thing."""


def made_page(act: Act, bulk: BulkAct) -> str:
    """Address of what a whole act made; "" before it did, and of other acts."""
    about = bulk.kept.get("about")
    return reverse(act.page, args=[about]) if isinstance(act, WholeAct) and about else ""


def at_body(viewer: Viewer, right: str, record: Record, words: str) -> str:
    """The refusal `words` of who lacks a right at the record's body; "" else."""
    return "" if viewer.may(right, record.body_id) else words
