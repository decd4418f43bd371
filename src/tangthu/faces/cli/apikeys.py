"""`tangthu apikey make|list|revoke`: keys by which programs act for a person."""

from __future__ import annotations

import uuid
from typing import Any

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput


@click.group(help=_("Khóa API: cho một chương trình làm việc thay người giữ khóa."))
def apikey() -> None:
    """Commands about keys."""


@apikey.command(help=_("Tạo một khóa của người ở --as; khóa chỉ hiện lần này."))
@click.argument("name", metavar=_("TÊN"))
@click.option("--body", "code", required=True, help=_("Mã cơ quan."))
@click.option(
    "--scope", "scopes", multiple=True, required=True, help=_("Quyền của khóa, ví dụ read.public.")
)
@click.option("--days", default=90, show_default=True, help=_("Hạn dùng tính bằng ngày."))
@json_option
@click.pass_context
def make(
    ctx: click.Context, name: str, code: str, scopes: tuple[str, ...], days: int, as_json: bool
) -> None:
    """Make a key; the token stands on stdout alone, where no log looks."""
    with house():
        from tangthu.identity.queries import body as body_of
        from tangthu.programs.actions.make_key import make_key

        who = acting(ctx)
        body = body_of(who.viewer, code)
        if body is None:
            raise InvalidInput(f"Không có cơ quan {code}.", hint="Kiểm tra lại --body.")
        try:
            key, token = make_key(who, name=name, body_id=body.pk, scopes=scopes, days=days)
        except InvalidInput as error:
            told = " ".join(str(one) for found in error.problems.values() for one in found)
            raise InvalidInput(error.message, hint=told) from error
        words = f"Đã tạo khóa {key.name}, dùng đến {key.expires_at:%d/%m/%Y}."
        if not as_json:
            words += f"\n{token}\nKhóa chỉ hiện lần này; không lưu ở đâu."
        answer({**_facts(key), "token": token}, as_json=as_json, words=words)


@apikey.command("list", help=_("Các khóa của người ở --as và của những người họ quản lý."))
@json_option
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """The keys, newest first."""
    with house():
        from tangthu.programs.queries import keys

        found = list(keys(acting(ctx).viewer))
        lines = [
            f"{one.pk}  {one.beginning}…  {_facts(one)['state']:8} {one.name}" for one in found
        ]
        words = "\n".join(lines) or "Chưa có khóa nào."
        answer({"keys": [_facts(one) for one in found]}, as_json=as_json, words=words)


@apikey.command(help=_("Thu hồi một khóa ngay."))
@click.argument("key_id", metavar=_("MÃ"))
@json_option
@click.pass_context
def revoke(ctx: click.Context, key_id: str, as_json: bool) -> None:
    """End a key at once."""
    with house():
        from tangthu.programs.actions.make_key import revoke_key

        who = acting(ctx)
        try:
            wanted = uuid.UUID(key_id)
        except ValueError:
            raise InvalidInput(
                f"{key_id} không phải mã khóa.", hint="Xem tangthu apikey list."
            ) from None
        key = revoke_key(who, wanted)
        answer(_facts(key), as_json=as_json, words=f"Đã thu hồi khóa {key.name}.")


def _facts(key: Any) -> dict[str, Any]:
    from django.utils import timezone

    state = "valid" if key.expires_at > timezone.now() else "expired"
    return {
        "id": str(key.pk),
        "name": key.name,
        "beginning": key.beginning,
        "person": key.person.full_name,
        "body": key.body.code,
        "scopes": key.scopes,
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat(),
        "state": state if key.revoked_at is None else "revoked",
    }
