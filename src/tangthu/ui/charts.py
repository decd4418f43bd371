"""Bar charts as SVG made by the server: plain geometry, no script, no inline style."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from tangthu.ui.formats import thousands

ROW, BAR, WIDTH = 28, 16, 400
LABEL_WIDTH, VALUE_WIDTH, GAP = 150, 62, 6
LABEL_LETTERS = 22


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `tone` colours it, `url` makes its table row a link."""

    label: str
    value: int
    tone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar with its place in the drawing (SVG user units, whole numbers)."""

    label: str
    short: str
    value: str
    tone: str
    url: str
    y: int
    text_y: int
    length: int
    value_x: int


@dataclass(frozen=True, slots=True)
class BarChart:
    """A drawing and the table that says the same."""

    title: str | Promise
    label_heading: str | Promise
    value_heading: str | Promise
    bars: tuple[DrawnBar, ...]
    width: int
    height: int
    label_x: int
    bar_x: int
    bar_height: int
    total: str


def bar_chart(
    bars: Sequence[Bar],
    *,
    title: str | Promise,
    label_heading: str | Promise,
    value_heading: str | Promise,
) -> BarChart:
    """Lay out horizontal bars, longest value filling the width. Values below zero count as zero."""
    largest = max((bar.value for bar in bars), default=0)
    room = WIDTH - LABEL_WIDTH - VALUE_WIDTH - 2 * GAP
    drawn = []
    for index, bar in enumerate(bars):
        length = round(room * max(0, bar.value) / largest) if largest > 0 else 0
        # A value that is not nothing must be seen.
        length = max(length, 2) if bar.value > 0 else 0
        y = index * ROW + (ROW - BAR) // 2
        drawn.append(
            DrawnBar(
                label=bar.label,
                short=_shortened(bar.label),
                value=thousands(bar.value),
                tone=bar.tone,
                url=bar.url,
                y=y,
                text_y=y + 12,
                length=length,
                value_x=LABEL_WIDTH + GAP + length + GAP,
            )
        )
    return BarChart(
        title=title,
        label_heading=label_heading,
        value_heading=value_heading,
        bars=tuple(drawn),
        width=WIDTH,
        height=max(ROW, ROW * len(drawn)),
        label_x=LABEL_WIDTH,
        bar_x=LABEL_WIDTH + GAP,
        bar_height=BAR,
        total=thousands(sum(bar.value for bar in bars)),
    )


def _shortened(label: str) -> str:
    """The drawing has no room for long names; the table beside it has them whole."""
    if len(label) <= LABEL_LETTERS:
        return label
    return label[: LABEL_LETTERS - 1].rstrip() + "…"
