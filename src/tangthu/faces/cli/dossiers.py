"""`tangthu dossier seal`."""

from __future__ import annotations

import uuid

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput


@click.group(help=_("Việc với hồ sơ."))
def dossier() -> None:
    """Commands about one dossier."""


@dossier.command(help=_("Đóng gói hồ sơ (theo id hoặc mã) thành gói lưu trữ (AIP) trong mọi kho."))
@click.argument("name", metavar=_("ID|MÃ"))
@json_option
@click.pass_context
def seal(ctx: click.Context, name: str, as_json: bool) -> None:
    """Seal a dossier now, in this process, on behalf of the person of `--as`."""
    with house():
        from tangthu.archive.actions.seal_dossier import queue_sealing
        from tangthu.kernel.jobs import finish
        from tangthu.kernel.models import Job
        from tangthu.records import queries

        person = acting(ctx)
        found = queries.dossiers(person.viewer)
        try:
            one = found.filter(pk=uuid.UUID(name)).first()
        except ValueError:
            one = found.filter(archive_file_code=name).first()
        if one is None:
            raise InvalidInput(f"Không có hồ sơ {name}.", hint="Kiểm tra lại mã hồ sơ.")
        job = finish(queue_sealing(person, one.pk).id)
        if job.state != Job.State.DONE:
            raise InvalidInput(job.message, hint=job.hint)
        answer(
            {"dossier": str(one.pk), "code": one.archive_file_code, **job.result},
            as_json=as_json,
            words=f"{one.archive_file_code}: phiên bản {job.result['version']}, "
            f"{job.result['files']} tệp",
        )
