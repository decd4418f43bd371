"""`{% load ui %}`: the parts of a page as tags, and Vietnamese ways of writing as filters."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BaseForm
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tangthu.kernel.deployment import isolated
from tangthu.ui import formats
from tangthu.ui.charts import BarChart
from tangthu.ui.choosing import ListTools, only_chosen, shown_columns, tools_of, with_chosen
from tangthu.ui.forms import error_links
from tangthu.ui.icons import ICONS
from tangthu.ui.keys import key_caps
from tangthu.ui.parts import (
    Action,
    Crumb,
    FactGroup,
    Notice,
    Progress,
    Proposal,
    QueueGroup,
    Ranges,
    Stat,
    Tab,
    TimelineEntry,
    Viewer,
)
from tangthu.ui.query import edit_query
from tangthu.ui.tables import EmptyState, RegisterPage

register = template.Library()

BAND = "<!--tangthu:band-->"
"""Where the page's band of an isolated LAN belongs; filled in when the page is made."""

TONE_ICONS = {"info": "info", "ok": "ok", "warn": "warning", "danger": "error"}


@register.simple_tag
def mode_band() -> SafeString:
    """The place of the band that pages of an isolated LAN bear; nothing elsewhere."""
    return mark_safe(BAND) if isolated() else SafeString("")  # noqa: S308 - our own constant


# ── filters ─────────────────────────────────────────────────────────────────────────────────────


@register.filter
def thousands(value: object) -> str:
    """`{{ 1234|thousands }}` → `1.234`; what is no whole number is shown as it is."""
    return formats.thousands(value) if isinstance(value, int) else str(value)


@register.filter
def octets(value: object) -> str:
    """`{{ 3482|octets }}` → `3,4 KB`."""
    return formats.file_size(value) if isinstance(value, int) else ""


@register.filter
def day(value: object) -> str:
    """`{{ when|day }}` → `02/09/2025`; nothing for no date."""
    return formats.day(value) if isinstance(value, date) else ""


@register.filter
def moment(value: object) -> str:
    """`{{ when|moment }}` → `14:05 02/09/2025`; a date without a time is shown as a day."""
    return formats.moment(value) if isinstance(value, datetime) else day(value)


@register.filter
def long_day(value: object) -> str:
    """`{{ when|long_day }}` → `ngày 02 tháng 9 năm 2025`."""
    return formats.long_day(value) if isinstance(value, date) else ""


@register.filter
def duration(value: object) -> str:
    """`{{ seconds|duration }}` → `3 phút`."""
    return formats.duration(value) if isinstance(value, int | float) else ""


@register.filter
def time_left(value: object) -> str:
    """`{{ seconds|time_left }}` → `còn khoảng 3 phút`."""
    return formats.time_left(value) if isinstance(value, int | float) else ""


@register.filter
def highlight(text: object, ranges: Ranges) -> SafeString:
    """Mark the spans `(start, end)` of `text` (code-point offsets, end exclusive) with `<mark>`.

    Everything is escaped; spans may come unsorted, overlapping or out of range.
    """
    plain = str(text)
    pieces: list[SafeString] = []
    at = 0
    for start, end in sorted((max(0, s), min(len(plain), e)) for s, e in ranges):
        begin = max(start, at)
        if end <= begin:
            continue
        pieces.append(conditional_escape(plain[at:begin]))
        pieces.append(format_html("<mark>{}</mark>", plain[begin:end]))
        at = end
    pieces.append(conditional_escape(plain[at:]))
    return SafeString("".join(pieces))


# ── small tags ──────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon, hidden from screen readers: put words beside it. KeyError when unknown."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"'
        ' focusable="false">{}</svg>',
        mark_safe(ICONS[name]),  # noqa: S308 - a constant of this package
    )


@register.simple_tag
def tone_icon(tone: str) -> SafeString | str:
    """The icon that goes with a tone, so that colour never speaks alone."""
    return icon(TONE_ICONS[tone]) if tone in TONE_ICONS else ""


@register.simple_tag
def tag(text: object, tone: str = "") -> SafeString:
    """A state tag: `{% tag "Quá hạn" "danger" %}` (tones: info, ok, warn, danger, none)."""
    safe_tone = tone if tone in TONE_ICONS else "plain"
    return format_html(
        '<span class="tag tag-{}">{}{}</span>', safe_tone, tone_icon(safe_tone), text
    )


@register.simple_tag
def keys(sequence: str) -> SafeString | str:
    """Key caps for `g d` or `ctrl+enter`; only for the eyes, screen readers get the help dialog."""
    if not sequence:
        return ""
    caps = format_html_join("", "<kbd>{}</kbd>", ((cap,) for cap in key_caps(sequence)))
    return format_html('<span class="keys" aria-hidden="true">{}</span>', caps)


