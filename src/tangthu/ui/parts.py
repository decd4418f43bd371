"""What the parts of a page are made of: plain data, drawn by the tags of `templatetags/ui.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from django.forms import BaseForm
from django.utils.functional import Promise

from tangthu.ui.formats import decimal, thousands, time_left

Label = str | Promise
Tone = Literal["", "info", "ok", "warn", "danger"]
Ranges = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way here; the last one, where we are, has no address."""

    label: Label
    url: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A decision or a step, as a link (`method="get"`) or as a button that posts.

    `value` is posted as `decision`. A `why_not` shows the action as not possible, with that reason.
    """

    label: Label
    url: str
    key: str = ""
    icon: str = ""
    weight: Literal["primary", "plain", "danger"] = "plain"
    method: Literal["get", "post"] = "get"
    value: str = ""
    why_not: Label = ""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """Something that is mine to do; `due_text` and `due_tone` come from who knows the deadline."""

    title: Label
    url: str
    code: str = ""
    asked: Label = ""
    who: Label = ""
    due_text: Label = ""
    due_tone: Tone = ""
    due_on: date | None = None
    tags: tuple[tuple[Label, Tone], ...] = ()
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueGroup:
    """Items under one heading, oldest deadline first."""

    title: Label
    items: tuple[QueueItem, ...]
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of description; `url` makes a link, `tone` a tag, `note` says where it is from."""

    label: Label
    value: Label
    url: str = ""
    note: Label = ""
    tone: Tone = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts that belong together."""

    title: Label
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Who, as what, did what, when, on whose authority; `proof_url` leads to the event's proof."""

    when: datetime
    who: Label
    did: Label
    as_what: Label = ""
    authority: Label = ""
    note: Label = ""
    tone: Tone = ""
    proof_url: str = ""


@dataclass(frozen=True, slots=True)
class ViewerPage:
    """One page image made by the server: address, size in pixels, the text on it where known."""

    number: int
    image_url: str
    width: int
    height: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A document as images. `why_empty` says why there is no page to show yet."""

    title: Label
    pages: tuple[ViewerPage, ...]
    download_url: str = ""
    why_empty: Label = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A section of a record, reached by a link."""

    label: Label
    url: str
    current: bool = False
    count: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that stays on the page. `kept` says what was kept, `todo` what to do."""

    title: Label
    text: Label = ""
    tone: Tone = "info"
    kept: Label = ""
    todo: Label = ""
    action_label: Label = ""
    action_url: str = ""


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure with its name; `url` leads to the list it counts."""

    label: Label
    value: int | str
    note: Label = ""
    url: str = ""
    tone: Tone = ""

    @property
    def shown(self) -> str:
        """The figure as written."""
        return thousands(self.value) if isinstance(self.value, int) else self.value


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value the machine proposes for a field, beside the one that stands there.

    `snippet` is the text it was read from, `ranges` the code-point offsets in it to mark;
    `confidence` is 0 to 100.
    """

    name: str
    label: Label
    current: str
    proposed: str
    snippet: str = ""
    ranges: tuple[tuple[int, int], ...] = ()
    source: Label = ""
    confidence: int | None = None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A grave step, restated: what, how many, on whose decision, what follows from it.

    `warning` stands above; "" says that it cannot be undone. `authority_label` names what
    `authority` is; "" for a decision.
    """

    title: Label
    what: Label
    count: Label
    authority: Label
    submit_label: Label
    cancel_url: str
    consequences: tuple[Label, ...] = ()
    sample: tuple[Label, ...] = ()
    more: int = 0
    warning: Label = ""
    authority_label: Label = ""
    form: BaseForm | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Progress:
    """A background task as the viewer sees it.

    `id` names the block in the page and must be unique there; `elapsed` is in seconds; `total` is
    None while unknown; `speed` in units a second is what it goes at now, None when nothing can be
    said (kernel.pace). While `state` is running the block asks `url` again every second.
    """

    id: str
    label: Label
    done: int
    total: int | None
    elapsed: float
    url: str
    unit: Label = ""
    state: Literal["running", "done", "failed", "stopped"] = "running"
    stop_url: str = ""
    note: Label = ""
    result_url: str = ""
    result_label: Label = ""
    speed: float | None = None
    resume_url: str = ""
    # What the task works on, and where that is shown.
    about: Label = ""
    about_url: str = ""

    @property
    def running(self) -> bool:
        """Worth asking again."""
        return self.state == "running"

    @property
    def percent(self) -> int | None:
        """0 to 100, rounded down so that 100 means all of it; None while the total is unknown."""
        if self.total is None:
            return None
        return 100 if self.total <= 0 else min(100, max(0, self.done) * 100 // self.total)

    @property
    def rate(self) -> str:
        """Units a second, e.g. `123,4`; empty when it is not running or nothing can be said."""
        return decimal(self.speed) if self.running and self.speed else ""

    @property
    def left(self) -> str:
        """`còn khoảng 3 phút`, at the present speed; empty while nothing can be said."""
        if not self.running or self.total is None or not self.speed:
            return ""
        return time_left(max(0, self.total - self.done) / self.speed)
