"""`tangthu`: every command answers in words, or with `--json` one document on stdout.

Exit status: 0 done, 1 something was found, 2 could not. Words go to stderr when `--json` is asked.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence

import click

from tangthu.faces.cli.context import refuse, wants_json
from tangthu.faces.cli.stopping import StopAsked
from tangthu.faces.cli.words import in_language, speak
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import HouseError

log = logging.getLogger("tangthu.cli")
speak()


class House(click.Group):
    """The command group; commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command only when it is asked for: start-up stays fast."""
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        import importlib

        command: click.Command = getattr(importlib.import_module(module), name)
        return in_language(command)


INTERRUPTED = 130

_COMMANDS = {
    "up": "tangthu.faces.cli.processes:up",
    "migrate": "tangthu.faces.cli.processes:migrate",
    "worker": "tangthu.faces.cli.processes:worker",
    "integrator": "tangthu.faces.cli.processes:integrator",
    "jobs": "tangthu.faces.cli.jobs:jobs",
    "check": "tangthu.faces.cli.check:check",
    "backup": "tangthu.faces.cli.backups:backup",
    "begin": "tangthu.faces.cli.people:begin",
    "apikey": "tangthu.faces.cli.apikeys:apikey",
    "hook": "tangthu.faces.cli.hooks:hook",
    "person": "tangthu.faces.cli.people:person",
    "body": "tangthu.faces.cli.bodies:body",
    "unit": "tangthu.faces.cli.bodies:unit",
    "codes": "tangthu.faces.cli.codes:codes",
    "grant": "tangthu.faces.cli.grants:grant",
    "who-may-see": "tangthu.faces.cli.grants:who_may_see",
    "keeper": "tangthu.faces.cli.keepers:keeper",
    "account": "tangthu.faces.cli.accounts:account",
    "practice": "tangthu.faces.cli.practice:practice",
    "security-log": "tangthu.faces.cli.accounts:security_log",
    "import": "tangthu.faces.cli.importing:import_batch",
    "dossier": "tangthu.faces.cli.dossiers:dossier",
    "dossiers": "tangthu.faces.cli.bulk:dossiers",
    "documents": "tangthu.faces.cli.bulk:documents",
    "freeze": "tangthu.faces.cli.freezes:freeze",
    "label": "tangthu.faces.cli.labels:label",
    "mode": "tangthu.faces.cli.deployment:mode",
    "clearance": "tangthu.faces.cli.deployment:clearance",
    "dip": "tangthu.faces.cli.dips:dip",
    "packages": "tangthu.faces.cli.standards:packages",
    "ocfl": "tangthu.faces.cli.standards:ocfl",
    "stores": "tangthu.faces.cli.stores:stores",
    "fixity": "tangthu.faces.cli.repository:fixity",
    "ledger": "tangthu.faces.cli.ledger:ledger",
    "index": "tangthu.faces.cli.indexing:index",
    "reindex": "tangthu.faces.cli.searching:reindex",
    "logins": "tangthu.faces.cli.logins:logins",
    "upgrade": "tangthu.faces.cli.upgrading:upgrade",
    "rules": "tangthu.faces.cli.rules:rules",
    "search": "tangthu.faces.cli.searching:search",
}


@click.group(
    cls=House,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_("Tàng Thư: hồ sơ, tài liệu và lưu trữ số."),
)
@click.option("--as", "person", metavar=_("NGƯỜI"), help=_("Tên đăng nhập của người thực hiện."))
@click.version_option(package_name="tangthu")
@click.pass_context
def cli(ctx: click.Context, person: str | None) -> None:
    """All commands, and who acts."""
    ctx.obj = {"person": person}


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point of `.venv/bin/tangthu`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tangthu.kernel.settings")
    # Compiled code lies where set-up put it; running writes to the home and nowhere else.
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    words = list(sys.argv[1:] if argv is None else argv)
    sys.exit(_run(words))


def _run(words: list[str]) -> int:
    """Run a command line; returns the exit status. What goes wrong is told in one sentence."""
    as_json = wants_json(words)
    try:
        status = in_language(cli).main(args=words, prog_name="tangthu", standalone_mode=False)
    except HouseError as error:
        return refuse(str(error.message), str(error.hint), as_json=as_json)
    except StopAsked as asked:
        return 128 + asked.number
    except BrokenPipeError:
        # Whoever read our answer has gone; nothing more is to be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except click.UsageError as error:
        message = error.format_message()
        # Without any word the message is the whole help.
        hint = f"{error.ctx.command_path} --help" if error.ctx and "\n" not in message else ""
        return refuse(message, hint, as_json=as_json)
    except click.ClickException as error:
        return refuse(error.format_message(), as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:
        from tangthu.faces.cli.troubles import in_words

        known = in_words(error)
        if known is not None:
            return refuse(known, as_json=as_json)
        # A mistake of ours: whoever reports it needs the trace, a script needs the status.
        log.exception("unexpected")
        return refuse(f"Lỗi không lường trước ({type(error).__name__}).", as_json=as_json)
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    main()