@register.simple_tag(takes_context=True)
def query_with(context: Context, *pairs: object) -> str:
    """This page's query with changes: `{% query_with "loai" "QD" "at" None %}`; None removes."""
    request: HttpRequest = context["request"]
    if len(pairs) % 2:
        raise template.TemplateSyntaxError("query_with takes pairs of key and value")
    changes: dict[str, str | int | list[str] | None] = {}
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        changes[str(key)] = None if value is None else str(value)
    return edit_query(request.GET, changes)


# ── parts of a page ─────────────────────────────────────────────────────────────────────────────


@register.inclusion_tag("ui/parts/crumbs.html")
def crumbs(way: Sequence[Crumb]) -> dict[str, object]:
    """The way here; the last crumb is the page itself."""
    return {"way": way}


@register.inclusion_tag("ui/parts/notice.html")
def notice(item: Notice) -> dict[str, object]:
    """A message that stays: what happened, what was kept, what to do."""
    return {"notice": item}


@register.inclusion_tag("ui/parts/empty.html")
def empty_state(item: EmptyState) -> dict[str, object]:
    """Why there is nothing here."""
    return {"empty": item}


@register.inclusion_tag("ui/parts/actions.html", takes_context=True)
def action_bar(context: Context, actions: Sequence[Action], small: bool = False) -> dict[str, Any]:
    """The decisions that can be taken here. Posting ones carry the CSRF token."""
    return {"actions": actions, "small": small, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("ui/parts/queue.html", takes_context=True)
def queue(
    context: Context, groups: Sequence[QueueGroup], empty: EmptyState | None = None
) -> dict[str, Any]:
    """What is mine to do, grouped, oldest deadline first."""
    return {
        "groups": [group for group in groups if group.items],
        "empty": empty,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("ui/parts/register.html", takes_context=True)
def register_table(context: Context, page: RegisterPage) -> dict[str, Any]:
    """A register: tabs, filters, chips, table in the chosen columns, marked rows, paging."""
    request: HttpRequest | None = context.get("request")
    choices = with_chosen(page.choices, shown_columns(request, page.name))
    tools = None
    if request is not None:
        tools = tools_of(
            request,
            name=page.name,
            caption=page.caption,
            choices=choices,
            source=page.source if page.rows else "",
            fixed=page.fixed,
            form=page.form,
        )
    return {
        "page": only_chosen(page, choices),
        "tools": tools,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("ui/parts/list_tools.html", takes_context=True)
def list_tools(context: Context, tools: ListTools) -> dict[str, Any]:
    """The columns of a list to choose from, and the ways to take it out."""
    return {"tools": tools, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("ui/parts/facts.html")
def facts(groups: Sequence[FactGroup], level: int = 2) -> dict[str, object]:
    """Description in groups; `level` is the heading level of the group titles."""
    return {"groups": groups, "level": level}


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(entries: Sequence[TimelineEntry]) -> dict[str, object]:
    """History in words, in the order given."""
    return {"entries": entries}


@register.inclusion_tag("ui/parts/viewer.html")
def viewer(document: Viewer) -> dict[str, object]:
    """Page images with zoom, fit, rotation and the text of each page."""
    return {"viewer": document}


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(items: Sequence[Tab], label: str) -> dict[str, object]:
    """Sections of a record as links; `label` names the strip for screen readers."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/parts/stats.html")
def stats(items: Sequence[Stat]) -> dict[str, object]:
    """Figures side by side."""
    return {"items": items}


@register.inclusion_tag("ui/parts/chart.html")
def chart(drawing: BarChart) -> dict[str, object]:
    """A bar chart with its table beside it."""
    return {"chart": drawing}


@register.inclusion_tag("ui/parts/compare.html")
def compare(proposals: Sequence[Proposal]) -> dict[str, object]:
    """Proposed values beside standing ones, with the text they were read from; inside a form.

    Posts `<name>` = `keep` or `accept` for each.
    """
    return {"proposals": proposals}


@register.inclusion_tag("ui/parts/progress.html", takes_context=True)
def progress(context: Context, task: Progress) -> dict[str, Any]:
    """A background task; the same template answers the polling (see `docs/ui.md`)."""
    return {"task": task, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("ui/parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, object]:
    """All errors of a form as links to their fields; nothing when there is none.

    A form that orders something rather than saves it says so in `not_done`.
    """
    not_done = getattr(form, "not_done", None) or _("Chưa lưu được")
    return {"links": error_links(form) if form.is_bound else [], "not_done": not_done}


@register.inclusion_tag("ui/parts/form_actions.html")
def form_actions(
    save: str, save_next: str = "", cancel_url: str = "", cancel_label: str = ""
) -> dict[str, object]:
    """The end of a form: save, save and next (posts `next=1`), leave without saving.

    `cancel_label` is for forms that order something rather than save it.
    """
    return {
        "save": save,
        "save_next": save_next,
        "cancel_url": cancel_url,
        "cancel_label": cancel_label,
    }
