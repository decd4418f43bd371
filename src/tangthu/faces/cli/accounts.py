"""`tangthu account …`, `tangthu security-log`: accounts and what was done with them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _

if TYPE_CHECKING:
    from tangthu.identity.acting import Acting
    from tangthu.identity.models import Account
    from tangthu.signin.inventory import Line


@click.group(help=_("Tài khoản của người ở các cơ quan."))
def account() -> None:
    """Commands about accounts."""


def _named(who: Acting, username: str) -> Account:
    """The account of that name. Raises NotFoundForViewer for one that `who` does not manage."""
    from tangthu.identity.models import Account
    from tangthu.kernel.errors import NotFoundForViewer
    from tangthu.signin import queries

    every = Account.objects.select_related("person")
    mine = every if who.is_system else queries.accounts(who.viewer)
    found = mine.filter(username=username).first()
    if found is None:
        raise NotFoundForViewer(
            f"Không có người dùng {username}.", hint="Kiểm tra tên đăng nhập và --as."
        )
    return found


def _listed(line: Line) -> dict[str, Any]:
    """What the list of accounts tells of one, beside its names (RM-954)."""
    return {
        "kind": line.kind,
        "asset": line.asset,
        "manager": line.manager,
        "department": line.department,
        "registered_at": line.registered_at.isoformat() if line.registered_at else None,
        "until": line.until.isoformat() if line.until else None,
    }


@account.command("list", help=_("Mọi tài khoản mà người của --as quản trị."))
@json_option
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """Every account of the bodies whose people the person of `--as` manages."""
    with house():
        from tangthu.signin import inventory, queries, standing
        from tangthu.signin.inventory import AccountKind

        who = acting(ctx)
        found = list(queries.accounts(who.viewer))
        titles = queries.titles_of(who.viewer, found)
        listed = inventory.of_people(found, who.viewer.bodies_with("people.manage"))
        rows: list[dict[str, Any]] = []
        lines = []
        for one in found:
            used = standing.used_at(one)
            words, _tone = standing.state(one)
            rows.append(
                {
                    "username": one.username,
                    "name": one.person.full_name,
                    "body": one.person.home_body.code,
                    "positions": titles.get(one.person_id, ""),
                    "enabled": one.is_active,
                    "own_password": standing.has_own_password(one),
                    "second_step": standing.second_step(one) is not None,
                    "used_at": used.isoformat() if used else None,
                    **_listed(listed[one.person_id]),
                }
            )
            lines.append(f"{one.username:<20} {one.person.full_name:<30} {words}")
        others = [
            {"username": one.username, "name": one.name, "state": one.state, **_listed(one)}
            for one in inventory.lines(who.viewer)
            if one.kind in (AccountKind.PROGRAM, AccountKind.SERVICE)
        ]
        lines += [f"{one['username']:<20} {one['name']:<30} {one['state']}" for one in others]
        answer({"accounts": rows, "others": others}, as_json=as_json, words="\n".join(lines) or "0")


@account.command(
    "reset-password",
    help=_("Đặt mật khẩu ngẫu nhiên cho một người khác; không có --as: người vận hành máy."),
)
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@json_option
@click.pass_context
def reset_password(ctx: click.Context, username: str, as_json: bool) -> None:
    """Give another person a new password, told once; he must set his own at the next sign-in.
    Whoever runs the machine may do it without a name, for who keeps the house is reset by no
    administrator of a body."""
    with house():
        from tangthu.identity.acting import SYSTEM
        from tangthu.signin.actions.set_password import reset_password as run

        who = acting(ctx) if ctx.find_root().obj["person"] else SYSTEM
        found = _named(who, username)
        made = run(who, found.person_id)
        words = f"Đã đặt lại mật khẩu của {found.person.full_name}."
        if not as_json:
            words += f"\nTên đăng nhập: {username}   Mật khẩu: {made}\nMật khẩu chỉ hiện lần này."
        answer({"username": username, "password": made}, as_json=as_json, words=words)


@account.command(
    "reset-second-step",
    help=_("Gỡ xác thực hai bước của người mất điện thoại; không có --as: người vận hành máy."),
)
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@json_option
@click.pass_context
def reset_second_step(ctx: click.Context, username: str, as_json: bool) -> None:
    """Take off another person's second step. Whoever runs the machine may do it without a name:
    the last administrator may be who lost his phone."""
    with house():
        from tangthu.identity.acting import SYSTEM
        from tangthu.signin.actions.second_step import reset_second_step as run

        who = acting(ctx) if ctx.find_root().obj["person"] else SYSTEM
        found = _named(who, username)
        run(who, found.person_id)
        words = f"Đã gỡ xác thực hai bước của {found.person.full_name}."
        answer({"username": username}, as_json=as_json, words=words)


@account.command("disable", help=_("Vô hiệu hóa tài khoản của một người khác."))
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@json_option
@click.pass_context
def disable(ctx: click.Context, username: str, as_json: bool) -> None:
    """Let nobody sign in with another person's account any more."""
    with house():
        from tangthu.signin.actions.account_state import disable_account

        who = acting(ctx)
        found = _named(who, username)
        disable_account(who, found.person_id)
        words = f"Đã vô hiệu hóa tài khoản của {found.person.full_name}."
        answer({"username": username, "enabled": False}, as_json=as_json, words=words)


