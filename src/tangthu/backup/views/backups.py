"""The page of backups: the sets of each place, the last trials, and ordering what is due."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tangthu.backup import checks, houses, scheduling
from tangthu.backup.actions.order_backup import (
    order_backup,
    order_drill,
    order_scan,
    order_verification,
)
from tangthu.backup.job_kinds import DRILL, MAKE, SCAN, VERIFY
from tangthu.backup.models import Restore
from tangthu.backup.places import carrier_since, places
from tangthu.backup.restores import restores
from tangthu.backup.sets import SetFacts, sets_in
from tangthu.capture import antivirus
from tangthu.identity.policies import Viewer
from tangthu.identity.views.asked import viewer
from tangthu.kernel.deployment import isolated
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.kernel.models import Job
from tangthu.ui import formats
from tangthu.ui.parts import Action, Notice, Tone
from tangthu.ui.tables import Cell, Column, EmptyState, Register, RegisterPage

LATEST = 10
_UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)
Held = tuple[Path, SetFacts]


def administrator(request: HttpRequest) -> Viewer:
    """The viewer, if he looks after the house at any body. Raises NotFoundForViewer."""
    found = viewer(request)
    if not found.may_anywhere("house.keep"):
        raise NotFoundForViewer()
    return found


@require_safe
def backups(request: HttpRequest) -> HttpResponse:
    """What an administrator should know, every set, and the last trials."""
    me = administrator(request)
    held = [(place, one) for place in places() for one in sets_in(place)]
    trials = list(seen(me).order_by("-created_at")[:LATEST])
    context = {
        "notices": [*_under_way(me), *_notices()],
        "sets": _sets(held, counts=may_count(me)),
        "trials": _trials(trials),
        "restores": _restores(list(restores(me)[:LATEST])),
        "actions": _actions(bool(places()), bool(held)),
    }
    return render(request, "backup/backups.html", context)


def seen(me: Viewer, *kinds: str) -> QuerySet[Job]:
    """The jobs of backups that the viewer may see: the house's own, and those of his bodies."""
    mine = Q(body_id=None) | Q(body_id__in=me.bodies_with("house.keep"))
    return Job.objects.filter(mine, kind__in=kinds or (DRILL,))


def may_count(me: Viewer) -> bool:
    """Whether the viewer may know how much there is, which on an isolated LAN few may."""
    return not isolated() or bool(me.bodies_with("repository.audit"))


def _actions(can_make: bool, can_read: bool) -> list[Action]:
    order = reverse("backup:order")
    no_place = "" if can_make else _("Chưa đặt nơi sao lưu (TANGTHU_BACKUP_TO).")
    no_set = "" if can_read else _("Chưa có bộ sao lưu nào.")
    no_scanner = "" if antivirus.configured() else _("Chưa có máy quét mã độc (TANGTHU_CLAMD).")
    return [
        Action(_("Sao lưu ngay"), order, "t", "archive", "primary", "post", "make", no_place),
        Action(
            _("Kiểm tra bộ mới nhất"), order, icon="check", method="post", value="verify",
            why_not=no_set,
        ),
        Action(
            _("Thử phục hồi"), order, icon="search", method="post", value="drill", why_not=no_set
        ),
        Action(
            _("Quét mã độc"), order, icon="seal", method="post", value="scan",
            why_not=no_set or no_scanner,
        ),
    ]  # fmt: skip


@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """Order a set in each place, the scan of the newest of each, or the reading or trial of the
    newest set."""
    administrator(request)
    acting: Any = request.acting  # type: ignore[attr-defined]
    wanted = request.POST.get("decision", "")
    if wanted == "make":
        jobs = [order_backup(acting, place) for place in places()]
        if not jobs:
            raise Refused(
                _("Chưa đặt nơi sao lưu (TANGTHU_BACKUP_TO)."), hint=_("Xem docs/backup.md.")
            )
        return redirect("office:job", job_id=jobs[0].pk)
    newest = scheduling.newest_set()
    if newest is None:
        raise Refused(_("Chưa có bộ sao lưu nào."), hint=_("Sao lưu một lần trước đã."))
    folder = newest[0] / newest[1].name
    if wanted == "scan":
        scans = [order_scan(acting, one) for one in scheduling.newest_sets()]
        return redirect("office:job", job_id=scans[0].pk)
    if wanted == "verify":
        return redirect("office:job", job_id=order_verification(acting, folder).pk)
    if wanted == "drill":
        return redirect("office:job", job_id=order_drill(acting, folder).pk)
    raise InvalidInput(_("Chưa chọn việc."), problems={"decision": [_("Chọn một việc.")]})


