"""Order a list as a file, say that it is written, hand it to its owner, forget it in time.

The file tells of records: it is made for one person with the rights that he has while it is made,
and handed out only while he may still see all that it tells of.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Person
from tangthu.kernel import clock, jobs
from tangthu.kernel.errors import HouseError, InvalidInput, NotFoundForViewer, Refused
from tangthu.kernel.models import Job
from tangthu.records import leaving
from tangthu.records.actions.note_access import new_serial, note_list
from tangthu.records.models import Use
from tangthu.reports import files, queries, sources
from tangthu.reports.job_kinds import EXPORT
from tangthu.reports.models import Export

KEPT = dt.timedelta(days=3)
_AT_ONCE = 5
MOST_KEPT = 100


class ExportStale(HouseError):
    """The file tells of something that its owner may no longer see."""

    http_status = 409


def order_export(
    acting: Acting,
    *,
    source: str,
    pairs: Mapping[str, str],
    columns: Sequence[str],
    format_: str,
    queued: bool = True,
) -> tuple[Export, Job]:
    """Order a list of what the acting person may see. Raises InvalidInput, Refused."""
    who = acting.viewer
    bodies = dict.fromkeys([*(at for at, _role, _title in who.positions), *sorted(who.bodies())])
    partly = {scope.body for scope in who.scopes_open()}
    readable = [at for at in bodies if who.may("read.public", at) or at in partly]
    if not readable:
        raise Refused(_("Bạn không có quyền xem tài liệu."), hint=_("Nhờ quản trị phân quyền."))
    if format_ not in Export.Format.values:
        raise InvalidInput(
            _("Chưa chọn định dạng."), problems={"format": [_("Chọn một định dạng.")]}
        )
    wanted = sources.asked(acting.viewer, source, pairs)
    if wanted.source == sources.CONTENTS and sources.count(acting.viewer, wanted) == (0, False):
        raise sources.nothing_listed()
    keys = [column.key for column in sources.chosen_columns(wanted, columns)]
    moment = clock.now()
    with transaction.atomic():
        # Orders of one person wait for each other, so that none passes the ceilings together.
        me = Person.objects.select_for_update().get(pk=acting.viewer.person_id).pk
        require_room(me, moment)
        export = Export(
            person_id=acting.viewer.person_id, body_id=readable[0], source=source,
            asked=sources.kept_pairs(pairs, wanted), columns=keys, format=format_,
            serial=new_serial(),
            ordered_at=moment, expires_at=moment + KEPT,
        )  # fmt: skip
        export.save(force_insert=True)
        job = jobs.enqueue(
            EXPORT, args={"export": str(export.pk)}, body_id=export.body_id,
            person_id=export.person_id, subject_id=export.pk, queued=queued,
        )  # fmt: skip
        export.job_id = job.id
        export.save(update_fields=["job_id"])
    return export, job


def require_room(person_id: uuid.UUID, moment: dt.datetime) -> None:
    """Raise Refused if the person has too many exports under way, or too many kept."""
    running = Job.objects.filter(
        kind=EXPORT, person_id=person_id, stop_requested=False,
        state__in=[Job.State.WAITING, Job.State.RUNNING],
        created_at__gt=moment - dt.timedelta(days=1),
    )  # fmt: skip
    if running.count() >= _AT_ONCE:
        raise Refused(
            _("Bạn đang có nhiều bản xuất chưa xong."), hint=_("Đợi xong, hoặc dừng bớt.")
        )
    if Export.objects.filter(person_id=person_id, expires_at__gt=moment).count() >= MOST_KEPT:
        raise Refused(
            _("Bạn đã xuất nhiều danh sách trong mấy ngày qua."),
            hint=_("Tải các bản đã có; mỗi bản tự hết hạn sau ba ngày."),
        )


def resume_export(acting: Acting, job: Job) -> Job:
    """Go on with an export that was stopped or failed: what was read is not read again.

    Raises NotFoundForViewer for anybody's but one's own, Refused when it is written or expired.
    """
    export = queries.export(acting.viewer, uuid.UUID(job.args["export"]))
    with transaction.atomic():
        locked = Export.objects.select_for_update().get(pk=export.pk)
        if locked.finished_at is not None or locked.expires_at <= clock.now():
            raise Refused(_("Bản xuất này đã xong hoặc đã hết hạn."), hint=_("Xuất lại danh sách."))
        further = jobs.enqueue(
            EXPORT, args=job.args, body_id=locked.body_id, person_id=locked.person_id,
            subject_id=locked.pk,
        )  # fmt: skip
        Job.objects.filter(pk=further.pk).update(result=job.result)
        locked.job_id = further.id
        locked.save(update_fields=["job_id"])
    return further


def finish_export(
    acting: Acting,
    export: Export,
    *,
    rows: int,
    size: int,
    sha256: str,
    by_body: Mapping[uuid.UUID, int],
) -> None:
    """Say that the file is written: the event of the export, at every body it tells of.

    `by_body`: how many rows are of each body; a body's log tells of its own rows only.
    """
    with transaction.atomic():
        locked = Export.objects.select_for_update().get(pk=export.pk)
        if locked.finished_at is not None:
            return
        note_list(
            acting,
            sorted(by_body) or [export.body_id],
            use=Use.Kind.LIST_EXPORT,
            event="reports.list.exported",
            copy=export.pk,
            detail={**said_of(export), "sha256": sha256},
            rows=by_body,
            serial=export.serial,
        )
        locked.finished_at, locked.rows = clock.now(), rows
        locked.size, locked.sha256 = size, sha256
        locked.save(update_fields=["finished_at", "rows", "size", "sha256"])


def said_of(export: Export) -> dict[str, object]:
    """What an event says of an export: which list, what was asked, in which columns and format."""
    return {
        "list": export.source,
        "asked": dict(sorted(export.asked.items())),
        "columns": list(export.columns),
        "format": export.format,
    }


def fetch_export(acting: Acting, export_id: uuid.UUID) -> Export:
    """Hand a finished file to its owner, and record that.

    Raises NotFoundForViewer for anybody else and when it is not there (any more), ExportStale when
    its owner may no longer see a record that it tells of.
    """
    export = queries.export(acting.viewer, export_id)
    if not files.is_ready(export):
        raise NotFoundForViewer(_("Tệp này không còn."), hint=_("Xuất lại danh sách."))
    if not _may_leave(acting, export):
        raise stale()
    uses = Use.objects.filter(kind=Use.Kind.LIST_EXPORT, serial=export.serial)
    bodies = list(uses.values_list("body_id", flat=True))
    note_list(
        acting,
        bodies or [export.body_id],
        use=Use.Kind.LIST_DOWNLOAD,
        event="reports.list.downloaded",
        copy=export.pk,
        detail={"list": export.source, "format": export.format},
        serial=export.serial,
    )
    return export


def _may_leave(acting: Acting, export: Export) -> bool:
    """Whether all that the file tells of may be seen, and none of it is to be taken back."""
    awaited = leaving.awaited()
    try:
        return all(
            awaited.isdisjoint(ids)
            and len(queries.still_visible(acting.viewer, kind, ids)) == len(set(ids))
            for found in files.told_of(export)
            for kind, ids in found.items()
        )
    except files.NotTold:
        return False


def take_back(records: Collection[uuid.UUID]) -> None:
    """Remove every export, finished or not, that tells of records which must not leave any more."""
    now = clock.now()
    for export in Export.objects.filter(expires_at__gt=now):
        if files.tells_of(export, records):
            Export.objects.filter(pk=export.pk).update(expires_at=now)
            files.forget(export.pk)


def stale() -> ExportStale:
    """The refusal of a list whose rows are not what they were when it was ordered."""
    return ExportStale(
        _("Quyền xem đã thay đổi từ khi xuất, nên tệp này không được tải nữa."),
        hint=_("Xuất lại danh sách: bản mới chỉ có những gì bạn còn được xem."),
    )


def forget_exports() -> None:
    """Remove the files whose time is over; what was exported stays in the history of use."""
    for export_id in Export.objects.filter(expires_at__lt=clock.now()).values_list("pk", flat=True):
        files.forget(export_id)
    old = clock.now() - dt.timedelta(days=30)
    Export.objects.filter(expires_at__lt=old).delete()
