"""`tangthu import`: a digitisation batch from an index and a folder, checked and accepted here."""

from __future__ import annotations

import sys
import uuid
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli.context import FOUND, acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from tangthu.archive.batch.findings import Finding
    from tangthu.archive.models import Batch, Fonds
    from tangthu.identity.acting import Acting
    from tangthu.kernel.models import Job

_file = click.Path(path_type=Path, exists=True, dir_okay=False)
_folder = click.Path(path_type=Path, exists=True, file_okay=False)


def _pairs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(value.partition("=")[::2] for value in values)
    if any("=" not in value for value in values):
        raise click.BadParameter("viết TÊN=GIÁ_TRỊ, ví dụ access=01")
    return pairs


@click.command(help=_("Nhập một đợt số hóa: bảng kê và thư mục tệp."))
@click.option("--index", required=True, type=_file, help=_("Bảng kê .xlsx hoặc .csv."))
@click.option("--files", required=True, type=_folder, help=_("Thư mục chứa các tệp."))
@click.option("--body", required=True, help=_("Mã cơ quan."))
@click.option("--fonds", "fonds_code", required=True, help=_("Mã phông."))
@click.option("--create-fonds", metavar=_("TÊN"), help=_("Mở phông với tên này nếu chưa có."))
@click.option("--name", default="", help=_("Tên đợt (mặc định: tên thư mục)."))
@click.option("--set", "answers", multiple=True, callback=_pairs, metavar=_("TÊN=GIÁ_TRỊ"),
              help=_("Trả lời chung cho cả đợt, ví dụ --set access=01."))  # fmt: skip
@click.option("--accept", type=click.Choice(["complete", "all-proposals"]),
              help=_("Tiếp nhận ngay: chỉ phần đã đủ, hoặc xác nhận mọi đề xuất."))  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False, writable=True),
              help=_("Ghi báo cáo ra tệp Excel."))  # fmt: skip
@click.option("--corrected", type=_file, help=_("Đọc lại báo cáo Excel đã sửa."))
@json_option
@click.pass_context
def import_batch(
    ctx: click.Context,
    index: Path,
    files: Path,
    body: str,
    fonds_code: str,
    create_fonds: str | None,
    name: str,
    answers: dict[str, str],
    accept: str | None,
    report: Path | None,
    corrected: Path | None,
    as_json: bool,
) -> None:
    """Check the batch, and accept what is ready if asked; exit 1 if anything stays behind.

    The same command again goes on with the batch that it opened before, while that is open.
    """
    with house():
        from tangthu.archive import dry_run
        from tangthu.archive.actions.accept_batch import queue_acceptance
        from tangthu.archive.job_kinds import ACCEPT

        person = acting(ctx)
        fonds = _fonds(person, body, fonds_code, create_fonds)
        batch, job = _begin(person, fonds, name, index.absolute(), files.absolute(), answers)
        job = _run(job)
        batch.refresh_from_db()
        if corrected is not None:
            _correct(person, batch, corrected)
        if report is not None:
            from tangthu.archive.batch.workbook_out import write_report

            write_report(report, dry_run.report_of(batch), dry_run.code_lists())
        accepted: dict[str, Any] = {"dossiers": [], "documents": 0, "refused": {}}
        if job.kind == ACCEPT:
            accepted = job.result
        elif accept is not None:
            accepted = _run(queue_acceptance(person, batch.id, accept)).result
            batch.refresh_from_db()
        found = _answer(person, batch, accepted, accept or "complete")
        words = (
            f"{found['rows']} dòng, {found['files']} tệp: tiếp nhận {found['accepted']} tài liệu "
            f"trong {len(found['dossiers'])} hồ sơ, từ chối {found['refused']}, "
            f"còn lại {len(found['waiting'])} mục"
            f"{_why_waiting(found['waiting'])}"
        )
        answer(found, as_json=as_json, words=words)
        if found["waiting"] or found["refused"] or not accept:
            ctx.exit(FOUND)


