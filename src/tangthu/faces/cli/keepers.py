"""`tangthu keeper`: who keeps the house, beside the administrators of its bodies."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.people import DAY
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from tangthu.identity.acting import Acting

_DECISION = click.option("--decision", required=True, help=_("Số, ngày và cơ quan ra quyết định."))


@click.group(
    help=_("Người quản trị hệ thống của nhà; không có --as: người vận hành máy."),
)
def keeper() -> None:
    """Commands about who keeps the house."""


def _who(ctx: click.Context) -> Acting:
    """The person of `--as`, or without one whoever runs the machine: the last who kept the house
    may be gone."""
    from tangthu.identity.acting import SYSTEM

    return acting(ctx) if ctx.find_root().obj["person"] else SYSTEM


@keeper.command("list", help=_("Ai đang quản trị hệ thống, hoặc đang chờ xác nhận."))
@json_option
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """Everybody who keeps the house, or will once it is confirmed."""
    with house():
        from tangthu.identity.house import posts, require_keeper

        require_keeper(_who(ctx))
        rows: list[dict[str, Any]] = [
            {
                "username": one.person.account.username,
                "name": one.person.full_name,
                "body": one.position.body.code,
                "position": one.position.title,
                "since": one.effective_from.isoformat(),
                "until": one.effective_to.isoformat() if one.effective_to else None,
                "decision": one.decision,
                "gives": one.confirmed_at is not None or one.alone,
            }
            for one in posts()
        ]
        words = [
            f"{one['username']:<20} {one['name']:<30} {one['body']}"
            + ("" if one["gives"] else " (chờ xác nhận)")
            for one in rows
        ]
        answer({"keepers": rows}, as_json=as_json, words="\n".join(words) or "0")


@keeper.command(help=_("Giao quyền quản trị hệ thống cho một người ở bất kỳ cơ quan nào."))
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@click.option("--position", default="Quản trị hệ thống", help=_("Chức vụ."))
@click.option("--until", type=DAY, help=_("Ngày cuối cùng, dạng 2026-12-31."))
@_DECISION
@json_option
@click.pass_context
def give(
    ctx: click.Context,
    username: str,
    position: str,
    until: dt.datetime | None,
    decision: str,
    as_json: bool,
) -> None:
    """Ask that a person keep the house; a second person at his body confirms it. Given by whoever
    runs the machine, it holds at once."""
    with house():
        from tangthu.identity.actions.keep_house import give_house

        made = give_house(
            _who(ctx), username, decision=decision, position=position,
            until=until.date() if until else None,
        )  # fmt: skip
        facts = {
            "appointment": str(made.pk),
            "username": username,
            "gives": made.confirmed_at is not None or made.alone,
        }
        answer(facts, as_json=as_json, words=f"{made.person.full_name}: {position}")


@keeper.command(help=_("Một người thôi quản trị hệ thống, ngay hoặc từ sau một ngày."))
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@click.option("--on", type=DAY, help=_("Ngày cuối cùng, dạng 2026-12-31; không có: ngay."))
@_DECISION
@json_option
@click.pass_context
def end(
    ctx: click.Context, username: str, on: dt.datetime | None, decision: str, as_json: bool
) -> None:
    """Let a person keep the house no more; not the last one."""
    with house():
        from tangthu.identity.actions.end_appointment import end_appointment
        from tangthu.identity.house import posts, require_keeper

        who = _who(ctx)
        require_keeper(who)
        held = list(posts().filter(person__account__username=username))
        if not held:
            raise InvalidInput(
                f"{username} không quản trị hệ thống.", hint="Xem tangthu keeper list."
            )
        for one in held:
            end_appointment(who, one.pk, decision=decision, on=on.date() if on else None)
        answer({"username": username}, as_json=as_json, words=held[0].person.full_name)
