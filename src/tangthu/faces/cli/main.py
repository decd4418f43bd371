"""`tangthu`: every command answers in words, or with `--json` one document on stdout.

Exit status: 0 done, 1 something was found, 2 could not. Words go to stderr when `--json` is asked.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from tangthu.faces.cli.stopping import StopAsked
from tangthu.kernel.errors import HouseError


class House(click.Group):
    """The command group: typed errors become one sentence and an exit status."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the chosen command; a HouseError ends with its sentence, never with a trace."""
        try:
            return super().invoke(ctx)
        except HouseError as error:
            click.echo(f"{error.message} {error.hint}".strip(), err=True)
            ctx.exit(error.exit_status)
        except (click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            from tangthu.faces.cli.troubles import in_words

            words = in_words(error)
            if words is None:
                raise
            click.echo(words, err=True)
            ctx.exit(2)

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
        return command


_COMMANDS = {
    "up": "tangthu.faces.cli.processes:up",
    "migrate": "tangthu.faces.cli.processes:migrate",
    "worker": "tangthu.faces.cli.processes:worker",
    "integrator": "tangthu.faces.cli.processes:integrator",
    "check": "tangthu.faces.cli.check:check",
    "import": "tangthu.faces.cli.importing:import_batch",
    "dossier": "tangthu.faces.cli.dossiers:dossier",
    "packages": "tangthu.faces.cli.standards:packages",
    "ocfl": "tangthu.faces.cli.standards:ocfl",
    "stores": "tangthu.faces.cli.repository:stores",
    "fixity": "tangthu.faces.cli.repository:fixity",
    "ledger": "tangthu.faces.cli.ledger:ledger",
    "search": "tangthu.faces.cli.searching:search",
}


@click.group(cls=House, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--as", "person", metavar="NGƯỜI", help="Tên đăng nhập của người thực hiện.")
@click.version_option(package_name="tangthu")
@click.pass_context
def cli(ctx: click.Context, person: str | None) -> None:
    """Tàng Thư: hồ sơ, tài liệu và lưu trữ số."""
    ctx.obj = {"person": person}


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point of `.venv/bin/tangthu`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tangthu.kernel.settings")
    # Compiled code lies where set-up put it; running writes to the home and nowhere else.
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    try:
        cli.main(args=list(argv) if argv is not None else None, prog_name="tangthu")
    except HouseError as error:
        click.echo(f"{error.message} {error.hint}".strip(), err=True)
        sys.exit(error.exit_status)
    except StopAsked as asked:
        sys.exit(128 + asked.number)


if __name__ == "__main__":
    main()
