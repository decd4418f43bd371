"""Records of a day on which the code of their agency was no longer in use (AR-37).

The dry run asks about such a dossier, and acceptance refuses it: what decides is its first day and
the registry (QĐ 20/2020, QĐ 09/2025), with the names that bodies here bore.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from tangthu.archive.batch.findings import found
from tangthu.archive.batch.model import BatchReport, ReadyDossier
from tangthu.archive.batch.rows import Value
from tangthu.identity.agency_codes import ends_of, retired
from tangthu.kernel.errors import Refused
from tangthu.standards.vietnamese.dates import DateError, parse_date
from tangthu.ui import formats

_CODE, _START = "body_code", "start"


def noted(report: BatchReport) -> BatchReport:
    """The report with a finding for each dossier whose agency's code was retired on its day."""
    made = []
    said = {key: _said(one.values, report.answers) for key, one in report.dossiers.items()}
    ends = ends_of({code for code, _day in said.values()})
    for key, dossier in report.dossiers.items():
        code, day = said[key]
        gone = retired(ends, code, day) if day is not None else None
        if gone is None or day is None:
            continue
        made.append(
            found(
                "dossier.code-retired", dossier.target, field=_START, value=day.isoformat(),
                agency=code, dossier=dossier.key, day=formats.day(gone.last_day),
                decision=gone.decision or "–",
            )
        )  # fmt: skip
    return replace(report, findings=(*report.findings, *made)) if made else report


def require_in_use(ready: ReadyDossier) -> None:
    """Raise Refused for a dossier that begins after the code of its agency was retired."""
    code, day = _said(ready.values, {})
    gone = retired(ends_of({code}), code, day) if day is not None else None
    if gone is not None:
        raise Refused(
            _("Mã cơ quan %(code)s đã thôi dùng sau ngày %(day)s (%(decision)s).")
            % {"code": code, "day": formats.day(gone.last_day), "decision": gone.decision or "–"},
            hint=_("Dùng mã đang có hiệu lực vào ngày của hồ sơ, hoặc sửa thời gian bắt đầu."),
        )


def _said(values: Mapping[str, Value], answers: Mapping[str, str]) -> tuple[str, dt.date | None]:
    """The agency's code and the first day of a dossier."""
    stated = values.get(_CODE)
    code = stated.value if stated is not None else answers.get(_CODE, "")
    start = values.get(_START)
    try:
        return code, parse_date(start.value).first_day() if start is not None else None
    except DateError:
        return code, None
