"""What commands share: Django set up, the database at hand, who acts, and how to answer."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli import stopping
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import HouseError, InvalidInput, NotFoundForViewer, Refused

if TYPE_CHECKING:
    from tangthu.identity.acting import Acting

FOUND, COULD_NOT = 1, 2


@contextmanager
def house(*, migrate: bool = False, look: bool = True, process: str = "command") -> Iterator[None]:
    """Set up Django and keep the database reachable for the duration of a command.

    `process` says with which logins (kernel.database); one of the running site refuses a login
    that could become the database's owner. Without `look` the database may be unprepared.
    """
    from tangthu.kernel import database
    from tangthu.kernel.home import Home

    os.environ[database.PROCESS] = process

    home = Home.from_environment().ensure()
    home.keep_temporary_files()
    import django

    django.setup()
    from tangthu.kernel.prepare import prepare, require_narrow, require_prepared

    with stopping.unwinding(), database.available(home):
        if migrate:
            prepare()
        elif look:
            require_prepared()
        if process != database.COMMAND:
            require_narrow()
        from tangthu.kernel.securitylog import Caller, called_from

        here = Caller("cli" if process == database.COMMAND else "system")
        try:
            with called_from(here):
                yield
        except (Refused, NotFoundForViewer) as error:
            with called_from(here):
                _note_refusal(error)
            raise
        finally:
            from django.db import connections

            connections.close_all()


def acting(ctx: click.Context) -> Acting:
    """The person named by `--as`. Raises InvalidInput if none is named or known."""
    from tangthu.identity.acting import Acting
    from tangthu.identity.queries import viewer_named

    name = ctx.find_root().obj["person"]
    if not name:
        raise InvalidInput("Chưa nói ai thực hiện.", hint="Thêm --as TÊN_ĐĂNG_NHẬP.")
    viewer = viewer_named(name)
    if viewer is None:
        raise InvalidInput(f"Không có người dùng {name}.", hint="Kiểm tra lại --as.")
    return Acting(viewer, "cli")


def _note_refusal(error: HouseError) -> None:
    """Put into the security log that the person of `--as` was refused (AR-15)."""
    context = click.get_current_context(silent=True)
    if context is None:
        return
    from tangthu.identity.policies import NOBODY
    from tangthu.identity.queries import viewer_named
    from tangthu.signin.actions.note_refusal import note_refusal

    name = (context.find_root().obj or {}).get("person")
    note_refusal(error, (viewer_named(name) if name else None) or NOBODY, context.command_path)


def answer(document: Any, *, as_json: bool, words: str) -> None:
    """Print the answer: one JSON document on stdout (words then on stderr), or the words."""
    if as_json:
        click.echo(words, err=True)
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
    else:
        click.echo(words)


def wants_json(words: Sequence[str]) -> bool:
    """Whether a command line asks for JSON; what follows a bare `--` are names, not options."""
    return "--json" in words[: words.index("--") if "--" in words else len(words)]


def refuse(message: str, hint: str = "", *, as_json: bool) -> int:
    """Say on stderr why a command could not do its work; returns the exit status for that.

    With `as_json` the same goes to stdout, as the one document of the answer.
    """
    click.echo(f"{message} {hint}".strip(), err=True)
    if as_json:
        error = {"message": message, "hint": hint}
        click.echo(json.dumps({"error": error}, ensure_ascii=False, indent=2))
    return COULD_NOT


json_option = click.option(
    "--json", "as_json", is_flag=True, help=_("Trả lời bằng một văn bản JSON.")
)


def result_of(job: Any) -> dict[str, Any]:
    """What a job answers with. Raises Refused with the words of one that ended otherwise."""
    from tangthu.kernel.jobs import finish
    from tangthu.kernel.models import Job

    ended = finish(job.id)
    if ended.state != Job.State.DONE:
        raise Refused(ended.message, hint=ended.hint)
    result: dict[str, Any] = ended.result
    return result