@account.command("enable", help=_("Cho dùng lại một tài khoản; không có --as: người vận hành máy."))
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@json_option
@click.pass_context
def enable(ctx: click.Context, username: str, as_json: bool) -> None:
    """Let a disabled account be used again; without a name by whoever runs the machine, for the
    only administrator may have been away for too long."""
    with house():
        from tangthu.identity.acting import SYSTEM
        from tangthu.signin.actions.account_state import enable_account

        who = acting(ctx) if ctx.find_root().obj["person"] else SYSTEM
        found = _named(who, username)
        enable_account(who, found.person_id)
        words = f"Đã cho dùng lại tài khoản của {found.person.full_name}."
        answer({"username": username, "enabled": True}, as_json=as_json, words=words)


def _provider(name: str) -> Any:
    """The identity provider of that name. Raises InvalidInput for one that is none."""
    from tangthu.kernel.errors import InvalidInput
    from tangthu.signin.providers import named, providers

    found = named(name)
    if found is None:
        known = ", ".join(one.name for one in providers()) or "0"
        raise InvalidInput(
            f"Không có nơi cấp danh tính {name}.", hint=f"secrets/oidc.toml: {known}"
        )
    return found


@account.command(
    "link", help=_("Gắn tài khoản của một người khác với danh tính ở một nơi cấp danh tính.")
)
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@click.argument("provider", metavar=_("NƠI_CẤP"))
@click.argument("subject", metavar=_("DANH_TÍNH"))
@json_option
@click.pass_context
def link(ctx: click.Context, username: str, provider: str, subject: str, as_json: bool) -> None:
    """Link another person's account with an identity; without a name by whoever runs the machine,
    who also writes the file of providers."""
    with house():
        from tangthu.identity.acting import SYSTEM
        from tangthu.signin.actions.provider_links import link_for

        who = acting(ctx) if ctx.find_root().obj["person"] else SYSTEM
        found = _named(who, username)
        link_for(who, found.person_id, _provider(provider), subject)
        words = f"Đã gắn tài khoản của {found.person.full_name} với {provider}: {subject}."
        document = {"username": username, "provider": provider, "subject": subject}
        answer(document, as_json=as_json, words=words)


@account.command("unlink", help=_("Thôi gắn tài khoản của một người khác với nơi cấp danh tính."))
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@click.argument("provider", metavar=_("NƠI_CẤP"))
@json_option
@click.pass_context
def unlink(ctx: click.Context, username: str, provider: str, as_json: bool) -> None:
    """Unlink another person's account; his sessions end."""
    with house():
        from tangthu.identity.acting import SYSTEM
        from tangthu.signin.actions.provider_links import unlink_for

        who = acting(ctx) if ctx.find_root().obj["person"] else SYSTEM
        found = _named(who, username)
        unlink_for(who, found.person_id, _provider(provider).issuer)
        words = f"Đã thôi gắn tài khoản của {found.person.full_name} với {provider}."
        answer({"username": username, "provider": provider}, as_json=as_json, words=words)


@account.group(help=_("Rà soát tài khoản định kỳ."))
def review() -> None:
    """Commands about the periodic review of accounts."""


def _body_id(code: str) -> uuid.UUID:
    """The id of the body of that code; one that nothing bears for a code that is none."""
    from tangthu.identity.models import Body

    return Body.objects.filter(code=code).values_list("pk", flat=True).first() or uuid.uuid4()


