"""Sealing many dossiers for the first time; each is sealed by its own job, which is waited for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.archive.bulk_sealing import rows_to_seal
from tangthu.bulk.acts.base import Doing, Judged, Record, RowAct
from tangthu.bulk.models import BulkAct
from tangthu.identity.acting import Acting
from tangthu.identity.policies import Viewer
from tangthu.kernel.models import Job


class Seal(RowAct):
    """Seal each dossier into its package."""

    name = "seal"
    label = _("Đóng gói")
    note = _("Mỗi hồ sơ thành một gói trong mọi kho; hồ sơ đã đóng gói không đổi.")
    button = _("Đóng gói các hồ sơ làm được")
    right = "archive.seal"
    icon = "archive"
    kinds = ("dossier",)

    def judge(
        self, viewer: Viewer, bulk: BulkAct, records: Sequence[Record]
    ) -> dict[uuid.UUID, Judged]:
        rows = rows_to_seal(viewer, [one.pk for one in records])
        return {one.id: Judged(str(one.why_not)) for one in rows}

    def do(self, acting: Acting, row: Doing) -> Job | None:
        return queue_sealing(acting, row.obj)
