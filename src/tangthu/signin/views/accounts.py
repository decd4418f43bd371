"""The accounts of the viewer's bodies: who has one, how it stands, what it did (AR-102)."""

from __future__ import annotations

import csv
import io
import uuid

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tangthu.identity import house
from tangthu.identity.acting import Acting
from tangthu.identity.models import Account
from tangthu.identity.policies import Viewer
from tangthu.identity.standing import answering_body
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.signin import dossier, idle, inventory, queries, resting, rules, standing, wording
from tangthu.signin.actions.set_password import reset_password
from tangthu.signin.inventory import AccountKind, Line
from tangthu.ui import formats
from tangthu.ui.csv_cells import safe_cell
from tangthu.ui.parts import Action, Confirmation, Crumb, Fact, FactGroup
from tangthu.ui.tables import Cell, Column, EmptyState, Filter, Option, Register

RECENT = 20
_SOON = 14


def manager(request: HttpRequest) -> Viewer:
    """Who manages people. Raises NotFoundForViewer for anybody else."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.may_anywhere("people.manage"):
        raise NotFoundForViewer()
    return viewer


def acting_of(request: HttpRequest) -> Acting:
    """The same person, acting through the browser."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    return acting


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account of the viewer's bodies, by name."""
    viewer = manager(request)
    positions: dict[uuid.UUID, str] = {}
    told: dict[uuid.UUID, Line] = {}

    def titles(row: Account) -> str:
        return positions.get(row.person_id, "")

    register: Register[Account] = Register(
        name="accounts",
        caption=_("Tài khoản"),
        query=request.GET,
        default_sort="name",
        row_id=lambda row: str(row.person_id),
        searchable=True,
        filters=[
            Filter("tinh-trang", _("Tình trạng"), (
                Option("1", _("Đang dùng")), Option("0", _("Đã vô hiệu hóa")))),
        ],
        columns=(
            Column("name", _("Họ tên"), _name, primary=True),
            Column("username", _("Tên đăng nhập"), lambda row: row.username, "code"),
            Column("positions", _("Chức vụ"), titles),
            Column("used", _("Dùng lần cuối"), _used, "date"),
            Column("state", _("Tình trạng"), _state, "tag"),
            Column("second", _("Xác thực hai bước"), _second_step, extra=True),
            Column("since", _("Từ ngày"), lambda row: formats.day(row.person.created_at), "date",
                   extra=True),
            Column("kind", _("Loại"), lambda row: AccountKind(told[row.person_id].kind).label,
                   extra=True),
            Column("asset", _("Được dùng"), lambda row: told[row.person_id].asset, extra=True),
            Column("manager", _("Người quản lý"), lambda row: told[row.person_id].manager,
                   extra=True),
            Column("unit", _("Đơn vị"), lambda row: told[row.person_id].department, extra=True),
            Column("until", _("Hết hạn"), lambda row: _last_day(told[row.person_id]), "date",
                   extra=True),
            Column("body", _("Cơ quan"), lambda row: row.person.home_body.short_name, extra=True),
        ),
        empty=EmptyState(_("Không có tài khoản nào"), _("Đổi bộ lọc hoặc từ cần tìm.")),
    )  # fmt: skip
    found = queries.accounts(viewer)
    chosen = register.chosen("tinh-trang")
    if chosen:
        found = found.filter(is_active=chosen[0] == "1")
    found = queries.named_like(found, register.search)
    total = found.count()
    cursor = register.cursor(width=2)
    if cursor is not None:
        key, last = str(cursor.values[0]), str(cursor.values[1])
        side = "lt" if cursor.backwards else "gt"
        edge = Q(**{f"person__sort_key__{side}": key})
        found = found.filter(edge | Q(**{"person__sort_key": key, f"id__{side}": int(last)}))
        if cursor.backwards:
            found = found.order_by("-person__sort_key", "-id")
    rows = list(found[: register.page_size + 1])
    positions.update(queries.titles_of(viewer, rows))
    told.update(inventory.of_people(rows, viewer.bodies_with("people.manage")))
    page = register.page(
        rows,
        sort_values=lambda row: (row.person.sort_key, str(row.pk)),
        cursor=cursor,
        total=total,
    )
    context = {
        "register": page,
        "idle": _soon_idle(viewer),
        "actions": [
            Action(_("Rà soát"), reverse("signin:reviews"), icon="check"),
            Action(_("Chỗ tập"), reverse("signin:practice"), icon="people"),
            Action(_("Tải danh mục (CSV)"), reverse("signin:accounts-file"), icon="download"),
        ],
    }
    return render(request, "signin/accounts.html", context)


@require_safe
def accounts_file(request: HttpRequest) -> HttpResponse:
    """The whole list of accounts, of programs too, as CSV in UTF-8 (RM-954)."""
    viewer = manager(request)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(inventory.HEADINGS)
    for one in inventory.lines(viewer):
        writer.writerow([safe_cell(value) for value in one.cells()])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"danh-muc-tai-khoan-{timezone.localdate():%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _last_day(line: Line) -> str:
    return formats.day(line.until) if line.until else ""


def _soon_idle(viewer: Viewer) -> list[tuple[Account, int]]:
    """Accounts in use that will be disabled within two weeks if nobody signs in, and in how many
    days."""
    found = list(queries.accounts(viewer).filter(is_active=True, person__active=True))
    since = idle.counted_from(found)
    left = [(one, (rules.due(since[one.pk], "idle") - timezone.localdate()).days) for one in found]
    return sorted(
        ((one, max(days, 0)) for one, days in left if days <= _SOON), key=lambda told: told[1]
    )[:RECENT]


def _name(row: Account) -> Cell:
    return Cell(row.person.full_name, reverse("signin:account", args=[row.person_id]))


