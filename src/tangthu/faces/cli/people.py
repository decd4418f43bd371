"""`tangthu begin`, `tangthu person`: from an empty installation to people, and what they hold."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from tangthu.identity.models import Body, Person, Unit
    from tangthu.identity.policies import Viewer

DAY = click.DateTime(["%Y-%m-%d"])
ask_option = click.option(
    "--ask-password",
    is_flag=True,
    help=_("Hỏi mật khẩu đầu tiên (hoặc đọc một dòng từ đầu vào) thay vì đặt ngẫu nhiên."),
)


@click.command(help=_("Khởi đầu: lập cơ quan đầu tiên và quản trị của cơ quan đó."))
@click.option("--code", required=True, help=_("Mã định danh điện tử của cơ quan, ví dụ H30.81."))
@click.option("--archive-code", required=True, help=_("Mã cơ quan lưu trữ, ví dụ 001.03.08."))
@click.option("--name", required=True, help=_("Tên cơ quan."))
@click.option("--short-name", required=True, help=_("Tên gọi tắt của cơ quan."))
@click.option(
    "--origin",
    required=True,
    help=_("Tên gốc của sổ cái, không đổi được về sau, ví dụ luutru.example/H30.81."),
)
@click.option("--admin", "username", required=True, help=_("Tên đăng nhập của quản trị."))
@click.option("--admin-name", "full_name", required=True, help=_("Họ tên của quản trị."))
@click.option("--position", default="Quản trị hệ thống", help=_("Chức vụ."))
@ask_option
@json_option
def begin(ask_password: bool, as_json: bool, **given: str) -> None:
    """Make the first body and its first administrator; only while there is no body."""
    with house():
        from django.utils import timezone

        from tangthu.identity.actions.begin import begin as run

        password, told = first_password(given["username"], given["full_name"], ask=ask_password)
        body, person = run(**given, password=password, since=timezone.localdate())
        facts = {
            "body": body.code, "username": given["username"], "name": person.full_name,
            "password": told,
        }  # fmt: skip
        words = f"Đã lập {body.name} ({body.code}). Quản trị: {person.full_name}."
        tell_password(facts, words, as_json=as_json)


@click.group(help=_("Người làm việc ở các cơ quan."))
def person() -> None:
    """Commands about people."""


@person.command(help=_("Thêm một người có tài khoản và chức vụ từ hôm nay."))
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@click.option("--name", "full_name", required=True, help=_("Họ tên."))
@click.option("--body", "code", required=True, help=_("Mã cơ quan."))
@click.option(
    "--role",
    required=True,
    metavar=_("VAI_TRÒ"),
    help=_("Vai trò; tên sai thì lệnh kể các vai trò."),
)
@click.option("--position", required=True, help=_("Chức vụ."))
@ask_option
@json_option
@click.pass_context
def add(
    ctx: click.Context,
    username: str,
    full_name: str,
    code: str,
    role: str,
    position: str,
    ask_password: bool,
    as_json: bool,
) -> None:
    """Add a person to a body whose people the person of `--as` manages."""
    with house():
        from django.utils import timezone

        from tangthu.identity.actions.add_person import employ
        from tangthu.identity.queries import body as body_of

        who = acting(ctx)
        body = body_of(who.viewer, code)
        if body is None:
            raise InvalidInput(f"Không có cơ quan {code}.", hint="Kiểm tra lại --body.")
        who.require("people.manage", body.id)
        password, told = first_password(username, full_name, ask=ask_password)
        added = employ(
            who,
            body=body,
            full_name=full_name,
            username=username,
            password=password,
            position=position,
            role=role,
            since=timezone.localdate(),
        )
        facts = {
            "body": body.code, "username": username, "name": added.full_name, "role": role,
            "password": told,
        }  # fmt: skip
        words = f"Đã thêm {added.full_name}, {position}, {body.short_name}."
        tell_password(facts, words, as_json=as_json)


@person.command("list", help=_("Người ở các cơ quan mà người của --as xem được."))
@click.option("--state", type=click.Choice(["active", "waiting", "left"]), help=_("Trạng thái."))
@json_option
@click.pass_context
def list_(ctx: click.Context, state: str | None, as_json: bool) -> None:
    """List people with their positions."""
    with house():
        from tangthu.identity import staff

        who = acting(ctx).viewer
        staff.require_review(who)
        facts = [_told_of(who, one) for one in staff.people(who, state=state or "")]
        lines = [f"{one['username']}\t{one['name']}\t{_held(one)}" for one in facts]
        answer(facts, as_json=as_json, words="\n".join(lines))


@person.command(help=_("Một người: chức vụ, trạng thái."))
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@json_option
@click.pass_context
def show(ctx: click.Context, username: str, as_json: bool) -> None:
    """Show one person."""
    with house():
        who = acting(ctx).viewer
        facts = _told_of(who, named(who, username))
        answer(facts, as_json=as_json, words=f"{facts['name']}: {_held(facts)}")


@person.command(help=_("Giao một chức vụ; có quyền khi người thứ hai xác nhận."))
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@click.option("--body", "code", required=True, help=_("Mã cơ quan."))
@click.option(
    "--role", required=True, metavar=_("VAI_TRÒ"),
    help=_("Vai trò; tên sai thì lệnh kể các vai trò."),
)  # fmt: skip
@click.option("--position", required=True, help=_("Chức vụ."))
@click.option("--unit", default="", help=_("Tên đơn vị; trống: trực thuộc cơ quan."))
@click.option("--kind", default="main", help="main | concurrent | acting")
@click.option("--until", type=DAY, help=_("Ngày cuối cùng, dạng 2026-12-31."))
@click.option("--decision", required=True, help=_("Số, ngày và cơ quan ra quyết định."))
@json_option
@click.pass_context
def appoint(
    ctx: click.Context,
    username: str,
    code: str,
    role: str,
    position: str,
    unit: str,
    kind: str,
    until: dt.datetime | None,
    decision: str,
    as_json: bool,
) -> None:
    """Give a person a further position; what does not go together is said on stderr."""
    with house():
        from django.utils import timezone

        from tangthu.identity.actions.add_person import appoint as run
        from tangthu.identity.conflicts import conflicts_of

        who = acting(ctx)
        found, body = named(who.viewer, username), body_named(who.viewer, code)
        place = unit_named(who.viewer, body, unit) if unit else None
        since, last = timezone.localdate(), until.date() if until else None
        warnings = conflicts_of(
            found.pk, body_id=body.pk, role=role, unit_id=place.pk if place else None,
            since=since, until=last,
        )  # fmt: skip
        made = run(
            who, person=found, body=body, position=position, role=role, since=since, until=last,
            unit=place, kind=kind, decision=decision,
        )  # fmt: skip
        facts = {
            "appointment": str(made.pk), "username": username, "position": position, "role": role,
            "gives_rights": made.alone or not made.waits, "warnings": warnings,
        }  # fmt: skip
        words = f"{found.full_name}: {position}" + ("" if not made.waits else " (chờ xác nhận)")
        answer(facts, as_json=as_json, words="\n".join([words, *warnings]))


@person.command(
    help=_("Cứu một cơ quan không còn người quản trị hoặc người xác nhận; người vận hành máy dùng.")
)
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@click.option("--body", "code", required=True, help=_("Mã cơ quan."))
@click.option("--role", required=True, metavar=_("VAI_TRÒ"),
              help=_("Vai trò quản trị người hoặc xác nhận quyền."))  # fmt: skip
@click.option("--position", required=True, help=_("Chức vụ."))
@click.option("--decision", required=True, help=_("Số, ngày và cơ quan ra quyết định."))
@json_option
def rescue(
    username: str, code: str, role: str, position: str, decision: str, as_json: bool
) -> None:
    """Give a person a position that manages people or confirms rights, at once and recorded: for
    whoever runs the machine, where nobody at the body is left who could."""
    with house():
        from django.utils import timezone

        from tangthu.identity.acting import SYSTEM
        from tangthu.identity.actions.add_person import appoint as run
        from tangthu.identity.keeping import CONFIRM, MANAGE
        from tangthu.identity.models import Body, Person
        from tangthu.identity.roles import rights_of

        body = Body.objects.filter(code=code, practice_of=None).first()
        if body is None:
            raise InvalidInput(f"Không có cơ quan {code}.", hint="Kiểm tra lại --body.")
        found = Person.objects.filter(account__username=username, active=True).first()
        if found is None:
            raise InvalidInput(f"Không có người dùng {username}.", hint="Kiểm tra tên đăng nhập.")
        if not rights_of(role) & {CONFIRM, MANAGE}:
            raise InvalidInput(
                f"Vai trò {role} không quản trị người, không xác nhận quyền.",
                hint="administrator | leader | deputy | security_officer",
            )
        if not decision.strip():
            raise InvalidInput("Ghi số, ngày và cơ quan ra quyết định.", hint="--decision")
        made = run(
            SYSTEM, person=found, body=body, position=position, role=role,
            since=timezone.localdate(), decision=decision,
        )  # fmt: skip
        facts = {"appointment": str(made.pk), "username": username, "position": position,
                 "role": role}  # fmt: skip
        answer(facts, as_json=as_json, words=f"{found.full_name}: {position}, {body.short_name}")


@person.command(help=_("Thôi giữ một chức vụ, ngay hoặc từ sau một ngày."))
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@click.option("--position", required=True, help=_("Chức vụ."))
@click.option("--on", type=DAY, help=_("Ngày cuối cùng, dạng 2026-12-31; không có: ngay."))
@click.option("--decision", required=True, help=_("Số, ngày và cơ quan ra quyết định."))
@json_option
@click.pass_context
def end(
    ctx: click.Context,
    username: str,
    position: str,
    on: dt.datetime | None,
    decision: str,
    as_json: bool,
) -> None:
    """End the position of that title."""
    with house():
        from tangthu.identity import staff
        from tangthu.identity.actions.end_appointment import end_appointment

        who = acting(ctx)
        found = named(who.viewer, username)
        standing = [
            one
            for one in staff.positions_of(who.viewer, [found.pk])
            if one.position.title == position and staff.stands(one)
        ]
        if len(standing) != 1:
            raise InvalidInput(f"Không có đúng một chức vụ {position} của {username}.")
        last = on.date() if on else None
        done = end_appointment(who, standing[0].pk, on=last, decision=decision)
        told = done.effective_to if done.ended_at is None else done.ended_at.date()
        facts = {"username": username, "position": position, "last_day": str(told)}
        answer(facts, as_json=as_json, words=f"{found.full_name}, {position}: {told}")


@person.command(help=_("Cho thôi việc: chấm dứt mọi quyền, đóng tài khoản."))
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@click.option("--decision", required=True, help=_("Số, ngày và cơ quan ra quyết định."))
@json_option
@click.pass_context
def leave(ctx: click.Context, username: str, decision: str, as_json: bool) -> None:
    """Let a person go."""
    with house():
        from tangthu.identity.actions.leave import leave as run

        who = acting(ctx)
        found = named(who.viewer, username)
        run(who, found.pk, decision=decision)
        answer(
            {"username": username, "active": False}, as_json=as_json,
            words=f"{found.full_name} đã thôi việc.",
        )  # fmt: skip


def named(viewer: Viewer, username: str) -> Person:
    """The person with this user name, if the viewer may know of him. Raises InvalidInput."""
    from tangthu.identity import staff

    found = staff.people(viewer).filter(account__username=username).first()
    if found is None:
        raise InvalidInput(f"Không có người dùng {username}.", hint="Kiểm tra tên đăng nhập.")
    return found


def body_named(viewer: Viewer, code: str) -> Body:
    """The body with this code, if the viewer has a place there. Raises InvalidInput."""
    from tangthu.identity.queries import body

    found = body(viewer, code)
    if found is None:
        raise InvalidInput(f"Không có cơ quan {code}.", hint="Kiểm tra lại --body.")
    return found


def unit_named(viewer: Viewer, body: Body, name: str) -> Unit:
    """The unit of that name that stands at the body. Raises InvalidInput."""
    from tangthu.identity import staff

    found = list(staff.units_of(viewer).filter(body=body, name__iexact=name)[:2])
    if len(found) != 1:
        raise InvalidInput(f"Không có đúng một đơn vị {name}.", hint="tangthu unit list")
    return found[0]


def _told_of(viewer: Viewer, one: Person) -> dict[str, Any]:
    from tangthu.identity import staff

    account = getattr(one, "account", None)
    return {
        "username": account.username if account else "",
        "name": one.full_name,
        "active": one.active,
        "positions": [
            {
                "title": held.position.title,
                "role": held.position.role,
                "body": held.position.body.code,
                "unit": held.position.unit.name if held.position.unit else None,
                "kind": held.kind,
                "from": held.effective_from.isoformat(),
                "to": held.effective_to.isoformat() if held.effective_to else None,
                "confirmed": held.confirmed_at is not None,
            }
            for held in staff.positions_of(viewer, [one.pk])
            if staff.stands(held)
        ],
    }


def _held(facts: dict[str, Any]) -> str:
    return "; ".join(one["title"] for one in facts["positions"]) or "–"


def first_password(username: str, full_name: str, *, ask: bool) -> tuple[str, str | None]:
    """A password, and the same to be told once; None for one that was asked for.

    Raises InvalidInput for one that is too weak.
    """
    if not ask:
        from tangthu.signin.passwords import make

        made = make()
        return made, made
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from tangthu.identity.models import Account

    if sys.stdin.isatty():
        given = click.prompt(
            _("Mật khẩu đầu tiên"), hide_input=True, confirmation_prompt=True, err=True
        )
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    try:
        validate_password(given, Account(username=username))
    except ValidationError as error:
        raise InvalidInput("Mật khẩu chưa dùng được.", hint=" ".join(error.messages)) from error
    return given, None


def tell_password(facts: dict[str, Any], words: str, *, as_json: bool) -> None:
    """Answer; a password that was made stands on stdout alone, where no log looks."""
    if facts["password"] and not as_json:
        words += (
            f"\nTên đăng nhập: {facts['username']}   Mật khẩu: {facts['password']}"
            "\nMật khẩu chỉ hiện lần này; không lưu ở đâu."
            " Đăng nhập lần đầu phải tự đặt mật khẩu khác."
        )
    answer(facts, as_json=as_json, words=words)
