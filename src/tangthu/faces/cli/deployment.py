"""`tangthu mode show | set`, `tangthu clearance`: the deployment mode, and who may see secrets."""

from __future__ import annotations

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput


@click.group(help=_("Chế độ triển khai: connected hoặc isolated_lan."))
def mode() -> None:
    """Commands about the deployment mode."""


@mode.command(help=_("Chế độ của cài đặt này, và còn đổi được không."))
@json_option
@click.pass_context
def show(ctx: click.Context, as_json: bool) -> None:
    """Say which mode home and database bear, and whether it is fixed."""
    with house():
        from django.conf import settings

        facts = {"mode": settings.DEPLOYMENT_MODE, "fixed": _holds_anything()}
        fixed = "đã cố định" if facts["fixed"] else "còn đổi được bằng `tangthu mode set`"
        answer(facts, as_json=as_json, words=f"{facts['mode']}, {fixed}")


@mode.command("set", help=_("Đổi chế độ của một cài đặt chưa có gì."))
@click.argument("wanted", metavar=_("CHẾ_ĐỘ"), type=click.Choice(["connected", "isolated_lan"]))
@click.option("--decision", required=True, help=_("Số, ngày và cơ quan ra quyết định."))
@json_option
@click.pass_context
def set_(ctx: click.Context, wanted: str, decision: str, as_json: bool) -> None:
    """Change the mode of an installation that holds nothing."""
    if not decision.strip():
        raise InvalidInput("Chưa ghi quyết định.", hint="Ví dụ: --decision '12/QĐ-UBND 01/03/2026'")
    # Without a look: a change that was cut off between database and home is repaired by another.
    with house(look=False):
        from django.conf import settings

        from tangthu.kernel import deployment
        from tangthu.kernel.prepare import as_owner

        home = settings.HOME
        with home.only_one("up"), as_owner() as connection:
            deployment.change(home, connection, wanted, decision.strip()[:200])
        answer({"mode": wanted, "fixed": False}, as_json=as_json, words=f"Đã đổi sang {wanted}.")


def _holds_anything() -> bool:
    from tangthu.identity.models import Body

    return Body.objects.exists()


@click.command(help=_("Cho một người tiếp cận bí mật nhà nước đến một độ (chỉ isolated_lan)."))
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@click.argument("degree", metavar="0|1|2|3", type=click.Choice(["0", "1", "2", "3"]))
@click.option("--decision", required=True, help=_("Số, ngày và cơ quan ra quyết định."))
@click.option("--body", "code", default="", help=_("Mã cơ quan, khi người đó ở nhiều cơ quan."))
@json_option
@click.pass_context
def clearance(
    ctx: click.Context, username: str, degree: str, decision: str, code: str, as_json: bool
) -> None:
    """Clear a person for the secrets of a body up to a degree; 0 ends it."""
    with house():
        from tangthu.identity.actions.grant_clearance import set_clearance
        from tangthu.identity.queries import people_to_clear, viewer_named
        from tangthu.kernel.deployment import isolated

        if not isolated():
            raise InvalidInput("Lệnh này chỉ có ở chế độ isolated_lan.", hint="docs/isolated.md")
        person = acting(ctx)
        found = people_to_clear(person.viewer).filter(person__account__username=username)
        places = list(found.filter(position__body__code=code) if code else found)
        if viewer_named(username) == person.viewer:
            # Always refused, in the action's own words.
            at_home = person.viewer.positions[0][0]
            own = person.viewer.person_id
            set_clearance(person, own, body_id=at_home, degree="", decision=decision)
        if not places:
            raise InvalidInput(f"Không có người dùng {username}.", hint="Kiểm tra tên đăng nhập.")
        if len(places) > 1:
            raise InvalidInput(
                f"{username} giữ chức vụ ở nhiều cơ quan.",
                hint="Thêm --body: " + ", ".join(one.position.body.code for one in places),
            )
        at = places[0]
        wanted = "" if degree == "0" else degree
        made = set_clearance(
            person, at.person_id, body_id=at.position.body_id, degree=wanted, decision=decision
        )
        told = {"username": username, "body": at.position.body.code, "degree": wanted}
        words = f"{at.person.full_name}, {at.position.body.short_name}: {wanted or 'không'}"
        if made is not None and made.waits and not made.alone:
            words += "\nChờ người thứ hai xác nhận: tangthu grant list."
        answer(told, as_json=as_json, words=words)
