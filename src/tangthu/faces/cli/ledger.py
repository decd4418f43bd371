"""`tangthu ledger status|verify|proof|resume|recover`."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli.context import FOUND, acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from tangthu.identity.acting import Acting
    from tangthu.identity.policies import Viewer
    from tangthu.ledger.logs import Log


@click.group(help=_("Sổ cái toàn vẹn."))
def ledger() -> None:
    """Commands about the integrity log."""


@ledger.command(help=_("Tình trạng sổ cái của từng cơ quan."))
@json_option
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Size, backlog, signed size and alarms of every log; exit 1 if one stopped or is behind."""
    with house():
        from tangthu.ledger.logs import all_logs
        from tangthu.ledger.overview import overview

        found = [
            {
                "origin": one.origin,
                "size": one.size,
                "pending": one.pending,
                "lag_seconds": one.lag_seconds,
                "behind": one.worrying,
                "signed_size": one.signed_size,
                "root": one.root,
                "stopped": one.stopped,
            }
            for one in overview([log.body for log in all_logs()])
        ]
        lines = []
        for one in found:
            alarm = f" – CHẬM: chờ lâu nhất {one['lag_seconds']:.0f} giây" if one["behind"] else ""
            alarm += f" – DỪNG: {one['stopped']}" if one["stopped"] else ""
            lines.append(
                f"{one['origin']}: {one['size']} sự kiện, {one['pending']} đang chờ, "
                f"đã ký tới {one['signed_size']}{alarm}"
            )
        words = "\n".join(lines)
        answer({"logs": found}, as_json=as_json, words=words or "Chưa có sổ cái nào.")
        if any(one["stopped"] or one["behind"] for one in found):
            ctx.exit(FOUND)


@ledger.command(help=_("Tính lại toàn bộ sổ cái từ tệp và so với cơ sở dữ liệu."))
@json_option
@click.pass_context
def verify(ctx: click.Context, as_json: bool) -> None:
    """Recompute every log from its files and compare with the rows.

    With several logs `size` is their sum, `root` the SHA-256 over their roots by origin.
    """
    with house():
        from tangthu.ledger.logs import all_logs
        from tangthu.ledger.verification import verify as verify_log

        verdicts = sorted((verify_log(log) for log in all_logs()), key=lambda one: one.origin)
        logs = [
            {
                "origin": one.origin,
                "ok": one.ok,
                "size": one.size,
                "root": one.root,
                "pending": one.pending,
                "problems": list(one.problems),
            }
            for one in verdicts
        ]
        roots = [one.root for one in verdicts]
        joined = hashlib.sha256(b"".join(bytes.fromhex(root) for root in roots)).hexdigest()
        found: dict[str, Any] = {
            "ok": all(one.ok for one in verdicts),
            "size": sum(one.size for one in verdicts),
            "root": roots[0] if len(roots) == 1 else joined,
            "logs": logs,
        }
        lines = [f"{one.origin}: {'ĐÚNG' if one.ok else 'SAI'}, {one.size} lá" for one in verdicts]
        lines += [f"  {problem}" for one in verdicts for problem in one.problems]
        answer(found, as_json=as_json, words="\n".join(lines))
        if not found["ok"]:
            ctx.exit(FOUND)


@ledger.command(help=_("Tệp bằng chứng của một hồ sơ hoặc tài liệu (id hoặc mã)."))
@click.argument("name", metavar=_("ID|MÃ"))
@json_option
@click.pass_context
def proof(ctx: click.Context, name: str, as_json: bool) -> None:
    """Print the proof of a record's signed history; only for whoever may see the record.

    With its details closed, as on the page, for whom documents of the dossier may be hidden.
    """
    with house():
        from tangthu.archive.views.telling import closed
        from tangthu.ledger import proofs
        from tangthu.ledger.catching_up import may_integrate
        from tangthu.ledger.integrator import run_once

        obj, whole = _object(acting(ctx).viewer, name)
        if may_integrate():
            run_once()
        found = proofs.bundle(obj)
        if found is None:
            raise InvalidInput("Chưa có sự kiện nào được ký.", hint="Thử lại sau ít giây.")
        found = found if whole else closed(found)
        size = found["checkpoint"].splitlines()[1]
        words = f"{len(found['events'])} sự kiện dưới điểm kiểm tra {size}"
        answer(found, as_json=as_json, words=words)


