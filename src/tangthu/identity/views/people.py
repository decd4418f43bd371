"""The register of the people of one's bodies, and the page of each."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.identity import staff, standing
from tangthu.identity.conflicts import conflicts_at
from tangthu.identity.models import Appointment, Delegation, Person, Role
from tangthu.identity.queries import names_of
from tangthu.identity.roles import RIGHTS
from tangthu.identity.views.asked import viewer
from tangthu.identity.views.shared import span, state_of, told
from tangthu.ui import formats
from tangthu.ui.parts import Action, Crumb, Fact, FactGroup, Notice
from tangthu.ui.tables import Cell, Column, EmptyState, Filter, Option, Register

_PAGE = 50


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Who works at the bodies whose people the viewer may know."""
    who = viewer(request)
    here = staff.require_review(who)
    units = list(staff.units_of(who, "rights.review"))
    held: dict[uuid.UUID, list[Appointment]] = {}

    def positions(row: Person) -> Cell:
        mine = [one for one in held.get(row.pk, []) if staff.stands(one)]
        words = "; ".join(one.position.title for one in mine)
        waits = any(one.confirmed_at is None for one in mine)
        return Cell(words or _("Không có"), note=_("Chờ xác nhận") if waits else "")

    def at(row: Person) -> str:
        places = [
            one.position.unit.name
            for one in held.get(row.pk, [])
            if staff.stands(one) and one.position.unit
        ]
        return ", ".join(dict.fromkeys(places)) or "–"

    def roles(row: Person) -> str:
        mine = [Role(one.position.role).label for one in held.get(row.pk, []) if staff.stands(one)]
        return ", ".join(str(one) for one in dict.fromkeys(mine))

    register: Register[Person] = Register(
        name="people",
        caption=_("Người làm việc"),
        query=request.GET,
        default_sort="name",
        row_id=lambda row: str(row.pk),
        page_size=_PAGE,
        searchable=True,
        filters=(
            Filter(
                "state",
                _("Trạng thái"),
                (
                    Option("active", _("Đang làm việc")),
                    Option("waiting", _("Chờ xác nhận chức vụ")),
                    Option("left", _("Đã thôi việc")),
                ),
                tabs=True,
            ),
            Filter(
                "role",
                _("Vai trò"),
                tuple(Option(value, label) for value, label in Role.choices),
                multiple=True,
            ),
            Filter("unit", _("Đơn vị"), tuple(Option(str(one.pk), one.name) for one in units)),
        ),
        columns=(
            Column(
                "name",
                _("Họ tên"),
                lambda row: Cell(row.full_name, reverse("identity:person", args=[row.pk])),
                primary=True,
                sortable=True,
            ),
            Column("position", _("Chức vụ"), positions),
            Column("unit", _("Đơn vị"), at),
            Column("role", _("Vai trò trong hệ thống"), roles, wide_only=True),
            Column("username", _("Tên đăng nhập"), _username, "code", wide_only=True),
            Column("body", _("Cơ quan"), lambda row: row.home_body.short_name, extra=len(here) < 2),
            Column(
                "since",
                _("Trong hệ thống từ"),
                lambda row: formats.day(row.created_at),
                "date",
                extra=True,
            ),
            Column(
                "state",
                _("Trạng thái"),
                lambda row: Cell(
                    _("Đang làm việc") if row.active else _("Đã thôi việc"),
                    tone="ok" if row.active else "",
                ),
                "tag",
            ),
        ),
        empty=EmptyState(_("Không có ai theo các điều kiện này")),
    )
    found = staff.people(
        who,
        text=register.search,
        state=next(iter(register.chosen("state")), ""),
        roles=register.chosen("role"),
        unit=next(iter(register.chosen("unit")), ""),
    )
    cursor = register.cursor(width=2)
    rows = staff.page_of(found, cursor, descending=register.descending, limit=_PAGE + 1)
    for one in staff.positions_of(who, [row.pk for row in rows]):
        held.setdefault(one.person_id, []).append(one)
    page = register.page(
        rows,
        sort_values=lambda row: (row.sort_key, str(row.pk)),
        cursor=cursor,
        total=found.count(),
    )
    actions = []
    if who.may_anywhere("people.manage"):
        actions.append(
            Action(
                _("Thêm người"), reverse("identity:person-new"), key="m", icon="plus",
                weight="primary",
            )
        )  # fmt: skip
    return render(
        request,
        "identity/register.html",
        {"register": page, "title": _("Người làm việc"), "actions": actions},
    )


def _username(row: Person) -> str:
    account = getattr(row, "account", None)
    return account.username if account else ""


