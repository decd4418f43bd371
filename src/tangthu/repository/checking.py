"""The job that checks every package of the acting person's bodies, the longest unchecked first."""

from __future__ import annotations

from typing import Any

from django.db.models import Min

from tangthu.identity.acting import Acting
from tangthu.identity.models import Person
from tangthu.identity.queries import viewer_of
from tangthu.kernel.jobs import Running
from tangthu.repository.actions.check_package import check_package
from tangthu.repository.models import Package

CHECK_ALL = "repository.fixity"


def run_checks(running: Running) -> dict[str, Any]:
    """Job `repository.fixity`; `args`: repair, since (packages verified later are left alone)."""
    person = Person.objects.get(pk=running.job.person_id)
    acting = Acting(viewer_of(person), "job")
    bodies = acting.viewer.bodies_with("repository.audit")
    since = running.job.created_at
    packages = (
        Package.objects.filter(body_id__in=bodies)
        .annotate(oldest=Min("copies__verified_at"))
        .filter(oldest__lt=since)
        .order_by("oldest", "id")
        .values_list("pk", flat=True)
    )
    waiting = list(packages)
    total = Package.objects.filter(body_id__in=bodies).count()
    answer: dict[str, Any] = {
        "objects": 0, "files": 0, "bad": [], "repaired": [], "unrepairable": [],
    }  # fmt: skip
    running.progress(0, total, "gói", force=True)
    for number, package_id in enumerate(waiting, start=1):
        verdict = check_package(acting, package_id, repair=bool(running.args.get("repair")))
        name = verdict.package.objid
        answer["objects"] += 1
        answer["files"] += verdict.files
        answer["bad"] += [_place(name, *item) for item in verdict.bad]
        answer["repaired"] += [
            {"package": name, "store": store, "path": path} for store, path in verdict.repaired
        ]
        answer["unrepairable"] += [_place(name, *item) for item in verdict.unrepairable]
        running.progress(number, total, "gói")
    running.progress(len(waiting), total, "gói", force=True)
    return answer


def _place(package: str, store: str, path: str, status: str) -> dict[str, str]:
    return {"package": package, "store": store, "path": path, "status": status}
