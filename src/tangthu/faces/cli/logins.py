"""`tangthu logins rotate|sql`: the database logins of the application and the integrator."""

from __future__ import annotations

import click

from tangthu.faces.cli.context import house
from tangthu.faces.cli.words import translate as _


@click.group(help=_("Đăng nhập cơ sở dữ liệu của ứng dụng và của tiến trình ghi sổ cái."))
def logins() -> None:
    """Commands for who looks after the database; they need the owner's login."""


@logins.command(help=_("Đặt mật khẩu ngẫu nhiên mới cho hai đăng nhập."))
def rotate() -> None:
    """Change both passwords; what runs goes on and uses the new ones from its next connection."""
    with house(look=False):
        from django.conf import settings

        from tangthu.kernel.logins import rotate as change
        from tangthu.kernel.prepare import as_owner

        with as_owner() as connection:
            changed = change(connection, settings.HOME)
        words = ", ".join(changed)
        click.echo(f"Đã đặt mật khẩu mới: {words}." if words else "Không có gì để đặt.", err=True)


@logins.command(help=_("In lệnh SQL tạo hai đăng nhập, cho người quản trị PostgreSQL chạy."))
def sql() -> None:
    """Print what a server's administrator runs where our owner may create no roles."""
    with house(look=False):
        from django.conf import settings

        from tangthu.kernel.logins import orders
        from tangthu.kernel.prepare import as_owner

        with as_owner() as connection:
            for order in orders(connection, settings.HOME):
                click.echo(f"{order};")
