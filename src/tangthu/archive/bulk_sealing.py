"""Which of some dossiers can be sealed for the first time, told for all of them at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from tangthu.archive import queries
from tangthu.archive.job_kinds import SEAL
from tangthu.identity.policies import Viewer
from tangthu.kernel.models import Job
from tangthu.records import queries as records
from tangthu.records.models import Withheld
from tangthu.repository.models import Package
from tangthu.ui.bulk import BulkRow
from tangthu.ui.parts import Label
from tangthu.ui.working import UNDER_WAY


def rows_to_seal(viewer: Viewer, ids: Sequence[uuid.UUID]) -> list[BulkRow]:
    """Those of some dossiers that the viewer may see, with the reason why one cannot be sealed.

    As many statements for a thousand as for one. A dossier that was sealed before is sealed again
    on its own page alone, where one sees what changed.
    """
    found = records.dossiers(viewer).in_bulk(ids)
    sealing = viewer.bodies_with("archive.seal")
    ready = set(
        queries.dossiers_to_seal(viewer).filter(pk__in=list(found)).values_list("pk", flat=True)
    )
    sealed = set(
        Package.objects.filter(dossier_id__in=list(found)).values_list("dossier_id", flat=True)
    )
    held = set(
        Withheld.objects.filter(
            released_at=None, document__memberships__dossier_id__in=list(found)
        ).values_list("document__memberships__dossier_id", flat=True)
    )
    waiting = set(
        Job.objects.filter(kind=SEAL, subject_id__in=list(found), state__in=UNDER_WAY).values_list(
            "subject_id", flat=True
        )
    )

    def why_not(pk: uuid.UUID) -> Label:
        if found[pk].body_id not in sealing:
            return _("Bạn không đóng gói ở cơ quan này")
        if pk in waiting:
            return _("Đang đóng gói")
        if pk in held:
            return _("Có tài liệu đang bị cách ly")
        if pk in sealed:
            return _("Đã đóng gói; đóng gói lại ở trang của hồ sơ")
        return "" if pk in ready else _("Chưa đủ tài liệu như mô tả")

    return [
        BulkRow(
            pk,
            f"{found[pk].archive_file_code} {found[pk].title}".strip(),
            reverse("archive:dossier", args=[pk]),
            why_not(pk),
        )
        for pk in ids
        if pk in found
    ]