def _notices() -> list[Notice]:
    """What the check of backups found wrong, the worst first."""
    tones: dict[str, Tone] = {"error": "danger", "warning": "warn"}
    found = [one for one in checks.look(None) if one.level in tones]
    found.sort(key=lambda one: one.level != "error")
    return [Notice(one.message, one.cost, tones[one.level], todo=one.remedy) for one in found]


def _under_way(me: Viewer) -> list[Notice]:
    words = {
        MAKE: _("Đang sao lưu"),
        VERIFY: _("Đang kiểm tra bộ sao lưu"),
        DRILL: _("Đang thử phục hồi"),
        SCAN: _("Đang quét mã độc bộ sao lưu"),
    }
    running = seen(me, *words).filter(state__in=_UNDER_WAY).order_by("created_at")
    return [
        Notice(
            words[job.kind],
            _("Bắt đầu lúc %(when)s.")
            % {"when": formats.moment(job.started_at or job.created_at)},
            action_label=_("Xem tiến độ") if job.person_id else "",
            action_url=reverse("office:job", args=[job.pk]) if job.person_id else "",
        )
        for job in running
    ]  # fmt: skip


def _sets(held: list[Held], *, counts: bool) -> RegisterPage:
    """The sets; `counts`: with how much is in them."""
    verified, scanned = _newest_of(VERIFY), _newest_of(SCAN)
    figures = (
        Column[Held](
            "packages", _("Gói"), lambda one: formats.thousands(one[1].packages), "number"
        ),
        Column[Held]("files", _("Tệp"), lambda one: formats.thousands(one[1].files), "number"),
        Column[Held]("bytes", _("Dung lượng"), _size, "number"),
    )
    register: Register[Held] = Register(
        name="sets",
        caption=_("Các bộ sao lưu"),
        query={},
        default_sort="-when",
        row_id=lambda one: f"{one[0]}/{one[1].name}",
        columns=(
            Column("when", _("Như lúc"), _when, "date", primary=True),
            Column("place", _("Nơi giữ"), _place),
            Column("kind", _("Loại"), _kind, "tag"),
            *(figures if counts else ()),
            Column("state", _("Kiểm tra"), lambda one: _state(one, verified), "tag"),
            Column("scan", _("Quét mã độc"), lambda one: _scan(one, scanned), "tag"),
        ),
        empty=EmptyState(
            _("Chưa có bộ sao lưu nào"), _("Mỗi ngày hệ thống tự lập một bộ ở mỗi nơi đã đặt.")
        ),
    )
    return register.page(held, sort_values=lambda one: (one[1].moment,))


def _when(one: Held) -> Cell:
    return Cell(formats.moment(one[1].made_at), note=one[1].name)


def _place(one: Held) -> Cell:
    since = carrier_since(one[0])
    note = _("phương tiện từ %(day)s") % {"day": formats.day(since)} if since else ""
    return Cell(str(one[0]), note=note)


def _kind(one: Held) -> Cell:
    return Cell(_("Đầy đủ") if one[1].kind == "full" else _("Gia tăng"))


def _size(one: Held) -> Cell:
    own = _("mới %(size)s") % {"size": formats.file_size(one[1].own_bytes)}
    return Cell(formats.file_size(one[1].bytes), note=own)


def _newest_of(kind: str) -> Mapping[str, Job]:
    """The newest job of a kind that came to its end, by the path of the folder of its set."""
    done = Job.objects.filter(kind=kind, state=Job.State.DONE).order_by("created_at")
    return {str(job.args["folder"]): job for job in done}