def _administered(person: Acting, origin: str) -> Log:
    """The log of this name, if the person administers its body; names of logs are public."""
    from tangthu.ledger.logs import all_logs

    log = next((log for log in all_logs() if log.origin == origin), None)
    if log is None:
        raise InvalidInput(f"Không có sổ cái {origin}.", hint="Xem tangthu ledger status.")
    if not person.may("house.administer", log.body):
        raise InvalidInput(
            f"Sổ cái {origin} không phải của cơ quan mà người này quản trị.",
            hint="Đặt --as là tài khoản quản trị của cơ quan có sổ cái ấy.",
        )
    return log


@ledger.command(help=_("Kiểm tra lại một sổ cái đã dừng và cho ghi tiếp nếu không còn gì sai."))
@click.argument("origin", metavar=_("TÊN_SỔ"))
@json_option
@click.pass_context
def resume(ctx: click.Context, origin: str, as_json: bool) -> None:
    """Let a stopped log go on; exit 1, naming what is wrong, if it must stay stopped."""
    with house():
        from tangthu.identity.actions.resume_log import resume_log

        person = acting(ctx)
        log = _administered(person, origin)
        problems = resume_log(person, log.body)
        found = {"origin": origin, "running": not problems, "problems": problems}
        lines = [f"{origin}: {'VẪN DỪNG' if problems else 'đang ghi'}"]
        answer(found, as_json=as_json, words="\n  ".join(lines + problems))
        if problems:
            ctx.exit(FOUND)


@ledger.command(help=_("Phục hồi sổ cái khi cơ sở dữ liệu trở về bản cũ hơn những gì đã ký."))
@click.argument("origin", metavar=_("TÊN_SỔ"))
@click.option(
    "--tree",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=_("Thư mục chứa bản sao cây đã công bố, lấy từ máy khác hoặc bên chứng kiến."),
)
@click.option(
    "--nothing-newer",
    default="",
    help=_("Vì sao chắc chắn không có gì được ký sau bản sao lưu này."),
)
@json_option
@click.pass_context
def recover(
    ctx: click.Context, origin: str, tree: Path | None, nothing_newer: str, as_json: bool
) -> None:
    """Take back what was signed since; exit 1, naming what is wrong, if the log stays stopped."""
    with house():
        from tangthu.identity.actions.recover_log import recover_log

        person = acting(ctx)
        log = _administered(person, origin)
        done = recover_log(person, log.body, tree=tree, nothing_newer=nothing_newer)
        one = done.recovery
        found = {
            "origin": origin,
            "from": one.before,
            "to": one.after,
            "found_again": one.found_again,
            "orphans": one.orphans,
            "running": not done.problems,
            "problems": done.problems,
        }
        state = "VẪN DỪNG" if done.problems else "đang ghi"
        lines = [
            f"{origin}: từ {one.before} đến {one.after} lá, {state}; "
            f"{len(one.orphans)} sự kiện phải nhập lại"
        ]
        lines += [f"lá {lost['leaf']}: {lost['kind']}" for lost in one.orphans]
        answer(found, as_json=as_json, words="\n  ".join(lines + done.problems))
        if done.problems:
            ctx.exit(FOUND)


def _object(viewer: Viewer, name: str) -> tuple[uuid.UUID, bool]:
    """The record called so, and whether the viewer may read the details of all its events."""
    from tangthu.records import queries
    from tangthu.records.models import Dossier
    from tangthu.records.queries import sees_all

    for found, field in (
        (queries.dossiers(viewer), "archive_file_code"),
        (queries.documents(viewer), "record_archive_code"),
    ):
        try:
            one = found.filter(pk=uuid.UUID(name)).first()
        except ValueError:
            field = (
                "archive_file_code" if found.model.__name__ == "Dossier" else "record_archive_code"
            )
            one = found.filter(**{field: name}).first()
        if one is not None:
            return one.pk, not isinstance(one, Dossier) or sees_all(viewer, one)
    raise InvalidInput(f"Không có hồ sơ hay tài liệu {name}.", hint="Kiểm tra lại id hoặc mã.")
