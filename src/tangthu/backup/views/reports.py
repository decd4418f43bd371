"""The reports of trials and of scans for viruses, to be printed and signed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.backup.job_kinds import DRILL, SCAN
from tangthu.backup.views.backups import administrator, may_count, scan_outcome, seen
from tangthu.identity.models import Person
from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.kernel.models import Job
from tangthu.ledger.logs import all_logs
from tangthu.repository.queries import packages
from tangthu.ui import formats
from tangthu.ui.parts import Crumb, Stat, Tone

LISTED = 100


@require_safe
def trial(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """The report of a trial, to be printed and signed (AR-91, RM-958)."""
    me = administrator(request)
    job = _done(me, DRILL, job_id)
    found = job.result
    title = _("Biên bản thử phục hồi từ bản sao lưu")
    context = {
        "title": title,
        "way": [Crumb(_("Sao lưu"), reverse("backup:backups")), Crumb(title)],
        "facts": _facts(job),
        "stats": [
            Stat(_("Tệp"), found.get("files", 0)),
            Stat(_("Bảng"), found.get("tables", 0)),
            Stat(_("Dòng"), found.get("rows", 0)),
            Stat(_("Gói đã đọc"), found.get("packages", 0)),
            Stat(_("Chỗ hỏng"), found.get("bad_count", 0), tone=_tone(found.get("bad_count", 0))),
        ],
        "ok": found["ok"],
        "error": found.get("error", ""),
        "logs": [one for one in found.get("logs", []) if one["origin"] in _origins(me)],
        "bad": _bad(me, found),
        "problems": found.get("problems", []),
    }
    return render(request, "backup/trial.html", context)


def _origins(me: Viewer) -> set[str]:
    """The logs of the bodies that the viewer administers; a report is of all."""
    mine = me.bodies_with("house.keep")
    return {log.origin for log in all_logs() if log.body in mine}


def _bad(me: Viewer, found: Mapping[str, Any]) -> list[list[str]]:
    """Damaged places in packages that the viewer may know of."""
    listed = found.get("bad", [])[:LISTED]
    known = _known(me, [one[1] for one in listed])
    return [one for one in listed if one[1] in known]


def _known(me: Viewer, objids: Sequence[str]) -> set[str]:
    """Those of the packages that the viewer may know of."""
    return set(packages(me).filter(objid__in=objids).values_list("objid", flat=True))


def _tone(count: int) -> Tone:
    return "danger" if count else "ok"


def _facts(job: Job) -> list[tuple[str, str]]:
    found = job.result
    seconds = found.get("restore_seconds")
    return [
        (_("Bộ sao lưu"), found["set"]),
        (_("Nơi giữ"), found["place"]),
        (_("Như lúc"), _moment(found["moment"])),
        *_course(job),
        (
            _("Các gói"),
            ""
            if found.get("holds_stores", True)
            else _("bộ này không có các gói: không đọc gói nào"),
        ),
        (_("Thời gian phục hồi"), "" if seconds is None else _("%(n)s giây") % {"n": seconds}),
    ]


def _moment(text: str) -> str:
    moment = parse_datetime(text)
    return formats.moment(moment) if moment is not None else ""


def _course(job: Job) -> list[tuple[str, str]]:
    """Who did it, from when to when."""
    person = Person.objects.filter(pk=job.person_id).first() if job.person_id else None
    return [
        (_("Người thực hiện"), person.full_name if person else _("tự động")),
        (_("Bắt đầu"), formats.moment(job.started_at or job.created_at)),
        (_("Kết thúc"), formats.moment(job.finished_at or job.created_at)),
    ]


def _done(me: Viewer, kind: str, job_id: uuid.UUID) -> Job:
    job = seen(me, kind).filter(pk=job_id, state=Job.State.DONE).first()
    if job is None:
        raise NotFoundForViewer()
    return job


@require_safe
def scan(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """The report of a scan for viruses, to be printed and signed (RM-958)."""
    me = administrator(request)
    job = _done(me, SCAN, job_id)
    found = job.result
    title = _("Biên bản quét mã độc bộ sao lưu")
    named, unnamed = _found_in(me, found["bad"][:LISTED])
    figures = [
        Stat(_("Tệp đã quét"), found["files"]),
        Stat(_("Mang mã độc"), found["infected"], tone=_tone(found["infected"])),
        Stat(_("Chưa quét được"), found["unscanned"], tone="warn" if found["unscanned"] else "ok"),
    ]
    outcome, tone = scan_outcome(job)
    context = {
        "title": title,
        "way": [Crumb(_("Sao lưu"), reverse("backup:backups")), Crumb(title)],
        "outcome": outcome,
        "tone": tone,
        "facts": [
            (_("Bộ sao lưu"), found["set"]),
            (_("Nơi giữ"), found["place"]),
            (_("Như lúc"), _moment(found["moment"])),
            *_course(job),
            (_("Máy quét"), _scanner(found)),
        ],
        "stats": figures if may_count(me) else figures[1:],
        "bad": named,
        "unnamed": unnamed,
        "more": len(found["bad"]) < found["infected"] + found["unscanned"]
        or len(found["bad"]) > LISTED,
    }
    return render(request, "backup/scan.html", context)


def _scanner(found: Mapping[str, Any]) -> str:
    made_at = parse_datetime(found["signatures_of"])
    return _("%(program)s, mẫu nhận dạng số %(number)s ngày %(day)s") % {
        "program": found["scanner"],
        "number": found["signatures"],
        "day": formats.day(made_at.date()) if made_at is not None else "",
    }


def _found_in(me: Viewer, bad: Sequence[Mapping[str, str]]) -> tuple[list[dict[str, str]], int]:
    """The bad files in words, and how many lie in packages that the viewer may not know of: the
    name of a file tells of its record."""
    known = _known(me, [one["package"] for one in bad])
    words = {
        "infected": _("mang mã độc"),
        "too_large": _("quá lớn cho máy quét"),
        "unreadable": _("không đọc được"),
        "changed": _("khác bản kê"),
    }
    told = [
        {**one, "words": words[one["status"]]}
        for one in bad
        if one["package"] in known or not one["path"].startswith("objects/")
    ]
    return told, len(bad) - len(told)
