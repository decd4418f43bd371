"""`tangthu practice`: a place where the people of a body practise."""

from __future__ import annotations

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput


@click.command(help=_("Mở chỗ tập của một cơ quan, hoặc đặt mật khẩu mới cho chỗ tập đã mở."))
@click.argument("code", metavar=_("MÃ_CƠ_QUAN"))
@json_option
@click.pass_context
def practice(ctx: click.Context, code: str, as_json: bool) -> None:
    """Open a practice body with four people, or give them a new password, told this once."""
    with house():
        from tangthu.identity.queries import body as body_of
        from tangthu.signin.actions.open_practice import open_practice

        who = acting(ctx)
        body = body_of(who.viewer, code)
        if body is None:
            raise InvalidInput(f"Không có cơ quan {code}.", hint="Kiểm tra lại mã cơ quan.")
        made = open_practice(who, body.pk)
        facts = {
            "body": made.body.code,
            "practice_of": body.code,
            "people": [{"username": name, "name": words} for name, words in made.people],
            "password": made.password,
        }
        words = [f"{made.body.name} ({made.body.code})"]
        words += [f"  {name}  {told}" for name, told in made.people]
        words.append(f"Mật khẩu chung, chỉ hiện lần này: {made.password}")
        answer(facts, as_json=as_json, words="\n".join(words))
