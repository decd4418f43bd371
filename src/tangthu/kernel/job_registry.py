"""What apps say of their kinds of long work at start-up: who runs it, what it is called, who waits.

Nothing here touches the database; `kernel.jobs` runs what is registered.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tangthu.kernel.errors import Refused
from tangthu.kernel.models import Job

if TYPE_CHECKING:
    from tangthu.kernel.jobs import Running

Handler = Callable[["Running"], dict[str, Any]]
Namer = Callable[[Any, Sequence[uuid.UUID]], dict[uuid.UUID, str]]
# Takes who acts and a job that was stopped or failed; returns the job that goes on with it.
Resumer = Callable[[Any, Job], Job]
_handlers: dict[str, Handler] = {}
_labels: dict[str, Any] = {}
_result_pages: dict[str, str] = {}
_subject_pages: dict[str, str] = {}
_subject_names: dict[str, Namer] = {}
_private: set[str] = set()
_priorities: dict[str, Job.Priority] = {}
_resumers: dict[str, Resumer] = {}
_open_rows: set[str] = set()
_rights: dict[str, str | Callable[[Job], str]] = {}


def register(
    kind: str,
    handler: Handler,
    *,
    label: Any = "",
    result_page: str = "",
    subject_page: str = "",
    subject_names: Namer | None = None,
    private: bool = False,
    priority: Job.Priority = Job.Priority.BATCH,
    resume: Resumer | None = None,
    open_rows: bool = False,
    right: str | Callable[[Job], str] = "",
) -> None:
    """Make `handler` the one that runs jobs of `kind`; called from an app's ready().

    `label` is a (lazily translated) noun phrase that tells people what such a job does;
    `result_page` names the route, with the job's id as its one argument, that shows what it found;
    `subject_page` the route, with the id of what the job is about, that shows it afterwards;
    `subject_names` takes a viewer and such ids and names those that he may see.
    A `private` kind of job is nobody's business but the person's who ordered it. `priority` says
    who waits for it; what no person ordered is the house's own round, whatever its kind.
    `resume` is the action that goes on with a job that was stopped or failed. The rows of a kind
    with `open_rows` name no record in their words: who may see the job may read them. `right` is
    that with which such a job is ordered; a program needs it to stop its person's own.
    """
    if right:
        _rights[kind] = right
    _priorities[kind] = priority
    if resume is not None:
        _resumers[kind] = resume
    if open_rows:
        _open_rows.add(kind)
    if private:
        _private.add(kind)
    _handlers[kind] = handler
    if label:
        _labels[kind] = label
    if result_page:
        _result_pages[kind] = result_page
    if subject_page:
        _subject_pages[kind] = subject_page
    if subject_names is not None:
        _subject_names[kind] = subject_names


def result_page_of(kind: str) -> str:
    """Name of the route that shows what a job of `kind` found; "" if it has none."""
    return _result_pages.get(kind, "")


def subject_page_of(kind: str) -> str:
    """Name of the route that shows what a job of `kind` is about; "" if it has none."""
    return _subject_pages.get(kind, "")


def subjects(viewer: Any, found: Sequence[Job]) -> dict[uuid.UUID, tuple[str, str]]:
    """What jobs are about: by subject its name and its route, for what the viewer may see.

    One query for each way of naming, however many jobs.
    """
    asked: dict[Namer, dict[uuid.UUID, str]] = {}
    for job in found:
        namer = _subject_names.get(job.kind)
        if namer is not None and job.subject_id is not None:
            asked.setdefault(namer, {})[job.subject_id] = subject_page_of(job.kind)
    return {
        subject: (name, pages[subject])
        for namer, pages in asked.items()
        for subject, name in namer(viewer, list(pages)).items()
    }


def handler_of(kind: str) -> Handler:
    """The function that runs jobs of `kind`. Raises KeyError for a kind that nobody registered."""
    return _handlers[kind]


def priority_of(kind: str) -> Job.Priority:
    """Who waits for jobs of `kind` that a person ordered."""
    return _priorities.get(kind, Job.Priority.BATCH)


def kinds() -> dict[str, str]:
    """Every kind that is registered, and what it does in words."""
    return {kind: label_of(kind) for kind in sorted(_handlers)}


def private_kinds() -> frozenset[str]:
    """The kinds of jobs that only those see who ordered them."""
    return frozenset(_private)


def can_resume(job: Job) -> bool:
    """Whether there is a way to go on with the job: it was stopped or failed, and its kind can.

    What the house ordered of itself it takes up again by itself.
    """
    ended = job.state in (Job.State.STOPPED, Job.State.FAILED)
    return ended and job.kind in _resumers and job.person_id is not None


def resume(acting: Any, job: Job) -> Job:
    """Go on with a job that was stopped or failed; returns the job that does. Raises Refused.

    It is the kind's own action that judges whether the acting person may.
    """
    if not can_resume(job):
        raise Refused(
            "Công việc này không chạy tiếp được từ đây.",
            hint="Chỉ chạy tiếp được việc đã dừng hoặc gặp lỗi; nếu cần, đặt lại việc mới.",
        )
    newer = Job.objects.filter(
        kind=job.kind, subject_id=job.subject_id, created_at__gt=job.created_at
    )
    if job.subject_id is not None and newer.exists():
        raise Refused(
            "Đã có công việc mới hơn cho đối tượng này.",
            hint="Mở công việc mới nhất trong danh sách.",
        )
    return _resumers[job.kind](acting, job)


def right_of(job: Job) -> str:
    """The right with which such a job is ordered; that of who runs the house if nobody said."""
    right = _rights.get(job.kind, "house.keep")
    return right(job) if callable(right) else right


def rows_are_open(kind: str) -> bool:
    """Whether the rows of such jobs may be read by whoever may see the job."""
    return kind in _open_rows


def label_of(kind: str) -> str:
    """What jobs of `kind` do, in words; the kind's own name if nobody said."""
    return str(_labels.get(kind) or kind)