@require_safe
def person(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """One person: positions, delegations, groups, grants, account and history."""
    who = viewer(request)
    found = staff.person(who, person_id)
    here = staff.reviewed(who)
    held = staff.positions_of(who, [found.pk])
    today = timezone.localdate()
    bodies = dict.fromkeys(one.position.body_id for one in held)
    warnings = [
        Notice(words, tone="warn", todo=_("Phân công lại cho người khác, hoặc giữ có lý do."))
        for body in bodies
        for words in conflicts_at(found.pk, body, today)
        if found.active
    ]
    context = {
        "person": found,
        "way": [Crumb(_("Người làm việc"), reverse("identity:people")), Crumb(found.full_name)],
        "actions": _actions(
            who.may("people.manage", standing.answering_body(found)), found, who.person_id
        ),
        "warnings": warnings,
        "waits": any(one.waits for one in held),
        "positions": _positions(held, who.bodies_with("people.manage")),
        "fact_groups": [_account(found), *rights_facts(request, found.pk)],
        "timeline_entries": told(found.pk, here) if found.home_body_id in here else [],
    }
    return render(request, "identity/person.html", context)


def _actions(manages: bool, found: Person, me: uuid.UUID) -> list[Action]:
    if not manages or not found.active:
        return []
    actions = [
        Action(
            _("Giao chức vụ"), reverse("identity:appoint", args=[found.pk]), key="b", icon="plus",
            weight="primary",
        ),
        Action(_("Sửa họ tên"), reverse("identity:person-rename", args=[found.pk]), icon="draft"),
    ]  # fmt: skip
    if found.pk != me:
        leave = reverse("identity:person-leave", args=[found.pk])
        actions.append(Action(_("Cho thôi việc"), leave, icon="stop", weight="danger"))
    return actions


def _positions(held: list[Appointment], managed: frozenset[uuid.UUID]) -> list[dict[str, object]]:
    names = names_of([one.confirmed_by for one in held] + [one.asked_by for one in held])
    found: list[dict[str, object]] = []
    for one in held:
        words, tone = state_of(one, one.effective_from, one.effective_to)
        ends = staff.stands(one) and one.position.body_id in managed
        found.append(
            {
                "title": one.position.title,
                "role": Role(one.position.role).label,
                "unit": one.position.unit.name if one.position.unit else one.position.body.name,
                "kind": one.get_kind_display(),
                "span": span(one.effective_from, one.effective_to, one.ended_at),
                "decision": one.decision,
                "confirmed": names.get(one.confirmed_by, "")
                or (_("khi cài đặt") if one.confirmed_at and one.asked_by is None else ""),
                "words": words,
                "tone": tone,
                "end_url": reverse("identity:appointment-end", args=[one.pk]) if ends else "",
            }
        )
    return found


def _account(found: Person) -> FactGroup:
    account = getattr(found, "account", None)
    active = account is not None and account.is_active
    last = account.last_login if account else None
    return FactGroup(
        _("Tài khoản"),
        (
            Fact(_("Tên đăng nhập"), account.username if account else "–", code=True),
            Fact(
                _("Trạng thái"),
                _("Đang mở") if active else _("Đã đóng"),
                tone="ok" if active else "warn",
            ),
            Fact(_("Trong hệ thống từ"), formats.day(found.created_at)),
            Fact(_("Đăng nhập gần nhất"), formats.moment(last) if last else _("Chưa lần nào")),
        ),
    )


def rights_facts(request: HttpRequest, person_id: uuid.UUID) -> list[FactGroup]:
    """Delegations, groups and grants of a person, as far as the viewer may know of them."""
    who = viewer(request)
    today = timezone.localdate()
    groups = []
    lent = [
        _delegated(one, person_id)
        for one in staff.delegations(who, person_id)
        if one.effective_to >= today
    ]
    if lent:
        groups.append(FactGroup(_("Ủy quyền"), tuple(lent)))
    joined = []
    for one in staff.memberships(who, person_id):
        words, tone = state_of(one, one.effective_from, one.effective_to)
        joined.append(Fact(one.group.name, words, tone=tone, note=one.decision))  # type: ignore[arg-type]
    if joined:
        groups.append(FactGroup(_("Nhóm"), tuple(joined)))
    given = []
    for grant in staff.grants(who, person_id):
        words, tone = state_of(grant, grant.effective_from, grant.effective_to)
        lasts = span(grant.effective_from, grant.effective_to, grant.ended_at)
        given.append(
            Fact(
                f"{RIGHTS[grant.right]} ({grant.get_scope_kind_display()})", words, tone=tone,  # type: ignore[arg-type]
                note=f"{lasts}; {grant.decision}",
            )
        )  # fmt: skip
    if given:
        groups.append(FactGroup(_("Quyền được cấp riêng"), tuple(given)))
    return groups


def _delegated(one: Delegation, person_id: uuid.UUID) -> Fact:
    gave = one.giver_id == person_id
    label = _("Ủy quyền cho %(name)s") if gave else _("Được %(name)s ủy quyền")
    other = one.receiver if gave else one.giver
    return Fact(
        label % {"name": other.full_name},
        "; ".join(str(RIGHTS[right]) for right in one.rights),
        note=f"{span(one.effective_from, one.effective_to)}; {one.decision}",
    )
