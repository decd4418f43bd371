"""Targets for killed processes: make the demonstration, and tell what of it there is."""

from __future__ import annotations

import json


def demonstrate() -> None:
    """Make it as `tangthu up` does, and print the sign-ins."""
    from django.conf import settings

    from tangthu.faces.cli import demonstration

    settings.HOME.ensure()
    for one in demonstration.ensure(settings.HOME):
        print(one.username, one.password)


def finish() -> None:
    """Run what was queued and is not at its end, as the worker does that `tangthu up` starts."""
    from tangthu.kernel import jobs
    from tangthu.kernel.models import Job

    for job in Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING]):
        jobs.execute(job.pk)


def look() -> None:
    """Print what is there as one JSON line."""
    from django.conf import settings

    from tangthu.archive.models import Batch, Fonds
    from tangthu.identity.models import Account, Appointment, Body
    from tangthu.kernel.stores import FolderStore
    from tangthu.records.models import Document, Dossier
    from tangthu.repository.models import Package, PackageVersion

    found = {
        "bodies": Body.objects.count(),
        "people": Account.objects.count(),
        "positions": Appointment.objects.count(),
        "fonds": Fonds.objects.count(),
        "batches": sorted(Batch.objects.values_list("name", "state")),
        "dossiers": Dossier.objects.count(),
        "documents": Document.objects.count(),
        "packages": Package.objects.count(),
        "versions": PackageVersion.objects.count(),
        "working": sorted(one.key for one in FolderStore(settings.HOME.working).list("")),
    }
    print(json.dumps(found))