def _used(row: Account) -> str:
    used = standing.used_at(row)
    return formats.moment(used) if used else _("chưa lần nào")


def _state(row: Account) -> Cell:
    words, tone = standing.state(row)
    return Cell(words, tone=tone)


def _second_step(row: Account) -> str:
    return _("có") if standing.second_step(row) else _("chưa")


def way(account: Account, here: str = "") -> list[Crumb]:
    name = account.person.full_name
    way = [Crumb(_("Tài khoản"), reverse("signin:accounts"))]
    if not here:
        return [*way, Crumb(name)]
    return [*way, Crumb(name, reverse("signin:account", args=[account.person_id])), Crumb(here)]


@require_safe
def account(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """The dossier of one account: name, since when, how it proves itself, what it did last."""
    viewer = manager(request)
    found = queries.managed(acting_of(request), person_id)
    words, tone = standing.state(found)
    used = standing.used_at(found)
    managed = viewer.bodies_with("people.manage")
    line = inventory.of_people([found], managed)[person_id]
    facts = FactGroup(
        _("Tài khoản"),
        (
            Fact(_("Họ tên"), found.person.full_name),
            Fact(_("Tên đăng nhập"), found.username, code=True),
            Fact(_("Cơ quan"), found.person.home_body.name),
            Fact(_("Chức vụ"), queries.titles_of(viewer, [found]).get(found.person_id, "–")),
            Fact(_("Đăng ký ngày"), formats.day(found.person.created_at)),
            Fact(_("Tình trạng"), words, tone=tone),
            Fact(_("Dùng lần cuối"), formats.moment(used) if used else _("chưa lần nào")),
            *dossier.facts_of(line),
        ),
    )
    recent = queries.entries(viewer).filter(person_id=person_id).order_by("-at", "-id")[:RECENT]
    actions = []
    if found.person_id != viewer.person_id:
        url = reverse("signin:account-reset", args=[person_id])
        # Who keeps the house is let in and kept out by others who do.
        guarded = house.guarded(acting_of(request), person_id)
        at_home = not guarded and viewer.may("people.manage", answering_body(found.person))
        if at_home:
            actions.append(Action(_("Đặt lại mật khẩu"), url, icon="lock"))
        if found.person.active and not guarded:
            url = reverse("signin:see-as", args=[person_id])
            actions.append(Action(_("Xem như người này"), url, icon="people"))
        if found.is_active and not guarded:
            url = reverse("signin:account-sessions", args=[person_id])
            actions.append(Action(_("Kết thúc mọi phiên"), url, icon="lock"))
            url = reverse("signin:account-disable", args=[person_id])
            actions.append(Action(_("Vô hiệu hóa"), url, icon="lock"))
        elif found.person.active and not found.is_active and not guarded:
            url = reverse("signin:account-enable", args=[person_id])
            actions.append(Action(_("Cho dùng lại"), url, icon="check"))
        if at_home and standing.second_step(found) is not None:
            url = reverse("signin:account-second-step", args=[person_id])
            actions.append(Action(_("Gỡ xác thực hai bước"), url, icon="lock"))
    context = {
        "account": found,
        "fact_groups": [
            facts,
            dossier.authentication(found),
            *dossier.uses(person_id, managed),
        ],
        "actions": actions,
        "way": way(found),
        "entries": [(one, wording.of_entry(one)) for one in recent],
        "log_url": f"{reverse('signin:log')}?q={found.username}",
    }
    return render(request, "signin/account.html", context)


def ask(
    request: HttpRequest,
    found: Account,
    *,
    title: str,
    what: str,
    here: str,
    warning: str,
    consequences: tuple[str, ...],
) -> HttpResponse:
    """The page that asks before something is done to the account of another person.

    `what` holds the places %(name)s and %(username)s; `title` is on the button too, and `here` ends
    the way to the page.
    """
    confirmation = Confirmation(
        title=title,
        what=what % {"name": found.person.full_name, "username": found.username},
        count=1,
        authority=_("quản trị cơ quan"),
        authority_label=_("Theo thẩm quyền"),
        submit_label=here,
        cancel_url=reverse("signin:account", args=[found.person_id]),
        warning=warning,
        consequences=consequences,
    )
    context = {"confirmation": confirmation, "way": way(found, here)}
    return render(request, "ui/confirm.html", context)


def what_rests(found: Account) -> tuple[str, ...]:
    """What a reset keeps somebody from who confirms changes of rights."""
    if not resting.confirms(found.person_id):
        return ()
    hours = rules.number("confirming_rest")
    words = _(
        "Người này không xác nhận được thay đổi quyền trong %(n)s giờ; người ấy và những người xác"
        " nhận khác được báo."
    )
    return (words % {"n": hours},)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Give another person a new first password; it is shown on the answer, once."""
    manager(request)
    found = queries.managed_at_home(acting_of(request), person_id)
    if request.method == "POST":
        made = reset_password(acting_of(request), person_id)
        context = {"account": found, "password": made, "way": way(found, _("Mật khẩu mới"))}
        return render(request, "signin/password_made.html", context)
    return ask(
        request,
        found,
        title=_("Đặt lại mật khẩu"),
        what=_("Đặt mật khẩu ngẫu nhiên cho %(name)s (%(username)s)"),
        here=_("Đặt lại mật khẩu"),
        warning=_("Mật khẩu cũ thôi dùng được ngay."),
        consequences=(
            _("Mật khẩu mới hiện một lần để bạn trao tận tay người này."),
            _("Người này phải tự đặt mật khẩu khác khi đăng nhập."),
            _("Mọi phiên đăng nhập và khóa API của người này kết thúc."),
            *what_rests(found),
        ),
    )
