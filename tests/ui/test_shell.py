from datetime import UTC, datetime

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import include, path
from django.utils.translation import override

from tangthu.ui.charts import Bar, bar_chart
from tangthu.ui.keys import Shortcut, ShortcutRegistry, key_caps
from tangthu.ui.nav import NavEntry, NavRegistry, key_group
from tangthu.ui.parts import Action, Progress, TimelineEntry
from tangthu.ui.shell import BodyChoice, ShellIdentity, set_identity_provider, viewing

urlpatterns = [path("ui/", include("tangthu.ui.urls"))]
HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def registry() -> NavRegistry:
    registry = NavRegistry()
    registry.register(NavEntry("all", "Tất cả", "ui:components", key="t", order=1))
    registry.register(NavEntry("in", "Văn bản đến", "ui:register", key="d", order=3, section="Văn"))
    registry.register(NavEntry("secret", "Mật", "ui:queue", order=2, allowed=lambda request: False))
    registry.register(NavEntry("later", "Chưa có", "ui:not_there", order=4))
    return registry


@override_settings(ROOT_URLCONF=__name__)
def test_navigation_shows_only_what_is_allowed_and_there(registry: NavRegistry) -> None:
    sections = registry.sections(RequestFactory().get("/ui/register/"))
    names = [[link.name for link in section.links] for section in sections]
    assert names == [["all"], ["in"]]


@override_settings(ROOT_URLCONF=__name__)
def test_the_closest_entry_is_where_one_is(registry: NavRegistry) -> None:
    sections = registry.sections(RequestFactory().get("/ui/register/"))
    assert [link.name for s in sections for link in s.links if link.current] == ["in"]
    group = key_group(sections)
    assert group is not None
    assert [s.keys for s in group.shortcuts] == ["g t", "g d"]


def test_a_name_or_key_taken_twice_is_an_error(registry: NavRegistry) -> None:
    with pytest.raises(ValueError, match="already registered"):
        registry.register(NavEntry("all", "x", "ui:form"))
    with pytest.raises(ValueError, match="already taken"):
        registry.register(NavEntry("new", "x", "ui:form", key="d"))
    keys = ShortcutRegistry()
    keys.register("Nhóm", Shortcut("j", "xuống"))
    with pytest.raises(ValueError, match="already registered"):
        keys.register("Nhóm khác", Shortcut("j", "khác"))


def test_key_caps_are_drawn_one_by_one() -> None:
    assert [key_caps(k) for k in ("g d", "ctrl+enter", "+", "?", "esc")] == [
        ["G", "D"],
        ["Ctrl", "Enter"],
        ["+"],
        ["?"],
        ["Esc"],
    ]


def test_texts_from_outside_are_escaped_in_every_part() -> None:
    request = HttpRequest()
    entry = TimelineEntry(datetime.now(UTC), HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    task = Progress("t", HOSTILE, 1, 2, 1.0, HOSTILE, HOSTILE, stop_url=HOSTILE, note=HOSTILE)
    chart = bar_chart([Bar(HOSTILE, 3)], title=HOSTILE, label_heading="a", value_heading="b")
    actions = [Action(HOSTILE, HOSTILE, HOSTILE), Action(HOSTILE, HOSTILE, method="post")]
    for template, context in (
        ("ui/parts/timeline.html", {"entries": [entry]}),
        ("ui/parts/progress.html", {"task": task}),
        ("ui/parts/chart.html", {"chart": chart}),
        ("ui/parts/actions.html", {"actions": actions}),
    ):
        html = render_to_string(template, context, request=request)
        assert "<img src=x" not in html, template
        assert "&lt;img" in html, template


def test_a_task_says_how_far_it_is_and_stops_asking_when_it_ends() -> None:
    task = Progress("t", "Việc", 250, 1000, 900.0, "/p/", "tệp", stop_url="/s/", speed=250 / 60)
    with override("vi"):
        assert (task.percent, task.rate, task.left) == (25, "4,2", "còn khoảng 3 phút")
        html = render_to_string("ui/parts/progress.html", {"task": task})
        assert 'hx-get="/p/"' in html
        ended = Progress("t", "Việc", 1000, 1000, 60.0, "/p/", "tệp", "done", stop_url="/s/")
        html = render_to_string("ui/parts/progress.html", {"task": ended})
    assert "hx-get" not in html
    assert "/s/" not in html


def test_a_task_is_not_full_before_its_last_piece_and_knows_no_end_without_a_total() -> None:
    assert Progress("t", "x", 9999, 10_000, 1.0, "/").percent == 99
    assert Progress("t", "x", 12_000, 10_000, 1.0, "/").percent == 100
    assert Progress("t", "x", 0, 0, 1.0, "/").percent == 100
    unknown = Progress("t", "x", 5, None, 1.0, "/")
    assert (unknown.percent, unknown.rate, unknown.left) == (None, "", "")
    assert Progress("t", "x", 5, 10, 1.0, "/").left == "", "nothing is known of its speed"
    assert (
        "value="
        not in render_to_string("ui/parts/progress.html", {"task": unknown})
        .split("<progress")[1]
        .split(">")[0]
    )


def test_bars_fill_the_width_in_proportion_and_little_is_never_nothing() -> None:
    chart = bar_chart(
        [Bar("a", 1000), Bar("b", 500), Bar("c", 1), Bar("d", 0)],
        title="t",
        label_heading="a",
        value_heading="b",
    )
    whole, half, little, nothing = (bar.length for bar in chart.bars)
    assert half == round(whole / 2)
    assert (little, nothing) == (2, 0)
    assert max(bar.value_x for bar in chart.bars) < chart.width
    assert chart.total == "1.501"


def test_forbidden_and_missing_read_the_same() -> None:
    assert render_to_string("403.html") == render_to_string("404.html")


def test_the_error_page_of_a_broken_server_needs_no_request() -> None:
    with override("vi"):
        assert "Hệ thống gặp lỗi" in render_to_string("500.html", {})


def test_the_viewer_is_who_the_provider_says_and_nobody_before() -> None:
    request = RequestFactory().get("/ui/")
    known = ShellIdentity("Lê Văn Thư", body="Sở Mẫu", bodies=(BodyChoice("1", "Sở Mẫu", True),))
    before = set_identity_provider(lambda request: known)
    try:
        assert viewing(request).identity == known
    finally:
        set_identity_provider(before)
