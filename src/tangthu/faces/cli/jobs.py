"""`tangthu jobs`: long work seen, stopped and gone on with, as on the page."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import click

from tangthu.faces.cli.context import FOUND, acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _

if TYPE_CHECKING:
    from tangthu.kernel.models import Job

_STATES = ("waiting", "running", "done", "failed", "stopped")
_OUTCOMES = ("done", "warned", "refused", "failed")


@click.group(help=_("Công việc nền: xem, dừng, chạy tiếp."))
def jobs() -> None:
    """Long work, as far as the person of `--as` may see it."""


@jobs.command("list", help=_("Các công việc mới nhất."))
@click.option("--state", type=click.Choice(_STATES), help=_("Chỉ trạng thái này."))
@click.option("--kind", help=_("Chỉ loại này."))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@json_option
@click.pass_context
def list_jobs(
    ctx: click.Context, state: str | None, kind: str | None, limit: int, as_json: bool
) -> None:
    """List jobs, newest first."""
    with house():
        from tangthu.identity import queries

        found = queries.jobs(acting(ctx).viewer)
        if state:
            found = found.filter(state=state)
        if kind:
            found = found.filter(kind=kind)
        rows = [_told(job) for job in found.order_by("-created_at", "-id")[:limit]]
        words = "\n".join(_line(row) for row in rows) or "Không có công việc nào."
        answer(rows, as_json=as_json, words=words)


@jobs.command(help=_("Một công việc, và kết quả từng mục của nó."))
@click.argument("job_id", type=click.UUID)
@click.option("--outcome", type=click.Choice(_OUTCOMES), help=_("Chỉ các mục có kết quả này."))
@click.option("--limit", default=100, show_default=True, type=click.IntRange(0, 100_000))
@json_option
@click.pass_context
def show(
    ctx: click.Context, job_id: uuid.UUID, outcome: str | None, limit: int, as_json: bool
) -> None:
    """Show a job with its rows; exit 1 if one of them failed or was refused."""
    with house():
        from tangthu.identity import queries
        from tangthu.kernel import job_rows
        from tangthu.kernel.models import JobRow
        from tangthu.reports.job_results import shown

        viewer = acting(ctx).viewer
        job = queries.job(viewer, job_id)
        found = JobRow.objects.filter(job_id=job.pk).order_by("id")
        if outcome:
            found = found.filter(outcome=outcome)
        rows = [
            {"name": one.name, "outcome": str(one.row.outcome), "message": one.message}
            for one in shown(viewer, job, list(found[:limit]))
        ]
        counts = dict(job_rows.counts(job.pk))
        told = {**_told(job), "outcomes": counts, "rows": rows}
        words = [_line(told), *(f"  {n} {one}" for one, n in sorted(counts.items()))]
        words += [f"  {row['outcome']:<8} {row['name']} {row['message']}" for row in rows]
        answer(told, as_json=as_json, words="\n".join(words))
        if counts.get("failed") or counts.get("refused"):
            ctx.exit(FOUND)


@jobs.command(help=_("Yêu cầu dừng một công việc ở điểm an toàn gần nhất."))
@click.argument("job_id", type=click.UUID)
@json_option
@click.pass_context
def stop(ctx: click.Context, job_id: uuid.UUID, as_json: bool) -> None:
    """Ask a job to stop."""
    with house():
        from tangthu.identity import queries
        from tangthu.kernel.jobs import request_stop

        viewer = acting(ctx).viewer
        request_stop(queries.job(viewer, job_id).pk)
        told = _told(queries.job(viewer, job_id))
        answer(told, as_json=as_json, words=_line(told))


@jobs.command(help=_("Chạy tiếp một công việc đã dừng hoặc gặp lỗi."))
@click.argument("job_id", type=click.UUID)
@json_option
@click.pass_context
def resume(ctx: click.Context, job_id: uuid.UUID, as_json: bool) -> None:
    """Go on with a job that was stopped or failed; a worker takes it."""
    with house():
        from tangthu.identity import queries
        from tangthu.kernel import job_registry

        person = acting(ctx)
        further = job_registry.resume(person, queries.job(person.viewer, job_id))
        told = _told(queries.job(person.viewer, further.pk))
        answer(told, as_json=as_json, words=_line(told))


def _told(job: Job) -> dict[str, Any]:
    """A job as data: what, how far, how fast, how it ended."""
    from tangthu.ui.working import speed_now

    speed = speed_now(job)
    left = None
    if speed.rate and job.total is not None:
        left = round(max(0, job.total - job.done) / speed.rate)
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "state": str(job.state),
        "stop_requested": job.stop_requested,
        "priority": job.priority,
        "done": job.done,
        "total": job.total,
        "unit": job.unit,
        "rate": round(speed.rate, 3) if speed.rate else None,
        "seconds_left": left,
        "ordered_at": job.created_at.isoformat(),
        "message": " ".join(part for part in (job.message, job.hint) if part),
    }


def _line(told: dict[str, Any]) -> str:
    from tangthu.kernel.job_registry import label_of
    from tangthu.ui import formats

    how_far = f"{told['done']}" if told["total"] is None else f"{told['done']}/{told['total']}"
    parts = [told["id"], f"{told['state']:<8}", label_of(told["kind"]), how_far, told["unit"]]
    if told["seconds_left"] is not None:
        parts.append(formats.time_left(told["seconds_left"]))
    return " ".join(part for part in (*parts, told["message"]) if part)
