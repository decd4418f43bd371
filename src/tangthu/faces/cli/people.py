"""`tangthu begin`, `tangthu person add`: from an empty installation to people who sign in."""

from __future__ import annotations

import sys
from typing import Any

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput


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

        password, told = _first_password(given["username"], given["full_name"], ask=ask_password)
        body, person = run(**given, password=password, since=timezone.localdate())
        facts = {
            "body": body.code, "username": given["username"], "name": person.full_name,
            "password": told,
        }  # fmt: skip
        words = f"Đã lập {body.name} ({body.code}). Quản trị: {person.full_name}."
        _tell(facts, words, as_json=as_json)


@click.group(help=_("Người làm việc ở các cơ quan."))
def person() -> None:
    """Commands about people."""


@person.command(help=_("Thêm một người có tài khoản và chức vụ từ hôm nay."))
@click.argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
@click.option("--name", "full_name", required=True, help=_("Họ tên."))
@click.option("--body", "code", required=True, help=_("Mã cơ quan."))
@click.option("--role", required=True, type=click.Choice(_ROLES), help=_("Vai trò."))
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
        password, told = _first_password(username, full_name, ask=ask_password)
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
        _tell(facts, words, as_json=as_json)


def _first_password(username: str, full_name: str, *, ask: bool) -> tuple[str, str | None]:
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


def _tell(facts: dict[str, Any], words: str, *, as_json: bool) -> None:
    """Answer; a password that was made stands on stdout alone, where no log looks."""
    if facts["password"] and not as_json:
        words += (
            f"\nTên đăng nhập: {facts['username']}   Mật khẩu: {facts['password']}"
            "\nMật khẩu chỉ hiện lần này; không lưu ở đâu."
            " Đăng nhập lần đầu phải tự đặt mật khẩu khác."
        )
    answer(facts, as_json=as_json, words=words)
