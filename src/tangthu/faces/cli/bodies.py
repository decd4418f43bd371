"""`tangthu body`, `tangthu unit`: bodies with their names and codes, units and how they change."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.people import (
    DAY,
    ask_option,
    body_named,
    first_password,
    tell_password,
    unit_named,
)
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from tangthu.identity.models import BodyName, Unit

decision_option = click.option(
    "--decision", required=True, help=_("Số, ngày và cơ quan ra quyết định.")
)
body_option = click.option("--body", "code", required=True, help=_("Mã cơ quan."))
since_option = click.option("--since", type=DAY, help=_("Từ ngày, dạng 2026-12-31; không có: nay."))


@click.group(help=_("Cơ quan: tên và mã qua các ngày."))
def body() -> None:
    """Commands about bodies."""


@body.command("list", help=_("Tên và mã mà các cơ quan mang hay đã mang, kèm ngày."))
@json_option
@click.pass_context
def list_bodies(ctx: click.Context, as_json: bool) -> None:
    """The register of codes."""
    with house():
        from tangthu.identity import names, staff

        here = staff.require_review(acting(ctx).viewer)
        facts = [_told_of_body(one) for one in names.register(here)]
        lines = [
            f"{one['code']}\t{one['name']}\t{one['from']} – {one['to'] or ''}" for one in facts
        ]
        answer(facts, as_json=as_json, words="\n".join(lines))


@body.command("open", help=_("Mở một cơ quan nữa, cùng quản trị đầu tiên của cơ quan đó."))
@click.option("--code", required=True, help=_("Mã định danh điện tử của cơ quan, ví dụ H30.81."))
@click.option("--archive-code", required=True, help=_("Mã cơ quan lưu trữ, ví dụ 001.03.08."))
@click.option("--name", required=True, help=_("Tên cơ quan."))
@click.option("--short-name", required=True, help=_("Tên gọi tắt của cơ quan."))
@click.option(
    "--origin", required=True,
    help=_("Tên gốc của sổ cái, không đổi được về sau, ví dụ luutru.example/H30.81."),
)  # fmt: skip
@click.option("--admin", "username", required=True, help=_("Tên đăng nhập của quản trị."))
@click.option("--admin-name", "full_name", required=True, help=_("Họ tên của quản trị."))
@click.option("--position", default="Quản trị hệ thống", help=_("Chức vụ."))
@ask_option
@json_option
@click.pass_context
def open_body(ctx: click.Context, ask_password: bool, as_json: bool, **given: str) -> None:
    """Open a further body."""
    with house():
        from django.utils import timezone

        from tangthu.identity.actions.open_further import open_further

        who = acting(ctx)
        password, told = first_password(given["username"], given["full_name"], ask=ask_password)
        made, person = open_further(who, **given, password=password, since=timezone.localdate())
        facts = {
            "body": made.code, "username": given["username"], "name": person.full_name,
            "password": told,
        }  # fmt: skip
        words = f"Đã mở {made.name} ({made.code}). Quản trị: {person.full_name}."
        tell_password(facts, words, as_json=as_json)


@body.command(help=_("Đổi tên hay mã cơ quan từ một ngày; ngày trước giữ tên cũ."))
@click.argument("code", metavar=_("MÃ_CƠ_QUAN"))
@click.option("--name", help=_("Tên cơ quan."))
@click.option("--short-name", help=_("Tên gọi tắt của cơ quan."))
@click.option("--new-code", help=_("Mã định danh mới."))
@since_option
@decision_option
@json_option
@click.pass_context
def rename(
    ctx: click.Context,
    code: str,
    name: str | None,
    short_name: str | None,
    new_code: str | None,
    since: dt.datetime | None,
    decision: str,
    as_json: bool,
) -> None:
    """Give a body another name or code; what is not named stays."""
    with house():
        from tangthu.identity.actions.rename_body import rename_body

        who = acting(ctx)
        found = body_named(who.viewer, code)
        done = rename_body(
            who, found.pk, name=name or found.name, short_name=short_name or found.short_name,
            code=new_code or found.code, decision=decision,
            since=since.date() if since else None,
        )  # fmt: skip
        facts = _told_of_body(done.names.get(effective_to=None))
        answer(facts, as_json=as_json, words=f"{facts['code']}\t{facts['name']}\t{facts['from']}")


@body.command("set", help=_("Phạm vi áp dụng TT05 và bộ thuật ngữ của cơ quan."))
@click.argument("code", metavar=_("MÃ_CƠ_QUAN"))
@click.option(
    "--tt05", type=click.Choice(["mandatory", "voluntary"]), help=_("TT05 bắt buộc hay tự nguyện.")
)
@click.option(
    "--terms", type=click.Choice(["law2024", "nd30"]), help=_("Bộ thuật ngữ trên màn hình.")
)
@decision_option
@json_option
@click.pass_context
def set_(
    ctx: click.Context,
    code: str,
    tt05: str | None,
    terms: str | None,
    decision: str,
    as_json: bool,
) -> None:
    """Set what is named; the other stays."""
    with house():
        from tangthu.identity.actions.set_body import set_body

        who = acting(ctx)
        found = body_named(who.viewer, code)
        done = set_body(
            who, found.pk, applies_tt05=tt05 or found.applies_tt05, terms=terms or found.terms,
            decision=decision,
        )  # fmt: skip
        facts = {"body": done.code, "applies_tt05": done.applies_tt05, "terms": done.terms}
        answer(facts, as_json=as_json, words=f"{done.code}\t{done.applies_tt05}\t{done.terms}")


@click.group(help=_("Đơn vị của cơ quan."))
def unit() -> None:
    """Commands about units."""


@unit.command("list", help=_("Đơn vị của một cơ quan, hôm nay hoặc vào một ngày."))
@body_option
@click.option("--on", type=DAY, help=_("Ngày, dạng 2026-12-31; không có: hôm nay."))
@json_option
@click.pass_context
def list_units(ctx: click.Context, code: str, on: dt.datetime | None, as_json: bool) -> None:
    """The tree of units."""
    with house():
        from django.utils import timezone

        from tangthu.identity import staff

        who = acting(ctx).viewer
        day = on.date() if on else timezone.localdate()
        branches = staff.tree(who, body_named(who, code).pk, day)
        facts = [{**_told_of_unit(one.unit), "depth": one.depth} for one in branches]
        words = "\n".join("  " * one.depth + one.unit.name for one in branches)
        answer(facts, as_json=as_json, words=words)


@unit.command("open", help=_("Lập một đơn vị."))
@click.argument("name", metavar=_("TÊN"))
@body_option
@click.option("--parent", default="", help=_("Tên đơn vị cấp trên."))
@since_option
@decision_option
@json_option
@click.pass_context
def open_unit(
    ctx: click.Context,
    name: str,
    code: str,
    parent: str,
    since: dt.datetime | None,
    decision: str,
    as_json: bool,
) -> None:
    """Open a unit."""
    with house():
        from tangthu.identity.actions.units import open_unit as run

        who = acting(ctx)
        place = body_named(who.viewer, code)
        above = unit_named(who.viewer, place, parent).pk if parent else None
        made = run(
            who, body_id=place.pk, name=name, since=_day(since), decision=decision,
            parent_id=above,
        )  # fmt: skip
        answer(_told_of_unit(made), as_json=as_json, words=f"Đã lập {made.name}.")


@unit.command(help=_("Giải thể một đơn vị không còn ai giữ chức vụ."))
@click.argument("name", metavar=_("TÊN"))
@body_option
@click.option("--on", type=DAY, help=_("Ngày cuối cùng, dạng 2026-12-31; không có: hôm nay."))
@decision_option
@json_option
@click.pass_context
def close(
    ctx: click.Context, name: str, code: str, on: dt.datetime | None, decision: str, as_json: bool
) -> None:
    """End a unit."""
    with house():
        from tangthu.identity.actions.units import end_unit

        who = acting(ctx)
        found = unit_named(who.viewer, body_named(who.viewer, code), name)
        done = end_unit(who, found.pk, on=_day(on), decision=decision)
        answer(_told_of_unit(done), as_json=as_json, words=f"Đã giải thể {done.name}.")


@unit.command(help=_("Sáp nhập, chia hoặc đổi tên đơn vị: đơn vị cũ kết thúc, đơn vị mới kế tiếp."))
@body_option
@click.option("--end", "ending", multiple=True, required=True, help=_("Tên đơn vị kết thúc."))
@click.option("--open", "opening", multiple=True, required=True, help=_("Tên đơn vị mới."))
@click.option(
    "--move", "moves", multiple=True, metavar=_("NGƯỜI=ĐƠN_VỊ"),
    help=_("Tên đăng nhập và đơn vị mới; ai không nêu thì thôi giữ chức vụ. Khi chỉ có một đơn vị "
           "mới, mọi người chuyển về đó."),
)  # fmt: skip
@click.option("--parent", default="", help=_("Tên đơn vị cấp trên."))
@since_option
@decision_option
@json_option
@click.pass_context
def reorganise(
    ctx: click.Context,
    code: str,
    ending: tuple[str, ...],
    opening: tuple[str, ...],
    moves: tuple[str, ...],
    parent: str,
    since: dt.datetime | None,
    decision: str,
    as_json: bool,
) -> None:
    """End units and open their successors, and move people along."""
    with house():
        from tangthu.identity import staff
        from tangthu.identity.actions.reorganise import reorganise as run

        who = acting(ctx)
        place = body_named(who.viewer, code)
        old = [unit_named(who.viewer, place, one).pk for one in ending]
        above = unit_named(who.viewer, place, parent).pk if parent else None
        to = _places(moves, opening)
        alone = 0 if len(opening) == 1 and not moves else None
        going = {
            one.pk: goes
            for one in staff.held_in(who.viewer, old)
            for goes in [to.get(one.person.account.username, alone)]
            if goes is not None
        }
        made = run(
            who, body_id=place.pk, ending=old, opening=opening, moves=going, since=_day(since),
            decision=decision, parent_id=above,
        )  # fmt: skip
        facts = {"units": [_told_of_unit(one) for one in made], "moved": len(going)}
        names = ", ".join(one.name for one in made)
        answer(facts, as_json=as_json, words=f"Đã lập {names}; {len(going)} người chuyển theo.")


def _places(moves: tuple[str, ...], opening: tuple[str, ...]) -> dict[str, int]:
    """By user name the place in `opening` that he goes to. Raises InvalidInput."""
    found = {}
    for one in moves:
        username, _equals, name = one.partition("=")
        if name not in opening:
            raise InvalidInput(f"--move {one}: không có đơn vị mới {name}.")
        found[username] = opening.index(name)
    return found


def _day(given: dt.datetime | None) -> dt.date:
    from django.utils import timezone

    return given.date() if given else timezone.localdate()


def _told_of_body(one: BodyName) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "short_name": one.short_name,
        "archive_code": one.body.archive_code,
        "from": one.effective_from.isoformat(),
        "to": one.effective_to.isoformat() if one.effective_to else None,
        "decision": one.decision,
    }


def _told_of_unit(one: Unit) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "name": one.name,
        "from": one.effective_from.isoformat(),
        "to": one.effective_to.isoformat() if one.effective_to else None,
        "decision": one.decision,
        "succeeds": sorted(before.name for before in one.succeeds.all()),
    }