def _state(one: Held, verified: Mapping[str, Job]) -> Cell:
    if not houses.made_with(one[0] / one[1].name, houses.own_secret()):
        return Cell(_("Không phải của hệ thống này"), tone="warn")
    if one[1].problems:
        return Cell(_("Thiếu tệp"), tone="danger", note=one[1].problems[0][0])
    job = verified.get(str(one[0] / one[1].name))
    if job is None:
        return Cell(_("Chưa kiểm tra"))
    when = formats.moment(job.finished_at or job.created_at)
    if job.result.get("found"):
        return Cell(_("Hỏng"), tone="danger", note=when)
    return Cell(_("Nguyên vẹn"), tone="ok", note=when)


def _scan(one: Held, scanned: Mapping[str, Job]) -> Cell:
    job = scanned.get(str(one[0] / one[1].name))
    if job is None:
        return Cell(_("Chưa quét"))
    words, tone = scan_outcome(job)
    when = formats.moment(job.finished_at or job.created_at)
    return Cell(words, reverse("backup:scan", args=[job.pk]), tone=tone, note=when)


def scan_outcome(job: Job) -> tuple[str, Tone]:
    """How a scan for viruses ended, in a few words."""
    if job.result["infected"]:
        return _("Có mã độc"), "danger"
    if job.result["unscanned"]:
        return _("Chưa quét hết"), "warn"
    return _("Sạch"), "ok"


def _trials(trials: list[Job]) -> RegisterPage:
    register: Register[Job] = Register(
        name="trials",
        caption=_("Các lần thử phục hồi"),
        query={},
        default_sort="-when",
        row_id=lambda job: str(job.pk),
        columns=(
            Column("when", _("Lúc"), _trial_when, "date", primary=True),
            Column("set", _("Bộ"), lambda job: str(job.result.get("set", "")), "code"),
            Column("outcome", _("Kết quả"), outcome, "tag"),
        ),
        empty=EmptyState(
            _("Chưa thử phục hồi lần nào"),
            _("Mỗi quý hệ thống tự phục hồi bộ mới nhất vào một nơi riêng, so rồi xóa đi."),
        ),
    )
    return register.page(trials, sort_values=lambda job: (job.created_at.isoformat(),))


def _restores(found: list[Restore]) -> RegisterPage | None:
    """When the house was restored; nothing where it never was."""
    register: Register[Restore] = Register(
        name="restores",
        caption=_("Các lần phục hồi"),
        query={},
        default_sort="-when",
        row_id=lambda one: str(one.pk),
        columns=(
            Column(
                "when", _("Lúc"),
                lambda one: Cell(
                    formats.moment(one.restored_at), reverse("backup:restored", args=[one.pk])
                ),
                "date", primary=True,
            ),
            Column("set", _("Bộ"), lambda one: one.set, "code"),
            Column("by", _("Người phục hồi"), lambda one: one.told["by"]),
            Column("reads", _("Đã đọc"), lambda one: str(one.reads.count()), "number"),
        ),
        empty=EmptyState("", ""),
    )  # fmt: skip
    if not found:
        return None
    return register.page(found, sort_values=lambda one: (one.restored_at.isoformat(),))


def _trial_when(job: Job) -> Cell:
    words = formats.moment(job.created_at)
    if job.state == Job.State.DONE:
        return Cell(words, reverse("backup:trial", args=[job.pk]))
    return Cell(words, note=job.message)


def outcome(job: Job) -> Cell:
    """How a trial ended, in a few words."""
    if job.state in _UNDER_WAY:
        return Cell(_("Đang thử"), tone="info")
    if job.state != Job.State.DONE:
        return Cell(_("Chưa xong"), tone="warn")
    if not job.result["ok"]:
        return Cell(_("Không đạt"), tone="danger")
    if not job.result.get("holds_stores", True):
        return Cell(_("Đạt, bộ không có các gói"), tone="warn")
    return Cell(_("Đạt"), tone="ok")