@review.command("list", help=_("Mọi tài khoản của một cơ quan, như để rà soát."))
@click.option("--body", "code", required=True, metavar=_("MÃ"), help=_("Mã cơ quan."))
@json_option
@click.pass_context
def review_list(ctx: click.Context, code: str, as_json: bool) -> None:
    """Every account of a body with what its reviewer looks at, and when the review is due."""
    with house():
        from tangthu.signin import reviewing

        body = reviewing.body_of(acting(ctx), _body_id(code))
        day = reviewing.due_on(body.pk)
        rows = [
            {
                "username": one.account.username,
                "name": one.account.person.full_name,
                "positions": one.titles,
                "roles": one.roles,
                "enabled": one.enabled,
                "used_at": one.used_at.isoformat() if one.used_at else None,
                "idle_days": one.idle_days,
                "second_step": one.second_step,
                "conflicts": list(one.conflicts),
                "besides": list(one.besides),
            }
            for one in reviewing.seen_at(body.pk)
        ]
        words = "\n".join(
            f"{one['username']:<20} {one['name']:<30} {one['idle_days']:>4}" for one in rows
        )
        document = {"due": day.isoformat() if day else None, "accounts": rows}
        answer(document, as_json=as_json, words=words or "0")


@review.command("sign", help=_("Ký kết quả rà soát: giữ mọi tài khoản, trừ những ai nêu ra."))
@click.option("--body", "code", required=True, metavar=_("MÃ"), help=_("Mã cơ quan."))
@click.option("--disable", "disabled", multiple=True, metavar=_("TÊN_ĐĂNG_NHẬP"),
              help=_("Vô hiệu hóa tài khoản này (nhiều lần được)."))  # fmt: skip
@click.option("--note", default="", help=_("Ghi chú cho các tài khoản bị vô hiệu hóa."))
@json_option
@click.pass_context
def review_sign(
    ctx: click.Context, code: str, disabled: tuple[str, ...], note: str, as_json: bool
) -> None:
    """Sign a review of a body: every account is kept but those that are named."""
    with house():
        from tangthu.kernel.errors import InvalidInput
        from tangthu.signin import reviewing
        from tangthu.signin.actions.close_review import close_review

        who = acting(ctx)
        body = reviewing.body_of(who, _body_id(code))
        found = {one.username: one.person_id for one in reviewing.accounts_at(body.pk)}
        unknown = sorted(set(disabled) - found.keys())
        if unknown:
            raise InvalidInput(
                f"Không có người dùng {unknown[0]}.", hint="Xem account review list."
            )
        decided = {
            person: ("disable", note) if name in disabled else ("keep", "")
            for name, person in found.items()
        }
        closed = close_review(who, body.pk, decided)
        document = {"id": str(closed.pk), "accounts": len(found), "disabled": len(set(disabled))}
        answer(document, as_json=as_json, words=f"Đã ký kết quả rà soát {len(found)} tài khoản.")


@click.command("security-log", help=_("Nhật ký an toàn, mới nhất trước."))
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 4000),
              help=_("Của bao nhiêu ngày gần đây."))  # fmt: skip
@click.option("--kind", "kinds", multiple=True, help=_("Chỉ những việc này (nhiều lần được)."))
@click.option("--text", default="", help=_("Tài khoản, đối tượng hay nguồn bắt đầu như thế."))
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(1, 100_000),
              help=_("Nhiều nhất bao nhiêu dòng."))  # fmt: skip
@json_option
@click.pass_context
def security_log(
    ctx: click.Context, days: int, kinds: tuple[str, ...], text: str, limit: int, as_json: bool
) -> None:
    """Lines of the security log that the person of `--as` may read; the reading is a line too."""
    with house():
        from django.utils import timezone

        from tangthu.identity.models import Account
        from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
        from tangthu.signin import queries
        from tangthu.signin.actions.read_log import note_reading
        from tangthu.signin.models import Kind

        who = acting(ctx)
        if not who.viewer.may_anywhere("log.review"):
            raise NotFoundForViewer("Không có nhật ký nào.", hint="Kiểm tra lại --as.")
        unknown = set(kinds) - set(Kind.values)
        if unknown:
            raise InvalidInput(f"Không có việc {min(unknown)}.", hint=", ".join(Kind.values))
        found = queries.narrowed(queries.entries(who.viewer), kinds=kinds, text=text)
        since = timezone.now() - dt.timedelta(days=days)
        rows = [
            {
                "at": one.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
                "kind": one.kind,
                "outcome": one.outcome,
                "source": one.source,
                "port": one.port,
                "account": one.account,
                "target": one.target,
                "agent": one.agent,
                "detail": one.detail,
            }
            for one in found.filter(at__gte=since).order_by("-at", "-id")[:limit]
        ]
        me = Account.objects.select_related("person").get(person_id=who.viewer.person_id)
        note_reading(who.viewer, me, target=ctx.command_path, always=True)
        lines = (
            f"{one['at']}  {one['kind']:<10} {one['outcome']:<8} {one['source']:<16} "
            f"{one['account']:<16} {one['target']}"
            for one in rows
        )
        answer({"entries": rows}, as_json=as_json, words="\n".join(lines) or "0")
