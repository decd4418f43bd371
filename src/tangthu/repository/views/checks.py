"""Ordering a check of the stores, and what a check found, place by place."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tangthu.identity.policies import Viewer
from tangthu.kernel.models import Job
from tangthu.records.models import Dossier
from tangthu.repository import queries
from tangthu.repository.actions.order_check import UNDER_WAY, order_check
from tangthu.repository.checking import UNKNOWN, nothing_found
from tangthu.repository.models import Copy, Package
from tangthu.repository.views.asked import auditor
from tangthu.repository.views.packages import dossiers_by_id
from tangthu.repository.views.stores import outcome
from tangthu.repository.wording import todo, what, where
from tangthu.ui import formats
from tangthu.ui.parts import Crumb, Notice, Stat, Tone

SHOWN = 300
Found = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """Places of one kind: what they are, what to do about them, and how many are not shown."""

    title: str
    count: str
    tone: Tone
    todo: str
    rows: list[dict[str, str]]
    left_out: int


@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """Order a check of all packages that the person audits, and show how it goes."""
    auditor(request)
    repair = request.POST.get("decision") == "repair"
    job = order_check(request.acting, repair=repair)  # type: ignore[attr-defined]
    return redirect("office:job", job_id=job.pk)


@require_safe
def check(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """What a check found, the worst first."""
    viewer = auditor(request)
    job: Any = queries.check(viewer, job_id)
    if job.state in UNDER_WAY:
        return redirect("office:job", job_id=job.pk)
    answer = {**nothing_found(), **job.result}
    title = _("Kết quả kiểm tra toàn vẹn")
    context = {
        "title": title,
        "way": [Crumb(_("Kho lưu trữ"), reverse("repository:stores")), Crumb(title)],
        "job": job,
        "who": job.person_id is None,
        "repair": bool(job.args.get("repair")),
        "notice": _notice(job, answer),
        "stats": _stats(answer),
        "sections": _sections(viewer, answer),
    }
    return render(request, "repository/check.html", context)


def _stats(answer: Mapping[str, Any]) -> list[Stat]:
    counts: list[tuple[str, str, Tone]] = [
        (_("Chỗ hỏng"), "bad", "danger"),
        (_("Đã phục hồi"), "repaired", "ok"),
        (_("Không phục hồi được"), "unrepairable", "danger"),
        (_("Chưa kiểm tra được"), "unchecked", "warn"),
    ]
    return [
        Stat(_("Gói đã kiểm tra"), answer["objects"]),
        Stat(_("Tệp đã đọc"), answer["files"]),
        *(
            Stat(label, len(answer[name]), tone=tone)
            for label, name, tone in counts
            if answer[name]
        ),
    ]


def _notice(job: Any, answer: Mapping[str, Any]) -> Notice | None:
    if job.state != Job.State.DONE:
        return Notice(
            _("Lần kiểm tra này chưa xong"),
            job.message,
            "warn",
            kept=_("những gì đã kiểm tra."),
            todo=_("đặt kiểm tra lại cùng kiểu: việc tiếp tục từ chỗ đã dừng."),
        )
    if not (answer["bad"] or answer["unchecked"]):
        return Notice(_("Mọi bản sao được kiểm tra đều nguyên vẹn"), tone="ok")
    told = outcome(job)
    return Notice(str(told.text), capfirst(str(told.note)), told.tone or "info")


def _sections(viewer: Viewer, answer: Mapping[str, Sequence[Found]]) -> list[Section]:
    mended = {_place(one) for one in answer["repaired"]}
    lost = {_place(one) for one in answer["unrepairable"]}
    strange = [one for one in answer["bad"] if one.get("status") == UNKNOWN]
    still = [
        one
        for one in answer["bad"]
        if _place(one) not in mended | lost and one.get("status") != UNKNOWN
    ]
    # What was wrong with a place that is whole again stands with the bad ones.
    status = {_place(one): one.get("status", "") for one in answer["bad"]}
    healed = [{**one, "status": status.get(_place(one), "")} for one in answer["repaired"]]
    kinds: list[tuple[str, Tone, str, Sequence[Found]]] = [
        (
            _("Không phục hồi được"),
            "danger",
            todo(Copy.State.UNREPAIRABLE),
            answer["unrepairable"],
        ),
        (_("Hỏng"), "danger", todo(Copy.State.BAD), still),
        (_("Chưa kiểm tra được"), "warn", todo(Copy.State.UNCHECKED), answer["unchecked"]),
        (_("Gói lạ trong kho"), "warn", todo(UNKNOWN), strange),
        (_("Đã phục hồi"), "ok", "", healed),
    ]
    packages, dossiers = _named(viewer, [one for *_, found in kinds for one in found[:SHOWN]])
    return [
        Section(
            title,
            formats.thousands(len(found)),
            tone,
            advice,
            [_row(one, packages, dossiers) for one in found[:SHOWN]],
            max(0, len(found) - SHOWN),
        )
        for title, tone, advice, found in kinds
        if found
    ]


def _place(one: Found) -> tuple[str, str, str]:
    return one["package"], one["store"], one["path"]


def _named(
    viewer: Viewer, shown: Iterable[Found]
) -> tuple[dict[str, Package], dict[uuid.UUID, Dossier]]:
    """The packages that are named, by their identifier, and their dossiers as far as visible."""
    names = {one["package"] for one in shown}
    packages = {one.objid: one for one in queries.packages(viewer).filter(objid__in=names)}
    return packages, dossiers_by_id(viewer, [one.dossier_id for one in packages.values()])


def _row(
    one: Found, packages: Mapping[str, Package], dossiers: Mapping[uuid.UUID, Dossier]
) -> dict[str, str]:
    package = packages.get(one["package"])
    dossier = dossiers.get(package.dossier_id) if package else None
    status = one.get("status", "")
    return {
        "package": one["package"],
        "url": reverse("repository:package", args=[package.pk]) if package else "",
        "dossier": f"{dossier.archive_file_code} {dossier.title}" if dossier else "",
        "store": one["store"],
        "path": where(one["path"]),
        "what": what(one["path"], status) if status else "",
    }
