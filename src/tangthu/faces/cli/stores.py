"""`tangthu stores`: the register of stores, and what is done with one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from tangthu.faces.cli.context import FOUND, acting, answer, house, json_option, result_of
from tangthu.faces.cli.repository import tell
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import Refused


def _given(options: dict[str, Any], before: Any = None) -> Any:
    """The facts of a store from the options that were given, the others as they stood."""
    from tangthu.repository.actions.register_store import StoreFacts

    names = StoreFacts.__dataclass_fields__
    stood = {name: getattr(before, name) for name in names} if before is not None else {}
    given = {name: options[name] for name in names if options.get(name) is not None}
    if isinstance(given.get("carrier_since"), dt.datetime):
        given["carrier_since"] = given["carrier_since"].date()
    return StoreFacts(**{**stood, **given})


def _facts(command: Any) -> Any:
    """The options that describe a store."""
    for option in reversed(
        (
            click.option("--site", help=_("Địa điểm.")),
            click.option("--power", help=_("Nguồn điện.")),
            click.option("--operator", help=_("Người vận hành.")),
            click.option("--medium", help=_("Loại phương tiện.")),
            click.option("--vendor", help=_("Nhà cung cấp.")),
            click.option(
                "--carrier-since",
                type=click.DateTime(["%Y-%m-%d"]),
                help=_("Phương tiện dùng từ ngày (NĂM-THÁNG-NGÀY)."),
            ),
            click.option("--carrier-years", type=int, help=_("Tuổi thọ phương tiện (năm).")),
            click.option("--pace", type=int, help=_("MB mỗi giây cho việc nền; 0: tùy máy.")),
            click.option(
                "--lock-days", type=int, help=_("Kho S3: khóa chống xóa bao nhiêu ngày; 0: không.")
            ),
        )
    ):
        command = option(command)
    return command


def _named(name: str) -> Any:
    """The store of this name. Raises Refused."""
    from tangthu.repository.queries import all_stores

    found = all_stores().filter(name=name).first()
    if found is None:
        raise Refused(
            _("Không có kho {name}.").format(name=name), hint=_("Xem các kho: tangthu stores.")
        )
    return found


@click.group(
    help=_("Các kho: số gói, dung lượng, tình trạng; thêm, chép, kiểm tra, thôi dùng."),
    invoke_without_command=True,
)
@json_option
@click.pass_context
def stores(ctx: click.Context, as_json: bool) -> None:
    """List the stores with what they hold and whether every copy in them is whole."""
    if ctx.invoked_subcommand is not None:
        return
    with house():
        from tangthu.repository.models import Store
        from tangthu.repository.queries import store_summaries
        from tangthu.ui.formats import thousands

        found = store_summaries()
        words = "\n".join(
            f"{one['name']}: {Store.State(str(one['state'])).label}, {one['objects']} gói, "
            f"{thousands(one['bytes'])} byte, {'tốt' if one['healthy'] else 'CÓ VẤN ĐỀ'}"
            f"{', thiếu ' + str(one['missing']) + ' gói' if one['missing'] else ''} ({one['path']})"
            for one in found
        )
        answer(found, as_json=as_json, words=words or "Chưa có kho nào.")
        if not all(one["healthy"] for one in found):
            ctx.exit(FOUND)


@stores.command("add", help=_("Thêm kho NAME ở thư mục PATH, hoặc ở địa chỉ S3 với --s3."))
@click.argument("name")
@click.argument("path")
@click.option(
    "--s3",
    is_flag=True,
    help=_("PATH là https://MÁY-CHỦ/BUCKET/THƯ-MỤC; khóa ở secrets/s3/NAME.toml."),
)
@_facts
@json_option
@click.pass_context
def add(ctx: click.Context, name: str, path: str, s3: bool, as_json: bool, **options: Any) -> None:
    """Register a store; what is packaged from now on goes there too."""
    with house():
        from tangthu.repository.actions.register_store import add_store
        from tangthu.repository.models import Store

        made = add_store(
            acting(ctx),
            name=name,
            path=path,
            facts=_given(options),
            kind=Store.Kind.S3 if s3 else Store.Kind.FOLDER,
        )
        words = _("Đã thêm kho {name}.").format(name=made.name)
        if made.state == made.State.JOINING:
            words += " " + _("Chép các gói từ trước: tangthu stores copy {name}.").format(
                name=made.name
            )
        answer({"name": made.name, "state": made.state}, as_json=as_json, words=words)


@stores.command("change", help=_("Ghi lại thông tin của kho NAME."))
@click.argument("name")
@_facts
@json_option
@click.pass_context
def change(ctx: click.Context, name: str, as_json: bool, **options: Any) -> None:
    """Say anew what a store shares with others, when its carrier is due, and its pace."""
    with house():
        from tangthu.repository.actions.register_store import change_store

        store = _named(name)
        change_store(acting(ctx), store.uid, _given(options, store))
        answer({"name": name}, as_json=as_json, words=_("Đã ghi."))


@stores.command("copy", help=_("Chép sang kho NAME mọi gói mà kho chưa có."))
@click.argument("name")
@json_option
@click.pass_context
def copy(ctx: click.Context, name: str, as_json: bool) -> None:
    """Bring every package into the store; goes on where an earlier run was stopped."""
    with house():
        from tangthu.repository.actions.copy_store import order_copy

        found = result_of(order_copy(acting(ctx), _named(name).uid))
        words = _("Đã chép {copied} gói; không chép được {failed}, đang giữ lại {withheld}.")
        answer(found, as_json=as_json, words=words.format(**found))
        if found["failed"] or found["withheld"]:
            ctx.exit(FOUND)


@stores.command("verify", help=_("Đọc lại mọi bản sao trong kho NAME."))
@click.argument("name")
@json_option
@click.pass_context
def verify(ctx: click.Context, name: str, as_json: bool) -> None:
    """Read every copy of the packages that the person of `--as` audits, in this store alone."""
    with house():
        from tangthu.repository.actions.order_check import order_check

        tell(ctx, result_of(order_check(acting(ctx), repair=False, store=_named(name))), as_json)


@stores.command("retire", help=_("Thôi dùng kho NAME; tệp trong kho không bị xóa."))
@click.argument("name")
@click.option("--reason", required=True, help=_("Lý do."))
@click.option("--decision", required=True, help=_("Số, ngày và cơ quan ra quyết định."))
@json_option
@click.pass_context
def retire(ctx: click.Context, name: str, reason: str, decision: str, as_json: bool) -> None:
    """Give up a store when every other holds all packages whole."""
    with house():
        from tangthu.repository.actions.retire_store import retire_store

        found = result_of(
            retire_store(acting(ctx), _named(name).uid, reason=reason, decision=decision)
        )
        answer(found, as_json=as_json, words=_("Đã thôi dùng kho {name}.").format(name=name))