def _begin(
    person: Acting, fonds: Fonds, name: str, index: Path, files: Path, answers: dict[str, str]
) -> tuple[Batch, Job]:
    """The batch, opened now or by the same command before, and its work that is to be run."""
    from tangthu.archive.actions.go_on import begun_before, go_on
    from tangthu.archive.actions.open_batch import open_batch

    begun = begun_before(person, fonds, index=index, folder=files, answers=answers)
    if begun is not None:
        click.echo(f"Đi tiếp đợt “{begun.name}” đã mở trước đây.", err=True)
        return begun, go_on(person, begun)
    return open_batch(
        person,
        fonds,
        batch_id=uuid.uuid4(),
        name=name or files.name,
        index=index,
        folder=files,
        owns_folder=False,
        answers=answers,
    )


def _fonds(person: Acting, body_code: str, code: str, name: str | None) -> Fonds:
    from tangthu.archive import queries
    from tangthu.archive.actions.open_fonds import open_fonds
    from tangthu.identity.queries import body as body_of

    body = body_of(person.viewer, body_code)
    if body is None:
        raise InvalidInput(f"Không có cơ quan {body_code}.", hint="Kiểm tra lại --body.")
    fonds = queries.fonds_named(person.viewer, body.id, code)
    if fonds is None and name:
        fonds = open_fonds(person, body, code=code, name=name, agency_code=body.code)
    if fonds is None:
        raise InvalidInput(
            f"Cơ quan {body_code} không có phông {code}.", hint="Thêm --create-fonds TÊN để mở."
        )
    return fonds


def _run(job: Job) -> Job:
    from tangthu.kernel.jobs import finish
    from tangthu.kernel.models import Job as JobModel

    click.echo("…", err=True, nl=False)
    done = finish(job.id)
    click.echo(f" {done.done}/{done.total} {done.unit}", err=True)
    if done.state != JobModel.State.DONE:
        raise InvalidInput(done.message, hint=done.hint)
    return done


def _correct(person: Acting, batch: Batch, workbook: Path) -> None:
    from tangthu.archive import dry_run
    from tangthu.archive.actions.decide_batch import decide
    from tangthu.archive.batch.errors import BatchError
    from tangthu.archive.batch.workbook_in import read_report

    try:
        returned = read_report(workbook, dry_run.report_of(batch), dry_run.code_lists())
    except BatchError as error:
        raise dry_run.in_words(error) from error
    for place, why in returned.problems:
        print(f"{place}: {why}", file=sys.stderr)
    if returned.decisions:
        decide(person, batch.id, returned.decisions)
        batch.refresh_from_db()


def _answer(person: Acting, batch: Batch, accepted: dict[str, Any], accept: str) -> dict[str, Any]:
    from tangthu.archive import dry_run
    from tangthu.records import queries

    report = dry_run.report_of(batch)
    outcome = dry_run.outcome_of(batch, accept)
    dossiers = (
        queries.dossiers(person.viewer)
        .filter(pk__in=accepted["dossiers"])
        .order_by("archive_file_code")
    )
    return {
        "batch": str(batch.id),
        "rows": len(report.rows),
        "files": len(report.files),
        "accepted": accepted["documents"],
        "refused": len(outcome.refused) + len(accepted["refused"]) + batch.refused_secret,
        "waiting": {
            target: [reason.code for reason in reasons]
            for target, reasons in outcome.waiting.items()
        },
        "findings": [_finding(one) for one in report.findings],
        "dossiers": [
            {
                "id": str(one.pk),
                "code": one.archive_file_code,
                "title": one.title,
                "documents": one.record_count,
                "declared": one.declared_record_count,
            }
            for one in dossiers
        ],
    }


def _why_waiting(waiting: dict[str, list[str]]) -> str:
    """The reasons of what stays behind with how many things have each, most frequent first."""
    from tangthu.archive.wording import kind_words

    counts = Counter(code for codes in waiting.values() for code in set(codes))
    return "".join(f"\n  {count} × {kind_words(code)}" for code, count in counts.most_common())


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "code": one.code,
        "severity": one.severity,
        "target": one.target,
        "place": one.place,
        "words": one.text(),
        "repairs": [
            {"field": repair.field, "value": repair.value, "basis": repair.basis,
             "snippet": repair.snippet}
            for repair in one.repairs
        ],
    }  # fmt: skip
