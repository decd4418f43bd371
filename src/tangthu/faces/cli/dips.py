"""`tangthu dip make | list | fetch`: use packages of the person of `--as`."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput

# The states of a package in the words of an answer; JSON has the keys.
_STATES = {"ordered": "đang tạo", "ready": "sẵn sàng", "removed": "đã xóa"}
_out = click.Path(path_type=Path, dir_okay=False, writable=True)


@click.group(help=_("Gói sử dụng (DIP)."))
def dip() -> None:
    """Commands about the use packages of one person."""


@dip.command(help=_("Tạo gói sử dụng từ một hồ sơ, hoặc từ các tài liệu được nêu."))
@click.argument("dossier", metavar=_("ID|MÃ HỒ SƠ"), required=False)
@click.option("--documents", default="", metavar="1-5,8", help=_("Số thứ tự trong hồ sơ."))
@click.option(
    "--document", "codes", multiple=True, metavar=_("MÃ"), help=_("Mã lưu trữ của tài liệu.")
)
@click.option("--purpose", required=True, metavar="01|02|03", help=_("Mục đích sử dụng."))
@click.option("--content", required=True, help=_("Nội dung mục đích sử dụng."))
@click.option("--fee", default="10", show_default=True, help=_("Đối tượng tính phí, 01–10."))
@click.option("--topic", default="", help=_("Chủ đề nghiên cứu."))
@click.option("--note", default="", help=_("Ghi chú."))
@click.option("--out", type=_out, help=_("Ghi gói ra tệp này (được tính là một lần tải)."))
@json_option
@click.pass_context
def make(
    ctx: click.Context,
    dossier: str | None,
    documents: str,
    codes: tuple[str, ...],
    purpose: str,
    content: str,
    fee: str,
    topic: str,
    note: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Make a DIP now, in this process."""
    with house():
        from tangthu.archive.actions.order_dip import (
            Asked,
            chosen_documents,
            documents_by_code,
            order_dip,
        )
        from tangthu.kernel.jobs import finish
        from tangthu.kernel.models import Job
        from tangthu.records import queries

        person = acting(ctx)
        if bool(dossier) == bool(codes):
            raise InvalidInput(
                "Nêu một hồ sơ, hoặc các tài liệu bằng --document.",
                hint="Ví dụ: tangthu --as cuc dip make MÃ_HỒ_SƠ --purpose 02 --content …",
            )
        if dossier:
            found = queries.dossiers(person.viewer)
            try:
                one = found.filter(pk=uuid.UUID(dossier)).first()
            except ValueError:
                one = found.filter(archive_file_code=dossier).first()
            if one is None:
                raise InvalidInput(f"Không có hồ sơ {dossier}.", hint="Kiểm tra lại mã hồ sơ.")
            chosen = chosen_documents(person, one.pk, documents)
        else:
            chosen = documents_by_code(person, codes)
        ordered, job = order_dip(person, chosen, Asked(purpose, content, fee, topic, note))
        ended = finish(job.id)
        if ended.state != Job.State.DONE:
            raise InvalidInput(ended.message, hint=ended.hint)
        told = _told(person, ordered.pk)
        if out is not None:
            _fetch(person, ordered.pk, out)
        words = f"{told['code']}: {told['documents']} tài liệu, {told['files']} tệp"
        answer(told, as_json=as_json, words=words)


@dip.command("list", help=_("Các gói sử dụng của tôi."))
@json_option
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List one's own DIPs, newest first."""
    with house():
        from tangthu.archive import queries

        person = acting(ctx)
        rows = [
            _told(person, one) for one in queries.dips(person.viewer).values_list("pk", flat=True)
        ]
        words = "\n".join(f"{row['id']}  {row['code']}  {_STATES[row['state']]}" for row in rows)
        answer(rows, as_json=as_json, words=words or "Chưa có gói sử dụng nào.")


@dip.command(help=_("Ghi một gói sử dụng của tôi ra tệp."))
@click.argument("dip_id", metavar="ID", type=click.UUID)
@click.option("--out", type=_out, required=True, help=_("Tệp .zip sẽ ghi."))
@json_option
@click.pass_context
def fetch(ctx: click.Context, dip_id: uuid.UUID, out: Path, as_json: bool) -> None:
    """Write a DIP to a file; the download is recorded."""
    with house():
        person = acting(ctx)
        _fetch(person, dip_id, out)
        told = _told(person, dip_id)
        answer(
            told, as_json=as_json, words=f"{out}: {told['bytes']} byte, SHA-256 {told['sha256']}"
        )


def _fetch(person: Any, dip_id: uuid.UUID, out: Path) -> None:
    from tangthu.archive.actions.hand_out_dip import hand_out
    from tangthu.standards import durable

    if out.exists():
        raise InvalidInput(f"Đã có tệp {out}.", hint="Chọn tên khác.")
    _found, pieces = hand_out(person, dip_id)
    durable.write_file(out, pieces, what="dip.fetched", mode=0o600)


def _told(person: Any, dip_id: uuid.UUID) -> dict[str, Any]:
    from tangthu.archive import queries

    one = queries.dip(person.viewer, dip_id)
    state = "removed" if one.removed_at else "ready" if one.made_at else "ordered"
    return {
        "id": str(one.pk),
        "code": one.code,
        "state": state,
        "documents": len(one.documents),
        "files": one.files,
        "bytes": one.size,
        "sha256": one.sha256,
        "expires_at": one.expires_at.isoformat() if one.expires_at else None,
    }
